// What a loop over a value gets: elements, entries, and the steps of iterators the user wrote.

import type { Machine } from '../machine.ts'
import { NO_ARGS } from './args.ts'
import type { Frame } from './frame.ts'
import { isIndex } from './key.ts'
import { memo } from './memo.ts'
import {
  BOTTOM,
  join,
  type Kind,
  NUM,
  NOTHING,
  of,
  type Site,
  STR,
  tainted,
  type Token,
  Value,
} from '../value.ts'

/** Kinds that are iterators themselves, or made of one. */
const ITERATED = new Set<Kind>(['generator', 'array', 'set', 'map'])

/** What gives an iterator and changes nothing. */
const OWN_ITERATOR = /\.prototype\.(@@iterator|@@asyncIterator|values|keys|entries)$/

/** What a loop over a value gets. */
export function iterate(
  m: Machine,
  frame: Frame,
  value: Value,
  site: Site,
  seen = new Set<Token>(),
): Value {
  let out = BOTTOM
  if (value.mayBeString) out = join(out, STR)
  if (value.doubt) {
    if (frame.context.kind === 'call') m.effect(frame, value.doubt.message, site)
    out = join(out, new Value(0, [], [], null, value.doubt))
  }
  for (const token of value.tokens) {
    if (seen.has(token)) continue
    seen.add(token)
    out = join(
      out,
      memo(frame, 'iterate', token, () => iterateToken(m, frame, token, site, seen)),
    )
  }
  if (out === BOTTOM && value !== BOTTOM) out = NOTHING
  return tainted(out, value.taint)
}

/** The steps of an iterator that the user wrote. */
function steps(m: Machine, frame: Frame, iterator: Value, site: Site, isAsync: boolean): Value {
  const next = m.read(frame, iterator, 'next', site)
  let step = m.call(frame, next, iterator, NO_ARGS, site)
  if (isAsync) step = m.resolved(frame, step, site)
  m.read(frame, step, 'done', site)
  m.call(frame, m.read(frame, iterator, 'return', site), iterator, NO_ARGS, site)
  return m.read(frame, step, 'value', site)
}

/** Hands to the iterators of `value` what the generator that delegates to them is sent. */
export function delegate(m: Machine, frame: Frame, value: Value, site: Site): void {
  const given = join(m.get(frame, frame.sent), m.get(frame, frame.failed))
  for (const token of value.tokens) {
    let iterators = token.kind === 'generator' ? of(token) : BOTTOM
    for (const name of ['@@iterator', '@@asyncIterator'])
      for (const method of m.readToken(frame, token, name, of(token), site).tokens)
        if (method.kind !== 'builtin')
          iterators = join(iterators, m.call(frame, of(method), of(token), NO_ARGS, site))
    for (const one of iterators.tokens) {
      if (one.env) {
        m.grow(one.env.sent, m.get(frame, frame.sent))
        m.grow(one.env.failed, m.get(frame, frame.failed))
      }
      if (one.kind === 'generator') continue
      for (const name of ['next', 'return', 'throw']) {
        const step = m.read(frame, of(one), name, site)
        m.call(frame, step, of(one), { list: [given], rest: BOTTOM }, site)
      }
    }
  }
}

function iterateOwn(m: Machine, frame: Frame, token: Token, site: Site, seen: Set<Token>): Value {
  let out = BOTTOM
  const own = m.readToken(frame, token, '@@iterator', of(token), site)
  const ownAsync = m.readToken(frame, token, '@@asyncIterator', of(token), site)
  for (const method of [...own.tokens, ...ownAsync.tokens]) {
    if (method.kind === 'builtin' && OWN_ITERATOR.test(method.path!)) {
      // Lists of the language's own kinds are read by themselves.
      if (token.kind !== 'object') continue
      if (method.path!.startsWith('Array.')) {
        out = join(out, m.readElements(frame, of(token), site, false))
        continue
      }
    }
    const iterator = m.call(frame, of(method), of(token), NO_ARGS, site)
    for (const one of iterator.tokens)
      if (ITERATED.has(one.kind)) out = join(out, iterate(m, frame, of(one), site, seen))
    out = join(out, steps(m, frame, iterator, site, ownAsync.tokens.includes(method)))
  }
  const doubt = own.doubt ?? ownAsync.doubt
  return doubt ? join(out, new Value(0, [], [], null, doubt)) : out
}

function iterateToken(m: Machine, frame: Frame, token: Token, site: Site, seen: Set<Token>): Value {
  let out = BOTTOM
  if (
    token.proto ||
    token.getters ||
    m.isSet(frame, token, '@@iterator') ||
    m.isSet(frame, token, '@*')
  )
    if (token.kind !== 'array' && token.kind !== 'object' && token.kind !== 'set')
      out = iterateOwn(m, frame, token, site, seen)
  // A generator's own `next` is what a loop calls.
  if (token.kind === 'generator' && m.isSet(frame, token, 'next'))
    out = join(out, steps(m, frame, of(token), site, false))
  switch (token.kind) {
    case 'keys':
      out = join(out, join(STR, of(token)))
      return out
    case 'map':
    case 'headers':
    case 'query': {
      const pair = m.make(frame, `entry${token.id}`, 'array')
      m.init(pair, '0', m.readToken(frame, token, '[k]', of(token), site))
      m.init(pair, '1', m.readToken(frame, token, '[]', of(token), site))
      m.init(pair, '[]', BOTTOM)
      if (token.kind !== 'map') m.init(pair, '[]', STR)
      out = join(out, of(pair))
      return out
    }
    case 'bytes':
      out = join(out, NUM)
      return out
    case 'data':
      out = join(out, m.readToken(frame, token, '[]', of(token), site))
      return out
    case 'generator':
      if (m.outlives(frame, token))
        m.noteWrite(frame, token, '[]', site, 'takes from an iterator that outlives the request')
      if (token.env) {
        out = join(out, m.get(frame, token.env.yields))
        return out
      }
      out = join(out, m.get(frame, m.prop(token, '[]')))
      return out
  }
  out = join(out, iterateOwn(m, frame, token, site, seen))
  if (token.kind === 'array' || token.kind === 'set' || token.kind === 'stream') {
    out = join(out, m.readToken(frame, token, '[]', of(token), site))
    for (const name of m.namesOf(frame, token))
      if (isIndex(name) || name === '*')
        out = join(out, m.readToken(frame, token, name, of(token), site))
  }
  return out
}
