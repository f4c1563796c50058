// uWebSockets.js on Node.js: prebuilt answers go out with their header block in one call, the rest
// is turned into Fetch requests and back. Where the library cannot be loaded, `node` serves.

import process from 'node:process'
import type { App, HeaderSource, Reply } from '../app.ts'
import { type Address, type Entry, type Server, serve } from '../serve.ts'
import { isAuthority } from './authority.ts'
import { endWith, endWithoutBody, openExchanges, plain, run, statusLine } from './uws-exchange.ts'
import {
  type Bytes,
  type HttpRequest,
  type HttpResponse,
  type Library,
  loadLibrary,
} from './uws-library.ts'

/** Serves `dist/` with uWebSockets.js, or with Node's HTTP server where that cannot be loaded. */
export async function start(entry: Entry): Promise<void> {
  const { PRECAST_ANY_HOST, PRECAST_WORKER } = process.env
  // A mark of `precast start`'s, which neither user code nor its children are to see.
  delete process.env.PRECAST_ANY_HOST
  const library = loadLibrary(entry.dir)
  if (typeof library !== 'string')
    return serve(entry, { listen: (app, at) => listen(library, app, at) })
  // Who asked for nothing in particular gets what runs here without a word.
  if (PRECAST_ANY_HOST === undefined && PRECAST_WORKER === undefined) {
    console.error(`precast: host 'uws' cannot run: ${library}; using 'node' instead`)
  }
  await import(new URL('node.js', entry.dir).href)
}

export function listen(library: Library, app: App, at: Address): Promise<Server> {
  // Leaves out the field by which the library names itself: all hosts send the same head.
  library._cfg('999999990007')
  const server = library.App()
  // No target escapes `/*`, the parser refuses those without a slash. A route for GET alone would
  // save 25 ns and take `get` for it, which is another method (RFC 9110 section 9.1).
  server.any('/*', (res, req) => answer(app, res, req))
  return new Promise((resolve, reject) => {
    const exclusive = at.shared ? 0 : library.LIBUS_LISTEN_EXCLUSIVE_PORT
    server.listen(at.hostname, at.port, exclusive, socket => {
      if (!socket) return reject(new Error(`cannot listen on ${at.hostname} port ${at.port}`))
      resolve({
        port: library.us_socket_local_port(socket),
        async stop() {
          library.us_listen_socket_close(socket)
          while (openExchanges() > 0) await new Promise(resolve => setTimeout(resolve, 20))
          server.close()
        },
      })
    })
  })
}

/** What browsers send, on one line. */
const COMPLETE = new Set(['gzip, deflate, br, zstd', 'gzip, deflate, br', 'gzip, deflate'])

/** Fields whose value may stand on several lines; of others a second line is no valid request. */
const LISTS = new Set(['accept-encoding', 'if-match', 'if-none-match', 'range'])

class Source implements HeaderSource {
  req!: HttpRequest
  get(name: string): string | null {
    const first = this.req.getHeader(name)
    if (first === '') return null
    return LISTS.has(name) && !COMPLETE.has(first) ? this.#all(name) : first
  }

  /** The library gives the first line only; to look at all costs a call for each field. */
  #all(wanted: string): string {
    const lines: string[] = []
    this.req.forEach((name, value) => {
      if (name === wanted) lines.push(value)
    })
    return lines.join(', ')
  }
}
/** One for all requests: it is only read while `App.static` runs. */
const source = new Source()

function answer(app: App, res: HttpResponse, req: HttpRequest): void {
  const method = req.getCaseSensitiveMethod()
  const path = req.getUrl()
  const query = req.getQuery()
  const target = query === undefined ? path : `${path}?${query}`
  source.req = req
  // An exception that reaches the library ends the process.
  try {
    const framing = framingOf(req)
    if (framing === 'unclear') {
      // Not a 400: whatever is answered, the library reads on.
      res.close()
      return
    }
    const isChunked = framing === 'chunked'
    const authority = req.getHeader('host')
    // The library leaves blanks behind a value, which are no part of it.
    const isSound = isAuthority(authority) || isAuthority(authority.replace(/[\t ]+$/, ''))
    if (authority !== '' && !isSound) {
      if (isChunked) res.close()
      else plain(res, 400, 'Bad Request')
      return
    }
    if (isChunked) {
      // Its answer must not be complete before the library has read on.
      run(app, res, req, method, target, true)
      return
    }
    const reply = app.static(method, target, source)
    if (reply !== undefined) sendReply(res, reply)
    else run(app, res, req, method, target, false)
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
function framingOf(req: HttpRequest): 'length' | 'chunked' | 'unclear' {
  const coding = req.getHeader('transfer-encoding')
  if (coding === '' && req.getHeader('content-length') === '') return 'length'
  if (coding !== '' && coding.toLowerCase() !== 'chunked') return 'unclear'
  let lines = 0
  req.forEach(name => {
    if (name === 'content-length' || name === 'transfer-encoding') lines++
  })
  return lines !== 1 ? 'unclear' : coding === '' ? 'length' : 'chunked'
}

/** How an answer is handed to the library. */
interface Prepared {
  status: string
  /** Name of the first field. */
  name: string
  /** Its value, and the other fields as lines of their own: one call for them all. */
  value: Bytes
  /** Undefined where the head has no Content-Length. */
  length: number | undefined
}

function sendReply(res: HttpResponse, reply: Reply): void {
  const { status, name, value, length } = (reply.host ??= prepare(reply)) as Prepared
  res.writeStatus(status)
  if (name !== '') res.writeHeader(name, value)
  if (reply.body === null) endWithoutBody(res, length)
  else endWith(res, reply.body)
}

function prepare({ status, fields }: Reply): Prepared {
  const isLength = ([name]: [string, string]) => name.toLowerCase() === 'content-length'
  const length = fields.find(isLength)
  const [first, ...rest] = fields.filter(field => !isLength(field))
  const lines = rest.map(([name, value]) => `\r\n${name}: ${value}`)
  return {
    status: statusLine(status),
    name: first ? first[0] : '',
    // Strings go out as UTF-8, bytes as they are.
    value: first ? Buffer.from(first[1] + lines.join(''), 'latin1') : '',
    length: length && Number(length[1]),
  }
}
