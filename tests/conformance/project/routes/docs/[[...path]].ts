import type { Context } from 'hono'

export const GET = (c: Context) => c.json({ docs: c.req.param('path') || '' })
