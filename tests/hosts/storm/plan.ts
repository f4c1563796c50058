// Seeded numbers -> what one client does on one connection: which requests, how their bytes are cut,
// how it reads, and how it leaves. Sends nothing.

import type { Host } from '../../lib/servers.ts'
import { NOBODY } from './site.ts'

export interface Ask {
  method: 'GET' | 'HEAD' | 'POST'
  /** The request with `NOBODY` in the place of the id. */
  plain: string
  /** The same for all whose answers differ in the id alone. */
  like: string
  bytes: string
  id: string
  /** Whether no handler of the user runs. */
  isStored: boolean
}

export interface Plan {
  asks: Ask[]
  /** How many requests are sent before the answer to the first of them is waited for. */
  ahead: number
  /** Places in the bytes of a request, from 0 to 1, before which the client pauses. */
  cuts: number[][]
  /** Whether it reads nothing for a while. */
  stalls: boolean
  /**
   * `finish`: after the last answer, once the server does too; `reset`: at once after it; `half`: FIN
   * behind the last request; `destroy`: at any moment.
   */
  leaves: 'finish' | 'reset' | 'half' | 'destroy'
  /** Of `destroy`: milliseconds from connecting. */
  after: number
}

/** What a platform does otherwise, and is left out there. */
interface Habits {
  /** Requests sent ahead are answered only where they are for what is stored. */
  pipelinesStored?: true
  /**
   * A body in chunks is the last of its connection; behind an answer that is streamed, the end of the
   * client is not seen until the idle time-out, for which nobody waits here.
   */
  endsAfterChunks?: true
  /** An answer that begins before the body has come is the last of its connection, and may say so. */
  endsAfterEcho?: true
  /** FIN of a client is its end, and it gets no answer any more. */
  endsWithFin?: true
}

export const HABITS: Partial<Record<Host, Habits>> = {
  // docs/http.md, docs/serving.md
  uws: { pipelinesStored: true, endsAfterChunks: true, endsWithFin: true },
  'bun-serve': { pipelinesStored: true, endsWithFin: true },
  'deno-serve': { endsAfterEcho: true, endsWithFin: true },
  'node-http': { endsWithFin: true },
  fetch: { endsWithFin: true },
}

type Random = () => number

export function plan(next: Random, host: Host): Plan {
  const habits = HABITS[host] ?? {}
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!
  let leaves: Plan['leaves'] = pick(['finish', 'finish', 'finish', 'half', 'reset', 'destroy'])
  const asks: Ask[] = []
  const count = 1 + Math.floor(next() * 7)
  const closes = next() < 0.2
  while (asks.length < count) {
    const isLast = asks.length === count - 1
    const one = ask(next, pick, closes && isLast, habits)
    asks.push(one)
    if (habits.endsAfterChunks && one.plain.includes('Transfer-Encoding')) break
  }
  if (habits.endsWithFin && leaves === 'half') leaves = 'finish'
  const isAhead = !habits.pipelinesStored || asks.every(({ isStored }) => isStored)
  return {
    asks,
    ahead: isAhead ? pick([1, 1, 2, asks.length]) : 1,
    cuts: asks.map(() => {
      const many = pick([0, 0, 0, 1, 2, 3, 12])
      return Array.from({ length: many }, next).sort((a, b) => a - b)
    }),
    stalls: next() < 0.15,
    leaves,
    after: next() * 60,
  }
}

const PATHS = ['sync', 'later', 'long', 'stream', 'relay', 'hello'] as const
const CODINGS = ['br', 'gzip', 'identity', 'gzip, br;q=0.5', '']
const STORED: [string, string[]][] = [
  ['/', CODINGS.map(coding => `Accept-Encoding: ${coding}\r\n`)],
  ['/', ['If-None-Match: *\r\n']],
  ['/big', CODINGS.map(coding => `Accept-Encoding: ${coding}\r\n`)],
  ['/app.css', ['', 'Accept-Encoding: br\r\n', 'Range: bytes=5-9\r\n']],
  [
    '/digits.txt',
    ['', 'Range: bytes=100-899\r\n', 'Range: bytes=0-1,-3\r\n', 'Range: bytes=9000-\r\n'],
  ],
  ['/large.bin', ['', 'Range: bytes=70000-270000\r\n', 'If-None-Match: *\r\n']],
  ['/nothing/here', ['']],
  ['/big/', ['']],
]
/** Times an id and a dot; the last is more than sockets hold. */
const SIZES = [0, 1, 7, 120, 2_000, 8_000, 60_000]

function ask(
  next: Random,
  pick: <T>(list: readonly T[]) => T,
  closes: boolean,
  habits: Habits,
): Ask {
  const id = String(Math.floor(next() * 1e8)).padStart(8, '0')
  const end = closes ? 'Connection: close\r\n\r\n' : '\r\n'
  const kind = next()
  if (kind < 0.45) {
    const method = next() < 0.15 ? 'HEAD' : 'GET'
    const [path, fields] = pick(STORED)
    const plain = `${method} ${path} HTTP/1.1\r\nHost: storm\r\n${pick(fields)}${end}`
    return { method, plain, like: plain, bytes: plain, id, isStored: path !== '/large.bin' }
  }
  if (kind < 0.8) {
    const method = next() < 0.1 ? 'HEAD' : 'GET'
    const path = pick(PATHS)
    const own = next() < 0.3 ? `X-Id: ${NOBODY}\r\n` : ''
    const plain = `${method} /${path}/${NOBODY} HTTP/1.1\r\nHost: storm\r\n${own}${end}`
    return { method, plain, like: plain, bytes: plain.replaceAll(NOBODY, id), id, isStored: false }
  }
  const body = `${NOBODY}.`.repeat(pick(SIZES))
  const isChunked = next() < 0.4
  const isKept = !habits.endsAfterEcho && !(isChunked && habits.endsAfterChunks)
  const path = pick(isKept ? ['echo', 'echo', 'whole', 'slow'] : ['whole', 'slow'])
  const start = `POST /${path}/${NOBODY} HTTP/1.1\r\nHost: storm\r\n`
  const plain = isChunked
    ? `${start}Transfer-Encoding: chunked\r\n${end}${chunks(body, next)}`
    : `${start}Content-Length: ${body.length}\r\n${end}${body}`
  const like = `${start}${isChunked} ${body.length} ${end}`
  return { method: 'POST', plain, like, bytes: plain.replaceAll(NOBODY, id), id, isStored: false }
}

/** Of whole ids, so that each can be put in. */
function chunks(body: string, next: Random): string {
  let text = ''
  for (let at = 0; at < body.length; ) {
    const size = 9 * (1 + Math.floor(next() ** 4 * (body.length / 9)))
    const part = body.slice(at, at + size)
    text += `${part.length.toString(16)}\r\n${part}\r\n`
    at += part.length
  }
  return `${text}0\r\n\r\n`
}
