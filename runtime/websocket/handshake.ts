// A request for a WebSocket (RFC 6455 section 4.2.1) and what its handler wants to hear -> the answer
// that agrees or refuses. Knows no platform: how a connection is switched, a host offers on the request.

import type { WSEvents } from 'hono/ws'

export interface WebSocketOptions {
  /** Bytes of the largest message that is taken, 16 MB by default; a larger one ends with 1009. */
  maxPayload?: number
}

/** What `raw` of a socket has on every host: that of the package ws. */
export interface RawWebSocket {
  /** Bytes that wait for the client. */
  readonly bufferedAmount: number
  ping(): void
  /** Drops the connection. */
  terminate(): void
}

/** What a handler agreed to. */
export interface Agreed {
  events: WSEvents<RawWebSocket>
  options: WebSocketOptions
  url: string
  /** The subprotocol, '' for none. */
  protocol: string
}

/**
 * Keeps what was agreed for when the answer gets back to the host, behind all middleware.
 * @returns fields of the answer, null where this connection cannot be switched
 */
export type Take = (agreed: Agreed) => Promise<Fields | null> | Fields | null
type Fields = Record<string, string>

/** By this name on the request a handler finds its host, across bundles. */
export const WEBSOCKET = Symbol.for('precast.websocket')

/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/
/** RFC 6455 section 4.1: tokens between commas. */
const PROTOCOLS = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/

/**
 * Answers a request for a WebSocket.
 * @returns 426 where none is asked for, 400 where the request is malformed, 501 where the host has none
 */
export async function agree(
  request: Request,
  events: WSEvents<RawWebSocket>,
  options: WebSocketOptions = {},
): Promise<Response> {
  const { headers, url } = request
  const protocols = headers.get('sec-websocket-protocol')
  const isAsked = request.method === 'GET' && headers.get('upgrade')?.toLowerCase() === 'websocket'
  if (!isAsked || headers.get('sec-websocket-version') !== '13') return upgradeRequired()
  const hasBody = headers.has('transfer-encoding') || Number(headers.get('content-length')) > 0
  if (hasBody || !KEY.test(headers.get('sec-websocket-key') ?? '')) return plain(400, 'Bad Request')
  if (protocols !== null && !PROTOCOLS.test(protocols)) return plain(400, 'Bad Request')

  const take = (request as Request & { [WEBSOCKET]?: Take })[WEBSOCKET]
  if (take === undefined) return plain(501, SILENT)
  const protocol = (protocols ?? '').split(',')[0]!.trim()
  const fields = await take.call(request, { events, options, url, protocol })
  if (fields === null) return upgradeRequired()
  const chosen: Fields = protocol === '' ? {} : { 'sec-websocket-protocol': protocol }
  return new Response(null, { headers: { upgrade: 'websocket', ...chosen, ...fields } })
}

const SILENT =
  'This host does not speak WebSocket: bun, deno, node, uws, bun-serve, deno-serve and node-http do'

/** RFC 9110 section 15.5.22; who sends Upgrade names it in Connection (section 7.8). */
function upgradeRequired(): Response {
  const upgrade = { connection: 'upgrade', upgrade: 'websocket' }
  return plain(426, 'Upgrade Required', { ...upgrade, 'sec-websocket-version': '13' })
}

function plain(status: number, text: string, headers?: Fields): Response {
  const type = { 'content-type': 'text/plain; charset=utf-8' }
  return new Response(text, { status, headers: { ...type, ...headers } })
}

/** Whether Connection names the upgrade (RFC 9110 section 7.8); a host asks where it can be seen. */
export function isNamed(connection: string | null): boolean {
  return /(?:^|,)[ \t]*upgrade[ \t]*(?:,|$)/i.test(connection ?? '')
}

/** Has handlers find `take` on the request. */
export function offer(request: Request, take: Take): void {
  Object.defineProperty(request, WEBSOCKET, { value: take })
}

/** Whether what came back from the handler and its middleware still is what `agree` answered. */
export function isAgreement({ status, headers }: Response): boolean {
  return status === 200 && headers.get('upgrade') === 'websocket'
}
