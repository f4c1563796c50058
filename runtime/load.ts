// `manifest.json` and `static.bin` -> Loaded. Refuses another version and damage; reads no entry
// before it is asked for, so that starting costs the same whatever the number of responses.

import { ENCODINGS, FORMAT, type Manifest, type Static, type Variant } from './artifact.ts'
import { ENTRY, hash, HEADER, MAGIC, TRAILER, VARIANT } from './layout.ts'

/** The artifact cannot be served; the message names the file and says what to do. */
export class LoadError extends Error {
  override name = 'LoadError'
}

export interface Loaded {
  manifest: Manifest
  statics: Statics
}

const AGAIN = 'Run `precast build` again.'

/** Reads a `dist/` folder; throws LoadError. */
export async function load(dir: URL): Promise<Loaded> {
  const { readFileSync } = await import('node:fs')
  const zlib = await import('node:zlib')
  const read = (url: URL): Uint8Array => {
    try {
      return readFileSync(url)
    } catch (error) {
      throw new LoadError(`Cannot read ${shown(url)}: ${(error as Error).message}. ${AGAIN}`)
    }
  }
  const manifestUrl = new URL('manifest.json', dir)
  let manifest: Manifest
  try {
    manifest = JSON.parse(new TextDecoder().decode(read(manifestUrl)))
  } catch (error) {
    if (error instanceof LoadError) throw error
    throw new LoadError(`${shown(manifestUrl)} is damaged: ${(error as Error).message}. ${AGAIN}`)
  }
  checkManifest(manifest, shown(manifestUrl))
  const url = new URL(manifest.bytes.file, dir)
  return open(manifest, mapped(url) ?? read(url), shown(url), zlib.crc32)
}

/** The same from memory. */
export function loadBytes(manifest: Manifest, bytes: Uint8Array): Loaded {
  checkManifest(manifest, 'The manifest')
  return open(manifest, bytes, manifest.bytes.file, crc32)
}

/** Memory that the processes of one machine share; private, since heads get their date in place. */
function mapped(url: URL): Uint8Array | null {
  const bun = (
    globalThis as {
      Bun?: { mmap(path: string, options: object): Uint8Array; fileURLToPath(url: URL): string }
    }
  ).Bun
  try {
    return bun?.mmap(bun.fileURLToPath(url), { shared: false }) ?? null
  } catch {
    return null
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
  const { bytes, routes, folders, modules } = manifest
  if (typeof bytes?.file !== 'string' || ![routes, folders, modules].every(Array.isArray)) {
    throw new LoadError(`${name} is damaged: parts of it are missing. ${AGAIN}`)
  }
}

function open(
  manifest: Manifest,
  bytes: Uint8Array,
  name: string,
  checksum: (bytes: Uint8Array) => number,
): Loaded {
  const { size, crc32: expected } = manifest.bytes
  if (bytes.length !== size) {
    throw new LoadError(
      `${name} is damaged: it has ${bytes.length} bytes where the manifest says ${size}. ${AGAIN}`,
    )
  }
  if (checksum(bytes) !== expected) {
    throw new LoadError(`${name} is damaged: its checksum is not that of the manifest. ${AGAIN}`)
  }
  for (let i = 0; i < MAGIC.length; i++) {
    if (bytes[i] !== MAGIC.charCodeAt(i))
      throw new LoadError(`${name} is no file of Precast's. ${AGAIN}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const format = size >= HEADER + TRAILER ? view.getUint32(MAGIC.length, true) : 0
  if (format !== FORMAT) {
    throw new LoadError(
      `${name} has format ${format}; this version reads format ${FORMAT}. ${AGAIN}`,
    )
  }
  return { manifest, statics: new Statics(bytes, view) }
}

/** All stored responses, by key; each is read when it is first asked for. */
export class Statics {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #variants: number
  readonly #entries: number
  readonly #slots: number
  readonly #mask: number
  /** How many there are. */
  readonly size: number

  constructor(bytes: Uint8Array, view: DataView) {
    const trailer = bytes.length - TRAILER
    this.#bytes = bytes
    this.#view = view
    this.#variants = view.getUint32(trailer, true)
    this.#entries = view.getUint32(trailer + 4, true)
    this.size = view.getUint32(trailer + 8, true)
    this.#slots = view.getUint32(trailer + 12, true)
    this.#mask = view.getUint32(trailer + 16, true) - 1
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

  #equals(key: string, offset: number, length: number): boolean {
    if (length !== key.length) return false
    for (let i = 0; i < length; i++) if (this.#bytes[offset + i] !== key.charCodeAt(i)) return false
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
    const head = view.getUint32(at, true)
    const body = view.getUint32(at + 8, true)
    return {
      head: this.#bytes.subarray(head, head + view.getUint32(at + 4, true)),
      body: this.#bytes.subarray(body, body + view.getUint32(at + 12, true)),
      etag: this.#text(view.getUint32(at + 16, true), view.getUint32(at + 20, true)),
      encoding: ENCODINGS[view.getUint8(at + 24)]!,
    }
  }

  #text(offset: number, length: number): string {
    let text = ''
    for (let i = offset; i < offset + length; i++) text += String.fromCharCode(this.#bytes[i]!)
    return text
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
