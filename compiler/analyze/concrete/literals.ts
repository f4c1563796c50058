// Object literals, and the names that functions and classes take from where they are stored.

import type { AnyNode } from 'acorn'
import { copyMembers } from './members.ts'
import { data, define, toKey } from './objects.ts'
import { isFunctionNode, nameOf } from '../program/syntax.ts'
import type { Place } from './scope.ts'
import { type Expr, siteOf, type Unit } from './unit.ts'
import { isObject } from './kinds.ts'
import type { Key, Scope } from './world.ts'

/** An object literal. */
export function object(u: Unit, node: AnyNode & { type: 'ObjectExpression' }, place: Place): Expr {
  const { w } = u
  const site = siteOf(place, node)
  const parts = node.properties.map(one => {
    if (one.type === 'SpreadElement') {
      const from = u.expr(one.argument, place)
      return (s: Scope, made: object): void =>
        copyMembers(w, from(s), (key, value) => define(w, made, key, data(value)))
    }
    const fixed = one.computed ? null : nameOf(one.key as AnyNode)
    const key: (s: Scope) => Key = one.computed
      ? (
          (of: Expr) => (s: Scope) =>
            toKey(w, of(s))
        )(u.expr(one.key as AnyNode, place))
      : () => fixed!
    const value = one.value as AnyNode
    if (one.kind !== 'init' || one.method) {
      const make = u.closure(value, place)
      return (s: Scope, made: object): void => {
        const name = key(s)
        const fn = make(s, made, nameText(name, one.kind))
        define(w, made, name, one.kind === 'init' ? data(fn) : accessor(made, name, one.kind, fn))
      }
    }
    if (fixed === '__proto__' && !one.shorthand) {
      const proto = u.expr(value, place)
      return (s: Scope, made: object): void => {
        const parent = proto(s)
        if (isObject(parent) || parent === null) Object.setPrototypeOf(made, parent)
      }
    }
    const named =
      isFunctionNode(value) || value.type === 'ClassExpression' ? namedValue(u, value, place) : null
    const run = named ? null : u.expr(value, place)
    return (s: Scope, made: object): void => {
      const name = key(s)
      define(w, made, name, data(named ? named(s, nameText(name, 'init')) : run!(s)))
    }
  })
  return s => {
    const made = {}
    w.sites.set(made, site)
    for (const part of parts) part(s, made)
    return made
  }
}

export function nameText(key: Key, kind: string): string {
  const text =
    typeof key === 'symbol' ? (key.description === undefined ? '' : `[${key.description}]`) : key
  return kind === 'get' || kind === 'set' ? `${kind} ${text}` : text
}

export function accessor(owner: object, key: Key, kind: string, fn: object): PropertyDescriptor {
  const before = Reflect.getOwnPropertyDescriptor(owner, key)
  const kept = before && !('value' in before) ? before : {}
  return { get: kept.get, set: kept.set, enumerable: true, configurable: true, [kind]: fn as never }
}

/** A function or class that takes its name from where it is stored. */
export function namedValue(
  u: Unit,
  node: AnyNode,
  place: Place,
): (s: Scope, name: string) => unknown {
  if (node.type === 'ClassExpression') {
    const make = u.class(node, place)
    return (s, name) => make(s, node.id ? null : name)
  }
  if (isFunctionNode(node)) {
    const make = u.closure(node, place)
    return (s, name) => make(s, null, node.type === 'FunctionExpression' && node.id ? null : name)
  }
  const run = u.expr(node, place)
  return s => run(s)
}
