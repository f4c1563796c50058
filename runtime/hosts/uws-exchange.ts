// A request that runs code, on uWebSockets.js: its request turned into a Fetch one, the answer sent
// with backpressure both ways. The library lets nothing be called on a response that is over.

import { STATUS_CODES } from 'node:http'
import type { App } from '../app.ts'
import { isAgreement } from '../websocket/handshake.ts'
import { readFields, type Sink, sendBody } from './body.ts'
import { type Body, createBody, createRequest } from './request.ts'
import type { HttpRequest, HttpResponse } from './uws-library.ts'

/** Answers that are not finished yet: with a handler, or on their way to a slow client. */
let count = 0

export function openExchanges(): number {
  return count
}

/** Bytes from which an answer is sent as its client takes it; below, the library keeps a copy. */
const LARGE = 262_144

/** Ends an answer whose status and fields are written. */
export function endWith(res: HttpResponse, body: Uint8Array): void {
  if (body.byteLength < LARGE) {
    res.end(body)
    return
  }
  const send = (offset: number) => {
    let [ok, done] = [false, false]
    res.cork(() => {
      ;[ok, done] = res.tryEnd(body.subarray(offset), body.byteLength)
    })
    if (done) count--
    return ok || done
  }
  count++
  res.onAborted(() => {
    count--
  })
  res.onWritable(send)
  send(0)
}

/** Undefined given as an argument is a length of its own to the library. */
export function endWithoutBody(res: HttpResponse, length: number | undefined): void {
  if (length === undefined) res.endWithoutBody()
  else res.endWithoutBody(length)
}

