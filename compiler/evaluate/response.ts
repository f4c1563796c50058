// A Response -> status, headers and body as they will be stored, read under a limit of size. Says too
// why a response cannot be the same for every request.

import { createHash } from 'node:crypto'
import type { Head } from './protocol.ts'
import { storedType } from './types.ts'

export interface Answer {
  head: Head
  body: Uint8Array
  /** A field that it sets and that will not be stored, or null. */
  dropped: string | null
}

/** Fields that belong to the connection or to the server (RFC 9110 sections 6.6.1, 7.6.1 and 8.6). */
const OWN_FIELDS = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Reads a response to its end; null where its body has more than `limit` bytes. */
export async function readAnswer(response: Response, limit: number): Promise<Answer | null> {
  const body = await readBody(response, limit)
  if (!body) return null
  const headers: [string, string][] = []
  let dropped: string | null = null
  for (const [name, value] of response.headers) {
    if (OWN_FIELDS.has(name)) dropped ??= name
    else headers.push([name, name === 'content-type' ? storedType(value) : value])
  }
  const hash = createHash('sha256').update(body).digest('hex')
  return { head: { status: response.status, headers, length: body.length, hash }, body, dropped }
}

async function readBody(response: Response, limit: number): Promise<Uint8Array | null> {
  if (!response.body) return new Uint8Array(0)
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>
  const parts: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (!(value instanceof Uint8Array))
      throw new TypeError('the body is a stream of something that is no bytes')
    length += value.length
    if (length > limit) {
      reader.cancel().catch(() => {})
      return null
    }
    parts.push(value)
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

/** Why a response can never be stored, whoever asks for it. */
export function whyUnstorable({ status, headers }: Head): string | null {
  if (status < 200 || status > 599) return `answers with status ${status}`
  if (headers.some(([name]) => name === 'set-cookie')) return 'sets a cookie'
  return null
}

/** Why a response says itself that it is not for everybody. */
export function whyPersonal({ headers }: Head): string | null {
  for (const [name, value] of headers) {
    const items = value
      .toLowerCase()
      .split(',')
      .map(item => item.trim())
    if (name === 'cache-control') {
      const found = items.find(item => /^(private|no-store)\b/.test(item))
      if (found) return `sends Cache-Control: ${found}`
    }
    if (name === 'vary') {
      const found = items.find(item => item !== 'accept-encoding' && item !== '')
      if (found) return `sends Vary: ${found}`
    }
  }
  return null
}

/** In what two answers differ, or null. */
export function differenceOf(a: Head, b: Head, bodies?: [Uint8Array, Uint8Array]): string | null {
  if (a.status !== b.status) return `its status (${a.status}, then ${b.status})`
  const names = new Set([...a.headers, ...b.headers].map(([name]) => name))
  for (const name of names) {
    const of = (head: Head): string =>
      JSON.stringify(head.headers.filter(field => field[0] === name).map(field => field[1]))
    if (of(a) !== of(b)) return `the header ${name}`
  }
  if (a.hash === b.hash) return null
  if (!bodies)
    return a.length === b.length ? 'its body' : `its body (${a.length} bytes, then ${b.length})`
  const [first, second] = bodies
  let at = 0
  while (at < first.length && first[at] === second[at]) at++
  return `its body, from byte ${at}`
}
