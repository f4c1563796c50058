// static
const title = async (c, next) => {
  c.set('title', 'from the chain')
  await next()
  c.header('x-chain', 'yes')
}
export const GET = [title, c => c.text(c.get('title'))]
