import type { MiddlewareHandler } from 'hono'
const fixed: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('x-inside', 'yes')
}
export default fixed
