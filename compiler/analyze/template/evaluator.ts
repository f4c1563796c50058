// Follows one request through the code of a chain, with values of the request as symbols. Code runs
// straight on: no loop, no assignment, no branch that the request decides. What is not listed here is
// refused, so whatever runs when the handler does has been seen.

import type { AnyNode } from 'acorn'
import type { Part } from '../../../runtime/artifact.ts'
import type { ParsedProgram } from '../program.ts'
import { nameOf } from '../program/syntax.ts'
import { callBuiltin, callMethod, memberOf } from './builtins.ts'
import { Exchange } from './context.ts'
import { Markup } from './markup.ts'
import type { Site } from '../value.ts'
import { binary, unary } from './operators.ts'
import { Scope } from './scope.ts'
import {
  checked,
  constant,
  type Closure,
  type Env,
  joined,
  noProps,
  partsOf,
  refuse,
  textOf,
  truth,
  UNDEFINED,
  type Value,
} from './value.ts'

/** A handler that nests calls deeper, or takes more steps, is not followed. */
const MAX_DEPTH = 40
const MAX_STEPS = 20_000

/** What a statement leads to: null to go on. */
type Completion = { value: Value } | null

/** The project's code, with what is known of it. */
export interface Source {
  program: ParsedProgram
  /** Whether an object made at a place may hold other members than it was made with. */
  isChanged(site: Site): boolean
  /** Whether loading changes an object that no literal made. */
  readonly changesOthers: boolean
}

export class Evaluator {
  readonly #source: Source
  readonly scope: Scope
  readonly markup = new Markup()
  readonly exchange: Exchange
  /** Where the first value of the request was read. */
  site: Site | null = null
  /** Calls the link of the chain after the one that has this number. */
  readonly #next: (link: number) => void
  #depth = 0
  #steps = 0

  constructor(
    source: Source,
    params: string[],
    optional: string | undefined,
    next: (link: number) => void,
  ) {
    this.#source = source
    this.scope = new Scope(source.program, (node, env) => this.expression(node, env))
    this.exchange = new Exchange(params, optional, this.markup)
    this.#next = next
  }

  // ---------------------------------------------------------------- calls

