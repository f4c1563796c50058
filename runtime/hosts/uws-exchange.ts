// A request that runs code, on uWebSockets.js: what the library knows of it as a Fetch request, and the
// answer sent with backpressure both ways. The library lets nothing be called on a response that is over.

import type { App } from '../app.ts'
import type { Body } from '../light/body.ts'
import { Fields } from '../light/fields.ts'
import { gone, LightRequest, type Origin } from '../light/request.ts'
import { isAgreement, type Take } from '../websocket/handshake.ts'
import { readFields, release, respondFrom, type Sink, sendAnswer } from './body.ts'
import { Tap } from './tap.ts'
import {
  begun,
  encodable,
  endWith,
  endWithoutBody,
  type Head,
  headOf,
  over,
  plain,
} from './uws-answer.ts'
import type { HttpRequest, HttpResponse } from './uws-library.ts'

/** What a host reads of a request by itself. */
export interface Line {
  method: string
  target: string
  /** Whether the connection ends behind the answer. */
  ends: boolean
  /** Whether the request came in chunks, behind which nothing may be read. */
  isChunked: boolean
  /** Lets handlers switch the connection, where the client asks for it. */
  offer?: ((exchange: Exchange) => Take) | undefined
}

/** How a connection is taken over. */
export interface Switch {
  /** Runs it in a callback of the library's in which `res` can be upgraded. */
  aside(step: () => void): void
  upgrade(res: HttpResponse): void
}

