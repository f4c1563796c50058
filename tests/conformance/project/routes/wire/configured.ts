import type { Context } from 'hono'

export const config = { headers: { 'x-configured': 'yes', 'cache-control': 'no-cache' } }
export const GET = (c: Context) => c.text('configured')
export const POST = (c: Context) => c.text('configured too')
