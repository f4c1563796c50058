// Node's own HTTP server: prebuilt answers go out with one `writeHead`, the rest is a Fetch request to
// handlers, and its answer turned back.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { App, HeaderSource, Reply } from '../app.ts'
import { reasonPhrase } from '../head.ts'
import { isTarget } from '../http1/head.ts'
import type { Body } from '../light/body.ts'
import { Fields } from '../light/fields.ts'
import { install } from '../light/globals.ts'
import { gone, LightRequest, type Origin } from '../light/request.ts'
import { type Address, type Entry, type Server, serve } from '../serve.ts'
import type { Take } from '../websocket/handshake.ts'
import { isAuthority } from './authority.ts'
import {
  type Fields as Head,
  readFields,
  release,
  respondFrom,
  type Sink,
  sendAnswer,
} from './body.ts'
import { fork } from './cluster.ts'
import { Tap } from './tap.ts'

/** Serves `dist/` with Node's HTTP server. */
export function start(entry: Entry): Promise<void> {
  // Before any module of the user loads.
  install()
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
  const isSound = (!host || isAuthority(host)) && isTarget(method, target) && !target.includes('#')
  if (!isSound || req.httpVersionMajor !== 1) {
    plain(res, 400, 'Bad Request')
    return
  }
  source.fields = req.headers
  const reply = app.static(method, target, source)
  if (reply !== undefined) sendReply(res, reply)
  else run(app, req, res, websocket)
}

function sendReply(res: ServerResponse, reply: Reply): void {
  const fields = (reply.host ??= reply.fields.flat()) as string[]
  res.writeHead(reply.status, fields)
  if (reply.body === null) res.end()
  else res.end(reply.body)
}

function run(app: App, req: IncomingMessage, res: ServerResponse, websocket?: WebSocketHost): void {
  const exchange = new Exchange(req, res, websocket)
  const request = new LightRequest(exchange) as unknown as Request
  const env: Bindings = { incoming: req, outgoing: res }
  respondFrom(exchange, () => app.fetch(request, env, undefined, req.url))
}

class Exchange implements Origin, Sink {
  readonly method: string
  readonly target: string
  readonly fields: Fields
  readonly body: Body | null
  readonly secure = false
  readonly take: Take | undefined
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #websocket: WebSocketHost | undefined
  #abort: AbortController | undefined
  cancel: (() => void) | undefined
  #status = 200
  #head: Head | undefined

  constructor(req: IncomingMessage, res: ServerResponse, websocket: WebSocketHost | undefined) {
    this.#req = req
    this.#res = res
    this.#websocket = websocket
    this.method = req.method!
    this.target = req.url!
    this.fields = new Fields(linesOf(req.rawHeaders))
    this.body = hasBody(req) ? this.#readBody() : null
    if (req.headers.upgrade !== undefined) this.take = websocket?.offerUpgrade(req)
    res.on('close', () => {
      if (res.writableFinished) return
      this.#abort?.abort(gone())
      this.cancel?.()
    })
  }

  signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController()
      if (this.#res.destroyed && !this.#res.writableFinished) this.#abort.abort(gone())
    }
    return this.#abort.signal
  }

  #readBody(): Body {
    const [req, res] = [this.#req, this.#res]
    const { body } = new Tap(on => (on ? req.pause() : req.resume()))
    req.on('data', (chunk: Buffer) => body.push(chunk))
    req.on('end', () => body.end())
    // It ends before it should.
    req.on('error', () => body.fail(gone()))
    res.on('close', () => {
      if (res.writableFinished) body.drop()
      else body.fail(gone())
      // What the handler left unread must pass before the next request on the connection.
      req.resume()
    })
    return body
  }

  respond(response: Response): void {
    const [req, res] = [this.#req, this.#res]
    if (this.take && this.#websocket!.switched(req, res, response)) return
    if (res.destroyed) {
      release(response)
      return
    }
    if (response.bodyUsed) throw new TypeError('the body of a response was read before it was sent')
    this.#status = response.status
    this.#head = readFields(response)
    sendAnswer(response, this.#head.length, this.method, this)
  }

  #begin(length: number | undefined): void {
    const res = this.#res
    const { flat, close } = this.#head!
    if (length !== undefined) flat.push('content-length', String(length))
    if (close) res.shouldKeepAlive = false
    // Node leaves a field that is there as it is.
    if (this.#status === 426 && !res.shouldKeepAlive) {
      const at = flat.findIndex((text, i) => i % 2 === 0 && text === 'connection')
      if (at >= 0) flat[at + 1] += ', close'
    }
    res.writeHead(this.#status, reasonPhrase(this.#status), flat)
  }

  // ------------------------------------------------------------------ Sink

  get closed(): boolean {
    return this.#res.destroyed
  }

  none(length: number | undefined): void {
    this.#begin(length)
    this.#res.end()
  }

  whole(body: string | Uint8Array): void {
    // Text would go out in one piece with the head, and that as UTF-8 too.
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    this.#begin(bytes.length)
    this.#res.end(bytes)
  }

  open(length: number | undefined): void {
    this.#begin(length)
    this.#res.flushHeaders()
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    return this.#res.write(chunk) ? undefined : drained(this.#res)
  }

  end(): void {
    this.#res.end()
  }

  destroy(): void {
    this.#res.destroy()
  }

  fail(error: unknown): void {
    console.error(error)
    if (this.#res.headersSent) this.#res.destroy()
    else plain(this.#res, 500, 'Internal Server Error')
  }
}

function linesOf(raw: string[]): string[] {
  return raw.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text))
}

function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length']) > 0
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
  res.writeHead(status, reasonPhrase(status), [
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

/** Where the parser gave up before: it says so again for each piece that comes. */
const refused = new WeakSet<Socket>()

type Refused = Socket & { _httpMessage?: ServerResponse | null }

function refuse(error: Error & { code?: string }, socket: Refused): void {
  if (refused.has(socket)) return
  refused.add(socket)
  answerRefused(error, socket)
}

/** Answers what the parser refuses, after the answers that are still owed on that connection. */
function answerRefused(error: Error & { code?: string }, socket: Refused): void {
  const owed = socket._httpMessage
  if (owed?.req.complete && !socket.destroyed) {
    owed.once('close', () => answerRefused(error, socket))
    return
  }
  if (!owed && socket.writable && error.code !== 'ECONNRESET') {
    const status = REFUSALS[error.code ?? ''] ?? '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  }
  socket.destroySoon()
}
