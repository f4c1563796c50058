// One connection of HTTP/1.1: bytes in, bytes out. Requests are answered one after the other, in
// their order; what comes behind one that takes its time waits, and beyond a limit the client does.

import type { App } from '../app.ts'
import type { Body, Source } from '../light/body.ts'
import { copy, fromLatin1, isRepetition, join } from './bytes.ts'
import { Exchange } from './exchange.ts'
import { formFor, formOf, handlerFor, replyFor } from './form.ts'
import { Gate } from './gate.ts'
import type { Head } from './head.ts'
import { Heads } from './heads.ts'
import { Incoming, SPENT } from './incoming.ts'
import { Output } from './output.ts'
import type { Member, Pool } from './pool.ts'
import type { Asked } from './recent.ts'
import { refusal } from './refusal.ts'
import type { SwitchTo, Taken, Wire } from './wire.ts'

const NEVER = Number.POSITIVE_INFINITY

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
  readonly #gate: Gate
  #isReading = false

  readonly #incoming: Incoming
  #exchange: Exchange | null = null
  #requests = 0
  readonly #heads: Heads
  /** Nothing is under way, and a repetition may be answered without further ado. */
  #isIdle = false

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
    this.#gate = new Gate(wire)
    this.#incoming = new Incoming(pool.limits)
    this.#heads = new Heads(pool.recent)
    this.deadline = pool.now + pool.limits.headTimeout
  }

  // ------------------------------------------- what socket, pool, body and exchange say

  /** The bytes are only read during the call. */
  receive(bytes: Uint8Array): void {
    if (this.#taken !== null) {
      this.deadline = this.pool.now + this.pool.limits.idleTimeout
      this.#taken.data(bytes)
      return
    }
    if (this.#isClosing || (this.#isIdle && this.#readRepeated(bytes))) return
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
    // What waits may be the rest of a body.
    if (this.#waiting === null) this.#cutShort()
    // Nearly always the client is gone altogether; if not, it still gets what comes.
    this.#exchange?.abort()
    this.#settle()
  }

  /** The socket is gone. */
  gone(): void {
    if (this.#isGone) return
    this.#isGone = this.#isClosing = true
    this.pool.remove(this)
    this.output.drop()
    this.#waiting = null
    this.#incoming.cutShort()
    const exchange = this.#exchange
    this.#exchange = null
    exchange?.close()
    this.#taken?.closed?.()
  }

  expire(): void {
    if (this.#taken !== null) {
      this.deadline = this.pool.now + this.pool.limits.idleTimeout
      if (this.#taken.idle?.() === false) this.destroy()
      return
    }
    if (this.#gate.isShut && !this.output.blocked) {
      this.deadline = NEVER
      this.#gate.look()
      return
    }
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
    } else if (this.#incoming.left !== 0 || this.#waiting !== null) this.#refuse(408)
    else this.#close()
  }

  retire(): void {
    this.#taken?.retire?.()
    if (this.#exchange === null && this.#taken === null && !this.output.blocked) this.#close()
  }

  wanted(): void {
    if (this.#incoming.wanted() && this.#exchange?.hasBegun !== true) this.output.bytes(CONTINUE)
    this.#goOn()
  }

  enough(): void {
    this.#incoming.isFull = true
    this.#flow()
  }

  /** Whether the connection can go on after this request. */
  mayGoOn(head: Head): boolean {
    const { limits, stopping } = this.pool
    if (!head.keepAlive || stopping || this.#requests >= limits.requests) return false
    // Who waits for 100 (Continue) and gets something else may send the body, or not.
    return this.#incoming.left <= limits.drain && !this.#incoming.owesContinue
  }

  /** Some of an answer was written, and more will be. */
  wrote(): void {
    this.#settle()
  }

  /** The answer is complete. */
  finish(keepAlive: boolean): void {
    this.#exchange = null
    this.#incoming.release()
    // The head may have promised to go on before the server was told to stop.
    if (keepAlive && !this.pool.stopping) this.#goOn()
    else this.#close()
  }

  /** Leaves HTTP. */
  switchTo(to: SwitchTo, head: string): void {
    this.output.answer(head, '', 0)
    this.output.flush()
    this.#exchange = null
    this.deadline = this.pool.now + this.pool.limits.idleTimeout
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
   * The usual cases, on their own for speed: nothing is under way, and the bytes are a request that
   * differs from the one before in its target only, or that request several times (some pipeline so).
   */
  #readRepeated(bytes: Uint8Array): boolean {
    const heads = this.#heads
    const size = heads.match(bytes, 0, bytes.length)
    if (size === 0) return false
    const { pool } = this
    const isOne = size === bytes.length
    const count = isOne ? 1 : isRepetition(bytes, size) ? bytes.length / size : 0
    const after = this.#requests + count
    if (
      count === 0 ||
      size > pool.limits.headSize ||
      after >= pool.limits.requests ||
      pool.stopping
    )
      return false
    const head = heads.head!
    const { asked } = heads
    const form = formFor(this.app, head, asked)
    if (form === undefined && !isOne) return false
    if (form !== undefined) {
      if (isOne) this.output.form(form, pool.date)
      else if (!this.output.forms(form, pool.date, count)) return false
      this.#requests = after
      this.deadline = pool.now + pool.limits.idleTimeout
      if (!this.output.blocked) return true
      this.#isIdle = false
    } else {
      this.#requests = after
      this.#isIdle = false
      this.#isReading = true
      this.#run(head, asked, null)
      this.#isReading = false
    }
    this.#settle()
    return true
  }

  /** `isOwn`: the bytes are a copy already. */
  #read(bytes: Uint8Array, isOwn: boolean): void {
    const end = bytes.length
    let at = 0
    this.#gate.passed()
    this.#isIdle = false
    this.#isReading = true
    const isCork = this.output.cork()
    try {
      while (at < end && !this.#isClosing) {
        if (this.#incoming.left !== 0) {
          if (this.#incoming.isFull) break
          at = this.#readBody(bytes, at, end)
          continue
        }
        if (this.#exchange !== null || this.output.blocked || this.#taken !== null) break
        const next = this.#readRequest(bytes, at, end)
        if (next === at) break
        at = next
      }
      if (isCork) this.output.uncork()
    } catch (error) {
      // One connection must not take the others with it.
      console.error('precast: a connection failed:', error)
      this.destroy()
    }
    this.#isReading = false
    if (at === end && this.#hasEnded) this.#cutShort()
    if (at < end && !this.#isClosing) {
      if (this.#taken !== null) this.#taken.data(bytes.subarray(at))
      else this.#waiting = isOwn ? bytes.subarray(at) : copy(bytes, at)
    }
    this.#settle()
  }

  /** Answers the request at `at`; gives where the next one starts, or `at` where more is needed. */
  #readRequest(bytes: Uint8Array, at: number, end: number): number {
    const heads = this.#heads
    const stop = heads.read(bytes, at, end, this.pool.limits)
    if (stop < 0) {
      this.#refuse(-stop)
      return end
    }
    if (heads.next !== null) this.#answer(heads.next, heads.asked)
    return stop
  }

  #answer(head: Head, asked: Asked): void {
    this.#isInHead = false
    this.#requests++
    if (head.length !== 0 && !this.#incoming.expect(head, this)) {
      this.#refuse(413)
      return
    }
    const reply = replyFor(this.app, head, asked)
    if (reply === undefined) {
      this.#run(head, asked, this.#incoming.body)
      return
    }
    this.#incoming.body = null
    const keepAlive = this.mayGoOn(head)
    if (keepAlive && head.minor === 1) this.output.form(formOf(reply), this.pool.date)
    else {
      const field = keepAlive ? 'Connection: keep-alive' : 'Connection: close'
      this.output.once(reply, this.pool.date, field)
      if (!keepAlive) this.#close()
    }
  }

  #run(head: Head, asked: Asked, body: Body | null): void {
    const exchange = new Exchange(this, head, asked.target, body)
    this.#exchange = exchange
    exchange.start(handlerFor(this.app, asked))
  }

  #readBody(bytes: Uint8Array, at: number, end: number): number {
    const stop = this.#incoming.read(bytes, at, end)
    if (stop >= 0) return stop
    if (stop === SPENT) this.#close()
    else this.#refuse(-stop)
    return end
  }

  /** The client sends no more: what is still to come of a body never will. */
  #cutShort(): void {
    if (this.#incoming.cutShort() && this.#exchange === null) this.destroy()
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
    else if (this.#incoming.isDue) this.deadline = pool.now + limits.bodyTimeout
    else if (this.#exchange !== null) this.deadline = NEVER
    else if (this.#hasEnded || pool.stopping) {
      this.#close()
      return
    } else if (this.#waiting === null) {
      this.deadline = pool.now + limits.idleTimeout
      this.#isIdle = this.#heads.isPlain
    } else if (!this.#isInHead) {
      this.#isInHead = true
      this.deadline = pool.now + limits.headTimeout
    }
    this.#flow()
  }

  /** Lets the client send, or wait. */
  #flow(): void {
    const { highWater } = this.pool.limits
    const waiting = this.#waiting?.length ?? 0
    const isHeld = this.#exchange !== null || this.output.blocked
    const isStuck =
      this.#incoming.left !== 0 ? this.#incoming.isFull : isHeld && waiting > highWater
    this.#gate.set(isStuck && this.#taken === null && !this.#isClosing)
    if (this.deadline === NEVER && this.#gate.mayLook(waiting, highWater))
      this.deadline = this.pool.now + 1
  }

  /** Says why no request can be read any more, after which nothing is. */
  #refuse(status: number): void {
    this.#incoming.stop()?.fail(new TypeError(`the request was refused with ${status}`))
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
    this.#incoming.stop()?.drop()
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

const CONTINUE = fromLatin1('HTTP/1.1 100 Continue\r\n\r\n')
