// Bun's own server: Fetch in and out. Prebuilt answers are looked up before anything of the request
// but its URL is touched.

import type { App, Reply } from '../app.ts'
import { type Address, type Entry, type Server, serve } from '../serve.ts'
import { isAuthority } from './authority.ts'
import type { Upgrader } from './bun-serve-websocket.ts'

type WebSocketHost = typeof import('./bun-serve-websocket.ts')

/** The part of Bun that is used here; its types would replace those of the platform everywhere. */
interface BunServer extends Upgrader {
  port: number
  pendingRequests: number
  stop(force?: boolean): Promise<void>
}
/** Undefined where the connection was switched. */
type Answer = Response | undefined

declare const Bun: {
  serve(options: {
    port: number
    hostname: string
    reusePort: boolean
    development: boolean
    idleTimeout: number
    maxRequestBodySize: number
    fetch(request: Request, server: BunServer): Answer | Promise<Answer>
    error(error: unknown): Response
    websocket?: WebSocketHost['websocket']
  }): BunServer
}

/** Serves `dist/` with `Bun.serve`. */
export function start(entry: Entry): Promise<void> {
  return serve(entry, { listen })
}

export async function listen(app: App, at: Address): Promise<Server> {
  const websocket = at.websockets ? await import('./bun-serve-websocket.ts') : undefined
  const server = Bun.serve({
    ...(websocket && { websocket: websocket.websocket }),
    port: at.port,
    hostname: at.hostname,
    reusePort: at.shared,
    development: false,
    // Seconds, and the most there is: it also cuts off answers that are silent for as long.
    idleTimeout: 255,
    // A handler may stream what it likes; the default of 128 MB would cut it off.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    fetch(request, self) {
      const response = answer(app, request, self, websocket)
      if (request.method !== 'HEAD') return response
      return response instanceof Promise ? response.then(withDate) : withDate(response)
    },
    error(error) {
      console.error(error)
      return new Response('Internal Server Error', { status: 500 })
    },
  })
  return { port: server.port, stop: () => stop(server, websocket) }
}

/** `stop` alone would wait for connections that are idle. */
async function stop(server: BunServer, websocket?: WebSocketHost): Promise<void> {
  server.stop()
  await websocket?.retire()
  while (server.pendingRequests > 0) await new Promise(resolve => setTimeout(resolve, 20))
  server.stop(true)
}

function answer(
  app: App,
  request: Request,
  server: BunServer,
  websocket?: WebSocketHost,
): Answer | Promise<Answer> {
  const { url, method } = request
  // Bun has made a URL of Host and target already, dot segments gone; where Host is no authority
  // it gives the path alone.
  if (url.charCodeAt(0) === 0x2f) return withoutOrigin(app, request, server)
  const target = url.slice(url.indexOf('/', 8))
  const reply = app.static(method, target, request.headers)
  if (reply !== undefined) return toResponse(reply)
  const host = request.headers.get('host')
  if (host !== null && !isAuthority(host)) return badRequest()
  if (websocket !== undefined && request.headers.has('upgrade'))
    return websocket.answer(request, server, () => app.fetch(request, server, undefined, target))
  return app.fetch(request, server, undefined, target)
}

/** HTTP/1.0 needs no Host, and an empty one is legal. */
function withoutOrigin(
  app: App,
  request: Request,
  server: BunServer,
): Response | Promise<Response> {
  if (request.headers.get('host')) return badRequest()
  const target = request.url
  return app.fetch(new Request(`http://localhost${target}`, request), server, undefined, target)
}

/** Bun leaves Date out of answers to HEAD, which RFC 9110 section 6.6.1 does not. */
function withDate(response: Answer): Answer {
  if (response === undefined) return undefined
  const headers = new Headers(response.headers)
  headers.set('date', new Date().toUTCString())
  return new Response(response.body, { status: response.status, headers })
}

function badRequest(): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }
  return new Response('Bad Request', { status: 400, headers })
}

function toResponse(reply: Reply): Response {
  const init = (reply.host ??= {
    status: reply.status,
    headers: new Headers(reply.fields),
  }) as ResponseInit
  return new Response(reply.body as Uint8Array<ArrayBuffer> | null, init)
}
