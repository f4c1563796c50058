// Reading, writing and asking after members, as the language does it, each step noted in the world.

import { Bail } from './bail.ts'
import { mayHold, ruleOf } from './rules.ts'
import { DIFFERING } from '../differing.ts'
import { globalMember } from './globals.ts'
import { GLOBALS, PATHS, pathKey, UNUSUAL } from './realm.ts'
import { isObject } from './kinds.ts'
import type { Key, World } from './world.ts'

const PRIMITIVE_PROTOTYPES: Record<string, object> = {
  string: String.prototype,
  number: Number.prototype,
  boolean: Boolean.prototype,
  symbol: Symbol.prototype,
  bigint: BigInt.prototype,
}

/** Called by the language itself on its way: a builtin that acts must not stand there. */
const CALLED_BY_NAME = new Set<Key>([
  'toString',
  'valueOf',
  'toJSON',
  'then',
  'next',
  'return',
  'constructor',
  Symbol.iterator,
  Symbol.asyncIterator,
  Symbol.toPrimitive,
  Symbol.hasInstance,
  Symbol.species,
])

/** A value as the name of a member. */
export function toKey(w: World, value: unknown): Key {
  if (typeof value === 'string' || typeof value === 'symbol') return value
  if (isObject(value)) checkText(w, value)
  const key =
    typeof value === 'number' ? String(value) : Reflect.ownKeys({ [value as string]: 0 })[0]!
  if (w.failed) throw w.failed
  return key
}

/** Refuses what no text may be made of: code, dates (in the local zone), lists that hold them. */
export function checkText(w: World, value: unknown, seen = new Set<object>()): void {
  if (!isObject(value) || seen.has(value)) return
  seen.add(value)
  if (w.exotics.has(value)) w.unsupported('makes text of what it was given')
  if (typeof value === 'function') w.bail('unsupported', 'shows the source text of a function')
  if (value instanceof Date) w.bail('ambient', 'shows a date in the local time zone')
  for (const key of [Symbol.toPrimitive, 'toString', 'valueOf', Symbol.toStringTag])
    noteChain(w, value, key)
  if (value instanceof Error) for (const key of ['name', 'message']) noteChain(w, value, key)
  if (value instanceof Error && !w.thrown.has(value)) w.unsupported('shows an error of the engine')
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    w.look(value)
    if (Array.isArray(value)) for (const one of value) checkText(w, one, seen)
  }
}

/** Notes a read along the chain of prototypes. */
export function noteChain(w: World, value: object, key: Key): void {
  for (let at: object | null = value; at && !PATHS.has(at); at = Object.getPrototypeOf(at)) {
    w.noteRead(at, key)
    if (Object.hasOwn(at, key)) return
  }
}

/** What engines add to errors, each in its own way. */
const OF_ENGINES = new Set<Key>(
  'line column sourceURL originalLine originalColumn lineNumber columnNumber fileName description number'.split(
    ' ',
  ),
)

/** `base[key]`. */
export function get(w: World, base: unknown, key: Key, receiver: unknown = base): unknown {
  if (base === undefined || base === null)
    throw new TypeError(`Cannot read properties of ${base} (reading '${String(key)}')`)
  if (base === w.global)
    return typeof key === 'string'
      ? globalMember(w, key)
      : w.unsupported('reads a symbol of globalThis')
  const exotic = isObject(base) && w.exotics.get(base)
  if (exotic) return exotic(key)
  if (isObject(base) && w.natives.has(base) && !/^(call|apply|bind)$/.test(String(key)))
    w.unsupported('asks a function it was given for more')
  if (typeof base === 'function') {
    const made = key === 'constructor' ? makerOf(w, base) : null
    if (made) return made
    refuseUnusual(w, base, key)
  }
  let at: object | null = isObject(base) ? base : PRIMITIVE_PROTOTYPES[typeof base]!
  if (typeof base === 'string' && (key === 'length' || /^\d+$/.test(String(key))))
    return base[key as never]
  if (key === '__proto__') w.unsupported('reads __proto__')
  for (; at; at = Object.getPrototypeOf(at)) {
    if (PATHS.has(at)) return getNative(w, base, at, key, receiver)
    w.noteRead(at, key)
    if (at instanceof Error && OF_ENGINES.has(key)) w.unsupported('asks an error for more')
    if (Object.hasOwn(at, key)) {
      if (typeof at === 'function' && (key === 'caller' || key === 'arguments'))
        w.unsupported(`reads ${key} of a function`)
      if (at instanceof Error && (key === 'stack' || !w.thrown.has(at)))
        w.bail(
          'ambient',
          key === 'stack' ? 'reads a stack trace' : 'reads what the engine says of an error',
        )
      const value = Reflect.get(at, key, receiver)
      if (w.failed) throw w.failed
      return value
    }
  }
  return undefined
}

