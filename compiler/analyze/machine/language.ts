// What a machine is given to run: the statements of the language, and what the language and its hosts
// provide. Types only.

import type { AnyNode } from 'acorn'
import type { Summary } from '../builtins/registry.ts'
import type { Machine } from '../machine.ts'
import type { Args } from './args.ts'
import type { Frame } from './frame.ts'
import type { Kind, Site, Token, Value } from '../value.ts'

/** What a machine runs: the statements of the language and what it brings along. */
export interface Language {
  /** Runs the body of a frame once. */
  run(machine: Machine, frame: Frame): void
  /** `new callee(...args)`. */
  construct(
    machine: Machine,
    frame: Frame,
    callee: Value,
    args: Args,
    site: Site,
    key: AnyNode | string,
  ): Value
  /** A value that differs between two starts or machines, noted where it is read. */
  ambient(call: { machine: Machine; frame: Frame; site: Site }, message: string): Value
  /** The path of a member that a builtin prototype has or inherits. */
  inheritedFrom(prototype: string, key: string): string | null
  isKnownGlobal(name: string): boolean
  /** Whether a prototype has a member that is not on the list of what is known. */
  isUnlisted(prototype: string, key: string, kind: Kind): boolean
  /** Members of what is not made by the project's own code; null where the usual rules hold. */
  memberOf(machine: Machine, frame: Frame, token: Token, key: string, site: Site): Value | null
  /** What calling a builtin does; null for what is no builtin. */
  summaryOf(token: Token): Summary | null
}
