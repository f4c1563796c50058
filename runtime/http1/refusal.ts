// A status that refuses a request -> the whole answer, after which the connection ends: what follows
// on it cannot be trusted to be the next request.

import { reasonPhrase } from '../head.ts'
import { fromLatin1 } from './bytes.ts'

export function refusal(status: number, date: string): Uint8Array {
  const reason = reasonPhrase(status)
  return fromLatin1(
    `HTTP/1.1 ${status} ${reason}\r\nDate: ${date}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${reason.length}\r\n\r\n${reason}`,
  )
}
