import type { Context } from 'hono'

export const config = { match: { code: /\d{1,2}|127/ } }
export const GET = (c: Context) =>
  c.text('x', 200, { 'x-bad': `a${String.fromCharCode(Number(c.req.param('code')))}b` })
