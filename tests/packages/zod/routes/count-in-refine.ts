// dynamic: a refinement counts its calls
import { z } from 'zod'

let calls = 0
const Even = z.number().refine(n => {
  calls++ // cause
  return n % 2 === 0
})

export const GET = c => c.json(Even.parse(2))
