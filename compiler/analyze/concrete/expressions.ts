// Expressions -> functions that compute them in a scope.

import type { AnyNode } from 'acorn'
import { activationOf, argsOf, calleeOf, iterate, SKIP } from './access.ts'
import { assignment, reference } from './assignment.ts'
import { call, member } from './calls.ts'
import { globalValue, isFalseProbe } from './globals.ts'
import { object } from './literals.ts'
import { checkText, remove, toKey } from './objects.ts'
import { binary, MAX_TEXT, toNumeric } from './operators.ts'
import { privateSlot } from './privates.ts'
import { nameOf } from '../program/syntax.ts'
import { EMPTY, type Place } from './scope.ts'
import { type Expr, siteOf, type Unit } from './unit.ts'
import { identifier } from './variables.ts'
import { isObject } from './kinds.ts'
import type { Scope } from './world.ts'

/** An expression, ready to be computed. */
export function expression(u: Unit, node: AnyNode, place: Place): Expr {
  const { w } = u
  switch (node.type) {
    case 'Literal': {
      if ('regex' in node && node.regex) {
        const { pattern, flags } = node.regex
        return () => new RegExp(pattern, flags)
      }
      const { value } = node
      return () => value
    }
    case 'Identifier':
      return identifier(u, node, place)
    case 'ThisExpression':
      return selfOf(u, place)
    case 'TemplateLiteral': {
      const texts = node.quasis.map(one => one.value.cooked ?? '')
      const holes = node.expressions.map(one => u.expr(one, place))
      return s => {
        let out = texts[0]!
        for (let i = 0; i < holes.length; i++) {
          const value = holes[i]!(s)
          if (isObject(value)) checkText(w, value)
          out += `${value as string}${texts[i + 1]!}`
          if (w.failed) throw w.failed
        }
        if (out.length > MAX_TEXT) w.unsupported('makes a long text')
        return out
      }
    }
    case 'TaggedTemplateExpression': {
      const [callee, self] = calleeOf(u, node.tag as AnyNode, place)
      const holes = node.quasi.expressions.map(one => u.expr(one, place))
      const texts = node.quasi.quasis.map(one => one.value)
      const made = new WeakMap<Scope, object>()
      const site = siteOf(place, node)
      return s => {
        // One list for each place in the code; of a place in a function that is made anew, too.
        let strings = made.get(rootOf(s)) as unknown[] | undefined
        if (!strings) {
          strings = texts.map(one => one.cooked ?? undefined)
          Object.defineProperty(strings, 'raw', { value: Object.freeze(texts.map(one => one.raw)) })
          Object.freeze(strings)
          // It is the same in every later call, so that it tells them apart.
          w.owners.set(strings, w.lasting)
          made.set(rootOf(s), strings)
        }
        const base = self?.(s)
        const fn = callee(s, base)
        const args = [strings, ...holes.map(one => one(s))]
        w.at = site
        return u.call(fn, base, args)
      }
    }
    case 'ArrayExpression': {
      const parts = node.elements.map(
        one =>
          one && {
            isSpread: one.type === 'SpreadElement',
            run: u.expr(one.type === 'SpreadElement' ? one.argument : one, place),
          },
      )
      const site = siteOf(place, node)
      return s => {
        const out: unknown[] = []
        w.sites.set(out, site)
        for (const part of parts) {
          if (!part) out.length++
          else if (!part.isSpread) out.push(part.run(s))
          else
            for (const one of iterate(u, part.run(s))) {
              w.step()
              out.push(one)
            }
        }
        return out
      }
    }
    case 'ObjectExpression':
      return object(u, node, place)
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      const make = u.closure(node, place)
      return s => make(s, null, null)
    }
    case 'ClassExpression': {
      const make = u.class(node, place)
      return s => make(s, null)
    }
    case 'UnaryExpression':
      return unary(u, node, place)
    case 'UpdateExpression': {
      const by = node.operator === '++' ? 1 : -1
      const target = reference(u, node.argument as AnyNode, place)
      return s => {
        const at = target(s)
        const before = toNumeric(w, at.get())
        const after = typeof before === 'bigint' ? before + BigInt(by) : (before as number) + by
        at.set(after)
        return node.prefix ? after : before
      }
    }
    case 'BinaryExpression': {
      if (node.left.type === 'PrivateIdentifier') {
        const right = u.expr(node.right, place)
        const slot = privateSlot(u, node.left.name, place)
        return s => slot(s, right(s), true) !== null
      }
      const left = u.expr(node.left, place)
      const right = u.expr(node.right, place)
      const operate = binary(u, node.operator)
      return s => operate(left(s), right(s))
    }
    case 'LogicalExpression': {
      if (isFalseProbe(u, node)) return () => false
      const left = u.expr(node.left, place)
      const right = u.expr(node.right, place)
      if (node.operator === '&&') return s => left(s) && right(s)
      if (node.operator === '||') return s => left(s) || right(s)
      return s => left(s) ?? right(s)
    }
    case 'ConditionalExpression': {
      const [test, yes, no] = [node.test, node.consequent, node.alternate].map(one =>
        u.expr(one, place),
      ) as [Expr, Expr, Expr]
      return s => (test(s) ? yes(s) : no(s))
    }
    case 'AssignmentExpression':
      return assignment(u, node, place)
    case 'SequenceExpression': {
      const all = node.expressions.map(one => u.expr(one, place))
      return s => {
        let out: unknown
        for (const one of all) out = one(s)
        return out
      }
    }
    case 'MemberExpression':
      return member(u, node, place)
    case 'ChainExpression': {
      const inner = u.expr(node.expression, place)
      return s => {
        const out = inner(s)
        return out === SKIP ? undefined : out
      }
    }
    case 'CallExpression':
      return call(u, node, place)
    case 'NewExpression': {
      const callee = u.expr(node.callee as AnyNode, place)
      const args = argsOf(u, node.arguments, place)
      const site = siteOf(place, node)
      return s => {
        const fn = callee(s)
        const given = args(s)
        w.at = site
        return u.construct(fn, given, fn)
      }
    }
    case 'MetaProperty':
      if (node.meta.name !== 'new') return () => w.unsupported('reads import.meta')
      return s => activationOf(place, s)?.newTarget
    case 'ParenthesizedExpression':
      return u.expr(node.expression, place)
    default:
      return () => {
        w.at = siteOf(place, node)
        return w.unsupported(`uses ${node.type}`)
      }
  }
}

