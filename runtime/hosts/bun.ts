// Bun's raw sockets under the HTTP/1.1 core: what a socket says in, calls on its connection out. Bun
// keeps nothing that a socket does not take, so what is left waits here.

import type { App } from '../app.ts'
import type { FilePart } from '../disk.ts'
import { copy } from '../http1/bytes.ts'
import { Connection } from '../http1/connection.ts'
import { install } from '../light/globals.ts'
import { Pool } from '../http1/pool.ts'
import type { Steady, Wire } from '../http1/wire.ts'
import { type Address, type Entry, type Server, serve } from '../serve.ts'
import { Bytes, FilePiece, type Piece, sendBytes } from './bun-pieces.ts'
import { loadNative } from './bun-libc.ts'
import { type Reader, Ready } from './bun-ready.ts'
import { type Send, type SendFile, sendBy, sendFileBy } from './bun-send.ts'

/** The part of Bun that is used here; its types would replace those of the platform everywhere. */
interface Socket {
  readonly fd: number
  data: BunWire | undefined
  readonly remoteAddress: string
  readonly remotePort: number
  readonly remoteFamily: 'IPv4' | 'IPv6'
  /** How many bytes it took; -1 where it is closed. */
  write(bytes: Uint8Array): number
  shutdown(): void
  close(): void
  terminate(): void
  pause(): void
  resume(): void
}
interface Handlers {
  binaryType: 'uint8array'
  open(socket: Socket): void
  data(socket: Socket, bytes: Uint8Array): void
  drain(socket: Socket): void
  end(socket: Socket): void
  close(socket: Socket): void
  error(socket: Socket, error: Error): void
}
interface Place {
  hostname?: string
  port?: number
  unix?: string
  reusePort: boolean
  allowHalfOpen: boolean
  tls: Address['tls']
  socket: Handlers
}
declare const Bun: { listen(options: Place): { port: number; stop(): void } }

/** Serves `dist/` on sockets of Bun's. */
export function start(entry: Entry): Promise<void> {
  // Before any module of the user loads.
  install()
  return serve(entry, { listen, isRaw: true })
}

export async function listen(app: App, at: Address): Promise<Server> {
  const pool = new Pool(at.limits)
  const secure = at.tls !== undefined
  // What goes through TLS has to go through Bun.
  const kernel = secure ? undefined : await loadKernel()
  const place = at.unix === undefined ? { hostname: at.hostname, port: at.port } : { unix: at.unix }
  const listener = Bun.listen({
    ...place,
    reusePort: at.shared,
    // A client that has sent all it wants may still read.
    allowHalfOpen: true,
    tls: at.tls,
    socket: {
      binaryType: 'uint8array',
      open(socket) {
        const wire = new BunWire(app, pool, socket, secure, kernel)
        if (pool.add(wire.connection)) socket.data = wire
        else socket.close()
      },
      data(socket, bytes) {
        socket.data?.read(bytes)
      },
      drain(socket) {
        socket.data?.drained()
      },
      end(socket) {
        socket.data?.connection.ended()
      },
      close(socket) {
        socket.data?.gone()
      },
      // `close` follows.
      error() {},
    },
  })
  return {
    port: listener.port,
    stop() {
      listener.stop()
      return pool.stop()
    },
  }
}

/** What is asked of the system without Bun. */
interface Kernel {
  send: Send
  sendFile: SendFile
  ready: Ready | undefined
}

async function loadKernel(): Promise<Kernel | undefined> {
  const native = await loadNative()
  return native && { send: sendBy(native), sendFile: sendFileBy(native), ready: Ready.with(native) }
}

/** Bytes a connection sent this often: it is busy enough to be asked whether there are more. */
const OFTEN = 8

class BunWire implements Wire, Reader {
  readonly connection: Connection
  readonly keeps = false
  readonly secure: boolean
  readonly #socket: Socket
  readonly #kernel: Kernel | undefined
  /** While the socket is open. */
  readonly #descriptor: number
  #reads = 0
  #isPaused = false
  /** What the socket did not take yet. */
  #queue: Piece[] = []
  #queued = 0
  #isEnding = false
  #hasFailed = false
  #env: Bindings | undefined

