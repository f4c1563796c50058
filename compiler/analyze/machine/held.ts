// What code of the project keeps on the context of a request: its variables, and members of its own of the
// context and of the request.

import type { Machine } from '../machine.ts'
import type { Frame } from './frame.ts'
import { BOTTOM, join, joinAll, of, type Site, type Token, type Value } from '../value.ts'

/** The objects of a context that code may keep something on. */
export function holders(m: Machine, c: Token, site: Site): Token[] {
  return [c, m.part(c, 'var', 'object', site), m.part(c, 'req', 'request', site)]
}

/** All that is kept on a context; whoever asks runs again when there is more. */
export function heldBy(m: Machine, frame: Frame, c: Token, site: Site): Value {
  let out = BOTTOM
  for (const token of holders(m, c, site)) {
    ;(token.listers ??= new Set()).add(frame)
    for (const [key, cell] of token.props)
      if (!key.startsWith('part ')) out = join(out, m.get(frame, cell))
  }
  return out
}

/** The context of the request that a frame belongs to; where that is not known, all there are. */
export function contextsOf(m: Machine, { context }: Frame): Value {
  const own = m.requests.get(context)
  return own ? of(own) : joinAll([...m.requests.values()].map(of))
}

/** The request context of all apps. */
export function appContext(m: Machine, site: Site): Token {
  return m.part(m.builtin('hono.Hono'), 'context', 'context', site)
}
