// WebSocket on `Bun.serve`: the handler's agreement, once its answer is through all middleware, becomes
// `server.upgrade`, and what Bun then tells of a socket the handler's events.

import { type Agreed, isAgreement, isNamed, offer } from '../websocket/handshake.ts'
import { ABNORMAL, fits, hear, type Hears, LARGEST, lost, type Socket } from '../websocket/hear.ts'
import { readFields } from './body.ts'

export { retire } from '../websocket/hear.ts'

/** The part of Bun that is used here. */
interface BunSocket {
  readonly data: Data
  binaryType: string
  readonly readyState: number
  send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): number
  close(code?: number, reason?: string): void
  ping(): number
  terminate(): void
  getBufferedAmount(): number
}
export interface Upgrader {
  upgrade(request: Request, options: { data: Data; headers: Headers }): boolean
}
interface Data {
  agreed: Agreed
  socket?: Socket
  hears?: Hears
}

/**
 * Has `app` answer `request`, and switches the connection where it agrees.
 * @returns undefined where it did
 */
export async function answer(
  request: Request,
  server: Upgrader,
  app: () => Response | Promise<Response>,
): Promise<Response | undefined> {
  let agreed: Agreed | undefined
  offer(request, given => {
    if (!isNamed(request.headers.get('connection'))) return null
    agreed = given
    return {}
  })
  const response = await app()
  if (agreed === undefined || !isAgreement(response)) return response
  const { flat } = readFields(response)
  const headers = new Headers()
  for (let i = 0; i < flat.length; i += 2) headers.append(flat[i]!, flat[i + 1]!)
  if (server.upgrade(request, { data: { agreed }, headers })) return undefined
  // The client is gone, or said more before it had an answer, which RFC 6455 section 4.1 forbids.
  return new Response('Bad Request', { status: 400, headers: { connection: 'close' } })
}

/** What `Bun.serve` takes as `websocket`. */
export const websocket = {
  // One for all routes: `fits` has the route's own.
  maxPayloadLength: LARGEST,
  // None, since what is above is dropped without a word; `hear` looks at what waits.
  backpressureLimit: 2 ** 31 - 1,
  /** Seconds; Bun pings before they are over. */
  idleTimeout: 64,
  sendPings: true,
  perMessageDeflate: false,
  open(ws: BunSocket): void {
    const { data } = ws
    ws.binaryType = 'arraybuffer'
    data.socket = {
      get readyState() {
        return ws.readyState
      },
      get bufferedAmount() {
        return ws.getBufferedAmount()
      },
      send: given => void ws.send(given),
      close: (code, reason) => ws.close(code, reason),
      ping: () => void ws.ping(),
      terminate: () => ws.terminate(),
    }
    data.hears = hear(data.socket, data.agreed)
    data.hears.open()
  },
  message({ data }: BunSocket, message: string | ArrayBuffer): void {
    if (fits(message, data.socket!, data.agreed)) data.hears!.message(message)
  },
  close({ data }: BunSocket, code: number, reason: string): void {
    if (code === ABNORMAL) lost(data.hears!, reason)
    else data.hears!.close(code, reason)
  },
}
