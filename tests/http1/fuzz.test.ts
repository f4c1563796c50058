// The fast reader against the plain one, over all ways to split the bytes, and against Node's llhttp:
// what is accepted here is accepted there, and means the same. `FUZZ=N` runs N inputs, `SEED=N` others.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, METHODS, type ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import { LIMITS } from '../../runtime/http1/limits.ts'
import { type Message, read } from '../../runtime/http1/reference.ts'
import { Reply } from '../../runtime/static.ts'
import { generate } from './grammar.ts'
import { open, random, settle } from './memory.ts'

const COUNT = Number(process.env.FUZZ ?? 400)
const SEED = Number(process.env.SEED ?? 1)
const limits = { ...LIMITS, headSize: 400, fields: 8, bodySize: 300 }

const encoder = new TextEncoder()
const page = new Reply(
  200,
  encoder.encode(
    'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 1\r\n\r\n',
  ),
  encoder.encode('s'),
)

/** What is answered from memory; not where it would end the connection, as a waiting client has it. */
function isStatic(method: string, target: string, expects: boolean): boolean {
  return target.startsWith('/s') && (method === 'GET' || method === 'HEAD') && !expects
}

interface Seen {
  messages: Message[]
  end: 'closed' | 'refused' | 'open'
}

/** What the fast reader makes of the pieces. */
async function seenBy(pieces: string[]): Promise<Seen> {
  const messages: Message[] = []
  const { wire, connection, send, pool } = open(
    {
      static(method, target, headers) {
        if (!isStatic(method, target, headers.get('expect') !== null)) return undefined
        messages.push({ method, target, minor: -1, fields: [], body: '' })
        return page
      },
      async fetch(request, _env, _ctx, target) {
        const body = Buffer.from(await request.arrayBuffer()).toString('latin1')
        const fields = [...request.headers]
        messages.push({ method: request.method, target: target!, minor: -1, fields, body })
        return new Response('d')
      },
    },
    limits,
  )
  for (const piece of pieces) {
    send(piece)
    // Answers that are waited for come by promises alone.
    for (let i = 0; i < 12; i++) await null
  }
  for (let i = 0; i < 60; i++) await null
  const refused = /HTTP\/1\.1 [45]\d\d /.test(wire.output)
  const end = refused ? 'refused' : wire.isEnded || wire.isDestroyed ? 'closed' : 'open'
  connection.gone()
  await pool.stop()
  return { messages, end }
}

/** As the app above would have recorded it. */
function expected(text: string): Seen {
  const { messages, end } = read(text, limits)
  return {
    end,
    messages: messages.map(message => {
      const expects = message.fields.some(field => field[0] === 'expect')
      if (isStatic(message.method, message.target, expects))
        return { ...message, minor: -1, fields: [], body: '' }
      return { ...message, minor: -1, fields: combined(message) }
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

/** A static answer needs no body to come; the reference counts a request once it is whole. */
function comparable({ messages, end }: Seen, most: number): Seen {
  return { end, messages: messages.slice(0, most) }
}

describe('the fast reader', () => {
  it('reads as the plain one does, however the bytes are split', async () => {
    const next = random(SEED)
    for (let i = 0; i < COUNT; i++) {
      const text = generate(next)
      const want = expected(text)
      const ways: string[][] = [[text], [...text]]
      // Every way to make two of it for some, and some ways for all.
      const step = i % 20 === 0 ? 1 : Math.max(1, Math.floor(text.length / 3))
      for (let at = 1 + Math.floor(next() * step); at < text.length; at += step)
        ways.push([text.slice(0, at), text.slice(at)])
      for (const way of ways) {
        const got = await seenBy(way)
        const shown = () => JSON.stringify(way.length === text.length ? { bytes: text } : way)
        // Its body is not waited for, and the connection may end for that.
        const isAhead = got.messages.length > want.messages.length && want.end === 'open'
        const most = comparable(got, want.messages.length)
        assert.deepEqual(isAhead ? { ...most, end: 'open' } : most, want, shown())
        // What is beyond: answered before its body was there, or refused for it.
        for (const extra of got.messages.slice(want.messages.length))
          assert.ok(extra.target.startsWith('/s'), shown())
      }
    }
  })

  it('accepts nothing that llhttp refuses', async () => {
    const next = random(SEED + 1)
    for (let i = 0; i < COUNT; i++) {
      const text = generate(next)
      const { messages } = read(text, limits)
      if (messages.length === 0) continue
      const theirs = await seenByNode(text)
      for (const [index, message] of messages.entries()) {
        // Its list of methods is closed, and this one it takes in HTTP/2 only.
        if (!METHODS.includes(message.method) || message.method === 'PRI') break
        const other = theirs[index]
        // It takes Connection in a trailer section for the request's own (RFC 9110 section 6.5.1).
        if (!other && /\n0+(?:;[^\r]*)?\r\n[^\r]*connection:/i.test(text)) break
        // Node answers 417 or goes on by itself, and ends with a request that says so.
        const where = JSON.stringify({ text, index })
        assert.ok(other, `llhttp has no such request: ${where}`)
        assert.equal(other.method, message.method, where)
        assert.equal(other.target, message.target, where)
        assert.equal(other.body, message.body, where)
        assert.deepEqual(other.fields, message.fields, where)
      }
    }
  })
})

class Pipe extends Duplex {
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done()
  }
}

async function seenByNode(text: string): Promise<Message[]> {
  const messages: Message[] = []
  const server = createServer({ insecureHTTPParser: false, requireHostHeader: false })
  const take = (req: IncomingMessage, res: ServerResponse) => {
    let body = ''
    req.on('data', chunk => {
      body += chunk.toString('latin1')
    })
    req.on('end', () => {
      const fields: [string, string][] = []
      for (let i = 0; i < req.rawHeaders.length; i += 2)
        fields.push([req.rawHeaders[i]!.toLowerCase(), req.rawHeaders[i + 1]!])
      messages.push({ method: req.method!, target: req.url!, minor: -1, fields, body })
      res.end()
    })
  }
  server.on('request', take)
  server.on('checkContinue', take)
  server.on('clientError', () => {})
  server.on('upgrade', () => {})
  const pipe = new Pipe()
  server.emit('connection', pipe)
  pipe.push(Buffer.from(text, 'latin1'))
  await settle(6)
  pipe.destroy()
  return messages
}
