import type { Context } from 'hono'

export const GET = (c: Context) =>
  new Response(null, { status: Number(c.req.param('code')), headers: { 'x-dynamic': 'yes' } })
