// What the clients of one server said lately: heads without their targets, and targets with their
// answers. Whoever says it again is spared the reading. Knows nothing of connections or of the app.

import { latin1 } from './bytes.ts'
import type { Handler } from '../app.ts'
import type { Form } from './form.ts'
import type { Head } from './head.ts'

/** A head whose target starts with a slash, that target aside. */
export interface Known {
  readonly head: Head
  /** Method and space, up to the target. */
  readonly start: Uint8Array
  /** All that follows the target. */
  readonly rest: Uint8Array
}

/**
 * A target that was asked for lately: the same string each time, so that no memory is needed for a new
 * one, and no look-up has to hash it again.
 */
export interface Asked {
  readonly target: string
  /** What `form` answers: the `key` of a head; null where nothing is known. */
  key: object | null
  form: Form | null
  /** What `App.handler` gave last. */
  handler: Handler | null | undefined
}

export function askedFor(target: string): Asked {
  return { target, key: null, form: null, handler: undefined }
}

const TARGETS = 4096
/** A longer one is seldom asked for again. */
const LONGEST_TARGET = 128
const HEADS = 256
/** Longer ones carry what only one client says. */
const LONGEST_HEAD = 2048
/** Of a head's last bytes, one in three tells where it is kept. */
const SAMPLED = 120

export class Recent {
  readonly #heads: (Known | undefined)[] = new Array(HEADS).fill(undefined)
  readonly #asked: (Asked | undefined)[] = new Array(TARGETS).fill(undefined)

  /** The head that `bytes` most likely repeat where they end at `end`; it may be another. */
  headLike(bytes: Uint8Array, start: number, end: number): Known | undefined {
    return this.#heads[placeOf(bytes, start, end)]
  }

  /** Keeps the head that ends `bytes`. */
  addHead(known: Known, bytes: Uint8Array): void {
    if (bytes.length <= LONGEST_HEAD) this.#heads[placeOf(bytes, 0, bytes.length)] = known
  }

  /** `hash`: of the target, which is `bytes` from `from` to `stop`. */
  asked(bytes: Uint8Array, from: number, stop: number, hash: number): Asked {
    const place = (hash ^ (hash >>> 15)) & (TARGETS - 1)
    const known = this.#asked[place]
    if (known !== undefined && isSame(known.target, bytes, from, stop)) return known
    const asked = askedFor(latin1(bytes, from, stop))
    if (stop - from <= LONGEST_TARGET) this.#asked[place] = asked
    return asked
  }
}

function placeOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0
  for (let at = end - 5, last = Math.max(start, end - SAMPLED); at >= last; at -= 3)
    hash = (Math.imul(hash, 31) + bytes[at]!) | 0
  return (hash ^ (hash >>> 15)) & (HEADS - 1)
}

function isSame(text: string, bytes: Uint8Array, from: number, stop: number): boolean {
  const { length } = text
  if (length !== stop - from) return false
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false
  return true
}
