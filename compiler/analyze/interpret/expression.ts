// Expressions.

import type { AnyNode } from 'acorn'
import { globalOf } from '../builtins/globals.ts'
import { importOf } from '../builtins/modules.ts'
import {
  callExpression,
  importExpression,
  memberExpression,
  newExpression,
  taggedTemplate,
} from './call.ts'
import { classValue } from './class.ts'
import { arrayLiteral, objectLiteral, templateLiteral } from './literal.ts'
import { assignment, binary, conditional, logical, unary, update } from './operator.ts'
import type { Awaited, Run } from './run.ts'
import { delegate } from '../machine/iterate.ts'
import type { Binding } from '../program.ts'
import {
  BIG,
  BOOL,
  BOTTOM,
  doubtful,
  join,
  NUL,
  NUM,
  of,
  tainted,
  text,
  UNDEF,
  type Value,
} from '../value.ts'

export function expr(run: Run, node: AnyNode | null | undefined, awaited: Awaited = false): Value {
  if (!node) return UNDEF
  const { m, f } = run
  switch (node.type) {
    case 'Literal':
      return constant(run, node)
    case 'Identifier':
      return identifier(run, node.name, node)
    case 'ThisExpression':
      return run.self()
    case 'TemplateLiteral':
      return templateLiteral(run, node)
    case 'TaggedTemplateExpression':
      return taggedTemplate(run, node)
    case 'ArrayExpression':
      return arrayLiteral(run, node, awaited)
    case 'ObjectExpression':
      return objectLiteral(run, node)
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return of(run.closure(node))
    case 'ClassExpression':
      return classValue(run, node)
    case 'UnaryExpression':
      return unary(run, node)
    case 'UpdateExpression':
      return update(run, node)
    case 'BinaryExpression':
      return binary(run, node)
    case 'LogicalExpression':
      return logical(run, node, awaited)
    case 'ConditionalExpression':
      return conditional(run, node, awaited)
    case 'AssignmentExpression':
      return assignment(run, node)
    case 'SequenceExpression': {
      let out = UNDEF
      for (const one of node.expressions) out = expr(run, one)
      return out
    }
    case 'MemberExpression':
      return memberExpression(run, node)[0]
    case 'ChainExpression':
      return join(expr(run, node.expression, awaited), UNDEF)
    case 'CallExpression':
      return callExpression(run, node, awaited)
    case 'NewExpression':
      return newExpression(run, node)
    case 'AwaitExpression':
      return m.resolved(f, expr(run, node.argument, true), run.site(node))
    case 'YieldExpression':
      return yieldExpression(run, node)
    case 'MetaProperty':
      if (node.meta.name === 'new') return join(m.get(f, run.ownFrame().newTarget), UNDEF)
      return of(m.builtin('import.meta'))
    case 'ImportExpression':
      return importExpression(run, node)
    case 'ParenthesizedExpression':
      return expr(run, node.expression, awaited)
    default:
      return doubtful(`uses ${node.type}, which the compiler does not follow`, run.site(node))
  }
}

function constant(run: Run, node: AnyNode & { type: 'Literal' }): Value {
  const { m, f } = run
  if ('regex' in node && node.regex) {
    const made = m.make(f, node, 'regexp')
    made.path = node.regex.flags
    made.node = node
    return of(made)
  }
  if (typeof node.value === 'string') return text(node.value)
  if (typeof node.value === 'number') return NUM
  if (typeof node.value === 'boolean') return BOOL
  return node.value === null ? NUL : BIG
}

function identifier(run: Run, name: string, node: AnyNode): Value {
  const { m, f } = run
  const binding = m.program.bindingOf.get(node)
  if (binding) return readBinding(run, binding, node)
  if (name === 'arguments') {
    const owner = run.ownFrame()
    if (owner.info.node.type !== 'Program') {
      const made = m.make(owner, owner.info.node, 'array', 'arguments')
      for (const [index, cell] of owner.params.entries()) {
        const value = m.get(f, cell)
        m.init(made, String(index), value)
        m.init(made, '[]', value)
      }
      m.init(made, '[]', m.get(f, owner.restParam))
      return of(made)
    }
  }
  return globalOf(m, f, name, run.site(node))
}

function readBinding(run: Run, binding: Binding, node: AnyNode): Value {
  const { m, f } = run
  if (binding.kind === 'import') {
    const chunk = m.program.chunks.get(binding.owner.chunk)!
    const source = chunk.importsOf.get(binding)
    if (!source) return BOTTOM
    return importOf(m, f, source.from, source.name, run.site(node))
  }
  const cell = m.cellOf(f, binding)
  return cell ? m.readCell(f, cell, run.site(node)) : BOTTOM
}

function yieldExpression(run: Run, node: AnyNode & { type: 'YieldExpression' }): Value {
  const { m, f } = run
  const value = node.argument ? expr(run, node.argument) : UNDEF
  if (node.delegate) {
    const inner = m.iterate(f, value, run.site(node))
    m.grow(f.yields, tainted(inner, f.under))
    delegate(m, f, value, run.site(node))
    // The last step of an iterator that is no generator has its value at the same place.
    return join(join(m.returned(f, value), inner), UNDEF)
  }
  const given = f.info.isAsync ? m.resolved(f, value, run.site(node)) : value
  m.grow(f.yields, tainted(given, f.under))
  m.grow(m.thrown(f.context), m.get(f, f.failed))
  return join(m.get(f, f.sent), UNDEF)
}
