// Names that lead from a program's own values to what the language provides, and what is known of its
// functions by their paths. Whatever is not listed here is taken to do harm.

const words = (text: string): Set<string> => new Set(text.trim().split(/\s+/))

/** Members that all objects inherit. */
export const OF_OBJECTS =
  words(`constructor __proto__ hasOwnProperty isPrototypeOf propertyIsEnumerable
  toString toLocaleString valueOf __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__`)

const OF_FUNCTIONS = words('call apply bind arguments caller')

const OF_LISTS =
  words(`at concat copyWithin entries every fill filter find findIndex findLast findLastIndex
  flat flatMap forEach includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift
  slice some sort splice toReversed toSorted toSpliced unshift values with`)

const OF_TEXT =
  words(`anchor at big blink bold charAt charCodeAt codePointAt concat endsWith fixed fontcolor
  fontsize includes indexOf isWellFormed italics lastIndexOf link localeCompare match matchAll normalize
  padEnd padStart repeat replace replaceAll search slice small split startsWith strike sub substr substring
  sup toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase toWellFormed trim trimEnd trimLeft
  trimRight trimStart`)

const OF_NUMBERS = words('toExponential toFixed toPrecision')

const OF_OTHERS =
  words(`add clear delete get has set difference intersection isDisjointFrom isSubsetOf
  isSupersetOf symmetricDifference union getOrInsert getOrInsertComputed deref then catch finally exec test
  compile next return throw drop take toArray subarray setFromBase64 setFromHex toBase64 toHex resize
  transfer transferToFixedLength grow register unregister prototype
  getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime
  getTimezoneOffset getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes
  getUTCMonth getUTCSeconds getYear setDate setFullYear setHours setMilliseconds setMinutes setMonth
  setSeconds setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth
  setUTCSeconds setYear toDateString toGMTString toISOString toJSON toLocaleDateString toLocaleTimeString
  toLocaleString toTemporalInstant toTimeString toUTCString
  getBigInt64 getBigUint64 getFloat16 getFloat32 getFloat64 getInt16 getInt32 getInt8 getUint16 getUint32
  getUint8 setBigInt64 setBigUint64 setFloat16 setFloat32 setFloat64 setInt16 setInt32 setInt8 setUint16
  setUint32 setUint8`)

/** Members of anything that the language makes. */
const STANDARD = new Set([
  ...OF_OBJECTS,
  ...OF_FUNCTIONS,
  ...OF_LISTS,
  ...OF_TEXT,
  ...OF_NUMBERS,
  ...OF_OTHERS,
])

const OF_STATICS = words(`assign create defineProperties defineProperty entries freeze fromEntries
  getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols
  getPrototypeOf groupBy hasOwn is isExtensible isFrozen isSealed keys preventExtensions seal
  setPrototypeOf values prototype`)

/** Whether `name` leads from a value of a kind to the language, though no code has put it there. */
export function leadsOn(
  kind: 'object' | 'array' | 'function' | 'native' | 'text' | 'prim' | 'ext' | 'inherited',
  name: string,
): boolean {
  if (OF_OBJECTS.has(name)) return true
  switch (kind) {
    case 'object':
      return false
    case 'function':
      return OF_FUNCTIONS.has(name)
    case 'array':
      return OF_LISTS.has(name)
    case 'text':
      return OF_TEXT.has(name) || OF_NUMBERS.has(name)
    case 'prim':
      return OF_NUMBERS.has(name) || OF_TEXT.has(name)
    case 'inherited':
      return OF_FUNCTIONS.has(name) || OF_STATICS.has(name)
    default:
      return STANDARD.has(name)
  }
}

const DANGEROUS = [...STANDARD, ...OF_STATICS]

/** Whether text of which these are start and end may be a name that leads to the language. */
export function mayLeadOn(start: string, end: string, isWhole: boolean): boolean {
  if (isWhole) return STANDARD.has(start)
  return DANGEROUS.some(
    name =>
      name.startsWith(start) &&
      name.endsWith(end) &&
      name.length >= Math.max(start.length, end.length),
  )
}

