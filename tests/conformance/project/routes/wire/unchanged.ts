import type { Context } from 'hono'

export const GET = (c: Context) => c.body(null, 304)
