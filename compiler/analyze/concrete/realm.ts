// The objects that the language itself provides -> the paths they are known by. What is not found from
// here belongs to a host and is never touched by a concrete run.

const NAMES = (
  'Object Function Array Number Boolean String Symbol BigInt Math JSON Reflect Map Set WeakMap WeakSet WeakRef ' +
  'RegExp Date Promise Proxy Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError ' +
  'ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array ' +
  'Float32Array Float64Array BigInt64Array BigUint64Array parseInt parseFloat isNaN isFinite encodeURIComponent ' +
  'encodeURI decodeURIComponent decodeURI escape unescape'
).split(' ')

/** Globals of all hosts that a run may hold and ask after, but not call. */
const HELD = 'File Blob URL URLSearchParams Headers Response Request FormData ReadableStream'.split(
  ' ',
)

/** What is found at no name. */
const HIDDEN: [string, object][] = [
  ['Uint8Array', Object.getPrototypeOf(Uint8Array) as object],
  ['Iterator', Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object],
  ['Generator', Object.getPrototypeOf([][Symbol.iterator]()) as object],
  ['Generator', Object.getPrototypeOf(new Map()[Symbol.iterator]()) as object],
  ['Generator', Object.getPrototypeOf(new Set()[Symbol.iterator]()) as object],
  ['Generator', Object.getPrototypeOf(''[Symbol.iterator]()) as object],
  ['Generator', Object.getPrototypeOf(''.matchAll(/a/g)) as object],
]

/** Every object of the language, by identity. */
export const PATHS = new Map<object, string>()
/** Global names and what they stand for. */
export const GLOBALS = new Map<string, unknown>([
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['window', undefined],
  ['document', undefined],
])

/** Makers of functions, the plain one first; the others may be held, not called. */
export const UNUSUAL: readonly object[] = [
  () => {},
  async () => {},
  function* () {},
  async function* () {},
].map(fn => fn.constructor)

/** A member's name in paths. */
export function pathKey(key: string | symbol): string {
  if (typeof key === 'string') return key
  const { description } = key
  return description?.startsWith('Symbol.') ? `@@${description.slice(7)}` : '@'
}

function add(path: string, value: unknown): void {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return
  if (PATHS.has(value)) return
  PATHS.set(value, path)
  for (const key of Reflect.ownKeys(value)) {
    if (key === 'constructor' || key === 'caller' || key === 'callee' || key === 'arguments')
      continue
    const found = Reflect.getOwnPropertyDescriptor(value, key)!
    if ('value' in found) add(`${path}.${pathKey(key)}`, found.value)
    else {
      add(`get ${path}.${pathKey(key)}`, found.get)
      add(`set ${path}.${pathKey(key)}`, found.set)
    }
  }
}

for (const name of NAMES) {
  const value = (globalThis as Record<string, unknown>)[name]
  GLOBALS.set(name, value)
  add(name, value)
}
for (const name of HELD) {
  const value = (globalThis as Record<string, unknown>)[name]
  if (typeof value !== 'function') continue
  GLOBALS.set(name, value)
  // With its prototype: what is not known by a path counts as the program's own, to be written.
  add(name, value)
}
for (const [name, value] of HIDDEN)
  if (!PATHS.has(value)) {
    if (typeof value === 'function') {
      PATHS.set(value, name)
      add(`${name}.prototype`, value.prototype)
    } else add(`${name}.prototype`, value)
  }
for (const one of UNUSUAL.slice(1)) PATHS.set(one, (one as { name: string }).name)
