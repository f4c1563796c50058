import type { Context } from 'hono'

export const GET = (c: Context) =>
  c.body(new Uint8Array(Number(c.req.param('size'))).fill(120), 200, {
    'content-type': 'application/octet-stream',
  })
