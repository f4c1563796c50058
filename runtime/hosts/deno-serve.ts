// Deno's own server: Fetch in and out. A response field with a control character would end the
// whole process here (Deno panics on it); the build and the app refuse those.

import type { App, Reply } from '../app.ts'
import { type Address, type Entry, type Server, serve } from '../serve.ts'
import { isAuthority } from './authority.ts'

type WebSocketHost = typeof import('./web-websocket.ts')

/** The part of Deno that is used here; its types would replace those of the platform everywhere. */
interface DenoServer {
  addr: { port: number }
  shutdown(): Promise<void>
}
declare const Deno: {
  serve(
    options: {
      port: number
      hostname: string
      reusePort: boolean
      onListen(): void
      onError(error: unknown): Response
    },
    handler: (request: Request, info: unknown) => Response | Promise<Response>,
  ): DenoServer
}

/** Serves `dist/` with `Deno.serve`. */
export function start(entry: Entry): Promise<void> {
  return serve(entry, { listen })
}

export async function listen(app: App, at: Address): Promise<Server> {
  const websocket = at.websockets ? await import('./web-websocket.ts') : undefined
  const server = Deno.serve(
    {
      port: at.port,
      hostname: at.hostname,
      reusePort: at.shared,
      onListen() {},
      onError(error) {
        console.error(error)
        return new Response('Internal Server Error', { status: 500 })
      },
    },
    (request, info) => answer(app, request, info, websocket),
  )
  return {
    port: server.addr.port,
    async stop() {
      const stopped = server.shutdown()
      await websocket?.retire()
      await stopped
    },
  }
}

function answer(
  app: App,
  request: Request,
  info: unknown,
  websocket?: WebSocketHost,
): Response | Promise<Response> {
  const { url, headers } = request
  let target = readTarget(url, headers.get('host'))
  if (target === null) return badRequest()
  if (target === '/*' && request.method === 'OPTIONS') target = '*'
  const reply = app.static(request.method, target, headers)
  if (reply !== undefined) return toResponse(reply)
  const seen = UNREAD.test(target) ? new Request(new URL(url), request) : request
  if (websocket !== undefined && headers.has('upgrade')) {
    const run = () => app.fetch(seen, info, undefined, target)
    return websocket.answer(seen, run, request).then(sound)
  }
  const response = app.fetch(seen, info, undefined, target)
  return response instanceof Response ? sound(response) : response.then(sound)
}

/** What the URL standard reads otherwise than it is written; Deno's URL has it as it came. */
const UNREAD = /[^\w!$%&'()*+,./:;=?@~-]|\/\.|%2e/i

/** Deno ends the whole process over a Response whose body was read or is locked (2.9.5). */
function sound(response: Response): Response {
  if (!response.bodyUsed && !isLocked(response)) return response
  console.error('precast: the body of a response was read, or is locked, before it was sent')
  return new Response('Internal Server Error', { status: 500 })
}

type Inner = { body?: { streamOrStatic?: unknown } | null } | undefined

/** Where Deno keeps what a Response was made of, if it still does. */
const INNER = Object.getOwnPropertySymbols(new Response(new ReadableStream())).find(symbol => {
  const response = new Response(new ReadableStream()) as unknown as Record<symbol, Inner>
  return (
    symbol.description === 'response' &&
    response[symbol]?.body?.streamOrStatic instanceof ReadableStream
  )
})

/** Only a stream can be. To ask for `body` would make one of a string, and sending it slow. */
function isLocked(response: Response): boolean {
  if (INNER === undefined) return response.body?.locked === true
  const body = (response as unknown as Record<symbol, Inner>)[INNER]?.body?.streamOrStatic
  return body instanceof ReadableStream && body.locked
}

/**
 * Deno's URL is `http://`, the value of Host and the target, put together unchecked; a target in
 * absolute form stands alone. So the target starts behind Host, once that is known to be sound.
 */
function readTarget(url: string, host: string | null): string | null {
  let start: number
  if (host) {
    if (!isAuthority(host)) return null
    start = 7 + host.length
    if (!url.startsWith(host, 7) || url.charCodeAt(start) !== 0x2f) start = url.indexOf('/', 8)
  } else start = url.indexOf('/', 8)
  return url.slice(start)
}

function badRequest(): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  return new Response('Bad Request', { status: 400, headers })
}

/** A clone of a Response that was made once costs 4 of 19 us less than a new one (Deno 2.9). */
function toResponse(reply: Reply): Response {
  reply.host ??= new Response(reply.body as Uint8Array<ArrayBuffer> | null, {
    status: reply.status,
    headers: reply.fields,
  })
  return (reply.host as Response).clone()
}
