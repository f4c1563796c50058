// The binary operators over real values; what would make text of code or of a local date is refused.

import { checkText, get, has, noteChain, toKey } from './objects.ts'
import { power } from './power.ts'
import { PATHS } from './realm.ts'
import type { Unit } from './unit.ts'
import { isObject } from './kinds.ts'
import type { World } from './world.ts'

/** A value as a number or bigint. */
export function toNumeric(w: World, value: unknown): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (isObject(value)) checkNumber(w, value)
  // Minus runs the language's own conversion, once; a bigint comes back as one.
  const out = isObject(value) ? -(-(value as never) as number) : value
  if (w.failed) throw w.failed
  return typeof out === 'bigint' ? out : Number(out)
}

function checkNumber(w: World, value: object): void {
  if (value instanceof Date) {
    for (const key of [Symbol.toPrimitive, 'valueOf']) noteChain(w, value, key)
    w.look(value)
    return
  }
  if (typeof value === 'function') return
  checkText(w, value)
}

function both(w: World, a: unknown, b: unknown, check: (w: World, value: object) => void): void {
  if (isObject(a)) check(w, a)
  if (isObject(b)) check(w, b)
}

function looselyEqual(a: unknown, b: unknown): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: the operator itself is what is run
  return a == b
}

export const MAX_TEXT = 1 << 24

export function binary(u: Unit, operator: string): (a: unknown, b: unknown) => unknown {
  const { w } = u
  const checked =
    (operate: (a: never, b: never) => unknown, check: (w: World, value: object) => void) =>
    (a: unknown, b: unknown): unknown => {
      both(w, a, b, check)
      const out = operate(a as never, b as never)
      if (w.failed) throw w.failed
      return out
    }
  const compare = checked(looselyEqual, checkText)
  const equals = (a: unknown, b: unknown): boolean =>
    a !== null && b !== null && a !== undefined && b !== undefined && isObject(a) !== isObject(b)
      ? (compare(a, b) as boolean)
      : looselyEqual(a, b)
  switch (operator) {
    case '===':
      return (a, b) => a === b
    case '!==':
      return (a, b) => a !== b
    case '==':
      return (a, b) => equals(a, b)
    case '!=':
      return (a, b) => !equals(a, b)
    case '+': {
      const add = checked((a, b) => a + b, checkText)
      return (a, b) => {
        if (typeof a === 'number' && typeof b === 'number') return a + b
        const out = add(a, b)
        if (typeof out === 'string' && out.length > MAX_TEXT) w.unsupported('makes a long text')
        return out
      }
    }
    case '-':
      return checked((a, b) => a - b, checkNumber)
    case '*':
      return checked((a, b) => a * b, checkNumber)
    case '/':
      return checked((a, b) => a / b, checkNumber)
    case '%':
      return checked((a, b) => a % b, checkNumber)
    case '**':
      return (a, b) => power(w, a, b)
    case '<<':
      return (a, b) =>
        typeof a === 'bigint'
          ? w.unsupported('shifts a bigint')
          : checked((x, y) => x << y, checkNumber)(a, b)
    case '>>':
      return checked((a, b) => a >> b, checkNumber)
    case '>>>':
      return checked((a, b) => a >>> b, checkNumber)
    case '&':
      return checked((a, b) => a & b, checkNumber)
    case '|':
      return checked((a, b) => a | b, checkNumber)
    case '^':
      return checked((a, b) => a ^ b, checkNumber)
    case '<':
      return checked((a, b) => a < b, checkNumber)
    case '>':
      return checked((a, b) => a > b, checkNumber)
    case '<=':
      return checked((a, b) => a <= b, checkNumber)
    case '>=':
      return checked((a, b) => a >= b, checkNumber)
    case 'in':
      return (a, b) => has(w, b, toKey(w, a))
    case 'instanceof':
      return (a, b) => {
        if (!isObject(b)) throw new TypeError("Right-hand side of 'instanceof' is not an object")
        const test = get(w, b, Symbol.hasInstance)
        if (test === Function.prototype[Symbol.hasInstance]) {
          if (w.closures.get(b)?.bound) return u.call(test, b, [a])
          noteChain(w, b, 'prototype')
          // Any step of the chain may be set to another.
          if (isObject(a))
            for (let at: object | null = a; at && !PATHS.has(at); at = Object.getPrototypeOf(at))
              w.noteRead(at, '__proto__')
          if (isObject(a) && w.exotics.has(a)) w.unsupported('asks what it was given')
          return (a as object) instanceof (b as never)
        }
        return !!u.call(test, b, [a])
      }
  }
  return () => w.unsupported(`uses ${operator}`)
}
