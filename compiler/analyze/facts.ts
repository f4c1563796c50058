// What a module's syntax says of its exports and its `config`, before anything is run.

import type { AnyNode } from 'acorn'
import type { ModuleFacts, Position } from '../stages.ts'
import { exportOf } from './builtins/modules.ts'
import type { Machine } from './machine.ts'
import type { Binding, ParsedChunk } from './program.ts'
import { isFunctionNode, nameOf } from './program/syntax.ts'
import type { Value } from './value.ts'

type ExportKind = 'handler' | 'chain' | 'app' | 'value' | 'unknown'

/** A chunk's exports; asked once loading is over and before anything else has run. */
export function factsOf(
  machine: Machine,
  chunk: string,
  names: string[],
  closure: Set<string>,
  positionOf: (chunk: string, at: number) => Position,
): ModuleFacts {
  const top = machine.tops.get(chunk)!
  const exports = new Map<string, ExportKind>()
  const isGivenUp = machine.givenUp.some(context => closure.has(context.root))
  const positions = new Map<string, Position>()
  for (const name of names) {
    const value = exportOf(machine, top, chunk, name, { chunk, at: 0 })
    const found = declarationOf(machine, chunk, name)
    const isSure =
      !isGivenUp || (found?.init && isFunctionNode(found.init) && found.binding.writes === 0)
    exports.set(name, value && isSure ? kindOf(value) : 'unknown')
    positions.set(name, found ? positionOf(found.chunk, found.at) : positionOf(chunk, 0))
  }
  return {
    exports,
    positions,
    config: names.includes('config') ? configOf(machine, chunk, positionOf) : { kind: 'absent' },
    loadsQuietly:
      ![...closure].some(name => machine.noise.has(name)) &&
      machine.tampering.length === 0 &&
      !isGivenUp,
  }
}

function kindOf(value: Value): ExportKind {
  if (value.doubt || value.isBottom) return 'unknown'
  const kinds = new Set<ExportKind>()
  if (value.bits !== 0 || value.strings.length > 0) kinds.add('value')
  for (const token of value.tokens) {
    switch (token.kind) {
      case 'function':
        kinds.add(token.node ? 'unknown' : 'handler')
        break
      case 'bound':
      case 'middleware':
        kinds.add('handler')
        break
      case 'app':
        kinds.add('app')
        break
      case 'array': {
        const items = token.props.get('[]')?.value
        if (!items || items.isBottom) kinds.add('value')
        else if (items.doubt) kinds.add('unknown')
        else {
          const functions = items.tokens.filter(
            one => one.kind === 'function' || one.kind === 'middleware' || one.kind === 'bound',
          )
          const others =
            items.tokens.length - functions.length + (items.bits ? 1 : 0) + items.strings.length
          const first = token.props.get('0')?.value
          const startsWithCode = first?.tokens.some(one => functions.includes(one))
          kinds.add(
            functions.length === 0
              ? 'value'
              : others === 0 || (startsWithCode && first!.bits === 0)
                ? 'chain'
                : 'unknown',
          )
        }
        break
      }
      case 'object': {
        // What looks like a Hono app is one.
        const mayBeApp =
          token.props.get('fetch')?.value.tokens.length ||
          (token.props.has('*') && !token.props.get('*')!.value.isBottom)
        kinds.add(
          mayBeApp || token.proto?.value.tokens.some(one => one.props.has('fetch'))
            ? 'unknown'
            : 'value',
        )
        break
      }
      case 'data':
      case 'response':
      case 'jsx':
      case 'bytes':
      case 'date':
      case 'map':
      case 'set':
        kinds.add('value')
        break
      default:
        kinds.add('unknown')
    }
  }
  return kinds.size === 1 ? [...kinds][0]! : 'unknown'
}

// ---------------------------------------------------------------- declarations

interface Declaration {
  chunk: string
  at: number
  binding: Binding
  init: AnyNode | null
}