/** Has the app answer. Must be called while `req` is valid, its Host an authority; never throws. */
export function run(app: App, res: HttpResponse, req: HttpRequest, line: Line): void {
  const { target, ends, isChunked } = line
  // Beyond ASCII the library has decoded the bytes already, and lost those that are not UTF-8.
  if (/[^!"$-~]/.test(target)) {
    if (isChunked) res.close()
    else plain(res, 400, 'Bad Request', ends)
    return
  }
  const exchange = new Exchange(res, req, line)
  const request = new LightRequest(exchange) as unknown as Request
  const env = new Bindings(res.getRemoteAddressAsText())
  respondFrom(exchange, () => app.fetch(request, env, undefined, target))
  exchange.goesOn()
}

/** What Hono's `getConnInfo` for Node.js reads, but for the port, which the library does not tell. */
class Bindings {
  readonly #address: ArrayBuffer

  constructor(address: ArrayBuffer) {
    this.#address = address
  }

  get incoming(): { socket: { remoteAddress: string; remoteFamily: 'IPv4' | 'IPv6' } } {
    const remoteAddress = Buffer.from(this.#address).toString()
    return {
      socket: { remoteAddress, remoteFamily: remoteAddress.includes(':') ? 'IPv6' : 'IPv4' },
    }
  }
}

function fieldsOf(req: HttpRequest): Fields {
  const lines: string[] = []
  req.forEach((name, value) => void lines.push(name, latin1(value)))
  return new Fields(lines)
}

/** The library decodes field values as UTF-8; Fetch has them as bytes, a character each. */
function latin1(value: string): string {
  return /[^\x00-\x7f]/.test(value) ? Buffer.from(value).toString('latin1') : value
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

export class Exchange implements Sink, Origin {
  readonly method: string
  readonly target: string
  readonly fields: Fields
  readonly body: Body | null
  readonly secure = false
  readonly take: Take | undefined
  /** Answered, or the client is gone: nothing may be called on `res` any more. */
  closed = false
  /** Takes the connection over, where the answer agrees to it. */
  to: Switch | undefined
  private readonly res: HttpResponse
  private readonly ends: boolean
  /**
   * Nothing is read behind the answer: its handler wants the connection to end, or the request came in
   * chunks. The library takes the second byte of a trailer section for the end of the body, and what
   * follows for a request. So the answer to chunks ends only when the library has read on: a request
   * that it meets until then makes it drop the connection.
   */
  private isLast: boolean
  private readonly isChunked: boolean
  /** Whether all of the request body came. */
  private isReceived = false
  /** Ends the answer, once the request body came. */
  private finish: (() => void) | undefined
  /** Whether it counts as one that is not over. */
  private counts = false
  /** Whether the answer has begun and goes on. */
  private streams = false
  /** Whether the library was told to read no more. */
  private halted = false
  private abort: AbortController | undefined
  private isAborted = false
  private head: Head | undefined
  /** What Content-Length says of a streamed answer. */
  private total: number | undefined
  cancel: (() => void) | undefined
  /** Goes on when the client has room, or is gone. */
  private wake: (() => void) | undefined
  /** Whether it had none at the last write, and how long to wait before the next. */
  private lags = false
  private patience = SOON
  /** What the library did not take of a chunk: where the total is known it keeps nothing. */
  private left: { chunk: Uint8Array; from: number } | undefined

  constructor(res: HttpResponse, req: HttpRequest, line: Line) {
    this.res = res
    this.method = line.method
    this.target = line.target
    this.ends = line.ends
    this.isLast = this.isChunked = line.isChunked
    this.fields = fieldsOf(req)
    this.take = line.offer?.(this)
    const hasBody = line.isChunked || Number(this.fields.get('content-length')) > 0
    this.body = hasBody ? this.readBody() : null
  }

  /** Lets the answer take its time, where it is not given yet. */
  goesOn(): void {
    if (this.closed) return
    this.counts = true
    begun()
    this.res.onAborted(() => {
      this.isAborted = true
      this.body?.fail(gone())
      this.close()
      this.abort?.abort(gone())
      this.cancel?.()
      this.wake?.()
    })
  }

  signal(): AbortSignal {
    if (this.abort === undefined) {
      this.abort = new AbortController()
      if (this.isAborted) this.abort.abort(gone())
    }
    return this.abort.signal
  }

  private readBody(): Body {
    const { res } = this
    const { body } = new Tap(on => this.halt(on && !this.streams))
    let dropped = 0
    res.onData((chunk, last) => {
      this.isReceived ||= last
      if (this.finish) {
        dropped += chunk.byteLength
        if (last || dropped > DRAIN) this.finish()
        return
      }
      // It takes a copy: the library wants the memory back when this returns.
      body.push(new Uint8Array(chunk))
      if (last) body.end()
      else if (this.streams && body.waiting > FLOOD) res.close()
    })
    return body
  }

  /** Stops the request body, or lets it go on. */
  private halt(on: boolean): void {
    if (this.closed || this.halted === on) return
    this.halted = on
    if (on) this.res.pause()
    else this.res.resume()
  }

  respond(response: Response): void {
    if (this.closed) {
      release(response)
      return
    }
    if (response.bodyUsed) throw new TypeError('the body of a response was read before it was sent')
    if (this.to !== undefined && isAgreement(response)) {
      this.switch(this.to, readFields(response).flat)
      return
    }
    this.head = headOf(response)
    this.isLast ||= this.head.close
    sendAnswer(response, this.head.length, this.method, this)
  }

  /** Writes status and fields. */
  private begin(): void {
    this.res.writeStatus(this.head!.bytes)
    if (this.ends) this.res.writeHeader('connection', 'close')
  }

  private switch({ aside, upgrade }: Switch, flat: string[]): void {
    const { res } = this
    const send = () => {
      res.writeStatus('101 Switching Protocols')
      for (let i = 0; i < flat.length; i += 2) {
        // The library writes that one itself.
        if (flat[i] !== 'sec-websocket-protocol')
          res.writeHeader(flat[i]!, Buffer.from(flat[i + 1]!, 'latin1'))
      }
      upgrade(res)
    }
    aside(() => this.last(send))
  }

  none(length: number | undefined): void {
    const { res } = this
    this.last(() => {
      this.begin()
      if (!this.isLast) endWithoutBody(res, length)
      else if (length !== undefined) res.endWithoutBody(length, true)
      else {
        if (!this.ends) res.writeHeader('connection', 'close')
        this.endUnread(() => res.endWithoutBody())
      }
    })
  }

  whole(body: string | Uint8Array): void {
    this.last(() => {
      this.begin()
      if (this.isLast) this.res.end(encodable(body), true)
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
      this.begin()
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
    // Where the total is known, the last byte has ended the answer, if there was one.
    if (this.total === 0) this.last(() => this.res.endWithoutBody(0))
    else if (this.total !== undefined) this.close()
    else if (this.isLast) this.last(() => this.endUnread(() => this.res.end()))
    else this.last(() => this.res.end())
  }

  destroy(): void {
    this.close()
    this.res.close()
  }

  fail(error: unknown): void {
    console.error(error)
    if (!this.closed) this.last(() => plain(this.res, 500, 'Internal Server Error', this.ends))
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
    if (!this.isChunked) {
      end()
      return
    }
    this.body?.drop()
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
    // Else one that came in the same piece is being read already, and could not be read to its end.
    if (this.isChunked) this.res.pause()
    end()
  }

  private close(): void {
    if (this.closed) return
    this.closed = true
    if (this.counts) over()
    this.body?.drop()
  }
}
