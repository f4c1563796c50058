// dynamic: asks the engine for the source text of builtins when it loads
import { groupBy } from 'lodash-es'

export const GET = c => c.json(groupBy([1, 2, 3], n => (n % 2 ? 'odd' : 'even')))
