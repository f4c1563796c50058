// Powers: only those that every engine has the same number for.

import type { World } from './world.ts'

/** `a ** b` of whole numbers; others are rounded as the engine does it. */
export function power(w: World, a: unknown, b: unknown): number {
  const out = typeof a === 'number' && typeof b === 'number' ? a ** b : Number.NaN
  const isExact = Number.isInteger(a) && Number.isSafeInteger(out) && (b as number) >= 0
  return isExact ? out : w.unsupported('raises to a power')
}
