// The time once a second, as server-sent events, until the client leaves.

import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'

export const GET = (c: Context) =>
  streamSSE(c, async stream => {
    while (!stream.aborted && !stream.closed) {
      await stream.writeSSE({ event: 'time', data: new Date().toISOString() })
      await stream.sleep(1000)
    }
  })
