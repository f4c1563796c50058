// Reading members whose names are only known when the code runs.

import type { Machine } from '../machine.ts'
import type { Frame } from './frame.ts'
import { isIndex, wordsOf } from './key.ts'
import { marksOf } from './mark.ts'
import { noteRead } from './notes.ts'
import { hasNativeRoot } from './prototypes.ts'
import { ancestors, readOwn } from './read.ts'
import {
  BIGINT,
  BOTTOM,
  join,
  memberName,
  NUM,
  NUMBER,
  of,
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

/** A member whose name is only known when the code runs. */
export function readAny(m: Machine, frame: Frame, base: Value, key: Value, site: Site): Value {
  let out = BOTTOM
  for (const name of [...key.strings, ...wordsOf(key)])
    out = join(out, m.read(frame, base, memberName(name), site))
  for (const token of key.tokens) {
    if (token.kind !== 'keys') continue
    for (const owner of m.partsOf(frame, token)[0]!.tokens)
      for (const name of m.namesOf(frame, owner, 'its members'))
        if (name !== '[]' && name !== '*' && name !== '[k]')
          out = join(out, m.read(frame, base, name, site))
        else out = join(out, readElements(m, frame, base, site, name === '*'))
  }
  const symbols = key.tokens.filter(
    token => token.kind === 'builtin' && token.path!.startsWith('Symbol.'),
  )
  for (const token of symbols)
    out = join(out, m.read(frame, base, `@@${token.path!.slice(7)}`, site))
  const isObject = key.tokens.some(token => token.kind !== 'keys' && !symbols.includes(token))
  if (isObject) m.convert(frame, key, 'string', site)
  if (key.bits & SYMBOL) out = join(out, readSymbols(m, frame, base, site))
  if (key.bits & STRING || isObject || key.doubt)
    out = join(out, readElements(m, frame, base, site, true))
  else if (key.bits & (NUMBER | BIGINT)) out = join(out, readElements(m, frame, base, site, false))
  return tainted(out, key.taint)
}

/** Members under symbols that are not known; the language's own symbols are. */
function readSymbols(m: Machine, frame: Frame, base: Value, site: Site): Value {
  let out = UNDEF
  for (const token of base.tokens) {
    const special = m.language.memberOf(m, frame, token, '*', site)
    if (special) out = join(out, special)
    else
      for (const one of [token, ...ancestors(m, frame, token)])
        for (const name of ['@*', ...m.namesOf(frame, one)])
          if (name.startsWith('@')) out = join(out, readOwn(m, frame, one, name, of(token), site))
  }
  if (base.doubt) out = join(out, m.read(frame, new Value(0, [], [], null, base.doubt), '@*', site))
  return out
}

/** Members by index, and with `named` also any other. */
export function readElements(
  m: Machine,
  frame: Frame,
  base: Value,
  site: Site,
  named: boolean,
): Value {
  let out = UNDEF
  for (const token of base.tokens) {
    const special = m.language.memberOf(m, frame, token, '*', site)
    if (special) {
      out = join(out, named ? shared(special, '*') : special)
      continue
    }
    const any = m.get(frame, m.prop(token, '*'))
    const elements = m.get(frame, m.prop(token, '[]'))
    let found = join(any, elements)
    if (token.kind === 'data') found = join(found, of(token))
    if (token.kind === 'bytes') found = join(found, NUM)
    for (const name of m.namesOf(frame, token, 'its members')) {
      if (!named && !isIndex(name)) continue
      if (name !== '[k]') found = join(found, m.readToken(frame, token, name, of(token), site))
    }
    if (token.context !== frame.context)
      noteRead(m, frame, token, () => marksOf(token, null), 'its members', found, site)
    out = join(out, found)
    if (named) {
      const above = ancestors(m, frame, token)
      for (const parent of above) {
        out = join(out, shared(m.language.memberOf(m, frame, parent, '*', site) ?? BOTTOM, '*'))
        for (const name of m.namesOf(frame, parent, 'its members'))
          out = join(out, readOwn(m, frame, parent, name, of(token), site))
      }
      if (hasNativeRoot(token, above))
        out = join(out, of(anyInherited(m, token.kind === 'object' ? 'Object' : '')))
    }
  }
  if (base.bits & STRING || base.strings.length) out = join(out, STR)
  if (named && base.bits & ~(1 | 2)) out = join(out, of(anyInherited(m, '')))
  if (base.doubt) out = join(out, m.read(frame, new Value(0, [], [], null, base.doubt), '*', site))
  return tainted(out, base.taint)
}

/** Some member that an object inherits; `Object`: that is no list or text. */
function anyInherited(m: Machine, path: '' | 'Object'): Token {
  let token = m.inheritedTokens.get(path)
  if (!token) {
    token = m.token('inherited', m.globals, { chunk: '', at: 0 })
    token.path = path
    m.inheritedTokens.set(path, token)
  }
  return token
}
