export default async (c, next) => {
  const start = performance.now()
  await next()
  c.header('server-timing', `total;dur=${performance.now() - start}`)
}
