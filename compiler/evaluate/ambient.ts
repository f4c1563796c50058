// Everything global that differs between two requests, starts or machines. What is not known to be
// the same everywhere is noted when it is read: a list of the harmless, never one of the harmful.

import { watchDates } from './dates.ts'
import { noteFile, watchedBuiltin } from './builtins.ts'
import { findListed, watchEngines } from './engines.ts'
import { watchFailures } from './failures.ts'
import { watchLimits } from './limits.ts'
import { watchOrder } from './order.ts'
import { watchRandom } from './random.ts'
import type { Surroundings } from './protocol.ts'
import { watchUrls } from './urls.ts'
import { ambient, calledByChunk, note, scopeNow } from './watch.ts'
import { watchedFunction, watchedObject, watchMethod } from './wrap.ts'

/** Globals whose behaviour depends on their arguments alone, or is watched further down. */
const HARMLESS = new Set(
  `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise
  RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError
  globalThis global self JSON Math Intl Temporal Iterator AsyncIterator ArrayBuffer SharedArrayBuffer DataView Uint8Array Int8Array
  Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array Float64Array Uint8ClampedArray
  BigUint64Array BigInt64Array Map BigInt Set WeakMap WeakSet Proxy Reflect decodeURI decodeURIComponent
  encodeURI encodeURIComponent escape unescape eval isFinite isNaN DisposableStack AsyncDisposableStack
  Buffer URL URLSearchParams URLPattern DOMException AbortController AbortSignal Event EventTarget CustomEvent
  TextEncoder TextDecoder TransformStream TransformStreamDefaultController WritableStream
  WritableStreamDefaultController WritableStreamDefaultWriter ReadableStream ReadableStreamDefaultReader
  ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableByteStreamController
  ReadableStreamDefaultController ByteLengthQueuingStrategy CountQueuingStrategy TextEncoderStream
  TextDecoderStream CompressionStream DecompressionStream clearImmediate clearInterval clearTimeout
  queueMicrotask structuredClone atob btoa Blob File FormData Headers Request Response WebAssembly
  Crypto CryptoKey SubtleCrypto Performance Atomics HTMLRewriter
  addEventListener removeEventListener dispatchEvent onmessage onerror onload onunload onbeforeunload
  onunhandledrejection`.split(/\s+/),
)

const PURE_BUN = new Set(
  'escapeHTML deepEquals deepMatch stringWidth stripANSI fileURLToPath pathToFileURL semver TOML YAML JSON5 JSONC JSONL XML markdown hash Glob'.split(
    ' ',
  ),
)

const PURE_DENO = new Set(['errors', 'SeekMode', 'inspect'])

/** What user code may still do with `process` unseen. */
// Hono looks for AsyncLocalStorage through the last two.
const SILENT_PROCESS = new Set<unknown>([
  'env',
  'nextTick',
  'emitWarning',
  'exit',
  'abort',
  'reallyExit',
  'kill',
  'getBuiltinModule',
  'mainModule',
])

const EXITS = ['exit', 'abort', 'reallyExit', 'kill'] as const

const nativeProcess = process

/** Thrown where user code ends the process; the note alone decides. */
class Exit extends Error {}

function leave(what: string): never {
  note('exit', `ends the process: ${what}`)
  throw new Exit(`${what} while Precast evaluates`)
}

/** Keeps user code from ending the worker. Returns the watched members by name. */
export function watchExits(): Record<string, unknown> {
  const replaced: Record<string, unknown> = {}
  for (const name of EXITS) {
    replaced[name] = () => leave(`process.${name}()`)
    Reflect.set(nativeProcess, name, replaced[name])
  }
  const { Deno } = globalThis as unknown as { Deno?: Record<string, unknown> }
  if (Deno) {
    try {
      Deno.exit = () => leave('Deno.exit()')
    } catch {}
  }
  return replaced
}

/** What chunks and shims ask for in the place of the host's own. */
export interface Replacements {
  builtin(specifier: string, real: Record<string, unknown>): Record<string, unknown>
  Bun: unknown
}

/** Some hosts make their globals when they are first read, which must not look like a change. */
export function touchGlobals(): void {
  const values = [...HARMLESS, 'fetch', 'crypto', 'performance', 'process', 'console'].map(key =>
    Reflect.get(globalThis, key),
  )
  findListed(values)
}

/** For code whose surroundings stay real: only files are watched. */
export function watchFilesOnly(): Replacements {
  return {
    Bun: (globalThis as { Bun?: unknown }).Bun,
    builtin(specifier, real) {
      const name = specifier.replace(/^node:/, '')
      if (name === 'fs' || name === 'fs/promises') return watchedBuiltin(specifier, real, {})
      return name === 'process' ? { ...real, ...pick(nativeProcess, EXITS) } : real
    },
  }
}

