// An expression -> the path of the global it names (`Object.keys`), through names given to it once; null
// for what is not known to be one.

import type { AnyNode } from 'acorn'
import { childrenOf } from '../program/syntax.ts'
import { nameOf } from '../program/syntax.ts'
import type { Binding, ParsedChunk, ParsedProgram } from '../program.ts'

/** What a name is given where it is declared: a value, or a member of one. */
type Alias = { init: AnyNode; member: string | null }

/** More names for names than this are not followed. */
const MAX_ALIASES = 12

export class Paths {
  private readonly program: ParsedProgram
  private readonly aliases = new Map<Binding, Alias | null>()

  constructor(program: ParsedProgram) {
    this.program = program
    for (const { tree } of program.chunks.values()) {
      // A list of its own: trees may be deeper than the stack.
      const open: AnyNode[] = [tree]
      for (let node = open.pop(); node; node = open.pop()) {
        if (node.type === 'VariableDeclarator' && node.init) this.declare(node.id, node.init)
        for (const child of childrenOf(node)) open.push(child)
      }
    }
  }

  private declare(id: AnyNode, init: AnyNode): void {
    if (id.type === 'Identifier') this.alias(id, { init, member: null })
    else if (id.type === 'ObjectPattern')
      for (const one of id.properties)
        if (one.type === 'Property' && !one.computed && one.value.type === 'Identifier')
          this.alias(one.value, { init, member: nameOf(one.key as AnyNode) })
  }

  private alias(id: AnyNode, alias: Alias): void {
    const binding = this.program.bindingOf.get(id)
    if (binding) this.aliases.set(binding, this.aliases.has(binding) ? null : alias)
  }

  of(node: AnyNode, depth = 0): string | null {
    if (depth > MAX_ALIASES) return null
    switch (node.type) {
      case 'Identifier': {
        const binding = this.program.bindingOf.get(node)
        if (!binding) return /^(globalThis|global|self)$/.test(node.name) ? '' : node.name
        return this.ofBinding(binding, depth)
      }
      case 'MemberExpression': {
        const name = nameOfMember(node)
        const owner = name === null ? null : this.ownerOf(node.object, depth)
        return owner === null || owner === undefined ? null : owner ? `${owner}.${name}` : name
      }
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return this.of(node.expression, depth)
      default:
        return null
    }
  }

  private ownerOf(node: AnyNode, depth: number): string | null {
    if (node.type === 'ArrayExpression' && node.elements.length === 0) return 'Array.prototype'
    if (node.type === 'ObjectExpression' && node.properties.length === 0) return 'Object.prototype'
    if (node.type === 'Literal' && typeof node.value === 'string') return 'String.prototype'
    return this.of(node, depth + 1)
  }

  private ofBinding(binding: Binding, depth: number): string | null {
    if (binding.kind === 'import') {
      const inner = this.imported(binding)
      return inner ? this.ofBinding(inner, depth + 1) : null
    }
    const alias = this.aliases.get(binding)
    if (!alias || binding.writes > 0 || binding.kind !== 'var' || depth > MAX_ALIASES) return null
    const path = this.ownerOf(alias.init, depth + 1)
    if (alias.member === null)
      return alias.init.type.endsWith('Expression') && alias.init.type !== 'MemberExpression'
        ? null
        : alias.init.type === 'Literal'
          ? null
          : path
    return path === null ? null : path ? `${path}.${alias.member}` : alias.member
  }

  /** What a name that is imported is called where another chunk declares it. */
  private imported(binding: Binding): Binding | null {
    const chunkOf = (from: string): ParsedChunk | undefined =>
      this.program.chunks.get(from.replace(/^\.\//, ''))
    const chunk = this.program.chunks.get(binding.owner.chunk)
    const source = chunk?.importsOf.get(binding)
    const found = source && chunkOf(source.from)?.exports.get(source.name)
    return found && 'binding' in found ? found.binding : null
  }
}

/** The name of a member that is written out; null for any other. */
export function nameOfMember(node: AnyNode & { type: 'MemberExpression' }): string | null {
  if (!node.computed)
    return node.property.type === 'PrivateIdentifier'
      ? `#${node.property.name}`
      : nameOf(node.property)
  return keyOf(node.property)
}

/** A computed key that is written out. */
export function keyOf(node: AnyNode): string | null {
  if (node.type === 'Literal' && (typeof node.value === 'string' || typeof node.value === 'number'))
    return String(node.value)
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]!.value.cooked ?? null
  return null
}
