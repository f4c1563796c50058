// Makes the process's own Request, Response and fetch know the light ones. Installed by a host before
// any module of the user loads, so that `new Response` in Hono and in handlers is light.

import { KeptResponse } from './response.ts'
import { LightRequest } from './request.ts'

let isInstalled = false

export function install(): void {
  if (isInstalled) return
  isInstalled = true
  const Native = globalThis.Request
  const nativeFetch = globalThis.fetch
  const ordinary = Function.prototype[Symbol.hasInstance]

  class Request extends Native {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(LightRequest.is(input) ? LightRequest.native(input as LightRequest) : input, init)
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      // biome-ignore lint/complexity/noThisInStatic: a class of the user's that extends it is another.
      return this === Request ? value instanceof Native : ordinary.call(this, value)
    }
  }
  // Bundling may have given it another.
  Object.defineProperty(Request, 'name', { value: 'Request' })
  const fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
    nativeFetch(LightRequest.is(input) ? LightRequest.native(input as LightRequest) : input, init)
  // Bun has `fetch.preconnect`.
  for (const name of Reflect.ownKeys(nativeFetch)) {
    if (name in fetch) continue
    Object.defineProperty(fetch, name, Object.getOwnPropertyDescriptor(nativeFetch, name)!)
  }
  define('Request', Request)
  define('Response', KeptResponse)
  define('fetch', fetch)
  for (const [path, name] of TAKERS) translate(path, name)
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
}

type Holder = Record<string, unknown>

/** Functions of the platforms that take a Response, themselves or among their options. */
const TAKERS: [string[], string][] = [
  [['WebAssembly'], 'compileStreaming'],
  [['WebAssembly'], 'instantiateStreaming'],
  [['HTMLRewriter', 'prototype'], 'transform'],
  [['Cache', 'prototype'], 'put'],
  [['Blob', 'prototype'], 'write'],
  [['Bun'], 'write'],
  [['Bun'], 'spawn'],
  [['Bun'], 'spawnSync'],
  [['Bun', 'S3Client'], 'write'],
  [['Bun', 'S3Client', 'prototype'], 'write'],
  [['Bun'], 'serve'],
  [['Deno'], 'serve'],
]

function translate(path: string[], name: string): void {
  let holder: Holder | undefined = globalThis as unknown as Holder
  for (const part of path) holder = holder?.[part] as Holder | undefined
  const own = holder?.[name]
  if (typeof own !== 'function') return
  // What a server of the platform's own is given is made later, and anywhere.
  const isServer = name === 'serve'
  const translated = function (this: unknown, ...args: unknown[]): unknown {
    if (isServer) KeptResponse.beNative()
    return Reflect.apply(
      own,
      this,
      args.map(arg => nativeIn(arg, isServer ? 3 : 1)),
    )
  }
  for (const key of Reflect.ownKeys(own))
    Object.defineProperty(translated, key, Object.getOwnPropertyDescriptor(own, key)!)
  holder![name] = translated
}

/** `value` with the platform's own Response in the place of a light one, to a depth of `depth`. */
function nativeIn(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Promise) return value.then(settled => nativeIn(settled, 0))
  if (value instanceof Response) return KeptResponse.native(value)
  if (depth === 0 || Object.getPrototypeOf(value) !== Object.prototype) return value
  const entries = Object.entries(value)
  const natives = entries.map(([name, part]) => [name, nativeIn(part, depth - 1)] as const)
  const isSame = natives.every(([, part], i) => part === entries[i]![1])
  // An object of the user's may be looked at later, and stays the one it is.
  return isSame ? value : Object.fromEntries(natives)
}
