import type { Context } from 'hono'

export const GET = (c: Context) => c.text(`two ${c.req.param('one')} ${c.req.param('two')}`)
