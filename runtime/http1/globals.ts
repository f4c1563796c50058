// Makes the process's own Request, Response and fetch know the light ones. Installed by a host before
// any module of the user loads, so that `new Response` in Hono and in handlers keeps its body.

import { LightRequest } from './request.ts'
import { KeptResponse } from './response.ts'

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
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
}
