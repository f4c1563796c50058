// What the language leaves to its engines: how a rounded function rounds, which pairs a sort compares,
// what the source text of a function looks like. Measured between Node, Bun and Deno: all of these
// differ. A use that shows it is noted; sorting is done in another way in each variation.

import { isTracing, ofEngine, scopeNow } from './watch.ts'
import { replaceClass, watchedFunction, watchMethod } from './wrap.ts'

/** ECMA-262 section 21.3.2 calls the results of these approximations. */
const ROUNDED =
  'acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot log log10 log1p log2 sin sinh tan tanh'.split(
    ' ',
  )

/** Watches what is left to the engine, in this process, for good. `isOther`: sort in another way. */
export function watchEngines(isOther: boolean): void {
  for (const name of ROUNDED) {
    watchMethod(Math, name, args => {
      // Zero, infinities and what is no number are laid down; anything else is rounded.
      if (args.some(arg => !isLaidDown(name, arg)))
        ofEngine(`is rounded as the engine does it: Math.${name}()`)
    })
  }
  watchMethod(Math, 'pow', ([base, exponent]) => {
    if (!isExactPower(base, exponent)) ofEngine('is rounded as the engine does it: Math.pow()')
  })
  watchMethod(Number.prototype, 'toString', ([radix], self) => {
    if (
      radix === undefined ||
      radix === 10 ||
      !(typeof self === 'number' || self instanceof Number)
    )
      return
    if (Number.isFinite(Number(self)) && !Number.isSafeInteger(Number(self)))
      ofEngine(`is rounded as the engine does it: toString(${Number(radix)}) of a fraction`)
  })
  watchMethod(Function.prototype, 'toString', () => {
    // Many libraries look for what is native while they load; the analyzer follows where that goes.
    if (!scopeNow()?.loading) ofEngine('shows the source text of a function')
  })
  const Decoder = globalThis.TextDecoder
  const watched = watchedFunction(Decoder, ([label]) => {
    // Node without full ICU, Bun and Deno do not decode the same labels, nor to the same text.
    if (label !== undefined && !/^\s*(unicode-1-1-)?utf-?8\s*$/i.test(String(label)))
      ofEngine(
        `decodes text as the host does it: new TextDecoder(${JSON.stringify(String(label))})`,
      )
  })
  replaceClass('TextDecoder', Decoder, watched)
  watchSorts(isOther)
  watchRevivers(isOther)
  // Bun has these, nobody else does.
  for (const { prototype } of [Headers, URLSearchParams, FormData]) {
    const found = Reflect.getOwnPropertyDescriptor(prototype, 'toJSON')
    Reflect.defineProperty(prototype, 'toJSON', {
      configurable: true,
      enumerable: found?.enumerable ?? false,
      get() {
        if (!isTracing()) ofEngine('is turned into JSON as the host does it')
        return found?.value
      },
    })
  }
  watchMethod(globalThis, 'structuredClone', ([value]) => {
    if (holdsListed(value)) ofEngine('copies an object of the host: structuredClone()')
  })
}

/** Whether a value is or holds what only some hosts can copy. Runs no code of the user's. */
function holdsListed(value: unknown): boolean {
  const seen = new Set([value])
  for (const one of seen) {
    if (typeof one !== 'object' || one === null) continue
    for (let at: object | null = one; at; at = Reflect.getPrototypeOf(at))
      if (listedOf.has(at)) return true
    for (const { value: held } of Object.values(Object.getOwnPropertyDescriptors(one)))
      seen.add(held)
    if (one instanceof Map) for (const pair of one) seen.add(pair[0]).add(pair[1])
    else if (one instanceof Set) for (const held of one) seen.add(held)
  }
  return false
}

/** Newer engines hand a reviver the source text too: one variation has that, the other has not. */
function watchRevivers(isOther: boolean): void {
  const { parse } = JSON
  JSON.parse = new Proxy(parse, {
    apply(_, self, [text, reviver, ...rest]) {
      const revived =
        typeof reviver === 'function'
          ? function (
              this: unknown,
              key: string,
              value: unknown,
              context: unknown = { source: String(value) },
            ) {
              return Reflect.apply(reviver, this, isOther ? [key, value] : [key, value, context])
            }
          : reviver
      return Reflect.apply(parse, self, [text, revived, ...rest])
    },
  })
}

