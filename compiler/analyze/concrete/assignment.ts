// Assignments, and places that are read and then written.

import type { AnyNode } from 'acorn'
import { namedValue } from './literals.ts'
import { get, set, toKey } from './objects.ts'
import { binary } from './operators.ts'
import { privateSlot } from './privates.ts'
import { nameOf } from '../program/syntax.ts'
import type { Place } from './scope.ts'
import { type Expr, siteOf, type Unit } from './unit.ts'
import { writer } from './variables.ts'
import type { Scope } from './world.ts'

/** A place to read and to write, its parts computed once. */
export function reference(
  u: Unit,
  node: AnyNode,
  place: Place,
): (s: Scope) => { get(): unknown; set(value: unknown): void } {
  const { w } = u
  if (node.type === 'Identifier') {
    const read = u.expr(node, place)
    const write = writer(u, node, place)
    return s => ({ get: () => read(s), set: value => write(s, value, false) })
  }
  if (node.type !== 'MemberExpression' || node.object.type === 'Super')
    return () => w.unsupported('assigns to this')
  const base = u.expr(node.object, place)
  const site = siteOf(place, node)
  if (node.property.type === 'PrivateIdentifier') {
    const slot = privateSlot(u, node.property.name, place)
    return s => {
      const owner = base(s)
      const at = slot(s, owner, false)!
      return { get: () => at.read(), set: value => at.write(value) }
    }
  }
  const fixed = node.computed ? null : nameOf(node.property)
  const key = node.computed ? u.expr(node.property as AnyNode, place) : null
  return s => {
    const owner = base(s)
    const name = key ? toKey(w, key(s)) : fixed!
    return {
      get: () => {
        w.at = site
        return get(w, owner, name)
      },
      set: value => {
        w.at = site
        set(w, owner, name, value)
      },
    }
  }
}

/** `a = b`, `a += b`, `a ??= b`. */
export function assignment(
  u: Unit,
  node: AnyNode & { type: 'AssignmentExpression' },
  place: Place,
): Expr {
  const left = node.left as AnyNode
  const { operator } = node
  if (operator === '=') {
    if (left.type === 'Identifier') {
      const write = writer(u, left, place)
      const value = namedValue(u, node.right, place)
      return s => {
        const out = value(s, left.name)
        write(s, out, false)
        return out
      }
    }
    if (left.type === 'MemberExpression' && left.object.type !== 'Super') {
      const target = reference(u, left, place)
      const value = u.expr(node.right, place)
      return s => {
        const at = target(s)
        const out = value(s)
        at.set(out)
        return out
      }
    }
    const to = u.assign(left, place)
    const value = u.expr(node.right, place)
    return s => {
      const out = value(s)
      to(s, out, false)
      return out
    }
  }
  const target = reference(u, left, place)
  const value =
    left.type === 'Identifier' ? namedValue(u, node.right, place) : u.expr(node.right, place)
  const name = left.type === 'Identifier' ? left.name : ''
  if (operator === '&&=' || operator === '||=' || operator === '??=')
    return s => {
      const at = target(s)
      const before = at.get()
      const isKept =
        operator === '&&='
          ? !before
          : operator === '||='
            ? before
            : before !== undefined && before !== null
      if (isKept) return before
      const out = value(s, name)
      at.set(out)
      return out
    }
  const operate = binary(u, operator.slice(0, -1))
  return s => {
    const at = target(s)
    const out = operate(at.get(), value(s, name))
    at.set(out)
    return out
  }
}
