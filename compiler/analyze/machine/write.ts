// Writing members: setters run, and what outlives the request or belongs to the language is noted.

import type { Machine } from '../machine.ts'
import type { Frame } from './frame.ts'
import { isIndex, wordsOf } from './key.ts'
import { mark } from './mark.ts'
import { lost } from './notes.ts'
import { ancestors } from './read.ts'
import {
  BOOLEAN,
  BOTTOM,
  memberName,
  NULL,
  of,
  type Site,
  STRING,
  SYMBOL,
  tainted,
  type Token,
  UNDEFINED,
  type Value,
} from '../value.ts'

function mayHoldCode(value: Value): boolean {
  return value.doubt !== null || value.tokens.length > 0
}

function nameOfKey(key: string): string {
  return key === '*' || key === '@*' || key === '[]' || key === '[k]' ? 'a member' : `\`${key}\``
}

/** Notes that `frame` changes the member `key` (`*`: any) of `token`. */
export function noteWrite(
  m: Machine,
  frame: Frame,
  token: Token,
  key: string,
  site: Site,
  what?: string,
): void {
  m.noteChange(frame, token)
  // Only stack traces depend on it, and who reads one is never static.
  if (token.path === 'Error' && token.kind === 'builtin' && key === 'stackTraceLimit') return
  const isOwnGlobal = token.path === 'globalThis' && key !== '*' && !m.language.isKnownGlobal(key)
  if ((token.kind === 'builtin' && !isOwnGlobal) || token.kind === 'inherited') {
    const isGuess = token.kind === 'inherited'
    const what = isGuess ? 'what every object inherits' : `\`${token.path}\``
    m.tampering.push({ message: `may change ${what}`, site, context: frame.context, isGuess })
    if (isGuess) return
    m.effect(frame, `changes ${what}`, site)
  }
  // Headers of a response, parameters of a URL: what changes them changes that.
  if (token.kind === 'query' || token.kind === 'headers')
    for (const owner of token.parts?.[0]?.tokens ?? []) noteWrite(m, frame, owner, key, site, what)
  if (!m.outlives(frame, token)) return
  token.marks ??= new Map()
  let marks = token.marks.get(key)
  if (!marks) token.marks.set(key, (marks = []))
  mark(marks, frame.context, site)
  if (frame.context.kind === 'call')
    m.effect(
      frame,
      what ?? `changes ${nameOfKey(key)} of an object that outlives the request`,
      site,
    )
}

/** Notes a change of what is not known: it may be the language's or Hono's. */
export function noteDoubtfulWrite(m: Machine, frame: Frame, { doubt }: Value, site: Site): void {
  if (!doubt?.isShared) return
  const message = 'may change a class that it does not make'
  m.tampering.push({ message, site, context: frame.context })
}

/** Members of the objects that `html` and `raw` give, which pass as text here. */
const OF_MARKUP = new Set(['isEscaped', 'callbacks'])

export function write(
  m: Machine,
  frame: Frame,
  base: Value,
  key: string,
  value: Value,
  site: Site,
): void {
  if (base === BOTTOM) lost(m, frame, site)
  const stored = tainted(tainted(value, frame.under), base.taint)
  for (const token of base.tokens) {
    if (key === '__proto__') {
      noteWrite(m, frame, token, '*', site)
      m.setProto(token, value)
      continue
    }
    runSetters(m, frame, token, key, of(token), stored, site)
    noteWrite(m, frame, token, isIndex(key) && token.kind === 'array' ? '[]' : key, site)
    if (token.kind === 'bytes' || token.kind === 'url' || key === 'length')
      m.convert(frame, value, 'string', site)
    if (token.kind === 'url') m.init(token, '[]', tainted(BOTTOM, stored.taint))
    const where = isIndex(key) && !token.props.has(key) ? '[]' : key
    m.init(token, where, stored)
  }
  if (base.mayBeString && OF_MARKUP.has(key)) {
    const message = 'may change markup that other code shows'
    m.tampering.push({ message, site, context: frame.context })
  }
  noteDoubtfulWrite(m, frame, base, site)
  if (base.doubt) {
    if (frame.context.kind === 'call') m.effect(frame, base.doubt.message, site)
    m.escape(frame, value, site)
  }
}

export function writeAny(
  m: Machine,
  frame: Frame,
  base: Value,
  key: Value,
  value: Value,
  site: Site,
): void {
  for (const name of [...key.strings, ...wordsOf(key)])
    write(m, frame, base, memberName(name), value, site)
  const symbols = key.tokens.filter(
    token => token.kind === 'builtin' && token.path!.startsWith('Symbol.'),
  )
  for (const token of symbols) write(m, frame, base, `@@${token.path!.slice(7)}`, value, site)
  if (base === BOTTOM) lost(m, frame, site)
  const others = key.tokens.length > symbols.length
  if (others) m.convert(frame, key, 'string', site)
  if (!(key.bits & ~(UNDEFINED | NULL | BOOLEAN) || others || key.doubt)) return
  const isIndexOnly = !(key.bits & (STRING | SYMBOL)) && !others && !key.doubt
  const stored = tainted(tainted(tainted(value, frame.under), key.taint), base.taint)
  for (const token of base.tokens) {
    if (
      token.kind === 'inherited' &&
      frame.context.kind === 'load' &&
      !mayHoldCode(stored) &&
      !stored.taint
    )
      continue
    for (const one of [token, ...ancestors(m, frame, token)])
      for (const name of one.setters?.keys() ?? [])
        runSetters(m, frame, token, name, of(token), stored, site)
    noteWrite(m, frame, token, isIndexOnly ? '[]' : '*', site)
    if (token.kind === 'bytes') m.convert(frame, value, 'number', site)
    if (isIndexOnly) m.init(token, '[]', stored)
    else {
      if (key.bits & SYMBOL || others || key.doubt) m.init(token, '@*', stored)
      if (key.bits & ~SYMBOL || others || key.doubt) m.init(token, '*', stored)
    }
  }
  noteDoubtfulWrite(m, frame, base, site)
  if (base.doubt) {
    if (frame.context.kind === 'call') m.effect(frame, base.doubt.message, site)
    m.escape(frame, value, site)
  }
}

function runSetters(
  m: Machine,
  frame: Frame,
  token: Token,
  key: string,
  self: Value,
  value: Value,
  site: Site,
): void {
  for (const one of [token, ...ancestors(m, frame, token)]) {
    if (!one.setters) continue
    for (const name of [key, '*']) {
      const setter = one.setters.get(name)
      if (setter) m.call(frame, m.get(frame, setter), self, { list: [value], rest: BOTTOM }, site)
    }
  }
}
