// What the language leaves to its engines: how a rounded function rounds, which pairs a sort compares,
// what the source text of a function looks like. Measured between Node, Bun and Deno: all of these
// differ. A use that shows it is noted; sorting is done in another way in each variation.

import { ofEngine, scopeNow } from './watch.ts'
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
