// WebSocket on uWebSockets.js: the handler's agreement, once its answer is through all middleware,
// becomes the library's `upgrade`, and what the library then tells of a socket the handler's events.

import { connect } from 'node:net'
import { type Agreed, isNamed, type Take } from '../websocket/handshake.ts'
import { ABNORMAL, fits, hear, type Hears, LARGEST, lost, type Socket } from '../websocket/hear.ts'
import type { Exchange } from './uws-exchange.ts'
import type { Library, WebSocket, WebSocketBehavior } from './uws-library.ts'

export { retire } from '../websocket/hear.ts'

interface Data {
  agreed: Agreed
  socket?: UwsSocket
  hears?: Hears
}

/** Runs a step in a callback of the library's that is about another connection. */
export type Aside = (step: () => void) => void

/**
 * A response that is upgraded in a cork of its own counts as a response still when the cork ends, up to
 * uWebSockets 20.79: what then lies in its memory says whether the connection is closed (its #1929).
 * Outside of callbacks the library warns of every write. So it is done while another connection has
 * the cork: one to this process, on a port of the loopback that knows nothing else.
 */
export function createAside(library: Library): Aside {
  const steps: (() => void)[] = []
  let port = 0
  const run = () => {
    for (const step of steps.splice(0)) step()
  }
  const door = library.App().any('/*', res => {
    run()
    res.close()
  })
  door.listen('127.0.0.1', 0, library.LIBUS_LISTEN_EXCLUSIVE_PORT, socket => {
    if (socket) port = library.us_socket_local_port(socket)
  })
  return step => {
    steps.push(step)
    const knock = connect(port, '127.0.0.1')
    // Mostly a reset by the close above; where there is no way in, what goes wrong may be nothing.
    knock.on('error', run)
    knock.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  }
}

/** Lets handlers hand the connection of `exchange`, which is of `context`, to the library. */
export function offerUpgrade(exchange: Exchange, context: object, aside: Aside): Take {
  const { fields } = exchange
  return agreed => {
    if (!isNamed(fields.get('connection'))) return null
    const key = fields.get('sec-websocket-key')!
    const data: Data = { agreed }
    exchange.to = { aside, upgrade: res => res.upgrade(data, key, agreed.protocol, '', context) }
    return {}
  }
}

const decoder = new TextDecoder()

/** What the library takes beside `upgrade`. */
export const behavior: Omit<WebSocketBehavior<Data>, 'upgrade'> = {
  // One for all routes: `fits` has the route's own.
  maxPayloadLength: LARGEST,
  // None, since what is above is dropped without a word; `hear` looks at what waits.
  maxBackpressure: 0,
  /** Seconds; the library pings before they are over. */
  idleTimeout: 64,
  sendPingsAutomatically: true,
  open(ws) {
    const data = ws.getUserData()
    data.socket = new UwsSocket(ws)
    data.hears = hear(data.socket, data.agreed)
    data.hears.open()
  },
  message(ws, bytes, isBinary) {
    const { agreed, socket, hears } = ws.getUserData()
    // The library takes the memory back when this returns.
    if (fits(bytes, socket!, agreed))
      hears!.message(isBinary ? bytes.slice(0) : decoder.decode(bytes))
  },
  close(ws, code, bytes) {
    const { socket, hears } = ws.getUserData()
    const reason = decoder.decode(bytes)
    socket!.readyState = CLOSED
    if (code === ABNORMAL) lost(hears!, reason)
    else hears!.close(code, reason)
  },
}

const CLOSING = 2
const CLOSED = 3

/** The library lets nothing be called on a socket that is closed. */
class UwsSocket implements Socket {
  readyState = 1
  readonly #ws: WebSocket<Data>

  constructor(ws: WebSocket<Data>) {
    this.#ws = ws
  }

  get bufferedAmount(): number {
    return this.readyState === CLOSED ? 0 : this.#ws.getBufferedAmount()
  }

  send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void {
    if (this.readyState === 1) this.#ws.send(data, typeof data !== 'string')
  }

  close(code?: number, reason?: string): void {
    if (this.readyState !== 1) return
    this.readyState = CLOSING
    this.#ws.end(code, reason)
  }

  ping(): void {
    if (this.readyState === 1) this.#ws.ping()
  }

  terminate(): void {
    if (this.readyState !== CLOSED) this.#ws.close()
  }
}
