import type { Context } from 'hono'

export const GET = (c: Context) => c.json({ data: 1 })
export const PUT = (c: Context) => c.text('put')
