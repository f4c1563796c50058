// What `await` makes of a value: promises and whatever has a `then`.

import type { Machine } from '../machine.ts'
import type { Frame } from './frame.ts'
import { marksOf } from './mark.ts'
import { memo } from './memo.ts'
import { noteRead } from './notes.ts'
import { BOTTOM, join, of, type Site, tainted, type Token, Value } from '../value.ts'

/** What `await` makes of a value. */
export function resolved(m: Machine, frame: Frame, value: Value, site: Site): Value {
  if (value.tokens.length === 0) return value
  let out = new Value(value.bits, value.strings, [], value.taint, value.doubt)
  for (const token of value.tokens)
    out = join(
      out,
      memo(frame, 'resolved', token, () => resolvedToken(m, frame, token, site)),
    )
  return tainted(out, value.taint)
}

function resolvedToken(m: Machine, frame: Frame, token: Token, site: Site): Value {
  let given = of(token)
  if (token.kind === 'promise') {
    given = m.get(frame, m.prop(token, '[]'))
    if (token.context !== frame.context)
      noteRead(m, frame, token, () => marksOf(token, null), 'promise', given, site)
    // What it was rejected with while modules loaded is thrown here.
    if (token.context.kind !== 'call' && frame.context.kind === 'call')
      m.grow(m.thrown(frame.context), m.get(frame, m.thrown(token.context)))
    if (m.isSet(frame, token, 'constructor') || token.getters) {
      m.escape(frame, of(token), site)
      m.language.ambient({ machine: m, frame, site }, 'waits for a promise whose class was changed')
    }
  }
  const isPlain = token.kind !== 'function'
  const mayHaveThen =
    isPlain && (token.kind === 'object' || token.kind === 'namespace')
      ? true
      : token.kind === 'function' || token.proto || m.isSet(frame, token, 'then') || token.getters
  if (!mayHaveThen) return given
  const then = m.read(frame, of(token), 'then', site)
  const called = then.tokens.filter(one => one.path !== 'Promise.prototype.then')
  if (called.length === 0 && !then.doubt) return given
  const settled = m.make(frame, 'thenable', 'promise')
  const resolver = m.make(frame, 'resolver', 'middleware')
  resolver.path = 'resolve'
  resolver.parts = [of(settled)]
  const args = { list: [of(resolver), of(resolver)], rest: BOTTOM }
  m.call(frame, new Value(0, [], called, then.taint, then.doubt), of(token), args, site)
  const out = m.get(frame, m.prop(settled, '[]'))
  // It may as well have been rejected with that.
  m.grow(m.thrown(frame.context), out)
  return join(given, out)
}
