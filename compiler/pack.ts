// Entry after Entry -> `static.bin`, as runtime/layout.ts has it, and the bodies that are files of
// their own. Holds the index in memory, never more than one entry's bodies. Bytes lie in order of
// arrival: the same order gives the same file.

import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { ENCODINGS, FLAG_PUBLIC, FORMAT } from '../runtime/artifact.ts'
import { ENTRY, hash, HEADER, LARGEST, MAGIC, TRAILER, VARIANT } from '../runtime/layout.ts'
import type { Entry, EntryVariant, Unread } from './stages.ts'

/** Written at once: large enough to make a call for each entry rare. */
const CHUNK = 1 << 20

/**
 * Bytes above which the body of a public file is a file of its own: what a server may hold of each
 * without a thought, and reads from disk in one go.
 */
export const HELD = 1 << 20

/** Puts a large body beside the file of bytes; gives its number in the manifest. */
export type Store = (body: Uint8Array | Unread) => Promise<number>

/** Size in bytes and CRC-32 of what was written. */
export interface Packed {
  size: number
  crc32: number
}

/** Writes `file`; throws where two entries have one key or the file would grow beyond 2 GiB. */
export async function pack(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  file: string,
  store: Store,
): Promise<Packed> {
  const handle = await open(file, 'w')
  try {
    return await packTo(
      entries,
      async bytes => {
        await handle.appendFile(bytes)
      },
      store,
    )
  } finally {
    await handle.close()
  }
}

/** The same to anywhere; `write` gets the file in pieces, in order. */
export async function packTo(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  write: (bytes: Uint8Array) => Promise<void> | void,
  store: Store,
): Promise<Packed> {
  const out = new Output(write)
  const header = Buffer.alloc(HEADER)
  header.write(MAGIC, 'latin1')
  header.writeUInt32LE(FORMAT, MAGIC.length)
  await out.add(header)

  const blobs = new Map<string, number>()
  const add = async (bytes: Uint8Array): Promise<number> => {
    const digest = createHash('sha256').update(bytes).digest('base64')
    const known = blobs.get(digest)
    if (known !== undefined) return known
    const offset = out.size
    blobs.set(digest, offset)
    await out.add(bytes)
    return offset
  }

  const index: Indexed[] = []
  for await (const { variants, ...entry } of entries) {
    const placed = []
    for (const variant of variants) {
      const isLarge = (entry.flags & FLAG_PUBLIC) !== 0 && variant.length > HELD
      placed.push(await place(variant, isLarge, add, store))
    }
    index.push({ ...entry, variants: placed })
  }
  index.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  await writeIndex(index, out)
  return out.end()
}

interface Placed {
  encoding: number
  etag: string
  head: number
  headLength: number
  isFile: boolean
  /** Offset, or number of the file. */
  body: number
  bodyLength: number
}

type Indexed = Omit<Entry, 'variants'> & { variants: Placed[] }

async function place(
  { encoding, etag, head, body, length }: EntryVariant,
  isLarge: boolean,
  add: (bytes: Uint8Array) => Promise<number>,
  store: Store,
): Promise<Placed> {
  const isFile = isLarge || !(body instanceof Uint8Array)
  return {
    encoding: ENCODINGS.indexOf(encoding),
    etag,
    head: await add(head),
    headLength: head.length,
    isFile,
    body: isFile ? await store(body) : await add(body),
    bodyLength: length,
  }
}

async function writeIndex(index: Indexed[], out: Output): Promise<void> {
  const texts: string[] = []
  let textLength = 0
  const textStart = out.size
  const textOf = (text: string): number => {
    texts.push(text)
    textLength += text.length
    return textStart + textLength - text.length
  }

  const variants = Buffer.alloc(
    index.reduce((sum, entry) => sum + entry.variants.length, 0) * VARIANT,
  )
  const records = Buffer.alloc(index.length * ENTRY)
  const slotCount = 2 ** Math.ceil(Math.log2(Math.max(2, index.length * 2)))
  const slots = new Uint32Array(slotCount)
  let nextVariant = 0
  for (const [number, entry] of index.entries()) {
    if (entry.key === index[number - 1]?.key)
      throw new Error(`two stored responses for ${entry.key}`)
    const at = number * ENTRY
    records.writeUInt32LE(textOf(entry.key), at)
    records.writeUInt32LE(entry.key.length, at + 4)
    records.writeUInt32LE(nextVariant, at + 8)
    records.writeUInt32LE(entry.lastModified, at + 12)
    records.writeUInt32LE(Math.min(Math.ceil(entry.revalidate), 0xffffffff), at + 16)
    records.writeInt32LE(entry.route, at + 20)
    records.writeUInt16LE(entry.status, at + 24)
    records.writeUInt8(entry.variants.length, at + 26)
    records.writeUInt8(entry.allow, at + 27)
    records.writeUInt8(entry.flags, at + 28)
    for (const variant of entry.variants) {
      const place = nextVariant++ * VARIANT
      variants.writeUInt32LE(variant.head, place)
      variants.writeUInt32LE(variant.headLength, place + 4)
      variants.writeUInt32LE(variant.body, place + 8)
      variants.writeUInt32LE(variant.bodyLength % 2 ** 32, place + 12)
      variants.writeUInt32LE(textOf(variant.etag), place + 16)
      variants.writeUInt32LE(variant.etag.length, place + 20)
      variants.writeUInt8(variant.encoding, place + 24)
      variants.writeUInt8(variant.isFile ? 1 : 0, place + 25)
      variants.writeUInt16LE(Math.floor(variant.bodyLength / 2 ** 32), place + 26)
    }
    let slot = hash(entry.key) & (slotCount - 1)
    while (slots[slot] !== 0) slot = (slot + 1) & (slotCount - 1)
    slots[slot] = number + 1
  }

  await out.add(Buffer.from(texts.join(''), 'latin1'))
  const variantsAt = out.size
  await out.add(variants)
  const recordsAt = out.size
  await out.add(records)
  const slotsAt = out.size
  const table = Buffer.alloc(slotCount * 4)
  for (let i = 0; i < slotCount; i++) table.writeUInt32LE(slots[i]!, i * 4)
  await out.add(table)

  const trailer = Buffer.alloc(TRAILER)
  for (const [i, value] of [
    textStart,
    variantsAt,
    recordsAt,
    index.length,
    slotsAt,
    slotCount,
  ].entries()) {
    trailer.writeUInt32LE(value, i * 4)
  }
  await out.add(trailer)
}

/** Gathers small pieces, and counts and sums what goes through. */
class Output {
  size = 0
  #crc = 0
  #pending: Uint8Array[] = []
  #length = 0
  readonly #write: (bytes: Uint8Array) => Promise<void> | void

  constructor(write: (bytes: Uint8Array) => Promise<void> | void) {
    this.#write = write
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.size += bytes.length
    if (this.size > LARGEST)
      throw new Error('the stored responses exceed 2 GiB, the most that Precast can serve')
    this.#pending.push(bytes)
    this.#length += bytes.length
    if (this.#length >= CHUNK) await this.#flush()
  }

  async end(): Promise<Packed> {
    await this.#flush()
    return { size: this.size, crc32: this.#crc }
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pending)
    this.#pending = []
    this.#length = 0
    this.#crc = crc32(bytes, this.#crc)
    await this.#write(bytes)
  }
}
