// Operators and assignments.

import type { AnyNode } from 'acorn'
import { ambient } from '../builtins/ambient.ts'
import { globalOf } from '../builtins/globals.ts'
import { nameFunction, writeMember } from './assign.ts'
import { combine } from './literal.ts'
import { computedKeys } from './member.ts'
import type { Awaited, Run } from './run.ts'
import {
  BIGINT,
  BOOL,
  BOTTOM,
  join,
  joinAll,
  memberName,
  NULL,
  NUM,
  NUMBER,
  of,
  type Site,
  STR,
  STRING,
  strongerTaint,
  SYMBOL,
  tainted,
  text,
  UNDEF,
  UNDEFINED,
  Value,
} from '../value.ts'

export function unary(run: Run, node: AnyNode & { type: 'UnaryExpression' }): Value {
  const { m, f } = run
  const site = run.site(node)
  const { argument } = node
  if (node.operator === 'typeof') {
    if (argument.type === 'Identifier' && !m.program.bindingOf.has(argument)) {
      const value = globalOf(m, f, argument.name, site, true)
      return tainted(STR, value.taint)
    }
    return tainted(STR, run.expr(argument).taint)
  }
  if (node.operator === 'delete') {
    const target = argument.type === 'ChainExpression' ? argument.expression : argument
    if (target.type === 'MemberExpression')
      writeMember(run, target as AnyNode & { type: 'MemberExpression' }, UNDEF)
    return BOOL
  }
  const value = run.expr(argument)
  if (node.operator === 'void') return UNDEF
  if (node.operator === '!') return tainted(BOOL, value.taint)
  const taint = m.convert(f, value, 'number', site)
  return tainted(value.bits & BIGINT || value.doubt ? new Value(NUMBER | BIGINT) : NUM, taint)
}

export function binary(run: Run, node: AnyNode & { type: 'BinaryExpression' }): Value {
  const site = run.site(node)
  const right = run.expr(node.right)
  if (node.left.type === 'PrivateIdentifier') {
    // A constructor that is given an object may add the member to it.
    run.m.read(run.f, right, `#${node.left.name}`, site)
    return tainted(BOOL, right.taint)
  }
  const left = run.expr(node.left)
  if (node.operator === '**') return power(run, node, left, right)
  return operate(run, node.operator, left, right, site)
}

function operate(run: Run, operator: string, left: Value, right: Value, site: Site): Value {
  const { m, f } = run
  const both = strongerTaint(left.taint, right.taint)
  switch (operator) {
    case '===':
    case '!==':
      return tainted(BOOL, both)
    case 'in': {
      let taint = both
      computedKeys(run, left, f.info.node, site)
      // Which globals there are differs between hosts.
      if (right.tokens.some(token => token.path === 'globalThis'))
        taint = strongerTaint(taint, m.read(f, right, '*', site).taint)
      for (const key of left.strings)
        taint = strongerTaint(taint, m.read(f, right, memberName(key), site).taint)
      if (left.bits || left.tokens.length)
        taint = strongerTaint(taint, m.readElements(f, right, site, true).taint)
      return tainted(BOOL, taint)
    }
    case 'instanceof': {
      for (const token of right.tokens) {
        if (token.kind === 'builtin') continue
        const test = m.readToken(f, token, '@@hasInstance', of(token), site)
        for (const one of test.tokens)
          m.call(f, of(one), of(token), { list: [left], rest: BOTTOM }, site)
      }
      for (const token of left.tokens) {
        if (token.kind === 'builtin') continue
        // Any read walks the chain, whose steps other code may set.
        m.readToken(f, token, 'constructor', of(token), site)
      }
      if (right.doubt && f.context.kind === 'call') m.effect(f, right.doubt.message, site)
      return tainted(BOOL, both)
    }
    case '==':
    case '!=':
      if (
        (right.bits & ~(UNDEFINED | NULL)) === 0 &&
        right.tokens.length === 0 &&
        right.strings.length === 0 &&
        !right.doubt
      )
        return tainted(BOOL, both)
      m.convert(f, left, 'number', site)
      m.convert(f, right, 'number', site)
      return tainted(BOOL, both)
    case '<':
    case '>':
    case '<=':
    case '>=':
      return tainted(
        BOOL,
        strongerTaint(m.convert(f, left, 'number', site), m.convert(f, right, 'number', site)),
      )
    case '+': {
      const numeric = (value: Value): boolean =>
        value.strings.length === 0 &&
        value.tokens.length === 0 &&
        !value.doubt &&
        !(value.bits & (STRING | SYMBOL))
      if (numeric(left) && numeric(right))
        return tainted((left.bits | right.bits) & BIGINT ? new Value(NUMBER | BIGINT) : NUM, both)
      const taint = strongerTaint(
        m.convert(f, left, 'string', site),
        m.convert(f, right, 'string', site),
      )
      let known: string[] | null = ['']
      known = combine(combine(known, left), right)
      return tainted(known ? joinAll(known.map(text)) : new Value(STRING | NUMBER), taint)
    }
  }
  const taint = strongerTaint(
    m.convert(f, left, 'number', site),
    m.convert(f, right, 'number', site),
  )
  const mayBeBig = (left.bits | right.bits) & BIGINT || left.doubt || right.doubt
  return tainted(mayBeBig ? new Value(NUMBER | BIGINT) : NUM, taint)
}

