// Whether headers that are given out set a cookie: such an answer is never static.

import type { Call } from './registry.ts'
import { of, type Token, type Value } from '../value.ts'

/** `set-cookie` among headers that are written out. */
export function noteCookies(call: Call, init: Value): void {
  const { machine, frame, site } = call
  for (const token of init.tokens) {
    const headers = machine.readToken(frame, token, 'headers', of(token), site)
    for (const one of headers.tokens) noteCookieNames(call, one)
  }
}

export function noteCookieNames(call: Call, headers: Token): void {
  for (const name of call.machine.namesOf(call.frame, headers))
    if (name.toLowerCase() === 'set-cookie' && call.frame.context.kind === 'call')
      call.machine.effect(call.frame, 'sets a cookie', call.site)
}

export function isCookie(value: Value): boolean {
  return value.strings.some(name => name.toLowerCase() === 'set-cookie')
}
