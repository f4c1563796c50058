// What builtin prototypes have and inherit, and whether the language has a member that is not on the list.

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
    if (SUMMARIES.has(path) || HONO.has(path)) return path
  }
  return null
}

const CHAIN: Record<string, string> = {
  'Intl.prototype': 'Object.prototype',
}

/** Kinds whose members are all listed here: any other is taken to be unknown. */
const LISTED = new Set<Kind>(['bytes', 'hash', 'stats', 'codec', 'generator', 'intl'])

/** Members that only newer engines than the oldest supported one have. */
const NEWER = new Set([
  ...'union intersection difference symmetricDifference isSubsetOf isSupersetOf isDisjointFrom'
    .split(' ')
    .map(name => `Set.prototype.${name}`),
  'Map.prototype.getOrInsert',
  'Map.prototype.getOrInsertComputed',
  'WeakMap.prototype.getOrInsert',
  'WeakMap.prototype.getOrInsertComputed',
  'Date.prototype.toTemporalInstant',
])

/** Whether the language or the host has a member that is not on the list. */
export function isUnlisted(prototype: string, key: string, kind: Kind): boolean {
  if (/^[@#\u0000[*]|^(then|toJSON|\d+|part .*)$/.test(key)) return false
  if (LISTED.has(kind) || NEWER.has(`${prototype}.${key}`)) return true
  if (prototype === 'Error.prototype' && (key === 'message' || key === 'name')) return false
  return isNative(prototype, key)
}

/** Whether the language has the member at all, known here or not. */
export function isNative(prototype: string, key: string): boolean {
  if (key === '*' || key.startsWith('@@')) return key === '*'
  const owner = prototype.slice(0, -'.prototype'.length)
  const found = (globalThis as unknown as Record<string, { prototype?: object } | undefined>)[owner]
  return !found?.prototype || key in found.prototype
}
