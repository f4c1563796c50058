// dynamic: a transform reads the clock
import { z } from 'zod'

const Stamped = z.string().transform(text => `${text} ${Date.now()}`) // cause

export const GET = c => c.text(Stamped.parse('now'))
