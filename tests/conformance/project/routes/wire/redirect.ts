import type { Context } from 'hono'

export const GET = (c: Context) => c.redirect('/about?from=redirect')
