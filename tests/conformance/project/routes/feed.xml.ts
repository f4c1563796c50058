import type { Context } from 'hono'

export const GET = (c: Context) =>
  c.body('<feed/>', 200, { 'content-type': 'application/atom+xml; charset=utf-8' })
