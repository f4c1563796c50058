// Members, calls, `new` and `import()`.

import type { AnyNode } from 'acorn'
import { importOf } from '../builtins/modules.ts'
import { isRisky } from '../builtins/risky.ts'
import { superCall } from './class.ts'
import { construct } from './construct.ts'
import { callHelper, helperOf } from './helper.ts'
import { keyOf } from './member.ts'
import type { Awaited, Run } from './run.ts'
import type { Args, CallOptions } from '../machine/args.ts'
import { nameOf } from '../program/syntax.ts'
import { BOTTOM, doubtful, join, NOTHING, of, STR, tainted, UNDEF, Value } from '../value.ts'

/** Of the values before a dot those that may have such a method at all. */
function withMember(base: Value, callee: AnyNode): Value {
  if (callee.type !== 'MemberExpression' || callee.computed) return base
  const key = keyOf(callee.property)
  if (!base.tokens.some(token => token.kind === 'inherited' && !isRisky(token, key))) return base
  const tokens = base.tokens.filter(token => token.kind !== 'inherited' || isRisky(token, key))
  return new Value(base.bits, base.strings, tokens, base.taint, base.doubt)
}

function isPromiseAll(callee: AnyNode): boolean {
  return (
    callee.type === 'MemberExpression' &&
    !callee.computed &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'Promise' &&
    (nameOf(callee.property) === 'all' || nameOf(callee.property) === 'allSettled')
  )
}

/** A member's value and the object it was read from. */
export function memberExpression(
  run: Run,
  node: AnyNode & { type: 'MemberExpression' },
): [Value, Value] {
  const { m, f } = run
  const site = run.site(node)
  if (node.object.type === 'Super') {
    const self = run.self()
    const home = run.ownFrame().token?.home
    let out = BOTTOM
    if (home) m.partsOf(f, home)
    if (home && !home.proto) {
      const native = of(m.builtin(`${home.kind === 'function' ? 'Function' : 'Object'}.prototype`))
      const key = node.computed ? run.expr(node.property as AnyNode) : null
      out = key ? m.readAny(f, native, key, site) : m.read(f, native, keyOf(node.property), site)
    }
    if (home?.proto)
      for (const parent of m.get(f, home.proto).tokens) {
        if (node.computed)
          out = join(out, m.readAny(f, of(parent), run.expr(node.property as AnyNode), site))
        else out = join(out, m.readToken(f, parent, keyOf(node.property), self, site))
      }
    return [out, self]
  }
  const base = run.expr(node.object)
  let value = BOTTOM
  run.under(base, [], () => {
    value = node.computed
      ? m.readAny(f, base, run.expr(node.property as AnyNode), run.site(node.property))
      : m.read(f, base, keyOf(node.property), site)
  })
  return [value, base]
}

export function calleeOf(run: Run, node: AnyNode): [Value, Value] {
  if (node.type === 'MemberExpression') return memberExpression(run, node)
  if (node.type === 'ChainExpression') return calleeOf(run, node.expression)
  if (node.type === 'ParenthesizedExpression') return calleeOf(run, node.expression)
  return [run.expr(node), UNDEF]
}

function argumentsOf(run: Run, nodes: readonly AnyNode[], awaited: Awaited = false): Args {
  const list: Value[] = []
  let rest = BOTTOM
  let open = false
  for (const one of nodes) {
    if (one.type === 'SpreadElement') {
      open = true
      const spread = run.expr(one.argument)
      const items = run.m.iterate(run.f, spread, run.site(one))
      if (items !== NOTHING) rest = join(rest, items)
    } else {
      const value = run.expr(one, awaited)
      if (open) rest = join(rest, value)
      else list.push(value)
    }
  }
  return { list, rest }
}

export function callExpression(
  run: Run,
  node: AnyNode & { type: 'CallExpression' },
  awaited: Awaited,
): Value {
  const { m, f } = run
  const site = run.site(node)
  if (node.callee.type === 'Super') {
    superCall(run, null, argumentsOf(run, node.arguments))
    return run.self()
  }
  const helper = helperOf(node.callee, m.program)
  if (helper) {
    const done = callHelper(run, helper, node)
    if (done) return done
  }
  if (
    node.callee.type === 'Identifier' &&
    node.callee.name === 'eval' &&
    !m.program.bindingOf.has(node.callee)
  ) {
    argumentsOf(run, node.arguments)
    m.tampering.push({ message: 'runs text as code: eval()', site, context: f.context })
    m.effect(f, 'runs text as code: eval()', site)
    return tainted(doubtful('runs text as code: eval()', site), {
      kind: 'ambient',
      message: 'comes from eval()',
      site,
    })
  }
  const [callee, base] = calleeOf(run, node.callee as AnyNode)
  const self = withMember(base, node.callee)
  const isAll = awaited && isPromiseAll(node.callee) ? 'together' : false
  let out = BOTTOM
  run.under(callee, [], () => {
    const args = argumentsOf(run, node.arguments, isAll)
    const options: CallOptions = awaited
      ? { awaited: true, isTogether: awaited === 'together' }
      : {}
    out = m.call(f, callee, self, args, site, options)
  })
  return out
}

export function newExpression(run: Run, node: AnyNode & { type: 'NewExpression' }): Value {
  const callee = run.expr(node.callee as AnyNode)
  let out = BOTTOM
  run.under(callee, [], () => {
    out = construct(run.m, run.f, callee, argumentsOf(run, node.arguments), run.site(node), node)
  })
  return tainted(out, callee.taint)
}

export function importExpression(run: Run, node: AnyNode & { type: 'ImportExpression' }): Value {
  const { m, f } = run
  const site = run.site(node)
  const source = run.expr(node.source)
  if (f.context.kind === 'call') m.effect(f, 'loads a module while it answers: import()', site)
  const made = m.make(f, node, 'promise')
  const known = source.strings.length > 0 && source.bits === 0 && source.tokens.length === 0
  if (!known) {
    m.tampering.push({
      message: 'loads a module whose name is only known at run time: import()',
      site,
      context: f.context,
    })
    const doubt = doubtful('loads a module whose name is only known at run time: import()', site)
    m.init(
      made,
      '[]',
      tainted(doubt, {
        kind: 'ambient',
        message: 'comes from a module chosen at run time',
        site,
      }),
    )
    return of(made)
  }
  for (const from of source.strings) m.init(made, '[]', importOf(m, f, from, '*', site))
  return of(made)
}

export function taggedTemplate(
  run: Run,
  node: AnyNode & { type: 'TaggedTemplateExpression' },
): Value {
  const { m, f } = run
  const [callee, self] = calleeOf(run, node.tag as AnyNode)
  const strings = m.make(f, node.quasi, 'array')
  m.init(strings, '[]', STR)
  m.init(strings, 'raw', of(strings))
  const list = [of(strings), ...node.quasi.expressions.map(one => run.expr(one))]
  return m.call(f, callee, self, { list, rest: BOTTOM }, run.site(node))
}
