import type { Context } from 'hono'

export default (error: unknown, c: Context) => {
  const what = error instanceof Error ? error.message : JSON.stringify(error)
  return c.text(`area caught ${what}`, what === 'teapot' ? 418 : 200)
}
