import type { Context } from 'hono'

export const config = { match: { id: /\d+|[a-f]{2}/ } }
export const GET = (c: Context) => c.text(`number ${c.req.param('id')}`)
