// What `Response` is while a raw host serves: one that remembers a body it was given whole, so that
// sending it needs no stream. The usual kind, text or bytes with plain fields, is not even made by the
// platform before it is asked for more than status and headers; anything else is the platform's own.

import { IMPLICIT_TYPE, STRING_TYPE } from '../reply.ts'
import { SETTLE } from '../sound.ts'
import { LightHeaders, NativeHeaders } from './headers.ts'
import { PlainFields, type Usual } from './plain-fields.ts'

const Native = globalThis.Response
const { prototype } = Native

/** Bun adds a charset. */
const JSON_TYPE = Native.json(null).headers.get('content-type')!

/** Whether a string body has its type only once it is sent (Bun), where the standard shows it at once. */
const HIDES_TYPE = new Native('').headers.get('content-type') === null

/** How Node.js and Bun print a value. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

export type Whole = string | Uint8Array | null

export class KeptResponse extends Native {
  #whole: Whole | undefined

  // biome-ignore lint/correctness/noUnreachableSuper: what is returned needs no platform.
  constructor(body?: BodyInit | null, init?: ResponseInit) {
    if (new.target === KeptResponse) {
      const light = Light.from(body, init)
      // biome-ignore lint/correctness/noConstructorReturn: it is a Response in all but how it is made.
      if (light !== undefined) return light as unknown as KeptResponse
    }
    super(body, init)
    this.#whole = wholeOf(body)
    if (HIDES_TYPE && typeof body === 'string' && super.headers.get('content-type') === null)
      super.headers.set('content-type', IMPLICIT_TYPE)
  }

  static override json(data: unknown, init?: ResponseInit): Response {
    const text = JSON.stringify(data)
    if (text === undefined) throw new TypeError('The data is not JSON serializable')
    const response = new KeptResponse(text, init)
    if (init?.headers === undefined || !new NativeHeaders(init.headers).has('content-type'))
      response.headers.set('content-type', JSON_TYPE)
    return response
  }

  override get status(): number {
    return Light.is(this) ? Light.status(this) : super.status
  }

  override get headers(): Headers {
    return Light.is(this) ? Light.headers(this) : super.headers
  }

  override get bodyUsed(): boolean {
    return Light.is(this) ? Light.used(this) : super.bodyUsed
  }

  override get body(): Response['body'] {
    if (!Light.is(this)) return super.body
    return Light.whole(this) === null ? null : Light.native(this).body
  }

  /** One that remembers too. */
  override clone(): Response {
    const whole = KeptResponse.whole(this)
    // What the platform says of a body that somebody reads.
    if (whole === undefined || this.bodyUsed || (Light.isOpen(this) && this.body?.locked))
      return Reflect.apply(prototype.clone, KeptResponse.native(this), [])
    const { status, statusText, headers } = this
    return new KeptResponse(whole as BodyInit | null, { status, statusText, headers })
  }

  [SETTLE](): boolean {
    return Light.is(this) && Light.settle(this)
  }

  get [INSPECT](): unknown {
    return Light.is(this) ? () => Light.native(this) : Reflect.get(prototype, INSPECT, this)
  }

  /** The platform makes some by itself, which are Responses all the same. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a class of the user's that extends it is another.
    return this === KeptResponse ? value instanceof Native : ordinary.call(this, value)
  }

  /** The body, where it is known whole; undefined where it has to be read. */
  static whole(response: Response): Whole | undefined {
    if (Light.is(response)) return Light.whole(response)
    return #whole in response ? response.#whole : undefined
  }

  /** The fields it has, where many have the same; null where they are its own. */
  static usual(response: Response): Usual | null {
    return Light.is(response) ? Light.usual(response) : null
  }

  /** The platform's own, for what takes no other. */
  static native(response: Response): Response {
    return Light.is(response) ? Light.native(response) : response
  }

  /** From now on all that are made are the platform's own. */
  static beNative(): void {
    Light.isWanted = false
  }
}

const ordinary = Function.prototype[Symbol.hasInstance]

Object.defineProperty(KeptResponse, 'name', { value: 'Response' })

