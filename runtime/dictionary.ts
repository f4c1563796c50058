// Dictionary-compressed Zstandard (RFC 9842): how a body says which dictionary it was made with, how a
// client says which one it holds, and where ours are to be had. Knows no compressor.

import type { Encoding } from './artifact.ts'

/** RFC 9842 section 5: a skippable frame whose 32 bytes are the SHA-256 of the dictionary. */
const MAGIC = [0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0]
const HASH = 32

/** Bytes before the frame of Zstandard itself. */
export const DCZ_HEADER = MAGIC.length + HASH

/** The body: the header, and a frame that was made with the dictionary of that SHA-256. */
export function dczOf(hash: Uint8Array, frame: Uint8Array): Uint8Array {
  const body = new Uint8Array(DCZ_HEADER + frame.length)
  body.set(MAGIC)
  body.set(hash, MAGIC.length)
  body.set(frame, DCZ_HEADER)
  return body
}

/** SHA-256 of the dictionary that a body of `dcz` was made with. */
export function hashOf(dcz: Uint8Array): Uint8Array {
  return dcz.subarray(MAGIC.length, DCZ_HEADER)
}

/** `Available-Dictionary` of a client that holds it: a byte sequence (RFC 9651 section 3.3.5). */
export function availableOf(hash: Uint8Array): string {
  return `:${btoa(String.fromCharCode(...hash))}:`
}

const FOLDER = '/_precast/'

/** The path of a dictionary: named by its content, so that it may be kept for ever. */
export function dictionaryPath(hash: Uint8Array): string {
  const hex = Array.from(hash.subarray(0, 16), byte => byte.toString(16).padStart(2, '0'))
  return `${FOLDER}${hex.join('')}.dictionary`
}

export function isDictionary(path: string): boolean {
  return path.startsWith(FOLDER) && path.endsWith('.dictionary')
}

/** What `Link` says of it (RFC 9842 section 3): a client fetches it when it has nothing to do. */
export function linkTo(path: string): string {
  return `<${path}>; rel="compression-dictionary"`
}

/** The fields of a request that choose among these encodings, as `Vary` has them. */
export function selectors(encodings: readonly Encoding[]): string[] {
  if (encodings.length < 2) return []
  return encodings.includes('dcz')
    ? ['Accept-Encoding', 'Available-Dictionary']
    : ['Accept-Encoding']
}
