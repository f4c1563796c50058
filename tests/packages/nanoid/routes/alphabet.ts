// dynamic: a new id of another alphabet
import { customAlphabet } from 'nanoid'

const id = customAlphabet('abcdef', 10)

export const GET = c => c.text(id()) // cause
