import type { Context } from 'hono'

export const GET = (c: Context) => c.text(`Hello, ${c.req.param('name')}!`)
