// A builtin -> what calling it does.

import { ambient } from './ambient.ts'
import { BEFORE, type Call, HONO, SUMMARIES, type Summary } from './registry.ts'
import { allArguments } from '../machine/args.ts'
import { PROTOTYPES } from '../machine/prototypes.ts'
import { ancestors } from '../machine/read.ts'
import { join, type Kind, of, type Token } from '../value.ts'

export function summaryOf(token: Token): Summary | null {
  if (token.kind === 'middleware' || token.kind === 'next')
    return HONO.get(token.path!) ?? SUMMARIES.get(`@${token.path}`) ?? null
  if (token.kind !== 'builtin') return null
  const summary = SUMMARIES.get(token.path!) ?? HONO.get(token.path!) ?? unknownCall
  const before = BEFORE.get(token.path!)
  const owner = /^(\w+)\.prototype\./.exec(token.path!)?.[1]
  const isGeneric = owner !== undefined && owner !== 'Object' && owner !== 'Function'
  if (!before && !isGeneric) return summary
  return call => {
    before?.(call)
    if (isGeneric) lend(call, `${owner}.prototype`)
    return summary(call)
  }
}

/** Kinds that a method of another one may be called on. */
const LENT = new Set<Kind>(
  'object function bound array map set regexp error promise date'.split(' ') as Kind[],
)

/** Methods work on what is like their own kind as well, and use whatever accessors and methods it has. */
function lend(call: Call, prototype: string): void {
  const { machine, frame, site } = call
  for (const token of call.self.tokens) {
    if (!LENT.has(token.kind)) continue
    const isOwn = PROTOTYPES[token.kind] === prototype
    if (isOwn && !hasOwnSteps(call, token)) continue
    machine.escape(frame, join(of(token), allArguments(call.args)), site)
  }
}

/** Whether a list or a promise has accessors, or a class, of the user's own. */
function hasOwnSteps({ machine, frame }: Call, token: Token): boolean {
  if (token.kind !== 'array' && token.kind !== 'promise') return false
  if (token.kind === 'promise' && machine.isSet(frame, token, 'constructor')) return true
  return [token, ...ancestors(machine, frame, token)].some(one => one.getters || one.setters)
}

/** Modules whose functions run text, or write where no object is. */
export const RUNS_TEXT = /^(node:(vm|inspector)|bun:(ffi|jsc))\b/

const unknownCall: Summary = call => {
  const message = `calls ${call.token.path}()`
  if (RUNS_TEXT.test(call.token.path!))
    call.machine.tampering.push({ message, site: call.site, context: call.frame.context })
  return ambient(call, message)
}
