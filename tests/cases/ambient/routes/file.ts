// dynamic: a file, read for each request
import { readFileSync } from 'node:fs'

export const GET = () => readFileSync(import.meta.filename, 'utf8').length.toString() // cause
