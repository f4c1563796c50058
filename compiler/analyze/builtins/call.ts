// What summaries ask of the call they stand for: its arguments, the conversions it runs, the functions it
// is given.

import { fresh } from './make.ts'
import type { Call, Summary } from './registry.ts'
import { allArguments, argument } from '../machine/args.ts'
import type { Conversion } from '../machine/convert.ts'
import {
  BOTTOM,
  join,
  of,
  strongerTaint,
  type Taint,
  tainted,
  type Token,
  UNDEF,
  type Value,
} from '../value.ts'

export function arg(call: Call, index: number): Value {
  return argument(call.args, index)
}

/** Runs the user's own conversions in everything the call gets; what it depends on. */
export function used(
  call: Call,
  how: 'string' | 'number' | 'json' | 'deep',
  withSelf = true,
): Taint | null {
  const { machine, frame, args, self, site } = call
  let taint = machine.convert(frame, allArguments(args), how, site)
  if (withSelf) taint = strongerTaint(taint, machine.convert(frame, self, how, site))
  return taint
}

/** Runs the user's own conversions in the values. */
export function use(call: Call, how: Conversion, ...values: Value[]): void {
  for (const value of values) call.machine.convert(call.frame, value, how, call.site)
}

export function pure(
  value: Value,
  how: 'string' | 'number' | 'json' | 'deep' = 'string',
  withSelf = true,
): Summary {
  return call => tainted(value, used(call, how, withSelf))
}

/** After `new` it is an object as well, which may have members. */
export function boxed(summary: Summary): Summary {
  return call => {
    const value = summary(call)
    if (!call.options.construct) return value
    const made = fresh(call, 'object', 'boxed')
    made.path = 'boxed'
    return join(value, of(made))
  }
}

export function callBack(call: Call, callee: Value, list: Value[], self = UNDEF): Value {
  const { machine, frame, site, options } = call
  return machine.call(frame, callee, self, { list, rest: BOTTOM }, site, {
    awaited: options.awaited,
    isTogether: options.isTogether,
  })
}

export function callBackSpread(call: Call, callee: Value, self: Value, rest: Value): Value {
  return call.machine.call(call.frame, callee, self, { list: [], rest }, call.site, call.options)
}

/** Notes that the call changes the object it is called on. */
export function changes(call: Call, key = '[]', targets = call.self): void {
  for (const token of targets.tokens) call.machine.noteWrite(call.frame, token, key, call.site)
  call.machine.noteDoubtfulWrite(call.frame, targets, call.site)
  if (targets.doubt && call.frame.context.kind === 'call')
    call.machine.effect(call.frame, targets.doubt.message, call.site)
}

export function joinTaints(...taints: (Taint | null)[]): Taint | null {
  return taints.reduce(strongerTaint, null)
}

export function isCallable(token: Token): boolean {
  return (
    token.kind === 'function' ||
    token.kind === 'bound' ||
    token.kind === 'builtin' ||
    token.kind === 'middleware' ||
    token.kind === 'inherited' ||
    token.kind === 'next'
  )
}