/** A member that a builtin object has or inherits. */
function getNative(w: World, base: unknown, from: object, key: Key, receiver: unknown): unknown {
  for (let at: object | null = from; at; at = Object.getPrototypeOf(at)) {
    const path = PATHS.get(at)
    if (path === undefined) w.unsupported('reads a member of a builtin')
    const found = Reflect.getOwnPropertyDescriptor(at, key)
    if (!found) continue
    const full = `${path}.${pathKey(key)}`
    if (DIFFERING.has(full)) w.unsupported(`reads ${full}`)
    if (!('value' in found)) {
      if (base === at || !GETTERS.test(full)) w.unsupported(`reads ${full}`)
      w.look(base)
      return Reflect.get(at, key, receiver)
    }
    // What is neither code nor fixed, as `Error.stackTraceLimit`, others may have set.
    if (!isObject(found.value) && found.writable && !/Error\.prototype\.(name|message)$/.test(full))
      w.unsupported(`reads ${full}`)
    const refused = mayHold(found.value, full)
    if (refused) w.bail(refused.kind, refused.message)
    return found.value
  }
  // Asking a builtin for what it lacks tells one engine from another.
  if (base === from && typeof key === 'string' && key !== 'then' && key !== 'toJSON')
    w.unsupported(`asks whether there is ${PATHS.get(from)}.${key}`)
  refuseDiffering(w, from, key)
  return undefined
}

/** Refuses to ask after what only some hosts have on objects of their own. */
function refuseDiffering(w: World, from: object, key: Key): void {
  const path = PATHS.get(from)!
  for (let at: object | null = from; at; at = Object.getPrototypeOf(at))
    if (DIFFERING.has(`${PATHS.get(at)}.${pathKey(key)}`))
      w.unsupported(`asks whether there is ${pathKey(key)}`)
  if (typeof key !== 'string' || key === 'then' || key === 'toJSON' || key in from) return
  if (/^(Generator|Iterator|\w+Array)\.prototype$/.test(path) && path !== 'Array.prototype')
    w.unsupported(`asks whether there is ${key}`)
}

const GETTERS =
  /^((Map|Set)\.prototype\.size|RegExp\.prototype\.(source|flags|global|ignoreCase|multiline|dotAll|unicode|unicodeSets|sticky|hasIndices)|Uint8Array\.prototype\.(length|byteLength|@@toStringTag)|Symbol\.prototype\.description|(Map|Set|Array|RegExp|Promise|Uint8Array)\.@@species)$/

/** Refuses to store a builtin where the language would call it unseen. */
export function checkStored(w: World, key: Key, value: unknown): void {
  if (
    typeof value === 'function' &&
    CALLED_BY_NAME.has(key) &&
    PATHS.has(value) &&
    key !== 'constructor'
  )
    if (!isHarmless(PATHS.get(value)!))
      w.unsupported('stores a builtin where the language calls it')
}

function isHarmless(path: string): boolean {
  return (
    /\.prototype\.(values|keys|entries|toString|valueOf|toISOString)$/.test(path) &&
    !path.startsWith('Date')
  )
}

