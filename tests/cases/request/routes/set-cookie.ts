// dynamic: sets a cookie
import { setCookie } from 'hono/cookie'

export const GET = c => {
  setCookie(c, 'theme', 'dark')
  return c.text('x')
}
