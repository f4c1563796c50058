// HTTP/1.1 over a raw socket: bytes of a request in, the parsed response out. Strict about framing,
// so that a host which sends a byte too many or too few fails; knows nothing of Precast.

import { connect, type Socket } from 'node:net'

export interface WireResponse {
  status: number
  reason: string
  /** In the order of the wire, names as they came. */
  headers: [string, string][]
  body: Buffer
  /** All lines of that name joined by `, `; null where there is none. */
  get(name: string): string | null
  text(): string
}

export interface WireRequest {
  method?: string
  /** As it goes on the wire; bytes, so that a test can send what is no URL. */
  target: string | Buffer
  headers?: Record<string, string> | [string, string][]
  body?: string | Uint8Array
}

/** Milliseconds without an answer after which an exchange counts as failed. */
const PATIENCE = 20_000

/** Sends one request on a connection of its own and reads the whole answer. */
export async function exchange(port: number, request: WireRequest): Promise<WireResponse> {
  const connection = new Connection(port)
  try {
    connection.write(requestBytes(request, ['Connection', 'close']))
    return await connection.response(request.method ?? 'GET')
  } finally {
    connection.close()
  }
}

/** A request as it goes on the wire. */
export function requestBytes(request: WireRequest, ...more: [string, string][]): Buffer {
  const { method = 'GET', target, body } = request
  const given = Array.isArray(request.headers)
    ? request.headers
    : Object.entries(request.headers ?? {})
  const headers = [...given, ...more]
  const has = (name: string): boolean => headers.some(([own]) => own.toLowerCase() === name)
  if (!has('host')) headers.unshift(['Host', 'localhost'])
  if (body !== undefined && !has('content-length') && !has('transfer-encoding'))
    headers.push(['Content-Length', String(Buffer.byteLength(body))])
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.concat([
    Buffer.from(`${method} `),
    Buffer.from(target),
    Buffer.from(` HTTP/1.1\r\n${fields}\r\n`, 'latin1'),
    Buffer.from(body ?? ''),
  ])
}

/** One connection, for tests that pipeline, stream or hang up. */
export class Connection {
  readonly socket: Socket
  private pending: Buffer = Buffer.alloc(0)
  private ended = false
  /** Whether the line break after a chunk is still to come: a host may send it with the next chunk. */
  private owesBreak = false
  private failure: Error | undefined
  private wake: () => void = () => {}

  /** @param at a port, or the path of a unix socket */
  constructor(at: number | string) {
    this.socket =
      typeof at === 'string' ? connect(at) : connect({ port: at, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', chunk => {
      this.pending = Buffer.concat([this.pending, chunk])
      this.wake()
    })
    this.socket.on('end', () => this.end())
    this.socket.on('close', () => this.end())
    this.socket.on('error', error => this.end(error))
    this.socket.setTimeout(PATIENCE, () =>
      this.socket.destroy(new Error(`no byte came for ${PATIENCE} ms`)),
    )
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes)
  }

  close(): void {
    this.socket.destroy()
  }

  /** The next response; `method` is that of its request, since HEAD has no body. */
  async response(method: string): Promise<WireResponse> {
    const head = await this.head()
    const { status } = head
    const length = head.get('content-length')
    const coding = head.get('transfer-encoding')
    if (length !== null && coding !== null)
      throw new Error('the response has both Content-Length and Transfer-Encoding')
    if (length !== null && !/^\d+$/.test(length)) throw new Error(`Content-Length is ${length}`)
    let body: Buffer
    if (method === 'HEAD' || status === 204 || status === 304) body = Buffer.alloc(0)
    else if (coding !== null) body = await this.chunked()
    else if (length !== null) body = await this.take(Number(length))
    else {
      while (!this.ended) await this.more()
      body = this.pending
      this.pending = Buffer.alloc(0)
    }
    return { ...head, body, text: () => body.toString() }
  }

  /** Status line and fields alone. */
  async head(): Promise<WireResponse> {
    const text = (await this.until('\r\n\r\n')).toString('latin1')
    const [line, ...fields] = text.slice(0, -4).split('\r\n')
    const [, status, reason] = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(line!) ?? []
    if (!status) throw new Error(`no status line: ${JSON.stringify(line)}`)
    const headers = fields.map((field): [string, string] => {
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(field) ?? []
      if (!name || /[\x00-\x08\x0a-\x1f\x7f]/.test(value!))
        throw new Error(`no header field: ${JSON.stringify(field)}`)
      return [name, value!]
    })
    const get = (wanted: string): string | null => {
      const values = headers.filter(([name]) => name.toLowerCase() === wanted.toLowerCase())
      return values.length === 0 ? null : values.map(([, value]) => value).join(', ')
    }
    const body = Buffer.alloc(0)
    return { status: Number(status), reason: reason!, headers, body, get, text: () => '' }
  }

  /** One chunk of a chunked body; empty at its end. */
  async chunk(): Promise<Buffer> {
    if (this.owesBreak && (await this.take(2)).toString('latin1') !== '\r\n')
      throw new Error('a chunk does not end where it said')
    const line = (await this.until('\r\n')).toString('latin1').slice(0, -2)
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`no chunk size: ${JSON.stringify(line)}`)
    const size = Number.parseInt(line, 16)
    this.owesBreak = size > 0
    if (size > 0) return this.take(size)
    if ((await this.take(2)).toString('latin1') !== '\r\n') throw new Error('there are trailers')
    return Buffer.alloc(0)
  }

  /** Bytes that came after what was read; waits for the end of the connection. */
  async rest(): Promise<Buffer> {
    while (!this.ended) await this.more()
    return this.pending
  }

  private async chunked(): Promise<Buffer> {
    const parts: Buffer[] = []
    for (;;) {
      const part = await this.chunk()
      if (part.length === 0) return Buffer.concat(parts)
      parts.push(part)
    }
  }

  private async until(mark: string): Promise<Buffer> {
    for (;;) {
      const at = this.pending.indexOf(mark)
      if (at >= 0) return this.take(at + mark.length)
      await this.needMore(`before ${JSON.stringify(mark)}`)
    }
  }

  private async take(count: number): Promise<Buffer> {
    while (this.pending.length < count)
      await this.needMore(`after ${this.pending.length} of ${count} bytes`)
    const taken = this.pending.subarray(0, count)
    this.pending = this.pending.subarray(count)
    return taken
  }

  private async needMore(where: string): Promise<void> {
    if (this.ended) {
      const why = this.failure ? `: ${this.failure.message}` : ''
      throw new Error(`the connection ended ${where}${why}`)
    }
    await this.more()
  }

  private more(): Promise<void> {
    return new Promise(resolve => {
      this.wake = resolve
    })
  }

  private end(error?: Error): void {
    this.ended = true
    this.failure ??= error
    this.wake()
  }
}
