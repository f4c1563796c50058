// The tables of what the language and the hosts provide, as far as it is known to depend on its arguments
// alone. An allow-list: what is not in them differs between two starts or machines.

import type { Machine } from '../machine.ts'
import type { Args, CallOptions } from '../machine/args.ts'
import type { Frame } from '../machine/frame.ts'
import type { Site, Token, Value } from '../value.ts'

export interface Call {
  machine: Machine
  frame: Frame
  token: Token
  self: Value
  args: Args
  site: Site
  options: CallOptions
}

export type Summary = (call: Call) => Value

export const SUMMARIES = new Map<string, Summary>()

/** Hono's, by path; `Context.text` and the like are bound to their context. */
export const HONO = new Map<string, Summary>()

/** What is checked before a summary, by path. */
export const BEFORE = new Map<string, (call: Call) => void>()

/** Has `check` run before the summary of a path, and before what was to run before it. */
export function before(path: string, check: (call: Call) => void): void {
  const other = BEFORE.get(path)
  BEFORE.set(path, call => {
    check(call)
    other?.(call)
  })
}

export const CONSTANTS = new Map<string, Value>()
/** Objects whose members are listed; a member that is not is ambient. */
export const NAMESPACES = new Set<string>()

/** `'Math: max min'` and so on. */
export function define(list: string, summary: Summary): void {
  const colon = list.lastIndexOf(': ')
  const owner = list.slice(0, colon)
  if (owner) NAMESPACES.add(owner)
  for (const name of list.slice(colon + 2).split(/\s+/))
    if (name) SUMMARIES.set(owner ? `${owner}.${name}` : name, summary)
}

/** `'Context', 'text json'` and so on. */
export function defineHono(owner: string, names: string, summary: Summary): void {
  for (const name of names.split(' ')) HONO.set(`${owner}.${name}`, summary)
}