/** `base[key] = value`. */
export function set(w: World, base: unknown, key: Key, value: unknown): void {
  if (base === undefined || base === null)
    throw new TypeError(`Cannot set properties of ${base} (setting '${String(key)}')`)
  if (!isObject(base)) w.unsupported('sets a member of a primitive')
  if (key === '__proto__') w.unsupported('sets __proto__')
  if (w.exotics.has(base)) w.unsupported('changes what it was given')
  checkStored(w, key, value)
  for (let at: object | null = base; at; at = Object.getPrototypeOf(at)) {
    if (PATHS.has(at)) {
      if (at === base) w.touch(at, key)
      break
    }
    if (at !== base) w.noteRead(at, key)
    const found = Reflect.getOwnPropertyDescriptor(at, key)
    if (!found) continue
    if (!('value' in found)) {
      w.noteRead(at, key)
      if (!found.set) throw new TypeError('Cannot set property which has only a getter')
      Reflect.apply(found.set, base, [value])
      if (w.failed) throw w.failed
      return
    }
    break
  }
  if (base === w.global && GLOBALS.has(key as string)) w.unsupported(`changes \`${String(key)}\``)
  w.touch(base, key)
  if (!Reflect.set(base, key, value)) throw new TypeError('Cannot assign to read only property')
  if (w.failed) throw w.failed
}

/** `delete base[key]`. */
export function remove(w: World, base: unknown, key: Key): boolean {
  if (!isObject(base)) w.unsupported('deletes from a primitive')
  if (base === w.global) w.unsupported('deletes a global')
  // The order of members that comes back with one is not kept.
  if (!w.isLoading && w.isOlder(base) && Object.hasOwn(base, key)) {
    w.refuseOwn(`deletes a member of an object that outlives the request`)
    w.unsupported('deletes a member of what outlives the request')
  }
  w.touch(base, key)
  if (!Reflect.deleteProperty(base, key)) throw new TypeError('Cannot delete property')
  return true
}

/** The constructor of an asynchronous function or generator; null for any other function. */
function makerOf(w: World, fn: object): object | null {
  const info = w.closures.get(fn)?.code?.info
  if ((!info?.isAsync && !info?.isGenerator) || Object.hasOwn(fn, 'constructor')) return null
  return UNUSUAL[(info.isAsync ? 1 : 0) + (info.isGenerator ? 2 : 0)]!
}

/** Of asynchronous functions and generators: what they have of prototypes that are theirs alone. */
export function refuseUnusual(w: World, fn: object, key?: Key): void {
  const info = w.closures.get(fn)?.code?.info
  if (!info?.isAsync && !info?.isGenerator) return
  if (key === 'call' || key === 'apply' || key === 'bind' || key === 'name' || key === 'length')
    return
  if (key === undefined || key === 'constructor' || key === 'prototype' || typeof key === 'symbol')
    w.unsupported('asks what kind of function it is')
}

/** Whether a member of a builtin is one that a run may call. */
function isEverywhere(builtin: object, key: Key): boolean {
  const value: unknown = Reflect.getOwnPropertyDescriptor(builtin, key)?.value
  const path = isObject(value) ? PATHS.get(value) : undefined
  return path !== undefined && ruleOf(path) !== null
}

/** `key in base`. */
export function has(w: World, base: unknown, key: Key): boolean {
  if (!isObject(base)) throw new TypeError('Cannot use in operator')
  if (w.exotics.has(base) || w.natives.has(base)) w.unsupported('asks what there is')
  refuseUnusual(w, base, key)
  if (base instanceof Error && key !== 'name' && key !== 'cause')
    w.unsupported('asks which members an error has')
  if (base === w.global) w.unsupported('asks which globals there are')
  for (let at: object | null = base; at; at = Object.getPrototypeOf(at)) {
    w.noteRead(at, key)
    const isThere = Object.hasOwn(at, key)
    // Asking a builtin tells one engine from another, but for what all have.
    if (PATHS.has(at) && at === base && !(isThere && isEverywhere(at, key)))
      w.unsupported(`asks whether there is ${String(key)}`)
    if (PATHS.has(at)) refuseDiffering(w, at, key)
    if (isThere) return true
  }
  return false
}

/** Makes a property as literals and classes do; never runs a setter. */
export function define(w: World, base: object, key: Key, found: PropertyDescriptor): void {
  checkStored(w, key, found.value)
  if (base === w.global) w.unsupported('defines a global')
  for (const accessor of [found.get, found.set])
    if (accessor && PATHS.has(accessor)) w.unsupported('makes a builtin an accessor')
  w.touch(base, key, true)
  Object.defineProperty(base, key, found)
}

export function data(value: unknown, enumerable = true): PropertyDescriptor {
  return { value, writable: true, enumerable, configurable: true }
}

/** Whether a thrown value has to go past all `catch` of the code. */
export function isFatal(error: unknown): boolean {
  return error instanceof Bail
}