/** Whether a method of that name is no mere method of the language, but leads on to all of it. */
export function leadsFar(name: string): boolean {
  return /^(constructor|prototype|caller|arguments|__\w+__)$/.test(name)
}

/** Whether the language has a method of that name, whatever it belongs to. */
export function isMethod(name: string): boolean {
  return STANDARD.has(name)
}

/** Methods that change nothing but what they are given as `this`. */
export const CHANGES_SELF =
  words(`push unshift add set fill splice pop shift sort reverse copyWithin clear
  delete compile exec test setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds
  setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds
  next return throw setBigInt64 setBigUint64 setFloat16 setFloat32 setFloat64 setInt16 setInt32 setInt8
  setUint16 setUint32 setUint8 resize transfer setFromBase64 setFromHex getOrInsert`)

/** Methods that only look at `this` and their arguments; functions among these they may call. */
export const ONLY_LOOKS = new Set(
  [...STANDARD, 'values', 'keys', 'entries'].filter(
    name =>
      !CHANGES_SELF.has(name) &&
      !/^(constructor|call|apply|bind|arguments|caller|prototype|register|unregister|grow|__\w+__|transferToFixedLength|getOrInsertComputed)$/.test(
        name,
      ),
  ),
)

/** Methods that keep or compare what they are given and call none of it. */
export const ONLY_KEEPS =
  words(`push unshift add set fill splice with concat includes indexOf lastIndexOf
  has get delete isPrototypeOf hasOwnProperty propertyIsEnumerable return slice at`)

/** Methods that give text, numbers, or lists of these, whoever has them. */
export const GIVES_TEXT = new Set([
  ...[...OF_TEXT].filter(name => !OF_LISTS.has(name)),
  ...[...STANDARD].filter(
    name => /^([gs]et|to)[A-Z]/.test(name) && !/^to(Sorted|Reversed|Spliced|Array)$/.test(name),
  ),
  'hasOwnProperty',
  'propertyIsEnumerable',
  'isPrototypeOf',
])

/** Methods of what Hono and hosts make that neither keep what they are given nor give anything back. */
export const ONLY_ANSWERS =
  words(`json text html body redirect header status notFound newResponse query
  queries param parseBody formData arrayBuffer blob bytes`)

/** Callbacks of lists: what they are called with is in the list. */
export const OF_ITEMS =
  words(`forEach map filter find findIndex findLast findLastIndex some every flatMap
  reduce reduceRight sort toSorted push unshift add set fill splice pop shift get at has delete includes
  indexOf lastIndexOf join concat slice reverse toReversed with toSpliced keys values entries clear`)

type Effect =
  /** Gives a primitive, calls nothing. */
  | 'plain'
  /** Gives what its arguments hold, or an object of its own; may call functions among them. */
  | 'mixes'
  /** Gives an object that holds what its arguments hold, or its argument. */
  | 'holds'
  /** Hands its arguments to the host. */
  | 'asks'
  /** Makes an object above which its first argument stands. */
  | 'creates'
  /** Makes an object that keeps its arguments. */
  | 'makes'
  /** Changes its first argument. */
  | 'writes'
  /** Gives something of the language. */
  | 'lang'

