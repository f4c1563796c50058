// The fields of a request on uWebSockets.js, read in one walk: a call into the library costs as much as
// it takes to read three fields, and asked for a name it gives the first of its lines alone.

import { type HeaderSource, WISH_FIELDS, type Wishes } from '../static.ts'
import type { HttpRequest } from './uws-library.ts'

const WISHES = new Set([...WISH_FIELDS, 'if-range', 'available-dictionary'])
const ALL = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  ...WISHES,
]
/** Whether a name of that many bytes can be one that matters; most others are told by that. */
const LENGTHS = Array.from({ length: 32 }, (_, size) => ALL.some(name => name.length === size))

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

  readonly #take = (name: string, value: string): void => {
    if (LENGTHS[name.length] !== true) return
    switch (name) {
      case 'host':
        this.hosts++
        this.host ??= value
        break
      case 'connection':
        this.connection ??= value
        this.options = this.options === '' ? value : `${this.options},${value}`
        break
      case 'content-length':
        this.framings++
        break
      case 'transfer-encoding':
        this.framings++
        this.coding ??= value
        break
      case 'accept-encoding':
        this.#accepts = this.#accepts === null ? value : `${this.#accepts}, ${value}`
        break
      default:
        if (WISHES.has(name)) this.#wishes.push([name, value])
    }
  }

  get(name: string): string | null {
    if (name === 'host') return this.host
    if (name === 'accept-encoding') return this.#accepts
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
