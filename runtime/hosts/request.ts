// Fetch requests for hosts that have none: what a socket said in, a `Request` out. Bodies are
// streamed; no more of one than `HIGH_WATER` is read ahead of the handler.

/** What a request body is read from. */
export interface BodySource {
  /** Asks for no more for now. Called once until `resume`. */
  pause(): void
  resume(): void
}

/** A request body that a host fills. */
export interface Body {
  stream: ReadableStream<Uint8Array>
  /** Bytes that nobody has read yet. */
  readonly waiting: number
  /** The bytes must be the stream's own. */
  push(chunk: Uint8Array): void
  end(last?: Uint8Array): void
  fail(error: Error): void
}

/** Bytes that may wait in a stream before its source is paused. */
const HIGH_WATER = 65_536

export function createBody(source: BodySource): Body {
  let controller: ReadableStreamDefaultController<Uint8Array>
  let paused = false
  let over = false
  const settle = () => {
    over = true
    if (paused) source.resume()
    paused = false
  }
  const stream = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given
      },
      pull() {
        if (!paused) return
        paused = false
        source.resume()
      },
      // Nobody wants the rest: let it run through, or the connection would hang.
      cancel: settle,
    },
    { highWaterMark: HIGH_WATER, size: chunk => chunk.byteLength },
  )
  return {
    stream,
    get waiting() {
      return over ? 0 : HIGH_WATER - controller.desiredSize!
    },
    push(chunk) {
      if (over || chunk.byteLength === 0) return
      controller.enqueue(chunk)
      if (controller.desiredSize! > 0 || paused) return
      paused = true
      source.pause()
    },
    end(last) {
      if (over) return
      settle()
      if (last && last.byteLength > 0) controller.enqueue(last)
      controller.close()
    },
    fail(error) {
      if (over) return
      settle()
      controller.error(error)
    },
  }
}

/** What is known of a request when it is turned into a `Request`. */
export interface Head {
  method: string
  /** As it came on the wire: origin form, absolute form or `*`. */
  target: string
  /** Value of Host, '' where there is none. */
  authority: string
  headers: Headers
  body: ReadableStream<Uint8Array> | null
}

/** Methods that `Request` refuses or spells otherwise; servers meet them nevertheless. */
const UNUSUAL = /^(?:connect|trace|track|delete|get|head|options|post|put)$/i
const USUAL = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * Makes the request that handlers see. Its `signal` is made on the first read, by `signal`: most
 * handlers never look at it, and a signal of `Request`'s own costs more than the rest.
 * @throws TypeError where target and authority do not make a URL
 */
export function createRequest(head: Head, signal: () => AbortSignal): Request {
  const { method, target, headers } = head
  const origin = `http://${head.authority || 'localhost'}`
  const url =
    target.charCodeAt(0) === 0x2f ? origin + target : target === '*' ? `${origin}/` : target
  const plain = USUAL.has(method) || !UNUSUAL.test(method)
  const init: RequestInit & { duplex?: 'half' } = { method: plain ? method : 'GET', headers }
  if (head.body && method !== 'GET' && method !== 'HEAD' && plain) {
    init.body = head.body
    init.duplex = 'half'
  }
  const request = new Request(url, init)
  if (!plain) Object.defineProperty(request, 'method', { value: method })
  Object.defineProperty(request, 'signal', { get: signal })
  return request
}
