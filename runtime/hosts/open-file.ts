// Part of a file of `dist/`, open until it is sent: reads on as the client takes it. In plain calls that
// wait, as the kernel's own sending does: what is asked for is mostly in its cache, and a turn through
// threads and streams costs as much again.

import { closeSync, openSync, readSync } from 'node:fs'
import type { FilePart, Place } from '../disk.ts'

export class OpenFile {
  /** Bytes that are not sent yet. */
  left: number
  #offset: number
  readonly #descriptor: number

  /** @throws where it cannot be opened */
  constructor({ url, offset, length }: FilePart) {
    this.#descriptor = openSync(url, 'r')
    this.#offset = offset
    this.left = length
  }

  /** Where the bytes are that come behind the next `after` ones. */
  place(after: number): Place {
    return { descriptor: this.#descriptor, offset: this.#offset + after }
  }

  /**
   * Reads some of the bytes that come behind the next `after` ones: at most `most`, and as `into` has.
   * @throws where the file is shorter than it was
   */
  read(into: Uint8Array, after: number, most: number): Uint8Array {
    const length = Math.min(most, into.length)
    const read = readSync(this.#descriptor, into, 0, length, this.#offset + after)
    if (read === 0) throw new Error('a file of dist/ was cut off while it was sent')
    return into.subarray(0, read)
  }

  /** The next `count` bytes are sent. */
  skip(count: number): void {
    this.#offset += count
    this.left -= count
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
