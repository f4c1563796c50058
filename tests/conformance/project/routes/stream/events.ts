import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'

export const GET = (c: Context) =>
  streamSSE(c, async out => {
    await out.writeSSE({ event: 'first', data: c.req.query('data') ?? '' })
    await out.writeSSE({ event: 'second', data: 'end' })
  })
