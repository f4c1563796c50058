import type { Context } from 'hono'

export const POST = async (c: Context) => {
  let size = 0
  for await (const chunk of c.req.raw.body as unknown as AsyncIterable<Uint8Array>)
    size += chunk.length
  return c.json({ size })
}
