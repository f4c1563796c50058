import type { Context } from 'hono'

const show = async (c: Context) => {
  const url = new URL(c.req.url)
  return c.json({
    method: c.req.method,
    path: c.req.path,
    search: url.search,
    host: c.req.header('host') === url.host,
    single: c.req.header('x-single') ?? null,
    several: c.req.header('x-several') ?? null,
    cookie: c.req.header('cookie') ?? null,
    queries: c.req.queries('q') ?? [],
    type: c.req.header('content-type') ?? null,
    body: await c.req.text(),
  })
}
export const GET = show
export const POST = show
export const DELETE = show
