// WebSocket on Node's HTTP server, which hands a connection that asks for an upgrade over and is done
// with it: such requests are answered here through the app, and what agrees goes to the package ws.

import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { type Agreed, isAgreement, type Take } from '../websocket/handshake.ts'
import { listen, serverFor } from '../websocket/package.ts'
import { readFields } from './body.ts'

export { retire } from '../websocket/hear.ts'

interface Asked {
  socket: Socket
  /** What came behind the request. */
  head: Buffer
  agreed?: Agreed
}
const asked = new WeakMap<IncomingMessage, Asked>()

type Answer = (req: IncomingMessage, res: ServerResponse) => void

/** Has `answer` see requests that ask for an upgrade. */
export function serveUpgrades(server: Server, answer: Answer): void {
  const take = (req: IncomingMessage, socket: Socket, head: Buffer): void => {
    socket.on('error', () => {})
    const owed = (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage
    if (owed) owed.once('close', () => setImmediate(take, req, socket, head))
    else if (!socket.destroyed) begin(server, req, socket, head, answer)
  }
  server.on('upgrade', (req, socket, head) => take(req, socket as Socket, head))
}

function begin(
  server: Server,
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  answer: Answer,
): void {
  if (req.method !== 'GET' || req.headers.upgrade?.toLowerCase() !== 'websocket') {
    // Any other upgrade may be ignored (RFC 9110 section 7.8), and what it may have as a body is still
    // to be read: it goes back to the server as a request that does not name it in Connection.
    socket.unshift(head)
    socket.unshift(withoutUpgrade(req))
    server.emit('connection', socket)
    return
  }
  const res = new ServerResponse(req)
  // Nothing that follows would be read.
  res.shouldKeepAlive = false
  res.assignSocket(socket)
  res.on('finish', () => socket.destroySoon())
  if (req.httpVersionMinor === 1) asked.set(req, { socket, head })
  answer(req, res)
}

function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i]!, rawHeaders[i + 1]!]
    const isConnection = name.toLowerCase() === 'connection'
    const options = isConnection
      ? value.split(',').filter(one => !/^\s*upgrade\s*$/i.test(one))
      : []
    lines.push(`${name}: ${isConnection ? options.join(',') : value}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** Lets handlers have the connection of `req`, or hear that they cannot. */
export function offerUpgrade(req: IncomingMessage): Take {
  return agreed => {
    const found = asked.get(req)
    if (found === undefined) return null
    found.agreed = agreed
    return {}
  }
}

/** Switches the connection where the handler agreed and `response` still does. */
export function switched(req: IncomingMessage, res: ServerResponse, response: Response): boolean {
  const { socket, head, agreed } = asked.get(req) ?? {}
  if (agreed === undefined || !isAgreement(response)) return false
  res.detachSocket(socket!)
  const server = serverFor(agreed)
  const { flat } = readFields(response)
  server.on('headers', lines => {
    for (let i = 0; i < flat.length; i += 2)
      // The package has chosen the same.
      if (flat[i] !== 'sec-websocket-protocol') lines.push(`${flat[i]}: ${flat[i + 1]}`)
  })
  server.handleUpgrade(req, socket!, head!, ws => {
    listen(ws, agreed)
    watch(ws)
  })
  return true
}

/** Milliseconds after which a client that says nothing is pinged, and after as many let go. */
const IDLE = 65_000

function watch(ws: WebSocket): void {
  let isSilent = false
  const speaks = () => {
    isSilent = false
  }
  ws.on('message', speaks).on('ping', speaks).on('pong', speaks)
  const timer = setInterval(() => {
    if (isSilent) ws.terminate()
    else ws.ping()
    isSilent = true
  }, IDLE).unref()
  ws.on('close', () => clearInterval(timer))
}
