// static: the clock is read by POST alone
import { double } from './_math.ts'

const stamp = () => Date.now()
export const GET = () => ({ doubled: double(4) })
export const POST = c => c.json({ at: stamp() })
