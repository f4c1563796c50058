// A builtin -> what calling it does.

import { ambient } from './ambient.ts'
import { BEFORE, HONO, SUMMARIES, type Summary } from './registry.ts'
import type { Token } from '../value.ts'

export function summaryOf(token: Token): Summary | null {
  if (token.kind === 'middleware' || token.kind === 'next')
    return HONO.get(token.path!) ?? SUMMARIES.get(`@${token.path}`) ?? null
  if (token.kind !== 'builtin') return null
  const summary = SUMMARIES.get(token.path!) ?? HONO.get(token.path!) ?? unknownCall
  const before = BEFORE.get(token.path!)
  if (!before) return summary
  return call => {
    before(call)
    return summary(call)
  }
}

/** Modules whose functions run text, or write where no object is. */
export const RUNS_TEXT = /^(node:(vm|inspector)|bun:(ffi|jsc))\b/

const unknownCall: Summary = call => {
  const message = `calls ${call.token.path}()`
  if (RUNS_TEXT.test(call.token.path!))
    call.machine.tampering.push({ message, site: call.site, context: call.frame.context })
  return ambient(call, message)
}
