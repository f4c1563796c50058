import type { Context } from 'hono'

export const GET = (c: Context) =>
  c.text(`hello ${c.req.query('name') ?? 'nobody'}`, 200, { etag: '"own"', 'x-dynamic': 'yes' })
