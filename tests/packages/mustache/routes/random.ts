// dynamic: a lambda draws a random number
import Mustache from 'mustache'

export const GET = c => c.html(Mustache.render('{{n}}', { n: () => Math.random() })) // cause
