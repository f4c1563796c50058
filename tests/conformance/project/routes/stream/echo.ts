import type { Context } from 'hono'

export const POST = (c: Context) => c.body(c.req.raw.body!)
