// Names -> what they stand for: variables of the call, declarations of modules that nothing assigns
// to, imports across chunks, and the few things of the language and of Hono that templates may use.

import type { AnyNode } from 'acorn'
import type { Binding, ParsedChunk, ParsedProgram } from '../program.ts'
import { childrenOf, identifiersOf } from '../program/syntax.ts'
import { type Env, type FunctionNode, refuse, UNDEFINED, type Value, constant } from './value.ts'

/** What may be used of the language. */
const GLOBALS = new Set(['String', 'JSON', 'encodeURIComponent', 'Response', 'Object', 'Array'])

/** What may be used of Hono. */
const HONO = new Set([
  'hono/html html',
  'hono/html raw',
  'hono/jsx Fragment',
  'hono/jsx/jsx-runtime jsx',
  'hono/jsx/jsx-runtime jsxs',
  'hono/jsx/jsx-runtime Fragment',
  'hono/secure-headers secureHeaders',
  'hono/powered-by poweredBy',
  'hono/factory createMiddleware',
])

type Declaration = { init: AnyNode } | { function: FunctionNode }

export class Scope {
  readonly #program: ParsedProgram
  /** Evaluates what a module declares. */
  readonly #evaluate: (node: AnyNode, env: Env) => Value
  readonly #declared = new Map<string, Map<Binding, Declaration[]>>()
  readonly #known = new Map<Binding, Value | null>()
  readonly #tops = new Map<string, Env>()
  #loading = 0

  constructor(program: ParsedProgram, evaluate: (node: AnyNode, env: Env) => Value) {
    this.#program = program
    this.#evaluate = evaluate
  }

  /** Whether the code that is evaluated is that of loading. */
  get isLoading(): boolean {
    return this.#loading > 0
  }

  /** What a chunk exports by a name. */
  exported(chunk: string, name: string): Value {
    const parsed = this.#chunk(chunk)
    const found = parsed.exports.get(name)
    if (!found) return refuse(`no export ${name}`)
    return 'binding' in found
      ? this.#top(parsed, found.binding)
      : this.#imported(found.from, found.name)
  }

  /** What a name stands for where it is used. */
  read(node: Extract<AnyNode, { type: 'Identifier' }>, env: Env): Value {
    const binding = this.#program.bindingOf.get(node)
    if (!binding) {
      if (node.name === 'undefined') return UNDEFINED
      if (node.name === 'NaN') return constant(Number.NaN)
      if (node.name === 'Infinity') return constant(Number.POSITIVE_INFINITY)
      return GLOBALS.has(node.name)
        ? { kind: 'builtin', name: node.name }
        : refuse(`uses the global ${node.name}`)
    }
    for (let at: Env | null = env; at; at = at.up) {
      const value = at.variables.get(binding)
      if (value) return value
    }
    return this.#top(this.#chunk(env.chunk), binding)
  }

  /** Gives a variable its only value. */
  declare(node: AnyNode, value: Value, env: Env): void {
    const binding = this.#program.bindingOf.get(node)
    if (!binding || binding.writes > 0 || env.variables.has(binding))
      refuse('a variable that is assigned to')
    env.variables.set(binding, value)
  }

  #chunk(name: string): ParsedChunk {
    return this.#program.chunks.get(name.replace(/^\.\//, '')) ?? refuse(`a module ${name}`)
  }

  #imported(from: string, name: string): Value {
    if (from.startsWith('.')) return this.exported(from, name)
    const path = `${from} ${name}`
    return HONO.has(path) ? { kind: 'builtin', name: path } : refuse(`uses ${name} of ${from}`)
  }

  /** The value of a module's own name. */
  #top(parsed: ParsedChunk, binding: Binding): Value {
    const known = this.#known.get(binding)
    if (known === null) return refuse('a module whose names depend on each other')
    if (known) return known
    this.#known.set(binding, null)
    const value = this.#valueOf(parsed, binding)
    this.#known.set(binding, value)
    return value
  }

  #valueOf(parsed: ParsedChunk, binding: Binding): Value {
    const source = parsed.importsOf.get(binding)
    if (source) return this.#imported(source.from, source.name)
    if (binding.owner !== parsed.top || binding.writes > 0)
      return refuse(`the variable ${binding.name}, which is assigned to`)
    const all = this.#declarationsOf(parsed).get(binding) ?? []
    const [only] = all
    if (!only || all.length > 1) return refuse(`the variable ${binding.name}`)
    let env = this.#tops.get(parsed.name)
    if (!env)
      this.#tops.set(parsed.name, (env = { chunk: parsed.name, variables: new Map(), up: null }))
    if ('function' in only) return { kind: 'function', node: only.function, env }
    this.#loading++
    const value = this.#evaluate(only.init, env)
    this.#loading--
    return value
  }

  /** Every declaration of every name in a chunk; those whose value is not plain to see have none. */
  #declarationsOf(parsed: ParsedChunk): Map<Binding, Declaration[]> {
    const known = this.#declared.get(parsed.name)
    if (known) return known
    const found = new Map<Binding, Declaration[]>()
    this.#declared.set(parsed.name, found)
    const add = (node: AnyNode, one: Declaration | null): void => {
      const binding = this.#program.bindingOf.get(node)
      if (!binding) return
      const all = found.get(binding) ?? []
      // Twice makes it none that can be used.
      all.push(...(one ? [one] : [OPAQUE, OPAQUE]))
      found.set(binding, all)
    }
    const direct = new Set<AnyNode>()
    for (const item of parsed.tree.body) {
      const inner = item.type === 'ExportNamedDeclaration' ? item.declaration : item
      if (inner?.type === 'VariableDeclaration')
        for (const one of inner.declarations) direct.add(one)
      if (inner?.type === 'FunctionDeclaration') direct.add(inner)
      if (item.type === 'ExportDefaultDeclaration') add(item, null)
    }
    walk(parsed.tree, node => {
      if (node.type === 'VariableDeclarator') {
        const { init } = node
        const isPlain = direct.has(node) && node.id.type === 'Identifier' && init
        for (const id of identifiersOf(node.id)) add(id, isPlain ? { init } : null)
      } else if (node.type === 'FunctionDeclaration')
        add(node, direct.has(node) ? { function: node } : null)
      else if (node.type === 'ClassDeclaration') add(node, null)
    })
    return found
  }
}

const OPAQUE: Declaration = { init: { type: 'EmptyStatement', start: 0, end: 0 } }

function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node)
  for (const child of childrenOf(node)) walk(child, visit)
}