/** A body that is there as a whole; a copy, since what is sent is what it was at that time. */
function wholeOf(body: unknown): Whole | undefined {
  if (typeof body === 'string') return body
  if (body === null || body === undefined) return null
  if (body instanceof ArrayBuffer) return new Uint8Array(body.slice(0))
  if (ArrayBuffer.isView(body) && body.buffer instanceof ArrayBuffer)
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice()
  return undefined
}

/** What a light response is; it has no members but those of `KeptResponse`. */
class Light {
  static isWanted = true

  readonly #whole: Whole
  readonly #status: number
  readonly #fields: PlainFields
  #headers: LightHeaders | undefined
  #native: Response | undefined

  constructor(whole: Whole, status: number, fields: PlainFields) {
    this.#whole = whole
    this.#status = status
    this.#fields = fields
  }

  /** Undefined where only the platform knows what these mean, or why they cannot be. */
  static from(body: unknown, init: ResponseInit | undefined): Light | undefined {
    if (!Light.isWanted) return undefined
    let status = 200
    let fields: PlainFields | undefined
    if (init !== undefined) {
      if (typeof init !== 'object' || init === null) return undefined
      const { status: given, statusText, headers } = init
      if (given !== undefined) status = given
      if (!isStatus(status) || (statusText !== undefined && statusText !== '')) return undefined
      if (headers !== undefined && (fields = PlainFields.from(headers)) === undefined)
        return undefined
    }
    const whole = wholeOf(body)
    if (whole === undefined || (whole !== null && BODYLESS.has(status))) return undefined
    fields ??= new PlainFields()
    const lacksType = typeof whole === 'string' && fields.get('content-type') === null
    if (lacksType && !fields.set('content-type', IMPLICIT_TYPE)) return undefined
    return new Light(whole, status, fields)
  }

  static is(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #whole in value
  }

  static status(response: Response): number {
    return light(response).#status
  }

  static whole(response: Response): Whole {
    return light(response).#whole
  }

  static headers(response: Response): Headers {
    const own = light(response)
    return (own.#headers ??= new LightHeaders(own.#fields)) as unknown as Headers
  }

  static usual(response: Response): Usual | null {
    const own = light(response)
    return own.#headers !== undefined && LightHeaders.isNative(own.#headers)
      ? null
      : own.#fields.usual
  }

  static settle(response: Response): boolean {
    const own = light(response)
    if (own.#native !== undefined) return false
    const usual = Light.usual(response)
    if (usual === null) return false
    if (usual.isImplicit) own.#fields.set('content-type', STRING_TYPE)
    return true
  }

  static used(response: Response): boolean {
    return light(response).#native?.bodyUsed === true
  }

  /** Whether its body may have been asked for. */
  static isOpen(response: Response): boolean {
    return !Light.is(response) || light(response).#native !== undefined
  }

  /** The platform's own, with the same body each time and the fields of now. */
  static native(response: Response): Response {
    const own = light(response)
    const fields = Light.headers(response)
    if (own.#native === undefined) {
      const init = { status: own.#status, headers: [...fields] }
      return (own.#native = new Native(own.#whole as BodyInit | null, init))
    }
    const { headers } = own.#native
    for (const name of [...headers.keys()]) headers.delete(name)
    for (const [name, value] of fields) headers.append(name, value)
    return own.#native
  }
}
Object.setPrototypeOf(Light.prototype, KeptResponse.prototype)
Reflect.deleteProperty(Light.prototype, 'constructor')

function light(response: Response): Light {
  return response as unknown as Light
}

// All else that a Response has is asked of the platform's own.
for (const name of Object.getOwnPropertyNames(prototype)) {
  if (Object.hasOwn(KeptResponse.prototype, name)) continue
  const { value, enumerable } = Object.getOwnPropertyDescriptor(prototype, name)!
  const member =
    typeof value === 'function'
      ? {
          value: function (this: Response, ...args: unknown[]): unknown {
            return Reflect.apply(value, KeptResponse.native(this), args)
          },
          writable: true,
        }
      : {
          get(this: Response): unknown {
            return Reflect.get(prototype, name, KeptResponse.native(this))
          },
        }
  Object.defineProperty(KeptResponse.prototype, name, { ...member, enumerable, configurable: true })
}

/** Fetch: statuses with which no body can be. */
const BODYLESS = new Set([204, 205, 304])

function isStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599
}