function declarationOf(machine: Machine, chunk: string, name: string): Declaration | null {
  const parsed = machine.program.chunks.get(chunk)
  const found = parsed?.exports.get(name)
  if (!parsed || !found) return null
  if (!('binding' in found))
    return declarationOf(machine, found.from.replace(/^\.\//, ''), found.name)
  const { binding } = found
  if (binding.kind === 'import') {
    const source = parsed.importsOf.get(binding)!
    return declarationOf(machine, source.from.replace(/^\.\//, ''), source.name)
  }
  return { chunk, at: placeOf(parsed, binding), binding, init: initOf(parsed, binding) }
}

function placeOf(parsed: ParsedChunk, binding: Binding): number {
  const init = initOf(parsed, binding)
  // A name that the bundler made up has no place in the source; its value has.
  return init && binding.name.endsWith('_default') ? init.start : binding.at
}

function initOf(parsed: ParsedChunk, binding: Binding): AnyNode | null {
  for (const node of parsed.tree.body) {
    const inner = node.type === 'ExportNamedDeclaration' ? node.declaration : node
    if (inner?.type === 'VariableDeclaration') {
      for (const one of inner.declarations)
        if (one.id.type === 'Identifier' && one.id.start === binding.at) return one.init ?? null
    } else if (inner?.type === 'FunctionDeclaration' && inner.start === binding.at) return inner
  }
  return null
}

// ---------------------------------------------------------------- config

function configOf(
  machine: Machine,
  chunk: string,
  positionOf: (chunk: string, at: number) => Position,
): ModuleFacts['config'] {
  const found = declarationOf(machine, chunk, 'config')
  if (!found) return { kind: 'computed', at: positionOf(chunk, 0) }
  const at = positionOf(found.chunk, found.at)
  const isChanged = found.binding.writes > 0 || used(machine, found.chunk, found.binding)
  if (!found.init || isChanged || isFunctionNode(found.init)) return { kind: 'computed', at }
  try {
    return { kind: 'literal', value: literal(found.init), at }
  } catch (error) {
    if (error !== NOT_LITERAL) throw error
    return { kind: 'computed', at }
  }
}

/** Whether the name is used anywhere but where it is exported. */
function used(machine: Machine, chunk: string, binding: Binding): boolean {
  for (const [node, one] of machine.program.bindingOf) {
    if (one !== binding || node.type !== 'Identifier' || node.start === binding.at) continue
    const { tree } = machine.program.chunks.get(chunk)!
    const isExport = tree.body.some(
      item =>
        item.type === 'ExportNamedDeclaration' &&
        item.start <= node.start &&
        node.end <= item.end &&
        !item.declaration,
    )
    if (!isExport) return true
  }
  return false
}

const NOT_LITERAL = new Error('not a literal')

function literal(node: AnyNode): unknown {
  switch (node.type) {
    case 'Literal':
      if ('regex' in node && node.regex) return new RegExp(node.regex.pattern, node.regex.flags)
      return node.value
    case 'TemplateLiteral':
      if (node.expressions.length === 0) return node.quasis[0]!.value.cooked
      break
    case 'Identifier':
      if (node.name === 'undefined') return undefined
      break
    case 'UnaryExpression': {
      const value = literal(node.argument)
      if (node.operator === '-' && typeof value === 'number') return -value
      if (node.operator === '!') return !value
      if (node.operator === 'void') return undefined
      break
    }
    case 'ArrayExpression':
      return node.elements.map(one => {
        if (!one || one.type === 'SpreadElement') throw NOT_LITERAL
        return literal(one)
      })
    case 'ObjectExpression': {
      const out: Record<string, unknown> = {}
      for (const one of node.properties) {
        if (one.type === 'SpreadElement' || one.computed || one.method || one.kind !== 'init')
          throw NOT_LITERAL
        const key = nameOf(one.key as AnyNode)
        if (key === '__proto__') throw NOT_LITERAL
        out[key] = literal(one.value)
      }
      return out
    }
  }
  throw NOT_LITERAL
}
