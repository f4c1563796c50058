import type { Context } from 'hono'

export const config = { match: { id: /\d+/ } }
export const GET = (c: Context) => c.text(`strict ${c.req.param('id')}`)