/** Prototypes of the host whose members a `for…in` goes through, in an order of its own. */
const listedOf = new Set<object>()

/** Has the classes among `values` known, before user code can change them; see `listed`. */
export function findListed(values: unknown[]): void {
  for (const value of values) {
    const prototype: unknown = typeof value === 'function' ? value.prototype : null
    if (typeof prototype === 'object' && prototype !== null && Object.keys(prototype).length > 0)
      listedOf.add(prototype)
  }
}

/** Gives back what user code lists with `for…in`; see rewrite.ts. */
export function listed<T>(value: T): T {
  for (
    let at: object | null = typeof value === 'object' ? value : null;
    at;
    at = Reflect.getPrototypeOf(at)
  )
    if (listedOf.has(at)) ofEngine('lists the members of an object of the host')
  return value
}

function isLaidDown(name: string, arg: unknown): boolean {
  if (typeof arg !== 'number') return false
  if (arg === 1 && name.startsWith('log') && name !== 'log1p') return true
  return arg === 0 || Number.isNaN(arg) || (!Number.isFinite(arg) && !name.startsWith('a'))
}

/** Measured: engines agree on squares, roots, powers of two and what is a safe integer. */
function isExactPower(base: unknown, exponent: unknown): boolean {
  if (typeof base !== 'number' || typeof exponent !== 'number') return false
  if (!Number.isFinite(base) || !Number.isFinite(exponent)) return true
  if ([0, 0.5, 1, 2].includes(exponent)) return true
  if (!Number.isInteger(base) || !Number.isInteger(exponent)) return false
  return base === 2 || (exponent > 0 && Number.isSafeInteger(nativePow(base, exponent)))
}

const nativePow = Math.pow

// ---------------------------------------------------------------- sorting

type Compare = (a: unknown, b: unknown) => unknown

/** Up to this many items every pair is compared once more, beyond only those some powers of two apart. */
const ALL_PAIRS = 64

/**
 * How often a comparator is called, and with which pairs, is the engine's affair (section 23.1.3.30):
 * one variation asks it the other way round and once more. One that contradicts itself sorts in
 * another way in each engine.
 */
function watchSorts(isOther: boolean): void {
  const typed = Object.getPrototypeOf(Uint8Array.prototype) as object
  for (const prototype of [Array.prototype, typed]) {
    for (const key of ['sort', 'toSorted']) {
      const found = Reflect.getOwnPropertyDescriptor(prototype, key)
      if (!found) continue
      const native = found.value as (this: unknown, compare?: Compare) => ArrayLike<unknown>
      const watched = new Proxy(native, {
        apply(_, self, [given, ...rest]: [Compare | undefined]) {
          if (typeof given !== 'function') {
            if (isOther) for (const item of Array.from(self as ArrayLike<unknown>)) shown(item)
            return Reflect.apply(native, self, [given, ...rest])
          }
          const compare: Compare = isOther ? (a, b) => -signOf(given(b, a)) : given
          const sorted = Reflect.apply(native, self, [compare, ...rest])
          if (isOther && !isOrder(Array.from(sorted), given))
            ofEngine(`sorts by a comparison that contradicts itself: ${key}()`)
          return sorted
        },
      })
      Reflect.defineProperty(prototype, key, { ...found, value: watched })
    }
  }
}

/** Converts once more, as an engine may; what throws does so when it is sorted. */
function shown(item: unknown): void {
  if (typeof item !== 'object' || item === null) return
  try {
    String(item)
  } catch {}
}

function signOf(result: unknown): number {
  const number = Number(result)
  return number > 0 ? 1 : number < 0 ? -1 : 0
}

/** Whether a sorted list is in order whichever of its pairs one asks for. */
function isOrder(sorted: unknown[], compare: Compare): boolean {
  const items = sorted.filter(item => item !== undefined)
  const places = [0]
  for (let i = 1; i < items.length; i++)
    places.push(places[i - 1]! + (signOf(compare(items[i - 1], items[i])) === 0 ? 0 : 1))
  for (let i = 0; i < items.length; i++)
    for (let by = 1; i + by < items.length; by = items.length <= ALL_PAIRS ? by + 1 : by * 2) {
      const expected = places[i] === places[i + by] ? 0 : -1
      if (signOf(compare(items[i], items[i + by])) !== expected) return false
      if (signOf(compare(items[i + by], items[i])) !== -expected) return false
    }
  return true
}
