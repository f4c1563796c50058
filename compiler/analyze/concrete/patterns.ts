// Targets of assignments, taken apart: names, members, arrays, objects, defaults.

import type { AnyNode } from 'acorn'
import { copyMembers } from './members.ts'
import { iterate } from './access.ts'
import { namedValue } from './literals.ts'
import { writer } from './variables.ts'
import { data, define, get, set, toKey } from './objects.ts'
import { nameOf } from '../program/syntax.ts'
import type { Place } from './scope.ts'
import { type Assign, siteOf, type Unit } from './unit.ts'
import type { Key } from './world.ts'

export function assign(u: Unit, node: AnyNode, place: Place): Assign {
  const { w } = u
  switch (node.type) {
    case 'Identifier':
      return writer(u, node, place)
    case 'MemberExpression': {
      if (node.object.type === 'Super' || node.property.type === 'PrivateIdentifier') break
      const base = u.expr(node.object, place)
      const key = node.computed
        ? u.expr(node.property as AnyNode, place)
        : () => nameOf(node.property)
      const site = siteOf(place, node)
      return (s, value) => {
        const owner = base(s)
        const name = toKey(w, key(s))
        w.at = site
        set(w, owner, name, value)
      }
    }
    case 'AssignmentPattern': {
      const to = assign(u, node.left, place)
      const name = node.left.type === 'Identifier' ? node.left.name : ''
      const instead =
        node.left.type === 'Identifier'
          ? namedValue(u, node.right, place)
          : u.expr(node.right, place)
      return (s, value, isInit) => to(s, value === undefined ? instead(s, name) : value, isInit)
    }
    case 'ArrayPattern': {
      const parts = node.elements.map(
        one =>
          one && {
            isRest: one.type === 'RestElement',
            to: assign(u, one.type === 'RestElement' ? one.argument : one, place),
          },
      )
      if (parts.length === 0) return () => w.unsupported('takes nothing apart')
      return (s, value, isInit) => {
        const iterator = iterate(u, value)[Symbol.iterator]()
        let isDone = false
        const next = (): unknown => {
          if (isDone) return undefined
          const step = iterator.next()
          if (w.failed) throw w.failed
          isDone = !!step.done
          return isDone ? undefined : step.value
        }
        for (const part of parts) {
          if (!part) next()
          else if (!part.isRest) part.to(s, next(), isInit)
          else {
            const rest: unknown[] = []
            for (let one = next(); !isDone; one = next()) rest.push(one)
            part.to(s, rest, isInit)
          }
        }
        if (!isDone) iterator.return?.()
        if (w.failed) throw w.failed
      }
    }
    case 'ObjectPattern': {
      const parts = node.properties.map(one => {
        if (one.type === 'RestElement')
          return { key: null, to: assign(u, one.argument, place), site: siteOf(place, one) }
        const key = one.computed
          ? u.expr(one.key as AnyNode, place)
          : () => nameOf(one.key as AnyNode)
        return { key, to: assign(u, one.value, place), site: siteOf(place, one) }
      })
      return (s, value, isInit) => {
        if (value === undefined || value === null)
          throw new TypeError(`Cannot destructure '${value}'`)
        const taken = new Set<Key>()
        for (const { key, to, site } of parts) {
          if (!key) {
            const rest = {}
            copyMembers(w, value, (name, one) => define(w, rest, name, data(one)), taken)
            to(s, rest, isInit)
            continue
          }
          const name = toKey(w, key(s))
          taken.add(name)
          w.at = site
          to(s, get(w, value, name), isInit)
        }
      }
    }
  }
  return () => w.unsupported(`assigns to ${node.type}`)
}
