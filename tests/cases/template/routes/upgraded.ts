// dynamic: a header that belongs to the connection is another one on each host
import type { Context } from 'hono'
export default (c: Context) => c.text(`q=${c.req.query('q')}`, 200, { Upgrade: 'h2c' })
