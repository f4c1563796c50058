// Bytes -> a frame of Zstandard and back, also with a dictionary of raw bytes. Node 20 has none of its
// own, and one encoder for all hosts gives the same bytes on each.

import zstd from '@bokuweb/zstd-wasm'

/** What the bytes depend on; package.json names this very version. */
export const ZSTD_VERSION = '0.0.27'

export interface Zstd {
  compress(body: Uint8Array, level: number): Uint8Array
  /** The frame can only be read with the dictionary, and does not name it. */
  compressWith(dictionary: Uint8Array, body: Uint8Array, level: number): Uint8Array
  /**
   * @param most what a frame is taken for that does not say how long its content is, in bytes
   * @throws where it is no frame, not a whole one, or longer than `most` without saying so
   */
  decompress(frame: Uint8Array, most?: number): Uint8Array
  decompressWith(dictionary: Uint8Array, frame: Uint8Array): Uint8Array
}

let loading: Promise<Zstd> | undefined

/** The same one for all. */
export function loadZstd(): Promise<Zstd> {
  return (loading ??= load())
}

async function load(): Promise<Zstd> {
  await zstd.init()
  const writer = zstd.createCCtx()
  const reader = zstd.createDCtx()
  return {
    compress: (body, level) => zstd.compress(body, level),
    compressWith: (dictionary, body, level) =>
      zstd.compressUsingDict(writer, body, dictionary, level),
    decompress: (frame, most = 1 << 20) => zstd.decompress(frame, { defaultHeapSize: most }),
    decompressWith: (dictionary, frame) => zstd.decompressUsingDict(reader, frame, dictionary),
  }
}
