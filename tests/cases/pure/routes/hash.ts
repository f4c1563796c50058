// static
import { createHash } from 'node:crypto'

const digest = createHash('sha256').update('a constant').digest('hex')
export const GET = () => digest
