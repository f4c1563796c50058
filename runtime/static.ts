// A stored response + request fields -> a Reply. Replies are made once and then handed out again and
// again; only parts of a file are made for the request that asks for them.

import { FLAG_RANGES, type Static, type Variant } from './artifact.ts'
import { availableOf, hashOf } from './dictionary.ts'
import { readFields, writeHead } from './head.ts'
import { lengthOf, type Piece } from './large.ts'
import {
  choose,
  evaluate,
  ifRangeHolds,
  parseRange,
  qualities,
  takesDictionary,
  type Part,
  type Qualities,
} from './negotiate.ts'

/** Lower-case name; several lines joined by `, `. A Fetch `Headers` fits. */
export interface HeaderSource {
  get(name: string): string | null
  /** Of a source that is met again and again: what was read in it the first time. */
  wishes?: Wishes | null
}

/** What a request says of the representation it wants. */
export interface Wishes {
  accepted: Qualities
  /** `Available-Dictionary`, where `dcz` is accepted. */
  dictionary: string | null
  /** No condition and no range. */
  isPlain: boolean
}

/** What may make of a request more than a wish for the whole in the best coding. */
export const WISH_FIELDS = [
  'range',
  'if-match',
  'if-unmodified-since',
  'if-none-match',
  'if-modified-since',
]

function wishesOf(headers: HeaderSource): Wishes {
  const known = headers.wishes
  if (known) return known
  const accepted = qualities(headers.get('accept-encoding'))
  const wishes: Wishes = {
    accepted,
    dictionary: takesDictionary(accepted) ? headers.get('available-dictionary') : null,
    isPlain: WISH_FIELDS.every(name => headers.get(name) === null),
  }
  if (known === null) headers.wishes = wishes
  return wishes
}

/** A prebuilt answer. Only hosts write to it: the date into `head`, anything into `host`. */
export class Reply {
  readonly status: number
  /** Status line, `Date: ` and a placeholder of 29 bytes, fields, empty line. */
  readonly head: Uint8Array
  /** null where no content follows the head: HEAD, 204, 304. */
  readonly body: Uint8Array | null
  /** What to send of a file that is too large to hold: such an answer comes from `App.fetch` alone. */
  pieces: readonly Piece[] | undefined = undefined
  /** Index into `Manifest.files`. */
  file = -1
  /** Whether a request that says the same of the same path gets it again, whenever it comes. */
  isLasting = false
  /** A host's own cached form; undefined at first. */
  host: unknown = undefined
  #fields: [string, string][] | undefined

  constructor(
    status: number,
    head: Uint8Array,
    body: Uint8Array | null,
    fields?: [string, string][],
  ) {
    this.status = status
    this.head = head
    this.body = body
    this.#fields = fields
  }

  /** The head's fields without `Date`. */
  get fields(): [string, string][] {
    return (this.#fields ??= readFields(this.head))
  }
}

/** A stored response with the replies made of it so far. */
export class Page {
  readonly stored: Static
  readonly #whole: Reply[] = []
  readonly #heads: Reply[] = []
  readonly #unchanged: Reply[] = []
  /** Nearly all clients accept the same. */
  #lastAccepted: Qualities | null = null
  #lastDictionary: string | null = null
  #lastIndex = 0
  readonly #hasParts: boolean
  readonly #isSuccess: boolean
  /** Unix milliseconds after which a recomputation is due. */
  staleAt: number

  constructor(stored: Static) {
    this.stored = stored
    this.staleAt = (stored.lastModified + stored.revalidate) * 1000
    this.#isSuccess = stored.status >= 200 && stored.status < 300
    this.#hasParts = (stored.flags & FLAG_RANGES) !== 0
  }

