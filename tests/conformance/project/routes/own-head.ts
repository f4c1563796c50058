import type { Context } from 'hono'

export const HEAD = (c: Context) => c.body(null, 200, { 'x-head': 'its own' })
export const GET = (c: Context) => c.text(`got ${c.req.method}`)
