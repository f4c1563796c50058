// dynamic: the machine
import { platform } from 'node:os'

export const GET = () => platform() // cause
