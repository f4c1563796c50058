// The body of a request as it comes in: frames it, counts it, and gives it to whoever wants it. What
// nobody wants passes, up to a limit. Knows neither the socket nor what is answered.

import { Body, type Source } from '../light/body.ts'
import { gone } from '../light/request.ts'
import { ChunkedReader } from './chunked.ts'
import { CHUNKED, type Head } from './head.ts'
import type { Limits } from './limits.ts'

/** Bytes left of a body in chunks, of which more is always possible. */
const NEVER_ENDING = 1

/** More came behind an answer than is let pass. */
export const SPENT = -1

export class Incoming {
  readonly #limits: Limits
  /** Bytes still to come; 0 where no body is on its way. */
  left = 0
  /** Who gets it; null where nobody wants it any more. */
  body: Body | null = null
  /** The handler has enough for now. */
  isFull = false
  /** The client waits for 100 (Continue). */
  owesContinue = false
  #chunked: ChunkedReader | null = null
  #size = 0
  /** Bytes that came behind the answer. */
  #passed = 0
  #verdict = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Expects the body of a request that has one; false where it is too long. */
  expect(head: Head, source: Source): boolean {
    if (head.length > this.#limits.bodySize) return false
    this.left = head.length === CHUNKED ? NEVER_ENDING : head.length
    this.#chunked = head.length === CHUNKED ? new ChunkedReader(this.#limits) : null
    this.#size = 0
    this.owesContinue = head.expect
    this.body = new Body(source, this.#limits)
    return true
  }

  /**
   * Reads on from `at`.
   * @returns where it stopped: behind the body, or `end`; `SPENT`, or the negative of a status.
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    // Who sends without waiting needs no 100 (Continue).
    this.owesContinue = false
    this.#verdict = 0
    let stop: number
    if (this.#chunked !== null) {
      stop = this.#chunked.read(bytes, at, end, this.#take)
      if (stop >= 0 && this.#chunked.done) this.left = 0
    } else {
      stop = Math.min(end, at + this.left)
      this.left -= stop - at
      this.#take(bytes, at, stop)
    }
    if (this.#verdict !== 0) return this.#verdict
    if (this.left === 0) this.stop()?.end()
    return stop
  }

  /** Whether it is the client's turn: it has to send, and nobody keeps it from that. */
  get isDue(): boolean {
    return this.left !== 0 && !this.isFull && !this.owesContinue
  }

  /** The handler wants more; whether the client waits to be told so. */
  wanted(): boolean {
    const owes = this.owesContinue
    this.isFull = this.owesContinue = false
    return owes
  }

  /** No more comes; whether some should have. */
  cutShort(): boolean {
    if (this.left === 0) return false
    this.stop()?.fail(gone())
    return true
  }

  /** Forgets the body; gives it to whoever has to tell it why. */
  stop(): Body | null {
    const { body } = this
    this.body = null
    this.#chunked = null
    this.left = 0
    this.#passed = 0
    this.isFull = false
    this.owesContinue = false
    return body
  }

  /** The answer is complete: what is left is nobody's. */
  release(): void {
    this.body?.drop()
    this.body = null
    this.isFull = false
  }

  readonly #take = (bytes: Uint8Array, from: number, to: number): void => {
    if (this.#verdict !== 0) return
    this.#size += to - from
    const isTooLong = this.#size > this.#limits.bodySize
    if (this.body !== null) {
      if (isTooLong) this.#verdict = -413
      else this.body.push(bytes, from, to)
      return
    }
    this.#passed += to - from
    if (isTooLong || this.#passed > this.#limits.drain) this.#verdict = SPENT
  }
}
