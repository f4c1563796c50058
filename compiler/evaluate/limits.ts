// Sizes and depths at which some engine gives up, and expressions that some do not know: whoever comes
// near one is noted, whether the engine of this build is the one that fails or not. How deep the stack
// goes is not seen here: one variation has a smaller one; see variation.ts.

import { parseExpressionAt } from 'acorn'
import { ofEngine } from './watch.ts'
import { replaceClass, watchedFunction, watchedResult, watchMethod } from './wrap.ts'

/** Code units of a text; half of what V8 allows, 2^29 - 24. JSC allows 2^31 - 1. */
const MAX_TEXT = 2 ** 28
/** Bytes of a buffer, and entries of a Map, of which V8 holds 2^24 and JSC more. */
const MAX_BYTES = 2 ** 30
const MAX_ENTRIES = 2 ** 23
/** Megabytes that one answer may add on Bun: V8 fails where a list has 2^27 elements, a gigabyte. */
const MAX_MEMORY = 768
/** How deep the answer of JSON.stringify nests: Node 20 fails at 4,100, JSC at 40,000, Deno nowhere. */
const MAX_DEPTH = 1000
/** The newest expressions that every host knows, as the year of the language. */
const EXPRESSIONS = 2024
/** Microseconds of work that a match may take: JSC gives up after 10^8 steps, V8 never does. */
const MAX_MATCH = 400_000

const isBun = 'Bun' in globalThis
// Taken before they are watched.
const worked = process.cpuUsage.bind(process)
const resources = process.resourceUsage.bind(process)
const NativeRegExp = RegExp

/** Watches what makes something large, in this process, for good. */
export function watchLimits(): void {
  for (const key of ['repeat', 'padStart', 'padEnd']) {
    watchMethod(String.prototype, key, ([count], self) => {
      const length = Number(count) * (key === 'repeat' ? String(self).length : 1)
      if (length > MAX_TEXT) tooLarge(`a text: ${key}()`)
    })
  }
  for (const key of ['concat', 'replace', 'replaceAll'])
    watchResult(String.prototype, key, made => measured(made, `${key}()`))
  watchResult(Array.prototype, 'join', made => measured(made, 'join()'))
  watchResult(String, 'raw', made => measured(made, 'String.raw'))
  for (const key of ['encodeURI', 'encodeURIComponent', 'escape'])
    watchResult(globalThis, key, made => measured(made, `${key}()`))
  watchMethod(Buffer, 'alloc', ([size]) => {
    if (Number(size) > MAX_BYTES) tooLarge('Buffer.alloc()')
  })
  watchResult(JSON, 'stringify', made => {
    measured(made, 'JSON.stringify()')
    if (typeof made === 'string' && nests(made, MAX_DEPTH))
      ofEngine('nests deeper than some engines go: JSON.stringify()')
  })
  watchLengths()
  watchExpressions()
  if (isBun) watchEntries()
}

/** Gives back what an operator of user code made; see `operators` in rewrite.ts. */
export function measured<T>(made: T, what = 'an operator'): T {
  if (typeof made === 'string' && made.length > MAX_TEXT) tooLarge(`a text: ${what}`)
  return made
}

/** Runs an answer, and notes where it took more memory than V8 would let it. Bun has no such limit. */
export async function withinMemory<T>(work: () => Promise<T>): Promise<T> {
  const before = isBun ? resources().maxRSS : 0
  const done = await work()
  // In kilobytes.
  if (isBun && resources().maxRSS - before > MAX_MEMORY * 1024) tooLarge('its memory')
  return done
}

function tooLarge(what: string): void {
  ofEngine(`makes what is too large for some engines: ${what}`)
}

/** Whether a text in JSON nests deeper than `depth`. */
function nests(json: string, depth: number): boolean {
  if (json.length < 2 * depth) return false
  let open = 0
  let isQuoted = false
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === QUOTE) isQuoted = !isQuoted
    else if (code === BACKSLASH) at++
    else if (isQuoted) continue
    else if (code === BRACKET || code === BRACE) {
      if (++open > depth) return true
    } else if (code === BRACKET + 2 || code === BRACE + 2) open--
  }
  return false
}

const [QUOTE, BACKSLASH, BRACKET, BRACE] = [0x22, 0x5c, 0x5b, 0x7b]

function watchLengths(): void {
  const all = globalThis as unknown as Record<string, (new (length: unknown) => object) | undefined>
  const views = Object.getOwnPropertyNames(globalThis).filter(name =>
    /\d(?:Clamped)?Array$/.test(name),
  )
  for (const name of ['ArrayBuffer', 'SharedArrayBuffer', ...views]) {
    const native = all[name]
    if (!native) continue
    const size = (Reflect.get(native, 'BYTES_PER_ELEMENT') as number | undefined) ?? 1
    const watched = watchedFunction(native, ([length]) => {
      if (typeof length === 'number' && length > MAX_BYTES / size) tooLarge(`new ${name}()`)
    })
    replaceClass(name, native, watched)
  }
}

// ---------------------------------------------------------------- expressions

function watchExpressions(): void {
  const known = new Set<string>()
  const judge = (made: RegExp): void => {
    const text = `/${made.source}/${made.flags}`
    if (known.has(text)) return
    known.add(text)
    try {
      parseExpressionAt(text, 0, { ecmaVersion: EXPRESSIONS })
    } catch {
      ofEngine('uses a regular expression that only newer engines know')
    }
  }
  const watched = watchedResult(NativeRegExp, made => judge(made as RegExp))
  replaceClass('RegExp', NativeRegExp, watched)
  for (const key of ['match', 'matchAll', 'search'])
    watchMethod(String.prototype, key, ([pattern]) => {
      if (typeof pattern === 'string') judge(new NativeRegExp(pattern))
    })
  if (!isBun) return
  const { exec } = NativeRegExp.prototype
  Reflect.defineProperty(NativeRegExp.prototype, 'exec', {
    configurable: true,
    enumerable: false,
    writable: true,
    value: new Proxy(exec, {
      apply(_, self, args) {
        const started = worked()
        const found = Reflect.apply(exec, self, args)
        if (worked(started).user > MAX_MATCH) ofEngine('takes too long for some engines: a match')
        return found
      },
    }),
  })
}

// ---------------------------------------------------------------- entries

/** V8 fails beyond 2^24 entries, JSC does not. */
function watchEntries(): void {
  for (const [prototype, key] of [
    [Map.prototype, 'set'],
    [Set.prototype, 'add'],
  ] as const)
    watchResult(prototype, key, made => {
      if ((made as { size: number }).size > MAX_ENTRIES) tooLarge(`${key}() of so many entries`)
    })
}

function watchResult(object: object, key: string, tell: (made: unknown) => void): void {
  const found = Reflect.getOwnPropertyDescriptor(object, key)!
  const watched = watchedResult(found.value as object, tell)
  Reflect.defineProperty(object, key, { ...found, value: watched })
}
