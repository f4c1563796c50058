import type { Context } from 'hono'

export const OPTIONS = (c: Context) => c.json({ options: 'mine' }, 200, { allow: 'GET, QUERY' })
export const GET = 'own options'
