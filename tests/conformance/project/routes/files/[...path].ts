import type { Context } from 'hono'

export const GET = (c: Context) => c.json({ path: c.req.param('path') })
