import type { Context } from 'hono'

export const GET = (c: Context) => c.json({ query: c.req.query() })

export const POST = async (c: Context) =>
  c.body(await c.req.arrayBuffer(), 200, {
    'Content-Type': c.req.header('Content-Type') ?? 'application/octet-stream',
  })
