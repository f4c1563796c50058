// One connection of HTTP/1.1: bytes in, bytes out. Requests are answered one after the other, in
// their order; what comes behind one that takes its time waits, and beyond a limit the client does.

import type { App } from '../app.ts'
import { Body, type Source } from './body.ts'
import { copy, fromLatin1, goesOnWith, join, latin1 } from './bytes.ts'
import { ChunkedReader } from './chunked.ts'
import { Exchange } from './exchange.ts'
import { formOf, headWith } from './form.ts'
import { CHUNKED, type Head, type Parsed, parseHead } from './head.ts'
import { Output } from './output.ts'
import type { Member, Pool } from './pool.ts'
import { refusal } from './refusal.ts'
import { TARGET } from './syntax.ts'
import type { SwitchTo, Taken, Wire } from './wire.ts'

const NEVER = Number.POSITIVE_INFINITY
const EMPTY = new Uint8Array(0)
/** Bytes left of a body in chunks, of which more is always possible. */
const NEVER_ENDING = 1

export class Connection implements Member, Source {
  deadline: number
  readonly app: App
  readonly pool: Pool
  readonly wire: Wire
  readonly output: Output

  /** Bytes that cannot be read yet: part of a head, or what waits behind an answer. */
  #waiting: Uint8Array | null = null
  /** `#waiting` is part of a head, and has its deadline. */
  #isInHead = false
  #isPaused = false
  #isReading = false

  // The request body that is on its way.
  #chunked: ChunkedReader | null = null
  /** Bytes still to come; 0 where no body is on its way. */
  #bodyLeft = 0
  #bodySize = 0
  /** Bytes that came behind the answer. */
  #drained = 0
  #body: Body | null = null
  /** The handler has enough for now. */
  #isFull = false
  #owesContinue = false

  #exchange: Exchange | null = null
  #requests = 0
  /** The head before this one, but for its target: clients repeat the rest byte by byte. */
  #last: Head | null = null
  #lastStart: Uint8Array = EMPTY
  #lastRest: Uint8Array = EMPTY
  /** The same where a repetition may be answered without further ado, and nothing else is under way. */
  #repeatable: Head | null = null

  /** The client has sent FIN. */
  #hasEnded = false
  /** FIN is sent, or will be; what still comes is dropped. */
  #isClosing = false
  #hasFinished = false
  #isGone = false
  #taken: Taken | null = null
  #pendingBefore = 0

  constructor(app: App, pool: Pool, wire: Wire) {
    this.app = app
    this.pool = pool
    this.wire = wire
    this.output = new Output(wire)
    this.deadline = pool.now + pool.limits.headTimeout
  }

  // ------------------------------------------------------------------ what the socket says

