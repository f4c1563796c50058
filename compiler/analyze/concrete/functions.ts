// Functions and classes -> real functions that run their code in this interpreter.

import type { AnyNode } from 'acorn'
import type { Activation, Closure, Code } from './closure.ts'
import { get } from './objects.ts'
import { identifiersOf, isFunctionNode } from '../program/syntax.ts'
import { declareBlock, declareVars, EMPTY, Place } from './scope.ts'
import { type Expr, Return, type Unit } from './unit.ts'
import { isObject } from './kinds.ts'
import type { Scope } from './world.ts'

export type Fn = (...args: unknown[]) => unknown

const codes = new WeakMap<AnyNode, Code>()

/** Makes closures of a function's node. */
export function closure(
  u: Unit,
  node: AnyNode,
  place: Place,
): (scope: Scope, home: object | null, name: string | null) => object {
  const code = codeOf(u, node, place)
  const own = 'id' in node && node.id ? (node.id as { name: string }).name : ''
  const count = lengthOf(node)
  const isPlain =
    (node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration') &&
    !code.info.isAsync &&
    !code.info.isGenerator
  return (scope, home, name) => {
    const made: Closure = { code, isPlain: isPlain && !home, scope, home, bound: null, class: null }
    return finished(
      u,
      isPlain && !home ? plain(u, made) : method(u, made),
      made,
      name ?? own,
      count,
    )
  }
}

export function codeOf(u: Unit, node: AnyNode, place: Place): Code {
  const known = codes.get(node)
  if (known && known.place === place) return known
  const info = u.program.infoOf.get(node)!
  const code: Code = { info, node, place, run: null, own: null }
  codes.set(node, code)
  return code
}

export function lengthOf(node: AnyNode): number {
  if (!isFunctionNode(node)) return 0
  const at = node.params.findIndex(
    one => one.type === 'AssignmentPattern' || one.type === 'RestElement',
  )
  return at < 0 ? node.params.length : at
}

/** A function that `new` may be put before. */
function plain(u: Unit, made: Closure): Fn {
  const fn: Fn = function (this: unknown, ...args: unknown[]) {
    if (new.target) return u.construct(fn, args, new.target)
    return invoke(u, fn, made, this, args, undefined)
  }
  return fn
}

function method(u: Unit, made: Closure): Fn {
  const { fn } = {
    fn(this: unknown, ...args: unknown[]): unknown {
      return invoke(u, fn, made, this, args, undefined)
    },
  }
  return fn
}

export function finished(u: Unit, fn: Fn, made: Closure, name: string, count: number): Fn {
  Object.defineProperty(fn, 'length', { value: count, configurable: true })
  Object.defineProperty(fn, 'name', { value: name, configurable: true })
  u.w.closures.set(fn, made)
  return fn
}

/** What `bind` makes. */
export function bind(u: Unit, target: unknown, self: unknown, args: unknown[]): unknown {
  if (typeof target !== 'function') throw new TypeError('Bind must be called on a function')
  const made: Closure = {
    code: null,
    scope: null,
    home: null,
    bound: { target, self, args },
    class: null,
  }
  const fn: Fn = (...given) => u.call(target, self, [...args, ...given])
  const count = Number(get(u.w, target, 'length')) || 0
  return finished(
    u,
    fn,
    made,
    `bound ${String(get(u.w, target, 'name'))}`,
    Math.max(0, count - args.length),
  )
}

/** Runs a function's code once. */
export function invoke(
  u: Unit,
  fn: Fn,
  made: Closure,
  self: unknown,
  args: unknown[],
  newTarget: unknown,
): unknown {
  const { w } = u
  const code = made.code!
  const { info } = code
  if (info.isAsync) w.unsupported('runs an asynchronous function')
  if (info.isGenerator) w.unsupported('runs a generator')
  if (made.class && newTarget === undefined)
    throw new TypeError('Class constructor cannot be invoked without new')
  // Code from text is not strict: without an object, its `this` would be the global one.
  if (
    info.chunk.startsWith('text:') &&
    !info.isArrow &&
    !isObject(self) &&
    newTarget === undefined &&
    usesThis(code.node)
  )
    w.unsupported('runs text as code')
  if (!code.run) prepare(u, code)
  const at = w.at
  w.enter(at)
  try {
    const scope = code.own!.open(made.scope)
    const frame: Activation = { self, newTarget, args, callee: fn, closure: made }
    scope[2] = frame
    const out = code.run!(scope)
    if (newTarget === undefined) return out
    if (isObject(out)) return out
    if (out !== undefined && made.class?.isDerived)
      throw new TypeError('Derived constructors may only return an object or undefined')
    if (frame.self === EMPTY) throw new ReferenceError('Must call super constructor')
    return frame.self
  } finally {
    w.leave()
    w.at = at
  }
}

function usesThis(node: AnyNode): boolean {
  if (node.type === 'ThisExpression') return true
  return (Object.values(node) as unknown[]).some(value =>
    (Array.isArray(value) ? value : [value]).some(
      (one: unknown) =>
        typeof one === 'object' &&
        one !== null &&
        typeof (one as AnyNode).type === 'string' &&
        usesThis(one as AnyNode),
    ),
  )
}

function prepare(u: Unit, code: Code): void {
  const { node, info } = code
  const own = new Place(code.place, info)
  code.own = own
  if (!isFunctionNode(node)) {
    if (node.type === 'StaticBlock') {
      for (const one of node.body) declareVars(u.program, own, one)
      declareBlock(u.program, own, node.body)
      const run = u.statements(node.body, own)
      code.run = s => void run(s)
    } else if (node.type === 'PropertyDefinition') code.run = u.expr(node.value!, own)
    return
  }
  const ownName =
    node.type === 'FunctionExpression' && node.id ? u.program.bindingOf.get(node.id) : undefined
  const isSimple = node.params.every(one => one.type === 'Identifier')
  for (const param of node.params)
    for (const id of identifiersOf(param)) {
      const binding = u.program.bindingOf.get(id)
      if (binding) own.add(binding, !isSimple)
    }
  if (ownName) own.add(ownName, false)
  const isBlock = node.body.type === 'BlockStatement'
  if (isBlock) {
    const vars = new Place(null, null)
    for (const one of (node.body as { body: AnyNode[] }).body) {
      declareVars(u.program, own, one)
      declareVars(u.program, vars, one)
    }
    // Such a parameter and such a variable are two that share a name.
    if (!isSimple && [...vars.slots.keys()].some(one => one.kind === 'param'))
      u.w.unsupported('has a parameter and a variable of one name')
    declareBlock(u.program, own, (node.body as { body: AnyNode[] }).body)
  }
  const params = node.params.map(param => ({
    isRest: param.type === 'RestElement',
    to: u.assign(param.type === 'RestElement' ? param.argument : param, own),
  }))
  const nameAt = ownName ? own.slots.get(ownName)! : -1
  const isShadowed =
    ownName &&
    node.params.some(param =>
      identifiersOf(param).some(id => u.program.bindingOf.get(id) === ownName),
    )
  const body: Expr = isBlock
    ? (run => (s: Scope) => {
        const done = run(s)
        return done instanceof Return ? done.value : undefined
      })(u.statements((node.body as { body: AnyNode[] }).body, own))
    : u.expr(node.body, own)
  code.run = s => {
    const frame = s[2] as Activation
    if (nameAt >= 0 && !isShadowed) s[nameAt] = frame.callee
    for (let i = 0; i < params.length; i++) {
      const { isRest, to } = params[i]!
      to(s, isRest ? frame.args.slice(i) : frame.args[i], true)
    }
    return body(s)
  }
}
