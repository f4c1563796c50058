// The one way out of what is known: something that differs between requests, starts or machines is used.

import type { Call } from './registry.ts'
import { allArguments } from '../machine/args.ts'
import { BOTTOM, doubtful, join, tainted, type Value } from '../value.ts'

/** Something that differs between requests, starts or machines is used. */
export function ambient(
  call: Pick<Call, 'machine' | 'frame' | 'site'> & Partial<Call>,
  message: string,
  value?: Value,
): Value {
  const { machine, frame, site } = call
  const out = value ?? doubtful(message, site)
  machine.effect(frame, message, site)
  if (frame.context.kind === 'load') {
    const places = machine.followed.get(site.chunk)
    if (places) places.add(site.at)
    else machine.followed.set(site.chunk, new Set([site.at]))
  }
  if (call.args)
    machine.escape(
      frame,
      join(
        allArguments(call.args),
        call.self?.tokens.every(t => t.kind === 'builtin') ? BOTTOM : (call.self ?? BOTTOM),
      ),
      site,
      // What these give back is judged where it is used.
      !/^(Object|Reflect)\.(get|is|keys|values|entries|own|has)/.test(call.token?.path ?? ''),
    )
  if (frame.context.kind === 'call') return out
  return tainted(out, { kind: 'ambient', message, site })
}
