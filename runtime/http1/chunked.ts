// A body in chunks -> its bytes (RFC 9112 section 7.1), whatever way it is split. Extensions and
// trailers are checked and dropped. Keeps no bytes but those of an unfinished line.

import { latin1 } from './bytes.ts'
import { readLines } from './head.ts'
import type { Limits } from './limits.ts'

/** Bytes of extensions that a whole body may have: nobody sends any but to make a server work. */
const EXTENSIONS = 4096

const SIZE_LINE =
  /^([0-9A-Fa-f]{1,13})((?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*)$/

/** What an unfinished line may hold: no control character but a CR at its very end. */
const BROKEN = /[\x00-\x08\x0a-\x1f\x7f]/

/**
 * What no trailer section may have (RFC 9110 section 6.5.1): some readers take it for the head's, and
 * would see the request, or the connection, end elsewhere.
 */
const FRAMING = new Set([
  'connection',
  'content-length',
  'host',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

const IN_SIZE = 0
const IN_DATA = 1
const AFTER_DATA = 2
const IN_TRAILERS = 3
const DONE = 4

export class ChunkedReader {
  #state = IN_SIZE
  #left = 0
  #line = ''
  #extensions = 0
  readonly #limits: Limits

  constructor(limits: Limits) {
    this.#limits = limits
  }

  get done(): boolean {
    return this.#state === DONE
  }

  /**
   * Reads on from `at`.
   * @returns where it stopped: behind the body, or `end`; the negative of a status that refuses it.
   */
  read(
    bytes: Uint8Array,
    at: number,
    end: number,
    data: (bytes: Uint8Array, from: number, to: number) => void,
  ): number {
    while (at < end && this.#state !== DONE) {
      if (this.#state === IN_DATA) {
        const to = Math.min(end, at + this.#left)
        data(bytes, at, to)
        this.#left -= to - at
        at = to
        if (this.#left === 0) this.#state = AFTER_DATA
        continue
      }
      const lf = bytes.indexOf(10, at)
      const stop = lf === -1 || lf >= end ? end : lf + 1
      this.#line += latin1(bytes, at, stop)
      at = stop
      if (this.#line.length > this.#limits.headSize) return -431
      if (bytes[stop - 1] !== 10) {
        const sound = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line
        const broken = this.#state === IN_TRAILERS ? sound.replaceAll('\r\n', '') : sound
        if (BROKEN.test(broken) || (this.#state === AFTER_DATA && sound !== '')) return -400
        break
      }
      if (!this.#line.endsWith('\r\n')) return -400
      const refusal = this.#readLine()
      if (refusal !== 0) return -refusal
    }
    return at
  }

  #readLine(): number {
    const line = this.#line.slice(0, -2)
    if (this.#state === IN_TRAILERS) {
      if (BROKEN.test(line.slice(line.lastIndexOf('\n') + 1))) return 400
      // Together, so that their number is limited.
      if (line !== '' && !line.endsWith('\r\n')) return 0
      const fields = readLines(`${line}\r\n`, 0, this.#limits.fields)
      if (typeof fields === 'number') return fields
      for (let i = 0; i < fields.length; i += 2) if (FRAMING.has(fields[i]!)) return 400
      this.#state = DONE
      return 0
    }
    this.#line = ''
    if (this.#state === AFTER_DATA) {
      this.#state = IN_SIZE
      return line === '' ? 0 : 400
    }
    const match = SIZE_LINE.exec(line)
    if (!match) return 400
    this.#extensions += match[2]!.length
    if (this.#extensions > EXTENSIONS) return 400
    this.#left = Number.parseInt(match[1]!, 16)
    this.#state = this.#left === 0 ? IN_TRAILERS : IN_DATA
    return 0
  }
}
