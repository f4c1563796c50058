// Notes in memory: gone when the server stops, and each worker has its own. Enough to show state.

export interface Note {
  id: number
  text: string
}

const LIMIT = 100
const notes = new Map<number, Note>()
let last = 0

export const listNotes = (): Note[] => [...notes.values()]

export const findNote = (id: number): Note | undefined => notes.get(id)

/** Keeps the newest `LIMIT` notes, so that strangers cannot fill the memory. */
export function addNote(text: string): Note {
  const note = { id: ++last, text }
  notes.set(note.id, note)
  if (notes.size > LIMIT) notes.delete(last - LIMIT)
  return note
}

export const removeNote = (id: number): boolean => notes.delete(id)
