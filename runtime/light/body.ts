// The body of a request between the connection that reads it and the handler that wants it, whole
// or as a stream. Nothing is read ahead of the handler but what the limits allow.

import { copy } from '../http1/bytes.ts'
import type { Limits } from '../http1/limits.ts'

/** The connection's side of it. */
export interface Source {
  /** The handler wants bytes: go on reading, and say so where the client waits for it. */
  wanted(): void
  /** Enough for now. */
  enough(): void
}

/** A body is larger than what may be held in memory; Hono answers with what it brings along. */
export class TooLarge extends Error {
  override name = 'TooLarge'
  getResponse(): Response {
    return new Response('Content Too Large', {
      status: 413,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    })
  }
}

export class Body {
  readonly #source: Source
  readonly #limits: Limits
  #chunks: Uint8Array[] = []
  #size = 0
  #ended = false
  #failure: unknown
  #used = false
  #stream: ReadableStream<Uint8Array> | undefined
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #whole:
    | { resolve(bytes: Uint8Array<ArrayBuffer>): void; reject(error: unknown): void }
    | undefined
  #dropped = false

  constructor(source: Source, limits: Limits) {
    this.#source = source
    this.#limits = limits
  }

  /** Whether a handler took it, in whole or in part. */
  get used(): boolean {
    return this.#used
  }

  /** Bytes that nobody has taken yet. */
  get waiting(): number {
    if (this.#dropped || this.#whole) return 0
    return this.#controller
      ? this.#limits.highWater - (this.#controller.desiredSize ?? 0)
      : this.#size
  }

  // ------------------------------------------------------------ the connection's side

  /** Takes a copy. */
  push(bytes: Uint8Array, from = 0, to = bytes.length): void {
    if (this.#dropped || from === to) return
    const chunk = copy(bytes, from, to)
    if (this.#controller) {
      this.#controller.enqueue(chunk)
      if (this.#controller.desiredSize! <= 0) this.#source.enough()
      return
    }
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#whole) {
      if (this.#size > this.#limits.wholeBody) this.fail(new TooLarge('the body is too large'))
    } else if (this.#size >= this.#limits.highWater) this.#source.enough()
  }

  end(): void {
    // What was dropped before its end is not all there is.
    if (this.#dropped) return
    this.#ended = true
    this.#controller?.close()
    this.#whole?.resolve(this.#joined())
  }

  fail(error: unknown): void {
    if (this.#ended || this.#dropped) return
    this.#failure = error
    this.#dropped = true
    this.#chunks = []
    this.#controller?.error(error)
    this.#whole?.reject(error)
  }

  /** What is left is of no use to anybody. */
  drop(): void {
    if (this.#dropped || this.#ended) return
    this.fail(new DOMException('The request is over.', 'AbortError'))
  }

  // ------------------------------------------------------------ the handler's side

  /** All of it. Takes it: a second call rejects. */
  whole(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#used) return Promise.reject(new TypeError('Body has already been used.'))
    this.#used = true
    if (this.#ended) return Promise.resolve(this.#joined())
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#whole = { resolve, reject }
      this.#source.wanted()
    })
  }

  /** The same stream each time. */
  stream(): ReadableStream<Uint8Array> {
    this.#stream ??= new ReadableStream<Uint8Array>(
      {
        start: controller => {
          this.#controller = controller
          for (const chunk of this.#chunks) controller.enqueue(chunk)
          this.#chunks = []
          if (this.#failure) controller.error(this.#failure)
          else if (this.#ended) controller.close()
        },
        pull: () => {
          if (!this.#ended) this.#source.wanted()
        },
        cancel: () => {
          this.#dropped = true
          this.#source.wanted()
        },
      },
      { highWaterMark: this.#limits.highWater, size: chunk => chunk.byteLength },
    )
    return this.#stream
  }

  #joined(): Uint8Array<ArrayBuffer> {
    const chunks = this.#chunks
    this.#chunks = []
    if (chunks.length === 1) return chunks[0] as Uint8Array<ArrayBuffer>
    const all = new Uint8Array(this.#size)
    let at = 0
    for (const chunk of chunks) {
      all.set(chunk, at)
      at += chunk.length
    }
    return all
  }
}
