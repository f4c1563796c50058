// A syntax tree -> what flows where in it: each expression once, in no order.

import type { AnyNode } from 'acorn'
import { type Args, follow, unwrap } from './calls.ts'
import { Code, Slot, Thing } from './graph.ts'
import { isConstant, isOrdinaryModule, isSafe, isStandardClass, mayLeadOn } from './names.ts'
import { keyOf, nameOfMember, type Paths } from './paths.ts'
import { functionOf, HOST, type Place, type World } from './world.ts'
import { childrenOf, isFunctionNode, nameOf } from '../program/syntax.ts'
import type { Binding, FunctionInfo, ParsedChunk, ParsedProgram } from '../program.ts'

const SYMBOL = /^Symbol\.(?!prototype\b)\w+$/

/** Symbols under which the language calls a function with nothing of its own. */
const HARMLESS_SYMBOL =
  /^Symbol\.(iterator|asyncIterator|toPrimitive|toStringTag|dispose|asyncDispose)$/

export class Walker {
  private readonly program: ParsedProgram
  private readonly world: World
  private readonly paths: Paths
  private readonly slots = new Map<Binding, Slot>()
  private readonly namespaces = new Map<string, Thing>()
  private chunk!: ParsedChunk
  private code!: Code
  /** What `super` stands for. */
  private home: Slot

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

  private imported(from: string, name: string): Slot {
    const { graph } = this.world
    const space = this.namespaceOf(from)
    if (!space) return graph.slot(isOrdinaryModule(from) ? 'host' : 'lang')
    if (name === '*') return graph.slot(space)
    const out = graph.slot()
    graph.flow(graph.field(space, name), out)
    graph.flow(space.star, out)
    return out
  }

  private slotOf(binding: Binding): Slot {
    let slot = this.slots.get(binding)
    if (slot) return slot
    this.slots.set(binding, (slot = new Slot()))
    if (binding.kind === 'import') {
      const source = this.program.chunks.get(binding.owner.chunk)?.importsOf.get(binding)
      if (source) this.world.graph.flow(this.imported(source.from, source.name), slot)
    }
    return slot
  }

  private place(node: AnyNode): Place {
    return { by: this.code.info, chunk: this.chunk.name, at: node.start }
  }

  // ---------------------------------------------------------------- statements

  private statement(node: AnyNode | null | undefined): void {
    if (!node) return
    const { world } = this
    const { graph } = world
    switch (node.type) {
      case 'VariableDeclaration':
        for (const one of node.declarations)
          if (one.init) this.assign(one.id, this.expr(one.init), one)
          else this.assign(one.id, world.prim, one)
        return
      case 'FunctionDeclaration': {
        const made = this.expr(node)
        const binding = this.program.bindingOf.get(node.id ?? node)
        if (binding) graph.flow(made, this.slotOf(binding))
        return
      }
      case 'ClassDeclaration': {
        const made = this.expr(node)
        const binding = this.program.bindingOf.get(node.id ?? node)
        if (binding) graph.flow(made, this.slotOf(binding))
        return
      }
      case 'ExportNamedDeclaration':
        this.statement(node.declaration)
        return
      case 'ExportDefaultDeclaration':
        if (
          node.declaration.type === 'FunctionDeclaration' ||
          node.declaration.type === 'ClassDeclaration'
        ) {
          this.statement(node.declaration)
          return
        }
        graph.flow(this.expr(node.declaration), this.slotOf(this.program.bindingOf.get(node)!))
        return
      case 'ReturnStatement':
        if (node.argument)
          graph.flow(
            this.expr(node.argument),
            this.code.steps ? this.code.steps.star : this.code.result,
          )
        return
      case 'ThrowStatement':
        graph.flow(this.expr(node.argument), world.thrown)
        return
      case 'CatchClause':
        if (node.param) this.assign(node.param, world.thrown, node)
        this.statement(node.body)
        return
      case 'ForInStatement':
      case 'ForOfStatement': {
        const list = this.expr(node.right)
        const items =
          node.type === 'ForInStatement' ? world.text : world.items(list, this.code.info)
        const head = node.left
        if (head.type === 'VariableDeclaration') this.assign(head.declarations[0]!.id, items, head)
        else this.assign(head, items, head)
        this.statement(node.body)
        return
      }
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'EmptyStatement':
      case 'DebuggerStatement':
        return
      case 'LabeledStatement':
        this.statement(node.body)
        return
    }
    if (/Statement$|^SwitchCase$/.test(node.type)) {
      for (const child of childrenOf(node))
        if (/Statement$|Declaration$|^SwitchCase$|^CatchClause$/.test(child.type))
          this.statement(child)
        else this.expr(child)
      return
    }
    this.expr(node)
  }

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
        return this.object(node)
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
        return graph.slot(this.closure(node))
      case 'ClassExpression':
      case 'ClassDeclaration':
        return this.classOf(node)
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
        return this.assignment(node)
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

