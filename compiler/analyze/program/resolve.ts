// One chunk's names: walks its tree with the scopes that are open, and gives every identifier its binding.

import { type AnyNode, type Identifier, parse } from 'acorn'
import type { Binding, FunctionInfo, ParsedChunk, ParsedProgram } from '../program.ts'
import { moduleItem } from './exports.ts'
import { identifiersOf, isFunctionNode, nameOf, varsOf } from './syntax.ts'

type Scope = {
  names: Map<string, Binding>
  owner: FunctionInfo
  isFunction: boolean
  up: Scope | null
}

let functions = 0

export class Resolver {
  private readonly program: ParsedProgram
  private readonly chunk: ParsedChunk
  private scope: Scope
  private info: FunctionInfo

  constructor(program: ParsedProgram, name: string, code: string) {
    this.program = program
    const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
    this.info = {
      id: functions++,
      chunk: name,
      node: tree,
      parent: null,
      name: '',
      isArrow: false,
      isAsync: true,
      isGenerator: false,
      usesArguments: false,
    }
    this.scope = { names: new Map(), owner: this.info, isFunction: true, up: null }
    this.chunk = {
      name,
      code,
      tree,
      top: this.info,
      imports: [],
      loads: [],
      exports: new Map(),
      starExports: [],
      bindings: this.scope.names,
      importsOf: new Map(),
    }
  }

  run(): ParsedChunk {
    const { tree } = this.chunk
    this.program.infoOf.set(tree, this.info)
    this.hoist(tree.body, true)
    for (const node of tree.body) this.visit(node)
    for (const node of tree.body) moduleItem(this.chunk, node)
    return this.chunk
  }

  private declare(name: string, kind: Binding['kind'], at: number, scope = this.scope): Binding {
    const found = scope.names.get(name)
    if (found) return found
    const binding: Binding = { name, owner: scope.owner, kind, writes: 0, at }
    scope.names.set(name, binding)
    return binding
  }

