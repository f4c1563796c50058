// A syntax tree -> the first place that changes what the language provides, as far as its own text shows:
// for code that is given up, whose run nobody has followed to its end.

import type { AnyNode } from 'acorn'
import { isKnownGlobal } from './builtins/globals.ts'
import { childrenOf } from './program/syntax.ts'
import type { Binding, ParsedChunk, ParsedProgram } from './program.ts'

/** Calls that change their first argument. */
const CHANGES =
  /^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|defineProperty|deleteProperty|setPrototypeOf))$/

const known = new WeakMap<ParsedChunk, number | null>()

/** Where `chunk` changes a builtin, or hands a prototype of one to other code; null where it does not. */
export function tampersAt(program: ParsedProgram, chunk: ParsedChunk): number | null {
  let found = known.get(chunk)
  if (found === undefined) known.set(chunk, (found = search(program, chunk)))
  return found
}

function search(program: ParsedProgram, chunk: ParsedChunk): number | null {
  const aliases = new Set<Binding>()
  const bindingOf = (node: AnyNode): Binding | undefined => program.bindingOf.get(node)

  /** Whether an expression names something of the language by its own text. */
  const isBuiltin = (node: AnyNode | null | undefined): boolean => {
    if (!node) return false
    if (node.type === 'Identifier') {
      const binding = bindingOf(node)
      return binding ? aliases.has(binding) : isKnownGlobal(node.name) || node.name === 'globalThis'
    }
    if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier')
      return node.property.name === '__proto__' || isBuiltin(node.object)
    return (
      node.type === 'CallExpression' && nameOf(node.callee, bindingOf) === 'Object.getPrototypeOf'
    )
  }
  const isPrototype = (node: AnyNode): boolean =>
    isBuiltin(node) &&
    ((node.type === 'MemberExpression' && nameOf(node, () => undefined).endsWith('.prototype')) ||
      (node.type === 'Identifier' && bindingOf(node) !== undefined))

  // A name for a builtin may be given after it was used.
  for (let size = -1; size !== aliases.size; ) {
    size = aliases.size
    walk(chunk.tree, node => {
      if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') {
        const binding = bindingOf(node.id)
        if (binding && isBuiltin(node.init)) aliases.add(binding)
      }
      return false
    })
  }

  let found: number | null = null
  walk(chunk.tree, node => {
    const target =
      node.type === 'AssignmentExpression'
        ? node.left
        : node.type === 'UpdateExpression' ||
            (node.type === 'UnaryExpression' && node.operator === 'delete')
          ? node.argument
          : null
    const isWrite = target?.type === 'MemberExpression' && isBuiltin(target.object)
    const isCall =
      node.type === 'CallExpression' &&
      ((CHANGES.test(nameOf(node.callee, bindingOf)) && isBuiltin(node.arguments[0])) ||
        (!isBuiltin(node.callee) && node.arguments.some(isPrototype)))
    if (isWrite || isCall) found ??= node.start
    return found !== null
  })
  return found
}

/** `Object.assign` of such a callee; empty where a name in it is declared. */
function nameOf(node: AnyNode, bindingOf: (node: AnyNode) => Binding | undefined): string {
  if (node.type === 'Identifier') return bindingOf(node) ? '' : node.name
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier')
    return ''
  const owner = nameOf(node.object, bindingOf)
  return owner && `${owner}.${node.property.name}`
}

/** Visits every node until `visit` says true. A list of its own, since trees may be deeper than the stack. */
function walk(root: AnyNode, visit: (node: AnyNode) => boolean): void {
  const open: AnyNode[] = [root]
  for (let node = open.pop(); node; node = open.pop()) {
    if (visit(node)) return
    for (const child of childrenOf(node)) open.push(child)
  }
}
