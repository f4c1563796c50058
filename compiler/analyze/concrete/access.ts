// What is called and on what, arguments, and what loops and `this` see.

import type { AnyNode } from 'acorn'
import type { Activation } from './closure.ts'
import { get, toKey } from './objects.ts'
import { PATHS } from './realm.ts'
import { privateSlot } from './privates.ts'
import { nameOf } from '../program/syntax.ts'
import type { Place } from './scope.ts'
import { type Expr, siteOf, type Unit } from './unit.ts'
import { isObject } from './kinds.ts'
import type { Scope } from './world.ts'

/** What an optional chain gives that ended early. */
export const SKIP = Symbol('skip')

/** What a loop or spread takes out of a value. */
export function iterate(u: Unit, value: unknown): Iterable<unknown> {
  const { w } = u
  w.look(value)
  if (value === undefined || value === null) throw new TypeError('is not iterable')
  const method = get(w, value, Symbol.iterator)
  const isOwn =
    typeof method !== 'function' ||
    !PATHS.has(method) ||
    (isObject(value) && Object.hasOwn(value, 'next'))
  return isOwn ? steps(u, value, method) : (value as Iterable<unknown>)
}

/** What an iterator of the program's own gives, each of its members read as the code would. */
function* steps(u: Unit, value: unknown, method: unknown): Generator<unknown> {
  const { w } = u
  const iterator = u.call(method, value, [])
  if (!isObject(iterator)) throw new TypeError('is not an iterator')
  if (PATHS.has(Object.getPrototypeOf(iterator) as object) && !Object.hasOwn(iterator, 'next')) {
    w.look(iterator)
    yield* { [Symbol.iterator]: () => iterator as Iterator<unknown> }
    return
  }
  const next = get(w, iterator, 'next')
  let isDone = false
  let isOver = false
  try {
    for (;;) {
      isDone = true
      const step = u.call(next, iterator, [])
      if (!isObject(step)) throw new TypeError('Iterator result is not an object')
      if (get(w, step, 'done')) {
        isOver = true
        return
      }
      const one = get(w, step, 'value')
      isDone = false
      w.step()
      yield one
    }
  } finally {
    if (!isDone && !isOver && !w.failed) {
      const close = get(w, iterator, 'return')
      if (close !== undefined && close !== null && !isObject(u.call(close, iterator, [])))
        // biome-ignore lint/correctness/noUnsafeFinally: whoever goes through it drops it after a throw
        throw new TypeError('Iterator result is not an object')
    }
  }
}

/** The call that `this`, `arguments` and `super` belong to. */
export function activationOf(place: Place, scope: Scope): Activation | null {
  let at: Scope | null = scope
  for (let p: Place | null = place; p; p = p.up) {
    if (p.info && !p.info.isArrow) return (at![2] as never) ?? null
    at = at![0] as Scope
  }
  return null
}

/** What is called, and on what. */
export function calleeOf(
  u: Unit,
  node: AnyNode,
  place: Place,
): [(s: Scope, base: unknown) => unknown, Expr | null] {
  if (node.type === 'ParenthesizedExpression') return calleeOf(u, node.expression, place)
  if (node.type === 'ChainExpression') {
    // `(a?.b)()` is called on `a`.
    const [callee, self] = calleeOf(u, node.expression as AnyNode, place)
    return [
      (s, base) => {
        const fn = callee(s, base)
        return fn === SKIP ? undefined : fn
      },
      self,
    ]
  }
  if (node.type !== 'MemberExpression' || node.object.type === 'Super') {
    const run = u.expr(node, place)
    return [
      run,
      node.type === 'MemberExpression'
        ? u.expr({ type: 'ThisExpression', start: node.start, end: node.end } as AnyNode, place)
        : null,
    ]
  }
  const base = u.expr(node.object, place)
  const site = siteOf(place, node)
  const { w } = u
  if (node.property.type === 'PrivateIdentifier') {
    const slot = privateSlot(u, node.property.name, place)
    return [(s, owner) => slot(s, owner, false)!.read(), base]
  }
  const fixed = node.computed ? null : nameOf(node.property)
  const key = node.computed ? u.expr(node.property as AnyNode, place) : null
  return [
    (s, owner) => {
      if (owner === SKIP || (node.optional && (owner === undefined || owner === null))) return SKIP
      const name = key ? toKey(w, key(s)) : fixed!
      w.at = site
      return get(w, owner, name)
    },
    base,
  ]
}

export function argsOf(u: Unit, nodes: readonly AnyNode[], place: Place): (s: Scope) => unknown[] {
  const parts = nodes.map(one => ({
    isSpread: one.type === 'SpreadElement',
    run: u.expr(one.type === 'SpreadElement' ? one.argument : one, place),
  }))
  return s => {
    const out: unknown[] = []
    for (const part of parts)
      if (part.isSpread)
        for (const one of iterate(u, part.run(s))) {
          u.w.step()
          out.push(one)
        }
      else out.push(part.run(s))
    return out
  }
}
