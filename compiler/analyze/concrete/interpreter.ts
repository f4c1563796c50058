// Runs a program for real, on real values, as far as that depends on nothing but its text. Whatever
// could differ, or touch anything outside of the program, ends the run with a Bail before it happens.

import type { AnyNode } from 'acorn'
import { callNative } from './builtins.ts'
import { setCaller } from './native.ts'
import { expression } from './expressions.ts'
import { classOf } from './classes.ts'
import { construct } from './construct.ts'
import { bind, closure, invoke } from './functions.ts'
import { type FunctionInfo, type ParsedProgram, resolveText } from '../program.ts'
import { assign } from './patterns.ts'
import { PATHS } from './realm.ts'
import { declareBlock, declareVars, EMPTY, Place, UNKNOWN } from './scope.ts'
import { statement, statements } from './statements.ts'
import type { Unit } from './unit.ts'
import type { Scope, World } from './world.ts'

export interface Top {
  place: Place
  scope: Scope
}

/** What of `node:crypto` is used for nothing else, as a rule. */
const RANDOM = /^(webcrypto|random\w*|getRandomValues)$/

export class Interpreter implements Unit {
  readonly w: World
  readonly program: ParsedProgram
  /** Chunks whose top level has run. */
  readonly tops = new Map<string, Top>()
  private texts = 0

  constructor(w: World, program: ParsedProgram) {
    this.w = w
    this.program = program
    setCaller(w, {
      call: (callee, self, args) => this.call(callee, self, args),
      construct: (callee, args, newTarget) => this.construct(callee, args, newTarget),
      bind: (target, self, args) => bind(this, target, self, args),
      fromText: (params, body) => this.fromText(params, body),
    })
  }

  expr = (node: AnyNode, place: Place) => expression(this, node, place)
  statement = (node: AnyNode, place: Place) => statement(this, node, place)
  statements = (body: readonly AnyNode[], place: Place) => statements(this, body, place)
  assign = (node: AnyNode, place: Place) => assign(this, node, place)
  closure = (node: AnyNode, place: Place) => closure(this, node, place)
  class = (node: AnyNode, place: Place) => classOf(this, node, place)

  call(callee: unknown, self: unknown, args: unknown[]): unknown {
    if (typeof callee !== 'function') throw new TypeError('is not a function')
    const made = this.w.closures.get(callee)
    if (made?.bound)
      return this.call(made.bound.target, made.bound.self, [...made.bound.args, ...args])
    if (made?.class) throw new TypeError('Class constructor cannot be invoked without new')
    if (made) return invoke(this, callee as never, made, self, args, undefined)
    if (PATHS.has(callee)) return callNative(this.w, callee as never, self, args)
    const native = this.w.natives.get(callee)
    if (native) return native(args)
    return this.w.unsupported('calls what is not of the program')
  }

  construct(callee: unknown, args: unknown[], newTarget: unknown): unknown {
    if (typeof callee !== 'function') throw new TypeError('is not a constructor')
    const made = this.w.closures.get(callee)
    if (made) return construct(this, callee as never, made, args, newTarget)
    if (PATHS.has(callee)) return callNative(this.w, callee as never, undefined, args, newTarget)
    return this.w.unsupported('makes what is not of the program')
  }

  /** Runs a chunk's top level. @throws {Bail} where it cannot. */
  load(name: string): void {
    const { tree, top } = this.program.chunks.get(name)!
    const place = new Place(null, top)
    const body = tree.body as AnyNode[]
    for (const node of body) declareVars(this.program, place, node)
    declareBlock(this.program, place, body)
    const scope = place.open(null)
    this.tops.set(name, { place, scope })
    this.statements(body, place)(scope)
    if (this.w.failed) throw this.w.failed
  }

  imported(_info: FunctionInfo, from: string, name: string): unknown {
    const chunk = from.replace(/^\.\//, '')
    if (/^(node:)?crypto$/.test(from) && RANDOM.test(name))
      return this.w.bail('ambient', `draws random numbers: ${name} of ${from}`)
    if (!this.program.chunks.has(chunk) || name === '*')
      return this.w.unsupported(`imports ${name} from ${from}`)
    return this.exported(chunk, name)
  }

  /** What a chunk exports under a name. */
  exported(chunk: string, name: string): unknown {
    const parsed = this.program.chunks.get(chunk)!
    const found = parsed.exports.get(name)
    if (!found) return this.w.unsupported(`has no export ${name}`)
    if (!('binding' in found)) return this.imported(parsed.top, found.from, found.name)
    const { binding } = found
    if (binding.kind === 'import') {
      const source = parsed.importsOf.get(binding)!
      return this.imported(parsed.top, source.from, source.name)
    }
    const top = this.tops.get(chunk)
    const index = top?.place.slots.get(binding)
    if (!top || index === undefined) return this.w.unsupported(`uses ${chunk}, which was not run`)
    const value = top.scope[index]
    if (value === EMPTY) throw new ReferenceError('Cannot access before initialization')
    if (value === UNKNOWN) return this.w.unsupported('asks which host it runs on')
    if (binding.writes > 0) this.w.noteRead(top.scope, String(index))
    return value
  }

  /** `new Function(...params, body)`. */
  private fromText(params: string[], body: string): unknown {
    const text = `(function anonymous(${params.join(',')}\n) {\n${body}\n})`
    const chunk = `text:${this.texts++}`
    const tree = resolveText(this.program, chunk, text)
    if (!tree) return this.w.unsupported('runs text as code that cannot be read')
    const [first] = tree.tree.body
    if (tree.tree.body.length !== 1 || first?.type !== 'ExpressionStatement')
      return this.w.unsupported('runs text as code')
    // Such code is not strict: `arguments` means something else there.
    if (first.expression.type !== 'FunctionExpression' || /\barguments\b/.test(text))
      return this.w.unsupported('runs text as code')
    const place = new Place(null, tree.top)
    return this.expr(first.expression, place)(place.open(null))
  }
}
