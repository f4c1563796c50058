import type { Context } from 'hono'
import { search } from '../_lib/search.ts'

export default (c: Context) => c.json(search(c.req.query('q') ?? ''))
