// A syntax tree -> what flows where in it: each expression once, in no order.

import type { AnyNode } from 'acorn'
import { assign, assignment } from './assign.ts'
import { type Args, unwrap } from './call.ts'
import { follow } from './calls.ts'
import { classOf, closure, object, superCall } from './functions.ts'
import { Code, Slot, Thing } from './graph.ts'
import { isConstant, isOrdinaryModule, isSafe, mayLeadOn } from './names.ts'
import { keyOf, nameOfMember, type Paths } from './paths.ts'
import { functionOf, type Place, type World } from './world.ts'
import { childrenOf } from '../program/syntax.ts'
import { statement } from './statements.ts'
import type { Binding, FunctionInfo, ParsedChunk, ParsedProgram } from '../program.ts'

const SYMBOL = /^Symbol\.(?!prototype\b)\w+$/

export class Walker {
  readonly program: ParsedProgram
  readonly world: World
  readonly paths: Paths
  readonly slots = new Map<Binding, Slot>()
  readonly namespaces = new Map<string, Thing>()
  chunk!: ParsedChunk
  code!: Code
  /** What `super` stands for. */
  home: Slot

  constructor(program: ParsedProgram, world: World, paths: Paths) {
    this.program = program
    this.world = world
    this.paths = paths
    this.home = new Slot()
  }

  /** Walks a whole chunk. */
  walk(chunk: ParsedChunk): void {
    this.chunk = chunk
    this.code = new Code(chunk.top, false)
    functionOf(this.world.graph, this.code)
    for (const node of chunk.tree.body) this.statement(node)
  }

