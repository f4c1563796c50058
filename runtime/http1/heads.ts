// Bytes of a connection -> one request's head after the other, each compared with the one before:
// clients repeat all of it but the target byte for byte, and comparing costs less than parsing.

import { copy, goesOnWith } from './bytes.ts'
import { type Head, type Parsed, parseHead } from './head.ts'
import type { Limits } from './limits.ts'
import { askedFor, type Known, type Recent } from './recent.ts'
import { scanHead } from './scan.ts'
import { TARGET } from './syntax.ts'

const SLASH = 47
/**
 * Who sends one of them says what nobody else does, and how long it takes to tell a head from another
 * must say nothing of theirs.
 */
export const SECRETS = ['cookie', 'authorization', 'proxy-authorization']
const NOTHING = askedFor('')

export class Heads {
  /** What `read` found, the target aside; null where more is needed. */
  next: Head | null = null
  /** What the request asks for that was found or matched last. */
  asked = NOTHING
  readonly #recent: Recent
  /** What the bytes before mean, the target aside; null where nothing is remembered. */
  #known: Known | null = null

  constructor(recent: Recent) {
    this.#recent = recent
  }

  /** Of the request that `match` found. */
  get head(): Head | null {
    return this.#known === null ? null : this.#known.head
  }

  /** Whether another request like it can follow by itself: no body, and HTTP/1.1 that is kept. */
  get isPlain(): boolean {
    const { head } = this
    return head !== null && head.length === 0 && head.keepAlive && head.minor === 1
  }

  /**
   * Reads on from `at`.
   * @returns where it stopped: behind a head, which is `next`, or before what is still to come of one;
   * the negative of a status where none can come
   */
  read(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
    const { head } = this
    if (head !== null) {
      const stop = this.match(bytes, at, end)
      if (stop !== 0 && stop - at <= limits.headSize) {
        this.next = head
        return stop
      }
    }
    this.next = null
    const { start, text, status } = scanHead(bytes, at, end, limits)
    if (status !== 0) return -status
    if (text === null) return start
    const stop = start + text.length
    const known = this.#recent.headLike(bytes, start, stop)
    if (known !== undefined) {
      this.#known = known
      if (this.match(bytes, start, stop) === stop) {
        this.next = known.head
        return stop
      }
    }
    const parsed = parseHead(text, limits)
    if (typeof parsed === 'number') return -parsed
    this.#remember(parsed, copy(bytes, start, stop))
    this.next = parsed
    this.asked = askedFor(parsed.target)
    return stop
  }

  /** Sets `asked`, and gives where a head ends that repeats this one; 0 where it does not. */
  match(bytes: Uint8Array, at: number, end: number): number {
    const known = this.#known
    if (known === null) return 0
    const { start, rest } = known
    const from = at + start.length
    if (from >= end || bytes[from] !== SLASH) return 0
    for (let i = 0; i < start.length; i++) if (bytes[at + i] !== start[i]) return 0
    let stop = from
    let hash = 0
    for (let code: number; stop < end && TARGET[(code = bytes[stop]!)] === 1; stop++)
      hash = (Math.imul(hash, 31) + code) | 0
    if (!goesOnWith(bytes, stop, end, rest)) return 0
    this.asked = this.#recent.asked(bytes, from, stop, hash)
    return stop + rest.length
  }

  /** `bytes`: the head that was parsed, a copy. */
  #remember(parsed: Parsed, bytes: Uint8Array): void {
    this.#known = null
    if (parsed.target.charCodeAt(0) !== SLASH) return
    const start = parsed.method.length + 1
    this.#known = {
      head: parsed,
      start: bytes.subarray(0, start),
      rest: bytes.subarray(start + parsed.target.length),
    }
    if (!SECRETS.some(name => parsed.fields.get(name) !== null))
      this.#recent.addHead(this.#known, bytes)
  }
}
