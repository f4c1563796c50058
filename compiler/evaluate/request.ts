// The request and Hono's context as user code sees them: everything that is read of them is noted,
// once routing is done with them. Path parameters are not, where the URL names them.

import type { Context } from 'hono'
import { note, scopeNow } from './watch.ts'
import { replaceClass } from './wrap.ts'
import type { Trace } from './protocol.ts'

const NativeRequest = Request
const NativeHeaders = Headers
const watched = new WeakSet<object>()
/** Requests that user code may have got hold of. */
const armed = new WeakSet<object>()

const HEADERS = 'reads the request headers'
// Asked for by the language itself (await, instanceof, Object.prototype.toString).
const SILENT = new Set<unknown>(['constructor', 'then', 'toJSON', '__proto__'])

/** A class whose members of `Native` are read through a proxy, which sees names nobody foresaw too. */
function readable<T extends new (...args: never[]) => object>(
  Native: T,
  read: (target: object, key: string, value: unknown) => unknown,
): T {
  // @ts-expect-error A mixin's constructor would have to take any.
  class Watched extends Native {}
  const layer = Object.create(Native.prototype) as object
  Object.setPrototypeOf(
    Watched.prototype,
    new Proxy(layer, {
      get(_, key, receiver) {
        const value = Reflect.get(Native.prototype, key, receiver)
        return typeof key !== 'string' || SILENT.has(key) || !armed.has(receiver)
          ? value
          : read(receiver, key, value)
      },
      has(_, key) {
        note('request', `looks for ${String(key)} in the request`)
        return Reflect.has(Native.prototype, key)
      },
    }),
  )
  return Watched
}

const WatchedHeaders = readable(NativeHeaders, (_, key, value) => {
  if (typeof value !== 'function') return value
  return function (this: Headers, ...args: unknown[]) {
    if (key === 'get' || key === 'has')
      tell(`reads the request header ${JSON.stringify(String(args[0]).toLowerCase())}`)
    else if (key === 'getSetCookie') tell('reads the request header "set-cookie"')
    else tell(HEADERS)
    return Reflect.apply(value, this, args)
  }
})

/** The headers object was noted when it was taken; a name makes that note more exact. */
function tell(message: string): void {
  const kept = note('request', message)
  if (!kept && latest && latest.message === HEADERS) latest.message = message
}
let latest: Trace | undefined

const headersOf = new WeakMap<object, Headers>()

const WatchedRequest = readable(NativeRequest, (request, key, value) => {
  if (key === 'headers') {
    latest = note('request', HEADERS) ?? latest
    return headersOf.get(request)
  }
  note('request', `reads the request: ${SHOWN[key] ?? key}`)
  return value
})

const SHOWN: Record<string, string> = {
  url: 'its URL',
  method: 'its method',
  signal: 'its abort signal',
  body: 'its body',
  text: 'its body, by text()',
  json: 'its body, by json()',
  bytes: 'its body, by bytes()',
  blob: 'its body, by blob()',
  formData: 'its body, by formData()',
  arrayBuffer: 'its body, by arrayBuffer()',
}

/** A GET request that notes what is read of it, from when `watchContext` is given its context. */
export function watchedRequest(url: string, headers: [string, string][]): Request {
  latest = undefined
  const fields = new WatchedHeaders()
  for (const [name, value] of headers) fields.append(name, value)
  const request = new WatchedRequest(url, { headers: fields })
  headersOf.set(request, fields)
  watched.add(request)
  return request
}

/** Puts constructors in place that notice a request being copied. For good. */
export function watchCopies(): void {
  const replaceConstructor = (
    name: 'Request' | 'Headers',
    Native: typeof Request | typeof Headers,
    what: string,
  ): void => {
    const Replaced = new Proxy(Native, {
      construct(target, args, newTarget) {
        if (args.some(isWatched)) note('request', what)
        return Reflect.construct(target, args, newTarget)
      },
    })
    replaceClass(name, Native, Replaced)
  }
  replaceConstructor('Request', NativeRequest, 'copies the request')
  replaceConstructor('Headers', NativeHeaders, HEADERS)
  const { fetch } = globalThis
  globalThis.fetch = ((...args: Parameters<typeof fetch>) => {
    if (args.some(isWatched)) note('request', 'passes the request on: fetch()')
    return fetch(...args)
  }) as typeof fetch
}

function isWatched(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (watched.has(value) || value instanceof WatchedHeaders)
  )
}

/** From here on reads count. Called before any code of the user sees the context. */
export function watchContext(c: Context, noteParams: boolean, knowsPattern: boolean): void {
  const { req } = c
  const { path, raw } = req
  armed.add(raw)
  const headers = headersOf.get(raw)
  if (headers) armed.add(headers)

  accessor(c, 'env', 'reads the host: c.env')
  accessor(c, 'executionCtx', 'reads the host: c.executionCtx')
  accessor(c, 'event', 'reads the host: c.event')
  const scope = scopeNow()
  let current = path
  Object.defineProperty(req, 'path', {
    configurable: true,
    get() {
      scope?.note('request', 'reads the request: its path, by c.req.path')
      return current
    },
    set(value: string) {
      current = value
    },
  })
  if (!knowsPattern) {
    // Also under the symbol by which Hono's own helpers ask for it.
    const proto = Object.getPrototypeOf(req) as object
    for (const key of ['routePath', 'matchedRoutes', ...Object.getOwnPropertySymbols(proto)]) {
      Object.defineProperty(req, key, {
        configurable: true,
        get() {
          scope?.note('request', 'reads the request: which route it matched')
          return Reflect.get(proto, key, req)
        },
      })
    }
  }
  if (!noteParams) return
  const { param } = req
  Object.defineProperty(req, 'param', {
    configurable: true,
    value(...args: []) {
      scope?.note('request', 'reads the request: a path parameter')
      return Reflect.apply(param, req, args)
    },
  })
}

function accessor(c: Context, key: string, message: string): void {
  const own = Reflect.getOwnPropertyDescriptor(c, key)
  let value: unknown = own?.value
  const proto = Object.getPrototypeOf(c) as object
  Object.defineProperty(c, key, {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    get() {
      note('request', message)
      return own ? value : Reflect.get(proto, key, c)
    },
    set(next) {
      value = next
    },
  })
}