  /** The bytes are only read during the call. */
  receive(bytes: Uint8Array): void {
    if (this.#taken !== null) {
      this.#taken.data(bytes)
      return
    }
    if (this.#isClosing || this.#readRepeated(bytes)) return
    const waiting = this.#waiting
    if (waiting === null) {
      this.#read(bytes, false)
      return
    }
    this.#waiting = null
    this.#read(join(waiting, bytes), true)
  }

  /** All that was written is sent. */
  drained(): void {
    if (this.#taken !== null) {
      this.#taken.drained?.()
      return
    }
    this.output.blocked = false
    if (this.#isClosing) this.deadline = this.pool.now + this.pool.limits.lingerTimeout
    this.#exchange?.drained()
    this.#goOn()
  }

  /** The client sends no more; it may still read. */
  ended(): void {
    if (this.#taken !== null) {
      this.#taken.ended?.()
      return
    }
    this.#hasEnded = true
    if (this.#isClosing) return
    if (this.#bodyLeft !== 0) {
      this.#endBody()?.fail(new DOMException('The client closed the connection.', 'AbortError'))
      this.#waiting = null
      if (this.#exchange === null) {
        this.destroy()
        return
      }
    }
    // Nearly always the client is gone altogether; if not, it still gets what comes.
    this.#exchange?.abort()
    this.#settle()
  }

  /** The socket is gone. */
  gone(): void {
    if (this.#isGone) return
    this.#isGone = this.#isClosing = true
    this.pool.remove(this)
    this.#waiting = null
    this.#endBody()?.drop()
    const exchange = this.#exchange
    this.#exchange = null
    exchange?.close()
    this.#taken?.closed?.()
  }

  // ------------------------------------------------------------------ what the pool says

  expire(): void {
    const pending = this.wire.pending()
    if (pending > 0) {
      if (pending === this.#pendingBefore) {
        this.destroy()
        return
      }
      this.#pendingBefore = pending
      this.deadline = this.pool.now + this.pool.limits.writeTimeout
    } else if (this.#isClosing) {
      this.wire.close()
      this.gone()
    } else if (this.#bodyLeft !== 0 || this.#waiting !== null) this.#refuse(408)
    else this.#close()
  }

  retire(): void {
    if (this.#exchange === null && this.#taken === null && !this.output.blocked) this.#close()
  }

  // ------------------------------------------------------------------ what the body says

  wanted(): void {
    this.#isFull = false
    if (this.#owesContinue) {
      this.#owesContinue = false
      if (this.#exchange?.hasBegun !== true) this.output.bytes(CONTINUE)
    }
    this.#goOn()
  }

  enough(): void {
    this.#isFull = true
    this.#flow()
  }

  // ------------------------------------------------------------------ what the exchange says

  /** Whether the connection can go on after this request. */
  mayGoOn(head: Head): boolean {
    const { limits, stopping } = this.pool
    if (!head.keepAlive || stopping || this.#requests >= limits.requests) return false
    // Who waits for 100 (Continue) and gets something else may send the body, or not.
    return this.#bodyLeft <= limits.drain && !this.#owesContinue
  }

  /** Some of an answer was written, and more will be. */
  wrote(): void {
    this.#settle()
  }

  /** The answer is complete. */
  finish(keepAlive: boolean): void {
    this.#exchange = null
    this.#body?.drop()
    this.#body = null
    this.#isFull = false
    if (keepAlive) this.#goOn()
    else this.#close()
  }

  /** Leaves HTTP. */
  switchTo(to: SwitchTo, head: string): void {
    this.output.answer(head, '', 0)
    this.output.flush()
    this.#exchange = null
    this.deadline = NEVER
    this.#taken = to(this.wire)
    const waiting = this.#waiting
    this.#waiting = null
    this.#flow()
    if (waiting !== null) this.#taken.data(waiting)
  }

  destroy(): void {
    this.wire.destroy()
    this.gone()
  }

  // ------------------------------------------------------------------ reading

  /**
   * The usual case, on its own for speed: nothing is under way, and the bytes are one request that
   * differs from the one before in its target only.
   */
  #readRepeated(bytes: Uint8Array): boolean {
    const head = this.#repeatable
    if (head === null) return false
    const stop = this.#matchRepeated(bytes, 0, bytes.length)
    if (stop === 0 || stop + this.#lastRest.length !== bytes.length) return false
    const { pool } = this
    if (
      bytes.length > pool.limits.headSize ||
      ++this.#requests >= pool.limits.requests ||
      pool.stopping
    ) {
      this.#requests--
      return false
    }
    const target = latin1(bytes, this.#lastStart.length, stop)
    const reply = this.app.static(head.method, target, head.fields)
    if (reply !== undefined) {
      this.deadline = pool.now + pool.limits.idleTimeout
      this.output.form(formOf(reply), pool.date)
      if (!this.output.blocked) return true
      this.#repeatable = null
    } else {
      this.#repeatable = null
      this.#isReading = true
      this.#exchange = new Exchange(this, head, target, null)
      this.#exchange.start()
      this.#isReading = false
    }
    this.#settle()
    return true
  }

  /** Where the target ends in a head that repeats the one before; 0 where it does not. */
  #matchRepeated(bytes: Uint8Array, at: number, end: number): number {
    const start = this.#lastStart
    const from = at + start.length
    if (from >= end || bytes[from] !== SLASH) return 0
    for (let i = 0; i < start.length; i++) if (bytes[at + i] !== start[i]) return 0
    let stop = from
    while (stop < end && TARGET[bytes[stop]!] === 1) stop++
    return goesOnWith(bytes, stop, end, this.#lastRest) ? stop : 0
  }

  /** `isOwn`: the bytes are a copy already. */
  #read(bytes: Uint8Array, isOwn: boolean): void {
    const end = bytes.length
    let at = 0
    this.#repeatable = null
    this.#isReading = true
    const isCork = this.output.cork()
    try {
      while (at < end && !this.#isClosing) {
        if (this.#bodyLeft !== 0) {
          if (this.#isFull) break
          at = this.#readBody(bytes, at, end)
          continue
        }
        if (this.#exchange !== null || this.output.blocked || this.#taken !== null) break
        const next = this.#readRequest(bytes, at, end)
        if (next === at) break
        at = next
      }
    } catch (error) {
      // One connection must not take the others with it.
      console.error('precast: a connection failed:', error)
      this.destroy()
    } finally {
      if (isCork) this.output.uncork()
      this.#isReading = false
    }
    if (at < end && !this.#isClosing) {
      if (this.#taken !== null) this.#taken.data(bytes.subarray(at))
      else this.#waiting = isOwn ? bytes.subarray(at) : copy(bytes, at)
    }
    this.#settle()
  }

  /** Answers the request at `at`; gives where the next one starts, or `at` where more is needed. */
  #readRequest(bytes: Uint8Array, at: number, end: number): number {
    const { limits } = this.pool
    const last = this.#last
    if (last !== null) {
      const stop = this.#matchRepeated(bytes, at, end)
      const next = stop + this.#lastRest.length
      if (stop !== 0 && next - at <= limits.headSize) {
        this.#answer(last, latin1(bytes, at + this.#lastStart.length, stop))
        return next
      }
    }

    // A recipient should ignore an empty line before the request line (RFC 9112 section 2.2).
    let start = at
    while (bytes[start] === CR && bytes[start + 1] === LF && start - at < limits.headSize)
      start += 2
    if (start === end || (bytes[start] === CR && start + 1 === end)) return start
    const text = latin1(bytes, start, Math.min(end, start + limits.headSize))
    const empty = text.indexOf('\r\n\r\n')
    if (empty === -1) {
      if (text.length === limits.headSize) this.#refuse(text.includes('\r\n') ? 431 : 414)
      // Not to wait for the end of what cannot be right.
      else if (BROKEN.test(text)) this.#refuse(400)
      return start
    }
    const length = empty + 4
    const parsed = parseHead(text.slice(0, length), limits)
    if (typeof parsed === 'number') this.#refuse(parsed)
    else {
      this.#remember(parsed, copy(bytes, start, start + length))
      this.#answer(parsed, parsed.target)
    }
    return start + length
  }

  /** `bytes`: the head that was parsed, a copy. */
  #remember(parsed: Parsed, bytes: Uint8Array): void {
    this.#last = parsed.target.charCodeAt(0) === SLASH ? parsed : null
    const start = parsed.method.length + 1
    this.#lastStart = bytes.subarray(0, start)
    this.#lastRest = bytes.subarray(start + parsed.target.length)
  }

  #answer(head: Head, target: string): void {
    this.#isInHead = false
    this.#requests++
    if (head.length !== 0 && !this.#expectBody(head)) return
    const reply = this.app.static(head.method, target, head.fields)
    if (reply === undefined) {
      const exchange = new Exchange(this, head, target, this.#body)
      this.#exchange = exchange
      exchange.start()
      return
    }
    this.#body = null
    const keepAlive = this.mayGoOn(head)
    if (keepAlive && head.minor === 1) this.output.form(formOf(reply), this.pool.date)
    else {
      const field = keepAlive ? 'Connection: keep-alive' : 'Connection: close'
      this.output.bytes(headWith(reply, this.pool.date, field))
      if (reply.body !== null) this.output.bytes(reply.body)
      if (!keepAlive) this.#close()
    }
  }

  #expectBody(head: Head): boolean {
    const { limits } = this.pool
    if (head.length > limits.bodySize) {
      this.#refuse(413)
      return false
    }
    this.#bodyLeft = head.length === CHUNKED ? NEVER_ENDING : head.length
    this.#chunked = head.length === CHUNKED ? new ChunkedReader(limits) : null
    this.#bodySize = 0
    this.#owesContinue = head.expect
    this.#body = new Body(this, limits)
    return true
  }

  #readBody(bytes: Uint8Array, at: number, end: number): number {
    // Who sends without waiting needs no 100 (Continue).
    this.#owesContinue = false
    if (this.#chunked !== null) {
      const stop = this.#chunked.read(bytes, at, end, this.#take)
      if (this.#isClosing) return end
      if (stop < 0) {
        this.#refuse(-stop)
        return end
      }
      if (this.#chunked.done) this.#endBody()?.end()
      return stop
    }
    const to = Math.min(end, at + this.#bodyLeft)
    this.#bodyLeft -= to - at
    this.#take(bytes, at, to)
    if (this.#bodyLeft === 0) this.#endBody()?.end()
    return to
  }

  readonly #take = (bytes: Uint8Array, from: number, to: number): void => {
    const { limits } = this.pool
    this.#bodySize += to - from
    if (this.#body !== null) {
      if (this.#bodySize > limits.bodySize) this.#refuse(413)
      else this.#body.push(bytes, from, to)
    } else if (this.#exchange === null) {
      // What is left of a body after its answer.
      this.#drained += to - from
      if (this.#drained > limits.drain) this.#close()
    }
  }

  /** Forgets the body; gives it to whoever has to tell it why. */
  #endBody(): Body | null {
    const body = this.#body
    this.#body = null
    this.#chunked = null
    this.#bodyLeft = 0
    this.#drained = 0
    this.#isFull = false
    this.#owesContinue = false
    return body
  }

  // ------------------------------------------------------------------ going on, and ending

  #goOn(): void {
    // The loop that is running sees to it.
    if (this.#isReading || this.#isClosing || this.#taken !== null) return
    const waiting = this.#waiting
    if (waiting === null) {
      this.#settle()
      return
    }
    this.#waiting = null
    this.#read(waiting, true)
  }

  /** Sets what has to happen next, and by when. */
  #settle(): void {
    if (this.#isReading || this.#isGone || this.#taken !== null) return
    const { pool } = this
    const { limits } = pool
    if (this.#isClosing) this.#finishClosing()
    else if (this.output.blocked) this.deadline = pool.now + limits.writeTimeout
    else if (this.#bodyLeft !== 0 && !this.#isFull) this.deadline = pool.now + limits.bodyTimeout
    else if (this.#exchange !== null) this.deadline = NEVER
    else if (this.#hasEnded) {
      this.#close()
      return
    } else if (this.#waiting === null) {
      this.deadline = pool.now + limits.idleTimeout
      const last = this.#last
      if (last?.length === 0 && last.keepAlive && last.minor === 1) this.#repeatable = last
    } else if (!this.#isInHead) {
      this.#isInHead = true
      this.deadline = pool.now + limits.headTimeout
    }
    this.#flow()
  }

  /** Lets the client send, or wait. */
  #flow(): void {
    const isStuck =
      this.#taken === null &&
      !this.#isClosing &&
      (this.#bodyLeft !== 0
        ? this.#isFull
        : this.#waiting !== null && this.#waiting.length > this.pool.limits.highWater)
    if (isStuck === this.#isPaused) return
    this.#isPaused = isStuck
    if (isStuck) this.wire.pause()
    else this.wire.resume()
  }

  /** Says why no request can be read any more, after which nothing is. */
  #refuse(status: number): void {
    this.#endBody()?.fail(new TypeError(`the request was refused with ${status}`))
    const exchange = this.#exchange
    this.#exchange = null
    exchange?.close()
    if (exchange?.hasBegun) {
      this.destroy()
      return
    }
    this.output.bytes(refusal(status, this.pool.date))
    this.#close()
  }

  #close(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#waiting = null
    this.#endBody()?.drop()
    this.#settle()
  }

  /** What a client still sends must be read for a while: RST would take the answer from it. */
  #finishClosing(): void {
    if (this.#hasFinished) return
    this.#hasFinished = true
    const { limits, now } = this.pool
    this.deadline = now + (this.output.blocked ? limits.writeTimeout : limits.lingerTimeout)
    this.wire.end()
  }
}

const SLASH = 47
const CR = 13
const LF = 10
/** What no head can have, whatever follows: a lone CR or LF, or a control character. */
const BROKEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?:^|[^\r])\n|\r[^\n]/
const CONTINUE = fromLatin1('HTTP/1.1 100 Continue\r\n\r\n')
