// What goes out on uWebSockets.js, however it was made: heads in one call, since each costs as much as
// writing a head does, and bodies at the pace of the client.

import { reasonPhrase } from '../head.ts'
import { KeptResponse } from '../light/response.ts'
import { readFields } from './body.ts'
import type { HttpResponse } from './uws-library.ts'

/** Answers that are not finished yet: with a handler, or on their way to a slow client. */
let count = 0

export function openExchanges(): number {
  return count
}

export function begun(): void {
  count++
}

export function over(): void {
  count--
}

/** Bytes from which an answer is sent as its client takes it; below, the library keeps a copy. */
const LARGE = 262_144

/** Ends an answer whose status and fields are written. */
export function endWith(res: HttpResponse, given: string | Uint8Array): void {
  // A character of text has up to three bytes in UTF-8.
  if (given.length < (typeof given === 'string' ? LARGE / 3 : LARGE)) {
    res.end(encodable(given))
    return
  }
  const body = typeof given === 'string' ? Buffer.from(given) : given
  const send = (offset: number) => {
    let [ok, done] = [false, false]
    res.cork(() => {
      ;[ok, done] = res.tryEnd(body.subarray(offset), body.byteLength)
    })
    if (done) over()
    return ok || done
  }
  begun()
  res.onAborted(over)
  res.onWritable(send)
  send(0)
}

/** The library writes half of a surrogate pair as three bytes that are no UTF-8. */
export function encodable(body: string | Uint8Array): string | Uint8Array {
  return typeof body === 'string' ? body.toWellFormed() : body
}

/** Undefined given as an argument is a length of its own to the library. */
export function endWithoutBody(res: HttpResponse, length: number | undefined): void {
  if (length === undefined) res.endWithoutBody()
  else res.endWithoutBody(length)
}

function statusLine(status: number): string {
  return `${status} ${reasonPhrase(status)}`
}

/** Status and fields without their framing, as one call takes them. */
export interface Head {
  readonly bytes: Uint8Array
  /** What Content-Length says, where it says something. */
  readonly length: number | undefined
  /** The handler wants the connection to end. */
  readonly close: boolean
}

export function headFrom(status: number, flat: readonly string[]): Uint8Array {
  let text = statusLine(status)
  for (let i = 0; i < flat.length; i += 2) {
    // The library writes one of its own, and there is one at most (RFC 9110 section 6.6.1).
    if (flat[i] !== 'date') text += `\r\n${flat[i]}: ${flat[i + 1]}`
  }
  // Strings go out as UTF-8, bytes as they are.
  return Buffer.from(text, 'latin1')
}

/** That of a response; made once for those that many have alike. */
export function headOf(response: Response): Head {
  const { status } = response
  const usual = KeptResponse.usual(response)
  const known = usual?.host as (Head & { status: number }) | undefined
  if (known?.status === status) return known
  const { flat, length, close } = readFields(response)
  const made = { bytes: headFrom(status, flat), length, close, status }
  if (usual !== null) usual.host = made
  return made
}

/**
 * A short text of the host's own, after which the connection ends.
 * @param ends whether it does so anyway; if not, the library is told, and says so itself
 */
export function plain(res: HttpResponse, status: number, text: string, ends: boolean): void {
  res.writeStatus(statusLine(status)).writeHeader('content-type', 'text/plain; charset=utf-8')
  if (ends) res.writeHeader('connection', 'close')
  res.end(text, !ends)
}
