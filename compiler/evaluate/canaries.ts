// Whether user code changed what all code shares: the global object and the language's own objects.
// A cheap look after each job, a thorough one after each load.

/** Says what changed since it was made, or null. */
export interface Canaries {
  /** Counts members and looks at a few that are used everywhere. */
  glance(): string | null
  /** Compares every member. */
  inspect(): string | null
}

const NAMES = [
  'Object',
  'Function',
  'Array',
  'Number',
  'Boolean',
  'String',
  'Symbol',
  'Date',
  'Promise',
  'RegExp',
  'Error',
  'TypeError',
  'RangeError',
  'JSON',
  'Math',
  'Reflect',
  'Proxy',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'BigInt',
  'ArrayBuffer',
  'DataView',
  'Uint8Array',
  'Intl',
  'Request',
  'Response',
  'Headers',
  'URL',
  'URLSearchParams',
  'TextEncoder',
  'TextDecoder',
  'Blob',
  'ReadableStream',
  'Iterator',
] as const // prettier-ignore

// RegExp keeps the last match in static members; reading them is the analyzer's to find.
const SKIPPED = new Set<unknown>([
  'input',
  '$_',
  'lastMatch',
  '$&',
  'lastParen',
  '$+',
  'leftContext',
  '$`',
  'rightContext',
  "$'",
])

const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, isExtensible } = Reflect

/** Takes down how things are now. */
export function canaries(): Canaries {
  const objects = new Map<string, object>([['globalThis', globalThis]])
  for (const name of NAMES) {
    const value = (globalThis as Record<string, unknown>)[name] as
      | { prototype?: object }
      | undefined
    if (value === undefined) continue
    objects.set(name, value)
    if (value.prototype) objects.set(`${name}.prototype`, value.prototype)
  }
  const derived: [string, object][] = [
    ['%TypedArray%', getPrototypeOf(Uint8Array)!],
    ['%TypedArray%.prototype', getPrototypeOf(Uint8Array.prototype)!],
    ['%ArrayIterator%.prototype', getPrototypeOf([][Symbol.iterator]())!],
    ['%Generator%.prototype', getPrototypeOf(function* () {}.prototype as object)!],
    ['%AsyncFunction%.prototype', getPrototypeOf(async () => {})!],
  ]
  for (const [name, object] of derived) objects.set(name, object)

  const kept = [...objects].map(([name, object]) => {
    const keys = ownKeys(object)
    const members = new Map(keys.map(key => [key, getOwnPropertyDescriptor(object, key)]))
    return { name, object, count: keys.length, members, proto: getPrototypeOf(object) }
  })
  const glanced = kept.filter(({ name }) =>
    /^(globalThis|(Object|Array|Function|String|Promise)\.prototype)$/.test(name),
  )
  const { stringify, parse } = JSON
  const { random, floor } = Math
  const { map, push, join } = Array.prototype
  const { then } = Promise.prototype
  const { replace } = String.prototype
  const { assign, keys: objectKeys } = Object
  const { prepareStackTrace } = Error
  const NowDate = Date
  const now = Date.now

  const changeOf = ({ name, object, members, proto }: (typeof kept)[number]): string | null => {
    if (getPrototypeOf(object) !== proto) return `the prototype of ${name}`
    if (!isExtensible(object) && name !== 'globalThis') return `${name}, which it freezes`
    const keys = ownKeys(object)
    for (const key of keys) {
      if (SKIPPED.has(key) || (typeof key === 'string' && /^\$\d$/.test(key))) continue
      const was = members.get(key)
      const is = getOwnPropertyDescriptor(object, key)
      if (!was || !is || was.value !== is.value || was.get !== is.get || was.set !== is.set) {
        if (was && Number.isNaN(was.value) && is && Number.isNaN(is.value)) continue
        return shown(name, key)
      }
    }
    if (keys.length < members.size) {
      const gone = [...members.keys()].find(key => !getOwnPropertyDescriptor(object, key))
      return gone === undefined ? name : shown(name, gone)
    }
    return null
  }

  const inspect = (): string | null => {
    for (const one of kept) {
      const change = changeOf(one)
      if (change) return change
    }
    return Error.prepareStackTrace === prepareStackTrace ? null : 'Error.prepareStackTrace'
  }

  return {
    inspect,
    glance() {
      const sound =
        JSON.stringify === stringify &&
        JSON.parse === parse &&
        Math.random === random &&
        Math.floor === floor &&
        Array.prototype.map === map &&
        Array.prototype.push === push &&
        Array.prototype.join === join &&
        Promise.prototype.then === then &&
        String.prototype.replace === replace &&
        Object.assign === assign &&
        Object.keys === objectKeys &&
        Error.prepareStackTrace === prepareStackTrace &&
        Date === NowDate &&
        Date.now === now
      if (sound && glanced.every(({ object, count }) => ownKeys(object).length === count))
        return null
      return inspect()
    },
  }
}

function shown(name: string, key: string | symbol): string {
  const member = typeof key === 'symbol' ? `[${String(key)}]` : `.${key}`
  return name === 'globalThis' ? `globalThis${member}` : `${name}${member}`
}
