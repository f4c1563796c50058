// What happens on a WebSocket -> the handler's events, as on Hono's own adapters. Knows no platform;
// a host brings a socket of the form below, and tells what comes.

import { WSContext, type WSMessageReceive } from 'hono/ws'
import type { Agreed, RawWebSocket } from './handshake.ts'

/** Bytes of a message above which the connection ends, where the handler says nothing else. */
export const LARGEST = 16 << 20
/** Bytes that wait for a client which reads too slowly, above which it is let go. */
const MOST_WAITING = 16 << 20

const encoder = new TextEncoder()

// RFC 6455 section 7.4.1.
export const GOING_AWAY = 1001
export const ABNORMAL = 1006
const TOO_BIG = 1009

/** A socket of the platform's, in the form of the package ws. */
export interface Socket extends RawWebSocket {
  readonly readyState: number
  send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
}

/** Told by the host. What the handler throws goes to its `onError`. */
export interface Hears {
  open(): void
  message(data: string | ArrayBuffer): void
  close(code: number, reason: string): void
  fail(error: unknown): void
}

/** Sockets that are open, for the end of the server. */
const open = new Set<Socket>()
let isRetiring = false
let isEmpty = (): void => {}

/** Ends all with 1001; resolves when they are gone. */
export async function retire(): Promise<void> {
  isRetiring = true
  for (const socket of open) socket.close(GOING_AWAY)
  if (open.size > 0)
    await new Promise<void>(resolve => {
      isEmpty = resolve
    })
}

export function hear(socket: Socket, { events, url, protocol }: Agreed): Hears {
  const context = new WSContext<RawWebSocket>({
    raw: socket,
    url,
    protocol,
    get readyState() {
      return socket.readyState as 0 | 1 | 2 | 3
    },
    send(source) {
      socket.send(source)
      if (socket.bufferedAmount > MOST_WAITING) socket.terminate()
    },
    close: (code, reason) => socket.close(code, reason),
  })
  const fail = (error: unknown): void => {
    if (events.onError === undefined) console.error(error)
    else
      try {
        events.onError(Object.assign(new Event('error'), { error }), context)
      } catch (another) {
        console.error(another)
      }
  }
  const call = (run: () => unknown): void => {
    try {
      const result = run()
      if (result instanceof Promise) result.catch(fail)
    } catch (error) {
      fail(error)
    }
  }
  open.add(socket)
  return {
    open() {
      call(() => events.onOpen?.(new Event('open'), context))
      if (isRetiring) socket.close(GOING_AWAY)
    },
    message(data) {
      const event = new MessageEvent('message', { data: data as WSMessageReceive })
      call(() => events.onMessage?.(event, context))
    },
    close(code, reason) {
      open.delete(socket)
      const fields = { code, reason, wasClean: code !== ABNORMAL }
      call(() => events.onClose?.(Object.assign(new Event('close'), fields) as CloseEvent, context))
      if (open.size === 0) isEmpty()
    },
    fail,
  }
}

/**
 * Ends a connection that says more at once than its route takes, where the platform knows one limit
 * for all.
 */
export function fits(data: string | ArrayBuffer, socket: Socket, { options }: Agreed): boolean {
  const most = options.maxPayload ?? LARGEST
  const isWithin =
    typeof data !== 'string'
      ? data.byteLength <= most
      : // UTF-8 takes at most three bytes for what UTF-16 has one unit for.
        data.length * 3 <= most || encoder.encode(data).byteLength <= most
  if (!isWithin) socket.close(TOO_BIG)
  return isWithin
}

/** What platforms say of a connection that ended without a word of its client's: nothing is wrong. */
const GONE = /^$|FIN|EOF|reset|broken pipe|inactivity|ping/i

/** A connection that ended without Close; `text` is what the platform says of why. */
export function lost(hears: Hears, text: string): void {
  if (!GONE.test(text)) hears.fail(new Error(text))
  hears.close(ABNORMAL, '')
}
