// template
import type { Context } from 'hono'
export default (c: Context) => `under ${c.req.param('path') ?? 'the root'}`
