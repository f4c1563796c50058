// dynamic: a new id each time
import { nanoid } from 'nanoid'

export const GET = c => c.text(nanoid()) // cause
