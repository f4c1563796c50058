import type { Context } from 'hono'

export const POST = async (c: Context) => c.json(await c.req.parseBody())