  /** Calls a function of the user's. */
  call(callee: Value, args: Value[]): Value {
    if (callee.kind === 'builtin') return callBuiltin(this, callee.name, args)
    if (callee.kind === 'next') {
      if (this.exchange.rendering > 0) return refuse('next() while the answer is made')
      this.#next(callee.link)
      return { kind: 'promise', value: { kind: 'passed' } }
    }
    if (callee.kind !== 'function') return refuse('calls what is no function of the project')
    const { node, env: up } = callee
    if (node.generator) return refuse('a generator')
    if (++this.#depth > MAX_DEPTH) return refuse('calls nested too deeply')
    const env: Env = { chunk: up.chunk, variables: new Map(), up }
    for (const [index, param] of node.params.entries()) {
      if (param.type === 'RestElement') return refuse('a rest parameter')
      this.#bind(param, args[index] ?? UNDEFINED, env)
    }
    const { body } = node
    const value =
      body.type === 'BlockStatement'
        ? (this.#block(body.body, env)?.value ?? UNDEFINED)
        : this.expression(body, env)
    this.#depth--
    if (!node.async) return value
    return value.kind === 'promise' ? value : { kind: 'promise', value }
  }

  /** Calls a component, which Hono does when it renders. */
  component(callee: Closure, props: Record<string, Value>): Value {
    if (callee.node.async) return refuse('a component that is made in time')
    const { children } = props
    const given = { ...noProps(), ...props }
    // Hono hands on one child as itself.
    if (children?.kind === 'array' && children.items.length === 1)
      given.children = children.items[0]!
    this.exchange.rendering++
    const out = this.call(callee, [{ kind: 'object', props: given }])
    this.exchange.rendering--
    return out
  }

  // ---------------------------------------------------------------- statements

  #block(body: readonly AnyNode[], env: Env): Completion {
    for (const node of body)
      if (node.type === 'FunctionDeclaration')
        this.scope.declare(node, { kind: 'function', node, env }, env)
    for (const node of body) {
      const done = this.#statement(node, env)
      if (done) return done
    }
    return null
  }

  #statement(node: AnyNode, env: Env): Completion {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'EmptyStatement':
        return null
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          const value = init ? this.expression(init, env) : UNDEFINED
          if (value.kind === 'promise' || value.kind === 'passed') refuse('a promise that is kept')
          this.#bind(id, value, env)
        }
        return null
      case 'ExpressionStatement':
        if (this.expression(node.expression, env).kind === 'promise')
          refuse('a promise that nobody waits for')
        return null
      case 'ReturnStatement':
        return { value: node.argument ? this.expression(node.argument, env) : UNDEFINED }
      case 'BlockStatement':
        return this.#block(node.body, env)
      case 'IfStatement':
        if (truth(this.expression(node.test, env))) return this.#statement(node.consequent, env)
        return node.alternate ? this.#statement(node.alternate, env) : null
      default:
        return refuse(`a ${node.type}`)
    }
  }

  /** Gives the names of a pattern their values. */
  #bind(pattern: AnyNode, value: Value, env: Env): void {
    switch (pattern.type) {
      case 'Identifier':
        this.scope.declare(pattern, value, env)
        return
      case 'AssignmentPattern':
        this.#bind(pattern.left, this.#defaulted(value, pattern.right, env), env)
        return
      case 'ObjectPattern': {
        const taken = new Set<string>()
        for (const one of pattern.properties) {
          if (one.type === 'RestElement') {
            if (value.kind !== 'object') refuse('the rest of something')
            this.#unchanged(one, env)
            const props = noProps()
            for (const [name, own] of Object.entries(value.props))
              if (!taken.has(name)) props[name] = own
            this.#bind(one.argument, { kind: 'object', props }, env)
            continue
          }
          if (one.computed) refuse('a name that is computed')
          const name = nameOf(one.key as AnyNode)
          taken.add(name)
          // A method that is taken off its object is no longer one of it.
          if (value.kind === 'request') refuse('a method taken off the request')
          this.#bind(one.value, memberOf(this, value, name), env)
        }
        return
      }
      case 'ArrayPattern':
        if (value.kind !== 'array') refuse('takes apart what is no array')
        for (const [index, one] of pattern.elements.entries()) {
          if (one?.type === 'RestElement') refuse('the rest of an array')
          if (one) this.#bind(one, value.items[index] ?? UNDEFINED, env)
        }
        return
      default:
        refuse(`a ${pattern.type}`)
    }
  }

  /** A default stands in for undefined and nothing else. */
  #defaulted(value: Value, node: AnyNode, env: Env): Value {
    if (value.kind === 'constant')
      return value.value === undefined ? this.expression(node, env) : value
    if (value.kind !== 'input') return value
    if (value.absent !== undefined && value.empty !== undefined) return value
    const own = this.#fallback(node, env)
    return { ...value, absent: value.absent ?? own, empty: value.empty ?? own }
  }

  /** What stands in for a value of the request. */
  #fallback(node: AnyNode, env: Env) {
    const value = this.expression(node, env)
    return value.kind === 'constant' ? value.value : refuse('a default that is no constant')
  }

  // ---------------------------------------------------------------- expressions

  expression(node: AnyNode, env: Env): Value {
    if (++this.#steps > MAX_STEPS) return refuse('too much')
    const value = this.#valueOf(node, env)
    if (value.kind === 'object' || value.kind === 'array' || value.kind === 'markup')
      this.#unchanged(node, env)
    return value
  }

  /** Loading may change what a literal made, in code that is not followed here. */
  #unchanged({ start: at, type }: AnyNode, { chunk }: Env): void {
    if (this.#source.isChanged({ chunk, at })) refuse('an object that is changed')
    if (this.scope.isLoading && this.#source.changesOthers && !/^(Object|Array)Expr/.test(type))
      refuse('an object that may be changed')
  }

  #valueOf(node: AnyNode, env: Env): Value {
    switch (node.type) {
      case 'Literal': {
        const { value } = node
        if (value instanceof RegExp || typeof value === 'bigint' || 'regex' in node)
          return refuse('a literal of a special kind')
        return constant(value as string | number | boolean | null)
      }
      case 'TemplateLiteral': {
        const parts: Part[] = []
        for (const [index, quasi] of node.quasis.entries()) {
          parts.push(checked(quasi.value.cooked ?? refuse('an escape that is none')))
          const inner = node.expressions[index]
          if (inner) parts.push(...this.#string(this.expression(inner, env)))
        }
        return textOf(joined(parts))
      }
      case 'TaggedTemplateExpression': {
        const tag = this.expression(node.tag, env)
        if (tag.kind !== 'builtin' || tag.name !== 'hono/html html') return refuse('a template tag')
        const strings = node.quasi.quasis.map(
          one => one.value.cooked ?? refuse('an escape that is none'),
        )
        const values = node.quasi.expressions.map(one => this.expression(one, env))
        return this.markup.html(strings, values)
      }
      case 'Identifier':
        return this.scope.read(node, env)
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
        return { kind: 'function', node, env }
      case 'ObjectExpression':
        return this.#object(node, env)
      case 'ArrayExpression':
        return { kind: 'array', items: this.#list(node.elements, env) }
      case 'ConditionalExpression':
        return truth(this.expression(node.test, env))
          ? this.expression(node.consequent, env)
          : this.expression(node.alternate, env)
      case 'LogicalExpression':
        return this.#logical(node, env)
      case 'BinaryExpression': {
        if (node.left.type === 'PrivateIdentifier') return refuse('a private name')
        return binary(
          node.operator,
          this.expression(node.left, env),
          this.expression(node.right, env),
        )
      }
      case 'UnaryExpression':
        return unary(node.operator, this.expression(node.argument, env))
      case 'MemberExpression':
        return this.#member(node, env)
      case 'CallExpression':
        return this.#call(node, env)
      case 'NewExpression': {
        const callee = this.expression(node.callee as AnyNode, env)
        if (callee.kind !== 'builtin' || callee.name !== 'Response')
          return refuse('makes an object')
        return this.exchange.response(this.#list(node.arguments, env))
      }
      case 'AwaitExpression': {
        const value = this.expression(node.argument, env)
        return value.kind === 'promise' ? value.value : value
      }
      default:
        return refuse(`a ${node.type}`)
    }
  }

  /** `String(value)` in parts; markup shows its text. */
  #string(value: Value): Part[] {
    return value.kind === 'markup' ? this.markup.partsOf(value.node) : partsOf(value)
  }

  #logical(node: Extract<AnyNode, { type: 'LogicalExpression' }>, env: Env): Value {
    const left = this.expression(node.left, env)
    const isOr = node.operator === '||'
    if (left.kind === 'input') {
      if (node.operator === '&&') return refuse('asks whether there is a value of the request')
      const stays = (value: unknown): boolean => (isOr ? Boolean(value) : (value ?? null) !== null)
      if (stays(left.absent) && stays(left.empty)) return left
      const own = this.#fallback(node.right, env)
      return {
        ...left,
        absent: stays(left.absent) ? left.absent : own,
        empty: stays(left.empty) ? left.empty : own,
      }
    }
    if (node.operator === '??') {
      const isNothing = left.kind === 'constant' && (left.value ?? null) === null
      if (left.kind === 'promise' || left.kind === 'passed') return refuse('a promise that is kept')
      return isNothing ? this.expression(node.right, env) : left
    }
    return truth(left) === isOr ? left : this.expression(node.right, env)
  }

  #list(nodes: readonly (AnyNode | null)[], env: Env): Value[] {
    return nodes.flatMap(one => {
      if (!one) return refuse('an array with holes')
      if (one.type !== 'SpreadElement') return [this.#kept(one, env)]
      const value = this.expression(one.argument, env)
      return value.kind === 'array' ? value.items : refuse('spreads what is no array')
    })
  }

  /** A value that goes into another one, or to a call. */
  #kept(node: AnyNode, env: Env): Value {
    const value = this.expression(node, env)
    return value.kind === 'promise' || value.kind === 'passed'
      ? refuse('a promise that is kept')
      : value
  }

  #object(node: Extract<AnyNode, { type: 'ObjectExpression' }>, env: Env): Value {
    const props = noProps()
    for (const one of node.properties) {
      if (one.type === 'SpreadElement') {
        const value = this.expression(one.argument, env)
        if (value.kind !== 'object') return refuse('spreads what is no plain object')
        Object.assign(props, value.props)
        continue
      }
      if (one.kind !== 'init' || one.method) return refuse('a getter or a method')
      const name = this.#key(one, env)
      if (name === '__proto__') return refuse('a prototype')
      props[name] = this.#kept(one.value, env)
    }
    return { kind: 'object', props }
  }

  #key(one: { computed: boolean; key: AnyNode }, env: Env): string {
    if (!one.computed) return nameOf(one.key)
    const key = this.expression(one.key, env)
    return key.kind === 'constant' && typeof key.value !== 'object' && key.value !== undefined
      ? String(key.value)
      : refuse('a name that is not known')
  }

  #member(node: Extract<AnyNode, { type: 'MemberExpression' }>, env: Env): Value {
    if (node.optional || node.object.type === 'Super') return refuse('an optional member')
    const name = this.#key({ computed: node.computed, key: node.property as AnyNode }, env)
    return memberOf(this, this.expression(node.object, env), name)
  }

  #call(node: Extract<AnyNode, { type: 'CallExpression' }>, env: Env): Value {
    const { callee } = node
    if (node.optional) return refuse('an optional call')
    if (callee.type === 'MemberExpression' && callee.object.type !== 'Super' && !callee.optional) {
      const name = this.#key({ computed: callee.computed, key: callee.property as AnyNode }, env)
      const owner = this.expression(callee.object, env)
      if (owner.kind === 'request') this.site ??= { chunk: env.chunk, at: node.start }
      const args = this.#list(node.arguments, env)
      return callMethod(this, owner, name, args)
    }
    if (callee.type === 'Super' || callee.type === 'MemberExpression') return refuse('a call')
    const called = this.expression(callee, env)
    return this.call(called, this.#list(node.arguments, env))
  }
}
