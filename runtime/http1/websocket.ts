// A request that asks for a WebSocket (RFC 6455), and what the handler wants to hear of it -> the answer
// that agrees or refuses, and the protocol on the connection from then on. Frames are the business of
// the package ws; this file is loaded by the first such request.

import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { WSContext, type WSEvents, type WSMessageReceive } from 'hono/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { copy } from './bytes.ts'
import type { Origin } from './request.ts'
import type { Taken, Wire } from './wire.ts'

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/
/** RFC 6455 section 4.1: tokens between commas. */
const PROTOCOLS = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/

/** Going Away (RFC 6455 section 7.4.1). */
const GOING_AWAY = 1001

/** Bytes of a message above which the connection ends with 1009. */
const LARGEST = 16 << 20
/** Bytes that wait for a client which reads too slowly, above which it is let go. */
const MOST_WAITING = 16 << 20

export interface WebSocketOptions {
  /** Bytes of the largest message that is taken; 16 MB by default. */
  maxPayload?: number
}

/**
 * Answers a request for a WebSocket.
 * @returns 426 where no WebSocket is asked for, 400 where the request is malformed
 */
export function upgrade(
  origin: Origin,
  url: string,
  events: WSEvents<WebSocket>,
  options: WebSocketOptions = {},
): Response {
  const { fields, method, upgrade: wanted, length } = origin.head
  const refused = { upgrade: 'websocket', 'sec-websocket-version': '13' }
  // An HTTP/1.0 client cannot ask for it (RFC 9110 section 7.8).
  if (method !== 'GET' || wanted?.toLowerCase() !== 'websocket')
    return plain(426, 'Upgrade Required', refused)
  if (fields.get('sec-websocket-version') !== '13') return plain(426, 'Upgrade Required', refused)
  const key = fields.get('sec-websocket-key')
  const protocols = fields.get('sec-websocket-protocol')
  if (key === null || !KEY.test(key) || length !== 0) return plain(400, 'Bad Request')
  if (protocols !== null && !PROTOCOLS.test(protocols)) return plain(400, 'Bad Request')

  const protocol = protocols?.split(',')[0]?.trim() ?? ''
  origin.to = wire => speak(wire, { url, protocol, key }, events, options)
  const headers = new Headers({
    upgrade: 'websocket',
    'sec-websocket-accept': createHash('sha1')
      .update(key + GUID)
      .digest('base64'),
  })
  if (protocol !== '') headers.set('sec-websocket-protocol', protocol)
  return new Response(null, { headers })
}

function plain(status: number, text: string, headers?: Record<string, string>): Response {
  const type = { 'content-type': 'text/plain; charset=utf-8' }
  return new Response(text, { status, headers: { ...type, ...headers } })
}

interface Handshake {
  url: string
  protocol: string
  key: string
}

function speak(
  wire: Wire,
  { url, protocol, key }: Handshake,
  events: WSEvents<WebSocket>,
  options: WebSocketOptions,
): Taken {
  const stream = new WireStream(wire)
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxPayload ?? LARGEST,
  })
  const request = {
    method: 'GET',
    headers: {
      upgrade: 'websocket',
      'sec-websocket-key': key,
      'sec-websocket-version': '13',
      ...(protocol === '' ? {} : { 'sec-websocket-protocol': protocol }),
    },
  } as unknown as IncomingMessage
  let socket!: WebSocket
  // It calls back before it returns.
  server.handleUpgrade(request, stream, Buffer.alloc(0), made => {
    socket = made
  })
  listen(socket, events, url, protocol)
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

/** Has the handler hear what comes, as on Hono's own adapters. What it throws goes to `onError`. */
function listen(
  socket: WebSocket,
  events: WSEvents<WebSocket>,
  url: string,
  protocol: string,
): void {
  const context = new WSContext<WebSocket>({
    raw: socket,
    url,
    protocol,
    get readyState() {
      return socket.readyState as 0 | 1 | 2 | 3
    },
    send(source, { compress }) {
      socket.send(source, { compress })
      if (socket.bufferedAmount > MOST_WAITING) socket.terminate()
    },
    close: (code, reason) => socket.close(code, reason),
  })
  const fail = (error: unknown) => {
    if (events.onError === undefined) console.error(error)
    else
      try {
        events.onError(Object.assign(new Event('error'), { error }), context)
      } catch (another) {
        console.error(another)
      }
  }
  const call = (run: () => unknown) => {
    try {
      const result = run()
      if (result instanceof Promise) result.catch(fail)
    } catch (error) {
      fail(error)
    }
  }
  socket.binaryType = 'arraybuffer'
  socket.on('message', (data, isBinary) => {
    const received = isBinary
      ? (data as ArrayBuffer)
      : new TextDecoder().decode(data as ArrayBuffer)
    call(() =>
      events.onMessage?.(
        new MessageEvent('message', { data: received as WSMessageReceive }),
        context,
      ),
    )
  })
  socket.on('close', (code, reason) => {
    const fields = { code, reason: reason.toString(), wasClean: code !== 1006 }
    call(() => events.onClose?.(Object.assign(new Event('close'), fields) as CloseEvent, context))
  })
  // A malformed frame, or the connection's end: `close` follows.
  socket.on('error', fail)
  queueMicrotask(() => call(() => events.onOpen?.(new Event('open'), context)))
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
