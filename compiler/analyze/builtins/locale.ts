// What is written as a locale and a time zone have it: known only where the call names them.

import { ambient } from './ambient.ts'
import { arg, used } from './call.ts'
import type { Call } from './registry.ts'
import { NULL, of, STR, STRING, strongerTaint, tainted, UNDEFINED, type Value } from '../value.ts'

/** With no explicit locale (and zone) the machine's own decides. */
export function localized(call: Call, localeAt: number, needsZone: boolean): Value {
  const taint = strongerTaint(used(call, 'json'), used(call, 'string'))
  const name = call.token.path!.split('.').at(-1)
  if (!isGiven(arg(call, localeAt)))
    return ambient(call, `uses the machine's locale: ${name}()`, STR)
  if (needsZone && !hasZone(call, arg(call, localeAt + 1)))
    return ambient(call, `uses the machine's time zone: ${name}()`, STR)
  return tainted(STR, taint)
}

export function isGiven(value: Value): boolean {
  if (value.doubt || value.bits & (UNDEFINED | NULL)) return false
  if (value.tokens.length > 0)
    return value.tokens.every(
      token => token.kind === 'array' && (token.props.get('0')?.value.strings.length ?? 0) > 0,
    )
  return (
    value.strings.every(one => one !== '') &&
    (value.strings.length > 0 || (value.bits & STRING) !== 0)
  )
}

export function hasZone(call: Call, options: Value): boolean {
  const { machine, frame, site } = call
  if (options.doubt || options.bits || options.tokens.length === 0) return false
  return options.tokens.every(
    token =>
      token.kind === 'object' &&
      isGiven(machine.readToken(frame, token, 'timeZone', of(token), site)),
  )
}
