// The paths of a section's features, as JSON.

import type { Context } from 'hono'
import { below, sections } from '../../_lib/reference.ts'

export const config = { params: sections.map(({ name }) => ({ name })) }

export default (c: Context) => {
  const name = c.req.param('name') ?? ''
  return sections.some(section => section.name === name)
    ? c.json({ name, features: below(name) })
    : c.json({ error: 'no such section' }, 404)
}
