// Bytes -> their encodings, smallest useful set. Pure but for the clock: the same bytes and effort in
// give the same bytes out on one host.

import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Encoding } from '../runtime/artifact.ts'
import { dczOf } from '../runtime/dictionary.ts'
import type { Snapshot } from './stages.ts'
import { loadZstd, ZSTD_VERSION } from './zstd.ts'

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** How much a body is worth; see `LEVELS`. */
export type Effort = 'usual' | 'best'

/**
 * Measured on pages of 3 KB and a script of 250 KB: brotli 11 costs ten to fifty times what 9 costs
 * and saves a tenth, zstd 19 seven times what 9 costs and saves 2 to 9 %. Beyond these nothing more is
 * to be had: gzip 9 is the last of its levels, and zstd 22 differs from 19 above 8 MB only.
 */
const LEVELS: Record<Effort, Record<Exclude<Encoding, 'identity'>, number[]>> = {
  // With a dictionary, levels from 6 on differ by 1 % in size and a factor of two in time.
  usual: { br: [9], gzip: [9], zstd: [9], dcz: [6] },
  // The higher level is not always the smaller one.
  best: { br: [11, 9], gzip: [9], zstd: [19, 9], dcz: [19] },
}

/** Below this the header fields an encoding costs outweigh what it saves. */
const SMALLEST = 64

/**
 * Every encoding of `body` that is smaller than it, without identity and those in `skip`.
 * @param dictionary raw bytes for `dcz`, which is kept where it is the smallest of all
 */
export async function compress(
  body: Uint8Array,
  effort: Effort,
  skip: readonly Encoding[] = [],
  dictionary?: Uint8Array,
): Promise<Map<Encoding, Uint8Array>> {
  const encodings = new Map<Encoding, Uint8Array>()
  if (body.length < SMALLEST) return encodings
  const levels = LEVELS[effort]
  // A window that fits: 22 times faster on a page of 3 KB than the default one.
  const window = Math.min(
    Math.max(Math.ceil(Math.log2(body.length)), constants.BROTLI_MIN_WINDOW_BITS),
    22,
  )
  const quality = (level: number): Promise<Uint8Array> =>
    brotli(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: level,
        [constants.BROTLI_PARAM_LGWIN]: window,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    })
  const zstd = await loadZstd()
  const makers: [Encoding, number[], (level: number) => Promise<Uint8Array>][] = [
    ['br', levels.br, quality],
    ['gzip', levels.gzip, async level => withoutSystem(await zip(body, { level }))],
    ['zstd', levels.zstd, async level => zstd.compress(body, level)],
  ]
  for (const [encoding, tries, make] of makers) {
    if (skip.includes(encoding)) continue
    const made = await Promise.all(tries.map(make))
    const smallest = made.reduce((best, one) => (one.length < best.length ? one : best))
    if (smallest.length < body.length) encodings.set(encoding, smallest)
  }
  if (dictionary) {
    const frame = zstd.compressWith(dictionary, body, levels.dcz[0]!)
    const made = dczOf(createHash('sha256').update(dictionary).digest(), frame)
    const smallest = Math.min(body.length, ...[...encodings.values()].map(one => one.length))
    if (made.length < smallest) encodings.set('dcz', made)
  }
  return encodings
}

/** Whether bytes of this media type are worth compressing; images and archives already are. */
export function isCompressible(contentType: string): boolean {
  return /^(text\/|application\/(json|javascript|ecmascript|xml|wasm|manifest\+json|x-ndjson|rtf|vnd\.ms-fontobject|x-font-ttf)|font\/(ttf|otf|collection)|image\/(svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)|[\w.-]+\/[\w.-]+\+(json|xml|text|yaml))/i.test(
    contentType,
  )
}

/** What the bytes depend on besides body and effort: a key for results that are kept. */
export function encoders(): string {
  const { node, bun, deno, zlib, brotli } = process.versions
  return JSON.stringify([LEVELS, SMALLEST, { node, bun, deno, zlib, brotli, zstd: ZSTD_VERSION }])
}

/** Whether a response is worth encoding; what the handler encoded itself stays as it is. */
export function isPlain({ headers }: Pick<Snapshot, 'headers'>): boolean {
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  return isCompressible(type) && !headers.some(([name]) => name === 'content-encoding')
}

// RFC 1952 section 2.3.1: the tenth byte names the system that compressed.
function withoutSystem(bytes: Uint8Array): Uint8Array {
  bytes[9] = 255
  return bytes
}