  private global(path: string): Slot {
    const { world } = this
    if (isConstant(path)) return world.prim
    if (SYMBOL.test(path)) return world.text
    return isSafe(path) ? world.graph.slot('safe') : world.graph.slot('lang')
  }

  /** The function whose `this` and `arguments` the code sees. */
  private ownerCode(): Code {
    return this.owners.at(-1) ?? this.code
  }
  private readonly owners: Code[] = []

  /** `a + b` as a key. */
  private sum(node: AnyNode & { type: 'BinaryExpression' }, left: Slot, right: Slot): Slot {
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

  private instanceOf(left: Slot, right: Slot): void {
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

  private object(node: AnyNode & { type: 'ObjectExpression' }): Slot {
    const { world } = this
    const { graph } = world
    const made = graph.thing('object')
    const self = graph.slot(made)
    const before = this.home
    this.home = graph.slot('inherited')
    graph.flow(made.proto, this.home)
    for (const one of node.properties) {
      if (one.type === 'SpreadElement') {
        graph.flow(world.contents(this.expr(one.argument)), made.star)
        continue
      }
      const key = one.computed ? this.expr(one.key as AnyNode) : null
      const name = one.computed ? keyOf(one.key as AnyNode) : nameOf(one.key as AnyNode)
      const value = this.expr(one.value)
      this.member_(made, self, { name, key, keyNode: one.key as AnyNode, kind: one.kind, value })
      if (name === '__proto__' && !one.computed && !one.shorthand && !one.method)
        graph.flow(value, made.proto)
    }
    this.home = before
    return self
  }

  /** Puts a method, accessor or value where it is defined. */
  private member_(
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
    const { world } = this
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
      name === null ||
      /^(toString|valueOf|toJSON|then|next|return|throw|toLocaleString)$/.test(name)
    if (!isCalled) return
    const path = key && name === null ? this.paths.of(keyNode) : null
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

  // ---------------------------------------------------------------- functions and classes

  private closure(node: AnyNode): Thing {
    const { graph } = this.world
    const info = this.program.infoOf.get(node)!
    const code = new Code(info, false)
    const made = functionOf(graph, code)
    if (!isFunctionNode(node)) return made
    if (node.type === 'FunctionExpression' && node.id) {
      const own = this.program.bindingOf.get(node.id)
      if (own) graph.add(this.slotOf(own), made)
    }
    this.within(code, info.isArrow, () => {
      for (const [index, param] of node.params.entries()) {
        if (param.type === 'RestElement') {
          this.assign(param.argument, graph.slot(code.args), param)
          continue
        }
        const value = graph.slot()
        graph.flow(code.param(index), value)
        graph.flow(code.anyParam, value)
        this.assign(param, value, param)
      }
      if (node.body.type === 'BlockStatement') for (const one of node.body.body) this.statement(one)
      else graph.flow(this.expr(node.body), code.steps ? code.steps.star : code.result)
    })
    return made
  }

  private within(code: Code, isArrow: boolean, body: () => void): void {
    const before = this.code
    this.code = code
    if (!isArrow) this.owners.push(code)
    body()
    if (!isArrow) this.owners.pop()
    this.code = before
  }

  /** A field's initializer or static block: code of its own. */
  private initializer(
    node: AnyNode,
    self: Slot,
    owner: FunctionInfo | null,
    body: () => void,
  ): void {
    const { world } = this
    const info = this.program.infoOf.get(node)
    if (!info) {
      body()
      return
    }
    const code = new Code(info, false)
    functionOf(world.graph, code)
    world.graph.flow(self, code.self)
    for (const by of [this.code.info, ...(owner ? [owner] : [])]) this.callsOf(by).add(info)
    this.within(code, false, body)
  }

  private callsOf(by: FunctionInfo): Set<FunctionInfo> {
    let calls = this.world.calls.get(by)
    if (!calls) this.world.calls.set(by, (calls = new Set()))
    return calls
  }

  private classOf(node: AnyNode): Slot {
    const { world } = this
    const { graph } = world
    if (node.type !== 'ClassExpression' && node.type !== 'ClassDeclaration') return world.lang
    const parent = node.superClass ? this.expr(node.superClass) : null
    const own = node.body.body.find(
      one => one.type === 'MethodDefinition' && one.kind === 'constructor',
    )
    const info = own
      ? this.program.infoOf.get((own as AnyNode & { type: 'MethodDefinition' }).value)!
      : this.ownInfo(node)
    const code = new Code(info, true)
    code.parent = parent
    const made = functionOf(graph, code)
    const self = graph.slot(made)
    const proto = graph.field(made, 'prototype')
    graph.flow(code.self, code.result)
    const inner = this.program.bindingOf.get(node.body)
    if (inner) graph.flow(self, this.slotOf(inner))
    const instance = graph.slot(code.instance)
    const [before, beforeStatic] = [this.home, self]
    const home = graph.slot()
    const staticHome = graph.slot()
    if (parent) {
      this.parentPaths.set(code, this.paths.of(node.superClass!))
      graph.flow(parent, made.proto)
      graph.flow(parent, staticHome)
      const path = this.parentPaths.get(code)
      // Instances of these have no more than what is listed.
      const inherited = graph.slot(...(path && isStandardClass(path) ? ['safe' as const] : []))
      if (inherited.pending.size === 0) world.read(parent, 'prototype', inherited)
      graph.flow(inherited, home)
      graph.each(proto, element => {
        if (element instanceof Thing) graph.flow(inherited, element.proto)
      })
      if (!own) this.superCall(node, code, { list: [], any: code.args.star })
    } else {
      graph.add(home, 'inherited')
      graph.add(staticHome, 'lang')
    }
    for (const one of node.body.body) {
      if (one.type === 'StaticBlock') {
        this.home = staticHome
        this.initializer(one, beforeStatic, null, () => {
          for (const inner of one.body) this.statement(inner)
        })
        continue
      }
      const key = one.computed ? this.expr(one.key as AnyNode) : null
      const name = one.computed
        ? keyOf(one.key as AnyNode)
        : (one.key.type === 'PrivateIdentifier' ? '#' : '') + nameOf(one.key as AnyNode)
      this.home = one.static ? staticHome : home
      if (one.type === 'PropertyDefinition') {
        const target = one.static ? made : code.instance
        const values = graph.slot()
        if (one.value)
          this.initializer(one, one.static ? self : instance, info, () =>
            graph.flow(this.expr(one.value), values),
          )
        this.member_(target, one.static ? self : instance, {
          name,
          key,
          keyNode: one.key as AnyNode,
          kind: 'init',
          value: values,
        })
        continue
      }
      if (one.type !== 'MethodDefinition') {
        world.check(this.place(one), () => true)
        continue
      }
      if (one.kind === 'constructor') {
        this.constructorOf(one.value, code)
        continue
      }
      const value = this.expr(one.value)
      if (one.static)
        this.member_(made, self, { name, key, keyNode: one.key as AnyNode, kind: one.kind, value })
      else
        graph.each(proto, element => {
          if (element instanceof Thing && element !== made)
            this.member_(element, instance, {
              name,
              key,
              keyNode: one.key as AnyNode,
              kind: one.kind,
              value,
            })
        })
    }
    this.home = before
    return self
  }

  /** What runs for a class that has no constructor of its own. */
  private ownInfo(node: AnyNode): FunctionInfo {
    const known = this.program.infoOf.get(node)
    if (known) return known
    return { ...this.code.info, node, isArrow: false, isAsync: false, isGenerator: false }
  }

  private constructorOf(node: AnyNode, code: Code): void {
    const { graph } = this.world
    if (!isFunctionNode(node)) return
    this.within(code, false, () => {
      for (const [index, param] of node.params.entries()) {
        if (param.type === 'RestElement') {
          this.assign(param.argument, graph.slot(code.args), param)
          continue
        }
        const value = graph.slot()
        graph.flow(code.param(index), value)
        graph.flow(code.anyParam, value)
        this.assign(param, value, param)
      }
      if (node.body.type === 'BlockStatement') for (const one of node.body.body) this.statement(one)
    })
  }

  /** `super(…)`: the parent runs on the same `this`, or puts another one in its place. */
  private superCall(node: AnyNode, code: Code, args: Args): void {
    const { world } = this
    if (!code.parent) return
    const out = world.graph.slot()
    world.graph.each(code.parent, element => {
      if (!(element instanceof Thing)) return
      const { self } = code
      world.invoke(element, code.info, { self, list: args.list, any: args.any, out: self })
      if (element.code) world.graph.flow(self, element.code.self)
    })
    follow(world, {
      place: { by: code.info, chunk: this.chunk.name, at: node.start },
      callee: code.parent,
      self: code.self,
      args,
      out,
      isNew: true,
      method: null,
      path: this.parentPaths.get(code) ?? null,
      ownerPath: null,
    })
  }
  private readonly parentPaths = new Map<Code, string | null>()

  // ---------------------------------------------------------------- members, calls

  private member(node: AnyNode & { type: 'MemberExpression' }): Slot {
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

  private arguments(nodes: readonly AnyNode[]): Args {
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

  private call(node: AnyNode & { type: 'CallExpression' | 'NewExpression' }): Slot {
    const args = this.arguments(node.arguments)
    if (node.callee.type === 'Super') {
      const code = this.ownerCode()
      this.superCall(node, code, args)
      return code.self
    }
    return this.called(node, node.callee, args)
  }

  private called(node: AnyNode, calleeNode: AnyNode, args: Args): Slot {
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

  private assignment(node: AnyNode & { type: 'AssignmentExpression' }): Slot {
    const { world } = this
    const { graph } = world
    const right = this.expr(node.right)
    if (node.operator === '=') {
      this.assign(node.left, right, node)
      return right
    }
    const left = this.expr(node.left)
    const out = graph.slot()
    if (/^(\|\||&&|\?\?)=$/.test(node.operator)) {
      // What was there stays as it is.
      this.assign(node.left, right, node)
      graph.flow(left, out)
      graph.flow(right, out)
      return out
    }
    if (node.operator === '+=') {
      graph.add(out, 'prim')
      for (const side of [left, right])
        graph.each(side, element => {
          if (element !== 'prim') graph.add(out, 'text')
        })
    } else graph.add(out, 'prim')
    this.assign(node.left, out, node)
    return out
  }

  private assign(target: AnyNode, value: Slot, at: AnyNode): void {
    const { world } = this
    const { graph } = world
    switch (target.type) {
      case 'Identifier': {
        const binding = this.program.bindingOf.get(target)
        if (binding) graph.flow(value, this.slotOf(binding))
        else world.check(this.place(at), () => true)
        return
      }
      case 'MemberExpression': {
        const base =
          target.object.type === 'Super' ? this.ownerCode().self : this.expr(target.object)
        const name = nameOfMember(target)
        if (name === null) world.writeAny(base, this.expr(target.property), value, this.place(at))
        else if (this.paths.of(target) !== 'Error.stackTraceLimit')
          world.write(base, name, value, this.place(at))
        return
      }
      case 'ParenthesizedExpression':
        this.assign(target.expression, value, at)
        return
      case 'AssignmentPattern': {
        const either = graph.slot()
        graph.flow(value, either)
        graph.flow(this.expr(target.right), either)
        this.assign(target.left, either, at)
        return
      }
      case 'ArrayPattern': {
        const items = world.items(value, this.code.info)
        for (const one of target.elements) {
          if (one?.type === 'RestElement') {
            const rest = graph.thing('array')
            graph.flow(items, rest.star)
            this.assign(one.argument, graph.slot(rest), at)
          } else if (one) this.assign(one, items, at)
        }
        return
      }
      case 'ObjectPattern':
        for (const one of target.properties) {
          if (one.type === 'RestElement') {
            const rest = graph.thing('object')
            graph.flow(world.contents(value), rest.star)
            this.assign(one.argument, graph.slot(rest), at)
            continue
          }
          const name = one.computed ? keyOf(one.key as AnyNode) : nameOf(one.key as AnyNode)
          const found = graph.slot()
          if (name === null) world.readAny(value, this.expr(one.key as AnyNode), found)
          else world.read(value, name, found)
          this.assign(one.value, found, at)
        }
        return
      default:
        world.check(this.place(at), () => true)
    }
  }
}
