// `new callee(...args)`: which kind of object a class makes, and what its constructor does to it.

import type { AnyNode } from 'acorn'
import type { Machine } from '../machine.ts'
import { allArguments, type Args } from '../machine/args.ts'
import type { Frame } from '../machine/frame.ts'
import { lost } from '../machine/notes.ts'
import {
  BOTTOM,
  doubtful,
  join,
  joinAll,
  type Kind,
  NOTHING,
  of,
  type Site,
  STR,
  type Token,
  UNDEF,
  Value,
} from '../value.ts'

/** `new callee(...args)`. */
export function construct(
  m: Machine,
  f: Frame,
  callee: Value,
  args: Args,
  site: Site,
  key: AnyNode | string,
): Value {
  if (callee === BOTTOM) lost(m, f, site)
  if (callee === NOTHING) return NOTHING
  let out = BOTTOM
  for (const token of callee.tokens) {
    if (token.kind === 'function') {
      const kind = constructKind(m, f, token)
      const made = m.make(f, key, kind ?? 'object', `new${token.id}`)
      if (!kind)
        m.init(made, '*', doubtful('extends a class that the compiler does not follow', site))
      m.setProto(made, m.read(f, of(token), 'prototype', site))
      if (kind === 'error') m.init(made, 'message', STR)
      const result = m.call(f, of(token), of(made), args, site, { construct: true })
      out = join(out, of(made))
      const objects = result.tokens.filter(one => one.kind !== 'keys')
      if (objects.length > 0 || result.doubt)
        out = join(out, new Value(0, [], objects, result.taint, result.doubt))
    } else if (token.kind === 'bound') {
      // Of what was bound again and again only the last target can be made.
      const chain = new Set([token])
      let given = allArguments(args)
      for (const one of chain) {
        const [target, , ...bound] = m.partsOf(f, one)
        given = join(given, joinAll(bound))
        for (const inner of target!.tokens) if (inner.kind === 'bound') chain.add(inner)
      }
      for (const one of chain) {
        const { tokens, doubt } = m.partsOf(f, one)[0]!
        const made = tokens.filter(inner => inner.kind !== 'bound')
        const target = new Value(0, [], made, null, doubt)
        out = join(out, construct(m, f, target, { list: [], rest: given }, site, key))
      }
    } else out = join(out, m.call(f, of(token), UNDEF, args, site, { construct: true }))
  }
  if (callee.doubt)
    out = join(
      out,
      m.call(f, new Value(0, [], [], callee.taint, callee.doubt), UNDEF, args, site, {
        construct: true,
      }),
    )
  return out
}

/** What instances of a class that extends a builtin are; null where that is not followed. */
function constructKind(m: Machine, f: Frame, token: Token): Kind | null {
  const parents = m.partsOf(f, token)[0]
  if (!parents) return 'object'
  if (parents.doubt) return null
  let kind: Kind | null = null
  for (const parent of parents.tokens) {
    const next =
      parent.kind === 'function'
        ? constructKind(m, f, parent)
        : parent.kind === 'builtin'
          ? EXTENDED[parent.path!]
          : null
    if (!next || (kind && kind !== next)) return null
    kind = next
  }
  return kind ?? 'object'
}

/** Builtin classes -> what an instance of a class that extends one is. */
export const EXTENDED: Record<string, Kind> = {
  Object: 'object',
  Error: 'error',
  TypeError: 'error',
  RangeError: 'error',
  SyntaxError: 'error',
  Map: 'map',
  Set: 'set',
  WeakMap: 'weak',
  Array: 'array',
  'hono/http-exception.HTTPException': 'error',
}
