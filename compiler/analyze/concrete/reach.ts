// What can be reached from a value of the concrete heap in one step, closures and all.

import { Place } from './scope.ts'
import { HEADER } from './scope.ts'
import { PATHS } from './realm.ts'
import type { Activation } from './closure.ts'
import { isCollection, isObject } from './kinds.ts'
import type { Key, Scope, World } from './world.ts'

/** One step: where it leads, and under which name. */
export interface Edge {
  label: string | symbol
  to: unknown
}

export function isScope(value: unknown): value is Scope {
  return Array.isArray(value) && value[1] instanceof Place
}

/** Whether a heap object is of a kind whose inside cannot be listed. */
export function isOpaque(w: World, value: object): boolean {
  if (isScope(value)) return false
  // A response can be sent once, a context belongs to one request.
  if (w.exotics.has(value) || w.natives.has(value)) return true
  if (typeof value === 'function') return !w.closures.has(value)
  if (value instanceof WeakMap || value instanceof WeakSet) return !w.weak.has(value)
  for (let at: object | null = value; at; at = Object.getPrototypeOf(at)) {
    const path = PATHS.get(at)
    if (path !== undefined)
      return !/^(Object|Array|Map|Set|WeakMap|WeakSet|RegExp|Date|(\w*)Error|U?[Ii]nt\d+Array|Float\d+Array)\.prototype$/.test(
        path,
      )
  }
  return false
}

/** All that hangs on an object or scope directly. Never runs a getter. */
export function* edges(w: World, of: object): Generator<Edge> {
  if (isScope(of)) {
    yield { label: 'up', to: of[0] }
    const frame = of[2]
    if (frame && !(frame instanceof Map)) {
      const { self, args, callee, newTarget } = frame as Activation
      yield { label: 'this', to: self }
      yield { label: 'callee', to: callee }
      yield { label: 'new.target', to: newTarget }
      for (const [index, one] of args.entries()) yield { label: `argument ${index}`, to: one }
    }
    for (let i = HEADER; i < of.length; i++) yield { label: String(i), to: of[i] }
    return
  }
  yield { label: '__proto__', to: Object.getPrototypeOf(of) }
  const closure = typeof of === 'function' ? w.closures.get(of) : undefined
  if (closure) {
    yield { label: 'scope', to: closure.scope }
    yield { label: 'home', to: closure.home }
    for (const { name, fn } of closure.class?.hidden ?? []) yield { label: `#${name}`, to: fn }
    if (closure.bound) {
      yield { label: 'target', to: closure.bound.target }
      yield { label: 'bound this', to: closure.bound.self }
      for (const one of closure.bound.args) yield { label: 'bound', to: one }
    }
  }
  if (!ArrayBuffer.isView(of))
    for (const key of Reflect.ownKeys(of)) {
      if (key === 'stack' && of instanceof Error) continue
      const found = Reflect.getOwnPropertyDescriptor(of, key)!
      if ('value' in found) yield { label: key, to: found.value }
      else {
        yield { label: key, to: found.get }
        yield { label: key, to: found.set }
      }
    }
  if (isCollection(of) || w.weak.has(of))
    for (const one of w.contentOf(of)) yield { label: '[]', to: one }
  for (const holder of w.weakOf.get(of) ?? []) {
    yield { label: 'held by', to: holder }
    yield { label: 'held', to: w.weak.get(holder)?.get(of) }
  }
  const slots = w.privates.get(of)
  if (slots)
    for (const slot of slots.values()) {
      yield { label: `#${slot.name}`, to: slot }
    }
}

/** Visits everything reachable from `roots` once; `enter` says whether to go on into it. */
export function visit(w: World, roots: Iterable<unknown>, enter: (value: object) => boolean): void {
  const open = [...roots]
  while (open.length > 0) {
    const one = open.pop()
    if (!isObject(one) || PATHS.has(one) || one === w.global) continue
    if (!enter(one)) continue
    for (const { to } of edges(w, one)) if (isObject(to)) open.push(to)
  }
}

/** A key as marks and abstract objects have it. */
export function abstractKey(owner: object, key: Key, memberName: (name: string) => string): string {
  if (key === '*') return '*'
  if (typeof key === 'symbol') {
    const { description } = key
    const isKnown =
      description?.startsWith('Symbol.') && Reflect.get(Symbol, description.slice(7)) === key
    return isKnown ? `@@${description!.slice(7)}` : '@*'
  }
  if (Array.isArray(owner) && /^\d+$/.test(key)) return '[]'
  return memberName(key)
}
