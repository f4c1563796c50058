import type { Context } from 'hono'

export const GET = (c: Context) => (c.req.query('really') ? c.notFound() : c.text('found'))
