// Global names: what is fixed, what is known, what hosts differ in, and what the project sets itself.

import { ambient } from './ambient.ts'
import { NAMESPACES, SUMMARIES } from './registry.ts'
import type { Machine } from '../machine.ts'
import type { Frame } from '../machine/frame.ts'
import { marksOf } from '../machine/mark.ts'
import { noteRead } from '../machine/notes.ts'
import { BOTTOM, join, NUM, of, type Site, STR, type Token, UNDEF, type Value } from '../value.ts'

const FROZEN_GLOBALS = new Map<string, Value>([
  ['undefined', UNDEF],
  ['NaN', NUM],
  ['Infinity', NUM],
  ['window', UNDEF],
  ['document', UNDEF],
])

/** Hosts differ in whether they have these. */
const HOST_GLOBALS = new Set([
  'Bun',
  'Deno',
  'self',
  'navigator',
  'Temporal',
  'WebSocket',
  'caches',
  'EdgeRuntime',
  'require',
  'module',
  'exports',
  '__dirname',
  '__filename',
])

const AMBIENT_GLOBALS = new Set([
  'process',
  'performance',
  'crypto',
  'console',
  'import.meta',
  ...HOST_GLOBALS,
])

NAMESPACES.add('process.env')
NAMESPACES.add('process')

export function globalOf(m: Machine, f: Frame, name: string, site: Site, isTypeof = false): Value {
  const fixed = FROZEN_GLOBALS.get(name)
  if (fixed) return fixed
  if (name === 'globalThis' || name === 'global') return of(m.builtin('globalThis'))
  const holder = m.builtin('globalThis')
  const cell = m.prop(holder, name)
  const written = m.get(f, cell)
  const any = m.get(f, m.prop(holder, '*'))
  if (written !== BOTTOM || any !== BOTTOM || holder.marks?.has(name)) {
    noteGlobal(m, f, holder, name, join(written, any), site)
    if (!isKnownGlobal(name)) return join(join(written, any), UNDEF)
    return join(join(written, any), of(m.builtin(name)))
  }
  if (HOST_GLOBALS.has(name) && isTypeof)
    return ambient(
      { machine: m, frame: f, site },
      `asks which host it runs on: typeof ${name}`,
      STR,
    )
  if (isKnownGlobal(name)) return of(m.builtin(name))
  if (name === 'eval')
    m.tampering.push({ message: 'runs text as code: eval()', site, context: f.context })
  // Who reads it depends on whoever may set it.
  noteGlobal(m, f, holder, name, BOTTOM, site)
  return ambient({ machine: m, frame: f, site }, `reads the global \`${name}\``)
}

export function isKnownGlobal(name: string): boolean {
  return NAMESPACES.has(name) || SUMMARIES.has(name) || AMBIENT_GLOBALS.has(name)
}

/** Notes a read of a global that code sets. */
function noteGlobal(
  m: Machine,
  f: Frame,
  holder: Token,
  name: string,
  value: Value,
  site: Site,
): void {
  noteRead(m, f, holder, () => marksOf(holder, name), name, value, site)
}
