// `manifest.json` and `static.bin` -> Loaded. Refuses another version and damage; reads no entry
// before it is asked for, so that starting costs the same whatever the number of responses.

import {
  ENCODINGS,
  type Encoding,
  type FileRecord,
  FORMAT,
  type Manifest,
  type Static,
  type Variant,
} from './artifact.ts'
import { notePlace } from './disk.ts'
import { LargeFile } from './large.ts'
import { ENTRY, hash, HEADER, MAGIC, TRAILER, VARIANT } from './layout.ts'

/** The artifact cannot be served; the message names the file and says what to do. */
export class LoadError extends Error {
  override name = 'LoadError'
}

export interface Loaded {
  manifest: Manifest
  statics: Statics
  /** By the numbers of `Manifest.files`. */
  files: LargeFile[]
}

const AGAIN = 'Run `precast build` again.'

/** Where the bytes of `static.bin` are. Pieces that were read may be written to. */
interface Source {
  size: number
  read(offset: number, length: number): Uint8Array
  crc32(): number
}

/** Reads a `dist/` folder; throws LoadError. */
export async function load(dir: URL): Promise<Loaded> {
  const fs = await import('node:fs')
  const zlib = await import('node:zlib')
  const attempt = <T>(url: URL, read: () => T): T => {
    try {
      return read()
    } catch (error) {
      if (error instanceof LoadError) throw error
      throw new LoadError(`Cannot read ${shown(url)}: ${(error as Error).message}. ${AGAIN}`)
    }
  }
  const manifestUrl = new URL('manifest.json', dir)
  const text = attempt(manifestUrl, () => fs.readFileSync(manifestUrl, 'utf8'))
  let manifest: Manifest
  try {
    manifest = JSON.parse(text)
  } catch (error) {
    throw new LoadError(`${shown(manifestUrl)} is damaged: ${(error as Error).message}. ${AGAIN}`)
  }
  checkManifest(manifest, shown(manifestUrl))
  for (const { file, size } of manifest.files) {
    const url = new URL(file, dir)
    checkSize(shown(url), attempt(url, () => fs.statSync(url)).size, size)
  }
  const url = new URL(manifest.bytes.file, dir)
  const readWhole = ({ file }: FileRecord): Uint8Array =>
    new Uint8Array(fs.readFileSync(new URL(file, dir)))
  return attempt(url, () => open(manifest, file(fs, zlib.crc32, url), shown(url), dir, readWhole))
}

/**
 * The same from memory.
 * @param rest the bytes of `Manifest.files` by their numbers; else the folder they are in, for hosts
 * that have a file system
 */
export function loadBytes(manifest: Manifest, bytes: Uint8Array, rest: Uint8Array[] | URL): Loaded {
  checkManifest(manifest, 'The manifest')
  if (Array.isArray(rest)) {
    for (const [number, { file, size, crc32: expected }] of manifest.files.entries()) {
      checkSize(file, rest[number]!.length, size)
      checkSum(file, crc32(rest[number]!), expected)
    }
  }
  const source: Source = {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    crc32: () => crc32(bytes),
  }
  const held = Array.isArray(rest) ? rest : undefined
  const dir = Array.isArray(rest) ? undefined : rest
  return open(manifest, source, manifest.bytes.file, dir, record => {
    const whole = held?.[manifest.files.indexOf(record)]
    if (!whole) throw new Error(`${record.file} is not held in memory`)
    return whole
  })
}

/** Bytes that are read at once while a file is checked: they stay in the processor's cache. */
const PIECE = 1 << 18

/**
 * A file that stays open: a response is read when it is first asked for, so that starting costs one
 * pass over the file and memory holds what is in demand. A build that takes the file's place does not
 * touch it.
 */
