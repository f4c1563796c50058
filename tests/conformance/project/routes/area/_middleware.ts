import type { Context, Next } from 'hono'

const mark = (name: string) => async (c: Context, next: Next) => {
  await next()
  c.header('x-order', name, { append: true })
}
export default [mark('outer-1'), mark('outer-2')]
