// Bytes of a connection -> one request's head after the other, each compared with the one before:
// clients repeat all of it but the target byte for byte, and comparing costs less than parsing.

import { copy, goesOnWith, latin1 } from './bytes.ts'
import { type Head, type Parsed, parseHead } from './head.ts'
import type { Limits } from './limits.ts'
import { scanHead } from './scan.ts'
import { TARGET } from './syntax.ts'

const EMPTY = new Uint8Array(0)
const SLASH = 47

export class Heads {
  /** What `read` found, the target aside; null where more is needed. */
  next: Head | null = null
  /** Of the request that was found or matched last. */
  target = ''
  /** What the bytes before mean, the target aside; null where nothing is remembered. */
  head: Head | null = null
  /** Method and space, up to the target. */
  #start: Uint8Array = EMPTY
  /** All that follows the target. */
  #rest: Uint8Array = EMPTY

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
    if (this.head !== null) {
      const stop = this.match(bytes, at, end)
      if (stop !== 0 && stop - at <= limits.headSize) {
        this.next = this.head
        return stop
      }
    }
    this.next = null
    const { start, text, status } = scanHead(bytes, at, end, limits)
    if (status !== 0) return -status
    if (text === null) return start
    const parsed = parseHead(text, limits)
    if (typeof parsed === 'number') return -parsed
    const stop = start + text.length
    this.#remember(parsed, copy(bytes, start, stop))
    this.next = parsed
    this.target = parsed.target
    return stop
  }

  /** Sets `target`, and gives where a head ends that repeats this one; 0 where it does not. */
  match(bytes: Uint8Array, at: number, end: number): number {
    const start = this.#start
    const from = at + start.length
    if (from >= end || bytes[from] !== SLASH) return 0
    for (let i = 0; i < start.length; i++) if (bytes[at + i] !== start[i]) return 0
    let stop = from
    let hash = 0
    for (let code: number; stop < end && TARGET[(code = bytes[stop]!)] === 1; stop++)
      hash = (Math.imul(hash, 31) + code) | 0
    if (!goesOnWith(bytes, stop, end, this.#rest)) return 0
    this.target = targetOf(bytes, from, stop, hash)
    return stop + this.#rest.length
  }

  /** `bytes`: the head that was parsed, a copy. */
  #remember(parsed: Parsed, bytes: Uint8Array): void {
    this.head = parsed.target.charCodeAt(0) === SLASH ? parsed : null
    const start = parsed.method.length + 1
    this.#start = bytes.subarray(0, start)
    this.#rest = bytes.subarray(start + parsed.target.length)
  }
}

/**
 * Targets that were asked for lately, by their hash, so that a site's few busy ones are the same string
 * each time: no memory for a new one, and no look-up that has to hash it again.
 */
const RECENT = 4096
/** A longer one is seldom asked for again. */
const LONGEST = 128
const recent: (string | undefined)[] = new Array(RECENT).fill(undefined)

function targetOf(bytes: Uint8Array, from: number, stop: number, hash: number): string {
  const place = (hash ^ (hash >>> 15)) & (RECENT - 1)
  const known = recent[place]
  if (known !== undefined && isSame(known, bytes, from, stop)) return known
  const target = latin1(bytes, from, stop)
  if (target.length <= LONGEST) recent[place] = target
  return target
}

function isSame(text: string, bytes: Uint8Array, from: number, stop: number): boolean {
  const { length } = text
  if (length !== stop - from) return false
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false
  return true
}
