// dynamic: what a host sends for a length that a handler names is not known
import type { Context } from 'hono'
export const config = { headers: { 'Content-Length': '3' } }
export default (c: Context) => c.text(`q=${c.req.query('q')}`)
