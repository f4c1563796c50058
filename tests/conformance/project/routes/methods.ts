import type { Context } from 'hono'

const echo = async (c: Context) => c.text(`${c.req.method} ${await c.req.text()}`)
export const GET = (c: Context) => c.text(`GET ${c.req.query('q') ?? ''}`)
export const POST = echo
export const PUT = echo
export const PATCH = echo
export const DELETE = echo
