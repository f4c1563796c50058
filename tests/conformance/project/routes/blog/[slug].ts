import type { Context } from 'hono'

export const config = { params: [{ slug: 'first' }, { slug: 'zweite seite' }, { slug: 'a/b' }] }
export const GET = (c: Context) => c.json({ slug: c.req.param('slug') })
