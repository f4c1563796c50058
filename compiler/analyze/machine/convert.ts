// What a builtin does that looks at a whole value, as making text or JSON of it: the user's own
// conversions run, and the answer says what the result depends on.

import type { Machine } from '../machine.ts'
import { NO_ARGS } from './args.ts'
import type { Frame } from './frame.ts'
import { MAX_NESTING, TOO_DEEP } from './limits.ts'
import { marksOf } from './mark.ts'
import { refresh } from './memo.ts'
import { noteRead } from './notes.ts'
import {
  BOTTOM,
  type Kind,
  of,
  type Site,
  STR,
  strongerTaint,
  type Taint,
  type Token,
  UNDEF,
  Value,
} from '../value.ts'

/**
 * How a builtin looks at a value: `json` goes into members, `string` makes text of it, `deep` both,
 * `render` as JSX does.
 */
export type Conversion = 'string' | 'number' | 'json' | 'deep' | 'render'

/** Called on the way to JSON; the second by the first, where that is a date's own. */
const OF_JSON = ['toJSON', 'toISOString']
/** Called on the way to text, by kind. */
const OF_TEXT: Partial<Record<Kind, string[]>> = {
  array: ['join', 'toLocaleString'],
  object: ['toLocaleString'],
}
/** Kinds that may have an iterator of the user's own. */
const LOOPED = new Set<Kind>(['object', 'map', 'set', 'array'])

const CONVERSIONS = ['toString', 'valueOf', '@@toPrimitive', '@@toStringTag']

/** Looks at a whole value as a builtin does: what the result depends on, or null for nothing. */
export function convert(
  m: Machine,
  frame: Frame,
  value: Value,
  how: Conversion,
  site: Site,
  seen = new Set<Token>(),
): Taint | null {
  frame.at = site
  let taint = value.taint
  if (value.doubt && frame.context.kind === 'call') m.effect(frame, value.doubt.message, site)
  if (value.tokens.length === 0) return taint
  if (m.depth > MAX_NESTING) {
    m.effect(frame, TOO_DEEP, site)
    return { kind: 'ambient', message: TOO_DEEP, site }
  }
  refresh(frame)
  const isTop = seen.size === 0
  let known = frame.converted.get(how)
  if (!known) frame.converted.set(how, (known = new Map()))
  m.depth++
  for (const token of value.tokens) {
    if (seen.has(token)) continue
    const before = known.get(token)
    if (before !== undefined) {
      taint = strongerTaint(taint, before)
      continue
    }
    seen.add(token)
    taint = strongerTaint(taint, convertToken(m, frame, token, how, site, seen))
  }
  m.depth--
  // What was met on the way may lead back to any of the rest: it depends on as much.
  if (isTop) for (const token of seen) known.set(token, taint)
  return taint
}

