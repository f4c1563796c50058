import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { addNote, listNotes } from '../../_data/notes.ts'

export const GET = (c: Context) => c.json(listNotes())

/** An array is Hono middleware that ends in a handler. */
export const POST = [
  bodyLimit({ maxSize: 4096 }),
  async (c: Context) => {
    const body: unknown = await c.req.json().catch(() => null)
    const text = body && typeof body === 'object' && 'text' in body ? body.text : null
    if (typeof text !== 'string' || text === '')
      return c.json({ error: 'send {"text": "…"}, not empty' }, 400)
    const note = addNote(text)
    return c.json(note, 201, { Location: `/api/notes/${note.id}` })
  },
]
