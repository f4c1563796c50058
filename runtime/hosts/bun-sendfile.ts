// sendfile(2) through Bun's FFI: the kernel sends what is in a file, where `Bun.listen` can only copy,
// which is most of what a large answer costs (benches/http1.mjs --works big,slow). Linux alone has it in
// this form; elsewhere, and where Bun's FFI is not to be had, bytes are copied.

import type { Place } from '../disk.ts'

export interface Socket {
  /** -1 once it is closed. */
  readonly fd: number
  /** How many bytes it took; -1 where it is closed. */
  write(bytes: Uint8Array): number
}

/** Has the kernel send up to `length` bytes from `place`; gives how many, none where it did not. */
export type SendFile = (socket: Socket, place: Place, length: number) => number

interface Ffi {
  dlopen(
    library: string,
    symbols: Record<string, { args: string[]; returns: string }>,
  ): { symbols: Record<string, (...args: number[]) => number | bigint> }
  ptr(bytes: ArrayBufferView): number
}

/** glibc's, and musl's. */
const LIBRARIES = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`]

/** Undefined where it cannot be had. */
export async function loadSendFile(): Promise<SendFile | undefined> {
  if (process.platform !== 'linux') return undefined
  const name = 'bun:ffi'
  const { dlopen, ptr }: Ffi = await import(name)
  const signature = { args: ['i32', 'i32', 'ptr', 'u64'], returns: 'i64_fast' }
  const offset = new BigInt64Array(1)
  for (const library of LIBRARIES) {
    try {
      const sendfile = dlopen(library, { sendfile: signature }).symbols.sendfile!
      const address = ptr(offset)
      return (socket, place, length) => {
        offset[0] = BigInt(place.offset)
        return Math.max(0, Number(sendfile(socket.fd, place.descriptor, address, length)))
      }
    } catch {
      // Another libc.
    }
  }
  return undefined
}
