// dynamic: randomness of a built-in module
import { randomBytes } from 'node:crypto'

export const GET = () => randomBytes(8).toString('hex') // cause
