// uWebSockets.js on Node.js: prebuilt answers go out with their header block in one call, the rest
// is turned into Fetch requests and back. Where the library cannot be loaded, `node` serves.

import { STATUS_CODES } from 'node:http'
import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { App, HeaderSource, Reply } from '../app.ts'
import { type Address, type Entry, type Server, serve } from '../serve.ts'
import { isAuthority } from './authority.ts'
import { readFields, type Sink, sendBody } from './body.ts'
import { type Body, createBody, createRequest } from './request.ts'

// The part of the library that is used here; it is not there when Precast is built.
type Bytes = string | Uint8Array
interface HttpResponse {
  pause(): void
  resume(): void
  writeStatus(status: Bytes): HttpResponse
  writeHeader(name: Bytes, value: Bytes): HttpResponse
  write(chunk: Bytes): boolean
  end(body?: Bytes, close?: boolean): HttpResponse
  endWithoutBody(length?: number, close?: boolean): HttpResponse
  tryEnd(chunk: Bytes, total: number): [ok: boolean, done: boolean]
  close(): HttpResponse
  getWriteOffset(): number
  onWritable(handler: (offset: number) => boolean): HttpResponse
  onAborted(handler: () => void): HttpResponse
  onData(handler: (chunk: ArrayBuffer, last: boolean) => void): HttpResponse
  getRemoteAddressAsText(): ArrayBuffer
  cork(callback: () => void): HttpResponse
}
interface HttpRequest {
  getHeader(name: string): string
  getCaseSensitiveMethod(): string
  getUrl(): string
  getQuery(): string | undefined
  forEach(callback: (name: string, value: string) => void): void
}
type Handler = (res: HttpResponse, req: HttpRequest) => void
type ListenSocket = object
interface TemplatedApp {
  get(pattern: string, handler: Handler): TemplatedApp
  any(pattern: string, handler: Handler): TemplatedApp
  listen(
    host: string,
    port: number,
    options: number,
    callback: (socket: ListenSocket | false) => void,
  ): TemplatedApp
  close(): TemplatedApp
}
interface Library {
  App(): TemplatedApp
  us_listen_socket_close(socket: ListenSocket): void
  us_socket_local_port(socket: ListenSocket): number
  LIBUS_LISTEN_EXCLUSIVE_PORT: number
  _cfg(key: string): void
}

/** Serves `dist/` with uWebSockets.js, or with Node's HTTP server where that cannot be loaded. */
export async function start(entry: Entry): Promise<void> {
  const library = loadLibrary(entry.dir)
  if (typeof library !== 'string')
    return serve(entry, { listen: (app, at) => listen(library, app, at) })
  // Who asked for nothing in particular gets what runs here without a word.
  const { PRECAST_ANY_HOST, PRECAST_WORKER } = process.env
  if (PRECAST_ANY_HOST === undefined && PRECAST_WORKER === undefined) {
    console.error(`precast: host 'uws' cannot run: ${library}; using 'node' instead`)
  }
  await import(new URL('node.js', entry.dir).href)
}

/** The library, or in one line why it cannot be had. */
export function loadLibrary(dir: URL): Library | string {
  const path = process.env.PRECAST_UWS
  try {
    return createRequire(fileURLToPath(new URL('uws.js', dir)))(path || 'uWebSockets.js') as Library
  } catch (error) {
    return reason(error as Error & { code?: string }, path)
  }
}