function pick(source: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    keys.filter(key => key in source).map(key => [key, Reflect.get(source, key)]),
  )
}

/** Replaces what is ambient in this process, for good. */
export function watchAmbient({ clock, seed, kind }: Surroundings): Replacements {
  const builtin: Replacements['builtin'] = (specifier, real) => {
    switch (specifier.replace(/^node:/, '')) {
      case 'process':
        return watchedBuiltin(specifier, real, processMembers(real, watchedProcess))
      case 'console':
        return { ...real, default: console, ...membersOf(console, real) }
      case 'perf_hooks':
        return watchedBuiltin(specifier, real, { performance })
      case 'crypto':
        return watchedBuiltin(specifier, real, {
          webcrypto: globalThis.crypto,
          subtle: globalThis.crypto.subtle,
        })
      case 'url':
        return watchedBuiltin(specifier, real, { URL: globalThis.URL })
      case 'bun':
        return Bun ? membersOf(Bun, real) : real
      default:
        return watchedBuiltin(specifier, real, {})
    }
  }
  const watchedProcess = watchProcess(builtin)
  watchDates(clock)
  watchOrder(kind === 'second')
  watchRandom(seed)
  watchFailures()
  watchEngines(kind === 'second')
  watchLimits()
  watchUrls()
  watchConsole()
  watchTimers()
  const Bun = watchHost('Bun', PURE_BUN)
  const Deno = watchHost('Deno', PURE_DENO)
  const console = globalThis.console
  const performance = globalThis.performance

  for (const name of ['fetch', 'WeakRef', 'FinalizationRegistry'] as const) {
    const native = globalThis[name] as unknown as object | undefined
    if (native)
      replace(
        name,
        watchedFunction(native, () =>
          ambient(
            name === 'fetch'
              ? 'uses the network: fetch()'
              : `sees garbage collection: new ${name}()`,
          ),
        ),
      )
  }
  watchMethod(AbortSignal, 'timeout', () => ambient('starts a timer: AbortSignal.timeout()'))
  watchMethod(URL, 'createObjectURL', () => ambient('reads randomness: URL.createObjectURL()'))
  for (const key of ['allocUnsafe', 'allocUnsafeSlow']) {
    // The host's own code takes such memory too, and fills it.
    watchMethod(Buffer, key, () => {
      if (calledByChunk()) ambient(`reads memory as it was left: Buffer.${key}()`)
    })
  }
  watchMethod(Atomics, 'wait', () => ambient('waits for another thread: Atomics.wait()'))
  watchMethod(Atomics, 'waitAsync', () => ambient('waits for another thread: Atomics.waitAsync()'))

  const own = new Set([
    'process',
    'performance',
    'console',
    'crypto',
    'fetch',
    'WeakRef',
    'FinalizationRegistry',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'Deno',
  ])
  for (const key of Reflect.ownKeys(globalThis)) {
    if (typeof key === 'symbol' || HARMLESS.has(key) || own.has(key)) continue
    hide(key)
  }
  // A host that is looked for is a read too, also where it is not there.
  for (const key of [
    'Bun',
    'Deno',
    'navigator',
    'window',
    'document',
    'EdgeRuntime',
    'WebSocketPair',
    'caches',
  ]) {
    if (key === 'Bun' ? !Bun : key === 'Deno' ? !Deno : !Object.hasOwn(globalThis, key)) hide(key)
  }

  return { Bun, builtin }
}

function membersOf(watched: object, real: Record<string, unknown>): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (const key of Object.keys(real)) {
    if (key === 'default') members[key] = watched
    else if (typeof real[key] === 'function' || typeof real[key] === 'object') {
      const value = real[key] as object | null
      members[key] =
        value === null
          ? null
          : typeof value === 'function'
            ? watchedFunction(value, () => void Reflect.get(watched, key))
            : value
    } else members[key] = real[key]
  }
  return members
}

// ---------------------------------------------------------------- process

function watchProcess(builtin: Replacements['builtin']): object {
  const env = watchedObject(nativeProcess.env, key =>
    key === 'NODE_ENV' || typeof key === 'symbol'
      ? null
      : `reads the environment: process.env${key === '*' ? '' : `.${key}`}`,
  )
  const native = nativeProcess.getBuiltinModule as
    | ((name: string) => Record<string, unknown> | undefined)
    | undefined
  const getBuiltinModule =
    native &&
    ((name: string): unknown => {
      const real = native.call(nativeProcess, name)
      return real && builtin(name, { ...real, default: real }).default
    })
  const emitWarning = (): void => {}
  const watched = watchedObject(
    nativeProcess,
    key => {
      if (typeof key === 'symbol' || SILENT_PROCESS.has(key)) return null
      if (key === 'cwd') return 'reads the working directory: process.cwd()'
      const isCall = typeof Reflect.get(nativeProcess, key) === 'function'
      return `reads the process: process.${key}${isCall ? '()' : ''}`
    },
    { env, getBuiltinModule, emitWarning },
  )
  replace('process', watched)
  return watched
}

