// dynamic: makes code from text, by a library too large to follow
import Handlebars from 'handlebars'

export const GET = c => c.html(Handlebars.compile('<p>{{name}}</p>')({ name: 'Ada' }))
