// A file of `dist/` that is too large to hold, and parts of it -> a body that is read from disk as the
// client takes it. Refuses a file that is not what the build wrote; never reads ahead.

import type { FileRecord } from './artifact.ts'
import type { FilePart } from './disk.ts'

/** What is sent: bytes in memory, and ranges of the file, first and last byte included. */
export type Piece = Uint8Array | readonly [first: number, last: number]

type Handle = import('node:fs/promises').FileHandle

/** Read at once while a file is checked or sent: few calls, and little held for each client. */
const CHUNK = 1 << 18

/** A file that a stored response is in; opened for each answer, so that many cost nothing. */
export class LargeFile {
  readonly url: URL
  readonly size: number
  readonly #crc32: number
  /** Which state of the file was checked, and the check: each is read through once. */
  #stamp = ''
  #check: Promise<void> = Promise.resolve()

  constructor(dir: URL, { file, size, crc32 }: FileRecord) {
    this.url = new URL(file, dir)
    this.size = size
    this.#crc32 = crc32
  }

  /**
   * Pieces of the file as a body.
   * @throws where the file cannot be read, or is not what the build wrote: nothing of it may be sent
   */
  async body(pieces: readonly Piece[]): Promise<BodyInit> {
    const handle = await this.#open()
    // Bytes have a length on every host, which a stream on `bun-serve` does not.
    if (lengthOf(pieces) <= CHUNK) return await gather(handle, pieces)
    await handle.close()
    const part = this.partOf(pieces)
    if (typeof Bun === 'undefined' || part === undefined)
      return streamOf(() => this.#open(), pieces)
    // Bun sends a slice by itself, with its length, and leaves the length of a stream out.
    const { fileURLToPath } = await import('node:url')
    return Bun.file(fileURLToPath(part.url)).slice(part.offset, part.offset + part.length)
  }

  /** What `body` of these pieces reads; undefined where that is not one part of the file, or little. */
  partOf(pieces: readonly Piece[]): FilePart | undefined {
    const [only] = pieces
    if (pieces.length !== 1 || only instanceof Uint8Array) return undefined
    const length = lengthOf(pieces)
    return length <= CHUNK ? undefined : { url: this.url, offset: only![0], length }
  }

  /** @throws where it is not what the build wrote */
  async verify(): Promise<void> {
    await (await this.#open()).close()
  }

  async #open(): Promise<Handle> {
    const { open } = await import('node:fs/promises')
    const handle = await open(this.url, 'r')
    try {
      const { ino, size, mtimeMs, ctimeMs } = await handle.stat()
      if (size !== this.size)
        throw new Error(`it has ${size} bytes where the manifest says ${this.size}`)
      const stamp = `${ino} ${mtimeMs} ${ctimeMs}`
      if (stamp !== this.#stamp) {
        this.#stamp = stamp
        this.#check = this.#sum(handle)
      }
      await this.#check
      return handle
    } catch (error) {
      this.#stamp = ''
      await handle.close()
      throw new Error(`${this.url.pathname} is damaged: ${(error as Error).message}`)
    }
  }

  async #sum(handle: Handle): Promise<void> {
    const { crc32 } = await import('node:zlib')
    const chunk = new Uint8Array(CHUNK)
    let sum = 0
    for (let at = 0; at < this.size; ) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK, at)
      if (bytesRead === 0) throw new Error('it ends too early')
      sum = crc32(chunk.subarray(0, bytesRead), sum)
      at += bytesRead
    }
    if (sum !== this.#crc32) throw new Error('its checksum is not that of the manifest')
  }
}

declare const Bun: { file(path: string): Blob } | undefined

/** How many bytes the pieces are together. */
export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce(
    (sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece[1] - piece[0] + 1),
    0,
  )
}

/** The pieces in one; closes the file. */
async function gather(handle: Handle, pieces: readonly Piece[]): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(lengthOf(pieces))
  let end = 0
  try {
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) {
        whole.set(piece, end)
        end += piece.length
        continue
      }
      for (let [at, last] = piece; at <= last; ) {
        const { bytesRead } = await handle.read(whole, end, last - at + 1, at)
        if (bytesRead === 0) throw new Error(CUT_OFF)
        at += bytesRead
        end += bytesRead
      }
    }
    return whole
  } finally {
    await handle.close()
  }
}

const CUT_OFF = 'a file of dist/ was cut off while it was sent'

/**
 * Opens the file once it is read: a host may send it by itself. Closes it when all is read, when reading
 * fails, and when the client is gone.
 */
function streamOf(
  open: () => Promise<Handle>,
  pieces: readonly Piece[],
): ReadableStream<Uint8Array> {
  let handle: Promise<Handle> | undefined
  let next = 0
  let at = -1
  const close = (): void => void handle?.then(opened => opened.close()).catch(() => {})
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = pieces[next]
        if (piece === undefined) {
          close()
          controller.close()
          return
        }
        if (piece instanceof Uint8Array) {
          next++
          controller.enqueue(piece)
          return
        }
        const [first, last] = piece
        if (at < first) at = first
        const chunk = new Uint8Array(Math.min(CHUNK, last - at + 1))
        try {
          handle ??= open()
          const { bytesRead } = await (await handle).read(chunk, 0, chunk.length, at)
          if (bytesRead === 0) throw new Error(CUT_OFF)
          at += bytesRead
          if (at > last) {
            next++
            at = -1
          }
          controller.enqueue(bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead))
        } catch (error) {
          close()
          throw error
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  )
}
