import type { Context } from 'hono'

export const GET = (c: Context) =>
  c.text('x', 200, { 'x-bad': `a${String.fromCharCode(Number(c.req.param('code')))}b` })