const PATHS = new Map<string, Effect>()
const list = (effect: Effect, text: string): void => {
  for (const path of words(text)) PATHS.set(path, effect)
}
list(
  'plain',
  `String Number Boolean BigInt Symbol Symbol.for Symbol.keyFor Object.is Object.hasOwn Object.isFrozen
  Object.isSealed Object.isExtensible Array.isArray Number.isInteger Number.isSafeInteger Number.isFinite
  Number.isNaN Number.parseInt Number.parseFloat String.fromCharCode String.fromCodePoint parseInt
  parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI escape unescape btoa
  atob Date.now Date.UTC Date.parse Date Reflect.has BigInt.asIntN BigInt.asUintN ArrayBuffer.isView
  performance.now crypto.randomUUID process.cwd process.uptime process.hrtime process.hrtime.bigint
  Buffer.byteLength Buffer.isBuffer Error.isError clearTimeout clearInterval clearImmediate URL.canParse
  Bun.nanoseconds Intl.getCanonicalLocales`,
)
list(
  'mixes',
  `Object.groupBy Map.groupBy Array.from Array.fromAsync JSON.parse JSON.stringify Promise.withResolvers
  String.raw Iterator.from Promise Uint8Array.from Uint8Array.of`,
)
list(
  'holds',
  `Object Object.keys Object.values Object.entries Object.fromEntries Object.getOwnPropertyNames
  Object.getOwnPropertySymbols Object.getOwnPropertyDescriptor Object.getOwnPropertyDescriptors Array
  Array.of Promise.resolve Promise.all Promise.allSettled Promise.race Promise.any Promise.reject
  Reflect.get Reflect.ownKeys Reflect.getOwnPropertyDescriptor structuredClone RegExp RegExp.escape`,
)
list(
  'asks',
  `ReadableStream WritableStream TransformStream AbortController EventTarget fetch Response.json Response.redirect Response.error Request Response Headers Buffer.from Buffer.alloc
  Buffer.concat Buffer.allocUnsafe crypto.subtle.digest crypto.subtle.importKey crypto.subtle.sign
  crypto.subtle.verify AbortSignal.timeout AbortSignal.any AbortSignal.abort Uint8Array.fromBase64
  Uint8Array.fromHex`,
)
list(
  'makes',
  `Map Set WeakMap WeakSet WeakRef Date Error TypeError RangeError SyntaxError ReferenceError EvalError
  URIError AggregateError ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray
  Int16Array Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array
  BigUint64Array URL URLSearchParams Blob File FormData TextEncoder TextDecoder
  CompressionStream DecompressionStream TextDecoderStream TextEncoderStream Event CustomEvent DOMException`,
)
list(
  'writes',
  `Object.assign Object.defineProperty Object.defineProperties Object.setPrototypeOf Object.freeze
  Object.seal Object.preventExtensions Reflect.set Reflect.defineProperty Reflect.deleteProperty
  Reflect.setPrototypeOf Reflect.preventExtensions Error.captureStackTrace crypto.getRandomValues`,
)
list('creates', 'Object.create')
list('lang', 'Object.getPrototypeOf Reflect.getPrototypeOf Proxy')

/** What calling or constructing a global by its path does; null for what is not known. */
export function effectOf(path: string): Effect | null {
  if (/^(Math|console)\.\w+$/.test(path)) return 'plain'
  if (/^Intl\.[A-Z]\w+$/.test(path)) return 'makes'
  return PATHS.get(path) ?? null
}

/** Classes whose instances inherit nothing but what every engine has. */
export function isStandardClass(path: string): boolean {
  return /^(Object|Array|Promise|Map|Set|WeakMap|WeakSet|Date|RegExp|\w*Error)$/.test(path)
}

/** Functions of the language that may be handed to anything. */
export function isSafe(path: string): boolean {
  return effectOf(path) === 'plain' && path !== 'Date'
}

/** Members of the language that are primitives. */
export function isConstant(path: string): boolean {
  return /^(undefined|NaN|Infinity|Math\.[A-Z]\w*|Number\.[A-Z]\w*)$/.test(path)
}

/** Modules of the host whose functions neither run text nor hand out what the language provides. */
export function isOrdinaryModule(from: string): boolean {
  return /^(hono(\/.*)?|(node:)?(assert|async_hooks|buffer|crypto|dns|events|fs|http|https|net|os|path|perf_hooks|querystring|readline|stream|string_decoder|timers|tls|url|util|zlib)(\/\w+)*|bun:sqlite)$/.test(
    from,
  )
}
