// What bun-ready.test.ts talks to, under Bun: a server that says what it is told, and on `look` does
// nothing but look until another connection's bytes were taken.

import { loadNative } from '../../runtime/hosts/bun-libc.ts'
import { type Reader, Ready } from '../../runtime/hosts/bun-ready.ts'

interface Socket {
  readonly fd: number
  data: Client | undefined
  pause(): void
  resume(): void
  close(): void
}
declare const Bun: {
  listen(options: {
    hostname: string
    port: number
    allowHalfOpen: boolean
    socket: {
      binaryType: 'uint8array'
      open(socket: Socket): void
      data(socket: Socket, bytes: Uint8Array): void
      end(socket: Socket): void
      close(socket: Socket): void
    }
  }): { port: number }
}

/** Milliseconds to look for. */
const PATIENCE = 10_000

const ready = Ready.with((await loadNative())!)!
const names = new Map<number, string>()
let taken = 0

class Client implements Reader {
  readonly socket: Socket
  readonly at: number
  name = ''
  isPaused = false
  /** Of `sum`: numbers that came, and bytes that were taken. */
  #sum = -1
  #beside = 0

  constructor(socket: Socket) {
    this.socket = socket
    this.at = socket.fd
  }

  get descriptor(): number {
    return this.isPaused ? -1 : this.socket.fd
  }

  take(bytes: Uint8Array): void {
    taken++
    if (this.#sum < 0) console.log(`${this.name} took ${Buffer.from(bytes)}`)
    else this.#add(bytes, true)
  }

  told(bytes: Uint8Array): void {
    if (this.#sum >= 0) {
      this.#add(bytes, false)
      return
    }
    const text = String(Buffer.from(bytes))
    const [verb, name] = text.split(' ')
    if (verb === 'name') this.#open(name!)
    else if (verb === 'look') this.#look()
    else if (/^(?:pause|remove|close|sum)$/.test(text)) {
      if (text === 'pause') this.isPaused = true
      else if (text === 'remove') ready.remove(this, this.at)
      else if (text === 'sum') this.#sum = 0
      // And nobody says so to what reads: it has to see that by itself.
      else this.socket.close()
      console.log(`${text} ${this.name}`)
    } else console.log(`Bun told ${this.name} ${text}`)
  }

  #open(name: string): void {
    this.name = name
    const before = names.get(this.at)
    if (before !== undefined) console.log(`${name} has the descriptor of ${before}`)
    names.set(this.at, name)
    ready.add(this, this.at)
    console.log(`open ${name}`)
  }

  #look(): void {
    const before = taken
    const end = performance.now() + PATIENCE
    console.log(`looking ${this.name}`)
    while (taken === before && performance.now() < end) ready.look()
  }

  #add(bytes: Uint8Array, isBeside: boolean): void {
    for (const byte of bytes) {
      const want = ((this.#sum >> 2) >> (8 * (this.#sum & 3))) & 255
      if (byte !== want) throw new Error(`${byte} at ${this.#sum}`)
      this.#sum++
    }
    if (isBeside) this.#beside += bytes.length
    if (this.#sum !== 400_000) return
    console.log(`${this.name} took ${this.#beside} bytes beside Bun`)
    console.log(`${this.name} has all`)
  }
}

const { port } = Bun.listen({
  hostname: '127.0.0.1',
  port: 0,
  allowHalfOpen: true,
  socket: {
    binaryType: 'uint8array',
    open(socket) {
      socket.data = new Client(socket)
    },
    data(socket, bytes) {
      socket.data!.told(bytes)
    },
    end(socket) {
      socket.close()
    },
    close() {},
  },
})
console.log(`Listening on http://127.0.0.1:${port}`)
