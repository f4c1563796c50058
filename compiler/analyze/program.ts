// Chunks -> syntax trees in which every identifier knows its binding and every function its own.
// Names are resolved once, here; what runs on the trees never looks a name up.

import { type AnyNode, type Identifier, parse, type Program as Tree } from 'acorn'
import type { Bundle } from '../stages.ts'

/** A declared name. */
export interface Binding {
  name: string
  owner: FunctionInfo
  /** `import`: the value lives in another chunk or outside. */
  kind: 'var' | 'param' | 'import' | 'name'
  /** How many places assign it, its declaration not counted. */
  writes: number
  at: number
}

/** A function, a class body's initializer or a module's top level. */
export interface FunctionInfo {
  id: number
  chunk: string
  node: AnyNode
  parent: FunctionInfo | null
  name: string
  isArrow: boolean
  isAsync: boolean
  isGenerator: boolean
  usesArguments: boolean
}

export interface ParsedChunk {
  name: string
  code: string
  tree: Tree
  top: FunctionInfo
  /** Import specifiers in order, static ones only. */
  imports: string[]
  /** Exported name -> local binding or what another chunk exports. */
  exports: Map<string, { binding: Binding } | { from: string; name: string }>
  starExports: string[]
  bindings: Map<string, Binding>
  importsOf: Map<Binding, { from: string; name: string }>
}

export interface ParsedProgram {
  chunks: Map<string, ParsedChunk>
  bindingOf: Map<AnyNode, Binding>
  infoOf: Map<AnyNode, FunctionInfo>
}

type Scope = {
  names: Map<string, Binding>
  owner: FunctionInfo
  isFunction: boolean
  up: Scope | null
}

export function parseProgram(bundle: Bundle): ParsedProgram {
  const program: ParsedProgram = { chunks: new Map(), bindingOf: new Map(), infoOf: new Map() }
  for (const { name, code } of bundle.chunks.values())
    program.chunks.set(name, new Resolver(program, name, code).run())
  return program
}

/** Code from text, resolved on its own; null where it cannot be parsed. It is no chunk of the program. */
export function resolveText(
  program: ParsedProgram,
  name: string,
  code: string,
): ParsedChunk | null {
  try {
    return new Resolver(program, name, code).run()
  } catch {
    return null
  }
}

let functions = 0

class Resolver {
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
    for (const node of tree.body) this.moduleItem(node)
    return this.chunk
  }

  private moduleItem(node: AnyNode): void {
    const { chunk } = this
    if (node.type === 'ImportDeclaration') chunk.imports.push(String(node.source.value))
    else if (node.type === 'ExportAllDeclaration') {
      const from = String(node.source.value)
      chunk.imports.push(from)
      if (node.exported) chunk.exports.set(nameOf(node.exported), { from, name: '*' })
      else chunk.starExports.push(from)
    } else if (node.type === 'ExportNamedDeclaration') {
      if (node.source) {
        const from = String(node.source.value)
        chunk.imports.push(from)
        for (const one of node.specifiers)
          chunk.exports.set(nameOf(one.exported), { from, name: nameOf(one.local) })
        return
      }
      for (const one of node.specifiers) {
        const binding = this.scope.names.get(nameOf(one.local))
        if (binding) chunk.exports.set(nameOf(one.exported), { binding })
      }
      const { declaration } = node
      if (declaration?.type === 'VariableDeclaration') {
        for (const one of declaration.declarations)
          for (const id of identifiersOf(one.id))
            chunk.exports.set(id.name, { binding: this.scope.names.get(id.name)! })
      } else if (declaration?.id)
        chunk.exports.set(declaration.id.name, {
          binding: this.scope.names.get(declaration.id.name)!,
        })
    } else if (node.type === 'ExportDefaultDeclaration') {
      const { declaration } = node
      const named =
        'id' in declaration && declaration.id ? (declaration.id as Identifier).name : '*default*'
      chunk.exports.set('default', { binding: this.scope.names.get(named)! })
    }
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
    if (isFunction) for (const node of body) this.hoistVars(node)
  }

  private hoistVars(node: AnyNode | null | undefined): void {
    if (!node || isFunctionNode(node) || node.type.startsWith('Class')) return
    if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      let scope = this.scope
      while (!scope.isFunction) scope = scope.up!
      for (const one of node.declarations)
        for (const id of identifiersOf(one.id)) this.declare(id.name, 'var', id.start, scope)
    }
    // Only statements hold declarations, so expressions need no walk.
    switch (node.type) {
      case 'BlockStatement':
      case 'StaticBlock':
        for (const one of node.body) this.hoistVars(one)
        break
      case 'IfStatement':
        this.hoistVars(node.consequent)
        this.hoistVars(node.alternate)
        break
      case 'ForStatement':
        this.hoistVars(node.init)
        this.hoistVars(node.body)
        break
      case 'ForInStatement':
      case 'ForOfStatement':
        this.hoistVars(node.left)
        this.hoistVars(node.body)
        break
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'LabeledStatement':
        this.hoistVars(node.body)
        break
      case 'TryStatement':
        this.hoistVars(node.block)
        this.hoistVars(node.handler?.body)
        this.hoistVars(node.finalizer)
        break
      case 'SwitchStatement':
        for (const one of node.cases) for (const inner of one.consequent) this.hoistVars(inner)
        break
      case 'ExportNamedDeclaration':
        this.hoistVars(node.declaration)
        break
    }
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

export function isFunctionNode(
  node: AnyNode,
): node is Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
> {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}

/** The names a pattern binds. */
export function identifiersOf(pattern: AnyNode): Identifier[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern]
    case 'ObjectPattern':
      return pattern.properties.flatMap(one =>
        identifiersOf(one.type === 'RestElement' ? one.argument : one.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap(one => (one ? identifiersOf(one) : []))
    case 'AssignmentPattern':
      return identifiersOf(pattern.left)
    case 'RestElement':
      return identifiersOf(pattern.argument)
    default:
      return []
  }
}

export function nameOf(node: AnyNode): string {
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') return node.name
  return node.type === 'Literal' ? String(node.value) : ''
}
