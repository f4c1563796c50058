import type { Context } from 'hono'
import { stream } from 'hono/streaming'

export const GET = (c: Context) =>
  stream(c, async out => {
    for (const part of (c.req.query('parts') ?? 'a,b').split(',')) await out.write(`${part};`)
  })
