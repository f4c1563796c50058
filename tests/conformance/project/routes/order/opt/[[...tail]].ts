import type { Context } from 'hono'

export const POST = (c: Context) => c.text(`tail ${c.req.param('tail') || ''}`)
