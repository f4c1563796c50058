// static: a file that is read when the module loads
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const lines = readFileSync(join(here, '_note.txt'), 'utf8').trim().split('\n')
export const GET = () => ({ lines, count: lines.length })
