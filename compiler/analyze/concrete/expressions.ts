// Expressions -> functions that compute them in a scope.

import type { AnyNode } from 'acorn'
import { globalValue, isHostProbe } from './globals.ts'
import { copyMembers } from './builtins.ts'
import { call, member } from './calls.ts'
import { data, define, get, has, remove, set, toKey } from './objects.ts'
import { binary, toNumeric } from './operators.ts'
import { isFunctionNode, nameOf } from '../program/syntax.ts'
import { EMPTY, find, type Place, UNKNOWN } from './scope.ts'
import { type Expr, siteOf, type Unit } from './unit.ts'
import { privateSlot } from './privates.ts'
import { checkText } from './objects.ts'
import { isObject, type Key, type Scope } from './world.ts'

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
      return s => {
        const out: unknown[] = []
        for (const part of parts) {
          if (!part) out.length++
          else if (!part.isSpread) out.push(part.run(s))
          else for (const one of iterate(u, part.run(s))) out.push(one)
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
      if (isHostProbe(u, node)) return () => false
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

/** What an optional chain gives that ended early. */
export const SKIP = Symbol('skip')

function rootOf(scope: Scope): Scope {
  let at = scope
  while (at[0]) at = at[0] as Scope
  return at
}

/** What a loop or spread takes out of a value. */
export function iterate(u: Unit, value: unknown): Iterable<unknown> {
  u.w.look(value)
  if (u.w.failed) throw u.w.failed
  return value as Iterable<unknown>
}

/** The call that `this`, `arguments` and `super` belong to. */
export function activationOf(place: Place, scope: Scope): import('./closure.ts').Activation | null {
  let at: Scope | null = scope
  for (let p: Place | null = place; p; p = p.up) {
    if (p.info && !p.info.isArrow) return (at![2] as never) ?? null
    at = at![0] as Scope
  }
  return null
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

function identifier(u: Unit, node: AnyNode & { type: 'Identifier' }, place: Place): Expr {
  const { w, program } = u
  const binding = program.bindingOf.get(node)
  const { name } = node
  if (!binding) {
    if (name === 'arguments')
      return s => {
        const call = activationOf(place, s)
        if (!call) return w.unsupported('reads arguments')
        return ((call as { list?: unknown }).list ??= argumentsOf(call.args))
      }
    const site = siteOf(place, node)
    return () => {
      w.at = site
      return globalValue(w, name)
    }
  }
  if (binding.kind === 'import') {
    const source = program.chunks.get(binding.owner.chunk)!.importsOf.get(binding)
    const site = siteOf(place, node)
    return () => {
      w.at = site
      return source ? u.imported(binding.owner, source.from, source.name) : undefined
    }
  }
  const found = find(place, binding)
  if (!found) return () => w.unsupported(`reads \`${name}\``)
  const { depth, index } = found
  const key = String(index)
  const mayChange = binding.writes > 0
  return s => {
    let at = s
    for (let i = depth; i > 0; i--) at = at[0] as Scope
    const value = at[index]
    if (value === EMPTY) throw new ReferenceError(`Cannot access '${name}' before initialization`)
    if (value === UNKNOWN) return w.unsupported('asks which host it runs on')
    if (mayChange) w.noteRead(at, key)
    return value
  }
}

/** An `arguments` object; no builtin makes one from outside. */
function argumentsOf(args: unknown[]): unknown {
  return (function make(..._: unknown[]) {
    // biome-ignore lint/complexity/noArguments: the object itself is wanted
    return arguments
  })(...args)
}

/** Writes a variable. */
export function writer(u: Unit, node: AnyNode & { type: 'Identifier' }, place: Place) {
  const { w, program } = u
  const binding = program.bindingOf.get(node)
  const found = binding && binding.kind !== 'import' ? find(place, binding) : null
  const site = siteOf(place, node)
  if (!found)
    return () => {
      w.at = site
      w.unsupported(`sets \`${node.name}\``)
    }
  const { depth, index } = found
  const key = String(index)
  return (s: Scope, value: unknown, isInit: boolean): void => {
    let at = s
    for (let i = depth; i > 0; i--) at = at[0] as Scope
    if (!isInit && at[index] === EMPTY)
      throw new ReferenceError('Cannot access before initialization')
    if (w.isOlder(at)) {
      w.at = site
      w.touch(at, key)
    }
    at[index] = value
  }
}

function object(u: Unit, node: AnyNode & { type: 'ObjectExpression' }, place: Place): Expr {
  const { w } = u
  const parts = node.properties.map(one => {
    if (one.type === 'SpreadElement') {
      const from = u.expr(one.argument, place)
      return (s: Scope, made: object): void =>
        copyMembers(w, from(s), (key, value) => define(w, made, key, data(value)))
    }
    const fixed = one.computed ? null : nameOf(one.key as AnyNode)
    const key: (s: Scope) => Key = one.computed
      ? (
          (of: Expr) => (s: Scope) =>
            toKey(w, of(s))
        )(u.expr(one.key as AnyNode, place))
      : () => fixed!
    const value = one.value as AnyNode
    if (one.kind !== 'init' || one.method) {
      const make = u.closure(value, place)
      return (s: Scope, made: object): void => {
        const name = key(s)
        const fn = make(s, made, nameText(name, one.kind))
        define(w, made, name, one.kind === 'init' ? data(fn) : accessor(made, name, one.kind, fn))
      }
    }
    if (fixed === '__proto__' && !one.shorthand) {
      const proto = u.expr(value, place)
      return (s: Scope, made: object): void => {
        const parent = proto(s)
        if (isObject(parent) || parent === null) Object.setPrototypeOf(made, parent)
      }
    }
    const named =
      isFunctionNode(value) || value.type === 'ClassExpression' ? namedValue(u, value, place) : null
    const run = named ? null : u.expr(value, place)
    return (s: Scope, made: object): void => {
      const name = key(s)
      define(w, made, name, data(named ? named(s, nameText(name, 'init')) : run!(s)))
    }
  })
  return s => {
    const made = {}
    for (const part of parts) part(s, made)
    return made
  }
}

export function nameText(key: Key, kind: string): string {
  const text =
    typeof key === 'symbol' ? (key.description === undefined ? '' : `[${key.description}]`) : key
  return kind === 'get' || kind === 'set' ? `${kind} ${text}` : text
}

export function accessor(owner: object, key: Key, kind: string, fn: object): PropertyDescriptor {
  const before = Reflect.getOwnPropertyDescriptor(owner, key)
  const kept = before && !('value' in before) ? before : {}
  return { get: kept.get, set: kept.set, enumerable: true, configurable: true, [kind]: fn as never }
}

/** A function or class that takes its name from where it is stored. */
export function namedValue(
  u: Unit,
  node: AnyNode,
  place: Place,
): (s: Scope, name: string) => unknown {
  if (node.type === 'ClassExpression') {
    const make = u.class(node, place)
    return (s, name) => make(s, node.id ? null : name)
  }
  if (isFunctionNode(node)) {
    const make = u.closure(node, place)
    return (s, name) => make(s, null, node.type === 'FunctionExpression' && node.id ? null : name)
  }
  const run = u.expr(node, place)
  return s => run(s)
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

/** A place to read and to write, its parts computed once. */
function reference(
  u: Unit,
  node: AnyNode,
  place: Place,
): (s: Scope) => { get(): unknown; set(value: unknown): void } {
  const { w } = u
  if (node.type === 'Identifier') {
    const read = u.expr(node, place)
    const write = writer(u, node, place)
    return s => ({ get: () => read(s), set: value => write(s, value, false) })
  }
  if (node.type !== 'MemberExpression' || node.object.type === 'Super')
    return () => w.unsupported('assigns to this')
  const base = u.expr(node.object, place)
  const site = siteOf(place, node)
  if (node.property.type === 'PrivateIdentifier') {
    const slot = privateSlot(u, node.property.name, place)
    return s => {
      const owner = base(s)
      const at = slot(s, owner, false)!
      return { get: () => at.read(), set: value => at.write(value) }
    }
  }
  const fixed = node.computed ? null : nameOf(node.property)
  const key = node.computed ? u.expr(node.property as AnyNode, place) : null
  return s => {
    const owner = base(s)
    const name = key ? toKey(w, key(s)) : fixed!
    return {
      get: () => {
        w.at = site
        return get(w, owner, name)
      },
      set: value => {
        w.at = site
        set(w, owner, name, value)
      },
    }
  }
}

function assignment(u: Unit, node: AnyNode & { type: 'AssignmentExpression' }, place: Place): Expr {
  const left = node.left as AnyNode
  const { operator } = node
  if (operator === '=') {
    if (left.type === 'Identifier') {
      const write = writer(u, left, place)
      const value = namedValue(u, node.right, place)
      return s => {
        const out = value(s, left.name)
        write(s, out, false)
        return out
      }
    }
    if (left.type === 'MemberExpression' && left.object.type !== 'Super') {
      const target = reference(u, left, place)
      const value = u.expr(node.right, place)
      return s => {
        const at = target(s)
        const out = value(s)
        at.set(out)
        return out
      }
    }
    const to = u.assign(left, place)
    const value = u.expr(node.right, place)
    return s => {
      const out = value(s)
      to(s, out, false)
      return out
    }
  }
  const target = reference(u, left, place)
  const value =
    left.type === 'Identifier' ? namedValue(u, node.right, place) : u.expr(node.right, place)
  const name = left.type === 'Identifier' ? left.name : ''
  if (operator === '&&=' || operator === '||=' || operator === '??=')
    return s => {
      const at = target(s)
      const before = at.get()
      const isKept =
        operator === '&&='
          ? !before
          : operator === '||='
            ? before
            : before !== undefined && before !== null
      if (isKept) return before
      const out = value(s, name)
      at.set(out)
      return out
    }
  const operate = binary(u, operator.slice(0, -1))
  return s => {
    const at = target(s)
    const out = operate(at.get(), value(s, name))
    at.set(out)
    return out
  }
}

/** What is called, and on what. */
export function calleeOf(
  u: Unit,
  node: AnyNode,
  place: Place,
): [(s: Scope, base: unknown) => unknown, Expr | null] {
  if (node.type === 'ParenthesizedExpression') return calleeOf(u, node.expression, place)
  if (node.type !== 'MemberExpression' || node.object.type === 'Super') {
    const run = u.expr(node, place)
    return [
      run,
      node.type === 'MemberExpression'
        ? u.expr({ type: 'ThisExpression', start: node.start, end: node.end } as AnyNode, place)
        : null,
    ]
  }
  const base = u.expr(node.object, place)
  const site = siteOf(place, node)
  const { w } = u
  if (node.property.type === 'PrivateIdentifier') {
    const slot = privateSlot(u, node.property.name, place)
    return [(s, owner) => slot(s, owner, false)!.read(), base]
  }
  const fixed = node.computed ? null : nameOf(node.property)
  const key = node.computed ? u.expr(node.property as AnyNode, place) : null
  return [
    (s, owner) => {
      if (owner === SKIP || (node.optional && (owner === undefined || owner === null))) return SKIP
      const name = key ? toKey(w, key(s)) : fixed!
      w.at = site
      return get(w, owner, name)
    },
    base,
  ]
}

export function argsOf(u: Unit, nodes: readonly AnyNode[], place: Place): (s: Scope) => unknown[] {
  const parts = nodes.map(one => ({
    isSpread: one.type === 'SpreadElement',
    run: u.expr(one.type === 'SpreadElement' ? one.argument : one, place),
  }))
  return s => {
    const out: unknown[] = []
    for (const part of parts)
      if (part.isSpread) for (const one of iterate(u, part.run(s))) out.push(one)
      else out.push(part.run(s))
    return out
  }
}

export { has }
