// dynamic: counts its calls
import type { Context } from 'hono'
let hits = 0
export default (c: Context) => c.text(`${c.req.query('name')} ${++hits}`)
