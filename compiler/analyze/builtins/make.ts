// The objects that summaries make: one for each place of a call.

import type { Call } from './registry.ts'
import { join, type Kind, of, type Token, type Value } from '../value.ts'

export function fresh(call: Call, kind: Kind, tag = ''): Token {
  return call.machine.make(
    call.frame,
    `${call.token.id}@${call.site.chunk}:${call.site.at}`,
    kind,
    tag,
    call.site,
  )
}

export function listOf(call: Call, items: Value, tag = ''): Value {
  const made = fresh(call, 'array', tag)
  call.machine.init(made, '[]', items, call.frame.under)
  return of(made)
}

export function pairOf(call: Call, key: Value, value: Value): Value {
  const pair = fresh(call, 'array', 'pair')
  call.machine.init(pair, '0', key)
  call.machine.init(pair, '1', value)
  call.machine.init(pair, '[]', join(key, value))
  return of(pair)
}

export function iteratorOf(call: Call, items: Value): Value {
  const made = fresh(call, 'generator', 'iterator')
  call.machine.init(made, '[]', items, call.frame.under)
  return of(made)
}

/** A promise that the host settles: after how many turns, and before which others, it alone knows. */
export function hostPromise(call: Call, value: Value, tag = ''): Value {
  const { machine, frame, site, options } = call
  const isAlone = options.awaited && !options.isTogether && !frame.isBeside
  if (frame.context.kind === 'call' && !isAlone)
    machine.effect(
      frame,
      'waits for the host beside other code: hosts differ in which is first',
      site,
    )
  return promiseOf(call, value, tag)
}

export function promiseOf(call: Call, value: Value, tag = ''): Value {
  const made = fresh(call, 'promise', tag)
  call.machine.init(
    made,
    '[]',
    call.machine.resolved(call.frame, value, call.site),
    call.frame.under,
  )
  return of(made)
}
