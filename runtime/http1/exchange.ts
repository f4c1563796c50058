// One request that user code answers: runs it, and writes its Response in the order, the framing and
// the pace of the connection.

import type { Handler } from '../app.ts'
import { fileOf } from '../disk.ts'
import { release, type Sink, sendAnswer, sizeOf, respondFrom } from '../hosts/body.ts'
import type { Body } from '../light/body.ts'
import type { Fields } from '../light/fields.ts'
import { gone, LightRequest, type Origin } from '../light/request.ts'
import { KeptResponse } from '../light/response.ts'
import type { Agreed } from '../websocket/handshake.ts'
import { copy, fromLatin1 } from './bytes.ts'
import type { Connection } from './connection.ts'
import type { Head } from './head.ts'
import { responseHead, switchHead } from './response.ts'
import type { SwitchTo } from './wire.ts'

const LAST_CHUNK = fromLatin1('0\r\n\r\n')

export class Exchange implements Sink, Origin {
  readonly #connection: Connection
  readonly head: Head
  readonly target: string
  readonly body: Body | null
  #abort: AbortController | undefined
  #isAborted = false
  /** The client, or the connection, wants nothing of it any more. */
  closed = false
  /** Some of the answer was written. */
  hasBegun = false
  /** Takes the connection over, where the answer agrees to it by its field Upgrade. */
  to: SwitchTo | undefined

  // The answer that is streamed.
  #text = ''
  #keepAlive = false
  #isChunked = false
  #headWaits = false
  cancel: (() => void) | undefined
  #resume: (() => void) | undefined

  constructor(connection: Connection, head: Head, target: string, body: Body | null) {
    this.#connection = connection
    this.head = head
    this.target = target
    this.body = body
  }

  start(handler: Handler): void {
    const request = new LightRequest(this) as unknown as Request
    respondFrom(this, () => handler(request, this.#connection.wire.env))
  }

  /** The client is gone, or seems to be: it may have closed its half only. */
  abort(): void {
    if (this.#isAborted) return
    this.#isAborted = true
    this.#abort?.abort(gone())
  }

  /** Nothing more can be written. */
  close(): void {
    this.closed = true
    this.abort()
    this.cancel?.()
    this.drained()
  }

  /** What was written is sent. */
  drained(): void {
    const resume = this.#resume
    this.#resume = undefined
    resume?.()
  }

  get method(): string {
    return this.head.method
  }

  get fields(): Fields {
    return this.head.fields
  }

  get secure(): boolean {
    return this.#connection.wire.secure
  }

  signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController()
      if (this.#isAborted) this.#abort.abort(gone())
    }
    return this.#abort.signal
  }

  async take(agreed: Agreed): Promise<Record<string, string> | null> {
    const websocket = await import('./websocket.ts')
    return websocket.take(this, agreed)
  }

  respond(response: Response): void {
    const connection = this.#connection
    if (this.closed) {
      release(response)
      return
    }
    if (response.bodyUsed) throw new TypeError('the body of a response was read before it was sent')
    if (this.to !== undefined && response.headers.has('upgrade')) {
      this.hasBegun = true
      connection.switchTo(this.to, switchHead(response))
      return
    }
    // RFC 9110 section 15.2: a client takes it for no answer, or for the end of HTTP. Bun and Deno make one.
    if (response.status < 200) throw new RangeError(`a response has status ${response.status}`)
    const { minor, method } = this.head
    const head = responseHead(response, connection.pool.date)
    const keepAlive = !head.close && connection.mayGoOn(this.head)
    const whole = KeptResponse.whole(response)
    if (
      head.bytes !== undefined &&
      typeof whole === 'string' &&
      keepAlive &&
      minor === 1 &&
      method !== 'HEAD' &&
      connection.output.usual(head.bytes, whole)
    ) {
      this.hasBegun = true
      connection.finish(true)
      return
    }
    let { text } = head
    if (!keepAlive) text += 'Connection: close\r\n'
    else if (minor === 0) text += 'Connection: keep-alive\r\n'
    this.#keepAlive = keepAlive
    this.#text = text
    const part = connection.wire.writeFile && method !== 'HEAD' ? fileOf(response) : undefined
    if (part !== undefined) {
      this.hasBegun = true
      connection.output.answer(`${text}Content-Length: ${part.length}\r\n\r\n`, '', 0)
      connection.output.file(part)
      connection.finish(keepAlive)
      return
    }
    sendAnswer(response, head.length, method, this)
  }

  #send(field: string, body: string | Uint8Array | null, size = 0): void {
    const { output } = this.#connection
    this.hasBegun = true
    const head = `${this.#text}${field}\r\n`
    const isCork = output.cork()
    if (typeof body === 'string') output.answer(head, body, size)
    else {
      output.answer(head, '', 0)
      if (body !== null && size > 0) output.bytes(body)
    }
    if (isCork) output.uncork()
    this.#connection.finish(this.#keepAlive)
  }

  // ------------------------------------------------------------------ Sink

  none(length: number | undefined): void {
    this.#send(length === undefined ? '' : `Content-Length: ${length}\r\n`, null)
  }

  whole(body: string | Uint8Array): void {
    const size = sizeOf(body)
    this.#send(`Content-Length: ${size}\r\n`, body, size)
  }

  open(length: number | undefined): void {
    this.hasBegun = true
    if (length !== undefined) this.#text += `Content-Length: ${length}\r\n`
    else if (this.head.minor === 1) {
      this.#isChunked = true
      this.#text += 'Transfer-Encoding: chunked\r\n'
    } else if (this.#keepAlive) {
      // Only the end of the connection can end the body.
      this.#keepAlive = false
      this.#text = this.#text.replace('Connection: keep-alive\r\n', 'Connection: close\r\n')
    }
    this.#text += '\r\n'
    this.#headWaits = true
    // The first bytes of the body mostly come in the same turn, and then go out with it.
    queueMicrotask(() => this.#flushHead())
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const { output } = this.#connection
    const isCork = output.cork()
    this.#flushHead()
    if (this.#isChunked) {
      const size = chunk.length.toString(16)
      const framed = new Uint8Array(size.length + chunk.length + 4)
      for (let i = 0; i < size.length; i++) framed[i] = size.charCodeAt(i)
      framed.set(CRLF, size.length)
      framed.set(chunk, size.length + 2)
      framed.set(CRLF, framed.length - 2)
      output.bytes(framed)
    } else output.bytes(copy(chunk))
    if (isCork) output.uncork()
    this.#connection.wrote()
    if (!output.blocked) return undefined
    return new Promise(resolve => {
      this.#resume = resolve
    })
  }

  end(): void {
    const { output } = this.#connection
    const isCork = output.cork()
    this.#flushHead()
    if (this.#isChunked) output.bytes(LAST_CHUNK)
    if (isCork) output.uncork()
    this.#connection.finish(this.#keepAlive)
  }

  destroy(): void {
    this.#connection.destroy()
  }

  fail(error: unknown): void {
    if (this.closed) return
    console.error(error)
    if (this.hasBegun) this.#connection.destroy()
    else {
      const headers = { 'content-type': 'text/plain; charset=utf-8' }
      this.respond(new KeptResponse('Internal Server Error', { status: 500, headers }))
    }
  }

  #flushHead(): void {
    if (!this.#headWaits) return
    this.#headWaits = false
    if (!this.closed) this.#connection.output.answer(this.#text, '', 0)
  }
}

const CRLF = Uint8Array.of(13, 10)