/** Named exports of node:process: functions note their call, objects are the watched ones. */
function processMembers(real: Record<string, unknown>, watched: object): Record<string, unknown> {
  const members: Record<string, unknown> = { default: watched }
  for (const key of Object.keys(real)) {
    const value = real[key]
    if (key === 'env' || key === 'getBuiltinModule' || key === 'emitWarning')
      members[key] = Reflect.get(watched, key)
    else if (SILENT_PROCESS.has(key)) members[key] = Reflect.get(nativeProcess, key)
    else if (typeof value === 'function')
      members[key] = watchedFunction(value, () => void Reflect.get(watched, key))
  }
  return members
}

// ---------------------------------------------------------------- the rest

function watchConsole(): void {
  // Nothing is printed: each handler runs several times over.
  const silent: Record<string, unknown> = {}
  for (const key of Object.keys(console)) {
    if (typeof Reflect.get(console, key) !== 'function') continue
    silent[key] = () => {
      // While it loads, a module prints once a start, which no request sees.
      if (!scopeNow()?.loading) ambient(`writes to the console: console.${key}()`)
    }
  }
  replace(
    'console',
    watchedObject(console, () => null, silent),
  )
}

function watchTimers(): void {
  for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
    const native = globalThis[name] as unknown as object
    if (native)
      replace(
        name,
        watchedFunction(native, () => ambient(`starts a timer: ${name}()`)),
      )
  }
}

/** `Bun` and `Deno`: what reads files counts as that, all else as a read of the host. */
function watchHost(name: 'Bun' | 'Deno', pure: Set<string>): object | undefined {
  const host = (globalThis as unknown as Record<string, Record<string, unknown> | undefined>)[name]
  if (!host) return undefined
  const files: Record<string, unknown> = {}
  for (const key of Object.keys(host)) {
    const isFile = name === 'Bun' ? key === 'file' : /^(read|open|l?stat|realPath)/.test(key)
    const method = Reflect.getOwnPropertyDescriptor(host, key)?.value
    if (isFile && typeof method === 'function') {
      files[key] = watchedFunction(method, args =>
        noteFile(`${name}.${key}`, name === 'Bun' ? 'read' : key, args[0]),
      )
    }
  }
  const watched = watchedObject(
    host,
    key => {
      if (typeof key === 'symbol' || pure.has(key) || Object.hasOwn(files, key)) return null
      if (key === 'env') return `reads the environment: ${name}.env`
      const isCall = typeof Reflect.get(host, key) === 'function'
      return `uses ${name}.${key}${isCall ? '()' : ''}`
    },
    files,
  )
  if (!Reflect.getOwnPropertyDescriptor(globalThis, name)?.configurable) {
    // Bun's own object cannot be replaced: chunks get the watched one by name, and the members of
    // the real one that can be replaced are.
    for (const key of Object.keys(host)) {
      if (!pure.has(key) && !Object.hasOwn(files, key))
        watchMethod(host, key, () => ambient(`uses ${name}.${key}()`))
    }
    return watched
  }
  replace(name, watched)
  return watched
}

function replace(name: string, value: unknown): void {
  const found = Reflect.getOwnPropertyDescriptor(globalThis, name)
  Object.defineProperty(globalThis, name, {
    configurable: true,
    enumerable: found?.enumerable ?? false,
    writable: true,
    value,
  })
}

function hide(name: string): void {
  const found = Reflect.getOwnPropertyDescriptor(globalThis, name)
  if (found && !found.configurable) return
  const hidden: PropertyDescriptor = {
    configurable: true,
    enumerable: false,
    get() {
      const isOther = !found && (name === 'Bun' || name === 'Deno')
      ambient(
        isOther
          ? `looks for ${name}, which is not the host of this build`
          : `reads the host: the global ${name}`,
      )
      if (!found?.get) return found?.value
      const value = Reflect.apply(found.get, globalThis, [])
      // Node puts some values in the place of their getter.
      Object.defineProperty(globalThis, name, hidden)
      return value
    },
    set(value) {
      Object.defineProperty(globalThis, name, {
        configurable: true,
        enumerable: true,
        writable: true,
        value,
      })
    },
  }
  Object.defineProperty(globalThis, name, hidden)
}
