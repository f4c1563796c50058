// static: compiles and renders a template
import { Eta } from 'eta'

const eta = new Eta()

export const GET = c => c.html(eta.renderString('<p>Hi <%= it.name %>!</p>', { name: '<Ada>' }))
