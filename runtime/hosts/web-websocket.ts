// WebSocket where the platform has the standard's socket on the server too: `Deno.upgradeWebSocket`,
// and `WebSocketPair` on Cloudflare. Their answers cannot be made before the handler's own is there.

import { type Agreed, isAgreement, isNamed, offer } from '../websocket/handshake.ts'
import { ABNORMAL, fits, hear, lost, type Socket } from '../websocket/hear.ts'

export { retire } from '../websocket/hear.ts'

const CLOSED = 3

/** Seconds without a byte after which Deno pings, and after as many lets go. */
const IDLE = 64

interface Deno {
  upgradeWebSocket(
    request: Request,
    options: { protocol?: string; idleTimeout: number },
  ): { socket: WebSocket; response: Response }
}
type Edge = WebSocket & { accept(): void }
interface Platform {
  Deno?: Deno
  WebSocketPair?: new () => { 0: WebSocket; 1: Edge }
}
const { Deno, WebSocketPair } = globalThis as unknown as Platform

/** Whether the platform has one at all. */
export const isThere = Deno?.upgradeWebSocket !== undefined || WebSocketPair !== undefined

/**
 * Has `app` answer `request`, and switches the connection where it agrees.
 * @param original what the platform gave, if `request` is another
 */
export async function answer(
  request: Request,
  app: () => Response | Promise<Response>,
  original = request,
): Promise<Response> {
  let agreed: Agreed | undefined
  offer(request, given => {
    const connection = request.headers.get('connection')
    // On the edge it is the business of whoever is before it.
    if (Deno !== undefined && !isNamed(connection)) return null
    agreed = given
    return {}
  })
  const response = await app()
  if (agreed === undefined || !isAgreement(response)) return response
  return Deno ? onDeno(Deno, original, response, agreed) : onEdge(response, agreed)
}

function onDeno(deno: Deno, request: Request, { headers }: Response, agreed: Agreed): Response {
  const protocol = agreed.protocol === '' ? {} : { protocol: agreed.protocol }
  const { socket, response } = deno.upgradeWebSocket(request, { ...protocol, idleTimeout: IDLE })
  headers.forEach((value, name) => {
    if (!response.headers.has(name)) response.headers.append(name, value)
  })
  speak(socket, agreed, open => socket.addEventListener('open', open))
  return response
}

function onEdge({ headers }: Response, agreed: Agreed): Response {
  const { 0: webSocket, 1: socket } = new WebSocketPair!()
  socket.accept()
  speak(socket, agreed, queueMicrotask)
  const init: ResponseInit & { webSocket: WebSocket } = { status: 101, headers, webSocket }
  return new Response(null, init)
}

function speak(web: WebSocket, agreed: Agreed, onOpen: (open: () => void) => void): void {
  let isOver = false
  let isTooMuch = false
  let error = ''
  web.binaryType = 'arraybuffer'
  const end = (tell: () => void): void => {
    if (isOver) return
    isOver = true
    tell()
  }
  const socket: Socket = {
    get readyState() {
      return isOver ? CLOSED : web.readyState
    },
    get bufferedAmount() {
      return web.bufferedAmount ?? 0
    },
    send(data) {
      if (!isOver) web.send(data)
    },
    close: (code, reason) => web.close(code, reason),
    // The standard has neither: the platform pings by itself, and drops who does not answer.
    ping() {},
    terminate() {
      web.close()
      end(() => lost(hears, ''))
    },
  }
  const hears = hear(socket, agreed)
  onOpen(() => hears.open())
  web.addEventListener('message', ({ data }) => {
    if (isOver || isTooMuch) return
    isTooMuch = !fits(data, socket, agreed)
    if (!isTooMuch) hears.message(data)
  })
  web.addEventListener('error', event => {
    error = (event as ErrorEvent).message ?? ''
  })
  web.addEventListener('close', ({ code, reason }) =>
    end(() => {
      if (code === 0 || code === ABNORMAL || error !== '') lost(hears, error)
      else hears.close(code, reason)
    }),
  )
}
