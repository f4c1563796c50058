// What a frame has already asked of an object in this run: asked once, since what the answer was read
// from runs the frame again when it grows.

import type { Frame } from './frame.ts'
import type { Token, Value } from '../value.ts'

/** Forgets what was asked while the code depended on something else. */
export function refresh(frame: Frame): void {
  if (frame.convertedUnder === frame.under) return
  frame.convertedUnder = frame.under
  frame.converted.clear()
  frame.memo.clear()
}

/** What `make` gives for an object, once in a run of the frame. */
export function memo(frame: Frame, what: string, token: Token, make: () => Value): Value {
  refresh(frame)
  let known = frame.memo.get(what)
  if (!known) frame.memo.set(what, (known = new Map()))
  let out = known.get(token)
  if (!out) known.set(token, (out = make()))
  return out
}
