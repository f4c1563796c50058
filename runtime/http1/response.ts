// A Response that remembers a body it was given whole, so that sending it needs no stream; and the
// head of any Response on the wire. Everything else about it is the platform's own.

import { reasonPhrase } from '../head.ts'
import { STRING_TYPE } from '../reply.ts'

const Native = globalThis.Response

/** Bun adds a charset. */
const JSON_TYPE = Native.json(null).headers.get('content-type')!

type Whole = string | Uint8Array | null

export class KeptResponse extends Native {
  #whole: Whole | undefined

  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super(body, init)
    if (typeof body === 'string') this.#whole = body
    else if (body === null || body === undefined) this.#whole = null
    // A copy: what is sent is what the body was when the Response was made.
    else if (body instanceof ArrayBuffer) this.#whole = new Uint8Array(body.slice(0))
    else if (ArrayBuffer.isView(body))
      this.#whole = new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice()
  }

  static override json(data: unknown, init?: ResponseInit): Response {
    const text = JSON.stringify(data)
    if (text === undefined) throw new TypeError('The data is not JSON serializable')
    const response = new KeptResponse(text, init)
    if (!new Headers(init?.headers).has('content-type'))
      response.headers.set('content-type', JSON_TYPE)
    return response
  }

  /** One that remembers too. */
  override clone(): Response {
    if (this.#whole === undefined || this.bodyUsed) return super.clone()
    const { status, statusText, headers } = this
    return new KeptResponse(this.#whole as BodyInit | null, { status, statusText, headers })
  }

  /** The platform makes some by itself, which are Responses all the same. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a class of the user's that extends it is another.
    return this === KeptResponse ? value instanceof Native : ordinary.call(this, value)
  }

  /** The body, where it is known whole; undefined where it has to be read. */
  static whole(response: Response): Whole | undefined {
    return #whole in response ? response.#whole : undefined
  }

  /** Bun gives string bodies a type only when it sends them. */
  static isText(response: Response): boolean {
    return #whole in response && typeof response.#whole === 'string'
  }
}

const ordinary = Function.prototype[Symbol.hasInstance]

Object.defineProperty(KeptResponse, 'name', { value: 'Response' })

/** Fields of one connection (RFC 9110 section 7.6.1): a handler's would contradict what is sent. */
const FRAMING = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** A response's head up to where the framing fields go. */
export interface ResponseHead {
  text: string
  /** What Content-Length says, where it says something. */
  length: number | undefined
  /** The handler wants the connection to end. */
  close: boolean
}

export function responseHead(response: Response, date: string): ResponseHead {
  const { status, headers } = response
  let text = ''
  let length: number | undefined
  let close = false
  let hasType = false
  let ownDate = date
  headers.forEach((value, name) => {
    if (name === 'content-length') {
      if (/^\d{1,15}$/.test(value)) length = Number(value)
    } else if (name === 'date') ownDate = value
    else if (!FRAMING.has(name)) {
      if (name === 'content-type') hasType = true
      text += `${name}: ${value}\r\n`
    } else if (name === 'connection') close = /\bclose\b/i.test(value)
    // RFC 9110 section 15.5.22: 426 says what to upgrade to.
    else if (name === 'upgrade' && status === 426)
      text += `${name}: ${value}\r\nConnection: upgrade\r\n`
  })
  if (!hasType && KeptResponse.isText(response)) text += `content-type: ${STRING_TYPE}\r\n`
  return { text: `${statusLine(status)}Date: ${ownDate}\r\n${text}`, length, close }
}

const lines: string[] = []

function statusLine(status: number): string {
  return (lines[status] ??= `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`)
}

/** 101 with the fields of the response as they are. */
export function switchHead(response: Response): string {
  let text = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n'
  response.headers.forEach((value, name) => {
    if (name !== 'connection') text += `${name}: ${value}\r\n`
  })
  return `${text}\r\n`
}
