// A feature as JSON. The two upper levels are made at build, the many below them on request: the
// answer is the same either way.

import type { Context } from 'hono'
import { childrenOf, findDetails, paths } from '../../_lib/reference.ts'

const DEPTH = 3

export const config = {
  params: () => paths.filter(path => path.split('/').length <= DEPTH).map(path => ({ path })),
}

export default (c: Context) => {
  const path = c.req.param('path') ?? ''
  const feature = findDetails(path)
  return feature
    ? c.json({ path, ...feature, parts: childrenOf(path) })
    : c.json({ error: 'no such feature' }, 404)
}
