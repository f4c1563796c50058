import { secureHeaders } from 'hono/secure-headers'

export default [
  secureHeaders(),
  async (c, next) => {
    c.set('site', 'Example')
    await next()
  },
]