/** Engines round powers each in their own way, but for squares, roots and what is a whole number. */
function power(
  run: Run,
  node: { left: AnyNode; right: AnyNode },
  left: Value,
  right: Value,
  site = run.site(node.left),
): Value {
  const value = operate(run, '**', left, right, site)
  const base = literalOf(node.left)
  const exponent = literalOf(node.right)
  const isExact =
    left.bits === BIGINT ||
    right.bits === BIGINT ||
    (base === 2 && Number.isInteger(exponent)) ||
    [0, 0.5, 1, 2].includes(exponent!) ||
    (Number.isInteger(base) && exponent! > 0 && Number.isSafeInteger(base! ** exponent!))
  if (isExact) return value
  const { m, f } = run
  return ambient({ machine: m, frame: f, site }, 'is rounded as the engine does it: **', value)
}

function literalOf(node: AnyNode): number | undefined {
  return node.type === 'Literal' && typeof node.value === 'number' ? node.value : undefined
}

export function assignment(run: Run, node: AnyNode & { type: 'AssignmentExpression' }): Value {
  const site = run.site(node)
  const left = node.left as AnyNode
  if (node.operator === '=') {
    const value = run.expr(node.right)
    if (left.type === 'Identifier') nameFunction(run, node.right, left)
    run.assign(left, value, site, false)
    return value
  }
  const before = run.expr(left)
  const operator = node.operator.slice(0, -1)
  if (operator === '&&' || operator === '||' || operator === '??') {
    let value = BOTTOM
    run.under(before, [], () => {
      value = run.expr(node.right)
      run.assign(left, value, site, false)
    })
    return join(before, value)
  }
  const right = run.expr(node.right)
  const value =
    operator === '**'
      ? power(run, { left, right: node.right }, before, right, site)
      : operate(run, operator, before, right, site)
  run.assign(left, value, site, false)
  return value
}

export function update(run: Run, node: AnyNode & { type: 'UpdateExpression' }): Value {
  const { m, f } = run
  const before = run.expr(node.argument as AnyNode)
  const taint = m.convert(f, before, 'number', run.site(node))
  const after = tainted(
    before.bits & BIGINT || before.doubt ? new Value(NUMBER | BIGINT) : NUM,
    taint,
  )
  run.assign(node.argument as AnyNode, after, run.site(node), false)
  return after
}

export function logical(
  run: Run,
  node: AnyNode & { type: 'LogicalExpression' },
  awaited: Awaited,
): Value {
  const left = run.expr(node.left, awaited)
  let out = left
  if (node.operator === '??' && !left.doubt && !(left.bits & (UNDEFINED | NULL)) && !left.isBottom)
    return left
  if (node.operator === '??') out = without(left, UNDEFINED | NULL)
  else if (node.operator === '||') out = without(left, UNDEFINED | NULL)
  run.under(left, [], () => {
    out = join(out, run.expr(node.right, awaited))
  })
  return tainted(out, left.taint)
}

export function conditional(
  run: Run,
  node: AnyNode & { type: 'ConditionalExpression' },
  awaited: Awaited,
): Value {
  const test = run.expr(node.test)
  let out = BOTTOM
  run.under(test, [], () => {
    out = join(run.expr(node.consequent, awaited), run.expr(node.alternate, awaited))
  })
  return tainted(out, test.taint)
}

function without(value: Value, bits: number): Value {
  return new Value(value.bits & ~bits, value.strings, value.tokens, value.taint, value.doubt)
}
