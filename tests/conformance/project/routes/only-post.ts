import type { Context } from 'hono'

export const POST = async (c: Context) => c.text(await c.req.text(), 201)
