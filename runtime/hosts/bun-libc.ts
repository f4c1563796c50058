// The system's C library through Bun's FFI, for what `Bun.listen` has no way to ask for. Linux alone:
// elsewhere, and where the FFI is not to be had, the host does without.

/** Functions by their names in C; addresses are numbers. Each gives -1 where it failed. */
export interface Libc {
  /** sendfile(2) */
  sendfile(to: number, from: number, offset: number, count: number): number
  /** send(2) */
  send(socket: number, from: number, size: number, flags: number): number
  /** recv(2) */
  recv(socket: number, into: number, size: number, flags: number): number
  /** epoll(7) */
  epoll_create1(flags: number): number
  epoll_ctl(epoll: number, operation: number, descriptor: number, event: number): number
  epoll_wait(epoll: number, events: number, most: number, timeout: number): number
}

export interface Native {
  readonly libc: Libc
  /** Where the first byte is, as long as somebody holds the buffer. */
  addressOf(bytes: Uint8Array): number
}

export const MSG_DONTWAIT = 0x40
export const MSG_NOSIGNAL = 0x4000

interface Ffi {
  dlopen(
    library: string,
    symbols: Record<keyof Libc, { args: string[]; returns: string }>,
  ): { symbols: Libc }
  ptr(bytes: ArrayBufferView): number
}

const SIGNATURES = {
  sendfile: { args: ['i32', 'i32', 'ptr', 'u64'], returns: 'i64_fast' },
  send: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i64_fast' },
  recv: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i64_fast' },
  epoll_create1: { args: ['i32'], returns: 'i32' },
  epoll_ctl: { args: ['i32', 'i32', 'i32', 'ptr'], returns: 'i32' },
  epoll_wait: { args: ['i32', 'ptr', 'i32', 'i32'], returns: 'i32' },
}

/** glibc's, and musl's. */
const LIBRARIES = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`]

/** Undefined where it cannot be had. */
export async function loadNative(): Promise<Native | undefined> {
  if (process.platform !== 'linux') return undefined
  const name = 'bun:ffi'
  const { dlopen, ptr }: Ffi = await import(name)
  for (const library of LIBRARIES) {
    try {
      const { symbols } = dlopen(library, SIGNATURES)
      return {
        libc: symbols,
        addressOf(bytes) {
          // A small array has no buffer until somebody asks for it, and then its memory moves there.
          return ptr(new Uint8Array(bytes.buffer, bytes.byteOffset))
        },
      }
    } catch {
      // Another libc.
    }
  }
  return undefined
}