  /** What a chunk exports, as the object that `import *` gives. */
  namespaceOf(name: string): Thing | null {
    const chunk = this.program.chunks.get(name.replace(/^\.\//, ''))
    if (!chunk) return null
    let made = this.namespaces.get(chunk.name)
    if (made) return made
    this.namespaces.set(chunk.name, (made = this.world.graph.thing('object')))
    const { graph } = this.world
    for (const [exported, found] of chunk.exports)
      graph.flow(
        'binding' in found ? this.slotOf(found.binding) : this.imported(found.from, found.name),
        graph.field(made, exported),
      )
    for (const from of chunk.starExports)
      graph.flow(this.world.contents(this.imported(from, '*')), made.star)
    return made
  }

  imported(from: string, name: string): Slot {
    const { graph } = this.world
    const space = this.namespaceOf(from)
    if (!space) return graph.slot(isOrdinaryModule(from) ? 'host' : 'lang')
    if (name === '*') return graph.slot(space)
    const out = graph.slot()
    graph.flow(graph.field(space, name), out)
    graph.flow(space.star, out)
    return out
  }

  slotOf(binding: Binding): Slot {
    let slot = this.slots.get(binding)
    if (slot) return slot
    this.slots.set(binding, (slot = new Slot()))
    if (binding.kind === 'import') {
      const source = this.program.chunks.get(binding.owner.chunk)?.importsOf.get(binding)
      if (source) this.world.graph.flow(this.imported(source.from, source.name), slot)
    }
    return slot
  }

  place(node: AnyNode): Place {
    return { by: this.code.info, chunk: this.chunk.name, at: node.start }
  }

  // ---------------------------------------------------------------- statements

  // ---------------------------------------------------------------- expressions

  expr(node: AnyNode | null | undefined): Slot {
    const { world } = this
    const { graph } = world
    if (!node) return world.prim
    switch (node.type) {
      case 'Identifier': {
        const binding = this.program.bindingOf.get(node)
        if (binding) return this.slotOf(binding)
        if (node.name === 'arguments') return graph.slot(this.ownerCode().args)
        return this.global(node.name)
      }
      case 'Literal':
        if ('regex' in node && node.regex) return graph.slot(graph.thing('native'))
        if (typeof node.value !== 'string') return world.prim
        return mayLeadOn(node.value, '', true) ? world.text : world.word
      case 'TemplateLiteral': {
        for (const one of node.expressions) this.expr(one)
        const start = node.quasis[0]!.value.cooked ?? ''
        const end = node.quasis.at(-1)!.value.cooked ?? ''
        return mayLeadOn(start, end, node.expressions.length === 0) ? world.text : world.word
      }
      case 'ThisExpression':
        return this.ownerCode().self
      case 'Super':
        return this.home
      case 'ArrayExpression': {
        const made = graph.thing('array')
        for (const one of node.elements)
          if (one?.type === 'SpreadElement')
            graph.flow(world.items(this.expr(one.argument), this.code.info), made.star)
          else if (one) graph.flow(this.expr(one), made.star)
        return graph.slot(made)
      }
      case 'ObjectExpression':
        return object(this, node)
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
        return graph.slot(closure(this, node))
      case 'ClassExpression':
      case 'ClassDeclaration':
        return classOf(this, node)
      case 'MemberExpression':
        return this.member(node)
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return this.expr(node.expression)
      case 'CallExpression':
      case 'NewExpression':
        return this.call(node)
      case 'TaggedTemplateExpression': {
        const strings = graph.thing('array')
        graph.add(strings.star, 'text')
        graph.add(graph.field(strings, 'raw'), strings)
        const list = [graph.slot(strings), ...node.quasi.expressions.map(one => this.expr(one))]
        return this.called(node, node.tag, { list, any: null })
      }
      case 'ImportExpression': {
        const name = keyOf(node.source)
        const space = name === null ? null : this.namespaceOf(name)
        this.expr(node.source)
        if (name === null) this.world.check(this.place(node), () => true)
        const loaded = this.program.chunks.get((name ?? '').replace(/^\.\//, ''))
        if (loaded) this.callsOf(this.code.info).add(loaded.top)
        return space ? graph.slot(space) : name === null ? world.lang : this.imported(name, '*')
      }
      case 'AwaitExpression': {
        // What a promise gives is among what it holds.
        const by = this.code.info
        const value = this.expr(node.argument)
        const out = graph.slot('prim')
        graph.flow(value, out)
        unwrap(world, out)
        graph.each(value, element => {
          if (element instanceof Thing && element.kind !== 'native') {
            const then = graph.slot()
            world.read(graph.slot(element), 'then', then)
            graph.each(then, one => {
              if (!(one instanceof Thing)) return
              world.invoke(one, by, { self: value, list: [], any: world.hosted, out: graph.slot() })
              graph.add(out, 'ext')
            })
          } else if (element === 'ext' || element === 'part') {
            graph.add(out, 'text')
            graph.add(out, 'ext')
          }
        })
        return out
      }
      case 'YieldExpression': {
        const value = this.expr(node.argument)
        const { steps } = this.code
        if (!steps) return world.lang
        graph.flow(node.delegate ? world.items(value, this.code.info) : value, steps.star)
        return steps.all
      }
      case 'AssignmentExpression':
        return assignment(this, node)
      case 'UpdateExpression':
        if (node.argument.type === 'MemberExpression') this.member(node.argument)
        this.assign(node.argument, world.prim, node)
        return world.prim
      case 'UnaryExpression':
        if (node.operator === 'delete' && node.argument.type === 'MemberExpression') {
          this.assign(node.argument, world.prim, node)
          return world.prim
        }
        this.expr(node.argument)
        return node.operator === 'typeof' ? world.word : world.prim
      case 'BinaryExpression': {
        const left = node.left.type === 'PrivateIdentifier' ? world.prim : this.expr(node.left)
        const right = this.expr(node.right)
        if (node.operator !== '+') {
          if (node.operator === 'instanceof') this.instanceOf(left, right)
          return world.prim
        }
        return this.sum(node, left, right)
      }
      case 'LogicalExpression': {
        const out = graph.slot()
        graph.flow(this.expr(node.left), out)
        graph.flow(this.expr(node.right), out)
        return out
      }
      case 'ConditionalExpression': {
        this.expr(node.test)
        const out = graph.slot()
        graph.flow(this.expr(node.consequent), out)
        graph.flow(this.expr(node.alternate), out)
        return out
      }
      case 'SequenceExpression': {
        let last = world.prim
        for (const one of node.expressions) last = this.expr(one)
        return last
      }
      case 'MetaProperty':
        return node.meta.name === 'import' ? graph.slot('ext', 'text') : graph.slot('lang')
      default:
        // What is not known here may be anything.
        for (const child of childrenOf(node)) this.expr(child)
        return world.lang
    }
  }

  global(path: string): Slot {
    const { world } = this
    if (isConstant(path)) return world.prim
    if (SYMBOL.test(path)) return world.text
    return isSafe(path) ? world.graph.slot('safe') : world.graph.slot('lang')
  }

  statement(node: AnyNode | null | undefined): void {
    statement(this, node)
  }

  assign(target: AnyNode, value: Slot, at: AnyNode): void {
    assign(this, target, value, at)
  }

  /** The function whose `this` and `arguments` the code sees. */
  ownerCode(): Code {
    return this.owners.at(-1) ?? this.code
  }
  readonly owners: Code[] = []

  /** `a + b` as a key. */
  sum(node: AnyNode & { type: 'BinaryExpression' }, left: Slot, right: Slot): Slot {
    const { world } = this
    const { graph } = world
    const start = keyOf(node.left as AnyNode)
    const end = keyOf(node.right)
    if ((start || end) && !mayLeadOn(start ?? '', end ?? '', false)) return world.word
    const out = graph.slot('prim')
    for (const side of [left, right])
      graph.each(side, element => {
        if (element !== 'prim') graph.add(out, 'text')
      })
    return out
  }

  instanceOf(left: Slot, right: Slot): void {
    const { world } = this
    world.graph.each(right, element => {
      if (!(element instanceof Thing)) return
      world.graph.each(element.named, one =>
        world.invoke(one, this.code.info, {
          self: right,
          list: [left],
          any: null,
          out: new Slot(),
        }),
      )
    })
  }

  // ---------------------------------------------------------------- functions and classes

  within(code: Code, isArrow: boolean, body: () => void): void {
    const before = this.code
    this.code = code
    if (!isArrow) this.owners.push(code)
    body()
    if (!isArrow) this.owners.pop()
    this.code = before
  }

  callsOf(by: FunctionInfo): Set<FunctionInfo> {
    let calls = this.world.calls.get(by)
    if (!calls) this.world.calls.set(by, (calls = new Set()))
    return calls
  }

  readonly parentPaths = new Map<Code, string | null>()

  // ---------------------------------------------------------------- members, calls

  member(node: AnyNode & { type: 'MemberExpression' }): Slot {
    const { world } = this
    const path = this.paths.of(node)
    if (path !== null && (isConstant(path) || isSafe(path) || SYMBOL.test(path))) {
      return this.global(path)
    }
    const base = this.expr(node.object)
    const out = world.graph.slot()
    const name = nameOfMember(node)
    if (name !== null) world.read(base, name, out)
    else world.readAny(base, this.expr(node.property), out)
    if (node.object.type === 'Identifier' && path?.startsWith('process.env.')) return world.text
    return out
  }

  arguments(nodes: readonly AnyNode[]): Args {
    const { graph } = this.world
    const list: Slot[] = []
    let any: Slot | null = null
    for (const one of nodes) {
      if (one.type === 'SpreadElement') {
        any ??= graph.slot()
        graph.flow(this.world.items(this.expr(one.argument), this.code.info), any)
      } else if (any) graph.flow(this.expr(one), any)
      else list.push(this.expr(one))
    }
    return { list, any }
  }

  call(node: AnyNode & { type: 'CallExpression' | 'NewExpression' }): Slot {
    const args = this.arguments(node.arguments)
    if (node.callee.type === 'Super') {
      const code = this.ownerCode()
      superCall(this, node, code, args)
      return code.self
    }
    return this.called(node, node.callee, args)
  }

  called(node: AnyNode, calleeNode: AnyNode, args: Args): Slot {
    const { world } = this
    const { graph } = world
    let inner = calleeNode
    while (inner.type === 'ChainExpression' || inner.type === 'ParenthesizedExpression')
      inner = inner.expression
    const out = graph.slot()
    const isNew = node.type === 'NewExpression'
    const path = this.paths.of(inner)
    let callee: Slot
    let self = world.prim
    let method: string | null = null
    let ownerPath: string | null = null
    if (inner.type === 'MemberExpression') {
      self = inner.object.type === 'Super' ? this.ownerCode().self : this.expr(inner.object)
      method = nameOfMember(inner)
      ownerPath = inner.object.type === 'Super' ? null : this.paths.of(inner.object)
      callee = graph.slot()
      const base = inner.object.type === 'Super' ? this.home : self
      if (method !== null) world.read(base, method, callee)
      else world.readAny(base, this.expr(inner.property), callee)
    } else callee = this.expr(inner)
    follow(world, {
      place: this.place(node),
      callee,
      self,
      args,
      out,
      isNew,
      method,
      path,
      ownerPath,
    })
    return out
  }

  // ---------------------------------------------------------------- assignments
}
