// Response bodies for hosts that have no Fetch: a stream in, calls on a sink out, with backpressure
// and with what Content-Length promised held to. Knows no socket.

import { utf8Length } from '../http1/bytes.ts'
import { isGone } from '../light/request.ts'
import { KeptResponse, type Whole } from '../light/response.ts'

/** Where a response goes. After `closed` turns true nothing may be called but `closed`. */
export interface Sink {
  readonly closed: boolean
  /** Stops what feeds the answer; whoever sees that the client is gone calls it. */
  cancel: (() => void) | undefined
  /** An answer without body; `length` where it says what another request would get. */
  none(length: number | undefined): void
  /** The whole answer at once. */
  whole(body: string | Uint8Array): void
  /** The head of an answer that is streamed; `length` where it is known. */
  open(length: number | undefined): void
  /** A promise where the client has to catch up first; it settles also when the client is gone. */
  write(chunk: Uint8Array): Promise<void> | undefined
  end(): void
  /** Ends the connection, so that the client sees that something is missing. */
  destroy(): void
  /** Answers 500 where nothing was sent yet. */
  fail(error: unknown): void
}

/** Fields of an answer, without those that frame it: the host writes its own. */
export interface Fields {
  /** Name, value, name, value. */
  flat: string[]
  /** What Content-Length says, where it says something. */
  length: number | undefined
  /** The handler wants the connection to end. */
  close: boolean
}

/**
 * Fields that frame a message on one connection (RFC 9110 section 7.6.1), and Content-Length. Those
 * of a handler, or of a response it only passes on, may contradict what is sent.
 */
const FRAMING = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export function readFields({ status, headers }: Response): Fields {
  const flat: string[] = []
  let length: number | undefined
  let close = false
  headers.forEach((value, name) => {
    if (!FRAMING.has(name)) flat.push(name, value)
    else if (name === 'content-length' && /^\d{1,15}$/.test(value)) length = Number(value)
    else if (name === 'connection') close = /\bclose\b/i.test(value)
    // RFC 9110 section 15.5.22: 426 says what to upgrade to.
    else if (name === 'upgrade' && status === 426) flat.push(name, value, 'connection', 'upgrade')
  })
  return { flat, length, close }
}

/** Has an exchange answer with what the app gives, now or later; never throws. */
export function respondFrom(
  exchange: { respond(response: Response): void; fail(error: unknown): void },
  run: () => Response | Promise<Response>,
): void {
  try {
    const response = run()
    if (response instanceof Promise)
      response.then(made => exchange.respond(made)).catch(error => exchange.fail(error))
    else exchange.respond(response)
  } catch (error) {
    exchange.fail(error)
  }
}

/**
 * Sends the body of a response, or what HEAD says of it, to a sink that knows the head.
 * @param length what Content-Length says, where it says something
 */
export function sendAnswer(
  response: Response,
  length: number | undefined,
  method: string,
  sink: Sink,
): void {
  const { status } = response
  const whole = wholeOf(response)
  if (method === 'HEAD' || status === 204 || status === 304) {
    release(response)
    const size = whole === null || whole === undefined ? length : sizeOf(whole)
    // RFC 9110 section 8.6: 204 has none, whatever the method.
    sink.none(method === 'HEAD' && status !== 204 ? size : undefined)
  } else if (whole !== undefined) sink.whole(whole ?? '')
  else sendBody(response, length, sink).catch(error => sink.fail(error))
}

/** The body of a response where it need not be read: null for none, undefined where it has to be. */
function wholeOf(response: Response): Whole | undefined {
  const whole = KeptResponse.whole(response)
  return whole === undefined && response.body === null ? null : whole
}

/** Bytes of a body that is known whole. */
export function sizeOf(body: string | Uint8Array): number {
  return typeof body === 'string' ? utf8Length(body) : body.length
}

/** Lets go of a body that nobody will read, so that what feeds it stops. */
export function release(response: Response): void {
  if (KeptResponse.whole(response) === undefined && !response.bodyUsed)
    response.body?.cancel().catch(() => {})
}

const EMPTY = new Uint8Array(0)

/**
 * Sends a body that has to be read. One that is there already goes out whole, with its length; any
 * other as it comes. A stream that fails, or that gives more or less than `length`, ends the connection.
 * @param response has a body
 * @param length what Content-Length says, where it says something
 */
async function sendBody(response: Response, length: number | undefined, sink: Sink): Promise<void> {
  const chunks = readAhead(response.body!)
  sink.cancel = () => chunks.cancel()
  try {
    const first = await chunks.now()
    if (sink.closed) return
    if (first?.done) return sink.whole(EMPTY)
    const second = first && (await chunks.now())
    if (sink.closed) return
    if (second?.done) return sink.whole(bytes(first!.value))

    sink.open(length)
    let sent = 0
    for (let next = first ?? (await chunks.next()), after = second; !next.done; ) {
      if (sink.closed) return
      const chunk = bytes(next.value)
      sent += chunk.byteLength
      if (length !== undefined && sent > length) {
        throw new RangeError(`a body is longer than its Content-Length of ${length}`)
      }
      if (chunk.byteLength > 0) await sink.write(chunk)
      next = after ?? (await chunks.next())
      after = undefined
    }
    if (sink.closed) return
    if (length !== undefined && sent < length) {
      throw new RangeError(`a body has ${sent} bytes, its Content-Length says ${length}`)
    }
    sink.end()
  } catch (error) {
    if (sink.closed) return
    // A handler that sends the body on as it comes is not told of each client that leaves meanwhile.
    if (!isGone(error)) console.error('precast: a response stream failed:', error)
    sink.destroy()
    chunks.cancel()
  }
}

function bytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  throw new TypeError('a response stream gave something else than a Uint8Array')
}

type Result = ReadableStreamReadResult<Uint8Array>

/**
 * Turns of the microtask queue in which a body that is in memory shows itself: undici's takes five
 * on Node.js 20 for the chunk and for the end alike.
 */
const TURNS = 8

function readAhead(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader()
  let pending: Promise<Result> | undefined
  return {
    /** The next chunk, or undefined where it is not there yet. */
    async now(): Promise<Result | undefined> {
      let result: Result | undefined
      pending ??= reader.read()
      pending.then(
        value => {
          result = value
        },
        () => {}, // `next` meets it again
      )
      for (let turn = 0; turn < TURNS && !result; turn++) await null
      if (result) pending = undefined
      return result
    },
    next(): Promise<Result> {
      const next = pending ?? reader.read()
      pending = undefined
      return next
    },
    cancel(): void {
      reader.cancel().catch(() => {})
    },
  }
}
