// What goes to sockets of Bun's without Bun. sendfile(2): the kernel sends what is in a file, where
// `Bun.listen` can only copy, which is most of what a large answer costs (benches/http1.mjs --works
// big,slow). send(2): Bun looks at an array anew each time it is written, a quarter of a microsecond that
// what comes again and again need not cost (--works page).

import type { Place } from '../disk.ts'
import type { Steady } from '../http1/wire.ts'
import { MSG_DONTWAIT, MSG_NOSIGNAL, type Native } from './bun-libc.ts'

export interface Socket {
  /** -1 once it is closed. */
  readonly fd: number
  /** How many bytes it took; -1 where it is closed. */
  write(bytes: Uint8Array): number
}

/** Has the kernel send up to `length` bytes from `place`; gives how many, none where it did not. */
export type SendFile = (socket: Socket, place: Place, length: number) => number

export function sendFileBy({ libc, addressOf }: Native): SendFile {
  const offset = new BigInt64Array(1)
  const address = addressOf(new Uint8Array(offset.buffer))
  return (socket, place, length) => {
    offset[0] = BigInt(place.offset)
    return Math.max(0, libc.sendfile(socket.fd, place.descriptor, address, length))
  }
}

/** Has the kernel take the first `length` bytes of `from`; gives how many it took. */
export type Send = (socket: Socket, from: Steady, length: number) => number

export function sendBy({ libc, addressOf }: Native): Send {
  return (socket, from, length) => {
    if (from.address === 0) from.address = addressOf(from.bytes)
    // What is wrong with a socket is for Bun to find out.
    return Math.max(0, libc.send(socket.fd, from.address, length, MSG_DONTWAIT | MSG_NOSIGNAL))
  }
}
