// What the objects a call is given hold: elements, keys and values, and what they depend on.

import type { Call } from './registry.ts'
import { allArguments } from '../machine/args.ts'
import {
  BOTTOM,
  join,
  of,
  strongerTaint,
  type Taint,
  tainted,
  type Token,
  Value,
} from '../value.ts'

export function each(call: Call, value = call.self): Value {
  const { machine, frame, site } = call
  let out = machine.iterate(frame, value, site)
  // What has a length and indices is a list to the methods of arrays.
  const like = value.tokens.filter(token => token.kind === 'object' || token.kind === 'function')
  if (like.length > 0) {
    const length = machine.read(frame, new Value(0, [], like), 'length', site)
    machine.convert(frame, length, 'number', site)
    out = join(out, machine.readElements(frame, new Value(0, [], like), site, false))
  }
  return out
}

export function put(call: Call, items: Value, key = '[]', targets = call.self): void {
  for (const token of targets.tokens) call.machine.init(token, key, items, call.frame.under)
}

export function lengthTaint(call: Call, value = call.self): Taint | null {
  let taint = value.taint
  const { machine, frame, site } = call
  for (const token of value.tokens)
    if (token.kind === 'object')
      taint = strongerTaint(taint, machine.readToken(frame, token, 'length', of(token), site).taint)
    else if (
      token.kind === 'array' ||
      token.kind === 'map' ||
      token.kind === 'set' ||
      token.kind === 'data'
    )
      taint = strongerTaint(taint, call.machine.readLength(call.frame, token, call.site))
  return taint
}

export function held(call: Call, key: string): Value {
  const { machine, frame, site } = call
  let out = BOTTOM
  for (const token of call.self.tokens) {
    out = join(
      out,
      machine.readToken(frame, token, '[]', of(token), site).taint
        ? tainted(BOTTOM, machine.readLength(frame, token, site))
        : BOTTOM,
    )
    machine.readLength(frame, token, site)
    out = join(out, machine.get(frame, machine.prop(token, key)))
  }
  if (call.self.doubt) out = join(out, new Value(0, [], [], null, call.self.doubt))
  return tainted(out, strongerTaint(call.self.taint, allArguments(call.args).taint))
}

export function contentTaint(call: Call): Taint | null {
  let taint = call.self.taint
  for (const token of call.self.tokens)
    taint = strongerTaint(
      taint,
      call.machine.readToken(call.frame, token, '[]', of(token), call.site).taint,
    )
  return taint
}

/** The value and everything in it. */
export function reach(call: Call, value: Value, seen = new Set<Token>()): Value {
  let out = value
  for (const token of value.tokens) {
    if (seen.has(token)) continue
    seen.add(token)
    for (const name of call.machine.namesOf(call.frame, token))
      out = join(
        out,
        reach(call, call.machine.get(call.frame, call.machine.prop(token, name)), seen),
      )
  }
  return out
}
