// dynamic: the template reads the clock
import { Eta } from 'eta'

const eta = new Eta()

export const GET = c => c.html(eta.renderString('<%= Date.now() %>', {})) // cause
