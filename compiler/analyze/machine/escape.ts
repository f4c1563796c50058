// Functions that run later, or whenever what cannot be followed likes: timers, listeners, apps, and all
// that was handed out.

import type { Machine } from '../machine.ts'
import type { Args } from './args.ts'
import { Frame } from './frame.ts'
import { heldBy } from './held.ts'
import { mark } from './mark.ts'
import { BOTTOM, doubtful, type Kind, of, type Site, type Token, UNDEF, Value } from '../value.ts'

const UNKNOWN = 'uses a value that code outside of the project made'

/** What unknown code can neither change nor call to any effect on the project. */
export const KEPT = new Set<Kind>(['builtin', 'context', 'request', 'inherited', 'namespace'])

/**
 * Hands values to what cannot be followed: it may keep them, change them, and call every function
 * it can reach, now or later. `keepsLanguage`: whether it may hand the language's own objects on.
 */
export function letEscape(
  m: Machine,
  frame: Frame,
  value: Value,
  site: Site,
  keepsLanguage = true,
): void {
  const open = [...value.tokens]
  const add = (more: Value): void => {
    for (const token of more.tokens) if (!frame.gone.has(token)) open.push(token)
  }
  for (let token = open.pop(); token; token = open.pop()) {
    if (frame.gone.has(token)) continue
    if (token.kind === 'builtin' && keepsLanguage) handOut(m, frame, token, site)
    if (token.kind === 'context' || token.kind === 'namespace') {
      frame.gone.add(token)
      if (token.kind === 'context') add(heldBy(m, frame, token, site))
      else for (const name of m.namesOf(frame, token)) add(m.read(frame, of(token), name, site))
    }
    if (KEPT.has(token.kind)) continue
    frame.gone.add(token)
    if (token.kind === 'next' || token.path === 'resolve' || token.path === 'reject')
      m.call(frame, of(token), UNDEF, { list: [], rest: doubtful(UNKNOWN, site) }, site)
    m.noteChange(frame, token)
    if (token.kind === 'function') {
      escapeFunction(m, frame, token, doubtful(UNKNOWN, site), site)
    } else if (m.outlives(frame, token) || frame.context.kind === 'load') {
      token.marks ??= new Map()
      const marks = token.marks.get('*') ?? []
      token.marks.set('*', marks)
      const isLoading = frame.context.kind === 'load'
      mark(marks, isLoading ? m.lateContext(frame.context.root) : frame.context, site)
    }
    if (token.kind === 'middleware' || token.kind === 'bound' || token.kind === 'jsx')
      for (const part of m.partsOf(frame, token)) add(part)
    for (const name of m.namesOf(frame, token)) add(m.get(frame, m.prop(token, name)))
    for (const cells of [token.getters, token.setters])
      if (cells) for (const cell of cells.values()) add(m.get(frame, cell))
    // A class that extends Error gives Error's prototype away as little as an error does.
    for (const above of token.proto ? m.get(frame, token.proto).tokens : [])
      if (above.kind !== 'builtin' && !frame.gone.has(above)) open.push(above)
  }
}

/** What gets hold of the language may hand it to functions of the project that change what they get. */
function handOut(m: Machine, frame: Frame, { path = '' }: Token, site: Site): void {
  const isShared =
    path === 'globalThis' ||
    path.endsWith('.prototype') ||
    (/^[A-Z]/.test(path) && m.language.isKnownGlobal(path))
  if (!isShared) return
  const message = `hands \`${path}\` to code that may change it`
  m.tampering.push({ message, site, context: frame.context })
}

/** What a handler answers is what others find at `c.res`. */
export function answered(
  m: Machine,
  frame: Frame,
  c: Value | undefined,
  result: Value,
  site: Site,
): void {
  const responses = m.resolved(frame, result, site).tokens.filter(one => one.kind === 'response')
  for (const token of c?.tokens ?? [])
    if (token.kind === 'context') m.grow(m.prop(token, 'res'), new Value(0, [], responses))
}

/** Who calls a function that it was handed gets what that returns or throws. */
function giveBack(m: Machine, frame: Frame, result: Value, site: Site): void {
  letEscape(m, frame, result, site)
  letEscape(m, frame, m.get(frame, m.thrown(frame.context)), site)
}

function escapeFunction(m: Machine, frame: Frame, token: Token, doubt: Value, site: Site): void {
  if (frame.context.kind === 'call') {
    giveBack(m, frame, m.call(frame, of(token), doubt, { list: [], rest: doubt }, site), site)
    return
  }
  if (m.escaped.has(token)) return
  m.escaped.set(token, {
    isUnknown: true,
    self: doubt,
    args: { list: [], rest: doubt },
    context: m.lateContext(frame.context.root),
    site,
  })
  if (m.serving) runLater(m, token)
}

/** A function that a Hono app was given. */
export function registered(
  m: Machine,
  frame: Frame,
  token: Token,
  list: Value[],
  site: Site,
): void {
  if (frame.context.kind === 'call') {
    m.call(frame, of(token), UNDEF, { list, rest: BOTTOM }, site)
    return
  }
  if (m.escaped.has(token)) return
  m.escaped.set(token, {
    self: UNDEF,
    args: { list, rest: BOTTOM },
    context: m.lateContext(frame.context.root),
    site,
  })
  if (m.serving) runLater(m, token)
}

/** Runs an escaped function as code that runs on its own, after loading. */
export function runLater(m: Machine, token: Token): void {
  const how = m.escaped.get(token)!
  const root = new Frame(token.info!, null, null, how.context)
  root.script = () => {
    const result = m.call(root, of(token), how.self, how.args, how.site)
    if (how.isUnknown) giveBack(m, root, result, how.site)
    else answered(m, root, how.args.list[0], result, how.site)
  }
  m.evaluate(root)
}

/** A function that something calls later: a timer, a listener, `then` while loading. */
export function callLater(m: Machine, frame: Frame, callee: Value, args: Args, site: Site): Value {
  if (frame.context.kind !== 'load') return m.call(frame, callee, UNDEF, args, site)
  const late = m.lateContext(frame.context.root)
  const proxy = new Frame(frame.info, null, null, late)
  proxy.done = true
  const out = m.call(proxy, callee, UNDEF, args, site)
  for (const event of proxy.events)
    if (event.kind === 'call') {
      event.frame.result.readers ??= new Set()
      event.frame.result.readers.add(frame)
    }
  return out
}
