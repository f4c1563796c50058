import type { Context } from 'hono'

export const GET = (c: Context) => c.text('x'.repeat(100_000), 200, { 'accept-ranges': 'none' })
