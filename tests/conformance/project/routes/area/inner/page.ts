import type { Context } from 'hono'

export const GET = (c: Context) => c.text(`page ${c.req.query('q') ?? ''}`)
