// Questions that syntax alone answers.

import type { AnyNode } from 'acorn'
import { childrenOf, isFunctionNode, nameOf } from '../program/syntax.ts'

export type Class = Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }>

export function isClass(node: AnyNode): node is Class {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

const early = new WeakMap<AnyNode, boolean>()

/** Whether control can leave the node other than at its end. */
export function leavesEarly(node: AnyNode): boolean {
  const known = early.get(node)
  if (known !== undefined) return known
  let found =
    node.type === 'ReturnStatement' ||
    node.type === 'ThrowStatement' ||
    node.type === 'BreakStatement' ||
    node.type === 'ContinueStatement' ||
    node.type === 'YieldExpression'
  if (!found && !isFunctionNode(node) && !isClass(node)) found = childrenOf(node).some(leavesEarly)
  early.set(node, found)
  return found
}

export function endsAlways(node: AnyNode): boolean {
  if (node.type === 'ReturnStatement' || node.type === 'ThrowStatement') return true
  if (node.type === 'BlockStatement') return node.body.length > 0 && endsAlways(node.body.at(-1)!)
  if (node.type === 'IfStatement')
    return !!node.alternate && endsAlways(node.consequent) && endsAlways(node.alternate)
  return false
}

/** Literals all the way down. */
export function isData(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return !('regex' in node && node.regex)
    case 'TemplateLiteral':
      return node.expressions.length === 0
    case 'UnaryExpression':
      return (
        node.operator !== 'delete' && node.operator !== 'typeof' && node.argument.type === 'Literal'
      )
    case 'ArrayExpression':
      return node.elements.every(one => one !== null && isData(one))
    case 'ObjectExpression':
      return node.properties.every(
        one =>
          one.type === 'Property' &&
          !one.computed &&
          !one.method &&
          one.kind === 'init' &&
          nameOf(one.key as AnyNode) !== '__proto__' &&
          isData(one.value),
      )
    default:
      return false
  }
}

const sizes = new WeakMap<AnyNode, number>()

export function sizeOf(node: AnyNode): number {
  let size = sizes.get(node)
  if (size === undefined) {
    size = 1
    if (node.type === 'ArrayExpression')
      for (const one of node.elements) size += one ? sizeOf(one) : 1
    if (node.type === 'ObjectExpression')
      for (const one of node.properties) if (one.type === 'Property') size += sizeOf(one.value)
    sizes.set(node, size)
  }
  return size
}
