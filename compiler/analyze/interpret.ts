// One function's body, run over abstract values: every statement once, in order, all branches. What
// it finds goes into the machine's cells and the frame's events.

import type { AnyNode, Function as FunctionNode, Pattern, TemplateLiteral } from 'acorn'
import { constructKind, globalOf, helperOf, importOf, isRisky } from './builtins.ts'
import {
  allArguments,
  argument,
  type Args,
  type CallOptions,
  type Frame,
  type Machine,
  NO_ARGS,
} from './machine.ts'
import { type Binding, isFunctionNode, nameOf } from './program.ts'
import {
  BIG,
  BIGINT,
  BOOL,
  BOOLEAN,
  BOTTOM,
  Cell,
  doubtful,
  join,
  joinAll,
  memberName,
  NUL,
  NULL,
  NUM,
  NUMBER,
  of,
  type Site,
  STR,
  STRING,
  strongerTaint,
  SYMBOL,
  type Taint,
  tainted,
  text,
  type Token,
  UNDEF,
  UNDEFINED,
  Value,
} from './value.ts'

/** Whether somebody waits for the expression, alone or beside others. */
type Awaited = boolean | 'together'

type Class = Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }>

/** Runs the body of `frame` once. */
export function run(machine: Machine, frame: Frame): void {
  new Interpreter(machine, frame).body()
}

/** Literals with more parts than this are plain data: their members are not told apart. */
const DATA_SIZE = 24

class Interpreter {
  private readonly m: Machine
  private readonly f: Frame

  constructor(machine: Machine, frame: Frame) {
    this.m = machine
    this.f = frame
  }

