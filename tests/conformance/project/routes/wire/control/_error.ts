import type { Context } from 'hono'

// What engines say about such a value differs, so it is not shown.
export default (_error: unknown, c: Context) => c.text('no such header')