export function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`
}

/** What a host reads of a request by itself. */
export interface Line {
  method: string
  target: string
  /** Whether the connection ends behind the answer. */
  ends: boolean
  /** Whether the request came in chunks, behind which nothing may be read. */
  isChunked: boolean
  /** Offers handlers to switch the connection, where the client asks for it. */
  offer?: ((request: Request, exchange: Exchange) => void) | undefined
}

/** How a connection is taken over. */
export interface Switch {
  /** Runs it in a callback of the library's in which `res` can be upgraded. */
  aside(step: () => void): void
  upgrade(res: HttpResponse): void
}

/** Has the app answer. Must be called while `req` is valid, its Host an authority; never throws. */
export function run(app: App, res: HttpResponse, req: HttpRequest, line: Line) {
  const { method, target, ends, isChunked } = line
  const exchange = new Exchange(res, method, ends, isChunked)
  const headers = new Headers()
  req.forEach((name, value) => {
    headers.append(name, latin1(value))
  })
  const authority = headers.get('host') ?? ''
  let request: Request
  try {
    // Beyond ASCII the library has decoded the bytes already, and lost those that are not UTF-8.
    if (/[^\x21-\x7e]/.test(target)) throw new TypeError('target')
    const body = hasBody(headers) ? exchange.readBody() : null
    request = createRequest({ method, target, authority, headers, body }, () => exchange.signal())
  } catch {
    if (isChunked) res.close()
    else plain(res, 400, 'Bad Request', ends)
    return
  }
  line.offer?.(request, exchange)
  exchange.begin()
  // What Hono's `getConnInfo` for Node.js reads.
  const remoteAddress = Buffer.from(res.getRemoteAddressAsText()).toString()
  const env = { incoming: { socket: { remoteAddress } } }
  try {
    const response = app.fetch(request, env, undefined, target)
    if (response instanceof Response) exchange.respond(response)
    else response.then(value => exchange.respond(value)).catch(error => exchange.fail(error))
  } catch (error) {
    exchange.fail(error)
  }
}

function hasBody(headers: Headers): boolean {
  return headers.has('transfer-encoding') || Number(headers.get('content-length')) > 0
}

/** The library decodes field values as UTF-8; Fetch has them as bytes, a character each. */
function latin1(value: string): string {
  return /[^\x00-\x7f]/.test(value) ? Buffer.from(value).toString('latin1') : value
}

/**
 * A short text of the host's own, after which the connection ends.
 * @param ends whether it does so anyway; if not, the library is told, and says so itself
 */
export function plain(res: HttpResponse, status: number, text: string, ends: boolean): void {
  res.writeStatus(statusLine(status)).writeHeader('content-type', 'text/plain; charset=utf-8')
  if (ends) res.writeHeader('connection', 'close')
  res.end(text, !ends)
}

/**
 * Bytes of a request body that may wait for a handler that streams its answer meanwhile. Pausing the
 * body would be right, but with writes under way the library then loses events of either direction.
 */
const FLOOD = 16 << 20

/**
 * Bytes given at once to a client that lags. The library keeps what the socket does not take and
 * tells of room, not of all being gone; room is a third of the socket's buffer, and about as much.
 */
const SLICE = 16_384

/** Milliseconds after which a client that lags is tried again, at first and at most. */
const SOON = 10
const LATE = 1_000

/** Bytes of a body in chunks that are let pass before its answer ends. */
const DRAIN = 1 << 20

export class Exchange implements Sink {
  /** Answered, or the client is gone: nothing may be called on `res` any more. */
  closed = false
  /** Takes the connection over, where the answer agrees to it. */
  to: Switch | undefined
  private readonly res: HttpResponse
  private readonly method: string
  private readonly ends: boolean
  /**
   * The request came in chunks. The library takes the second byte of a trailer section for the end of
   * the body, and what follows for a request; so nothing is read behind one, and its answer ends only
   * when the library has read on: a request that it meets until then makes it drop the connection.
   */
  private readonly isLast: boolean
  /** Whether all of the request body came. */
  private isReceived = false
  /** Ends the answer, once the request body came. */
  private finish: (() => void) | undefined
  private body: Body | undefined
  /** Whether the answer has begun and goes on. */
  private streams = false
  /** Whether the library was told to read no more. */
  private halted = false
  private abort: AbortController | undefined
  /** Status and fields of the answer. */
  private head: () => void = () => {}
  /** What Content-Length says of a streamed answer. */
  private total: number | undefined
  /** Cancels the stream of the answer. */
  private cancel: (() => void) | undefined
  /** Goes on when the client has room, or is gone. */
  private wake: (() => void) | undefined
  /** Whether it had none at the last write, and how long to wait before the next. */
  private lags = false
  private patience = SOON
  /** What the library did not take of a chunk: where the total is known it keeps nothing. */
  private left: { chunk: Uint8Array; from: number } | undefined

  constructor(res: HttpResponse, method: string, ends: boolean, isLast: boolean) {
    this.res = res
    this.method = method
    this.ends = ends
    this.isLast = isLast
  }

  /** Lets the answer take its time. */
  begin(): void {
    count++
    this.res.onAborted(() => {
      this.close()
      this.abort?.abort(new DOMException('The client closed the connection.', 'AbortError'))
      this.cancel?.()
      this.wake?.()
    })
  }

  signal(): AbortSignal {
    this.abort ??= new AbortController()
    return this.abort.signal
  }

  readBody(): ReadableStream<Uint8Array> {
    const { res } = this
    const body = createBody({
      pause: () => {
        if (!this.streams) this.halt(true)
      },
      resume: () => this.halt(false),
    })
    let dropped = 0
    res.onData((chunk, last) => {
      this.isReceived ||= last
      if (this.finish) {
        dropped += chunk.byteLength
        if (last || dropped > DRAIN) this.finish()
        return
      }
      // The library takes the memory back when this returns.
      const copy = new Uint8Array(chunk.slice(0))
      if (last) body.end(copy)
      else body.push(copy)
      if (this.streams && body.waiting > FLOOD) res.close()
    })
    this.body = body
    return body.stream
  }

  /** Stops the request body, or lets it go on. */
  private halt(on: boolean): void {
    if (this.closed || this.halted === on) return
    this.halted = on
    if (on) this.res.pause()
    else this.res.resume()
  }

  respond(response: Response): void {
    const { res } = this
    const { status, body } = response
    if (this.closed) {
      body?.cancel().catch(() => {})
      return
    }
    const { flat, length } = readFields(response)
    if (this.to !== undefined && isAgreement(response)) {
      this.switch(this.to, flat)
      return
    }
    this.head = () => {
      res.writeStatus(statusLine(status))
      for (let i = 0; i < flat.length; i += 2) {
        res.writeHeader(flat[i], Buffer.from(flat[i + 1], 'latin1'))
      }
      if (this.ends) res.writeHeader('connection', 'close')
    }
    const bodiless = this.method === 'HEAD' || status === 204 || status === 304
    if (!bodiless && body !== null) {
      sendBody(response, length, this, cancel => {
        this.cancel = cancel
      }).catch(error => this.fail(error))
      return
    }
    body?.cancel().catch(() => {})
    this.last(() => {
      this.head()
      const known = this.method === 'HEAD' ? length : bodiless ? undefined : 0
      if (!this.isLast) endWithoutBody(res, known)
      else if (known !== undefined) res.endWithoutBody(known, true)
      else {
        if (!this.ends) res.writeHeader('connection', 'close')
        this.endUnread(() => res.endWithoutBody())
      }
    })
  }

  private switch({ aside, upgrade }: Switch, flat: string[]): void {
    const { res } = this
    const send = () => {
      res.writeStatus(statusLine(101))
      for (let i = 0; i < flat.length; i += 2) {
        // The library writes that one itself.
        if (flat[i] !== 'sec-websocket-protocol')
          res.writeHeader(flat[i], Buffer.from(flat[i + 1], 'latin1'))
      }
      upgrade(res)
    }
    aside(() => this.last(send))
  }

  fail(error: unknown): void {
    console.error(error)
    if (!this.closed) this.last(() => plain(this.res, 500, 'Internal Server Error', this.ends))
  }

  whole(body: Uint8Array): void {
    this.last(() => {
      this.head()
      if (this.isLast) this.res.end(body, true)
      else endWith(this.res, body)
    })
  }

  open(length: number | undefined): void {
    // The last byte of a known total would end it at once.
    this.total = this.isLast ? undefined : length
    this.streams = true
    this.halt(false)
    this.res.onWritable(offset => this.writable(offset))
    this.res.cork(() => {
      this.head()
      if (this.isLast && !this.ends) this.res.writeHeader('connection', 'close')
    })
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.byteLength && !this.closed; ) {
      const part: Uint8Array = chunk.subarray(from, this.lags ? from + SLICE : undefined)
      from += part.byteLength
      this.lags = !this.send(part)
      if (!this.lags) this.patience = SOON
      else if (!this.closed) await this.room()
    }
  }

  end(): void {
    // Where the total is known, the last byte has ended the answer.
    if (this.total !== undefined) this.close()
    else if (this.isLast) this.last(() => this.endUnread(() => this.res.end()))
    else this.last(() => this.res.end())
  }

  destroy(): void {
    this.close()
    this.res.close()
  }

  /** Whether the client keeps up. */
  private send(part: Uint8Array): boolean {
    const { res, total } = this
    let ok = true
    let done = false
    res.cork(() => {
      if (total === undefined) ok = res.write(part)
      else {
        const from = res.getWriteOffset()
        ;[ok, done] = res.tryEnd(part, total)
        if (!ok && !done) this.left = { chunk: part, from }
      }
    })
    if (done) this.close()
    return ok || done
  }

  /**
   * Waits for the client. The library may have sent what it kept a moment later, together with
   * something else, and tells nothing then; so it is asked from time to time, ever less often.
   */
  private async room(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>(resolve => {
      this.wake = resolve
      timer = setInterval(() => {
        this.patience = Math.min(this.patience * 2, LATE)
        if (this.left) this.writable(this.res.getWriteOffset())
        else resolve()
      }, this.patience)
    })
    clearInterval(timer)
    this.wake = undefined
  }

  private writable(offset: number): boolean {
    if (this.left) {
      const { chunk, from } = this.left
      let [ok, done] = [false, false]
      this.res.cork(() => {
        ;[ok, done] = this.res.tryEnd(chunk.subarray(offset - from), this.total!)
      })
      if (!ok && !done) return false
      this.left = undefined
      if (done) this.close()
    } else {
      // Whoever listens for room has to write for what was kept to go out; this writes nothing.
      this.res.cork(() => {})
    }
    this.patience = SOON
    this.wake?.()
    return true
  }

  /** Sends the last of an answer. What was not read of the request has to run through after it. */
  private last(send: () => void): void {
    this.halt(false)
    const end = () => {
      if (this.closed) return
      this.res.cork(send)
      this.close()
    }
    if (!this.isLast) {
      end()
      return
    }
    this.body?.fail(new Error('the request is over'))
    this.finish = () => {
      setImmediate(end)
    }
    if (this.isReceived) this.finish()
  }

  /**
   * Ends an answer where the library has no way to end the connection with it: nothing is read any
   * more, and the idle time-out closes it where the client does not.
   */
  private endUnread(end: () => void): void {
    this.res.pause()
    end()
  }

  private close(): void {
    if (this.closed) return
    this.closed = true
    count--
    this.body?.fail(new Error('the request is over'))
  }
}
