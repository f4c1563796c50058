// template
import type { Context } from 'hono'
export default (c: Context) => c.json({ agent: c.req.header('User-Agent') ?? null, ok: true })
