// The head of the request before: clients repeat all of it but the target byte for byte on a
// connection that is kept, and comparing costs less than parsing.

import { goesOnWith, latin1 } from './bytes.ts'
import type { Head, Parsed } from './head.ts'
import { TARGET } from './syntax.ts'

const EMPTY = new Uint8Array(0)
const SLASH = 47

export class Repeat {
  /** What the bytes mean, the target aside; null where nothing is remembered. */
  head: Head | null = null
  /** Method and space, up to the target. */
  #start: Uint8Array = EMPTY
  /** All that follows the target. */
  #rest: Uint8Array = EMPTY
  /** Of the request that matched last. */
  target = ''

  /** Whether another request like it can follow by itself: no body, and HTTP/1.1 that is kept. */
  get isPlain(): boolean {
    const { head } = this
    return head !== null && head.length === 0 && head.keepAlive && head.minor === 1
  }

  /** `bytes`: the head that was parsed, a copy. */
  remember(parsed: Parsed, bytes: Uint8Array): void {
    this.head = parsed.target.charCodeAt(0) === SLASH ? parsed : null
    const start = parsed.method.length + 1
    this.#start = bytes.subarray(0, start)
    this.#rest = bytes.subarray(start + parsed.target.length)
  }

  /** Sets `target`, and gives where a head ends that repeats this one; 0 where it does not. */
  match(bytes: Uint8Array, at: number, end: number): number {
    const start = this.#start
    const from = at + start.length
    if (from >= end || bytes[from] !== SLASH) return 0
    for (let i = 0; i < start.length; i++) if (bytes[at + i] !== start[i]) return 0
    let stop = from
    while (stop < end && TARGET[bytes[stop]!] === 1) stop++
    if (!goesOnWith(bytes, stop, end, this.#rest)) return 0
    this.target = latin1(bytes, from, stop)
    return stop + this.#rest.length
  }
}
