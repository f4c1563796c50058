// Where each variable of a scope lies while the code runs: known before, from the syntax alone.

import type { AnyNode } from 'acorn'
import type { Binding, FunctionInfo, ParsedProgram } from '../program.ts'
import { identifiersOf, isFunctionNode } from '../program/syntax.ts'
import type { Scope } from './world.ts'

/** What every scope has before its variables: the one around, its place, the call it belongs to. */
export const HEADER = 3

/** Stands for a variable that has no value yet. */
export const EMPTY: unique symbol = Symbol('empty')

/** Stands for what differs between hosts: it may be stored, as libraries do, but not read. */
export const UNKNOWN: unique symbol = Symbol('unknown')

/** A scope as the syntax has it. */
export class Place {
  readonly slots = new Map<Binding, number>()
  readonly up: Place | null
  /** The function whose scope it is; null for a block's. */
  readonly info: FunctionInfo | null
  /** Of a class: the names of its private members. */
  privates: Set<string> | null = null
  private readonly empty: boolean[] = []

  constructor(up: Place | null, info: FunctionInfo | null) {
    this.up = up
    this.info = info
  }

  /** Adds a variable; `isEmpty`: reading it before its declaration has run fails. */
  add(binding: Binding, isEmpty: boolean): void {
    if (this.slots.has(binding)) return
    this.slots.set(binding, HEADER + this.slots.size)
    this.empty.push(isEmpty)
  }

  /** A fresh one, inside of `up`. */
  open(up: Scope | null): Scope {
    const scope: Scope = [up, this, null]
    for (const isEmpty of this.empty) scope.push(isEmpty ? EMPTY : undefined)
    return scope
  }
}

/** How many scopes up a variable lies, and at which index; null where it is not on the way. */
export function find(place: Place, binding: Binding): { depth: number; index: number } | null {
  let depth = 0
  for (let at: Place | null = place; at; at = at.up, depth++) {
    const index = at.slots.get(binding)
    if (index !== undefined) return { depth, index }
  }
  return null
}

export function unwrapped(node: AnyNode): AnyNode {
  return (
    ((node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration') &&
      node.declaration) ||
    node
  )
}

/** Declares what the statements of a block declare for it. */
export function declareBlock(program: ParsedProgram, place: Place, body: readonly AnyNode[]): void {
  for (const node of body) {
    if (node.type === 'ExportDefaultDeclaration') {
      const own = program.bindingOf.get(node)
      if (own) place.add(own, true)
    }
    const inner = unwrapped(node)
    if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration') {
      const binding = program.bindingOf.get(inner)
      if (binding) place.add(binding, inner.type === 'ClassDeclaration')
    } else if (inner.type === 'VariableDeclaration' && inner.kind !== 'var')
      declarePattern(program, place, inner, true)
  }
}

export function declarePattern(
  program: ParsedProgram,
  place: Place,
  node: AnyNode & { type: 'VariableDeclaration' },
  isEmpty: boolean,
): void {
  for (const one of node.declarations)
    for (const id of identifiersOf(one.id)) {
      const binding = program.bindingOf.get(id)
      if (binding) place.add(binding, isEmpty)
    }
}

/** Declares the `var` anywhere below, functions excepted. */
export function declareVars(
  program: ParsedProgram,
  place: Place,
  node: AnyNode | null | undefined,
): void {
  if (!node || isFunctionNode(node) || node.type.startsWith('Class')) return
  if (node.type === 'VariableDeclaration') {
    if (node.kind === 'var') declarePattern(program, place, node, false)
    return
  }
  if (node.type.endsWith('Expression')) return
  for (const value of Object.values(node) as unknown[])
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === 'object' && one !== null && typeof (one as AnyNode).type === 'string')
        declareVars(program, place, one as AnyNode)
}
