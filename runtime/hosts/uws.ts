// uWebSockets.js on Node.js: prebuilt answers go out with their header block in one call, the rest
// is turned into Fetch requests and back. Where the library cannot be loaded, `node` serves.

import process from 'node:process'
import type { App, Reply } from '../app.ts'
import { install } from '../light/globals.ts'
import { type Address, type Entry, type Server, serve } from '../serve.ts'
import { isAuthority } from './authority.ts'
import { endWith, endWithoutBody, headFrom, openExchanges, plain } from './uws-answer.ts'
import { type Line, run } from './uws-exchange.ts'
import { Fields } from './uws-fields.ts'
import { type HttpRequest, type HttpResponse, type Library, loadLibrary } from './uws-library.ts'

/** Serves `dist/` with uWebSockets.js, or with Node's HTTP server where that cannot be loaded. */
export async function start(entry: Entry): Promise<void> {
  const { PRECAST_ANY_HOST, PRECAST_WORKER } = process.env
  // A mark of `precast start`'s, which neither user code nor its children are to see.
  delete process.env.PRECAST_ANY_HOST
  const library = loadLibrary(entry.dir)
  if (typeof library !== 'string') {
    // Before any module of the user loads.
    install()
    return serve(entry, { listen: (app, at) => listen(library, app, at) })
  }
  // Who asked for nothing in particular gets what runs here without a word.
  if (PRECAST_ANY_HOST === undefined && PRECAST_WORKER === undefined) {
    console.error(`precast: host 'uws' cannot run: ${library}; using 'node' instead`)
  }
  await import(new URL('node.js', entry.dir).href)
}

export async function listen(library: Library, app: App, at: Address): Promise<Server> {
  // Leaves out the field by which the library names itself: all hosts send the same head.
  library._cfg('999999990007')
  const server = library.App()
  // No target escapes `/*`, the parser refuses those without a slash. A route for GET alone would
  // save 25 ns and take `get` for it, which is another method (RFC 9110 section 9.1).
  server.any('/*', (res, req) => answer(app, res, req))
  // Before that one is asked, the library looks in each GET for a key: only where some route wants it.
  const websocket = at.websockets ? await import('./uws-websocket.ts') : undefined
  if (websocket !== undefined) {
    const { behavior, createAside, offerUpgrade } = websocket
    const aside = createAside(library)
    server.ws('/*', {
      ...behavior,
      upgrade: (res, req, context) =>
        answer(app, res, req, exchange => offerUpgrade(exchange, context, aside)),
    })
  }
  return new Promise((resolve, reject) => {
    const exclusive = at.shared ? 0 : library.LIBUS_LISTEN_EXCLUSIVE_PORT
    server.listen(at.hostname, at.port, exclusive, socket => {
      if (!socket) return reject(new Error(`cannot listen on ${at.hostname} port ${at.port}`))
      resolve({
        port: library.us_socket_local_port(socket),
        async stop() {
          library.us_listen_socket_close(socket)
          await websocket?.retire()
          while (openExchanges() > 0) await new Promise(resolve => setTimeout(resolve, 20))
          server.close()
        },
      })
    })
  })
}

/** Only looked at while the handler runs. */
const fields = new Fields()

function answer(app: App, res: HttpResponse, req: HttpRequest, offer?: Line['offer']): void {
  const method = req.getCaseSensitiveMethod()
  const path = req.getUrl()
  const query = req.getQuery()
  const target = query === undefined ? path : `${path}?${query}`
  // An exception that reaches the library ends the process.
  try {
    fields.read(req)
    const framing = framingOf(fields)
    if (framing === 'unclear') {
      // Not a 400: whatever is answered, the library reads on.
      res.close()
      return
    }
    const isChunked = framing === 'chunked'
    const ends = isLast(fields)
    if (fields.hosts > 1 || !isSound(fields.host)) {
      if (isChunked) res.close()
      else plain(res, 400, 'Bad Request', ends)
      return
    }
    // The answer to chunks must not be complete before the library has read on.
    const reply = isChunked ? undefined : app.static(method, target, fields)
    if (reply !== undefined) sendReply(res, reply, ends)
    else run(app, res, req, { method, target, ends, isChunked, offer })
  } catch (error) {
    console.error(error)
    res.close()
  }
}

/**
 * How the end of the request is found, if it is beyond doubt. The library takes the first of two
 * lengths, and a coding it does not know for none: the body would be read as the next request (RFC 9112
 * section 6.3).
 */
function framingOf({ coding, framings }: Fields): 'length' | 'chunked' | 'unclear' {
  if (framings === 0) return 'length'
  if (framings > 1) return 'unclear'
  if (coding === null) return 'length'
  return coding.toLowerCase() === 'chunked' ? 'chunked' : 'unclear'
}

/** The library leaves blanks behind a value, which are no part of it. */
function isSound(host: string | null): boolean {
  return !host || isAuthority(host) || isAuthority(host.replace(/[\t ]+$/, ''))
}

/**
 * Whether the connection ends behind the answer. The library ends it where the first line's value is
 * five bytes long, and leaves it to us to say so (RFC 9112 section 9.6); behind a list it is the client's.
 */
function isLast({ connection, options }: Fields): boolean {
  if (connection === null || options === 'keep-alive') return false
  return connection.length === 5 || /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(options)
}

/** How an answer is handed to the library. */
interface Prepared {
  head: Uint8Array
  /** Undefined where the head has no Content-Length. */
  length: number | undefined
}

function sendReply(res: HttpResponse, reply: Reply, ends: boolean): void {
  const { head, length } = (reply.host ??= prepare(reply)) as Prepared
  res.writeStatus(head)
  if (ends) res.writeHeader('Connection', 'close')
  if (reply.body === null) endWithoutBody(res, length)
  else endWith(res, reply.body)
}

function prepare({ status, fields }: Reply): Prepared {
  const isLength = ([name]: [string, string]) => name.toLowerCase() === 'content-length'
  const length = fields.find(isLength)
  const head = headFrom(status, fields.filter(field => !isLength(field)).flat())
  return { head, length: length && Number(length[1]) }
}
