// The part of uWebSockets.js that is used here, and how it is found. It is a native library that the
// user may not have, or not in a build for this system: then why, in one line.

import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export type Bytes = string | Uint8Array | ArrayBuffer

export interface HttpResponse {
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
  /** In a cork, behind status and fields: the connection is a WebSocket when it returns. */
  upgrade(data: object, key: Bytes, protocol: Bytes, extensions: Bytes, context: object): void
}

/** Valid only while its handler runs. */
export interface HttpRequest {
  /** The first line of that name, '' where there is none. */
  getHeader(name: Bytes): string
  getCaseSensitiveMethod(): string
  getUrl(): string
  getQuery(): string | undefined
  forEach(callback: (name: string, value: string) => void): void
}

type Handler = (res: HttpResponse, req: HttpRequest) => void

/** Valid until its `close`. */
export interface WebSocket<T> {
  getUserData(): T
  getBufferedAmount(): number
  send(message: Bytes, isBinary: boolean): number
  /** Says Close first; `close` drops it. */
  end(code?: number, reason?: Bytes): void
  close(): void
  ping(): number
}

export interface WebSocketBehavior<T> {
  maxPayloadLength: number
  maxBackpressure: number
  idleTimeout: number
  sendPingsAutomatically: boolean
  upgrade(res: HttpResponse, req: HttpRequest, context: object): void
  open(ws: WebSocket<T>): void
  message(ws: WebSocket<T>, message: ArrayBuffer, isBinary: boolean): void
  close(ws: WebSocket<T>, code: number, reason: ArrayBuffer): void
}

interface TemplatedApp {
  get(pattern: string, handler: Handler): TemplatedApp
  any(pattern: string, handler: Handler): TemplatedApp
  ws<T>(pattern: string, behavior: WebSocketBehavior<T>): TemplatedApp
  listen(
    host: string,
    port: number,
    options: number,
    callback: (socket: object | false) => void,
  ): TemplatedApp
  close(): TemplatedApp
}

export interface Library {
  App(): TemplatedApp
  us_listen_socket_close(socket: object): void
  us_socket_local_port(socket: object): number
  LIBUS_LISTEN_EXCLUSIVE_PORT: number
  _cfg(key: string): void
}

/**
 * The most that the library takes as the head of a request; it reads the variable while it loads. Its
 * own 4 KB refuse paths that RFC 9110 section 4.1 wants taken, and that the other hosts take.
 */
const HEAD_LIMIT = 'UWS_HTTP_MAX_HEADERS_SIZE'
const HEAD_BYTES = 16_384

/**
 * Loads the library that `PRECAST_UWS` names, or the one that `dir` sees under its own name.
 * @returns a string, in one line, where it cannot be had
 */
export function loadLibrary(dir: URL): Library | string {
  const path = process.env.PRECAST_UWS
  const ownLimit = process.env[HEAD_LIMIT]
  process.env[HEAD_LIMIT] ??= String(HEAD_BYTES)
  try {
    return createRequire(fileURLToPath(new URL('uws.js', dir)))(path || 'uWebSockets.js') as Library
  } catch (error) {
    return reason(error as Error & { code?: string }, path)
  } finally {
    if (ownLimit === undefined) delete process.env[HEAD_LIMIT]
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
  if (error.code === 'MODULE_NOT_FOUND') {
    return path ? `there is no ${path}` : 'uWebSockets.js is not installed'
  }
  return message.split('\n').filter(Boolean).at(-1)!.slice(0, 200)
}