function reason(error: Error & { code?: string }, path: string | undefined): string {
  const { message } = error
  if ('Bun' in globalThis || 'Deno' in globalThis) return 'uWebSockets.js loads on Node.js only'
  const glibc = /version `GLIBC_([\d.]+)' not found/.exec(message)
  if (glibc) return `uWebSockets.js needs glibc ${glibc[1]} or later`
  // The library wraps what it meets in advice; the binary it looked for is named in it.
  const binary = /uws_\w+\.node/.exec(message)
  if (binary && /Cannot find module/.test(message)) {
    const { version, arch, platform } = process
    return `uWebSockets.js has no ${binary[0]} for Node.js ${version} on ${platform} ${arch}`
  }
  if (error.code === 'MODULE_NOT_FOUND')
    return path ? `there is no ${path}` : 'uWebSockets.js is not installed'
  return message.split('\n').filter(Boolean).at(-1)!.slice(0, 200)
}

/** Requests that wait for a handler or for their client. */
let open = 0

export function listen(library: Library, app: App, at: Address): Promise<Server> {
  // Leaves out the field by which the library names itself: all hosts send the same head.
  library._cfg('999999990007')
  const server = library.App()
  // `get` has a router of its own: one call less to ask for the method. No target escapes `/*`, the
  // parser refuses those without a slash.
  server.get('/*', (res, req) => answer(app, res, req, 'GET'))
  server.any('/*', (res, req) => answer(app, res, req, req.getCaseSensitiveMethod()))
  return new Promise((resolve, reject) => {
    const exclusive = at.shared ? 0 : library.LIBUS_LISTEN_EXCLUSIVE_PORT
    server.listen(at.hostname, at.port, exclusive, socket => {
      if (!socket) return reject(new Error(`cannot listen on ${at.hostname} port ${at.port}`))
      resolve({
        port: library.us_socket_local_port(socket),
        async stop() {
          library.us_listen_socket_close(socket)
          while (open > 0) await new Promise(resolve => setTimeout(resolve, 20))
          server.close()
        },
      })
    })
  })
}

class Source implements HeaderSource {
  req!: HttpRequest
  get(name: string): string | null {
    return this.req.getHeader(name) || null
  }
}
/** One for all requests: it is only read while `App.static` runs. */
const source = new Source()

function answer(app: App, res: HttpResponse, req: HttpRequest, method: string): void {
  const path = req.getUrl()
  const query = req.getQuery()
  const target = query === undefined ? path : `${path}?${query}`
  source.req = req
  // An exception that reaches the library ends the process.
  try {
    const reply = app.static(method, target, source)
    if (reply !== undefined) sendReply(res, reply)
    else run(app, res, req, method, target)
  } catch (error) {
    console.error(error)
    res.close()
  }
}

/** How an answer is handed to the library. */
interface Prepared {
  status: string
  /** Name of the first field. */
  name: string
  /** Its value, and the other fields as lines of their own: one call for them all. */
  value: string
  length: number
}

/** Bytes from which an answer is sent as its client takes it; below, the library keeps a copy. */
const LARGE = 262_144

function sendReply(res: HttpResponse, reply: Reply): void {
  const { status, name, value, length } = (reply.host ??= prepare(reply)) as Prepared
  const { body } = reply
  res.writeStatus(status).writeHeader(name, value)
  if (body === null) res.endWithoutBody(length < 0 ? undefined : length)
  else if (body.byteLength < LARGE) res.end(body)
  else sendLarge(res, body)
}

function prepare(reply: Reply): Prepared {
  const fields = reply.fields.filter(([name]) => name.toLowerCase() !== 'content-length')
  const length = reply.fields.find(([name]) => name.toLowerCase() === 'content-length')
  const [first, ...rest] = fields
  return {
    status: statusLine(reply.status),
    name: first[0],
    value: [first[1], ...rest.map(([name, value]) => `${name}: ${value}`)].join('\r\n'),
    length: length ? Number(length[1]) : -1,
  }
}

function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`
}

function sendLarge(res: HttpResponse, body: Uint8Array): void {
  const send = (offset: number) => res.tryEnd(body.subarray(offset), body.byteLength)
  open++
  res.onAborted(() => {
    open--
  })
  res.onWritable(offset => {
    const [ok, done] = send(offset)
    if (done) open--
    return ok
  })
  if (send(0)[1]) open--
}

/** What Hono's `getConnInfo` for Node.js reads, as far as the library knows it. */
class Bindings {
  incoming: { socket: { remoteAddress: string } }
  constructor(res: HttpResponse) {
    this.incoming = {
      socket: { remoteAddress: Buffer.from(res.getRemoteAddressAsText()).toString() },
    }
  }
}

/** An exchange that is not answered at once. */
interface Exchange {
  res: HttpResponse
  method: string
  /** Whether `res` may not be used any more: answered, or the client is gone. */
  over: boolean
  body: Body | undefined
  abort: AbortController | undefined
  cancel: (() => void) | undefined
  /** Goes on with what waits for the client. */
  writable: (() => void) | undefined
}

function run(app: App, res: HttpResponse, req: HttpRequest, method: string, target: string): void {
  const exchange: Exchange = {
    res,
    method,
    over: false,
    body: undefined,
    abort: undefined,
    cancel: undefined,
    writable: undefined,
  }
  // `req` is gone when this function returns.
  const headers = new Headers()
  req.forEach((name, value) => {
    headers.append(name, latin1(value))
  })
  const authority = headers.get('host') ?? ''
  let request: Request
  try {
    if (authority !== '' && !isAuthority(authority)) throw new TypeError('Host')
    // Beyond ASCII the library has decoded the bytes already, and lost those that are not UTF-8.
    if (/[^\x21-\x7e]/.test(target)) throw new TypeError('target')
    if (headers.has('transfer-encoding') || Number(headers.get('content-length')) > 0) {
      exchange.body = readBody(exchange)
    }
    const body = exchange.body?.stream ?? null
    request = createRequest({ method, target, authority, headers, body }, () => signal(exchange))
  } catch {
    plain(res, 400, 'Bad Request')
    return
  }
  open++
  res.onAborted(() => {
    close(exchange)
    exchange.abort?.abort(gone())
    exchange.cancel?.()
    exchange.writable?.()
  })
  const env = new Bindings(res)
  let response: Response | Promise<Response>
  try {
    response = app.fetch(request, env, undefined, target)
  } catch (error) {
    failed(exchange, error)
    return
  }
  if (response instanceof Response) respond(exchange, response)
  else
    response.then(response => respond(exchange, response)).catch(error => failed(exchange, error))
}

/** Lets the rest of a body that nobody read run through; has to come before the answer's end. */
function release(exchange: Exchange): void {
  if (exchange.body?.paused) exchange.res.resume()
}

function close(exchange: Exchange): void {
  if (exchange.over) return
  exchange.over = true
  open--
  exchange.body?.fail(new Error('the request is over'))
}

function failed(exchange: Exchange, error: unknown): void {
  console.error(error)
  if (exchange.over) return
  const { res } = exchange
  release(exchange)
  close(exchange)
  res.cork(() => plain(res, 500, 'Internal Server Error'))
}

function signal(exchange: Exchange): AbortSignal {
  exchange.abort ??= new AbortController()
  return exchange.abort.signal
}

function gone(): DOMException {
  return new DOMException('The client closed the connection.', 'AbortError')
}

/** The library decodes field values as UTF-8; Fetch has them as bytes, a character each. */
function latin1(value: string): string {
  return /[^\x00-\x7f]/.test(value) ? Buffer.from(value).toString('latin1') : value
}

function readBody(exchange: Exchange): Body {
  const { res } = exchange
  const body = createBody({
    pause: () => exchange.over || res.pause(),
    resume: () => exchange.over || res.resume(),
  })
  res.onData((chunk, last) => {
    // The library takes the memory back when this returns.
    body.push(new Uint8Array(chunk.slice(0)))
    if (last) body.end()
  })
  return body
}

function respond(exchange: Exchange, response: Response): void {
  const { res, method } = exchange
  const { status, body } = response
  if (exchange.over) return void body?.cancel().catch(() => {})
  const { flat, length } = readFields(response.headers)
  const head = () => {
    res.writeStatus(statusLine(status))
    for (let i = 0; i < flat.length; i += 2)
      res.writeHeader(flat[i], Buffer.from(flat[i + 1], 'latin1'))
  }
  const bodiless = method === 'HEAD' || status === 204 || status === 304
  if (bodiless || body === null) {
    body?.cancel().catch(() => {})
    release(exchange)
    res.cork(() => {
      head()
      res.endWithoutBody(bodiless ? (method === 'HEAD' ? length : undefined) : 0)
    })
    close(exchange)
    return
  }
  const sink = createSink(exchange, head)
  sendBody(body, length, sink, cancel => {
    exchange.cancel = cancel
  }).catch(error => failed(exchange, error))
}

function createSink(exchange: Exchange, head: () => void): Sink {
  const { res } = exchange
  let total: number | undefined
  let done = false
  let left: { chunk: Uint8Array; from: number } | undefined
  const wait = () =>
    new Promise<void>(resolve => {
      exchange.writable = resolve
    })
  res.onWritable(offset => {
    if (left) {
      const [ok, ended] = res.tryEnd(left.chunk.subarray(offset - left.from), total!)
      done = ended
      if (!ok && !ended) return false
      left = undefined
    }
    exchange.writable?.()
    return true
  })
  return {
    get closed() {
      return exchange.over
    },
    whole(bytes) {
      release(exchange)
      res.cork(() => {
        head()
        if (bytes!.byteLength < LARGE) res.end(bytes!)
        else sendLarge(res, bytes!)
      })
      close(exchange)
    },
    open(length) {
      total = length
      res.cork(head)
    },
    write(chunk) {
      let ok = true
      res.cork(() => {
        if (total === undefined) ok = res.write(chunk)
        else {
          const from = res.getWriteOffset()
          ;[ok, done] = res.tryEnd(chunk, total)
          if (!ok) left = { chunk, from }
        }
      })
      return ok ? undefined : wait()
    },
    end() {
      if (total === undefined) {
        release(exchange)
        res.cork(() => res.end())
      }
      close(exchange)
    },
    destroy() {
      close(exchange)
      // After the last byte that was promised the library has ended the answer itself.
      if (!done) res.close()
    },
  }
}

function plain(res: HttpResponse, status: number, text: string): void {
  res
    .writeStatus(statusLine(status))
    .writeHeader('content-type', 'text/plain; charset=utf-8')
    .end(text, true)
}
