import type { Context, Next } from 'hono'

export default async (c: Context, next: Next) => {
  if (c.req.header('authorization') !== 'Bearer key') return c.text('no', 401)
  await next()
}
