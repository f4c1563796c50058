// template
import type { Context } from 'hono'
export default (c: Context) => c.redirect(`/new/${c.req.param('path')}`, 301)
