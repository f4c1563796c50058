// Functions, classes and object literals -> things with their members, and what runs of them by itself.

import type { AnyNode } from 'acorn'
import type { Args } from './call.ts'
import { follow } from './calls.ts'
import { Code, Slot, Thing } from './graph.ts'
import { isStandardClass } from './names.ts'
import { keyOf } from './paths.ts'
import type { Walker } from './walk.ts'
import { functionOf, HOST } from './world.ts'
import { isFunctionNode, nameOf } from '../program/syntax.ts'
import type { FunctionInfo } from '../program.ts'

/** Symbols under which the language calls a function with nothing of its own. */
const HARMLESS_SYMBOL =
  /^Symbol\.(iterator|asyncIterator|toPrimitive|toStringTag|dispose|asyncDispose)$/

export function object(w: Walker, node: AnyNode & { type: 'ObjectExpression' }): Slot {
  const { world } = w
  const { graph } = world
  const made = graph.thing('object')
  const self = graph.slot(made)
  const before = w.home
  w.home = graph.slot('inherited')
  graph.flow(made.proto, w.home)
  for (const one of node.properties) {
    if (one.type === 'SpreadElement') {
      graph.flow(world.contents(w.expr(one.argument)), made.star)
      continue
    }
    const key = one.computed ? w.expr(one.key as AnyNode) : null
    const name = one.computed ? keyOf(one.key as AnyNode) : nameOf(one.key as AnyNode)
    const value = w.expr(one.value)
    define(w, made, self, { name, key, keyNode: one.key as AnyNode, kind: one.kind, value })
    if (name === '__proto__' && !one.computed && !one.shorthand && !one.method)
      graph.flow(value, made.proto)
  }
  w.home = before
  return self
}

/** Puts a method, accessor or value where it is defined. */
export function define(
  w: Walker,
  made: Thing,
  self: Slot,
  {
    name,
    key,
    keyNode,
    kind,
    value,
  }: { name: string | null; key: Slot | null; keyNode: AnyNode; kind: string; value: Slot },
): void {
  const { world } = w
  const { graph } = world
  if (kind === 'get' || kind === 'set') {
    graph.flow(value, world.accessor(made, kind === 'get' ? 'getters' : 'setters', name ?? '*'))
    // Whoever reads or writes it calls it, where none of that is seen.
    graph.each(value, one =>
      world.invoke(one, HOST, { self, list: [], any: null, out: new Slot() }),
    )
    return
  }
  graph.flow(value, name === null ? made.named : graph.field(made, name))
  const isCalled =
    name === null || /^(toString|valueOf|toJSON|then|next|return|throw|toLocaleString)$/.test(name)
  if (!isCalled) return
  const path = key && name === null ? w.paths.of(keyNode) : null
  graph.each(value, one => {
    if (!(one instanceof Thing)) return
    const call = { self, list: [], any: world.hosted, out: new Slot() }
    world.invoke(one, HOST, call)
    if (name === null && !(path && HARMLESS_SYMBOL.test(path)))
      graph.each(key!, element => {
        if (element !== 'prim') world.invoke(one, HOST, { ...call, any: world.lang })
      })
  })
}

export function closure(w: Walker, node: AnyNode): Thing {
  const { graph } = w.world
  const info = w.program.infoOf.get(node)!
  const code = new Code(info, false)
  const made = functionOf(graph, code)
  if (!isFunctionNode(node)) return made
  if (node.type === 'FunctionExpression' && node.id) {
    const own = w.program.bindingOf.get(node.id)
    if (own) graph.add(w.slotOf(own), made)
  }
  w.within(code, info.isArrow, () => {
    bindParams(w, node, code)
    if (node.body.type === 'BlockStatement') for (const one of node.body.body) w.statement(one)
    else graph.flow(w.expr(node.body), code.steps ? code.steps.star : code.result)
  })
  return made
}

/** A field's initializer or static block: code of its own. */
export function initializer(
  w: Walker,
  node: AnyNode,
  self: Slot,
  owner: FunctionInfo | null,
  body: () => void,
): void {
  const { world } = w
  const info = w.program.infoOf.get(node)
  if (!info) {
    body()
    return
  }
  const code = new Code(info, false)
  functionOf(world.graph, code)
  world.graph.flow(self, code.self)
  for (const by of [w.code.info, ...(owner ? [owner] : [])]) w.callsOf(by).add(info)
  w.within(code, false, body)
}

