import type { Context, Next } from 'hono'

export default async (c: Context, next: Next) => {
  c.set('who', 'folder')
  await next()
  c.header('x-folder', 'app')
}
