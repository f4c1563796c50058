// Whether two values of the concrete heap are the same but for being made twice: same shape, same code,
// same constants. What is older than both has to be the very same object.

import type { Closure } from './closure.ts'
import { edges, isScope } from './reach.ts'
import { PATHS } from './realm.ts'
import { isObject } from './kinds.ts'
import type { World } from './world.ts'

/** Compares `a` and `b`; `isOld` says which objects were there before either was made. */
export function isSame(
  w: World,
  a: unknown,
  b: unknown,
  isOld: (value: object) => boolean,
): boolean {
  const twins = new Map<object, object>()
  const taken = new Map<object, object>()
  const open: [unknown, unknown][] = [[a, b]]
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [one, two] = pair
    if (!isObject(one) || !isObject(two)) {
      if (!Object.is(one, two)) return false
      continue
    }
    const twin = twins.get(one)
    if (twin !== undefined || taken.has(two)) {
      if (twin !== two || taken.get(two) !== one) return false
      continue
    }
    twins.set(one, two)
    taken.set(two, one)
    const isFixed = isOld(one) || isOld(two) || PATHS.has(one) || PATHS.has(two)
    if (isFixed && one === two) continue
    if (isFixed) return false
    if (!isAlike(w, one, two)) return false
    const left = [...edges(w, one)]
    const right = [...edges(w, two)]
    if (left.length !== right.length) return false
    for (const [index, edge] of left.entries()) {
      if (edge.label !== right[index]!.label) return false
      open.push([edge.to, right[index]!.to])
    }
  }
  return true
}

/** Whether two objects are of one kind and have the same code, text and order of members. */
function isAlike(w: World, a: object, b: object): boolean {
  if (isScope(a) || isScope(b)) return isScope(a) && isScope(b) && a[1] === b[1]
  if (typeof a !== typeof b || Array.isArray(a) !== Array.isArray(b)) return false
  const [one, two] = [w.closures.get(a), w.closures.get(b)]
  if (!one !== !two || (one && two && !sameCode(one, two))) return false
  if (ArrayBuffer.isView(a) || a instanceof Date) return false
  if (a instanceof RegExp && b instanceof RegExp && (a.source !== b.source || a.flags !== b.flags))
    return false
  const keys = Reflect.ownKeys(a)
  const others = Reflect.ownKeys(b)
  return (
    keys.length === others.length &&
    keys.every((key, index) => {
      if (key !== others[index]) return false
      const [x, y] = [
        Reflect.getOwnPropertyDescriptor(a, key)!,
        Reflect.getOwnPropertyDescriptor(b, key)!,
      ]
      return (
        'value' in x === 'value' in y &&
        x.writable === y.writable &&
        x.enumerable === y.enumerable &&
        x.configurable === y.configurable
      )
    })
  )
}

function sameCode(a: Closure, b: Closure): boolean {
  return (
    a.code?.node === b.code?.node &&
    !a.class === !b.class &&
    a.class?.node === b.class?.node &&
    !a.bound === !b.bound
  )
}
