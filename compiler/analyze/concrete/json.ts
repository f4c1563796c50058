// JSON of a value, each object on the way noted as read: also what `toJSON` and replacers give.

import { isObject } from './kinds.ts'
import type { World } from './world.ts'

/** What `JSON.stringify` gives. */
export function jsonText(
  w: World,
  value: unknown,
  replace: ((holder: unknown, key: string, value: unknown) => unknown) | null = null,
  space?: string | number,
): string | undefined {
  const seen = new Set<object>()
  look(w, value, seen)
  const text = JSON.stringify(
    value,
    function (this: unknown, key: string, given: unknown): unknown {
      w.step()
      const out = replace ? replace(this, key, given) : given
      look(w, out, seen)
      return out
    },
    space,
  ) as string | undefined
  if (w.failed) throw w.failed
  return text
}

function look(w: World, value: unknown, seen: Set<object>): void {
  if (!isObject(value) || seen.has(value)) return
  seen.add(value)
  w.look(value)
  for (const key of Reflect.ownKeys(value)) {
    const found = Reflect.getOwnPropertyDescriptor(value, key)!
    if ('value' in found) look(w, found.value, seen)
    // What it gives is asked for `toJSON` before anybody sees it.
    else if (found.enumerable) w.unsupported('makes JSON of an accessor')
  }
}
