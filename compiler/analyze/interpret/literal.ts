// Literals with parts: templates, lists, objects.

import type { AnyNode, TemplateLiteral } from 'acorn'
import { computedKeys, copyMembers, defineMember, keyOf } from './member.ts'
import type { Awaited, Run } from './run.ts'
import { isData, sizeOf } from './syntax.ts'
import {
  BOTTOM,
  joinAll,
  of,
  STR,
  strongerTaint,
  type Taint,
  tainted,
  text,
  UNDEF,
  type Value,
} from '../value.ts'

/** Literals with more parts than this are plain data: their members are not told apart. */
const DATA_SIZE = 24

export function templateLiteral(run: Run, node: TemplateLiteral): Value {
  const { m, f } = run
  let known: string[] | null = ['']
  let taint: Taint | null = null
  for (const [index, quasi] of node.quasis.entries()) {
    if (known) known = known.map(one => one + (quasi.value.cooked ?? ''))
    const hole = node.expressions[index]
    if (!hole) continue
    const value = run.expr(hole)
    taint = strongerTaint(taint, m.convert(f, value, 'string', run.site(hole)))
    known = combine(known, value)
  }
  return tainted(known ? joinAll(known.map(text)) : STR, taint)
}

export function arrayLiteral(
  run: Run,
  node: AnyNode & { type: 'ArrayExpression' },
  awaited: Awaited,
): Value {
  const { m, f } = run
  if (isData(node) && sizeOf(node) > DATA_SIZE) return of(m.make(f, node, 'data'))
  const made = m.make(f, node, 'array')
  let exact = node.elements.length <= DATA_SIZE
  for (const [index, one] of node.elements.entries()) {
    if (!one) {
      m.init(made, '[]', UNDEF)
      continue
    }
    if (one.type === 'SpreadElement') {
      exact = false
      const items = m.iterate(f, run.expr(one.argument), run.site(one))
      m.init(made, '[]', items, f.under)
      continue
    }
    const value = run.expr(one, awaited)
    m.init(made, exact ? String(index) : '[]', value, f.under)
    if (exact) m.init(made, '[]', value, f.under)
  }
  return of(made)
}

export function objectLiteral(run: Run, node: AnyNode & { type: 'ObjectExpression' }): Value {
  const { m, f } = run
  if (isData(node) && sizeOf(node) > DATA_SIZE) return of(m.make(f, node, 'data'))
  const made = m.make(f, node, 'object')
  for (const one of node.properties) {
    if (one.type === 'SpreadElement') {
      copyMembers(run, made, run.expr(one.argument), run.site(one))
      continue
    }
    const key = one.computed ? run.expr(one.key as AnyNode) : BOTTOM
    const keys = one.computed ? computedKeys(run, key, one) : [keyOf(one.key as AnyNode)]
    if (key.taint) m.init(made, '*', tainted(BOTTOM, key.taint))
    const isMethod = one.method || one.kind !== 'init'
    const info = m.program.infoOf.get(one.value)
    if (info && !info.name && keys.length === 1) info.name = keys[0]!
    const value = isMethod ? of(run.closure(one.value, made)) : run.expr(one.value)
    for (const key of keys) {
      if (key === '__proto__' && !one.computed && !one.shorthand && !one.method)
        m.setProto(made, value)
      else defineMember(run, made, key, value, one.kind)
    }
  }
  return of(made)
}

/** All strings that a prefix and a value may make together, null where they are not known. */
export function combine(known: string[] | null, value: Value): string[] | null {
  if (
    !known ||
    value.bits !== 0 ||
    value.tokens.length > 0 ||
    value.doubt ||
    value.strings.length === 0
  )
    return null
  if (known.length * value.strings.length > 6) return null
  const out: string[] = []
  for (const one of known) for (const two of value.strings) out.push(one + two)
  return out.some(one => one.length > 60) ? null : out
}
