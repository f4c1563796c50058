// Questions about names that syntax alone answers.

import type { AnyNode, Identifier } from 'acorn'

export function isFunctionNode(
  node: AnyNode,
): node is Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
> {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}

/** The nodes directly below one, as they stand in its members. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const out: AnyNode[] = []
  for (const value of Object.values(node) as unknown[])
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === 'object' && one !== null && typeof (one as AnyNode).type === 'string')
        out.push(one as AnyNode)
  return out
}

/** The names a pattern binds. */
export function identifiersOf(pattern: AnyNode): Identifier[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern]
    case 'ObjectPattern':
      return pattern.properties.flatMap(one =>
        identifiersOf(one.type === 'RestElement' ? one.argument : one.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap(one => (one ? identifiersOf(one) : []))
    case 'AssignmentPattern':
      return identifiersOf(pattern.left)
    case 'RestElement':
      return identifiersOf(pattern.argument)
    default:
      return []
  }
}

export function nameOf(node: AnyNode): string {
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') return node.name
  return node.type === 'Literal' ? String(node.value) : ''
}

/** What `var` declares in a statement and below it, functions apart. */
export function varsOf(node: AnyNode | null | undefined): Identifier[] {
  if (!node || isFunctionNode(node) || node.type.startsWith('Class')) return []
  // Only statements hold declarations, so expressions need no walk.
  switch (node.type) {
    case 'VariableDeclaration':
      return node.kind === 'var' ? node.declarations.flatMap(one => identifiersOf(one.id)) : []
    case 'BlockStatement':
    case 'StaticBlock':
      return node.body.flatMap(varsOf)
    case 'IfStatement':
      return [...varsOf(node.consequent), ...varsOf(node.alternate)]
    case 'ForStatement':
      return [...varsOf(node.init), ...varsOf(node.body)]
    case 'ForInStatement':
    case 'ForOfStatement':
      return [...varsOf(node.left), ...varsOf(node.body)]
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement':
      return varsOf(node.body)
    case 'TryStatement':
      return [...varsOf(node.block), ...varsOf(node.handler?.body), ...varsOf(node.finalizer)]
    case 'SwitchStatement':
      return node.cases.flatMap(one => one.consequent.flatMap(varsOf))
    case 'ExportNamedDeclaration':
      return varsOf(node.declaration)
    default:
      return []
  }
}