function convertToken(
  m: Machine,
  frame: Frame,
  token: Token,
  how: Conversion,
  site: Site,
  seen: Set<Token>,
): Taint | null {
  if (m.spent(frame)) return null
  const self = of(token)
  let taint: Taint | null = null
  const go = (value: Value, next = how): void => {
    taint = strongerTaint(taint, convert(m, frame, value, next, site, seen))
  }
  const isText = how === 'string' || how === 'render' || how === 'deep'
  const impure = (message: string): void => {
    if (frame.context.kind === 'call') m.effect(frame, message, site)
    else taint = strongerTaint(taint, { kind: 'ambient', message, site })
  }
  switch (token.kind) {
    case 'keys':
      for (const owner of m.partsOf(frame, token)[0]!.tokens) m.namesOf(frame, owner)
      return taint
    case 'builtin':
    case 'bound':
    case 'middleware':
    case 'next':
      if (how === 'string') impure('shows the source text of a function')
      return taint
    case 'inherited':
      return taint
    case 'function':
      if (how === 'string') impure('shows the source text of a function')
      if (how === 'render') go(m.call(frame, self, UNDEF, NO_ARGS, site))
      for (const name of ['toJSON', ...CONVERSIONS])
        if (token.props.get(name)?.value.tokens.length)
          go(m.call(frame, m.get(frame, m.prop(token, name)), self, NO_ARGS, site))
      return taint
    case 'date':
      runConversions(m, frame, token, how, site, go)
      if (isText) impure('shows a date in the local time zone')
      taint = strongerTaint(taint, m.get(frame, m.prop(token, '[]')).taint)
      if (token.context !== frame.context) m.readToken(frame, token, '[]', self, site)
      return taint
    case 'request':
      m.effect(frame, 'reads the request', site)
      return taint
    case 'context':
      m.effect(frame, 'hands out the request context', site)
      return taint
    case 'app':
      impure('is a Hono app, which runs for each request')
      return taint
    case 'stats':
      impure('reads the facts of a file')
      return taint
    case 'generator':
    case 'stream':
      runConversions(m, frame, token, how, site, go)
      if (m.outlives(frame, token))
        m.noteWrite(frame, token, '[]', site, 'takes from an iterator that outlives the request')
      go(m.iterate(frame, self, site))
      return taint
    case 'error':
      // Its text is made of these.
      for (const name of ['name', 'message']) go(m.readToken(frame, token, name, self, site))
      break
    case 'response':
      if (token.getters || token.proto) m.escape(frame, self, site)
      if (token.context !== frame.context && frame.context.kind === 'call')
        m.effect(frame, 'uses one Response for several requests', site)
      return taint
    case 'jsx': {
      // What was made while loading is rendered now.
      if (token.context !== frame.context) {
        const [tag, props] = m.partsOf(frame, token) as [Value, Value]
        const made = m.call(frame, tag, UNDEF, { list: [props], rest: BOTTOM }, site)
        go(made, 'render')
        go(props, 'render')
      }
      return taint
    }
  }
  // Data, arrays, collections, instances.
  if (token.context !== frame.context)
    noteRead(m, frame, token, () => marksOf(token, null), 'its members', BOTTOM, site)
  const isList = token.kind === 'array' || token.kind === 'data' || token.kind === 'promise'
  runConversions(m, frame, token, how, site, go)
  const isInside =
    how === 'json' ||
    how === 'deep' ||
    how === 'render' ||
    isList ||
    token.kind === 'map' ||
    token.kind === 'set'
  if (isInside) {
    for (const name of m.namesOf(frame, token, 'its members')) {
      if (how === 'string' && name !== '[]' && name !== '*') continue
      go(m.readToken(frame, token, name, self, site))
    }
  }
  return taint
}

/** Whether an object goes to JSON as a date does, by the builtin that asks it for `toISOString`. */
function hasDates(m: Machine, frame: Frame, token: Token, site: Site): boolean {
  const { tokens } = m.readToken(frame, token, 'toJSON', of(token), site)
  return tokens.some(one => one.path === 'Date.prototype.toJSON')
}

/** Runs the conversions that are the user's own, on the object or above it. */
function runConversions(
  m: Machine,
  frame: Frame,
  token: Token,
  how: Conversion,
  site: Site,
  go: (value: Value) => void,
): void {
  const self = of(token)
  // JSON makes text or a number of what is a boxed one (ECMA-262 section 25.5.2.2).
  const isPlain = how === 'json' && token.path !== 'boxed'
  const names = isPlain ? [...OF_JSON] : [...CONVERSIONS, ...(OF_TEXT[token.kind] ?? [])]
  if (how === 'deep') names.push('then')
  if (how === 'deep' || (how === 'json' && !isPlain)) names.push(...OF_JSON)
  for (const name of names) {
    if (name === 'toISOString' && !(token.kind === 'date' || hasDates(m, frame, token, site)))
      continue
    const method = m.readToken(frame, token, name, self, site)
    for (const one of method.tokens) {
      if (one.kind === 'builtin' && one.path!.endsWith(`.prototype.${name}`)) continue
      go(m.call(frame, of(one), self, { list: [STR], rest: BOTTOM }, site))
    }
    if (method.doubt) go(new Value(0, [], [], null, method.doubt))
  }
  // Who takes a whole value may loop over it.
  if (how === 'deep' && LOOPED.has(token.kind)) go(m.iterate(frame, self, site))
}
