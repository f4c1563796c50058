// What a handler agreed to -> the protocol (RFC 6455) on its connection from then on. Frames are the
// business of the package ws; this file is loaded by the first request for a WebSocket.

import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Agreed } from '../websocket/handshake.ts'
import { GOING_AWAY } from '../websocket/hear.ts'
import { listen, serverFor } from '../websocket/package.ts'
import { copy } from './bytes.ts'
import type { Exchange } from './exchange.ts'
import type { Taken, Wire } from './wire.ts'

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** As `Take`; null for HTTP/1.0, and where Connection does not name the upgrade. */
export function take(exchange: Exchange, agreed: Agreed): Record<string, string> | null {
  const { fields, upgrade } = exchange.head
  if (upgrade === null) return null
  const key = fields.get('sec-websocket-key')!
  exchange.to = wire => speak(wire, key, agreed)
  const hash = createHash('sha1').update(key + GUID)
  return { 'sec-websocket-accept': hash.digest('base64') }
}

function speak(wire: Wire, key: string, agreed: Agreed): Taken {
  const stream = new WireStream(wire)
  const server = serverFor(agreed)
  const request = {
    method: 'GET',
    headers: {
      upgrade: 'websocket',
      'sec-websocket-key': key,
      'sec-websocket-version': '13',
      ...(agreed.protocol === '' ? {} : { 'sec-websocket-protocol': agreed.protocol }),
    },
  } as unknown as IncomingMessage
  let socket!: WebSocket
  // It calls back before it returns.
  server.handleUpgrade(request, stream, Buffer.alloc(0), made => {
    socket = made
  })
  listen(socket, agreed)
  let isAsked = false
  return {
    data(bytes) {
      isAsked = false
      stream.feed(bytes)
    },
    drained: () => stream.drained(),
    ended: () => stream.push(null),
    closed: () => stream.destroy(),
    idle() {
      if (isAsked) return false
      isAsked = true
      if (socket.readyState === socket.OPEN) socket.ping()
      return true
    },
    retire: () => socket.close(GOING_AWAY),
  }
}

/** The connection in the form that the package takes. */
class WireStream extends Duplex {
  readonly #wire: Wire
  /** The answer to the handshake was sent already, with the handler's own fields. */
  #isHeadSent = false
  #sent: (() => void) | undefined

  constructor(wire: Wire) {
    super({ allowHalfOpen: true })
    this.#wire = wire
  }

  feed(bytes: Uint8Array): void {
    if (!this.push(copy(bytes))) this.#wire.pause()
  }

  drained(): void {
    const sent = this.#sent
    this.#sent = undefined
    sent?.()
  }

  override _read(): void {
    this.#wire.resume()
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    if (!this.#isHeadSent) {
      this.#isHeadSent = true
      done()
    } else if (this.#wire.write(chunk, false)) done()
    else this.#sent = done
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: () => void): void {
    const parts = chunks.map(({ chunk }) => chunk)
    this._write(parts.length === 1 ? parts[0]! : Buffer.concat(parts), '', done)
  }

  override _final(done: () => void): void {
    this.#wire.end()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.writableFinished) this.#wire.close()
    else this.#wire.destroy()
    done(error)
  }
}
