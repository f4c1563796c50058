// Request fields x a stored response's representations -> which one is meant, and whether it is to
// be sent whole, in part, or not at all. Pure: it knows no response and no host.

import { ENCODINGS, type Encoding } from './artifact.ts'

/** Quality of each of `ENCODINGS`, in their order; 0 where it must not be sent. */
export type Qualities = readonly number[]

/** Below every q-value there is: identity that is acceptable only because nobody forbade it. */
const LAST_RESORT = 0.0001

const IDENTITY_ONLY: Qualities = ENCODINGS.map(name => (name === 'identity' ? 1 : 0))

/** Browsers send a handful of values; the bound is for those who invent them. */
const CACHED = 256
const cache = new Map<string, Qualities>()

/** Reads `Accept-Encoding` (RFC 9110 section 12.5.3). A member that is malformed counts for nothing. */
export function qualities(field: string | null): Qualities {
  if (field === null || field === '') return IDENTITY_ONLY
  const known = cache.get(field)
  if (known) return known
  const result = readQualities(field)
  if (cache.size >= CACHED) cache.clear()
  if (field.length <= 256) cache.set(field, result)
  return result
}

function readQualities(field: string): Qualities {
  const found = new Map<string, number>()
  for (const member of field.split(',')) {
    const match = MEMBER.exec(member)
    if (!match) continue
    const name = match[1]!.toLowerCase()
    const coding = name === 'x-gzip' ? 'gzip' : name
    if (!found.has(coding)) found.set(coding, match[2] === undefined ? 1 : Number(match[2]))
  }
  const any = found.get('*')
  return ENCODINGS.map(name => {
    // Who says `*` need not know of dictionaries, and a client that has one names the coding.
    const other = name === 'dcz' ? undefined : any
    return found.get(name) ?? other ?? (name === 'identity' ? LAST_RESORT : 0)
  })
}

