import type { Context, Next } from 'hono'

const add = (value: string) => async (c: Context, next: Next) => {
  c.set('trail', `${c.get('trail') ?? ''}${value}`)
  await next()
}
export const GET = [add('a'), add('b'), (c: Context) => c.text(`chain ${c.get('trail')}`)]
export const POST = [
  (c: Context, next: Next) => (c.req.header('x-stop') ? c.text('stopped', 409) : next()),
  async (c: Context) => c.text(`went on ${await c.req.text()}`),
]
