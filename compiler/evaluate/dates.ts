// Clock, time zone and locale: every road to one of the three notes the read. The clock is a made-up
// one, another in each variation, so that a read nobody saw shows as a difference.

import { ambient } from './watch.ts'
import { watchedFunction, watchedObject, watchGetter, watchMethod } from './wrap.ts'

const NativeDate = Date
const nativeNow = Date.now

/** Replaces `Date` and what it brings along, in this process, for good. */
export function watchDates(start: number): void {
  const began = nativeNow()
  let reads = 0
  // Runs a little fast, and never shows one time twice.
  const now = (): number => start + Math.floor((nativeNow() - began) * 1.5) + ++reads * 7

  const nativeParse = NativeDate.parse
  const watchedStatics = {
    now() {
      ambient('reads the clock: Date.now()')
      return now()
    },
    parse(text: string) {
      if (!namesItsZone(text))
        ambient('reads the local time zone: Date.parse() of a time without one')
      return nativeParse(text)
    },
  }
  define(NativeDate, 'now', watchedStatics.now)
  define(NativeDate, 'parse', watchedStatics.parse)
  const WatchedDate = new Proxy(NativeDate, {
    apply() {
      ambient('reads the clock: Date()')
      return new NativeDate(now()).toString()
    },
    construct(target, args, newTarget) {
      if (args.length === 0) {
        ambient('reads the clock: new Date()')
        return Reflect.construct(target, [now()], newTarget)
      }
      if (args.length > 1) ambient('reads the local time zone: new Date(year, month, …)')
      else if (typeof args[0] === 'string' && !namesItsZone(args[0])) {
        ambient('reads the local time zone: new Date() of a time without one')
      } else if (
        typeof args[0] === 'object' &&
        args[0] !== null &&
        !(args[0] instanceof NativeDate)
      ) {
        // What it converts to is known to the engine alone.
        ambient('reads the local time zone: new Date() of an object')
      }
      return Reflect.construct(target, args, newTarget)
    },
  })
  define(NativeDate.prototype, 'constructor', WatchedDate)
  define(globalThis, 'Date', WatchedDate)

  for (const key of Reflect.ownKeys(NativeDate.prototype)) {
    if (typeof key !== 'string' || key === 'constructor') continue
    if (/^toLocale/.test(key)) {
      watchMethod(NativeDate.prototype, key, ([locales, options]) =>
        noteFormat(`Date.prototype.${key}()`, locales, options),
      )
    } else if (/^([gs]et(?!UTC|Time$)|to(Date|Time)?String$)/.test(key)) {
      watchMethod(NativeDate.prototype, key, () =>
        ambient(`reads the local time zone: Date.prototype.${key}()`),
      )
    }
  }
  const toPrimitive = NativeDate.prototype[Symbol.toPrimitive]
  Reflect.defineProperty(NativeDate.prototype, Symbol.toPrimitive, {
    configurable: true,
    value: new Proxy(toPrimitive, {
      apply(target, receiver, args) {
        if (args[0] !== 'number') ambient('reads the local time zone: a Date as text')
        return Reflect.apply(target, receiver, args)
      },
    }),
  })

  watchIntl()
  watchLocaleMethods()
  watchTemporal()
  watchMethod(globalThis.Performance?.prototype, 'now', () =>
    ambient('reads the clock: performance.now()'),
  )
  watchMethod(globalThis.Performance?.prototype, 'mark', () =>
    ambient('reads the clock: performance.mark()'),
  )
  watchMethod(globalThis.Performance?.prototype, 'measure', () =>
    ambient('reads the clock: performance.measure()'),
  )
  watchMethod(globalThis.Performance?.prototype, 'toJSON', () =>
    ambient('reads the clock: performance.toJSON()'),
  )
  watchGetter(globalThis.Performance?.prototype, 'timeOrigin', () =>
    ambient('reads the clock: performance.timeOrigin'),
  )
  define(
    globalThis,
    'performance',
    watchedObject(performance, key =>
      typeof key === 'string' ? `reads the clock: performance.${key}` : null,
    ),
  )
  watchGetter(globalThis.Event?.prototype, 'timeStamp', () =>
    ambient('reads the clock: Event.prototype.timeStamp'),
  )
  watchGetter(globalThis.File?.prototype, 'lastModified', () =>
    ambient('reads the clock: File.prototype.lastModified'),
  )
}

