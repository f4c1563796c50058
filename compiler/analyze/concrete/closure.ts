// What stands behind a function of a concrete run: its code and what it closes over, or what `bind`
// put together. The function itself is a real one, so that builtins can call it.

import type { AnyNode } from 'acorn'
import type { FunctionInfo } from '../program.ts'
import type { Place } from './scope.ts'
import type { Scope } from './world.ts'

/** A function's code, made ready when it is first called. */
export interface Code {
  readonly info: FunctionInfo
  readonly node: AnyNode
  /** The scope it stands in. */
  readonly place: Place
  /** Runs it in a scope of its own; null before the first call. */
  run: ((scope: Scope) => unknown) | null
  own: Place | null
}

/** A private method or accessor that all instances of a class have. */
export interface Hidden {
  name: string
  kind: 'method' | 'get' | 'set'
  fn: object
}

export interface Closure {
  code: Code | null
  /** Whether `new` may be put before it, though it is no class. */
  isPlain?: boolean
  scope: Scope | null
  /** Where `super` looks; of an arrow function, that of the one around. */
  home: object | null
  bound: { target: unknown; self: unknown; args: unknown[] } | null
  /** Of a class: what makes its fields, whether it extends another. */
  class: {
    fields: ((self: object) => void) | null
    isDerived: boolean
    node: AnyNode
    hidden: Hidden[]
  } | null
}

/** What one call of a function has beside its variables. */
export interface Activation {
  self: unknown
  newTarget: unknown
  args: unknown[]
  callee: (...args: never[]) => unknown
  closure: Closure
}