  body(): void {
    const { node } = this.f.info
    if (node.type === 'Program') {
      this.statements(node.body)
      return
    }
    if (node.type === 'PropertyDefinition') {
      this.give(this.expr(node.value))
      return
    }
    if (node.type === 'StaticBlock') {
      this.statements(node.body)
      return
    }
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
      const rest = joinAll(this.f.params.map(cell => this.m.get(this.f, cell)))
      this.superCall(node, { list: [], rest: join(rest, this.m.get(this.f, this.f.restParam)) })
      this.fields(node)
      return
    }
    if (!isFunctionNode(node)) return
    if (this.f.token?.node && isClass(this.f.token.node)) this.fields(this.f.token.node)
    this.bindParams(node)
    if (node.type === 'FunctionExpression' && node.id) {
      const own = this.m.program.bindingOf.get(node.id)
      if (own && this.f.token) this.m.grow(this.m.cellOf(this.f, own)!, of(this.f.token))
    }
    if (node.body.type !== 'BlockStatement') {
      this.give(this.expr(node.body, this.f.info.isAsync))
      return
    }
    this.statements(node.body.body)
    if (!endsAlways(node.body)) this.give(UNDEF)
  }

  private give(value: Value): void {
    this.m.grow(this.f.result, tainted(value, this.f.under))
  }

  private bindParams(node: FunctionNode): void {
    const { m, f } = this
    for (const [index, param] of node.params.entries()) {
      const site = this.site(param)
      if (param.type === 'RestElement') {
        const rest = m.make(f, param, 'array')
        for (let i = index; i < f.params.length; i++) m.init(rest, '[]', m.get(f, f.params[i]!))
        m.init(rest, '[]', m.get(f, f.restParam))
        m.get(f, f.restParam)
        this.assign(param.argument, of(rest), site, true)
        continue
      }
      const cell = (f.params[index] ??= new Cell(f.context, `argument ${index + 1}`))
      this.assign(param, join(m.get(f, cell), m.get(f, f.restParam)), site, true)
    }
  }

  private site(node: AnyNode): Site {
    return { chunk: this.f.info.chunk, at: node.start }
  }

  // ---------------------------------------------------------------- statements

  private statements(body: readonly AnyNode[]): void {
    for (const node of body) {
      const inner =
        node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration'
          ? node.declaration
          : node
      if (inner?.type === 'FunctionDeclaration') this.declareFunction(inner)
    }
    for (const node of body) this.statement(node)
  }

  private declareFunction(node: AnyNode): void {
    const binding = this.m.program.bindingOf.get(node)
    if (binding) this.m.grow(this.m.cellOf(this.f, binding)!, of(this.closure(node)))
  }

  /** Runs `body` as depending on `test`; what can leave it early makes the rest depend on it too. */
  private under(
    test: Value,
    nodes: readonly (AnyNode | null | undefined)[],
    body: () => void,
  ): void {
    const taint = test.taint
    if (!taint) {
      body()
      return
    }
    const before = this.f.under
    this.f.under = strongerTaint(before, taint)
    this.f.branched = strongerTaint(this.f.branched, taint)
    body()
    if (!nodes.some(node => node && leavesEarly(node))) this.f.under = before
  }

  private statement(node: AnyNode): void {
    const { m, f } = this
    switch (node.type) {
      case 'ExpressionStatement':
        this.expr(node.expression)
        return
      case 'VariableDeclaration':
        for (const one of node.declarations) {
          const value = one.init ? this.expr(one.init) : node.kind === 'var' ? BOTTOM : UNDEF
          if (!one.init && node.kind === 'var') {
            if (one.id.type === 'Identifier') {
              const binding = m.program.bindingOf.get(one.id)
              if (binding) m.grow(m.cellOf(f, binding)!, UNDEF)
            }
            continue
          }
          this.nameFunction(one.init, one.id)
          this.assign(one.id, value, this.site(one), true)
        }
        return
      case 'ReturnStatement':
        this.give(node.argument ? this.expr(node.argument, f.info.isAsync) : UNDEF)
        return
      case 'IfStatement': {
        const test = this.expr(node.test)
        this.under(test, [node.consequent, node.alternate], () => {
          this.statement(node.consequent)
          if (node.alternate) this.statement(node.alternate)
        })
        return
      }
      case 'BlockStatement':
      case 'StaticBlock':
        this.statements(node.body)
        return
      case 'ForStatement': {
        if (node.init?.type === 'VariableDeclaration') this.statement(node.init)
        else if (node.init) this.expr(node.init)
        const test = node.test ? this.expr(node.test) : BOTTOM
        this.under(test, [node.body], () => {
          this.statement(node.body)
          if (node.update) this.expr(node.update)
        })
        return
      }
      case 'WhileStatement':
      case 'DoWhileStatement': {
        const test = this.expr(node.test)
        this.under(test, [node.body], () => this.statement(node.body))
        return
      }
      case 'ForOfStatement': {
        const list = this.expr(node.right, node.await)
        let value = m.iterate(f, list, this.site(node.right))
        if (node.await) value = m.resolved(f, value, this.site(node))
        this.under(new Value(0, [], [], value.taint ?? list.taint), [node.body], () => {
          this.bindLoop(node.left, value)
          this.statement(node.body)
        })
        return
      }
      case 'ForInStatement': {
        const list = this.expr(node.right)
        const keys = this.keysOf(list, node.right)
        this.under(list, [node.body], () => {
          this.bindLoop(node.left, keys)
          this.statement(node.body)
        })
        return
      }
      case 'ThrowStatement':
        m.grow(m.thrown(f.context), tainted(this.expr(node.argument), f.under))
        return
      case 'TryStatement': {
        const branchedBefore = f.branched
        f.branched = null
        f.tries++
        this.statement(node.block)
        f.tries--
        // Where a tainted branch inside may have failed, all that follows depends on it.
        if (f.branched) f.under = strongerTaint(f.under, f.branched)
        f.branched = strongerTaint(branchedBefore, f.branched)
        if (node.handler) {
          if (node.handler.param) {
            const error = m.make(f, node.handler, 'error')
            error.path = 'engine'
            const value = join(of(error), m.get(f, m.thrown(f.context)))
            this.assign(node.handler.param, value, this.site(node.handler), true)
          }
          this.statement(node.handler.body)
        }
        if (node.finalizer) this.statement(node.finalizer)
        return
      }
      case 'SwitchStatement': {
        const on = this.expr(node.discriminant)
        let test = on
        for (const one of node.cases) if (one.test) test = join(test, this.expr(one.test))
        this.under(test, node.cases, () => {
          this.statements(node.cases.flatMap(one => one.consequent))
        })
        return
      }
      case 'LabeledStatement':
        this.statement(node.body)
        return
      case 'ClassDeclaration': {
        const value = this.classValue(node)
        const binding = m.program.bindingOf.get(node)
        if (binding) this.writeBinding(binding, value, node)
        return
      }
      case 'ExportNamedDeclaration':
        if (node.declaration) this.statement(node.declaration)
        return
      case 'ExportDefaultDeclaration': {
        if (node.declaration.type === 'FunctionDeclaration') return
        if (node.declaration.type === 'ClassDeclaration') {
          this.statement(node.declaration)
          return
        }
        const binding = m.program.bindingOf.get(node)
        const value = this.expr(node.declaration as AnyNode)
        if (binding) this.writeBinding(binding, value, node)
        return
      }
    }
  }

  private bindLoop(left: AnyNode, value: Value): void {
    if (left.type === 'VariableDeclaration')
      this.assign(left.declarations[0]!.id, value, this.site(left), true)
    else this.assign(left, value, this.site(left), false)
  }

  private keysOf(value: Value, node: AnyNode): Value {
    const owners = value.tokens.filter(token => token.kind !== 'keys')
    if (owners.length === 0) return tainted(STR, value.taint)
    const keys = this.m.make(this.f, node, 'keys')
    const above = owners.flatMap(owner =>
      owner.proto ? this.m.get(this.f, owner.proto).tokens : [],
    )
    let taint = value.taint
    for (const owner of owners) {
      this.m.namesOf(this.f, owner, 'its members')
      if (owner.kind === 'builtin')
        taint = strongerTaint(
          taint,
          this.m.readToken(this.f, owner, '*', of(owner), this.site(node)).taint,
        )
    }
    let all = new Value(0, [], owners)
    for (const parent of above) all = join(all, of(parent))
    this.m.addParts(keys, [all])
    const isOpen = all.tokens.some(
      owner =>
        owner.kind === 'data' ||
        owner.kind === 'builtin' ||
        owner.props.get('*')?.value.isBottom === false,
    )
    return tainted(join(of(keys), value.doubt || isOpen ? STR : BOTTOM), taint)
  }

  // ---------------------------------------------------------------- writing

  private writeBinding(binding: Binding, value: Value, node: AnyNode): void {
    const cell = this.m.cellOf(this.f, binding)
    if (!cell) return
    this.m.writeCell(this.f, cell, value, this.site(node))
  }

  private assign(target: AnyNode, value: Value, site: Site, isDeclaration: boolean): void {
    const { m, f } = this
    switch (target.type) {
      case 'Identifier': {
        const binding = m.program.bindingOf.get(target)
        if (!binding) {
          m.write(f, of(m.builtin('globalThis')), target.name, value, site)
          return
        }
        const cell = m.cellOf(f, binding)
        if (!cell) return
        if (isDeclaration && cell.context === f.context && f.context.kind !== 'late')
          m.grow(cell, tainted(value, f.under))
        else m.writeCell(f, cell, value, site)
        return
      }
      case 'MemberExpression':
        this.writeMember(target, value)
        return
      case 'AssignmentPattern': {
        const mayMiss = (value.bits & UNDEFINED) !== 0 || value.doubt !== null || value.isBottom
        let out = mayMiss
          ? new Value(
              value.bits & ~UNDEFINED,
              value.strings,
              value.tokens,
              value.taint,
              value.doubt,
            )
          : value
        if (mayMiss) {
          this.under(value, [], () => {
            out = join(out, this.expr(target.right))
          })
        }
        this.assign(target.left, out, site, isDeclaration)
        return
      }
      case 'ObjectPattern': {
        const taken: string[] = []
        for (const one of target.properties) {
          if (one.type === 'RestElement') {
            const rest = m.make(f, one, 'object')
            this.copyMembers(rest, value, this.site(one), taken)
            this.assign(one.argument, of(rest), site, isDeclaration)
            continue
          }
          const at = this.site(one)
          if (one.computed) {
            this.assign(
              one.value,
              m.readAny(f, value, this.expr(one.key as AnyNode), at),
              at,
              isDeclaration,
            )
            continue
          }
          taken.push(keyOf(one.key as AnyNode))
          this.assign(one.value, m.read(f, value, keyOf(one.key as AnyNode), at), at, isDeclaration)
        }
        return
      }
      case 'ArrayPattern': {
        const each = m.iterate(f, value, site)
        for (const [index, one] of target.elements.entries()) {
          if (!one) continue
          if (one.type === 'RestElement') {
            const rest = m.make(f, one, 'array')
            m.init(rest, '[]', each)
            this.assign(one.argument, of(rest), site, isDeclaration)
          } else {
            const exact = this.exactElement(value, index)
            this.assign(one, exact ?? join(each, UNDEF), site, isDeclaration)
          }
        }
        return
      }
    }
  }

  /** The element of arrays whose elements are known one by one. */
  private exactElement(value: Value, index: number): Value | null {
    const { m, f } = this
    if (value.bits !== 0 || value.doubt || value.tokens.length === 0) return null
    for (const token of value.tokens)
      if (token.kind !== 'array' || !token.props.has(String(index))) return null
    let out = BOTTOM
    for (const token of value.tokens)
      out = join(out, m.readToken(f, token, String(index), of(token), this.site(f.info.node)))
    return tainted(out, value.taint)
  }

  private writeMember(node: AnyNode & { type: 'MemberExpression' }, value: Value): void {
    const { m, f } = this
    const site = this.site(node)
    const base = node.object.type === 'Super' ? this.self() : this.expr(node.object)
    if (node.computed) m.writeAny(f, base, this.expr(node.property as AnyNode), value, site)
    else m.write(f, base, keyOf(node.property), value, site)
  }

  /** `{ ...value }`, and what is like it. */
  copyMembers(target: Token, value: Value, site: Site, without: readonly string[] = []): void {
    const { m, f } = this
    if (value.doubt) m.init(target, '*', new Value(0, [], [], value.taint, value.doubt))
    if (value.doubt && f.context.kind === 'call') m.effect(f, value.doubt.message, site)
    if (value.mayBeString) m.init(target, '[]', STR)
    for (const token of value.tokens) {
      if (token.kind === 'data') m.init(target, '*', join(of(token), DATA_MEMBER))
      for (const name of m.namesOf(f, token, 'its members')) {
        if (without.includes(name)) continue
        m.init(
          target,
          name,
          tainted(
            m.readToken(f, token, name, of(token), site),
            strongerTaint(value.taint, f.under),
          ),
        )
      }
    }
    if (value.taint || f.under)
      m.init(target, '*', new Value(0, [], [], strongerTaint(value.taint, f.under)))
  }

  // ---------------------------------------------------------------- functions and classes

  private nameFunction(init: AnyNode | null | undefined, target: Pattern): void {
    if (init && target.type === 'Identifier') {
      const info = this.m.program.infoOf.get(init)
      if (info && !info.name) info.name = target.name
    }
  }

  private closure(node: AnyNode, home?: Token): Token {
    const { m, f } = this
    const token = m.make(f, node, 'function')
    token.info ??= m.program.infoOf.get(node)!
    token.env ??= f
    if (home) token.home ??= home
    return token
  }

  private classValue(node: Class): Value {
    const { m, f } = this
    const parent = node.superClass ? this.expr(node.superClass as AnyNode) : null
    const token = m.make(f, node, 'function', 'class')
    const maker = node.body.body.find(
      one => one.type === 'MethodDefinition' && one.kind === 'constructor',
    )
    if (!token.info) {
      if (maker?.type === 'MethodDefinition') token.info = m.program.infoOf.get(maker.value)!
      else {
        let info = m.program.infoOf.get(node)
        if (!info) {
          info = {
            ...f.info,
            id: -node.start - 1,
            node,
            parent: f.info,
            name: node.id?.name ?? '',
            isArrow: false,
            isAsync: false,
            isGenerator: false,
            usesArguments: false,
          }
          m.program.infoOf.set(node, info)
        }
        token.info = info
      }
      token.env = f
      token.node = node
    }
    const proto = m.make(f, node, 'object', 'prototype')
    m.init(token, 'prototype', of(proto))
    m.init(proto, 'constructor', of(token))
    token.home = proto
    if (parent) {
      m.addParts(token, [parent])
      m.setProto(token, parent)
      m.setProto(proto, m.read(f, parent, 'prototype', this.site(node)))
    }
    const inner = m.program.bindingOf.get(node.body)
    if (inner) m.grow(m.cellOf(f, inner)!, of(token))
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') {
        this.initializer(member, of(token), token)
        continue
      }
      if (member === maker) continue
      const owner = member.static ? token : proto
      const keys = member.computed
        ? this.computedKeys(this.expr(member.key as AnyNode), member.key as AnyNode)
        : [keyOf(member.key as AnyNode)]
      if (member.type === 'MethodDefinition') {
        const method = of(this.closure(member.value, owner))
        for (const key of keys) this.defineMember(owner, key, method, member.kind)
      } else if (member.static) {
        const value = member.value ? this.initializer(member, of(token), token) : UNDEF
        for (const key of keys) m.init(token, key, tainted(value, f.under))
      }
    }
    return of(token)
  }

  /** Constant names a computed key may have; `*` where it is not known. */
  private keyNames(key: Value): string[] {
    const names = key.strings.map(memberName)
    for (const token of key.tokens)
      if (token.kind === 'builtin' && token.path!.startsWith('Symbol.'))
        names.push(`@@${token.path!.slice(7)}`)
      else names.push('*', '@*')
    if (key.bits & NUMBER) names.push('[]')
    if (key.bits & ~NUMBER & ~SYMBOL || key.doubt) names.push('*')
    if (key.bits & SYMBOL || key.doubt) names.push('@*')
    return names
  }

  private defineMember(owner: Token, key: string, value: Value, kind: string): void {
    if (kind === 'get') this.m.initAccessor(owner, 'getters', key, value)
    else if (kind === 'set') this.m.initAccessor(owner, 'setters', key, value)
    else this.m.init(owner, key, value, this.f.under)
  }

  /** A field's initializer or a static block, run as a method. */
  private initializer(node: AnyNode, self: Value, home: Token): Value {
    const token = this.closure(node, home)
    return this.m.call(this.f, of(token), self, NO_ARGS, this.site(node))
  }

  /** The fields of an instance that is being made. */
  private fields(node: Class): void {
    const { m, f } = this
    const self = m.get(f, f.self)
    const home = f.token!
    for (const member of node.body.body) {
      if (member.type !== 'PropertyDefinition' || member.static) continue
      const keys = member.computed ? ['*'] : [keyOf(member.key as AnyNode)]
      let value = UNDEF
      if (member.value) {
        // The field closes over what the class does.
        const token = m.make(f, member, 'function')
        token.info ??= m.program.infoOf.get(member)!
        token.env ??= f.token!.env!
        token.home ??= home.home!
        value = m.call(f, of(token), self, NO_ARGS, this.site(member))
      }
      for (const one of self.tokens) {
        for (const key of keys) {
          if (m.outlives(f, one) && one.context !== f.context)
            m.noteWrite(f, one, key, this.site(member))
          m.init(one, key, value, f.under)
        }
      }
    }
  }

  private superCall(node: Class | null, args: Args): void {
    const { m, f } = this
    const owner = this.ownFrame()
    const token = owner.token
    const parent = token && m.partsOf(f, token)[0]
    if (!parent || !token) return
    const site = this.site(node ?? f.info.node)
    const self = m.get(f, owner.self)
    for (const one of parent.tokens) {
      if (one.kind === 'builtin') {
        const taint = m.convert(f, allArguments(args), 'deep', site)
        for (const made of self.tokens) {
          if (made.kind === 'error') m.init(made, 'message', tainted(STR, taint))
          else {
            const items = m.iterate(f, join(argument(args, 0), args.rest), site)
            const isMap = made.kind === 'map' || made.kind === 'weak'
            if (isMap) {
              m.init(made, '[k]', tainted(m.read(f, items, '0', site), taint))
              m.init(made, '[]', tainted(m.read(f, items, '1', site), taint))
            }
            m.init(made, '[]', tainted(items, taint))
            m.init(made, '[k]', tainted(items, taint))
          }
          if (made.kind === 'error' && args.list[1]) m.init(made, '*', args.list[1])
        }
        continue
      }
      const newTarget = m.get(f, owner.newTarget)
      const result = m.call(f, of(one), self, args, site, { construct: true, newTarget })
      const objects = result.tokens.filter(made => made.kind !== 'keys')
      if (objects.length > 0) m.grow(owner.self, new Value(0, [], objects))
    }
    if (parent.doubt)
      for (const made of self.tokens) m.init(made, '*', new Value(0, [], [], null, parent.doubt))
  }

  /** The frame whose `this` and `arguments` the code sees. */
  private ownFrame(): Frame {
    let frame: Frame = this.f
    while (frame.info.isArrow && frame.parent) frame = frame.parent
    return frame
  }

  private self(): Value {
    const frame = this.ownFrame()
    return frame.info.node.type === 'Program' ? UNDEF : this.m.get(this.f, frame.self)
  }

  // ---------------------------------------------------------------- expressions

  private expr(node: AnyNode | null | undefined, awaited: Awaited = false): Value {
    if (!node) return UNDEF
    const { m, f } = this
    switch (node.type) {
      case 'Literal':
        if ('regex' in node && node.regex) {
          const made = m.make(f, node, 'regexp')
          made.path = node.regex.flags
          made.node = node
          return of(made)
        }
        if (typeof node.value === 'string') return text(node.value)
        if (typeof node.value === 'number') return NUM
        if (typeof node.value === 'boolean') return BOOL
        return node.value === null ? NUL : BIG
      case 'Identifier':
        return this.identifier(node.name, node)
      case 'ThisExpression':
        return this.self()
      case 'TemplateLiteral':
        return this.template(node)
      case 'TaggedTemplateExpression': {
        const [callee, self] = this.callee(node.tag as AnyNode)
        const strings = m.make(f, node.quasi, 'array')
        m.init(strings, '[]', STR)
        m.init(strings, 'raw', of(strings))
        const list = [of(strings), ...node.quasi.expressions.map(one => this.expr(one))]
        return m.call(f, callee, self, { list, rest: BOTTOM }, this.site(node))
      }
      case 'ArrayExpression':
        return this.array(node, awaited)
      case 'ObjectExpression':
        return this.object(node)
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return of(this.closure(node))
      case 'ClassExpression':
        return this.classValue(node)
      case 'UnaryExpression':
        return this.unary(node)
      case 'UpdateExpression': {
        const before = this.expr(node.argument as AnyNode)
        const taint = m.convert(f, before, 'number', this.site(node))
        const after = tainted(
          before.bits & BIGINT || before.doubt ? new Value(NUMBER | BIGINT) : NUM,
          taint,
        )
        this.assign(node.argument as AnyNode, after, this.site(node), false)
        return after
      }
      case 'BinaryExpression':
        return this.binary(node)
      case 'LogicalExpression': {
        const left = this.expr(node.left, awaited)
        let out = left
        if (
          node.operator === '??' &&
          !left.doubt &&
          !(left.bits & (UNDEFINED | NULL)) &&
          !left.isBottom
        )
          return left
        if (node.operator === '??') out = without(left, UNDEFINED | NULL)
        else if (node.operator === '||') out = without(left, UNDEFINED | NULL)
        this.under(left, [], () => {
          out = join(out, this.expr(node.right, awaited))
        })
        return tainted(out, left.taint)
      }
      case 'ConditionalExpression': {
        const test = this.expr(node.test)
        let out = BOTTOM
        this.under(test, [], () => {
          out = join(this.expr(node.consequent, awaited), this.expr(node.alternate, awaited))
        })
        return tainted(out, test.taint)
      }
      case 'AssignmentExpression':
        return this.assignment(node)
      case 'SequenceExpression': {
        let out = UNDEF
        for (const one of node.expressions) out = this.expr(one)
        return out
      }
      case 'MemberExpression':
        return this.member(node)[0]
      case 'ChainExpression':
        return join(this.expr(node.expression, awaited), UNDEF)
      case 'CallExpression':
        return this.callExpression(node, awaited)
      case 'NewExpression':
        return this.construct(node)
      case 'AwaitExpression':
        return m.resolved(f, this.expr(node.argument, true), this.site(node))
      case 'YieldExpression': {
        const value = node.argument ? this.expr(node.argument) : UNDEF
        if (node.delegate) {
          const inner = m.iterate(f, value, this.site(node))
          m.grow(f.yields, tainted(inner, f.under))
          for (const token of value.tokens)
            if (token.env) {
              m.grow(token.env.sent, m.get(f, f.sent))
              m.grow(token.env.failed, m.get(f, f.failed))
            }
          // The last step of an iterator that is no generator has its value at the same place.
          return join(join(m.returned(f, value), inner), UNDEF)
        }
        const given = f.info.isAsync ? m.resolved(f, value, this.site(node)) : value
        m.grow(f.yields, tainted(given, f.under))
        m.grow(m.thrown(f.context), m.get(f, f.failed))
        return join(m.get(f, f.sent), UNDEF)
      }
      case 'MetaProperty':
        if (node.meta.name === 'new') return join(m.get(f, this.ownFrame().newTarget), UNDEF)
        return of(m.builtin('import.meta'))
      case 'ImportExpression':
        return this.importExpression(node)
      case 'ParenthesizedExpression':
        return this.expr(node.expression, awaited)
      default:
        return doubtful(`uses ${node.type}, which the compiler does not follow`, this.site(node))
    }
  }

  private identifier(name: string, node: AnyNode): Value {
    const { m, f } = this
    const binding = m.program.bindingOf.get(node)
    if (binding) return this.binding(binding, node)
    if (name === 'arguments') {
      const owner = this.ownFrame()
      if (owner.info.node.type !== 'Program') {
        const made = m.make(owner, owner.info.node, 'array', 'arguments')
        for (const [index, cell] of owner.params.entries()) {
          const value = m.get(f, cell)
          m.init(made, String(index), value)
          m.init(made, '[]', value)
        }
        m.init(made, '[]', m.get(f, owner.restParam))
        return of(made)
      }
    }
    return globalOf(m, f, name, this.site(node))
  }

  private binding(binding: Binding, node: AnyNode): Value {
    const { m, f } = this
    if (binding.kind === 'import') {
      const chunk = m.program.chunks.get(binding.owner.chunk)!
      const source = chunk.importsOf.get(binding)
      if (!source) return BOTTOM
      return importOf(m, f, source.from, source.name, this.site(node))
    }
    const cell = m.cellOf(f, binding)
    return cell ? m.readCell(f, cell, this.site(node)) : BOTTOM
  }

  private template(node: TemplateLiteral): Value {
    const { m, f } = this
    let known: string[] | null = ['']
    let taint: Taint | null = null
    for (const [index, quasi] of node.quasis.entries()) {
      if (known) known = known.map(one => one + (quasi.value.cooked ?? ''))
      const hole = node.expressions[index]
      if (!hole) continue
      const value = this.expr(hole)
      taint = strongerTaint(taint, m.convert(f, value, 'string', this.site(hole)))
      known = combine(known, value)
    }
    return tainted(known ? joinAll(known.map(text)) : STR, taint)
  }

  private array(node: AnyNode & { type: 'ArrayExpression' }, awaited: Awaited): Value {
    const { m, f } = this
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
        const items = m.iterate(f, this.expr(one.argument), this.site(one))
        m.init(made, '[]', items, f.under)
        continue
      }
      const value = this.expr(one, awaited)
      m.init(made, exact ? String(index) : '[]', value, f.under)
      if (exact) m.init(made, '[]', value, f.under)
    }
    return of(made)
  }

  private object(node: AnyNode & { type: 'ObjectExpression' }): Value {
    const { m, f } = this
    if (isData(node) && sizeOf(node) > DATA_SIZE) return of(m.make(f, node, 'data'))
    const made = m.make(f, node, 'object')
    for (const one of node.properties) {
      if (one.type === 'SpreadElement') {
        this.copyMembers(made, this.expr(one.argument), this.site(one))
        continue
      }
      const keys = one.computed
        ? this.computedKeys(this.expr(one.key as AnyNode), one)
        : [keyOf(one.key as AnyNode)]
      const isMethod = one.method || one.kind !== 'init'
      const info = m.program.infoOf.get(one.value)
      if (info && !info.name && keys.length === 1) info.name = keys[0]!
      const value = isMethod ? of(this.closure(one.value, made)) : this.expr(one.value)
      for (const key of keys) {
        if (key === '__proto__' && !one.computed && !one.shorthand && !one.method)
          m.setProto(made, value)
        else this.defineMember(made, key, value, one.kind)
      }
    }
    return of(made)
  }

  private computedKeys(key: Value, node: AnyNode, site = this.site(node)): string[] {
    const objects = key.tokens.filter(token => token.kind !== 'builtin' && token.kind !== 'keys')
    if (objects.length > 0)
      this.m.convert(this.f, new Value(0, [], objects, key.taint), 'string', site)
    return this.keyNames(key)
  }

  private unary(node: AnyNode & { type: 'UnaryExpression' }): Value {
    const { m, f } = this
    const site = this.site(node)
    const { argument } = node
    if (node.operator === 'typeof') {
      if (argument.type === 'Identifier' && !m.program.bindingOf.has(argument)) {
        const value = globalOf(m, f, argument.name, site, true)
        return tainted(STR, value.taint)
      }
      return tainted(STR, this.expr(argument).taint)
    }
    if (node.operator === 'delete') {
      const target = argument.type === 'ChainExpression' ? argument.expression : argument
      if (target.type === 'MemberExpression')
        this.writeMember(target as AnyNode & { type: 'MemberExpression' }, UNDEF)
      return BOOL
    }
    const value = this.expr(argument)
    if (node.operator === 'void') return UNDEF
    if (node.operator === '!') return tainted(BOOL, value.taint)
    const taint = m.convert(f, value, 'number', site)
    return tainted(value.bits & BIGINT || value.doubt ? new Value(NUMBER | BIGINT) : NUM, taint)
  }

  private binary(node: AnyNode & { type: 'BinaryExpression' }): Value {
    const { m, f } = this
    const site = this.site(node)
    const right = this.expr(node.right)
    if (node.left.type === 'PrivateIdentifier') return tainted(BOOL, right.taint)
    const left = this.expr(node.left)
    return this.operate(node.operator, left, right, site, m, f)
  }

  private operate(
    operator: string,
    left: Value,
    right: Value,
    site: Site,
    m: Machine,
    f: Frame,
  ): Value {
    const both = strongerTaint(left.taint, right.taint)
    switch (operator) {
      case '===':
      case '!==':
        return tainted(BOOL, both)
      case 'in': {
        let taint = both
        this.computedKeys(left, this.f.info.node, site)
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

  private assignment(node: AnyNode & { type: 'AssignmentExpression' }): Value {
    const { m, f } = this
    const site = this.site(node)
    const left = node.left as AnyNode
    if (node.operator === '=') {
      const value = this.expr(node.right)
      if (left.type === 'Identifier') this.nameFunction(node.right, left)
      this.assign(left, value, site, false)
      return value
    }
    const before = this.expr(left)
    const operator = node.operator.slice(0, -1)
    if (operator === '&&' || operator === '||' || operator === '??') {
      let value = BOTTOM
      this.under(before, [], () => {
        value = this.expr(node.right)
        this.assign(left, value, site, false)
      })
      return join(before, value)
    }
    const value = this.operate(operator, before, this.expr(node.right), site, m, f)
    this.assign(left, value, site, false)
    return value
  }

  /** A member's value and the object it was read from. */
  private member(node: AnyNode & { type: 'MemberExpression' }): [Value, Value] {
    const { m, f } = this
    const site = this.site(node)
    if (node.object.type === 'Super') {
      const self = this.self()
      const home = this.ownFrame().token?.home
      let out = BOTTOM
      if (home?.proto)
        for (const parent of m.get(f, home.proto).tokens) {
          if (node.computed)
            out = join(out, m.readAny(f, of(parent), this.expr(node.property as AnyNode), site))
          else out = join(out, m.readToken(f, parent, keyOf(node.property), self, site))
        }
      return [out, self]
    }
    const base = this.expr(node.object)
    let value = BOTTOM
    this.under(base, [], () => {
      value = node.computed
        ? m.readAny(f, base, this.expr(node.property as AnyNode), this.site(node.property))
        : m.read(f, base, keyOf(node.property), site)
    })
    return [value, base]
  }

  private callee(node: AnyNode): [Value, Value] {
    if (node.type === 'MemberExpression') return this.member(node)
    if (node.type === 'ChainExpression') return this.callee(node.expression)
    if (node.type === 'ParenthesizedExpression') return this.callee(node.expression)
    return [this.expr(node), UNDEF]
  }

  private args(nodes: readonly AnyNode[], awaited: Awaited = false): Args {
    const list: Value[] = []
    let rest = BOTTOM
    let open = false
    for (const one of nodes) {
      if (one.type === 'SpreadElement') {
        open = true
        const spread = this.expr(one.argument)
        rest = join(rest, this.m.iterate(this.f, spread, this.site(one)))
      } else {
        const value = this.expr(one, awaited)
        if (open) rest = join(rest, value)
        else list.push(value)
      }
    }
    return { list, rest }
  }

  private callExpression(node: AnyNode & { type: 'CallExpression' }, awaited: Awaited): Value {
    const { m, f } = this
    const site = this.site(node)
    if (node.callee.type === 'Super') {
      this.superCall(null, this.args(node.arguments))
      return this.self()
    }
    const helper = helperOf(node.callee, m.program)
    if (helper) {
      const done = this.helper(helper, node)
      if (done) return done
    }
    if (
      node.callee.type === 'Identifier' &&
      node.callee.name === 'eval' &&
      !m.program.bindingOf.has(node.callee)
    ) {
      this.args(node.arguments)
      m.tampering.push({ message: 'runs text as code: eval()', site, context: f.context })
      m.effect(f, 'runs text as code: eval()', site)
      return tainted(doubtful('runs text as code: eval()', site), {
        kind: 'ambient',
        message: 'comes from eval()',
        site,
      })
    }
    const [callee, base] = this.callee(node.callee as AnyNode)
    const self = withMember(base, node.callee)
    const isAll = awaited && isPromiseAll(node.callee) ? 'together' : false
    let out = BOTTOM
    this.under(callee, [], () => {
      const args = this.args(node.arguments, isAll)
      const options: CallOptions = awaited
        ? { awaited: true, isTogether: awaited === 'together' }
        : {}
      out = m.call(f, callee, self, args, site, options)
    })
    return out
  }

  /** esbuild's own helpers, which join modules of the older kind. */
  private helper(name: string, node: AnyNode & { type: 'CallExpression' }): Value | null {
    const { m, f } = this
    const site = this.site(node)
    const [first, second] = node.arguments
    switch (name) {
      case '__export': {
        // __export(target, { name: () => value })
        if (second?.type !== 'ObjectExpression') return null
        const target = this.expr(first)
        for (const one of second.properties) {
          if (one.type !== 'Property' || one.computed) return null
          const getter = of(this.closure(one.value))
          for (const token of target.tokens)
            m.initAccessor(token, 'getters', keyOf(one.key as AnyNode), getter)
        }
        return UNDEF
      }
      case '__commonJS': {
        // A function that runs the module once, and returns what it exports.
        if (first?.type !== 'ObjectExpression') return null
        const property = first.properties[0]
        if (property?.type !== 'Property') return null
        const loader = m.make(f, node, 'middleware')
        loader.path = 'commonjs'
        loader.parts = [of(this.closure(property.value))]
        return of(loader)
      }
      case '__toESM': {
        const module = this.expr(first)
        const made = m.make(f, node, 'object')
        this.copyMembers(made, module, site)
        m.setProto(made, module)
        m.init(made, 'default', join(module, m.read(f, module, 'default', site)))
        return of(made)
      }
      case '__name':
        return this.expr(first)
    }
    return null
  }

  private construct(node: AnyNode & { type: 'NewExpression' }): Value {
    const callee = this.expr(node.callee as AnyNode)
    let out = BOTTOM
    this.under(callee, [], () => {
      out = construct(this.m, this.f, callee, this.args(node.arguments), this.site(node), node)
    })
    return tainted(out, callee.taint)
  }

  private importExpression(node: AnyNode & { type: 'ImportExpression' }): Value {
    const { m, f } = this
    const site = this.site(node)
    const source = this.expr(node.source)
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
}

/** `new callee(...args)`. */
export function construct(
  m: Machine,
  f: Frame,
  callee: Value,
  args: Args,
  site: Site,
  key: AnyNode | string,
): Value {
  let out = BOTTOM
  for (const token of callee.tokens) {
    if (token.kind === 'function') {
      const kind = constructKind(m, f, token)
      const made = m.make(f, key, kind ?? 'object', `new${token.id}`)
      if (!kind)
        m.init(made, '*', doubtful('extends a class that the compiler does not follow', site))
      m.setProto(made, m.read(f, of(token), 'prototype', site))
      if (kind === 'error') m.init(made, 'message', STR)
      const result = m.call(f, of(token), of(made), args, site, { construct: true })
      out = join(out, of(made))
      const objects = result.tokens.filter(one => one.kind !== 'keys')
      if (objects.length > 0 || result.doubt)
        out = join(out, new Value(0, [], objects, result.taint, result.doubt))
    } else if (token.kind === 'bound') {
      // Of what was bound again and again only the last target can be made.
      const chain = new Set([token])
      let given = allArguments(args)
      for (const one of chain) {
        const [target, , ...bound] = m.partsOf(f, one)
        given = join(given, joinAll(bound))
        for (const inner of target!.tokens) if (inner.kind === 'bound') chain.add(inner)
      }
      for (const one of chain) {
        const { tokens, doubt } = m.partsOf(f, one)[0]!
        const made = tokens.filter(inner => inner.kind !== 'bound')
        const target = new Value(0, [], made, null, doubt)
        out = join(out, construct(m, f, target, { list: [], rest: given }, site, key))
      }
    } else out = join(out, m.call(f, of(token), UNDEF, args, site, { construct: true }))
  }
  if (callee.doubt)
    out = join(
      out,
      m.call(f, new Value(0, [], [], callee.taint, callee.doubt), UNDEF, args, site, {
        construct: true,
      }),
    )
  return out
}

/** Of the values before a dot those that may have such a method at all. */
function withMember(base: Value, callee: AnyNode): Value {
  if (callee.type !== 'MemberExpression' || callee.computed) return base
  const key = keyOf(callee.property)
  if (!base.tokens.some(token => token.kind === 'inherited' && !isRisky(token, key))) return base
  const tokens = base.tokens.filter(token => token.kind !== 'inherited' || isRisky(token, key))
  return new Value(base.bits, base.strings, tokens, base.taint, base.doubt)
}

// ---------------------------------------------------------------- syntax

const DATA_MEMBER = new Value(UNDEFINED | NULL | BOOLEAN | NUMBER | STRING)

function isClass(node: AnyNode): node is Class {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

/** The member name that a key written out stands for. */
function keyOf(node: AnyNode): string {
  if (node.type === 'PrivateIdentifier') return `#${node.name}`
  return memberName(nameOf(node))
}

function without(value: Value, bits: number): Value {
  return new Value(value.bits & ~bits, value.strings, value.tokens, value.taint, value.doubt)
}

/** All strings that a prefix and a value may make together, null where they are not known. */
function combine(known: string[] | null, value: Value): string[] | null {
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

const early = new WeakMap<AnyNode, boolean>()

/** Whether control can leave the node other than at its end. */
function leavesEarly(node: AnyNode): boolean {
  const known = early.get(node)
  if (known !== undefined) return known
  let found =
    node.type === 'ReturnStatement' ||
    node.type === 'ThrowStatement' ||
    node.type === 'BreakStatement' ||
    node.type === 'ContinueStatement' ||
    node.type === 'YieldExpression'
  if (!found && !isFunctionNode(node) && !isClass(node)) found = children(node).some(leavesEarly)
  early.set(node, found)
  return found
}

function children(node: AnyNode): AnyNode[] {
  const out: AnyNode[] = []
  for (const value of Object.values(node) as unknown[]) {
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === 'object' && one !== null && typeof (one as AnyNode).type === 'string')
        out.push(one as AnyNode)
  }
  return out
}

function endsAlways(node: AnyNode): boolean {
  if (node.type === 'ReturnStatement' || node.type === 'ThrowStatement') return true
  if (node.type === 'BlockStatement') return node.body.length > 0 && endsAlways(node.body.at(-1)!)
  if (node.type === 'IfStatement')
    return !!node.alternate && endsAlways(node.consequent) && endsAlways(node.alternate)
  return false
}

/** Literals all the way down. */
function isData(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return !('regex' in node && node.regex)
    case 'TemplateLiteral':
      return node.expressions.length === 0
    case 'UnaryExpression':
      return (
        node.operator !== 'delete' && node.operator !== 'typeof' && node.argument.type === 'Literal'
      )
    case 'ArrayExpression':
      return node.elements.every(one => one !== null && isData(one))
    case 'ObjectExpression':
      return node.properties.every(
        one =>
          one.type === 'Property' &&
          !one.computed &&
          !one.method &&
          one.kind === 'init' &&
          nameOf(one.key as AnyNode) !== '__proto__' &&
          isData(one.value),
      )
    default:
      return false
  }
}

const sizes = new WeakMap<AnyNode, number>()

function sizeOf(node: AnyNode): number {
  let size = sizes.get(node)
  if (size === undefined) {
    size = 1
    if (node.type === 'ArrayExpression')
      for (const one of node.elements) size += one ? sizeOf(one) : 1
    if (node.type === 'ObjectExpression')
      for (const one of node.properties) if (one.type === 'Property') size += sizeOf(one.value)
    sizes.set(node, size)
  }
  return size
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
