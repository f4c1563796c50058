// Under load, which of Bun's connections have something to read, asked of the kernel by ourselves
// (epoll(7)), and read from there (recv(2)): what came is then in memory that is used again, and no
// event of Bun's is made for it, which costs a microsecond a request (benches/http1.mjs --works page,
// "Bun.listen, fixed"). Bun goes on watching all of them: what is not read here, it reads, and where
// nobody asks, nothing changes.

import { Scratch } from '../http1/bytes.ts'
import { MSG_DONTWAIT, type Native } from './bun-libc.ts'

export interface Reader {
  /** Of its socket; -1 where nothing is to be read from it. */
  readonly descriptor: number
  /** The bytes are only there during the call. */
  take(bytes: Uint8Array): void
}

/** Bytes read at once. */
const ROOM = 65_536
/** Connections asked for at once. */
const MOST = 64
/** Milliseconds after which timers, other sockets and promises get their turn. */
const TURN = 2
/** Events of Bun's that pass at most before it is worth to ask again. */
const LONGEST_PAUSE = 32

const EPOLL_CLOEXEC = 0x80000
const EPOLL_CTL_ADD = 1
const EPOLLIN = 1
/** Told once for what came: Bun may have read it by the time we ask. */
const EPOLLET = 1 << 31

/** `struct epoll_event` in words of 32 bits, and which of them the descriptor is; x64 has it packed. */
const [WORDS, DESCRIPTOR] = process.arch === 'x64' ? [3, 1] : [4, 2]

export class Ready {
  readonly #native: Native
  readonly #epoll: number
  readonly #events = new Int32Array(MOST * WORDS)
  readonly #eventsAt: number
  readonly #bytes = new Scratch(ROOM)
  readonly #bytesAt: number
  /** By descriptor. */
  readonly #readers: (Reader | undefined)[] = []
  #pause = 1
  #left = 1
  /** Milliseconds of this turn of the loop. */
  #spent = 0
  readonly #turn = () => {
    this.#spent = 0
  }

  private constructor(native: Native, epoll: number) {
    this.#native = native
    this.#epoll = epoll
    this.#eventsAt = native.addressOf(new Uint8Array(this.#events.buffer))
    this.#bytesAt = native.addressOf(this.#bytes.bytes)
  }

  /** Undefined where the system has no more descriptors. */
  static with(native: Native): Ready | undefined {
    const epoll = native.libc.epoll_create1(EPOLL_CLOEXEC)
    return epoll < 0 ? undefined : new Ready(native, epoll)
  }

  /** From now on it is asked for; `remove` once it is closed. */
  add(reader: Reader, descriptor: number): void {
    this.#readers[descriptor] = reader
    this.#events[0] = EPOLLIN | EPOLLET
    this.#events[DESCRIPTOR] = descriptor
    this.#native.libc.epoll_ctl(this.#epoll, EPOLL_CTL_ADD, descriptor, this.#eventsAt)
  }

  /** Closed descriptors are watched by nobody, and may be somebody else's soon. */
  remove(reader: Reader, descriptor: number): void {
    if (this.#readers[descriptor] === reader) this.#readers[descriptor] = undefined
  }

  /** Reads what came meanwhile, on whichever connection. To be called where Bun told of something. */
  look(): void {
    if (--this.#left > 0 || this.#spent >= TURN) return
    const { libc } = this.#native
    let from = performance.now()
    let found = 0
    do {
      const count = libc.epoll_wait(this.#epoll, this.#eventsAt, MOST, 0)
      if (count <= 0) break
      found += count
      for (let i = 0; i < count; i++) this.#read(this.#events[i * WORDS + DESCRIPTOR]!)
      const to = performance.now()
      this.#spent += to - from
      from = to
    } while (this.#spent < TURN)
    if (this.#spent >= TURN) setImmediate(this.#turn)
    this.#pause = found > 0 ? 1 : Math.min(this.#pause * 2, LONGEST_PAUSE)
    this.#left = this.#pause
  }

  #read(descriptor: number): void {
    const reader = this.#readers[descriptor]
    if (reader === undefined || reader.descriptor !== descriptor) return
    const got = this.#native.libc.recv(descriptor, this.#bytesAt, ROOM, MSG_DONTWAIT)
    // An end, and a failure, is Bun's to tell.
    if (got > 0) reader.take(this.#bytes.first(got))
  }
}
