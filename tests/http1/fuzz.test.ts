// The fast reader against the plain one, over all ways to split the bytes, against llhttp and against
// the `uws` host: what is accepted here is accepted there, and means the same. fuzz.ts runs more of it.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import type { Message } from '../../runtime/http1/reference.ts'
import { skipped } from '../hosts/harness.ts'
import { ofFast, ofLlhttp, ofUws } from './differences.ts'
import { generate } from './grammar.ts'
import { random, settle } from './memory.ts'
import { fast, llhttp, plain, seen } from './readers.ts'
import { startUws } from './uws.ts'

describe('the fast reader', () => {
  it('reads as the plain one does, however the bytes are split', async () => {
    const next = random(1)
    for (let i = 0; i < 400; i++) {
      const text = generate(next)
      const want = seen(plain(text))
      const ways: string[][] = [[text], [...text]]
      // Every way to make two of it for some, and some ways for all.
      const step = i % 20 === 0 ? 1 : Math.max(1, Math.floor(text.length / 3))
      for (let at = 1 + Math.floor(next() * step); at < text.length; at += step)
        ways.push([text.slice(0, at), text.slice(at)])
      for (const way of ways)
        assert.equal(ofFast(want, await fast(way)), null, JSON.stringify(way.join('|')))
    }
  })

  it('accepts nothing that llhttp refuses', () => {
    const next = random(2)
    for (let i = 0; i < 10_000; i++) {
      const text = generate(next)
      assert.equal(ofLlhttp(plain(text), llhttp(text)), null, JSON.stringify(text))
    }
  })

  const why = skipped.find(([host]) => host === 'uws')?.[1]
  it('accepts nothing that uws takes for something else', { skip: why }, async () => {
    const next = random(3)
    const uws = await startUws()
    assert.ok(typeof uws !== 'string')
    const line = async () => {
      for (let i = 0; i < 60; i++) {
        const text = generate(next)
        assert.equal(ofUws(plain(text), await uws.read(text)), null, JSON.stringify(text))
      }
    }
    await Promise.all(Array.from({ length: 16 }, line))
    await uws.stop()
  })
})

describe('llhttp as it is asked here', () => {
  it('sees what the server of Node.js sees', async () => {
    const next = random(4)
    let requests = 0
    for (let i = 0; i < 300; i++) {
      const text = generate(next)
      const { messages } = llhttp(text)
      const theirs = await seenByNode(text)
      // The server has rules of its own, for Host and for what follows an upgrade or an expectation.
      for (const [index, message] of theirs.entries()) {
        assert.deepEqual(message, messages[index], JSON.stringify(text))
        requests++
      }
    }
    assert.ok(requests > 200)
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
      const { method, url, httpVersionMinor: minor } = req
      messages.push({ method: method!, target: url!, minor, fields, body })
      res.end()
    })
  }
  server.on('request', take)
  server.on('checkContinue', take)
  server.on('clientError', () => {})
  const pipe = new Pipe()
  server.emit('connection', pipe)
  pipe.push(Buffer.from(text, 'latin1'))
  await settle(6)
  pipe.destroy()
  return messages
}
