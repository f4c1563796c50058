// Bytes of a client -> the requests that the fast reader, the plain one and Node's llhttp see in them,
// all in one form, so that they can be compared. Runs in one process and opens no socket.

import { createRequire } from 'node:module'
import type { App } from '../../runtime/app.ts'
import type { Limits } from '../../runtime/http1/limits.ts'
import { LIMITS } from '../../runtime/http1/limits.ts'
import { Pool } from '../../runtime/http1/pool.ts'
import { type Message, type Reading, read } from '../../runtime/http1/reference.ts'
import { writeHead } from '../../runtime/head.ts'
import { Reply } from '../../runtime/static.ts'
import { open } from './memory.ts'

/** Small, so that inputs reach them. */
export const limits: Limits = { ...LIMITS, headSize: 400, fields: 8, bodySize: 300 }

const pages = new Map<string, Reply>()

/** Says what it answers, since who asks again for the same need not ask the app again. */
function pageOf(method: string, target: string): Reply {
  const said = encodeURIComponent(`${method} ${target}`)
  let page = pages.get(said)
  if (!page) {
    const head = writeHead(200, [
      ['Content-Length', '1'],
      ['X-Said', said],
    ])
    page = new Reply(200, head, method === 'HEAD' ? null : new TextEncoder().encode('s'))
    page.isLasting = true
    pages.set(said, page)
  }
  return page
}

/** What is answered from memory; not where it would end the connection, as a waiting client has it. */
function isStatic(method: string, target: string, expects: boolean): boolean {
  return target.startsWith('/s') && (method === 'GET' || method === 'HEAD') && !expects
}

// ------------------------------------------------------------------ the plain reader

/** As the requests are, field lines in their order. */
export function plain(text: string): Reading {
  return read(text, limits)
}

/** Whether an app sees one. */
export function hasBody({ method }: Message): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

/** As the app above the fast reader gets to see them. */
export function seen({ messages, end }: Reading): Reading {
  return {
    end,
    messages: messages.map(message => {
      const expects = message.fields.some(field => field[0] === 'expect')
      if (isStatic(message.method, message.target, expects))
        return { ...message, minor: -1, fields: [], body: '' }
      // Fetch: a GET or HEAD has no body, whatever the client sent.
      const body = hasBody(message) ? message.body : ''
      return { ...message, minor: -1, fields: combined(message), body }
    }),
  }
}

function combined({ fields }: Message): [string, string][] {
  const byName = new Map<string, string>()
  for (const [name, value] of fields) {
    const known = byName.get(name)
    const between = name === 'cookie' ? '; ' : ', '
    byName.set(name, known === undefined ? value : known + between + value)
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1))
}

// ------------------------------------------------------------------ the fast reader

const pool = new Pool(limits)

/** What the app saw of one input. */
class Log {
  readonly messages: Message[] = []
  pending = 0
}
/** That of the input that is being read: the pool keeps handlers from one to the next. */
let log = new Log()

async function note(request: Request, target: string): Promise<Response> {
  const own = log
  own.pending++
  const body = Buffer.from(await request.arrayBuffer()).toString('latin1')
  own.pending--
  const fields = [...request.headers]
  own.messages.push({ method: request.method, target, minor: -1, fields, body })
  return new Response('d')
}

const app: Partial<App> = {
  static(method, target, headers) {
    const expects = headers.get('expect') !== null
    return isStatic(method, target, expects) ? pageOf(method, target) : undefined
  },
  // Of some; the others are looked for each time.
  handler: target => (target.startsWith('/a') ? request => note(request, target) : null),
  fetch: (request, _env, _ctx, target) => note(request, target!),
}

