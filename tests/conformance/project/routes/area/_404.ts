import type { Context } from 'hono'

export default (c: Context) => c.json({ area: 'nothing', url: c.req.path })
