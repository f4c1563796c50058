// A stored response and what its handler answers now -> in what they differ, in words. Also whether
// the encodings that are stored hold the same body as each other.

import { createHash } from 'node:crypto'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { Encoding, Static } from '../runtime/artifact.ts'
import { DCZ_HEADER, hashOf, isDictionary, selectors } from '../runtime/dictionary.ts'
import { etagOf, hasRanges, readFields, staticFields } from '../runtime/head.ts'
import type { Snapshot } from './stages.ts'
import { loadZstd } from './zstd.ts'

export type Fields = [string, string][]

/** In what a stored response is not what the handler answers, or null. */
export async function differenceFromAnswer(
  stored: Static,
  answer: Snapshot,
): Promise<string | null> {
  if (stored.status !== answer.status)
    return `status: stored ${stored.status}, answered ${answer.status}`
  const identity = stored.variants[0]!
  const own = answer.headers.find(([name]) => name === 'etag')?.[1]
  const expected = staticFields({
    status: answer.status,
    headers: answer.headers,
    encoding: 'identity',
    varies: selectors(stored.variants.map(({ encoding }) => encoding)),
    dictionary: dictionaryOf(stored),
    // The tag tells of the body, which is compared itself and says more.
    etag: own ? await etagOf(answer.body, 'identity', own) : identity.etag,
    lastModified: stored.lastModified,
    length: answer.body.length,
    ranges: hasRanges(answer.status, answer.headers, answer.body.length),
  })
  const isLength = ([name]: [string, string]): boolean => name === 'Content-Length'
  return (
    differenceOfFields(
      readFields(identity.head).filter(field => !isLength(field)),
      expected.filter(field => !isLength(field)),
    ) ?? differenceOfBodies(identity.body, answer.body)
  )
}

/** In what an encoding, or the head of one, is not what the identity body says, or null. */
export async function differenceAmongVariants(
  { variants }: Static,
  dictionary?: Uint8Array,
): Promise<string | null> {
  const [identity, ...others] = variants
  for (const variant of variants) {
    const length = readFields(variant.head).find(([name]) => name === 'Content-Length')?.[1]
    if (length !== undefined && Number(length) !== variant.body.length)
      return `${variant.encoding}: Content-Length ${length}, but ${variant.body.length} bytes`
  }
  for (const { encoding, body } of others) {
    let plain: Uint8Array
    try {
      plain = await decode(encoding, body, dictionary)
    } catch (error) {
      return `${encoding}: cannot be decoded: ${(error as Error).message}`
    }
    const difference = differenceOfBodies(identity!.body, plain)
    if (difference) return `${encoding}: decoded ${difference}`
  }
  return null
}

/** The first field that is not the same on both sides; names in any case, order left aside. */
export function differenceOfFields(stored: Fields, answered: Fields): string | null {
  const before = byName(stored)
  const after = byName(answered)
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(name), after.get(name)]
    if (was !== is) return `header ${name}: stored ${quoted(was)}, answered ${quoted(is)}`
  }
  return null
}

function byName(fields: Fields): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    const before = values.get(key)
    values.set(key, before === undefined ? value : `${before}, ${value}`)
  }
  return values
}

/** Characters shown on each side of the first byte that differs, and after it. */
const BEFORE = 16
const AFTER = 32

/** What is left of a body that was too large to keep. */
export interface Digest {
  length: number
  /** In hexadecimal; the beginning of it where it is a name. */
  sha256: string
}

/** In what two bodies of which one is not at hand differ, or null. */
export function differenceOfDigests(stored: Digest, answered: Uint8Array | Digest): string | null {
  const { length, sha256 } = digestOf(answered)
  if (length !== stored.length) return `body: stored ${stored.length} bytes, answered ${length}`
  if (sha256.startsWith(stored.sha256)) return null
  return `body of ${length} bytes: stored is SHA-256 ${stored.sha256}, answered ${sha256}`
}

function digestOf(body: Uint8Array | Digest): Digest {
  if (!(body instanceof Uint8Array)) return body
  return { length: body.length, sha256: createHash('sha256').update(body).digest('hex') }
}

/** From which byte two bodies differ, with an excerpt of each. */
export function differenceOfBodies(
  stored: Uint8Array,
  answered: Uint8Array | Digest,
): string | null {
  if (!(answered instanceof Uint8Array)) return differenceOfDigests(digestOf(stored), answered)
  if (Buffer.compare(stored, answered) === 0) return null
  const shorter = Math.min(stored.length, answered.length)
  let at = 0
  while (at < shorter && stored[at] === answered[at]) at++
  const excerpt = (body: Uint8Array): string => {
    const from = Math.max(0, at - BEFORE)
    const text = Buffer.from(body.subarray(from, at + AFTER)).toString()
    const [start, end] = [from > 0 ? '…' : '', at + AFTER < body.length ? '…' : '']
    return `${start}${JSON.stringify(text)}${end}`
  }
  const lengths =
    stored.length === answered.length
      ? `${stored.length} bytes`
      : `stored ${stored.length} bytes, answered ${answered.length}`
  return `body from byte ${at} (${lengths}): stored ${excerpt(stored)}, answered ${excerpt(answered)}`
}

async function decodeWith(dictionary: Uint8Array | undefined, body: Uint8Array) {
  if (!dictionary) throw new Error('there is no dictionary for it')
  const hash = createHash('sha256').update(dictionary).digest()
  if (!hash.equals(hashOf(body))) throw new Error('it was made with another dictionary')
  return (await loadZstd()).decompressWith(dictionary, body.subarray(DCZ_HEADER))
}

/** Path of the dictionary that a stored response names. */
export function dictionaryOf({ variants }: Static): string | undefined {
  for (const [name, value] of readFields(variants[0]!.head)) {
    const path = name === 'Link' && /^<([^>]+)>/.exec(value)?.[1]
    if (path && isDictionary(path)) return path
  }
  return undefined
}

/** The bytes that an encoding stands for. */
export async function decode(
  encoding: Encoding,
  body: Uint8Array,
  dictionary?: Uint8Array,
): Promise<Uint8Array> {
  if (encoding === 'br') return brotliDecompressSync(body)
  if (encoding === 'gzip') return gunzipSync(body)
  if (encoding === 'zstd') return (await loadZstd()).decompress(body)
  if (encoding === 'dcz') return decodeWith(dictionary, body)
  return body
}

function quoted(value: string | undefined): string {
  return value === undefined ? 'none' : JSON.stringify(value)
}
