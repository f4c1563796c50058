// A module's namespace -> what each export is, and `config` as plain data. Runs in the worker; calls
// nothing of the user but a `params` function.

import { isApp } from '../../runtime/handler.ts'
import type { Shape } from '../stages.ts'

type Kind = Shape['exports'][string]

/** The kind of each export but `config`. */
export function kindsOf(namespace: Record<string, unknown>): Record<string, Kind> {
  const kinds: Record<string, Kind> = {}
  for (const name of Object.keys(namespace)) {
    if (name !== 'config') kinds[name] = kindOf(namespace[name])
  }
  return kinds
}

function kindOf(value: unknown): Kind {
  if (typeof value === 'function') return isClass(value) ? 'unusable' : 'handler'
  if (Array.isArray(value) && typeof value[0] === 'function') {
    const links = value.slice(0, -1)
    const last = kindOf(value.at(-1))
    return links.every(link => kindOf(link) === 'handler') &&
      (last === 'handler' || last === 'value')
      ? 'chain'
      : 'unusable'
  }
  if (isApp(value)) return 'app'
  return isSendable(value) ? 'value' : 'unusable'
}

/** A class answers no request: calling it throws. */
function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value))
}

function isSendable(value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'string') return true
  if (value instanceof Response || value instanceof Uint8Array) return true
  if (typeof (value as { then?: unknown }).then === 'function') return true
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}

/**
 * `config` as plain data: a regular expression as `{ source, flags }`, and what JSON cannot say as
 * `{ unusable: what it is }`, so that checking it finds the wrong type.
 */
export function plainData(value: unknown, above: object[] = []): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value
    case 'number':
      return Number.isFinite(value) ? value : { unusable: String(value) }
    case 'object':
      break
    default:
      return { unusable: typeof value }
  }
  if (value === null) return null
  if (value instanceof RegExp) return { source: value.source, flags: value.flags }
  if (above.includes(value)) return { unusable: 'an object that holds itself' }
  const path = [...above, value]
  if (Array.isArray(value)) return value.map(item => plainData(item, path) ?? null)
  const proto = Object.getPrototypeOf(value)
  if (proto !== null && proto !== Object.prototype && Object.getPrototypeOf(proto) !== null) {
    return { unusable: `a ${String(proto.constructor?.name ?? 'object')}` }
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, plainData(item, path)]),
  )
}
