import type { Context } from 'hono'
import { findNote, removeNote } from '../../_data/notes.ts'

export const config = { match: { id: /^[0-9]{1,9}$/ } }

export const GET = (c: Context) => {
  const note = findNote(Number(c.req.param('id')))
  return note ? c.json(note) : c.notFound()
}

export const DELETE = (c: Context) =>
  removeNote(Number(c.req.param('id'))) ? c.body(null, 204) : c.notFound()
