// The hosts' built-in modules as user code sees them: the same exports, each judged. What is not
// known to be a pure function of its arguments is noted when it is used.

import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ambient, note, scopeNow } from './watch.ts'
import { watchedFunction, watchedObject } from './wrap.ts'

type Exports = Record<string, unknown>

/** Modules whose exports depend on their arguments alone. */
const PURE = new Set(
  'assert assert/strict buffer constants events punycode querystring stream stream/consumers stream/promises stream/web string_decoder util util/types zlib'.split(
    ' ',
  ),
)

/** Exports that are pure in a module that otherwise is not. */
const PURE_MEMBERS: Record<string, Set<string>> = {
  async_hooks: new Set(['AsyncLocalStorage', 'AsyncResource']),
  crypto: new Set(
    'constants createHash createHmac hash timingSafeEqual scryptSync pbkdf2Sync hkdfSync createDecipheriv createCipheriv createSecretKey createVerify verify Hash Hmac'.split(
      ' ',
    ),
  ),
  url: new Set('URLSearchParams fileURLToPath pathToFileURL urlToHttpOptions'.split(' ')),
  path: new Set(
    'join normalize dirname basename extname format parse isAbsolute sep delimiter toNamespacedPath matchesGlob'.split(
      ' ',
    ),
  ),
}

/** What a path of Windows may have, and one of any other system reads as part of a name. */
const OF_WINDOWS = /\\|^[a-z]:/i

const FILES = new Set(['fs', 'fs/promises'])
// Of node:fs and Deno: what reads a file or a folder. Anything else of them changes something.
const READS =
  /^(access|exists|lstat|stat|open|opendir|read|readlink|realpath|createReadStream|glob|statfs)/
const READS_OTHER = /^(read|readSync|readv|readvSync|close|closeSync|fstat|fstatSync)$/
const INERT = /^([A-Z]|constants$|_toUnixTimestamp$)/

// Asking the process later would be noted.
const cwd = process.cwd()

/** Whether a built-in's plain values differ between machines, so that importing them is a read. */
export function valuesDiffer(name: string): boolean {
  return ['process', 'os', 'perf_hooks', 'worker_threads', 'cluster', 'bun'].includes(name)
}

const done = new WeakMap<object, Exports>()

/** What importing `specifier` gives user code; `replace` are exports that are watched elsewhere. */
export function watchedBuiltin(specifier: string, real: Exports, replace: Exports): Exports {
  const name = specifier.replace(/^node:/, '')
  if (PURE.has(name)) return real
  // node:path holds itself.
  const known = done.get(real)
  if (known) return known
  const watched: Exports = {}
  done.set(real, watched)
  for (const key of Object.keys(real)) {
    if (key === 'default') continue
    watched[key] = Object.hasOwn(replace, key) ? replace[key] : watchedMember(name, key, real[key])
  }
  if (Object.hasOwn(real, 'default')) {
    watched.default = Object.hasOwn(replace, 'default')
      ? replace.default
      : watchedDefault(name, real.default, watched)
  }
  return watched
}

function watchedDefault(name: string, value: unknown, members: Exports): unknown {
  if (typeof value === 'function') return watchedMember(name, 'default', value)
  if (typeof value !== 'object' || value === null) return value
  const judge = (key: string | symbol): string | null =>
    typeof key !== 'string' ||
    Object.hasOwn(members, key) ===
      (typeof members[key] === 'function' || typeof members[key] === 'object') ||
    PURE_MEMBERS[name]?.has(key)
      ? null
      : `uses ${shown(name)}.${key}`
  return watchedObject(value, judge, members)
}

function watchedMember(name: string, key: string, value: unknown): unknown {
  if (name.startsWith('path') && typeof value === 'function' && PURE_MEMBERS.path!.has(key)) {
    return watchedFunction(value, args => {
      if (args.some(arg => typeof arg === 'string' && OF_WINDOWS.test(arg)))
        ambient(`depends on the system: ${key}() of a path of Windows`)
    })
  }
  if (PURE_MEMBERS[name]?.has(key)) return value
  if (FILES.has(name)) return watchedFileMember(name, key, value)
  if (name.startsWith('path') && typeof value === 'function') {
    return watchedFunction(value, args => {
      if (key === 'resolve' && args.some(arg => typeof arg === 'string' && isAbsolute(arg))) return
      if (key === 'relative' && args.every(arg => typeof arg === 'string' && isAbsolute(arg)))
        return
      ambient(`reads the working directory: ${key}() of relative paths`)
    })
  }
  if (name.startsWith('path') && typeof value === 'object' && value !== null) {
    return watchedBuiltin('path', value as Exports, {})
  }
  if (name.startsWith('timers') && typeof value === 'function') {
    return watchedFunction(value, () => {
      if (!key.startsWith('clear')) ambient(`starts a timer: ${key}()`)
    })
  }
  const message = `uses ${shown(name)}: ${key === 'default' ? name : key}`
  if (typeof value === 'function') return watchedFunction(value, () => ambient(`${message}()`))
  if (typeof value === 'object' && value !== null) {
    return watchedObject(value, member =>
      typeof member === 'string' ? `${message}.${member}` : null,
    )
  }
  return value
}

function shown(name: string): string {
  return name.startsWith('bun') ? name : `node:${name}`
}

function watchedFileMember(name: string, key: string, value: unknown): unknown {
  if (key === 'promises' && typeof value === 'object' && value !== null) {
    return watchedBuiltin('node:fs/promises', { ...(value as Exports) }, {})
  }
  if (typeof value !== 'function' || INERT.test(key)) return value
  return watchedFunction(value, args =>
    noteFile(`${name === 'fs' ? '' : 'fs/promises '}${key}`, key, args[0]),
  )
}

/**
 * Files that are read while a module loads are inputs of the build; read later, or named by a path
 * that the working directory completes, they are no longer the same for every request and machine.
 */
export function noteFile(what: string, key: string, subject: unknown): void {
  const scope = scopeNow()
  if (!scope) return
  const path = pathOf(subject)
  const reads = READS_OTHER.test(key) || READS.test(key)
  if (path !== undefined && reads) scope.file(isAbsolute(path) ? path : join(cwd, path))
  const shownPath = path === undefined ? '' : JSON.stringify(path)
  if (!reads) ambient(`changes or watches files: ${what}(${shownPath})`)
  else if (!scope.loading) ambient(`reads a file while it answers: ${what}(${shownPath})`)
  else if (path !== undefined && !isAbsolute(path))
    note('folder', `reads the working directory: ${what}(${shownPath}) of a relative path`)
}

function pathOf(subject: unknown): string | undefined {
  try {
    if (typeof subject === 'string')
      return subject.startsWith('file:') ? fileURLToPath(subject) : subject
    if (subject instanceof URL) return fileURLToPath(subject)
    if (subject instanceof Uint8Array) return new TextDecoder().decode(subject)
  } catch {}
  return undefined
}
