// Classes -> real functions whose instances are filled by this interpreter.

import type { AnyNode } from 'acorn'
import type { Closure, Hidden } from './closure.ts'
import { codeOf, finished, type Fn, invoke, lengthOf } from './functions.ts'
import { accessor, nameText } from './literals.ts'
import { data, define, get, toKey } from './objects.ts'
import { slotsOf, stamp } from './privates.ts'
import { nameOf } from '../program/syntax.ts'
import { Place } from './scope.ts'
import type { Unit } from './unit.ts'
import type { Key, Scope } from './world.ts'

type ClassNode = AnyNode & { type: 'ClassDeclaration' | 'ClassExpression' }

/** Makes classes of a class's node. */
export function classOf(
  u: Unit,
  given: AnyNode,
  place: Place,
): (scope: Scope, name: string | null) => object {
  const node = given as ClassNode
  const { w, program } = u
  const own = new Place(place, null)
  const inner = program.bindingOf.get(node.body)
  if (inner) own.add(inner, true)
  const { body } = node.body
  own.privates = new Set(
    body.flatMap(one =>
      'key' in one && one.key.type === 'PrivateIdentifier' ? [one.key.name] : [],
    ),
  )
  const parentOf = node.superClass ? u.expr(node.superClass as AnyNode, own) : null
  const maker = body.find(one => one.type === 'MethodDefinition' && one.kind === 'constructor')
  const makerNode = maker?.type === 'MethodDefinition' ? (maker.value as AnyNode) : null
  const makerCode = makerNode ? codeOf(u, makerNode, own) : null
  const members = body
    .filter(one => one !== maker)
    .map(one => ({
      one,
      key: 'key' in one && one.computed ? u.expr(one.key as AnyNode, own) : null,
      make: one.type === 'MethodDefinition' ? u.closure(one.value as AnyNode, own) : null,
      code:
        one.type === 'StaticBlock' || (one.type === 'PropertyDefinition' && one.value)
          ? codeOf(u, one, own)
          : null,
    }))
  return (outer, name) => {
    const scope = own.open(outer)
    const keys = new Map<string, object>()
    for (const one of own.privates!) keys.set(one, { name: one })
    scope[2] = keys
    const parent = parentOf?.(scope)
    if (parentOf && parent !== null && typeof parent !== 'function')
      throw new TypeError('Class extends value is not a constructor')
    const made: Closure = {
      code: makerCode,
      scope,
      home: null,
      bound: null,
      class: { fields: null, isDerived: parentOf !== null, node, hidden: [] },
    }
    const fn: Fn = function (...args: unknown[]) {
      if (!new.target) throw new TypeError('Class constructor cannot be invoked without new')
      return u.construct(fn, args, new.target)
    }
    finished(u, fn, made, name ?? node.id?.name ?? '', makerNode ? lengthOf(makerNode) : 0)
    const proto = Object.create(
      parentOf
        ? ((parent === null ? null : get(w, parent, 'prototype')) as object | null)
        : Object.prototype,
    ) as object
    if (parentOf && parent !== null) Object.setPrototypeOf(fn, parent as object)
    Object.defineProperty(fn, 'prototype', {
      value: proto,
      writable: false,
      enumerable: false,
      configurable: false,
    })
    Object.defineProperty(proto, 'constructor', {
      value: fn,
      writable: true,
      enumerable: false,
      configurable: true,
    })
    made.home = proto
    const fields: ((self: object) => void)[] = []
    const brands: ((self: object) => void)[] = []
    const statics: (() => void)[] = []
    for (const { one, key, make, code } of members) {
      const isStatic = one.type === 'StaticBlock' || one.static
      const owner = isStatic ? fn : proto
      const runCode =
        code &&
        ((self: object): unknown =>
          runInitializer(u, fn, { code, scope, home: owner, bound: null, class: null }, self))
      if (one.type === 'StaticBlock') {
        statics.push(() => void runCode!(fn))
        continue
      }
      if (one.key.type === 'PrivateIdentifier') {
        const hidden = keys.get(one.key.name)!
        const text = one.key.name
        if (one.type === 'MethodDefinition') {
          const method = make!(scope, owner, nameText(`#${text}`, one.kind))
          const brand = (self: object): void => {
            const before = slotsOf(w, self).get(hidden)
            const slot = {
              name: text,
              value: undefined as unknown,
              get: before?.get,
              set: before?.set,
              kind: 'accessor' as 'accessor' | 'method',
            }
            if (one.kind === 'method') Object.assign(slot, { kind: 'method', value: method })
            else slot[one.kind as 'get' | 'set'] = method
            stamp(w, self, hidden, slot)
          }
          if (isStatic) brand(fn)
          else {
            brands.push(brand)
            made.class!.hidden.push({ name: text, kind: one.kind as Hidden['kind'], fn: method })
          }
          continue
        }
        const init = (self: object): void => {
          const value = runCode?.(self)
          stamp(w, self, hidden, { name: text, value, get: null, set: null, kind: 'value' })
        }
        if (isStatic) statics.push(() => init(fn))
        else fields.push(init)
        continue
      }
      const name: Key = key ? toKey(w, key(scope)) : nameOf(one.key as AnyNode)
      if (one.type === 'MethodDefinition') {
        const method = make!(scope, owner, nameText(name, one.kind))
        const found =
          one.kind === 'method'
            ? data(method, false)
            : { ...accessor(owner, name, one.kind, method), enumerable: false }
        define(w, owner, name, found)
        continue
      }
      const init = (self: object): void => define(w, self, name, data(runCode?.(self)))
      if (isStatic) statics.push(() => init(fn))
      else fields.push(init)
    }
    if (brands.length + fields.length > 0)
      made.class!.fields = self => {
        for (const one of brands) one(self)
        for (const one of fields) one(self)
      }
    if (inner) scope[own.slots.get(inner)!] = fn
    for (const one of statics) one()
    return fn
  }
}

function runInitializer(u: Unit, fn: Fn, made: Closure, self: object): unknown {
  return invoke(u, fn, made, self, [], undefined)
}