export function classOf(w: Walker, node: AnyNode): Slot {
  const { world } = w
  const { graph } = world
  if (node.type !== 'ClassExpression' && node.type !== 'ClassDeclaration') return world.lang
  const parent = node.superClass ? w.expr(node.superClass) : null
  const own = node.body.body.find(
    one => one.type === 'MethodDefinition' && one.kind === 'constructor',
  )
  const info = own
    ? w.program.infoOf.get((own as AnyNode & { type: 'MethodDefinition' }).value)!
    : ownInfo(w, node)
  const code = new Code(info, true)
  code.parent = parent
  const made = functionOf(graph, code)
  const self = graph.slot(made)
  const proto = graph.field(made, 'prototype')
  graph.flow(code.self, code.result)
  const inner = w.program.bindingOf.get(node.body)
  if (inner) graph.flow(self, w.slotOf(inner))
  const instance = graph.slot(code.instance)
  const [before, beforeStatic] = [w.home, self]
  const home = graph.slot()
  const staticHome = graph.slot()
  if (parent) {
    w.parentPaths.set(code, w.paths.of(node.superClass!))
    graph.flow(parent, made.proto)
    graph.flow(parent, staticHome)
    const path = w.parentPaths.get(code)
    // Instances of these have no more than what is listed.
    const inherited = graph.slot(...(path && isStandardClass(path) ? ['safe' as const] : []))
    if (inherited.pending.size === 0) world.read(parent, 'prototype', inherited)
    graph.flow(inherited, home)
    graph.each(proto, element => {
      if (element instanceof Thing) graph.flow(inherited, element.proto)
    })
    if (!own) superCall(w, node, code, { list: [], any: code.args.star })
  } else {
    graph.add(home, 'inherited')
    graph.add(staticHome, 'lang')
  }
  for (const one of node.body.body) {
    if (one.type === 'StaticBlock') {
      w.home = staticHome
      initializer(w, one, beforeStatic, null, () => {
        for (const inner of one.body) w.statement(inner)
      })
      continue
    }
    const key = one.computed ? w.expr(one.key as AnyNode) : null
    const name = one.computed
      ? keyOf(one.key as AnyNode)
      : (one.key.type === 'PrivateIdentifier' ? '#' : '') + nameOf(one.key as AnyNode)
    w.home = one.static ? staticHome : home
    if (one.type === 'PropertyDefinition') {
      const target = one.static ? made : code.instance
      const values = graph.slot()
      if (one.value)
        initializer(w, one, one.static ? self : instance, info, () =>
          graph.flow(w.expr(one.value), values),
        )
      define(w, target, one.static ? self : instance, {
        name,
        key,
        keyNode: one.key as AnyNode,
        kind: 'init',
        value: values,
      })
      continue
    }
    if (one.type !== 'MethodDefinition') {
      world.check(w.place(one), () => true)
      continue
    }
    if (one.kind === 'constructor') {
      constructorOf(w, one.value, code)
      continue
    }
    const value = w.expr(one.value)
    if (one.static)
      define(w, made, self, { name, key, keyNode: one.key as AnyNode, kind: one.kind, value })
    else
      graph.each(proto, element => {
        if (element instanceof Thing && element !== made)
          define(w, element, instance, {
            name,
            key,
            keyNode: one.key as AnyNode,
            kind: one.kind,
            value,
          })
      })
  }
  w.home = before
  return self
}

/** What runs for a class that has no constructor of its own. */
export function ownInfo(w: Walker, node: AnyNode): FunctionInfo {
  const known = w.program.infoOf.get(node)
  if (known) return known
  return { ...w.code.info, node, isArrow: false, isAsync: false, isGenerator: false }
}

/** What the code is called with flows into its parameters. */
function bindParams(w: Walker, { params }: { params: AnyNode[] }, code: Code): void {
  const { graph } = w.world
  for (const [index, param] of params.entries()) {
    if (param.type === 'RestElement') {
      w.assign(param.argument, graph.slot(code.args), param)
      continue
    }
    const value = graph.slot()
    graph.flow(code.param(index), value)
    graph.flow(code.anyParam, value)
    w.assign(param, value, param)
  }
}

export function constructorOf(w: Walker, node: AnyNode, code: Code): void {
  if (!isFunctionNode(node)) return
  w.within(code, false, () => {
    bindParams(w, node, code)
    if (node.body.type === 'BlockStatement') for (const one of node.body.body) w.statement(one)
  })
}

/** `super(…)`: the parent runs on the same `this`, or puts another one in its place. */
export function superCall(w: Walker, node: AnyNode, code: Code, args: Args): void {
  const { world } = w
  if (!code.parent) return
  const out = world.graph.slot()
  world.graph.each(code.parent, element => {
    if (!(element instanceof Thing)) return
    const { self } = code
    world.invoke(element, code.info, { self, list: args.list, any: args.any, out: self })
    if (element.code) world.graph.flow(self, element.code.self)
  })
  follow(world, {
    place: { by: code.info, chunk: w.chunk.name, at: node.start },
    callee: code.parent,
    self: code.self,
    args,
    out,
    isNew: true,
    method: null,
    path: w.parentPaths.get(code) ?? null,
    ownerPath: null,
  })
}