function file(
  fs: typeof import('node:fs'),
  crc32: (bytes: Uint8Array, value?: number) => number,
  url: URL,
): Source {
  const descriptor = fs.openSync(url, 'r')
  const { size } = fs.fstatSync(descriptor)
  const fill = (bytes: Uint8Array, position: number): void => {
    for (let done = 0; done < bytes.length; ) {
      const count = fs.readSync(descriptor, bytes, done, bytes.length - done, position + done)
      if (count === 0) throw new Error('it ends too early')
      done += count
    }
  }
  return {
    size,
    read(offset, length) {
      const bytes = new Uint8Array(length)
      fill(bytes, offset)
      notePlace(bytes, { descriptor, offset })
      return bytes
    },
    crc32() {
      const piece = new Uint8Array(PIECE)
      let sum = 0
      for (let offset = 0; offset < size; offset += PIECE) {
        const bytes = piece.subarray(0, Math.min(PIECE, size - offset))
        fill(bytes, offset)
        sum = crc32(bytes, sum)
      }
      return sum
    },
  }
}

function shown(url: URL): string {
  return url.protocol === 'file:' ? decodeURI(url.pathname) : url.href
}

function checkManifest(manifest: Manifest, name: string): void {
  if (typeof manifest?.format !== 'number')
    throw new LoadError(`${name} is damaged: it names no format. ${AGAIN}`)
  if (manifest.format !== FORMAT) {
    const made = manifest.precast ? `, made by Precast ${manifest.precast}` : ''
    throw new LoadError(
      `${name} has format ${manifest.format}${made}; this version reads format ${FORMAT}. ${AGAIN}`,
    )
  }
  const { bytes, files, routes, folders, modules } = manifest
  if (typeof bytes?.file !== 'string' || ![files, routes, folders, modules].every(Array.isArray)) {
    throw new LoadError(`${name} is damaged: parts of it are missing. ${AGAIN}`)
  }
}

function checkSize(name: string, size: number, expected: number): void {
  if (size === expected) return
  throw new LoadError(
    `${name} is damaged: it has ${size} bytes where the manifest says ${expected}. ${AGAIN}`,
  )
}

function checkSum(name: string, sum: number, expected: number): void {
  if (sum === expected) return
  throw new LoadError(`${name} is damaged: its checksum is not that of the manifest. ${AGAIN}`)
}

/** `dir` is where files that are too large to hold are; undefined where they are held after all. */
function open(
  manifest: Manifest,
  source: Source,
  name: string,
  dir: URL | undefined,
  readWhole: (record: FileRecord) => Uint8Array,
): Loaded {
  const { size, crc32: expected } = manifest.bytes
  checkSize(name, source.size, size)
  checkSum(name, source.crc32(), expected)
  const header = size >= HEADER + TRAILER ? source.read(0, HEADER) : new Uint8Array(HEADER)
  for (let i = 0; i < MAGIC.length; i++) {
    if (header[i] !== MAGIC.charCodeAt(i))
      throw new LoadError(`${name} is no file of Precast's. ${AGAIN}`)
  }
  const format = viewOf(header).getUint32(MAGIC.length, true)
  if (format !== FORMAT) {
    throw new LoadError(
      `${name} has format ${format}; this version reads format ${FORMAT}. ${AGAIN}`,
    )
  }
  const files = dir ? manifest.files.map(record => new LargeFile(dir, record)) : []
  const place: Files = {
    areHeld: dir === undefined,
    read: number => readWhole(manifest.files[number]!),
  }
  return { manifest, statics: new Statics(source, place), files }
}

/** Where bodies are that are not in `static.bin`. */
interface Files {
  /** In memory, so that they are bodies as any other. */
  areHeld: boolean
  /** All of one: for tools, since serving reads from disk as it sends. */
  read(number: number): Uint8Array
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** All stored responses, by key; each is read when it is first asked for. */
export class Statics {
  readonly #source: Source
  readonly #files: Files
  /** The end of the file, from the text on; offsets into it are less `#start`. */
  readonly #index: Uint8Array
  readonly #view: DataView
  readonly #start: number
  readonly #variants: number
  readonly #entries: number
  readonly #slots: number
  readonly #mask: number
  /** How many there are. */
  readonly size: number

