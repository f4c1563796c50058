// Node's own HTTP server: prebuilt answers go out with one `writeHead`, the rest is turned into
// Fetch requests and back.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { App, HeaderSource, Reply } from '../app.ts'
import { type Address, type Entry, type Server, serve } from '../serve.ts'
import { isAuthority } from './authority.ts'
import { readFields, type Sink, sendBody } from './body.ts'
import { fork } from './cluster.ts'
import { createBody, createRequest } from './request.ts'

/** Serves `dist/` with Node's HTTP server. */
export function start(entry: Entry): Promise<void> {
  return serve(entry, { listen, fork })
}

/** What Hono's `getConnInfo` for Node.js reads. */
export interface Bindings {
  incoming: IncomingMessage
  outgoing: ServerResponse
}

type WebSocketHost = typeof import('./node-http-websocket.ts')

export async function listen(app: App, at: Address): Promise<Server> {
  const websocket = at.websockets ? await import('./node-http-websocket.ts') : undefined
  const listener = (req: IncomingMessage, res: ServerResponse) => answer(app, req, res, websocket)
  const server = createServer({ joinDuplicateHeaders: true }, listener)
  // Whoever listens for upgrades has to answer all of them.
  websocket?.serveUpgrades(server, listener)
  // The default drops fields above 2,000 without a word; the 16 KB a head may have are limit enough.
  server.maxHeadersCount = 0
  // Longer than the 60 s that proxies keep idle connections, so that theirs close first.
  server.keepAliveTimeout = 65_000
  server.on('clientError', refuse)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: at.port, host: at.hostname, backlog: 4096 }, () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' ? address!.port : at.port,
        stop: () =>
          new Promise(stopped => {
            // Connections turn idle as their answers end, and would stay.
            const sweep = setInterval(() => server.closeIdleConnections(), 50)
            server.close(() => {
              clearInterval(sweep)
              stopped()
            })
            websocket?.retire()
          }),
      })
    })
  })
}

class Source implements HeaderSource {
  fields: NodeJS.Dict<string | string[]> = {}
  get(name: string): string | null {
    const value = this.fields[name]
    return value === undefined ? null : (value as string)
  }
}
/** One for all requests: it is only read while `App.static` runs. */
const source = new Source()

function answer(
  app: App,
  req: IncomingMessage,
  res: ServerResponse,
  websocket?: WebSocketHost,
): void {
  const method = req.method!
  const target = req.url!
  const host = req.headers.host
  // That there is one in HTTP/1.1 has been seen to.
  // A request line without a version, HTTP/0.9, gets an answer from the parser's leniency.
  if ((host && !isAuthority(host)) || req.httpVersionMajor !== 1) {
    plain(res, 400, 'Bad Request')
    return
  }
  source.fields = req.headers
  const reply = app.static(method, target, source)
  if (reply !== undefined) sendReply(res, reply)
  else {
    run(app, req, res, websocket).catch(error => {
      console.error(error)
      if (res.headersSent) res.destroy()
      else plain(res, 500, 'Internal Server Error')
    })
  }
}

function sendReply(res: ServerResponse, reply: Reply): void {
  const fields = (reply.host ??= reply.fields.flat()) as string[]
  res.writeHead(reply.status, fields)
  if (reply.body === null) res.end()
  else res.end(reply.body)
}

