// The fields of a request on uWebSockets.js, read in one walk: a call into the library costs as much as
// it takes to read three fields, and asked for a name it gives the first of its lines alone.

import { type HeaderSource, WISH_FIELDS, type Wishes } from '../static.ts'
import type { HttpRequest } from './uws-library.ts'

const HOST = 'host'
const CONNECTION = 'connection'
const LENGTH = 'content-length'
const CODING = 'transfer-encoding'
const ACCEPTS = 'accept-encoding'

const WISHES = new Set([...WISH_FIELDS, 'if-range', 'available-dictionary'])
/** Whether a name of that many bytes can be one of them: most others are told by that. */
const LENGTHS = Array.from({ length: 32 }, (_, size) =>
  [...WISHES].some(name => name.length === size),
)

/** One for all requests: `read` starts it anew. */
export class Fields implements HeaderSource {
  /** The first line of each; null where there is none. */
  host: string | null = null
  connection: string | null = null
  coding: string | null = null
  /** Of Host there may be one (RFC 9112 section 3.2). */
  hosts = 0
  /** Lines that say how the body ends. */
  framings = 0
  /** All lines of Connection. */
  options = ''
  #accepts: string | null = null
  #wishes: [name: string, value: string][] = []
  /** What the last request wanted that had neither condition nor range, and how it said so. */
  #plain: Wishes | null = null
  #plainAccepts: string | null = null

  read(request: HttpRequest): void {
    this.host = this.connection = this.coding = this.#accepts = null
    this.hosts = this.framings = 0
    this.options = ''
    if (this.#wishes.length > 0) this.#wishes = []
    request.forEach(this.#take)
  }

  /** By length first: a comparison of texts is a call. */
  readonly #take = (name: string, value: string): void => {
    const { length } = name
    if (length === HOST.length && name === HOST) {
      this.hosts++
      this.host ??= value
    } else if (length === CONNECTION.length && name === CONNECTION) {
      this.connection ??= value
      this.options = this.options === '' ? value : `${this.options},${value}`
    } else if (length === LENGTH.length && name === LENGTH) this.framings++
    else if (length === CODING.length && name === CODING) {
      this.framings++
      this.coding ??= value
    } else if (length === ACCEPTS.length && name === ACCEPTS)
      this.#accepts = this.#accepts === null ? value : `${this.#accepts}, ${value}`
    else if (LENGTHS[length] === true && WISHES.has(name)) this.#wishes.push([name, value])
  }

  get(name: string): string | null {
    if (name === HOST) return this.host
    if (name === ACCEPTS) return this.#accepts
    let all: string | null = null
    for (const [known, value] of this.#wishes)
      if (known === name) all = all === null ? value : `${all}, ${value}`
    return all
  }

  /** Nearly all requests want what the one before wanted. */
  get wishes(): Wishes | null {
    const isSame = this.#wishes.length === 0 && this.#accepts === this.#plainAccepts
    return isSame ? this.#plain : null
  }

  set wishes(wishes: Wishes | null) {
    if (this.#wishes.length > 0) return
    this.#plain = wishes
    this.#plainAccepts = this.#accepts
  }
}
