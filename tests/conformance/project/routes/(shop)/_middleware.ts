import type { Context, Next } from 'hono'

export default async (c: Context, next: Next) => {
  await next()
  c.header('x-shop', 'open')
}