  constructor(app: App, pool: Pool, socket: Socket, secure: boolean, kernel: Kernel | undefined) {
    this.#socket = socket
    this.#descriptor = socket.fd
    this.#kernel = kernel
    this.secure = secure
    this.connection = new Connection(app, pool, this)
  }

  /** Bun has read something. */
  read(bytes: Uint8Array): void {
    this.connection.receive(bytes)
    const ready = this.#kernel?.ready
    if (ready === undefined) return
    // By now it may be closed, and the descriptor somebody else's.
    if (++this.#reads === OFTEN && this.#socket.fd >= 0) ready.add(this, this.#descriptor)
    ready.look()
  }

  get descriptor(): number {
    return this.#isPaused ? -1 : this.#socket.fd
  }

  take(bytes: Uint8Array): void {
    this.connection.receive(bytes)
  }

  write(bytes: Uint8Array, lasting: boolean, from?: Steady): boolean {
    let sent = 0
    if (this.#queued === 0) {
      if (from !== undefined && this.#kernel !== undefined) {
        sent = this.#kernel.send(this.#socket, from, bytes.length)
        if (sent === bytes.length) return true
      }
      const more = sendBytes(
        this.#socket,
        sent === 0 ? bytes : bytes.subarray(sent),
        this.#kernel?.sendFile,
      )
      if (more < 0) {
        this.#fail()
        return false
      }
      sent += more
      if (sent === bytes.length) return true
    }
    this.#wait(
      new Bytes(lasting ? bytes.subarray(sent) : copy(bytes, sent), this.#kernel?.sendFile),
    )
    return false
  }

  /**
   * The socket is closed. `close` may not come while it is paused, and until the connection is gone
   * nobody may go on: what needs no event to make the next bytes would keep any from coming.
   */
  #fail(): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    setImmediate(() => {
      this.#socket.terminate()
      this.gone()
    })
  }

  writeFile(part: FilePart): boolean {
    this.#wait(new FilePiece(part, this.#kernel?.sendFile))
    return this.#queue.length === 1 && this.#sendWaiting()
  }

  #wait(piece: Piece): void {
    this.#queue.push(piece)
    this.#queued += piece.left
  }

  /** Sends what waits; whether nothing is left. */
  #sendWaiting(): boolean {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const sent = first.send(this.#socket)
      if (sent < 0) {
        this.#fail()
        return false
      }
      this.#queued -= sent
      if (first.left > 0) {
        if (sent === first.most) setImmediate(() => this.drained())
        return false
      }
      first.close?.()
      this.#queue.shift()
    }
    return true
  }

  /** Bun says so after each write that was complete too. */
  drained(): void {
    if (this.#queued === 0) return
    try {
      if (!this.#sendWaiting()) return
    } catch (error) {
      console.error('precast: a connection failed:', error)
      this.connection.destroy()
      return
    }
    if (this.#isEnding) this.#socket.shutdown()
    this.connection.drained()
  }

  gone(): void {
    this.#kernel?.ready?.remove(this, this.#descriptor)
    this.#release()
    this.connection.gone()
  }

  /** What waits will never be sent. */
  #release(): void {
    for (const piece of this.#queue) piece.close?.()
    this.#queue = []
    this.#queued = 0
  }

  end(): void {
    this.#isEnding = true
    if (this.#queued === 0) this.#socket.shutdown()
  }

  close(): void {
    this.#socket.close()
  }

  destroy(): void {
    this.#socket.terminate()
    this.#release()
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#socket.resume()
  }

  pending(): number {
    return this.#queued
  }

  get env(): Bindings {
    return (this.#env ??= new Bindings(this.#socket))
  }
}

/** What handlers get as `env`: what Hono's `getConnInfo` for Bun asks its server for. */
class Bindings {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
  }

  requestIP(): { address: string; port: number; family: string } | null {
    const { remoteAddress: address, remotePort: port, remoteFamily: family } = this.#socket
    return address ? { address, port, family } : null
  }
}