const MEMBER =
  /^[ \t]*([!#$%&'*+\-.^_`|~A-Za-z0-9]+)[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$/i

const NUMBERS: Record<Encoding, number> = { identity: 0, br: 1, gzip: 2, zstd: 3, dcz: 4 }

/** What of a representation its choice depends on. */
export interface Choice {
  encoding: Encoding
  etag: string
  /** Of the encoded body, in bytes. */
  length: number
}

/** Whether `dcz` is accepted: only then does the dictionary matter that a client says it has. */
export function takesDictionary(accepted: Qualities): boolean {
  return accepted[NUMBERS.dcz]! > 0
}

/**
 * Index of the representation preferred by q-value, then by size; -1 where none is acceptable.
 * @param hasDictionary whether the client holds the one that `dcz` was made with
 */
export function choose(
  accepted: Qualities,
  variants: readonly Choice[],
  hasDictionary = false,
): number {
  let best = -1
  let bestQuality = 0
  for (let i = 0; i < variants.length; i++) {
    const { encoding } = variants[i]!
    if (encoding === 'dcz' && !hasDictionary) continue
    const quality = accepted[NUMBERS[encoding]]!
    if (quality === 0 || quality < bestQuality) continue
    if (quality > bestQuality || variants[i]!.length < variants[best]!.length) {
      best = i
      bestQuality = quality
    }
  }
  return best
}

/** The four conditional request fields. */
export interface Conditions {
  ifMatch: string | null
  ifUnmodifiedSince: string | null
  ifNoneMatch: string | null
  ifModifiedSince: string | null
}

/**
 * RFC 9110 section 13.2.2 for GET and HEAD of what exists.
 * @param lastModified Unix seconds; 0 where unknown.
 * @returns the status that the conditions ask for; 200 where they hold.
 */
export function evaluate(
  conditions: Conditions,
  etag: string,
  lastModified: number,
): 200 | 304 | 412 {
  const { ifMatch, ifUnmodifiedSince, ifNoneMatch, ifModifiedSince } = conditions
  if (ifMatch !== null) {
    if (!matches(ifMatch, etag, true)) return 412
  } else if (ifUnmodifiedSince !== null && lastModified > 0) {
    const date = parseDate(ifUnmodifiedSince)
    if (date !== null && lastModified > date) return 412
  }
  if (ifNoneMatch !== null) return matches(ifNoneMatch, etag, false) ? 304 : 200
  if (ifModifiedSince !== null && lastModified > 0) {
    const date = parseDate(ifModifiedSince)
    if (date !== null && lastModified <= date) return 304
  }
  return 200
}

/** Whether a list of entity tags, or `*`, names this one (section 8.8.3.2). */
export function matches(list: string, etag: string, strong: boolean): boolean {
  // The usual case: a browser sends back the one tag it has.
  if (list === etag) return !strong || !etag.startsWith('W/')
  if (list.trim() === '*') return true
  const wanted = opaque(etag)
  if (strong && etag.startsWith('W/')) return false
  const tag = /[ \t,]*(W\/)?("[\x21\x23-\x7e\x80-\uffff]*")[ \t]*(?=,|$)/y
  for (let found = tag.exec(list); found; found = tag.exec(list)) {
    if (found[2] === wanted && !(strong && found[1])) return true
  }
  return false
}

function opaque(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag
}

/**
 * Whether `If-Range` lets a part of this representation be sent (section 13.1.5): a strong tag, or
 * the very date of its last modification.
 */
export function ifRangeHolds(field: string | null, etag: string, lastModified: number): boolean {
  if (field === null) return true
  const value = field.trim()
  if (value.startsWith('"') || value.startsWith('W/'))
    return value === etag && !value.startsWith('W/')
  return lastModified > 0 && parseDate(value) === lastModified
}

/** First and last byte, both included. */
export type Part = [first: number, last: number]

/**
 * More ranges than this are an attack or a mistake (section 17.15); answered with the whole. No client
 * that is known of asks for more at once, and as many cost less to send than they cost to ask for.
 */
const MOST_PARTS = 16

/**
 * Reads `Range` for a body of `size` bytes (section 14.2).
 * @returns the parts in the order asked for, those that overlap or touch as one, so that no byte is
 * sent twice; `unsatisfiable` for 416; null where the field is to be ignored: another unit,
 * malformed, or too many ranges.
 */
export function parseRange(field: string, size: number): Part[] | 'unsatisfiable' | null {
  const unit = /^bytes=/i.exec(field)
  if (!unit) return null
  const specs = field.slice(unit[0].length).split(',', MOST_PARTS + 1)
  if (specs.length > MOST_PARTS) return null
  const parts: Part[] = []
  let isEmpty = true
  for (const spec of specs) {
    const text = spec.trim()
    if (text === '') continue
    isEmpty = false
    const match = /^(\d*)-(\d*)$/.exec(text)
    if (!match || text === '-') return null
    let first: number
    let last = size - 1
    if (match[1] === '') {
      const suffix = Number(match[2])
      if (suffix === 0) continue
      first = Math.max(0, size - suffix)
    } else {
      first = Number(match[1])
      if (match[2] !== '') {
        if (Number(match[2]) < first) return null
        last = Math.min(last, Number(match[2]))
      }
    }
    if (first < size) parts.push([first, last])
  }
  if (isEmpty) return null
  return parts.length === 0 ? 'unsatisfiable' : coalesce(parts)
}

/** Section 15.3.7: what is left stands in the place of the first part it was made of. */
function coalesce(parts: Part[]): Part[] {
  const merged: Part[] = []
  for (const part of parts) {
    let [first, last] = part
    let place = merged.length
    for (let i = merged.length - 1; i >= 0; i--) {
      const [from, to] = merged[i]!
      if (first > to + 1 || from > last + 1) continue
      first = Math.min(first, from)
      last = Math.max(last, to)
      merged.splice(i, 1)
      place = i
    }
    merged.splice(place, 0, [first, last])
  }
  return merged
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const CLOCK = '(\\d\\d):(\\d\\d):(\\d\\d)'
const FIXDATE = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\\d\\d) ([A-Z][a-z]{2}) (\\d{4}) ${CLOCK} GMT$`,
)
const RFC850 = new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d\\d)-([A-Z][a-z]{2})-(\\d\\d) ${CLOCK} GMT$`,
)
const ASCTIME = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ \\d]\\d) ${CLOCK} (\\d{4})$`,
)

/** An HTTP date in any of its three forms (section 5.6.7) as Unix seconds; null where malformed. */
export function parseDate(field: string): number | null {
  const text = field.trim()
  let match = FIXDATE.exec(text)
  if (match) return seconds(match[3]!, match[2]!, match[1]!, match[4]!, match[5]!, match[6]!)
  match = RFC850.exec(text)
  if (match)
    return seconds(
      fullYear(Number(match[3])),
      match[2]!,
      match[1]!,
      match[4]!,
      match[5]!,
      match[6]!,
    )
  match = ASCTIME.exec(text)
  if (match) return seconds(match[6]!, match[1]!, match[2]!, match[3]!, match[4]!, match[5]!)
  return null
}

/** A year that looks more than 50 years ahead is the last one that ended in the same digits. */
function fullYear(digits: number): number {
  const now = new Date().getUTCFullYear()
  const year = now - (now % 100) + digits
  return year > now + 50 ? year - 100 : year
}

function seconds(
  year: string | number,
  month: string,
  day: string,
  hours: string,
  minutes: string,
  rest: string,
): number | null {
  const number = MONTHS.indexOf(month)
  if (number < 0 || Number(hours) > 23 || Number(minutes) > 59 || Number(rest) > 60) return null
  const date = new Date(0)
  date.setUTCFullYear(Number(year), number, Number(day))
  if (date.getUTCMonth() !== number || date.getUTCDate() !== Number(day)) return null
  return date.setUTCHours(Number(hours), Number(minutes), Number(rest), 0) / 1000
}
