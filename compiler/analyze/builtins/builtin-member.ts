// Members of what the language and the hosts provide: statics, prototypes, constants.

import { ambient } from './ambient.ts'
import { globalOf } from './globals.ts'
import { inheritedFrom, isNative } from './inherit.ts'
import { isNodeModule } from './modules.ts'
import { CONSTANTS, HONO, NAMESPACES, SUMMARIES } from './registry.ts'
import { RUNS_TEXT } from './summary.ts'
import { DIFFERING } from '../differing.ts'
import type { Machine } from '../machine.ts'
import type { Frame } from '../machine/frame.ts'
import {
  BOTTOM,
  doubtful,
  join,
  NUM,
  of,
  shared,
  type Site,
  STR,
  tainted,
  type Token,
  UNDEF,
  type Value,
} from '../value.ts'

export function builtinMember(m: Machine, f: Frame, token: Token, key: string, site: Site): Value {
  const owner = token.path!
  if (key === '__proto__')
    return of(
      m.builtin(
        SUMMARIES.has(owner) || HONO.has(owner) ? 'Function.prototype' : 'Object.prototype',
      ),
    )
  if (owner === 'globalThis') {
    if (key === '*')
      return shared(
        ambient(
          { machine: m, frame: f, site },
          'reads a global whose name is only known at run time',
        ),
        'constructor',
      )
    return globalOf(m, f, key, site)
  }
  // Whoever keeps it and puts it back does no harm; shown it says what others set.
  if (owner === 'Error' && key === 'stackTraceLimit')
    return doubtful('reads how long stack traces are', site)
  const written = join(m.get(f, m.prop(token, key)), m.get(f, m.prop(token, '*')))
  const path = `${owner}.${key}`
  if (written !== BOTTOM) {
    const isKnown = SUMMARIES.has(path) || HONO.has(path) || NAMESPACES.has(path)
    return join(written, isKnown ? of(m.builtin(path)) : UNDEF)
  }
  if (DIFFERING.has(path))
    return ambient({ machine: m, frame: f, site }, `reads ${path}, which not every host has`)
  const constant = CONSTANTS.get(path)
  if (constant) return constant
  if (SUMMARIES.has(path) || HONO.has(path) || NAMESPACES.has(path)) return of(m.builtin(path))
  if (owner === 'process.env') {
    if (key === 'NODE_ENV') return join(STR, UNDEF)
    return ambient(
      { machine: m, frame: f, site },
      `reads the environment: process.env${key === '*' ? '' : `.${key}`}`,
      join(STR, UNDEF),
    )
  }
  if (owner === 'import.meta') {
    if (f.context.kind === 'call')
      m.effect(f, `reads import.meta.${key}, which differs between machines`, site)
    if (key === 'url' || key === 'dirname' || key === 'filename')
      return tainted(STR, {
        kind: 'location',
        message: `reads import.meta.${key}, which differs between machines,`,
        site,
      })
    return ambient({ machine: m, frame: f, site }, `reads import.meta.${key}`)
  }
  if (key === 'prototype' && NAMESPACES.has(path)) return of(m.builtin(path))
  if (owner.endsWith('.prototype')) {
    const found = inheritedFrom(owner, key)
    if (found) return of(m.builtin(found))
    if (owner === 'Error.prototype' && (key === 'message' || key === 'name')) return STR
    return isNative(owner, key) ? ambient({ machine: m, frame: f, site }, `reads ${path}`) : UNDEF
  }
  if (isNodeModule(owner) && key === 'default') return of(token)
  if (key === '@@species' && SUMMARIES.has(owner)) return of(token)
  if (SUMMARIES.has(owner) || HONO.has(owner)) {
    const found = inheritedFrom('Function.prototype', key)
    if (found) return of(m.builtin(found))
    if (key === 'name') return STR
    if (key === 'length') return NUM
    if (key.startsWith('@@') || key === 'then' || key === 'toJSON') return UNDEF
  } else if (NAMESPACES.has(owner)) {
    const found = inheritedFrom('Object.prototype', key)
    if (found) return of(m.builtin(found))
    if (key.startsWith('@@') || key === 'then' || key === 'toJSON') return UNDEF
  }
  const message = `reads ${key === '*' ? `a member of ${owner} whose name is only known at run time` : path}`
  if (RUNS_TEXT.test(owner)) m.tampering.push({ message, site, context: f.context })
  return shared(ambient({ machine: m, frame: f, site }, message), key)
}
