import type { Context } from 'hono'

export const config = { match: { code: /204|205|304/ } }
export const GET = (c: Context) =>
  new Response(null, { status: Number(c.req.param('code')), headers: { 'x-dynamic': 'yes' } })