/** ECMA-262 section 21.4.1.32: a date alone is UTC, a date with a time and no offset is local. */
function namesItsZone(text: unknown): boolean {
  if (typeof text !== 'string') return true
  return (
    /^\s*([+-]\d{6}|\d{4})(-\d\d(-\d\d)?)?$/.test(text) ||
    /(Z|GMT|UTC?|[+-]\d\d:?\d\d)(\s*\(.*\))?\s*$/i.test(text)
  )
}

// ---------------------------------------------------------------- Intl

interface Service {
  prototype: object
  supportedLocalesOf?(locales: never): string[]
}

function watchIntl(): void {
  const intl = Intl as unknown as Record<string, Service>
  for (const name of Reflect.ownKeys(Intl) as string[]) {
    const native = intl[name]
    if (!native?.prototype || name === 'Locale') continue
    const watched = watchedFunction(native as object, ([locales, options]) => {
      noteLocale(`Intl.${name}`, locales, native)
      if (name === 'DateTimeFormat' && !hasZone(options))
        ambient('reads the local time zone: Intl.DateTimeFormat without timeZone')
    })
    define(native.prototype, 'constructor', watched)
    define(Intl, name, watched)
  }
  const { prototype } = intl.DateTimeFormat!
  const { get } = Reflect.getOwnPropertyDescriptor(prototype, 'format') ?? {}
  const made = new WeakMap<object, unknown>()
  if (get) {
    Reflect.defineProperty(prototype, 'format', {
      configurable: true,
      get() {
        const format = Reflect.apply(get, this, [])
        if (!made.has(format))
          made.set(
            format,
            watchedFunction(format, ([date]) => noteNow(date)),
          )
        return made.get(format)
      },
    })
  }
  watchMethod(prototype, 'formatToParts', ([date]) => noteNow(date))
}

function noteNow(date: unknown): void {
  if (date === undefined)
    ambient('reads the clock: Intl.DateTimeFormat.prototype.format() without a date')
}

function hasZone(options: unknown): boolean {
  return (
    typeof options === 'object' &&
    options !== null &&
    (options as { timeZone?: unknown }).timeZone !== undefined
  )
}

function noteFormat(what: string, locales: unknown, options: unknown): void {
  noteLocale(what, locales, Intl.DateTimeFormat)
  if (!hasZone(options)) ambient(`reads the local time zone: ${what} without timeZone`)
}

/** Without a locale, or with none that the engine knows, the machine's own is taken. */
function noteLocale(
  what: string,
  locales: unknown,
  service: Pick<Service, 'supportedLocalesOf'>,
): void {
  let known = false
  try {
    known =
      locales !== undefined && (service.supportedLocalesOf?.(locales as never).length ?? 1) > 0
  } catch {}
  if (!known) ambient(`reads the default locale: ${what} without a locale`)
}

function watchLocaleMethods(): void {
  const text = (key: string): void =>
    watchMethod(String.prototype, key, ([locales]) =>
      noteLocale(`String.prototype.${key}()`, locales, Intl.Collator),
    )
  text('toLocaleUpperCase')
  text('toLocaleLowerCase')
  watchMethod(String.prototype, 'localeCompare', ([, locales]) =>
    noteLocale('String.prototype.localeCompare()', locales, Intl.Collator),
  )
  const typed = Object.getPrototypeOf(Uint8Array.prototype) as object
  for (const [name, prototype] of [
    ['Number', Number.prototype],
    ['BigInt', BigInt.prototype],
    ['Array', Array.prototype],
    ['TypedArray', typed],
  ] as const) {
    watchMethod(prototype, 'toLocaleString', ([locales]) =>
      noteLocale(`${name}.prototype.toLocaleString()`, locales, Intl.NumberFormat),
    )
  }
}

function watchTemporal(): void {
  const temporal = (globalThis as unknown as { Temporal?: Record<string, { prototype?: object }> })
    .Temporal
  if (!temporal) return
  const { Now } = temporal
  for (const key of Reflect.ownKeys(Now ?? {})) {
    if (typeof key === 'string')
      watchMethod(Now, key, () => ambient(`reads the clock: Temporal.Now.${key}()`))
  }
  for (const name of Reflect.ownKeys(temporal)) {
    if (typeof name !== 'string') continue
    watchMethod(temporal[name]?.prototype, 'toLocaleString', ([locales, options]) =>
      noteFormat(`Temporal.${name}.prototype.toLocaleString()`, locales, options),
    )
  }
}

function define(object: object, key: string, value: unknown): void {
  const found = Reflect.getOwnPropertyDescriptor(object, key)
  Reflect.defineProperty(object, key, {
    configurable: true,
    enumerable: found?.enumerable ?? false,
    writable: true,
    value,
  })
}
