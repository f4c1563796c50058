import type { Context } from 'hono'

export default (error: unknown, c: Context) =>
  c.text(`root caught ${error instanceof Error ? error.message : JSON.stringify(error)}`)