  /** Declares what a block's statements declare; `isFunction` also the `var` below them. */
  private hoist(body: readonly AnyNode[], isFunction: boolean): void {
    for (const node of body) {
      const inner =
        node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration'
          ? node.declaration
          : node
      if (node.type === 'ImportDeclaration') {
        for (const one of node.specifiers) {
          const binding = this.declare(one.local.name, 'import', one.start)
          const name =
            one.type === 'ImportDefaultSpecifier'
              ? 'default'
              : one.type === 'ImportNamespaceSpecifier'
                ? '*'
                : nameOf(one.imported)
          this.chunk.importsOf.set(binding, { from: String(node.source.value), name })
          this.program.bindingOf.set(one.local, binding)
        }
      }
      if (!inner) continue
      if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration') {
        const binding = this.declare(inner.id ? inner.id.name : '*default*', 'var', inner.start)
        if (inner.id) this.program.bindingOf.set(inner.id, binding)
        this.program.bindingOf.set(inner, binding)
      } else if (inner.type === 'VariableDeclaration' && inner.kind !== 'var') {
        for (const one of inner.declarations)
          for (const id of identifiersOf(one.id)) this.declare(id.name, 'var', id.start)
      } else if (node.type === 'ExportDefaultDeclaration') {
        const binding = this.declare('*default*', 'var', inner.start)
        this.program.bindingOf.set(node, binding)
      }
    }
    if (!isFunction) return
    let scope = this.scope
    while (!scope.isFunction) scope = scope.up!
    for (const id of body.flatMap(varsOf)) this.declare(id.name, 'var', id.start, scope)
  }

  private within(scope: Partial<Scope>, body: () => void): void {
    const before = this.scope
    this.scope = { names: new Map(), owner: before.owner, isFunction: false, up: before, ...scope }
    body()
    this.scope = before
  }

  private resolve(node: Identifier): Binding | null {
    for (let scope: Scope | null = this.scope; scope; scope = scope.up) {
      const binding = scope.names.get(node.name)
      if (binding) {
        this.program.bindingOf.set(node, binding)
        return binding
      }
    }
    return null
  }

  private function(node: AnyNode, name: string): void {
    if (!isFunctionNode(node)) return
    const before = this.info
    const info: FunctionInfo = {
      id: functions++,
      chunk: this.chunk.name,
      node,
      parent: before,
      name,
      isArrow: node.type === 'ArrowFunctionExpression',
      isAsync: node.async,
      isGenerator: node.generator,
      usesArguments: false,
    }
    this.program.infoOf.set(node, info)
    const ownName = node.type === 'FunctionExpression' && node.id ? node.id : null
    this.within({}, () => {
      this.info = info
      this.within({ owner: info, isFunction: true }, () => {
        if (ownName)
          this.program.bindingOf.set(ownName, this.declare(ownName.name, 'name', ownName.start))
        for (const param of node.params)
          for (const id of identifiersOf(param)) this.declare(id.name, 'param', id.start)
        for (const param of node.params) this.visit(param)
        if (node.body.type === 'BlockStatement') {
          const { body } = node.body
          this.hoist(body, true)
          for (const one of body) this.visit(one)
        } else this.visit(node.body)
      })
      this.info = before
    })
  }

  private classBody(node: AnyNode): void {
    if (node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') return
    this.within({}, () => {
      if (node.id) {
        const inner = this.declare(node.id.name, 'name', node.id.start)
        this.program.bindingOf.set(node.body, inner)
      }
      this.visit(node.superClass)
      for (const member of node.body.body) {
        if (member.type === 'StaticBlock') {
          this.initializer(member, () => {
            this.hoist(member.body, true)
            for (const one of member.body) this.visit(one)
          })
          continue
        }
        if (member.computed) this.visit(member.key)
        if (member.type === 'MethodDefinition') this.visit(member.value)
        else if (member.value) this.initializer(member, () => this.visit(member.value))
      }
    })
  }

  /** A field's initializer runs as a method of its own. */
  private initializer(node: AnyNode, body: () => void): void {
    const before = this.info
    this.info = {
      id: functions++,
      chunk: this.chunk.name,
      node,
      parent: before,
      name: 'initializer',
      isArrow: false,
      isAsync: false,
      isGenerator: false,
      usesArguments: false,
    }
    this.program.infoOf.set(node, this.info)
    this.within({ owner: this.info, isFunction: true }, body)
    this.info = before
  }

  private visit(node: AnyNode | null | undefined): void {
    if (!node) return
    switch (node.type) {
      case 'Identifier': {
        const found = this.resolve(node)
        if (!found && node.name === 'arguments') {
          let info = this.info
          while (info.isArrow && info.parent) info = info.parent
          info.usesArguments = true
        }
        return
      }
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.function(node, 'id' in node && node.id ? node.id.name : '')
        return
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.classBody(node)
        return
      case 'BlockStatement':
        this.within({}, () => {
          this.hoist(node.body, false)
          for (const one of node.body) this.visit(one)
        })
        return
      case 'SwitchStatement':
        this.visit(node.discriminant)
        this.within({}, () => {
          this.hoist(
            node.cases.flatMap(one => one.consequent),
            false,
          )
          for (const one of node.cases) {
            this.visit(one.test)
            for (const inner of one.consequent) this.visit(inner)
          }
        })
        return
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        this.within({}, () => {
          const head = node.type === 'ForStatement' ? node.init : node.left
          if (head?.type === 'VariableDeclaration') this.hoist([head], false)
          this.visit(head)
          if (node.type !== 'ForStatement') {
            this.countWrites(head)
            this.visit(node.right)
          } else {
            this.visit(node.test)
            this.visit(node.update)
          }
          this.visit(node.body)
        })
        return
      case 'CatchClause':
        this.within({}, () => {
          if (node.param)
            for (const id of identifiersOf(node.param)) this.declare(id.name, 'var', id.start)
          this.visit(node.param)
          this.visit(node.body)
        })
        return
      case 'AssignmentExpression':
        this.visit(node.left)
        this.visit(node.right)
        this.countWrites(node.left)
        return
      case 'UpdateExpression':
        this.visit(node.argument)
        this.countWrites(node.argument)
        return
      case 'MemberExpression':
        this.visit(node.object)
        if (node.computed) this.visit(node.property)
        return
      case 'Property':
        if (node.computed) this.visit(node.key)
        this.visit(node.value)
        return
      case 'ImportExpression':
        if (node.source.type === 'Literal') this.chunk.loads.push(String(node.source.value))
        break
      case 'LabeledStatement':
        this.visit(node.body)
        return
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'MetaProperty':
        return
      case 'ExportNamedDeclaration':
        this.visit(node.declaration)
        if (!node.source) for (const one of node.specifiers) this.visit(one.local)
        return
    }
    for (const key in node) {
      const child = (node as unknown as Record<string, unknown>)[key]
      if (Array.isArray(child)) for (const one of child) this.visitChild(one)
      else this.visitChild(child)
    }
  }

  private visitChild(child: unknown): void {
    if (typeof child === 'object' && child !== null && typeof (child as AnyNode).type === 'string')
      this.visit(child as AnyNode)
  }

  private countWrites(target: AnyNode | null | undefined): void {
    if (!target || target.type === 'VariableDeclaration') return
    for (const id of identifiersOf(target)) {
      const binding = this.program.bindingOf.get(id)
      if (binding) binding.writes++
    }
  }
}
