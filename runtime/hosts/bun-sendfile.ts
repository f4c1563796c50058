// Large bodies on Bun's sockets, sent by the kernel from the file they are in: `Bun.listen` can only
// copy, which is most of what such an answer costs (benches/http1.mjs --works big,slow). Linux alone has
// this sendfile(2); elsewhere, and where Bun's FFI is not to be had, nothing changes.

import type { Place } from '../disk.ts'

interface Socket {
  /** -1 once it is closed. */
  readonly fd: number
  write(bytes: Uint8Array): number
}
/** As `Socket.write`, of bytes that are in a file: may take less than all, and then says when there is room. */
export type SendFile = (socket: Socket, bytes: Uint8Array, place: Place) => number

interface Ffi {
  dlopen(
    library: string,
    symbols: Record<string, { args: string[]; returns: string }>,
  ): { symbols: Record<string, (...args: number[]) => number | bigint> }
  ptr(bytes: ArrayBufferView): number
}

/** Copied at once where the kernel does not send by itself. */
const SLICE = 65_536

/** glibc's, and musl's. */
const LIBRARIES = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`]

/** Undefined where it cannot be had. */
export async function loadSendFile(): Promise<SendFile | undefined> {
  if (process.platform !== 'linux') return undefined
  const name = 'bun:ffi'
  const { dlopen, ptr }: Ffi = await import(name)
  const signature = { args: ['i32', 'i32', 'ptr', 'u64'], returns: 'i64_fast' }
  for (const library of LIBRARIES) {
    try {
      const { sendfile } = dlopen(library, { sendfile: signature }).symbols
      return sendWith(sendfile!, ptr)
    } catch {
      // Another libc.
    }
  }
  return undefined
}

function sendWith(sendfile: (...args: number[]) => number | bigint, ptr: Ffi['ptr']): SendFile {
  const offset = new BigInt64Array(1)
  const address = ptr(offset)
  return (socket, bytes, place) => {
    const { length } = bytes
    for (let sent = 0; ; ) {
      offset[0] = BigInt(place.offset + sent)
      const moved = Number(sendfile(socket.fd, place.descriptor, address, length - sent))
      if (moved > 0) sent += moved
      if (sent >= length) return length
      // It stops where there is no room: a write that finds none has Bun say when there is. Whatever
      // else keeps the kernel from going on does not keep a copy from it.
      const part = bytes.subarray(sent, sent + SLICE)
      const wrote = socket.write(part)
      if (wrote < 0) return -1
      sent += wrote
      if (wrote < part.length || sent === length) return sent
    }
  }
}