  constructor(source: Source, files: Files) {
    const trailer = viewOf(source.read(source.size - TRAILER, TRAILER))
    const at = (place: number): number => trailer.getUint32(place * 4, true)
    this.#start = at(0)
    this.#variants = at(1) - this.#start
    this.#entries = at(2) - this.#start
    this.size = at(3)
    this.#slots = at(4) - this.#start
    this.#mask = at(5) - 1
    this.#source = source
    this.#files = files
    this.#index = source.read(this.#start, source.size - this.#start)
    this.#view = viewOf(this.#index)
  }

  /** Reads one response anew; keep what it returns. */
  get(key: string): Static | undefined {
    const view = this.#view
    for (let slot = hash(key) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const number = view.getUint32(this.#slots + slot * 4, true)
      if (number === 0) return undefined
      const at = this.#entries + (number - 1) * ENTRY
      if (this.#equals(key, view.getUint32(at, true), view.getUint32(at + 4, true)))
        return this.#read(at)
    }
  }

  /** All keys, in rising order. */
  *keys(): Generator<string> {
    for (let number = 0; number < this.size; number++) {
      const at = this.#entries + number * ENTRY
      yield this.#text(this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true))
    }
  }

  #equals(key: string, place: number, length: number): boolean {
    if (length !== key.length) return false
    const offset = place - this.#start
    for (let i = 0; i < length; i++) if (this.#index[offset + i] !== key.charCodeAt(i)) return false
    return true
  }

  #read(at: number): Static {
    const view = this.#view
    const first = view.getUint32(at + 8, true)
    const variants: Variant[] = []
    for (let i = 0; i < view.getUint8(at + 26); i++) variants.push(this.#variant(first + i))
    return {
      lastModified: view.getUint32(at + 12, true),
      revalidate: view.getUint32(at + 16, true),
      route: view.getInt32(at + 20, true),
      status: view.getUint16(at + 24, true),
      allow: view.getUint8(at + 27),
      flags: view.getUint8(at + 28),
      variants,
    }
  }

  #variant(number: number): Variant {
    const view = this.#view
    const at = this.#variants + number * VARIANT
    const [head, headLength, body, low] = [0, 4, 8, 12].map(place =>
      view.getUint32(at + place, true),
    ) as [number, number, number, number]
    const isFile = view.getUint8(at + 25) === 1
    const length = low + view.getUint16(at + 26, true) * 2 ** 32
    const etag = this.#text(view.getUint32(at + 16, true), view.getUint32(at + 20, true))
    const encoding = ENCODINGS[view.getUint8(at + 24)]!
    const read = this.#source.read
    const files = this.#files
    return new StoredVariant(
      encoding,
      etag,
      length,
      isFile && !files.areHeld ? body : -1,
      () => read(head, headLength),
      () => (isFile ? files.read(body) : read(body, length)),
    )
  }

  #text(place: number, length: number): string {
    let text = ''
    const offset = place - this.#start
    for (let i = offset; i < offset + length; i++) text += String.fromCharCode(this.#index[i]!)
    return text
  }
}

/** One encoding of a response; most clients ask for one only, so each is read by itself. */
class StoredVariant implements Variant {
  readonly encoding: Encoding
  readonly etag: string
  readonly length: number
  readonly file: number
  readonly #readHead: () => Uint8Array
  readonly #readBody: () => Uint8Array
  #head: Uint8Array | undefined
  #body: Uint8Array | undefined

  constructor(
    encoding: Encoding,
    etag: string,
    length: number,
    file: number,
    readHead: () => Uint8Array,
    readBody: () => Uint8Array,
  ) {
    this.encoding = encoding
    this.etag = etag
    this.length = length
    this.file = file
    this.#readHead = readHead
    this.#readBody = readBody
  }

  get head(): Uint8Array {
    return (this.#head ??= this.#readHead())
  }

  get body(): Uint8Array {
    if (this.file >= 0) return this.#readBody()
    return (this.#body ??= this.#readBody())
  }
}

let crcTable: Uint32Array | undefined

/** CRC-32 as in zlib, for hosts without `node:zlib`. */
export function crc32(bytes: Uint8Array): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let value = n
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    return value >>> 0
  })
  let crc = -1
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[i]!) & 255]!
  return ~crc >>> 0
}