function rootOf(scope: Scope): Scope {
  let at = scope
  while (at[0]) at = at[0] as Scope
  return at
}

function selfOf(u: Unit, place: Place): Expr {
  return s => {
    const self = activationOf(place, s)?.self
    if (self === EMPTY)
      throw new ReferenceError("Must call super constructor before accessing 'this'")
    if (u.w.failed) throw u.w.failed
    return self
  }
}

function unary(u: Unit, node: AnyNode & { type: 'UnaryExpression' }, place: Place): Expr {
  const { w } = u
  const argument = node.argument as AnyNode
  if (
    node.operator === 'typeof' &&
    argument.type === 'Identifier' &&
    !u.program.bindingOf.has(argument) &&
    argument.name !== 'arguments'
  ) {
    const site = siteOf(place, node)
    return () => {
      w.at = site
      return typeof globalValue(w, argument.name, true)
    }
  }
  if (node.operator === 'delete') {
    const target = argument.type === 'ChainExpression' ? argument.expression : argument
    if (target.type !== 'MemberExpression' || target.object.type === 'Super')
      return () => w.unsupported('deletes')
    const base = u.expr(target.object, place)
    const key = target.computed
      ? u.expr(target.property as AnyNode, place)
      : () => nameOf(target.property)
    const site = siteOf(place, node)
    return s => {
      const owner = base(s)
      if (owner === SKIP || ((owner === undefined || owner === null) && target.optional))
        return true
      const name = toKey(w, key(s))
      w.at = site
      return remove(w, owner, name)
    }
  }
  const run = u.expr(argument, place)
  switch (node.operator) {
    case '!':
      return s => !run(s)
    case '-':
      return s => {
        const value = toNumeric(w, run(s))
        return typeof value === 'bigint' ? -value : -(value as number)
      }
    case '+':
      return s => +(toNumeric(w, run(s)) as number)
    case '~':
      return s => {
        const value = toNumeric(w, run(s))
        return typeof value === 'bigint' ? ~value : ~(value as number)
      }
    case 'typeof':
      return s => typeof run(s)
    default:
      return s => void run(s)
  }
}
