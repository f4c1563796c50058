import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const text = readFileSync(join(import.meta.dirname, 'note.txt'), 'utf8')
const same = readFileSync(new URL('./note.txt', import.meta.url), 'utf8')
export const GET = () => ({ text, same: text === same })
