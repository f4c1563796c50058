// An input and what two readers made of it -> the difference that must not be, in words, or null. The
// exceptions that are allowed are here, each with its reason, and listed in docs/http.md.

import { METHODS } from 'node:http'
import type { Message, Reading } from '../../runtime/http1/reference.ts'
import { hasBody } from './readers.ts'
import type { UwsReading } from './uws.ts'

const sameFields = (a: Message['fields'], b: Message['fields']): boolean =>
  a.length === b.length && a.every(([name, value], i) => name === b[i]![0] && value === b[i]![1])

const same = (a: Message, b: Message): boolean =>
  a.method === b.method &&
  a.target === b.target &&
  a.minor === b.minor &&
  a.body === b.body &&
  sameFields(a.fields, b.fields)

/** `want` of the plain reader, as an app sees it; `got` of the fast one. */
export function ofFast(want: Reading, got: Reading): string | null {
  const { length } = want.messages
  for (const [i, message] of want.messages.entries()) {
    const other = got.messages[i]
    if (!other && i > 0 && isLast(want.messages[i - 1]!, got)) return null
    if (!other) return `request ${i} is not seen`
    if (!same(message, other)) return `request ${i} is ${JSON.stringify(other)}`
  }
  // Whom no body is given waits for none; the plain reader counts a request once it is whole.
  const ahead = got.messages.slice(length)
  const early = ahead.find(message => !message.target.startsWith('/s') && hasBody(message))
  if (early) return `${early.target} is answered too early`
  // Nor does an end that the head asked for: what the body would have been is not read.
  const isEarly = ahead.length > 0 && (want.end === 'open' || got.end === 'closed')
  const last = want.messages.at(-1)
  if (want.end === got.end || isEarly || (last && isLast(last, got))) return null
  return `it ends ${got.end} in place of ${want.end}`
}

/** A client that waits for 100 and gets an answer may send its body, or not: the connection ends there. */
function isLast(message: Message, got: Reading): boolean {
  const waits = message.fields.some(([name]) => name === 'expect')
  return got.end === 'closed' && waits && !hasBody(message)
}

/** Methods that llhttp knows; PRI it takes in HTTP/2 alone. */
const KNOWN = new Set(METHODS.filter(method => method !== 'PRI'))

/** Whatever the plain reader accepts, llhttp accepts, and sees no more and nothing else. */
export function ofLlhttp(want: Reading, got: Reading): string | null {
  for (const [i, message] of want.messages.entries()) {
    // Its list of methods is closed (RFC 9110 section 9.1 has methods be any token).
    if (!KNOWN.has(message.method)) return null
    const other = got.messages[i]
    if (!other) {
      // It reads no more behind a connection that it takes for closed.
      if (want.messages.slice(0, i).some(looksClosed)) return null
      return `llhttp has no request ${i}`
    }
    if (!same(message, other)) return `llhttp sees ${JSON.stringify(other)} as request ${i}`
  }
  // After a refusal, or the last request of a connection, nothing is read here any more.
  if (want.end === 'open' && got.messages.length > want.messages.length)
    return `llhttp sees ${got.messages.length} requests in place of ${want.messages.length}`
  return null
}

/**
 * Whether llhttp ends the connection behind a message that leaves it open: it takes Proxy-Connection,
 * which no standard has, for Connection, and finds no option in HTTP/1.0 that a tab stands behind.
 */
function looksClosed({ minor, fields }: Message): boolean {
  return fields.some(
    ([name, value]) =>
      (name === 'proxy-connection' && /close/i.test(value)) ||
      (name === 'connection' && minor === 0 && /keep-alive *\t/i.test(value)),
  )
}

/**
 * What the plain reader and the `uws` host both accept is the same, and the host sees no request where
 * there is none.
 */
export function ofUws(want: Reading, got: UwsReading): string | null {
  for (const [i, message] of want.messages.entries()) {
    const other = got.messages[i]
    if (!other) {
      // Its filter of names takes some fields before Host for another Host.
      const isConfused = got.refused && message.fields[0]?.[0] !== 'host'
      return isConfused || isLimitOfUws(want.messages, i) ? null : `uws has no request ${i}`
    }
    if (other[0] !== message.method || other[1] !== message.target)
      return `uws sees ${other.join(' ')} as request ${i}`
  }
  // Answers do not wait for a body that is never read.
  if (want.end === 'open' && got.messages.length > want.messages.length + 1)
    return `uws sees ${got.messages.length} requests in place of ${want.messages.length}`
  return null
}

/** Why the library, or the host for it, reads no further than request `index`. */
function isLimitOfUws(messages: Message[], index: number): boolean {
  const message = messages[index]!
  return (
    message.minor === 0 ||
    !message.target.startsWith('/') ||
    message.isSpaced === true ||
    message.fields.some(([name, value]) => name === 'host' && value === '') ||
    // The host reads nothing behind a body in chunks: the library does not know where one ends.
    messages
      .slice(0, index)
      .some(({ fields }) => fields.some(([name]) => name === 'transfer-encoding'))
  )
}
