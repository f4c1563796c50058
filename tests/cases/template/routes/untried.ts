// dynamic: no trial gives each of so many headers a value that a header can have
import type { Context } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
export default [
  secureHeaders(),
  (c: Context) => {
    const some = `${c.req.header('a')}${c.req.header('b')}${c.req.header('c')}${c.req.header('d')}`
    const more = `${c.req.header('e')}${c.req.header('f')}${c.req.header('g')}${c.req.header('h')}`
    const rest = `${c.req.header('i')}${c.req.header('j')}${c.req.header('k')}${c.req.header('l')}`
    const last = `${c.req.header('m')}${c.req.header('n')}${c.req.header('o')}${c.req.header('p')}`
    return c.text('x', 200, { 'X-Frame-Options': some + more + rest + last })
  },
]
