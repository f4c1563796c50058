// Reading a member whose name is known: on the object, above it, and in what the language provides;
// getters run.

import type { Machine } from '../machine.ts'
import { NO_ARGS } from './args.ts'
import type { Frame } from './frame.ts'
import { anyOf, isIndex } from './key.ts'
import { GIVEN_UP } from './limits.ts'
import { marksOf } from './mark.ts'
import { noteRead } from './notes.ts'
import { hasNativeRoot, PROTOTYPES } from './prototypes.ts'
import {
  BIGINT,
  BOOLEAN,
  BOTTOM,
  join,
  type Kind,
  NUM,
  NUMBER,
  NOTHING,
  of,
  PRIMITIVE,
  shared,
  type Site,
  STR,
  STRING,
  SYMBOL,
  tainted,
  type Token,
  UNDEF,
  Value,
} from '../value.ts'

const NO_TOKENS: readonly Token[] = []

/** Kinds that may be of a class of the user's own, or be changed by hand. */
const USER_MADE = new Set<Kind>(['function', 'array', 'map', 'set', 'regexp', 'error', 'promise'])

export function read(m: Machine, frame: Frame, base: Value, key: string, site: Site): Value {
  frame.at = site
  let out = BOTTOM
  for (const token of base.tokens) out = join(out, readToken(m, frame, token, key, of(token), site))
  if (base.bits & STRING || base.strings.length > 0) {
    if (key === 'length') out = join(out, NUM)
    else if (isIndex(key)) out = join(out, join(STR, UNDEF))
    else out = join(out, inherited(m, frame, 'String.prototype', key, site))
  }
  if (base.bits & NUMBER) out = join(out, inherited(m, frame, 'Number.prototype', key, site))
  if (base.bits & BOOLEAN) out = join(out, inherited(m, frame, 'Boolean.prototype', key, site))
  if (base.bits & SYMBOL) out = join(out, inherited(m, frame, 'Symbol.prototype', key, site))
  if (base.bits & BIGINT) out = join(out, inherited(m, frame, 'BigInt.prototype', key, site))
  if (base.doubt) {
    if (key.startsWith('__define')) m.noteDoubtfulWrite(frame, base, site)
    if (frame.context.kind === 'call') m.effect(frame, base.doubt.message, site)
    out = join(out, shared(new Value(0, [], [], base.taint, base.doubt), key))
  }
  // `undefined` and `null` have no members: the code goes no further.
  if (out === BOTTOM && base !== BOTTOM) out = NOTHING
  return tainted(out, base.taint)
}

export function inherited(
  m: Machine,
  frame: Frame,
  prototype: string,
  key: string,
  site: Site,
): Value {
  if (key === '__proto__') return of(m.builtin(prototype))
  const path = m.language.inheritedFrom(prototype, key)
  if (path) return of(m.builtin(path))
  if (!m.language.isUnlisted(prototype, key, 'object')) return UNDEF
  return m.language.ambient({ machine: m, frame, site }, `uses ${prototype}.${key}`)
}

/** The objects above one, each once. */
export function ancestors(m: Machine, frame: Frame, token: Token): readonly Token[] {
  if (!token.proto) return NO_TOKENS
  const seen = new Set([token])
  for (const one of seen)
    if (one.proto) for (const parent of m.get(frame, one.proto).tokens) seen.add(parent)
  seen.delete(token)
  return [...seen]
}

export function readToken(
  m: Machine,
  frame: Frame,
  token: Token,
  key: string,
  self: Value,
  site: Site,
): Value {
  if (m.spent(frame)) return GIVEN_UP
  const special = m.language.memberOf(m, frame, token, key, site)
  if (special) return join(shared(special, key), replaced(m, frame, token, key, self, site))
  if (key === '__proto__') {
    const native = PROTOTYPES[token.kind]
    const own = token.proto ? m.get(frame, token.proto) : BOTTOM
    return join(own, native ? of(m.builtin(native)) : BOTTOM)
  }
  let out = readOwn(m, frame, token, key, self, site)
  const any = key.startsWith('@') ? BOTTOM : m.prop(token, '*').value
  // A key that is not known may have been `__proto__`.
  if (any.tokens.length > 0 && token.kind !== 'array') {
    for (const parent of any.tokens)
      if (parent !== token && parent.kind === 'object')
        out = join(out, m.get(frame, m.prop(parent, key)))
  }
  const above = ancestors(m, frame, token)
  for (const parent of above)
    out = join(
      out,
      m.language.memberOf(m, frame, parent, key, site) ??
        readOwn(m, frame, parent, key, self, site),
    )
  const native = PROTOTYPES[token.kind]
  if (native && hasNativeRoot(token, above)) {
    let path = m.language.inheritedFrom(native, key)
    if (!path && token.kind === 'data') path = m.language.inheritedFrom('Array.prototype', key)
    if (path) out = join(out, of(m.builtin(path)))
    else if (out === UNDEF && m.language.isUnlisted(native, key, token.kind))
      return shared(m.language.ambient({ machine: m, frame, site }, `uses ${native}.${key}`), key)
  }
  return out
}

/** What the user put in place of a member that the language has: `size` of a subclass of Map. */
function replaced(
  m: Machine,
  frame: Frame,
  token: Token,
  key: string,
  self: Value,
  site: Site,
): Value {
  let out = BOTTOM
  if (key === '*' || !USER_MADE.has(token.kind)) return out
  for (const one of [token, ...ancestors(m, frame, token)]) {
    if (one.getters?.has(key)) out = join(out, readOwn(m, frame, one, key, self, site))
    const cell = one.props.get(key)
    if (cell) out = join(out, m.get(frame, cell))
  }
  return out
}

/** A member of the object itself, its getter run. */
export function readOwn(
  m: Machine,
  frame: Frame,
  token: Token,
  key: string,
  self: Value,
  site: Site,
): Value {
  const cell = m.prop(token, key)
  let out = join(m.get(frame, cell), m.get(frame, m.prop(token, anyOf(key))))
  if (isIndex(key)) out = join(out, m.get(frame, m.prop(token, '[]')))
  if (token.kind === 'data') out = join(out, join(of(token), PRIMITIVE))
  if (token.context !== frame.context)
    noteRead(m, frame, token, () => marksOf(token, key), key, out, site)
  if (token.getters) {
    for (const name of [key, '*']) {
      const getter = token.getters.get(name)
      if (getter) out = join(out, m.call(frame, m.get(frame, getter), self, NO_ARGS, site))
    }
    if (token.getters.has(key)) return out
  }
  return cell.value === BOTTOM ? join(out, UNDEF) : out
}
