import type { Context } from 'hono'

export const GET = 'a static page'
export const POST = async (c: Context) => c.text(`posted ${await c.req.text()}`)
