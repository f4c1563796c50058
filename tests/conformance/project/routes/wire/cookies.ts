import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'

export const GET = (c: Context) => {
  setCookie(c, 'a', '1')
  setCookie(c, 'b', '2', { path: '/', httpOnly: true })
  return c.text('cookies')
}
