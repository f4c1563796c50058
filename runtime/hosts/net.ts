// `node:net` and `node:tls` under the HTTP/1.1 core, for every platform that has them: what a socket
// says in, calls on its connection out. Knows no platform.

import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import type { App } from '../app.ts'
import type { FilePart } from '../disk.ts'
import { copy } from '../http1/bytes.ts'
import { Connection } from '../http1/connection.ts'
import { Pool } from '../http1/pool.ts'
import type { Wire } from '../http1/wire.ts'
import type { Address, Server } from '../serve.ts'
import { OpenFile } from './open-file.ts'

/** Connections that may wait to be accepted; the system has a limit of its own, mostly this. */
const BACKLOG = 4096

/**
 * Bytes handed over at once: a socket tells of what it took only once it has all of a piece, and a
 * client that is slow with a large one would look like one that is stuck.
 */
const PIECE = 262_144

/** Memory that files are read to; used again, since the system's price of new memory is that of a copy. */
const BUFFER = 65_536
const SPARES = 64
const spare: Uint8Array[] = []

/**
 * Listens with `node:net`, or with `node:tls` where there is a certificate.
 * @param env what handlers get as `env`, for a socket
 * @param reusePort whether the platform shares ports by itself
 */
export function listenNet(
  app: App,
  at: Address,
  env: (socket: Socket) => unknown,
  reusePort: boolean,
): Promise<Server> {
  const pool = new Pool(at.limits)
  const options = { allowHalfOpen: true, noDelay: true }
  const accept = (socket: Socket) => connect(app, pool, socket, env, at.tls !== undefined)
  const server: NetServer = at.tls
    ? createSecureServer({
        ...options,
        ...at.tls,
        handshakeTimeout: pool.limits.headTimeout * 1000,
      })
        .on('secureConnection', accept)
        .on('tlsClientError', (_error, socket) => socket.destroy())
    : createServer(options, accept)
  // Those under TLS count from the handshake on; until then this does.
  if (pool.limits.connections < Number.MAX_SAFE_INTEGER)
    server.maxConnections = pool.limits.connections
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const place =
      at.unix === undefined
        ? { port: at.port, host: at.hostname, reusePort: reusePort && at.shared }
        : { path: at.unix }
    server.listen({ ...place, backlog: BACKLOG }, () => {
      server.off('error', reject)
      const address = server.address() as AddressInfo | string
      resolve({
        port: typeof address === 'string' ? 0 : address.port,
        stop() {
          server.close()
          return pool.stop()
        },
      })
    })
  })
}

function connect(
  app: App,
  pool: Pool,
  socket: Socket,
  env: (socket: Socket) => unknown,
  secure: boolean,
): void {
  const wire = new NetWire(socket, env, secure)
  const connection = new Connection(app, pool, wire)
  // `close` follows.
  socket.on('error', () => {})
  if (!pool.add(connection)) {
    socket.destroy()
    return
  }
  socket.on('data', bytes => connection.receive(bytes as unknown as Uint8Array))
  socket.on('drain', () => {
    try {
      if (wire.drained()) connection.drained()
    } catch (error) {
      console.error(error)
      connection.destroy()
    }
  })
  // No `drain` comes once the end was asked for.
  socket.on('finish', () => connection.drained())
  socket.on('end', () => connection.ended())
  socket.on('close', () => {
    wire.gone()
    connection.gone()
  })
}

class NetWire implements Wire {
  readonly keeps = true
  readonly secure: boolean
  readonly #socket: Socket
  readonly #makeEnv: (socket: Socket) => unknown
  #env: unknown
  /** What was not handed over yet. */
  #queue: (Uint8Array | OpenFile)[] = []
  #queued = 0
  #isEnding = false

  constructor(socket: Socket, env: (socket: Socket) => unknown, secure: boolean) {
    this.#socket = socket
    this.#makeEnv = env
    this.secure = secure
  }

  write(bytes: Uint8Array, lasting: boolean): boolean {
    const own = lasting ? bytes : copy(bytes)
    if (this.#queued === 0 && own.length <= PIECE) {
      const socket = this.#socket
      // More than its own mark may have gone out at once.
      return socket.write(own) || socket.writableLength === 0
    }
    this.#queue.push(own)
    this.#queued += own.length
    return this.drained()
  }

  writeFile(part: FilePart): boolean {
    const file = new OpenFile(part)
    this.#queue.push(file)
    this.#queued += file.left
    return this.drained()
  }

  /**
   * Hands over what waits; whether all is sent.
   * @throws where a file is shorter than it was
   */
  drained(): boolean {
    const socket = this.#socket
    const queue = this.#queue
    if (queue.length === 0) return !socket.writableNeedDrain
    while (queue.length > 0) {
      // Not by what is left in it: only who was told to wait hears that the wait is over.
      if (socket.writableNeedDrain) return false
      const first = queue[0]!
      if (first instanceof OpenFile) {
        this.#handOver(first)
        continue
      }
      const piece = first.length > PIECE ? first.subarray(0, PIECE) : first
      if (piece === first) queue.shift()
      else queue[0] = first.subarray(PIECE)
      this.#queued -= piece.length
      socket.write(piece)
    }
    if (this.#isEnding) socket.end()
    return !socket.writableNeedDrain
  }

  #handOver(file: OpenFile): void {
    const buffer = spare.pop() ?? new Uint8Array(BUFFER)
    const piece = file.read(buffer, 0, file.left)
    file.skip(piece.length)
    this.#queued -= piece.length
    if (file.left === 0) {
      file.close()
      this.#queue.shift()
    }
    this.#socket.write(piece, () => {
      if (spare.length < SPARES) spare.push(buffer)
    })
  }

  /** The socket is gone, and what waits with it. */
  gone(): void {
    for (const waiting of this.#queue) if (waiting instanceof OpenFile) waiting.close()
    this.#queue = []
    this.#queued = 0
  }

  end(): void {
    this.#isEnding = true
    if (this.#queued === 0) this.#socket.end()
  }

  close(): void {
    this.#socket.destroy()
  }

  destroy(): void {
    const socket = this.#socket
    // A reset, so that what ends with the connection does not look complete. Under TLS a client sees
    // that by itself, and these sockets have none.
    if (this.secure || socket.remoteAddress === undefined) socket.destroy()
    else socket.resetAndDestroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  pending(): number {
    return this.#queued + this.#socket.writableLength
  }

  get env(): unknown {
    return (this.#env ??= this.#makeEnv(this.#socket))
  }
}
