// What a handler sees as its Request: made of what the connection knows, without a header or a URL
// being built before it is asked for. A real one takes its place where only that will do.

import { type Agreed, type Take, WEBSOCKET } from '../websocket/handshake.ts'
import type { Body } from './body.ts'
import { type FieldSource, LightHeaders, NativeHeaders } from './headers.ts'

const Native = globalThis.Request
const decoder = new TextDecoder()

/** Where a request came from. */
export interface Origin {
  readonly method: string
  /** Request target as it came on the wire. */
  readonly target: string
  readonly fields: FieldSource
  readonly body: Body | null
  /** Whether TLS is between. */
  readonly secure: boolean
  signal(): AbortSignal
  /** Has the connection speak WebSocket behind the answer; absent where it never can. */
  take?: Take | undefined
}

const leavings = new WeakSet<object>()

/** Why the signal of a request is aborted, and its body cut short. */
export function gone(): DOMException {
  const error = new DOMException('The client closed the connection.', 'AbortError')
  leavings.add(error)
  return error
}

/** Whether an error is one of `gone`. */
export function isGone(error: unknown): boolean {
  return typeof error === 'object' && error !== null && leavings.has(error)
}

/** Methods that `Request` refuses or spells otherwise; servers meet them nevertheless. */
const UNUSUAL = /^(?:connect|trace|track|delete|get|head|options|post|put)$/i
const USUAL = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export class LightRequest {
  readonly #origin: Origin
  #url: string | undefined
  #headers: LightHeaders | undefined
  #native: Request | undefined

  constructor(origin: Origin) {
    this.#origin = origin
  }

  get method(): string {
    return this.#origin.method
  }

  get url(): string {
    return (this.#url ??= urlOf(this.#origin))
  }

  get headers(): Headers {
    return (this.#headers ??= new LightHeaders(this.#origin.fields)) as unknown as Headers
  }

  get signal(): AbortSignal {
    return this.#origin.signal()
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#ownBody ? native(this).body : null
  }

  get bodyUsed(): boolean {
    return this.#native ? this.#native.bodyUsed : (this.#origin.body?.used ?? false)
  }

  text(): Promise<string> {
    if (this.#native) return this.#native.text()
    const body = this.#ownBody
    return body ? body.whole().then(bytes => decoder.decode(bytes)) : Promise.resolve('')
  }

  json(): Promise<unknown> {
    return this.text().then(text => JSON.parse(text))
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.bytes().then(bytes => bytes.buffer)
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#native) return this.#native.arrayBuffer().then(buffer => new Uint8Array(buffer))
    return this.#ownBody?.whole() ?? Promise.resolve(new Uint8Array(0))
  }

  blob(): Promise<Blob> {
    return this.#whole().then(response => response.blob())
  }

  formData(): Promise<FormData> {
    return this.#whole().then(response => response.formData())
  }

  clone(): Request {
    return native(this).clone()
  }

  get [WEBSOCKET](): Take | undefined {
    const origin = this.#origin
    return origin.take && ((agreed: Agreed) => origin.take!(agreed))
  }

  get [Symbol.toStringTag](): string {
    return 'Request'
  }

  /** The body as a Response, whose readers know the type. */
  #whole(): Promise<Response> {
    const type = this.headers.get('content-type')
    const headers = type === null ? undefined : { 'content-type': type }
    return this.bytes().then(bytes => new Response(bytes, { headers }))
  }

  /** Fetch: a GET or HEAD has none, whatever the client sent. */
  get #ownBody(): Body | null {
    const { body, method } = this.#origin
    return method === 'GET' || method === 'HEAD' ? null : body
  }

  /** The platform's own request, made once; from then on the body is read through it alone. */
  static native(request: LightRequest): Request {
    if (request.#native) return request.#native
    const { method } = request
    const plain = USUAL.has(method) || !UNUSUAL.test(method)
    const init: RequestInit & { duplex?: 'half' } = {
      method: plain ? method : 'GET',
      headers: new NativeHeaders(request.headers),
      signal: request.signal,
    }
    const body = request.#ownBody
    if (body !== null && plain) {
      init.body = body.used ? '' : body.stream()
      init.duplex = 'half'
    }
    const made = new Native(request.url, init)
    if (!plain) Object.defineProperty(made, 'method', { value: method })
    // One that was read already is a body that was used, to the platform too.
    if (init.body === '') made.text()
    request.#native = made
    return made
  }

  static is(value: unknown): value is LightRequest {
    return typeof value === 'object' && value !== null && #origin in value
  }
}

const { native } = LightRequest

// All else that a Request has is asked of the platform's own.
for (const name of Object.getOwnPropertyNames(Native.prototype)) {
  if (Object.hasOwn(LightRequest.prototype, name)) continue
  Object.defineProperty(LightRequest.prototype, name, {
    configurable: true,
    get(this: LightRequest) {
      const request = native(this)
      const value = Reflect.get(request, name)
      return typeof value === 'function' ? value.bind(request) : value
    },
  })
}
Object.setPrototypeOf(LightRequest.prototype, Native.prototype)
// Who makes another of the same kind means Request, which takes light ones too.
Object.defineProperty(LightRequest.prototype, 'constructor', {
  get: () => globalThis.Request,
  configurable: true,
})

function urlOf({ fields, target, secure }: Origin): string {
  const start = target.charCodeAt(0)
  if (start !== 47 && start !== 42) return new URL(target).href
  const origin = `${secure ? 'https' : 'http'}://${fields.get('host') || 'localhost'}`
  if (start === 42) return `${origin}/`
  return isPlain(target, origin) ? origin + target : new URL(origin + target).href
}

/** Whether a URL parser would leave it as it is: most are, and asking it costs more than the rest. */
function isPlain(target: string, origin: string): boolean {
  return PLAIN_TARGET.test(target) && !target.includes('/.') && isPlainOrigin(origin)
}
const PLAIN_TARGET = /^[\w\-.~!$&()*+,;=:@/%]*(?:\?[\w\-.~!$&()*+,;=:@/%?]*)?$/

let lastOrigin = ''
function isPlainOrigin(origin: string): boolean {
  if (origin === lastOrigin) return true
  if (new URL(origin).origin !== origin) return false
  lastOrigin = origin
  return true
}
