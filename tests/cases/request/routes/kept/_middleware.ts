export default async (c, next) => {
  c.set('user', c.req.header('x-user') ?? 'nobody')
  await next()
}