/** What the fast reader makes of the pieces. */
export async function fast(pieces: string[]): Promise<Reading> {
  const { messages } = (log = new Log())
  const { wire, connection, send } = open(app, limits, pool)
  for (const piece of pieces) {
    send(piece)
    // Answers come by promises alone; each lets the next request begin.
    for (let known = -1; log.pending > 0 && known !== messages.length; ) {
      known = messages.length
      for (let i = 0; i < TURNS; i++) await null
    }
  }
  const answered = inOrder(wire.output, messages)
  const refused = /HTTP\/1\.1 [45]\d\d /.test(wire.output)
  const end = refused ? 'refused' : wire.isEnded || wire.isDestroyed ? 'closed' : 'open'
  connection.gone()
  return { messages: answered, end }
}

/** Requests in the order of their answers: those from memory as the answers say, the others as they came. */
function inOrder(output: string, dynamic: Message[]): Message[] {
  const messages: Message[] = []
  let next = 0
  for (const [, said] of output.matchAll(
    /HTTP\/1\.1 200 [\s\S]*?\r\n(?:X-Said: ([^\r]*)\r\n)?\r\n/g,
  )) {
    if (said === undefined) {
      messages.push(...dynamic.slice(next, next + 1))
      next++
      continue
    }
    const [method, target] = decodeURIComponent(said).split(' ') as [string, string]
    messages.push({ method, target, minor: -1, fields: [], body: '' })
  }
  return [...messages, ...dynamic.slice(next)]
}

/** Promises that an answer takes from the last byte of its request, and some more. */
const TURNS = 12

// ------------------------------------------------------------------ llhttp

/** Node's binding of llhttp, as its own `_http_server` uses it. */
interface Parser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenient: number): void
  execute(bytes: Uint8Array): number | Error
  [callback: number]: (...args: never[]) => unknown
}
interface ParserClass {
  new (): Parser
  readonly REQUEST: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
  readonly kLenientNone: number
}
const { HTTPParser, methods } = createRequire(import.meta.url)('_http_common') as {
  HTTPParser: ParserClass
  methods: string[]
}

const parser = new HTTPParser()
let messages: Message[] = []
let current: Message
let isInHead = true
let upgrade = false

function addFields(flat: string[]): void {
  for (let i = 0; i < flat.length; i += 2)
    current.fields.push([flat[i]!.toLowerCase(), flat[i + 1]!])
}
const fresh = (): Message => ({ method: '', target: '', minor: 0, fields: [], body: '' })
// What it hands over early, once it has handed over something: a trailer section, which nobody here
// wants, and any head behind one.
parser[HTTPParser.kOnHeaders] = (flat: string[], target: string) => {
  if (!isInHead) return
  addFields(flat)
  current.target += target
}
parser[HTTPParser.kOnHeadersComplete] = (
  _major: number,
  minor: number,
  flat: string[] | undefined,
  method: number,
  target: string | undefined,
  _status: number,
  _reason: string,
  isUpgrade: boolean,
) => {
  if (flat !== undefined) addFields(flat)
  current.method = methods[method]!
  if (target !== undefined) current.target = target
  current.minor = minor
  upgrade = isUpgrade
  isInHead = false
  // Nobody listens for upgrades: the request is one like any other.
  return 0
}
parser[HTTPParser.kOnBody] = (bytes: Buffer) => {
  current.body += bytes.toString('latin1')
}
parser[HTTPParser.kOnMessageComplete] = () => {
  messages.push(current)
  current = fresh()
  isInHead = true
}

/** What llhttp sees with none of its leniencies. */
export function llhttp(text: string): Reading {
  messages = []
  let bytes = Buffer.from(text, 'latin1')
  for (;;) {
    current = fresh()
    isInHead = true
    upgrade = false
    parser.initialize(HTTPParser.REQUEST, {}, 16_384, HTTPParser.kLenientNone)
    const stop = parser.execute(bytes)
    if (typeof stop !== 'number') return { messages, end: 'refused' }
    // It stops behind a request that asks for another protocol; it is to read on, as Node.js has it
    // do where nobody speaks that.
    if (!upgrade || stop >= bytes.length) return { messages, end: 'open' }
    bytes = bytes.subarray(stop)
  }
}
