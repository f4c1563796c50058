// The own members of a value, one after another, as a spread or `Object.assign` takes them.

import { get } from './objects.ts'
import { PATHS } from './realm.ts'
import { isObject } from './kinds.ts'
import type { World } from './world.ts'

/** Hands out the own enumerable members of a value, as a spread does. */
export function copyMembers(
  w: World,
  source: unknown,
  put: (key: string | symbol, value: unknown) => void,
  without?: Set<string | symbol>,
): void {
  if (source === undefined || source === null) return
  w.look(source)
  if (isObject(source) && PATHS.has(source)) w.unsupported('lists a builtin')
  for (const key of Reflect.ownKeys(Object(source) as object)) {
    if (without?.has(key)) continue
    if (!Object.prototype.propertyIsEnumerable.call(source, key)) continue
    put(key, get(w, source, key))
  }
}
