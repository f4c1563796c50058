// Failures that the engine itself raises: its limits (the stack, the length of a text) and the words of
// its messages differ between engines. Every `catch` of user code hands in what it caught; see
// rewrite.ts. A failure that user code made is its own affair.

import { ofEngine, isTracing } from './watch.ts'
import { replaceClass, watchedResult } from './wrap.ts'

const NAMES = [
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'DOMException',
] as const

/**
 * What engines and hosts say where something is too large for them, none of which is in the language,
 * or where they do not know an expression that newer ones do.
 */
const LIMIT =
  /regular expression|invalid flags|stack|memory|recursion|allocat|exceed|too (large|big|many|long|deep|much)|maximum|(string|buffer|array) (length|size)|out of/i

const made = new WeakSet<object>()
const guarded = new WeakSet<object>()
const natives = new Set<object>()

/** Watches failures in this process, for good. */
export function watchFailures(): void {
  const all = globalThis as unknown as Record<string, { prototype: object } | undefined>
  for (const name of NAMES) {
    const native = all[name]
    if (!native) continue
    natives.add(native.prototype)
    const watched = watchedResult(native, error => made.add(error))
    replaceClass(name, native, watched)
  }
  for (const name of NAMES.slice(1, -1))
    if (all[name]) Reflect.setPrototypeOf(all[name], all.Error!)
  const { then } = Promise.prototype
  Reflect.defineProperty(Promise.prototype, 'then', {
    configurable: true,
    enumerable: false,
    writable: true,
    value: new Proxy(then, {
      apply(_, self, [onDone, onFailed, ...rest]) {
        const handler =
          typeof onFailed === 'function'
            ? (error: unknown) => {
                caught(error)
                return onFailed(error)
              }
            : onFailed
        return Reflect.apply(then, self, [onDone, handler, ...rest])
      },
    }),
  })
}

/** Told of everything that user code catches. */
export function caught(error: unknown): void {
  if (typeof error !== 'object' || error === null || made.has(error) || guarded.has(error)) return
  const prototype = Reflect.getPrototypeOf(error)
  const code = Reflect.getOwnPropertyDescriptor(error, 'code')?.value
  if (!prototype || !(natives.has(prototype) || code !== undefined)) return
  guarded.add(error)
  let message: unknown
  try {
    message = Reflect.get(error, 'message')
  } catch {
    return
  }
  if (LIMIT.test(String(message)))
    ofEngine(`catches a failure that only some engines have: ${String(message).slice(0, 60)}`)
  guard(error, 'message', message)
  // Which failures have a code is the host's affair; those of the system are the same everywhere.
  if (!('code' in prototype) && !/^E[A-Z0-9]+$/.test(String(code))) guard(error, 'code', code)
}

/** Has whoever reads a member noted; what is written to it is the user's own. */
function guard(error: object, key: string, value: unknown): void {
  const { enumerable = false } = Reflect.getOwnPropertyDescriptor(error, key) ?? {}
  Reflect.defineProperty(error, key, {
    configurable: true,
    enumerable,
    get() {
      if (!isTracing()) ofEngine(`reads what the engine says of an error: its ${key}`)
      return value
    },
    set(written) {
      Reflect.defineProperty(error, key, {
        configurable: true,
        enumerable,
        writable: true,
        value: written,
      })
    },
  })
}