  /** What to send for GET, or for HEAD where `isHead`. */
  reply(headers: HeaderSource, isHead: boolean): Reply {
    const { variants } = this.stored
    const wishes = wishesOf(headers)
    const { accepted, dictionary, isPlain } = wishes
    if (isPlain && accepted === this.#lastAccepted && dictionary === this.#lastDictionary)
      return this.#send(this.#lastIndex, isHead)
    const isHeld = this.#isHeld(dictionary)
    if (this.#hasParts && !isHead) {
      const range = headers.get('range')
      if (range !== null) {
        const part = this.#part(range, headers, accepted, isHeld)
        if (part) return part
      }
    }
    let index = variants.length === 1 && accepted[0]! > 0 ? 0 : choose(accepted, variants, isHeld)
    if (!this.#isSuccess) {
      // A page that says what is wrong, or where to go, is better than 406.
      if (index < 0) index = 0
      return this.#send(index, isHead)
    }
    if (index < 0) return isHead ? NOT_ACCEPTABLE_HEAD : NOT_ACCEPTABLE
    const status = this.#condition(headers, index)
    if (status === 200) {
      if (isPlain) {
        this.#lastAccepted = accepted
        this.#lastDictionary = dictionary
        this.#lastIndex = index
      }
      return this.#send(index, isHead)
    }
    if (status === 412) return preconditionFailed(variants[index]!, isHead)
    return (this.#unchanged[index] ??= this.#keep(unchanged(variants[index]!)))
  }

  #send(index: number, isHead: boolean): Reply {
    const made = isHead ? this.#heads : this.#whole
    return (made[index] ??= this.#keep(whole(this.stored, index, isHead)))
  }

  #keep(reply: Reply): Reply {
    // Nothing takes the place of a page that is never computed again.
    reply.isLasting = this.stored.revalidate === 0
    return reply
  }

  /** Whether a client holds the dictionary that the variant in `dcz` was made with. */
  #isHeld(dictionary: string | null): boolean {
    if (dictionary === null) return false
    const variant = this.stored.variants.find(({ encoding }) => encoding === 'dcz')
    return variant !== undefined && availableOf(hashOf(variant.body)) === dictionary.trim()
  }

  #condition(headers: HeaderSource, index: number): 200 | 304 | 412 {
    const ifMatch = headers.get('if-match')
    const ifUnmodifiedSince = headers.get('if-unmodified-since')
    const ifNoneMatch = headers.get('if-none-match')
    const ifModifiedSince = headers.get('if-modified-since')
    if ((ifMatch ?? ifUnmodifiedSince ?? ifNoneMatch ?? ifModifiedSince) === null) return 200
    return evaluate(
      { ifMatch, ifUnmodifiedSince, ifNoneMatch, ifModifiedSince },
      this.stored.variants[index]!.etag,
      this.stored.lastModified,
    )
  }

  /**
   * Parts are cut from the representation that `If-Range` names, since a client may hold a part of
   * an encoded one; else from identity where that is acceptable. A date names all representations
   * alike, so it counts only where the whole would be sent in the same one. Null: send the whole.
   */
  #part(range: string, headers: HeaderSource, accepted: Qualities, isHeld: boolean): Reply | null {
    const { variants, lastModified } = this.stored
    const ifRange = headers.get('if-range')
    const named = variants.findIndex(variant => variant.etag === ifRange)
    let index = accepted[0]! > 0 ? 0 : choose(accepted, variants, isHeld)
    if (named >= 0 && choose(accepted, [variants[named]!], isHeld) === 0) index = named
    if (index < 0) return null
    const variant = variants[index]!
    const parts = parseRange(range, variant.length)
    if (parts === null || !ifRangeHolds(ifRange, variant.etag, lastModified)) return null
    if (ifRange !== null && named < 0 && choose(accepted, variants, isHeld) !== index) return null
    const status = this.#condition(headers, index)
    if (status === 304) return (this.#unchanged[index] ??= this.#keep(unchanged(variant)))
    if (status === 412) return preconditionFailed(variant, false)
    if (parts === 'unsatisfiable') return unsatisfiable(variant)
    return parts.length === 1 ? onePart(variant, parts[0]!) : manyParts(variant, parts)
  }
}

/** No content follows the head; Fetch refuses even an empty one. */
const NO_CONTENT = new Set([204, 205, 304])

function whole({ status, variants }: Static, index: number, isHead: boolean): Reply {
  const variant = variants[index]!
  // A copy, since a host writes the date into it.
  const head = variant.head.slice()
  if (isHead || NO_CONTENT.has(status)) return new Reply(status, head, null)
  if (variant.file < 0) return new Reply(status, head, variant.body)
  return fromDisk(new Reply(status, head, null), variant, [[0, variant.length - 1]])
}