async function run(
  app: App,
  req: IncomingMessage,
  res: ServerResponse,
  websocket?: WebSocketHost,
): Promise<void> {
  let abort: AbortController | undefined
  let cancel: (() => void) | undefined
  res.on('close', () => {
    if (res.writableFinished) return
    abort?.abort(new DOMException('The client closed the connection.', 'AbortError'))
    cancel?.()
  })
  const signal = () => {
    abort ??= new AbortController()
    if (res.destroyed && !res.writableFinished) abort.abort()
    return abort.signal
  }
  let request: Request
  try {
    const body = hasBody(req) ? readBody(req, res) : null
    request = createRequest(
      {
        method: req.method!,
        target: req.url!,
        authority: req.headers.host ?? '',
        headers: readHeaders(req.rawHeaders),
        body,
      },
      signal,
    )
  } catch {
    return plain(res, 400, 'Bad Request')
  }
  if (websocket !== undefined && req.headers.upgrade !== undefined)
    websocket.offerUpgrade(request, req)
  const response = await app.fetch(
    request,
    { incoming: req, outgoing: res } satisfies Bindings,
    undefined,
    req.url,
  )
  if (websocket?.switched(req, res, response)) return
  await respond(req, res, response, stop => {
    cancel = stop
  })
}

function readHeaders(raw: string[]): Headers {
  const headers = new Headers()
  for (let i = 0; i < raw.length; i += 2) headers.append(raw[i], raw[i + 1])
  return headers
}

function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length']) > 0
}

function readBody(req: IncomingMessage, res: ServerResponse): ReadableStream<Uint8Array> {
  const body = createBody({ pause: () => req.pause(), resume: () => req.resume() })
  req.on('data', (chunk: Buffer) => body.push(chunk))
  req.on('end', () => body.end())
  req.on('error', error => body.fail(error))
  res.on('close', () => {
    body.fail(new Error('the request is over'))
    // What the handler left unread must pass before the next request on the connection.
    req.resume()
  })
  return body.stream
}

async function respond(
  req: IncomingMessage,
  res: ServerResponse,
  response: Response,
  onReader: (cancel: () => void) => void,
): Promise<void> {
  const { status, body } = response
  if (res.destroyed) return void body?.cancel().catch(() => {})
  const { flat, length } = readFields(response)
  const bodiless = req.method === 'HEAD' || status === 204 || status === 304
  if (bodiless || body === null) {
    body?.cancel().catch(() => {})
    if (length !== undefined && req.method === 'HEAD') flat.push('content-length', String(length))
    else if (!bodiless) flat.push('content-length', '0')
    writeHead(res, status, flat)
    res.end()
    return
  }
  const sink: Sink = {
    get closed() {
      return res.destroyed
    },
    whole(bytes) {
      flat.push('content-length', String(bytes.byteLength))
      writeHead(res, status, flat)
      res.end(bytes)
    },
    open(known) {
      if (known !== undefined) flat.push('content-length', String(known))
      res.writeHead(status, flat)
      res.flushHeaders()
    },
    write(chunk) {
      return res.write(chunk) ? undefined : drained(res)
    },
    end() {
      res.end()
    },
    destroy() {
      res.destroy()
    },
  }
  await sendBody(response, length, sink, onReader)
}

function writeHead(res: ServerResponse, status: number, flat: string[]): void {
  const at = flat.indexOf('connection')
  // Node leaves a field that is there as it is.
  if (at >= 0 && !res.shouldKeepAlive) flat[at + 1] += ', close'
  res.writeHead(status, flat)
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      res.off('drain', done)
      res.off('close', done)
      resolve()
    }
    res.on('drain', done)
    res.on('close', done)
  })
}

function plain(res: ServerResponse, status: number, text: string): void {
  // What is left of the request is not worth reading, and cannot be trusted after a 400.
  res.writeHead(status, [
    'content-type',
    'text/plain; charset=utf-8',
    'content-length',
    String(text.length),
    'connection',
    'close',
  ])
  res.end(text)
}

const REFUSALS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** Answers what the parser refuses, after the answers that are still owed on that connection. */
function refuse(
  error: Error & { code?: string },
  socket: Socket & { _httpMessage?: ServerResponse | null },
): void {
  const owed = socket._httpMessage
  if (owed?.req.complete && !socket.destroyed) {
    owed.once('close', () => refuse(error, socket))
    return
  }
  if (!owed && socket.writable && error.code !== 'ECONNRESET') {
    const status = REFUSALS[error.code ?? ''] ?? '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  }
  socket.destroySoon()
}
