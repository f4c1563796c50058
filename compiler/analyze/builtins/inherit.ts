// What builtin prototypes have and inherit, and whether the language has a member that is not on the list.

import { DIFFERING } from '../differing.ts'
import { HONO, SUMMARIES } from './registry.ts'
import type { Kind } from '../value.ts'

/** What an object inherits under `key` from a builtin prototype, as a path; null for nothing known. */
export function inheritedFrom(prototype: string, key: string): string | null {
  for (
    let at: string | undefined = prototype;
    at;
    at = CHAIN[at] ?? (at === 'Object.prototype' ? undefined : 'Object.prototype')
  ) {
    if (key === 'constructor') return at.slice(0, -'.prototype'.length)
    const path = `${at}.${key}`
    if (DIFFERING.has(path)) return null
    if (SUMMARIES.has(path) || HONO.has(path)) return path
  }
  return null
}

const CHAIN: Record<string, string> = {
  'Intl.prototype': 'Object.prototype',
}

/** Kinds whose members are all listed here: any other is taken to be unknown. */
const LISTED = new Set<Kind>(['bytes', 'hash', 'stats', 'codec', 'generator', 'intl'])

/** Whether the language or the host has a member that is not on the list. */
export function isUnlisted(prototype: string, key: string, kind: Kind): boolean {
  if (isDiffering(prototype, key)) return true
  if (/^[@#\u0000[*]|^(then|toJSON|\d+|part .*)$/.test(key)) return false
  if (LISTED.has(kind)) return true
  if (prototype === 'Error.prototype' && (key === 'message' || key === 'name')) return false
  return isNative(prototype, key)
}

/** Whether a prototype, or one above it, has the member on some hosts only. */
function isDiffering(prototype: string, key: string): boolean {
  return DIFFERING.has(`${prototype}.${key}`) || DIFFERING.has(`${ABOVE[prototype]}.${key}`)
}

/** Where hosts differ in what a class inherits. */
const ABOVE: Record<string, string> = {
  'File.prototype': 'Blob.prototype',
  'Generator.prototype': 'Iterator.prototype',
}

/** Whether the language has the member at all, known here or not. */
export function isNative(prototype: string, key: string): boolean {
  if (key === '*' || key.startsWith('@@')) return key === '*'
  const owner = prototype.slice(0, -'.prototype'.length)
  const found = (globalThis as unknown as Record<string, { prototype?: object } | undefined>)[owner]
  return !found?.prototype || key in found.prototype
}
