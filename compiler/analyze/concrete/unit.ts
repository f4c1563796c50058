// What all parts of the concrete interpreter share: the world, the program, and how functions run.

import type { AnyNode } from 'acorn'
import type { FunctionInfo, ParsedProgram } from '../program.ts'
import type { Site } from '../value.ts'
import type { Place } from './scope.ts'
import type { Scope, World } from './world.ts'

export type Expr = (scope: Scope) => unknown
/** How a statement ended; undefined: at its end. */
export type Done = undefined | { kind: 'break' | 'continue'; label: string | null } | Return
export type Stmt = (scope: Scope) => Done
export type Assign = (scope: Scope, value: unknown, isInit: boolean) => void

export class Return {
  readonly kind = 'return'
  readonly label = null
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

export interface Unit {
  w: World
  program: ParsedProgram
  expr(node: AnyNode, place: Place): Expr
  statement(node: AnyNode, place: Place): Stmt
  statements(body: readonly AnyNode[], place: Place): Stmt
  assign(node: AnyNode, place: Place): Assign
  /** A function or arrow; `home`: where its `super` looks. */
  closure(
    node: AnyNode,
    place: Place,
  ): (scope: Scope, home: object | null, name: string | null) => object
  class(node: AnyNode, place: Place): (scope: Scope, name: string | null) => object
  call(callee: unknown, self: unknown, args: unknown[]): unknown
  construct(callee: unknown, args: unknown[], newTarget: unknown): unknown
  /** An import, read when it is used. */
  imported(info: FunctionInfo, from: string, name: string): unknown
}

export function siteOf(place: Place, node: AnyNode): Site {
  let at: Place | null = place
  while (at && !at.info) at = at.up
  return { chunk: at?.info?.chunk ?? '', at: node.start }
}
