// dynamic: the answer is another one where there is a value
import type { Context } from 'hono'
export default (c: Context) => c.text(c.req.query('q') ? 'some' : 'none') // cause
