// uWebSockets.js on Node.js: prebuilt answers go out with their header block in one call, the rest
// is turned into Fetch requests and back. Where the library cannot be loaded, `node` serves.

import process from 'node:process'
import type { App, HeaderSource, Reply } from '../app.ts'
import { WISH_FIELDS, type Wishes } from '../static.ts'
import { type Address, type Entry, type Server, serve } from '../serve.ts'
import { isAuthority } from './authority.ts'
import {
  endWith,
  endWithoutBody,
  type Line,
  openExchanges,
  plain,
  run,
  statusLine,
} from './uws-exchange.ts'
import { type HttpRequest, type HttpResponse, type Library, loadLibrary } from './uws-library.ts'

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
        answer(app, res, req, (request, exchange) =>
          offerUpgrade(request, exchange, context, aside),
        ),
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

/** Fields whose value may stand on several lines; of others a second line is no valid request. */
const LISTS = new Set(['accept-encoding', 'if-match', 'if-none-match', 'range'])

/** Names as bytes: the library turns a string into UTF-8 each time, which is half of a look-up. */
const NAMES = new Map<string, ArrayBuffer>()

function nameOf(name: string): ArrayBuffer {
  const known = NAMES.get(name)
  if (known) return known
  const bytes = new TextEncoder().encode(name).buffer
  NAMES.set(name, bytes)
  return bytes
}

const HOST = nameOf('host')
const CONNECTION = nameOf('connection')
const LENGTH = nameOf('content-length')
const CODING = nameOf('transfer-encoding')
const WISHES = new Set([...WISH_FIELDS, 'available-dictionary'])

class Source implements HeaderSource {
  req!: HttpRequest
  /** What the last request wanted that had neither condition nor range, and how it said so. */
  #plain: Wishes | null = null
  #accepts = ''

  get(name: string): string | null {
    const first = this.req.getHeader(nameOf(name))
    if (first === '') return null
    return LISTS.has(name) ? this.#all(name) : first
  }

  /** Nearly all requests want what the one before wanted. */
  get wishes(): Wishes | null {
    return this.#plain !== null && this.#wanted() === this.#accepts ? this.#plain : null
  }

  set wishes(wishes: Wishes | null) {
    if (!wishes?.isPlain || wishes.dictionary !== null) return
    const said = this.#wanted()
    if (said === null) return
    this.#plain = wishes
    this.#accepts = said
  }

  /** `Accept-Encoding`; null where something else says what is wanted too. */
  #wanted(): string | null {
    let accepts = ''
    let isPlain = true
    // One line of a name may hide another: looking each up finds the first alone.
    this.req.forEach((name, value) => {
      if (name === 'accept-encoding') accepts = accepts === '' ? value : `${accepts}, ${value}`
      else if (WISHES.has(name)) isPlain = false
    })
    return isPlain ? accepts : null
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

function answer(app: App, res: HttpResponse, req: HttpRequest, offer?: Line['offer']): void {
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
    const ends = isLast(req.getHeader(CONNECTION))
    const authority = req.getHeader(HOST)
    // The library leaves blanks behind a value, which are no part of it.
    const isSound = isAuthority(authority) || isAuthority(authority.replace(/[\t ]+$/, ''))
    if (authority !== '' && !isSound) {
      if (isChunked) res.close()
      else plain(res, 400, 'Bad Request', ends)
      return
    }
    // The answer to chunks must not be complete before the library has read on.
    const reply = isChunked ? undefined : app.static(method, target, source)
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
function framingOf(req: HttpRequest): 'length' | 'chunked' | 'unclear' {
  const coding = req.getHeader(CODING)
  if (coding === '' && req.getHeader(LENGTH) === '') return 'length'
  if (coding !== '' && coding.toLowerCase() !== 'chunked') return 'unclear'
  let lines = 0
  req.forEach(name => {
    if (name === 'content-length' || name === 'transfer-encoding') lines++
  })
  return lines !== 1 ? 'unclear' : coding === '' ? 'length' : 'chunked'
}

/**
 * Whether the connection ends behind the answer. The library ends it where the field's value is five
 * bytes long, and leaves it to us to say so (RFC 9112 section 9.6); behind a list it is the client's.
 */
function isLast(connection: string): boolean {
  if (connection === '' || connection === 'keep-alive') return false
  return connection.length === 5 || /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(connection)
}

/** How an answer is handed to the library. */
interface Prepared {
  /** Status and fields as one text, since each call costs as much as writing a head does. */
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
  const lines = fields.filter(field => !isLength(field)).map(([name, value]) => `${name}: ${value}`)
  // Strings go out as UTF-8, bytes as they are.
  const head = Buffer.from([statusLine(status), ...lines].join('\r\n'), 'latin1')
  return { head, length: length && Number(length[1]) }
}