function fromDisk(reply: Reply, { file }: Variant, pieces: Piece[]): Reply {
  reply.file = file
  reply.pieces = pieces
  return reply
}

/** `pieces` of a variant, wherever it is. */
function partial(fields: [string, string][], variant: Variant, pieces: Piece[]): Reply {
  if (variant.file >= 0) return fromDisk(made(206, fields, null), variant, pieces)
  const { body } = variant
  const bytes = pieces.map(piece =>
    piece instanceof Uint8Array ? piece : body.subarray(piece[0], piece[1] + 1),
  )
  if (bytes.length === 1) return made(206, fields, bytes[0]!)
  const joined = new Uint8Array(lengthOf(pieces))
  let offset = 0
  for (const piece of bytes) {
    joined.set(piece, offset)
    offset += piece.length
  }
  return made(206, fields, joined)
}

/** Says what the content is, which a 304 does not send (RFC 9110 section 15.4.5). */
const REPRESENTATION = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'accept-ranges',
  'last-modified',
])

function unchanged({ head }: Variant): Reply {
  const fields = readFields(head).filter(([name]) => !REPRESENTATION.has(name.toLowerCase()))
  return made(304, fields, null)
}

function made(status: number, fields: [string, string][], body: Uint8Array | null): Reply {
  return new Reply(status, writeHead(status, fields), body, fields)
}

function text(status: number, message: string, fields: [string, string][]): [Reply, Reply] {
  const body = new TextEncoder().encode(message)
  const all: [string, string][] = [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(body.length)],
    ...fields,
  ]
  return [made(status, all, body), made(status, all, null)]
}

const [NOT_ACCEPTABLE, NOT_ACCEPTABLE_HEAD] = text(406, 'Not Acceptable', [
  ['Vary', 'Accept-Encoding'],
])

/** What was refused was chosen by request fields as much as what would have been sent. */
function varyOf({ head }: Variant): [string, string][] {
  return readFields(head).filter(([name]) => name === 'Vary')
}

function preconditionFailed(variant: Variant, isHead: boolean): Reply {
  return text(412, 'Precondition Failed', varyOf(variant))[isHead ? 1 : 0]
}

function unsatisfiable(variant: Variant): Reply {
  const fields: [string, string][] = [['Content-Range', `bytes */${variant.length}`]]
  return text(416, 'Range Not Satisfiable', [...fields, ...varyOf(variant)])[0]
}

function onePart(variant: Variant, part: Part): Reply {
  const [first, last] = part
  const fields: [string, string][] = []
  for (const [name, value] of readFields(variant.head)) {
    if (name === 'Content-Length') fields.push([name, String(last - first + 1)])
    else fields.push([name, value])
    if (name === 'Content-Length')
      fields.push(['Content-Range', `bytes ${first}-${last}/${variant.length}`])
  }
  return partial(fields, variant, [part])
}

/** RFC 9110 section 15.3.7.2. The boundary is of the hash of the bytes, so no author can use it. */
function manyParts(variant: Variant, parts: Part[]): Reply {
  const boundary = `part-${variant.etag.replace(/[^A-Za-z0-9]/g, '')}`
  const original = readFields(variant.head)
  const type = original.find(([name]) => name === 'Content-Type')?.[1]
  const encoder = new TextEncoder()
  const pieces: Piece[] = []
  for (const [index, part] of parts.entries()) {
    const typeLine = type ? `Content-Type: ${type}\r\n` : ''
    const range = `Content-Range: bytes ${part.join('-')}/${variant.length}`
    pieces.push(
      encoder.encode(`${index ? '\r\n' : ''}--${boundary}\r\n${typeLine}${range}\r\n\r\n`),
    )
    pieces.push(part)
  }
  pieces.push(encoder.encode(`\r\n--${boundary}--\r\n`))
  const fields = original.map(([name, value]): [string, string] => {
    if (name === 'Content-Type') return [name, `multipart/byteranges; boundary=${boundary}`]
    return name === 'Content-Length' ? [name, String(lengthOf(pieces))] : [name, value]
  })
  if (!type) fields.unshift(['Content-Type', `multipart/byteranges; boundary=${boundary}`])
  return partial(fields, variant, pieces)
}
