// What chunks import from one another and from outside.

import type { Machine } from '../machine.ts'
import type { Frame } from '../machine/frame.ts'
import { BOTTOM, joinAll, of, type Site, type Token, UNDEF, type Value } from '../value.ts'

export function isNodeModule(path: string): boolean {
  return /^(node|bun):[\w/]+$/.test(path)
}

export function importOf(m: Machine, f: Frame, from: string, name: string, site: Site): Value {
  const target = m.program.chunks.get(from.replace(/^\.\//, ''))
  if (target) {
    if (name === '*') {
      const key = `namespace:${target.name}`
      const made = m.make(m.tops.get(target.name)!, key, 'namespace')
      made.path = target.name
      return of(made)
    }
    return exportOf(m, f, target.name, name, site) ?? UNDEF
  }
  if (name === '*' || (name === 'default' && isNodeModule(from))) return of(m.builtin(from))
  return of(m.builtin(`${from}.${name}`))
}

/** What a chunk exports under a name; null for nothing. */
export function exportOf(
  m: Machine,
  f: Frame,
  chunk: string,
  name: string,
  site: Site,
  seen = new Set<string>(),
): Value | null {
  const parsed = m.program.chunks.get(chunk)!
  const found = parsed.exports.get(name)
  if (found && 'binding' in found) {
    const { binding } = found
    const top = m.tops.get(chunk)!
    if (binding.kind === 'import') {
      const source = parsed.importsOf.get(binding)!
      return importOf(m, f, source.from, source.name, site)
    }
    const cell = m.cellOf(top, binding)
    return cell ? m.readCell(f, cell, site) : null
  }
  if (found) return importOf(m, f, found.from, found.name, site)
  if (seen.has(chunk)) return null
  seen.add(chunk)
  for (const from of parsed.starExports) {
    const inner = m.program.chunks.get(from.replace(/^\.\//, ''))
    const value = inner
      ? exportOf(m, f, inner.name, name, site, seen)
      : importOf(m, f, from, name, site)
    if (value) return value
  }
  return null
}

export function namespaceMember(
  m: Machine,
  f: Frame,
  token: Token,
  key: string,
  site: Site,
): Value {
  if (key !== '*') return exportOf(m, f, token.path!, key, site) ?? UNDEF
  return joinAll(
    [...m.program.chunks.get(token.path!)!.exports.keys()].map(
      name => exportOf(m, f, token.path!, name, site) ?? BOTTOM,
    ),
  )
}
