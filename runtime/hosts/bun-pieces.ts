// What a socket of Bun's has to send, by the kernel where that can: bytes in memory, and parts of files.
// Bun keeps nothing that a socket does not take, so each knows what is left of it.

import { type FilePart, LARGE, type Place, placeOf } from '../disk.ts'
import type { SendFile, Socket } from './bun-send.ts'
import { OpenFile } from './open-file.ts'

export interface Piece {
  /** Bytes that are left. */
  readonly left: number
  /**
   * Sends what there is room for: all that is left, or `most` where it has one, or up to where the
   * socket says once there is room again; -1 where it is closed.
   */
  send(socket: Socket): number
  /** Bytes after which others get their turn. */
  readonly most?: number
  /** Lets go of what it holds: it is sent, or never will be. */
  close?(): void
}

/** Copied at once where the kernel does not send by itself. */
const SLICE = 65_536

export class Bytes implements Piece {
  #bytes: Uint8Array
  readonly #sendFile: SendFile | undefined

  constructor(bytes: Uint8Array, sendFile: SendFile | undefined) {
    this.#bytes = bytes
    this.#sendFile = sendFile
  }

  get left(): number {
    return this.#bytes.length
  }

  send(socket: Socket): number {
    const sent = sendBytes(socket, this.#bytes, this.#sendFile)
    if (sent > 0) this.#bytes = this.#bytes.subarray(sent)
    return sent
  }
}

/** How many went out; -1 where the socket is closed. */
export function sendBytes(
  socket: Socket,
  bytes: Uint8Array,
  sendFile: SendFile | undefined,
): number {
  if (sendFile === undefined || bytes.length < LARGE) return socket.write(bytes)
  const place = placeOf(bytes)
  if (place === undefined) return socket.write(bytes)
  return pour(socket, bytes.length, {
    byKernel: sent => sendFile(socket, behind(place, sent), bytes.length - sent),
    read: sent => bytes.subarray(sent, sent + SLICE),
  })
}

function behind({ descriptor, offset }: Place, sent: number): Place {
  return { descriptor, offset: offset + sent }
}

interface Source {
  /** Sends on from there; gives how many bytes. */
  byKernel(sent: number): number
  /** Some of the bytes from there on. */
  read(sent: number): Uint8Array
}

function pour(socket: Socket, length: number, source: Source): number {
  for (let sent = 0; ; ) {
    sent += source.byKernel(sent)
    if (sent >= length) return length
    // The kernel stops where there is no room: a write that finds none has Bun say when there is.
    // Whatever else keeps the kernel from going on does not keep a copy from it.
    const part = source.read(sent)
    const wrote = socket.write(part)
    if (wrote < 0) return -1
    sent += wrote
    if (wrote < part.length || sent === length) return sent
  }
}

/** Shared: what a socket does not take of it is read again. */
const scratch = new Uint8Array(16_384)

export class FilePiece implements Piece {
  /** As much as a socket can hold, or somewhat more: who reads as fast as we send leaves no pause. */
  readonly most = 1 << 20
  readonly #file: OpenFile
  readonly #sendFile: SendFile | undefined

  /** @throws where it cannot be opened */
  constructor(part: FilePart, sendFile: SendFile | undefined) {
    this.#file = new OpenFile(part)
    this.#sendFile = sendFile
  }

  get left(): number {
    return this.#file.left
  }

  /** @throws where the file is shorter than it was */
  send(socket: Socket): number {
    const file = this.#file
    const length = Math.min(file.left, this.most)
    const sent = pour(socket, length, {
      byKernel: sent => this.#sendFile?.(socket, file.place(sent), length - sent) ?? 0,
      read: sent => file.read(scratch, sent, length - sent),
    })
    if (sent > 0) file.skip(sent)
    return sent
  }

  close(): void {
    this.#file.close()
  }
}
