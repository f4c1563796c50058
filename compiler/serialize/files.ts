// A file of public/ -> what is stored of it: its bytes, or what a pass over it tells where it is too
// large to be read whole; and the encodings that its author left beside it.

import { createHash, timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import type { Encoding } from '../../runtime/artifact.ts'
import { HELD } from '../pack.ts'
import type { PublicFile, Unread } from '../stages.ts'
import { loadZstd } from '../zstd.ts'

/** Bytes up to which a file that may be encoded is read whole: several are in the making at once. */
const ENCODED = 32 << 20

/** Reads a file, or passes over it where it is too large for what is to be done with it. */
export async function readPublic(
  source: string,
  isCompressible: boolean,
): Promise<Uint8Array | Unread> {
  const { size } = await stat(source)
  if (size <= (isCompressible ? ENCODED : HELD)) return new Uint8Array(await readFile(source))
  const hash = createHash('sha256')
  let crc32 = 0
  let length = 0
  for await (const chunk of createReadStream(source, { highWaterMark: 1 << 20 })) {
    hash.update(chunk)
    crc32 = zlib.crc32(chunk, crc32)
    length += chunk.length
  }
  return { source, length, digest: hash.digest(), crc32 }
}

/**
 * The encodings that lie beside a file and save bytes.
 * @param stale is called with each that does not decode to the file.
 */
export async function ownEncodings(
  { encoded }: PublicFile,
  body: Uint8Array | Unread,
  stale: (file: string) => void,
): Promise<Map<Encoding, Uint8Array | Unread>> {
  const found = new Map<Encoding, Uint8Array | Unread>()
  const digest =
    body instanceof Uint8Array ? createHash('sha256').update(body).digest() : body.digest
  for (const [name, file] of Object.entries(encoded)) {
    const encoding = name as Encoding
    const decoded = await decodedDigest(file, encoding, body.length)
    if (!decoded || !timingSafeEqual(decoded, digest)) {
      stale(file)
      continue
    }
    const own = await readPublic(file, false)
    if (own.length < body.length) found.set(encoding, own)
  }
  return found
}

type Decoders = typeof zlib & { createZstdDecompress?(): zlib.BrotliDecompress }

/** SHA-256 of what a file decodes to; null where it cannot be decoded, or to more than `most` bytes. */
async function decodedDigest(
  file: string,
  encoding: Encoding,
  most: number,
): Promise<Uint8Array | null> {
  const { createBrotliDecompress, createGunzip, createZstdDecompress }: Decoders = zlib
  const hash = createHash('sha256')
  try {
    if (encoding === 'zstd' && !createZstdDecompress) {
      const decoded = (await loadZstd()).decompress(await readFile(file), most)
      return decoded.length > most ? null : hash.update(decoded).digest()
    }
    const decoder =
      encoding === 'br'
        ? createBrotliDecompress()
        : encoding === 'gzip'
          ? createGunzip()
          : createZstdDecompress!()
    let length = 0
    await pipeline(createReadStream(file), decoder, async chunks => {
      for await (const chunk of chunks) {
        length += chunk.length
        if (length > most) throw new RangeError('it decodes to more than the file')
        hash.update(chunk)
      }
    })
    return hash.digest()
  } catch {
    return null
  }
}
