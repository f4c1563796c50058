import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'

export const GET = async (c: Context) => {
  const what = c.req.param('what')
  if (what === 'string') throw 'a string'
  if (what === 'undefined') throw undefined
  if (what === 'object') throw { code: 7 }
  if (what === 'http') throw new HTTPException(403, { message: 'forbidden' })
  if (what === 'later') await null
  throw new Error(what)
}
