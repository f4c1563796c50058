// Assignments -> what flows into names, members and patterns.

import type { AnyNode } from 'acorn'
import type { Slot } from './graph.ts'
import { keyOf, nameOfMember } from './paths.ts'
import type { Walker } from './walk.ts'
import { nameOf } from '../program/syntax.ts'

export function assignment(w: Walker, node: AnyNode & { type: 'AssignmentExpression' }): Slot {
  const { world } = w
  const { graph } = world
  const right = w.expr(node.right)
  if (node.operator === '=') {
    assign(w, node.left, right, node)
    return right
  }
  const left = w.expr(node.left)
  const out = graph.slot()
  if (/^(\|\||&&|\?\?)=$/.test(node.operator)) {
    // What was there stays as it is.
    assign(w, node.left, right, node)
    graph.flow(left, out)
    graph.flow(right, out)
    return out
  }
  if (node.operator === '+=') {
    graph.add(out, 'prim')
    for (const side of [left, right])
      graph.each(side, element => {
        if (element !== 'prim') graph.add(out, 'text')
      })
  } else graph.add(out, 'prim')
  assign(w, node.left, out, node)
  return out
}

export function assign(w: Walker, target: AnyNode, value: Slot, at: AnyNode): void {
  const { world } = w
  const { graph } = world
  switch (target.type) {
    case 'Identifier': {
      const binding = w.program.bindingOf.get(target)
      if (binding) graph.flow(value, w.slotOf(binding))
      else world.check(w.place(at), () => true)
      return
    }
    case 'MemberExpression': {
      const base = target.object.type === 'Super' ? w.ownerCode().self : w.expr(target.object)
      const name = nameOfMember(target)
      if (name === null) world.writeAny(base, w.expr(target.property), value, w.place(at))
      else if (w.paths.of(target) !== 'Error.stackTraceLimit')
        world.write(base, name, value, w.place(at))
      return
    }
    case 'ParenthesizedExpression':
      assign(w, target.expression, value, at)
      return
    case 'AssignmentPattern': {
      const either = graph.slot()
      graph.flow(value, either)
      graph.flow(w.expr(target.right), either)
      assign(w, target.left, either, at)
      return
    }
    case 'ArrayPattern': {
      const items = world.items(value, w.code.info)
      for (const one of target.elements) {
        if (one?.type === 'RestElement') {
          const rest = graph.thing('array')
          graph.flow(items, rest.star)
          assign(w, one.argument, graph.slot(rest), at)
        } else if (one) assign(w, one, items, at)
      }
      return
    }
    case 'ObjectPattern':
      for (const one of target.properties) {
        if (one.type === 'RestElement') {
          const rest = graph.thing('object')
          graph.flow(world.contents(value), rest.star)
          assign(w, one.argument, graph.slot(rest), at)
          continue
        }
        const name = one.computed ? keyOf(one.key as AnyNode) : nameOf(one.key as AnyNode)
        const found = graph.slot()
        if (name === null) world.readAny(value, w.expr(one.key as AnyNode), found)
        else world.read(value, name, found)
        assign(w, one.value, found, at)
      }
      return
    default:
      world.check(w.place(at), () => true)
  }
}
