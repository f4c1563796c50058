// Functions and classes -> real functions that run their code in this interpreter.

import type { AnyNode } from 'acorn'
import { accessor, nameText } from './expressions.ts'
import type { Activation, Closure, Code } from './closure.ts'
import { data, define, get, toKey } from './objects.ts'
import type { FunctionInfo } from '../program.ts'
import { identifiersOf, isFunctionNode, nameOf } from '../program/syntax.ts'
import { slotsOf } from './privates.ts'
import { declareBlock, declareVars, EMPTY, Place } from './scope.ts'
import { type Expr, Return, type Unit } from './unit.ts'
import { isObject, type Key, type Scope } from './world.ts'

type Fn = (...args: unknown[]) => unknown

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
    const made: Closure = { code, scope, home, bound: null, class: null }
    return finished(
      u,
      isPlain && !home ? plain(u, made) : method(u, made),
      made,
      name ?? own,
      count,
    )
  }
}

function codeOf(u: Unit, node: AnyNode, place: Place): Code {
  const known = codes.get(node)
  if (known && known.place === place) return known
  const info = u.program.infoOf.get(node)!
  const code: Code = { info, node, place, run: null, own: null }
  codes.set(node, code)
  return code
}

function lengthOf(node: AnyNode): number {
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

function finished(u: Unit, fn: Fn, made: Closure, name: string, count: number): Fn {
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
  for (const param of node.params)
    for (const id of identifiersOf(param)) {
      const binding = u.program.bindingOf.get(id)
      if (binding) own.add(binding, false)
    }
  if (ownName) own.add(ownName, false)
  const isBlock = node.body.type === 'BlockStatement'
  if (isBlock) {
    for (const one of (node.body as { body: AnyNode[] }).body) declareVars(u.program, own, one)
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

// ---------------------------------------------------------------- classes

type ClassNode = AnyNode & { type: 'ClassDeclaration' | 'ClassExpression' }

/** Makes classes of a class's node. */
export function classOf(
  u: Unit,
  given: AnyNode,
  place: Place,
): (scope: Scope, name: string | null) => object {
  const node = given as ClassNode
  const { w, program } = u
  const own = new Place(place, null)
  const inner = program.bindingOf.get(node.body)
  if (inner) own.add(inner, true)
  const { body } = node.body
  own.privates = new Set(
    body.flatMap(one =>
      'key' in one && one.key.type === 'PrivateIdentifier' ? [one.key.name] : [],
    ),
  )
  const parentOf = node.superClass ? u.expr(node.superClass as AnyNode, own) : null
  const maker = body.find(one => one.type === 'MethodDefinition' && one.kind === 'constructor')
  const makerNode = maker?.type === 'MethodDefinition' ? (maker.value as AnyNode) : null
  const makerCode = makerNode ? codeOf(u, makerNode, own) : null
  const members = body
    .filter(one => one !== maker)
    .map(one => ({
      one,
      key: 'key' in one && one.computed ? u.expr(one.key as AnyNode, own) : null,
      make: one.type === 'MethodDefinition' ? u.closure(one.value as AnyNode, own) : null,
      code:
        one.type === 'StaticBlock' || (one.type === 'PropertyDefinition' && one.value)
          ? codeOf(u, one, own)
          : null,
    }))
  return (outer, name) => {
    const scope = own.open(outer)
    const keys = new Map<string, object>()
    for (const one of own.privates!) keys.set(one, { name: one })
    scope[2] = keys
    const parent = parentOf?.(scope)
    if (parentOf && parent !== null && typeof parent !== 'function')
      throw new TypeError('Class extends value is not a constructor')
    const made: Closure = {
      code: makerCode,
      scope,
      home: null,
      bound: null,
      class: { fields: null, isDerived: parentOf !== null, node },
    }
    const fn: Fn = function (...args: unknown[]) {
      if (!new.target) throw new TypeError('Class constructor cannot be invoked without new')
      return u.construct(fn, args, new.target)
    }
    finished(u, fn, made, name ?? node.id?.name ?? '', makerNode ? lengthOf(makerNode) : 0)
    const proto = Object.create(
      parentOf
        ? ((parent === null ? null : get(w, parent, 'prototype')) as object | null)
        : Object.prototype,
    ) as object
    if (parentOf && parent !== null) Object.setPrototypeOf(fn, parent as object)
    Object.defineProperty(fn, 'prototype', {
      value: proto,
      writable: false,
      enumerable: false,
      configurable: false,
    })
    Object.defineProperty(proto, 'constructor', {
      value: fn,
      writable: true,
      enumerable: false,
      configurable: true,
    })
    made.home = proto
    const fields: ((self: object) => void)[] = []
    const brands: ((self: object) => void)[] = []
    const statics: (() => void)[] = []
    for (const { one, key, make, code } of members) {
      const isStatic = one.type === 'StaticBlock' || one.static
      const owner = isStatic ? fn : proto
      const runCode =
        code &&
        ((self: object): unknown =>
          runInitializer(u, fn, { code, scope, home: owner, bound: null, class: null }, self))
      if (one.type === 'StaticBlock') {
        statics.push(() => void runCode!(fn))
        continue
      }
      if (one.key.type === 'PrivateIdentifier') {
        const hidden = keys.get(one.key.name)!
        const text = one.key.name
        if (one.type === 'MethodDefinition') {
          const method = make!(scope, owner, nameText(`#${text}`, one.kind))
          const brand = (self: object): void => {
            const before = slotsOf(w, self).get(hidden)
            const slot = {
              name: text,
              value: undefined as unknown,
              get: before?.get,
              set: before?.set,
              kind: 'accessor' as 'accessor' | 'method',
            }
            if (one.kind === 'method') Object.assign(slot, { kind: 'method', value: method })
            else slot[one.kind as 'get' | 'set'] = method
            slotsOf(w, self).set(hidden, slot)
          }
          if (isStatic) brand(fn)
          else brands.push(brand)
          continue
        }
        const init = (self: object): void => {
          const value = runCode?.(self)
          slotsOf(w, self).set(hidden, { name: text, value, get: null, set: null, kind: 'value' })
        }
        if (isStatic) statics.push(() => init(fn))
        else fields.push(init)
        continue
      }
      const name: Key = key ? toKey(w, key(scope)) : nameOf(one.key as AnyNode)
      if (one.type === 'MethodDefinition') {
        const method = make!(scope, owner, nameText(name, one.kind))
        const found =
          one.kind === 'method'
            ? data(method, false)
            : { ...accessor(owner, name, one.kind, method), enumerable: false }
        define(w, owner, name, found)
        continue
      }
      const init = (self: object): void => define(w, self, name, data(runCode?.(self)))
      if (isStatic) statics.push(() => init(fn))
      else fields.push(init)
    }
    if (brands.length + fields.length > 0)
      made.class!.fields = self => {
        for (const one of brands) one(self)
        for (const one of fields) one(self)
      }
    if (inner) scope[own.slots.get(inner)!] = fn
    for (const one of statics) one()
    return fn
  }
}

function runInitializer(u: Unit, fn: Fn, made: Closure, self: object): unknown {
  return invoke(u, fn, made, self, [], undefined)
}

/** `new callee(...args)`. */
export function construct(
  u: Unit,
  callee: Fn,
  made: Closure,
  args: unknown[],
  newTarget: unknown,
): unknown {
  const { w } = u
  if (made.bound) {
    const { target, args: first } = made.bound
    return u.construct(target, [...first, ...args], newTarget === callee ? target : newTarget)
  }
  const kind = made.class
  if (
    !kind &&
    (!made.code ||
      made.code.info.isArrow ||
      made.code.info.isAsync ||
      made.code.info.isGenerator ||
      !Object.hasOwn(callee, 'prototype'))
  )
    throw new TypeError('not a constructor')
  if (kind?.isDerived) {
    if (made.code) return invoke(u, callee, made, EMPTY, args, newTarget)
    w.noteRead(callee, '__proto__')
    const self = u.construct(Object.getPrototypeOf(callee), args, newTarget) as object
    kind.fields?.(self)
    return self
  }
  const proto = get(w, newTarget, 'prototype')
  const self = Object.create(isObject(proto) ? proto : Object.prototype) as object
  kind?.fields?.(self)
  if (!made.code) return self
  return invoke(u, callee, made, self, args, newTarget)
}

/** The information about a function that is only there where it stands in a class without one. */
export function infoOfClass(u: Unit, node: AnyNode, around: FunctionInfo): FunctionInfo {
  let info = u.program.infoOf.get(node)
  if (!info) {
    info = {
      ...around,
      id: -node.start - 1,
      node,
      parent: around,
      name: '',
      isArrow: false,
      isAsync: false,
      isGenerator: false,
      usesArguments: false,
    }
    u.program.infoOf.set(node, info)
  }
  return info
}
