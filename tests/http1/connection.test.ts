// What a connection does beside reading: order, framing, limits, time-outs, backpressure.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { App } from '../../runtime/app.ts'
import { Heads } from '../../runtime/http1/heads.ts'
import { LIMITS } from '../../runtime/http1/limits.ts'
import { Pool } from '../../runtime/http1/pool.ts'
import { Recent } from '../../runtime/http1/recent.ts'
import { writeHead } from '../../runtime/head.ts'
import { Reply } from '../../runtime/static.ts'
import { open, random, settle } from './memory.ts'

const body = new TextEncoder().encode('static')
const page = new Reply(200, writeHead(200, [['Content-Length', '6']]), body)
const pageHead = new Reply(200, writeHead(200, [['Content-Length', '6']]), null)

const withPages = (fetch: App['fetch'] = () => new Response('dynamic')): Partial<App> => ({
  static: (method, target) =>
    target !== '/static'
      ? undefined
      : method === 'GET'
        ? page
        : method === 'HEAD'
          ? pageHead
          : undefined,
  fetch,
})
const GET = (path: string, fields = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`
const POST = (path: string, fields: string, content = '') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${fields}\r\n${content}`
const bodies = (output: string): string[] =>
  output.split(/HTTP\/1\.1 \d+[^\r]*\r\n[\s\S]*?\r\n\r\n/).slice(1)

/** Pages whose handler takes the body once it is told to, and sends it back. */
function readsWhenTold() {
  let go!: () => void
  const told = new Promise<void>(resolve => {
    go = resolve
  })
  const pages = withPages(async request => {
    await told
    return new Response(await request.text())
  })
  return { pages, read: () => go() }
}

describe('a connection', () => {
  it('answers a prebuilt page in one write, with a date of today', () => {
    const { wire, send } = open(withPages())
    send(GET('/static'))
    assert.equal(wire.writes.length, 1)
    assert.match(
      wire.output,
      /^HTTP\/1\.1 200 OK\r\nDate: [^\r]+\r\nContent-Length: 6\r\n\r\nstatic$/,
    )
    const date = /Date: ([^\r]+)/.exec(wire.output)![1]!
    assert.ok(Math.abs(Date.parse(date) - Date.now()) < 5_000)
    assert.equal(wire.isEnded, false)
  })

  it('sends field values as bytes and bodies as UTF-8, alone and in a pipeline', async () => {
    const make = () => new Response('grüße', { headers: { 'x-word': 'caf\u00e9', 'x-last': 'z' } })
    const now = open(withPages(make))
    now.send(GET('/').repeat(2))
    const later = open(withPages(async () => make()))
    later.send(GET('/'))
    await settle()
    for (const { wire } of [now, later]) {
      for (const answer of wire.output.split(/(?=HTTP)/)) {
        assert.match(answer, /\r\nx-word: caf\xe9\r\nContent-Length: 7\r\n\r\ngr\xc3\xbc\xc3\x9fe$/)
      }
    }
  })

  it('sends each text as its bytes, whatever it is made of and however long it is', async () => {
    const texts = [
      '',
      'a',
      'é',
      'éa',
      'aé',
      'aaé',
      '€',
      'a€',
      '😀',
      '😀aa',
      'aa😀',
      'a\ud800',
      '\ud800a',
    ]
    for (const size of [9, 10, 99, 100, 999, 1000, 9_999, 10_000, 65_300, 65_400, 65_535, 70_000])
      texts.push('x'.repeat(size), `${'x'.repeat(size - 1)}é`)
    for (const text of texts) {
      const { wire, send } = open(withPages(() => new Response(text)))
      // By itself, and behind another answer.
      send(GET('/'))
      send(GET('/static') + GET('/') + GET('/'))
      await settle()
      const bytes = Buffer.from(text).toString('latin1')
      const answers = bodies(wire.output)
      assert.deepEqual(answers, [bytes, 'static', bytes, bytes], text.slice(-9))
      const lengths = [...wire.output.matchAll(/\r\nContent-Length: (\d+)\r\n/g)]
      const wanted = [bytes.length, 6, bytes.length, bytes.length]
      assert.deepEqual(
        lengths.map(([, length]) => Number(length)),
        wanted,
      )
    }
  })

  it('joins the answers to a pipeline into one write', () => {
    const { wire, send } = open(withPages())
    send(GET('/static').repeat(30) + GET('/dynamic'))
    assert.equal(wire.writes.length, 1)
    assert.equal(wire.output.match(/HTTP\/1\.1 200 OK/g)!.length, 31)
    assert.ok(wire.output.endsWith('dynamic'))
  })

  it('answers a request that is repeated in one piece as it answers each by itself', () => {
    for (const method of ['GET', 'HEAD'])
      for (const count of [1, 2, 3, 24, 31]) {
        const { wire, send } = open(withPages())
        const request = `${method} /static HTTP/1.1\r\nHost: x\r\n\r\n`
        send(request)
        const [single] = wire.writes
        send(request.repeat(count))
        assert.equal(wire.writes.length, 2)
        assert.equal(wire.writes[1], single!.repeat(count), `${count} times`)
        // Cut anywhere, the rest is waited for.
        send(request.repeat(count) + request.slice(0, -3))
        assert.equal(wire.writes[2], single!.repeat(count))
        send(request.slice(-3))
        assert.equal(wire.writes[3], single)
      }
  })

  it('lets no repetition pass what each of its requests is held to', async () => {
    const one = open(withPages(), { requests: 5 })
    one.send(GET('/static'))
    one.send(GET('/static').repeat(9))
    assert.equal(bodies(one.wire.output).length, 5)
    assert.equal(one.wire.output.match(/Connection: close/g)?.length, 1)
    assert.equal(one.wire.isEnded, true)

    const slow = open(withPages())
    slow.send(GET('/static'))
    slow.wire.isSlow = true
    slow.send(GET('/static').repeat(4))
    slow.send(GET('/static').repeat(4))
    assert.equal(bodies(slow.wire.output).length, 5)
    slow.wire.isSlow = false
    slow.connection.drained()
    assert.equal(bodies(slow.wire.output).length, 9)

    const large = new Uint8Array(40_000).fill(97)
    const reply = new Reply(200, writeHead(200, [['Content-Length', '40000']]), large)
    const big = open({ static: () => reply })
    big.send(GET('/static'))
    big.send(GET('/static').repeat(3))
    assert.deepEqual(
      bodies(big.wire.output).map(({ length }) => length),
      [40_000, 40_000, 40_000, 40_000],
    )

    const dynamic = open(withPages())
    dynamic.send(GET('/dynamic'))
    dynamic.send(GET('/dynamic').repeat(3))
    await settle()
    assert.deepEqual(bodies(dynamic.wire.output), Array(4).fill('dynamic'))
  })

  it('keeps the order of slow and fast answers', async () => {
    const finish: (() => void)[] = []
    const { wire, send } = open(
      withPages((_request, _env, _ctx, target) => {
        if (target === '/now') return new Response('now')
        return new Promise(resolve => finish.push(() => resolve(new Response(target))))
      }),
    )
    send(GET('/a') + GET('/static') + GET('/b') + GET('/now'))
    await settle()
    assert.equal(wire.output, '')
    assert.equal(finish.length, 1)
    finish[0]!()
    await settle()
    assert.deepEqual(bodies(wire.output), ['/a', 'static'])
    send(GET('/static'))
    finish[1]!()
    await settle()
    assert.deepEqual(bodies(wire.output), ['/a', 'static', '/b', 'now', 'static'])
  })

  it('keeps it where each request comes by itself and repeats the one before', async () => {
    const finish: (() => void)[] = []
    const { wire, send } = open(
      withPages((_request, _env, _ctx, target) => {
        if (target === '/now') return new Response('now')
        return new Promise(resolve => finish.push(() => resolve(new Response(target))))
      }),
    )
    for (const path of ['/static', '/static', '/now', '/a', '/static', '/b', '/now', '/static'])
      send(GET(path))
    await settle()
    assert.deepEqual(bodies(wire.output), ['static', 'static', 'now'])
    finish[0]!()
    await settle()
    finish[1]!()
    await settle()
    const all = ['static', 'static', 'now', '/a', 'static', '/b', 'now', 'static']
    assert.deepEqual(bodies(wire.output), all)
  })

  it('patches the date of a page that the socket still reads into a copy', () => {
    const pool = new Pool()
    const first = open(withPages(), {}, pool)
    let kept: Uint8Array | undefined
    first.wire.write = bytes => {
      kept = bytes
      return false
    }
    first.send(GET('/static'))
    const before = Buffer.from(kept!).toString()
    pool.date = 'Fri, 02 Jan 1970 00:00:00 GMT'
    const second = open(withPages(), {}, pool)
    second.send(GET('/static'))
    assert.equal(Buffer.from(kept!).toString(), before)
    assert.match(second.wire.output, /Date: Fri, 02 Jan 1970/)
  })

  for (const [what, request, fields, isEnded] of [
    ['HTTP/1.1', GET('/static'), /\r\nContent-Length: 6\r\n\r\nstatic$/, false],
    [
      'Connection: close',
      GET('/static', 'Connection: close\r\n'),
      /\r\nConnection: close\r\n/,
      true,
    ],
    ['HTTP/1.0', 'GET /static HTTP/1.0\r\n\r\n', /\r\nConnection: close\r\n/, true],
    [
      'HTTP/1.0 with keep-alive',
      'GET /static HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
      /\r\nConnection: keep-alive\r\n/,
      false,
    ],
    ['HEAD', 'HEAD /static HTTP/1.1\r\nHost: x\r\n\r\n', /\r\nContent-Length: 6\r\n\r\n$/, false],
    [
      'HEAD, dynamic',
      'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n',
      /\r\nContent-Length: 7\r\n\r\n$/,
      false,
    ],
    ['dynamic, HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', /\r\nConnection: close\r\n/, true],
  ] as const) {
    it(`knows when to end: ${what}`, () => {
      const { wire, send } = open(withPages())
      send(request)
      assert.match(wire.output, fields)
      assert.equal(wire.isEnded, isEnded)
      if (!isEnded) assert.doesNotMatch(wire.output, /Connection: close/)
    })
  }

  it('drops what follows an answer that ends the connection', () => {
    const { wire, send } = open(withPages())
    send(GET('/static', 'Connection: close\r\n') + GET('/static'))
    send(GET('/static'))
    assert.equal(wire.output.match(/200 OK/g)!.length, 1)
  })

  it('gives a handler the body whole, by length and in chunks', async () => {
    const { wire, send } = open(withPages(async request => new Response(await request.text())))
    send(POST('/', 'Content-Length: 5\r\n', 'he'))
    send(`llo${POST('/', 'Transfer-Encoding: chunked\r\n', '3;a="b"\r\nwor\r\n')}`)
    send(`2\r\nld\r\n0\r\nX: y\r\n\r\n${GET('/static')}`)
    await settle()
    assert.deepEqual(bodies(wire.output), ['hello', 'world', 'static'])
  })

  it('keeps a body the client still owns from changing', async () => {
    const { wire, connection } = open(
      withPages(async request => new Response(await request.text())),
    )
    const bytes = Buffer.from(POST('/', 'Content-Length: 8\r\n', 'good'))
    connection.receive(bytes)
    bytes.fill('!')
    connection.receive(Buffer.from('will'))
    await settle()
    assert.deepEqual(bodies(wire.output), ['goodwill'])
  })

  it('asks for a body that waits for 100 only when a handler wants it', async () => {
    const wanting = open(withPages(async request => new Response(await request.text())))
    wanting.send(POST('/', 'Content-Length: 2\r\nExpect: 100-continue\r\n'))
    await settle()
    assert.equal(wanting.wire.output, 'HTTP/1.1 100 Continue\r\n\r\n')
    wanting.send('ok')
    await settle()
    assert.match(wanting.wire.output, /ok$/)
    assert.equal(wanting.wire.isEnded, false)

    const refusing = open(withPages(() => new Response('no', { status: 403 })))
    refusing.send(POST('/', 'Content-Length: 2\r\nExpect: 100-continue\r\n'))
    assert.match(refusing.wire.output, /^HTTP\/1\.1 403 [\s\S]*\r\nConnection: close\r\n/)
    assert.equal(refusing.wire.isEnded, true)
  })

  it('stops reading a body that the handler does not keep up with, and goes on', async () => {
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    const { wire, send } = open(
      withPages(request => {
        reader = request.body!.getReader()
        return new Promise(() => {})
      }),
      { highWater: 1_000 },
    )
    send(POST('/', 'Content-Length: 5000\r\n', 'x'.repeat(2_000)))
    assert.equal(wire.isPaused, true)
    let size = 0
    for (let i = 0; i < 4 && wire.isPaused; i++) size += (await reader!.read()).value!.length
    assert.equal(wire.isPaused, false)
    send('x'.repeat(3_000))
    for (;;) {
      const { done, value } = await reader!.read()
      if (done) break
      size += value.length
    }
    assert.equal(size, 5_000)
  })

  it('lets a body that nobody wanted pass, up to a limit', () => {
    const { wire, send } = open(withPages(), { drain: 100 })
    send(POST('/', 'Content-Length: 50\r\n') + 'x'.repeat(50) + GET('/static'))
    assert.deepEqual(bodies(wire.output), ['dynamic', 'static'])
    send(POST('/', 'Content-Length: 500\r\n'))
    assert.match(wire.output, /\r\nConnection: close\r\n[\s\S]*dynamic$/)
    assert.equal(wire.isEnded, true)
    const chunked = open(withPages(), { drain: 100 })
    chunked.send(`${POST('/', 'Transfer-Encoding: chunked\r\n')}fff\r\n${'x'.repeat(200)}`)
    assert.equal(chunked.wire.isEnded, true)
  })

  it('streams in chunks, and by the end of the connection in HTTP/1.0', async () => {
    const streaming = withPages(
      () =>
        new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(Buffer.from('one'))
              await settle(1)
              controller.enqueue(Buffer.from('three'))
              controller.close()
            },
          }),
        ),
    )
    const eleven = open(streaming)
    eleven.send(GET('/'))
    await settle(9)
    assert.match(
      eleven.wire.output,
      /\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n$/,
    )
    const ten = open(streaming)
    ten.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    await settle(9)
    assert.match(ten.wire.output, /\r\nConnection: close\r\n\r\nonethree$/)
    assert.equal(ten.wire.isEnded, true)
  })

  it('makes a stream wait for a slow reader', async () => {
    let pulls = 0
    const { wire, connection, send } = open(
      withPages(
        () =>
          new Response(
            new ReadableStream({
              async pull(controller) {
                pulls++
                await settle(1)
                controller.enqueue(Buffer.from('x'.repeat(10_000)))
              },
            }),
          ),
      ),
    )
    wire.isSlow = true
    send(GET('/'))
    await settle(20)
    const before = pulls
    assert.ok(before <= 3, `${pulls}`)
    await settle(20)
    assert.equal(pulls, before)
    // The first chunk goes out with the head, and the second may have been asked for by then.
    for (let i = 0; i < 2; i++) {
      connection.drained()
      await settle(20)
    }
    assert.ok(pulls > before)
    connection.gone()
  })

  it('reads no more requests than it can answer', () => {
    const { wire, connection, send } = open(withPages(), { highWater: 200 })
    wire.isSlow = true
    send(GET('/static'))
    send(GET('/static').repeat(10))
    assert.equal(wire.output.match(/200 OK/g)!.length, 1)
    assert.equal(wire.isPaused, true)
    wire.isSlow = false
    connection.drained()
    assert.equal(wire.output.match(/200 OK/g)!.length, 11)
    assert.equal(wire.isPaused, false)
  })

  it('aborts the signal when the client goes, and answers one that only closed its half', async () => {
    let finish: ((response: Response) => void) | undefined
    let signal: AbortSignal | undefined
    const app = withPages(request => {
      signal = request.signal
      return new Promise(resolve => {
        finish = resolve
      })
    })
    const half = open(app)
    half.send(GET('/'))
    half.connection.ended()
    assert.equal(signal!.aborted, true)
    finish!(new Response('late'))
    await settle()
    assert.match(half.wire.output, /late$/)
    assert.equal(half.wire.isEnded, true)

    const gone = open(app)
    gone.send(GET('/'))
    assert.equal(signal!.aborted, false)
    gone.connection.gone()
    assert.equal(signal!.aborted, true)
    finish!(new Response('late'))
    await settle()
    assert.equal(gone.wire.output, '')
  })

  it('fails a body that the client did not finish', async () => {
    let error: unknown
    const { wire, connection, send } = open(
      withPages(async request => {
        await request.text().catch(reason => {
          error = reason
        })
        return new Response('x')
      }),
    )
    send(POST('/', 'Content-Length: 10\r\n', 'half'))
    connection.ended()
    await settle()
    assert.equal((error as Error).name, 'AbortError')
    assert.equal(wire.isEnded, true)
  })

  it('fails it behind an answer that was still owed, too', async () => {
    let finish!: (response: Response) => void
    let error: unknown
    const { wire, connection, send } = open(
      withPages(async request => {
        if (request.method === 'GET')
          return new Promise(resolve => {
            finish = resolve
          })
        await request.text().catch(reason => {
          error = reason
        })
        return new Response('y')
      }),
    )
    send(GET('/') + POST('/', 'Content-Length: 10\r\n', 'half'))
    connection.ended()
    finish(new Response('x'))
    await settle()
    assert.equal((error as Error).name, 'AbortError')
    assert.equal(wire.isEnded, true)
  })

  it('gives a body to its end that waited for its reader when the client closed its half', async () => {
    let read!: () => void
    const { wire, connection, send } = open(
      withPages(async request => {
        const reader = request.body!.getReader()
        let size = 0
        await new Promise<void>(resolve => {
          read = resolve
        })
        for (;;) {
          const { done, value } = await reader.read()
          if (done) return new Response(String(size))
          size += value.length
        }
      }),
      { highWater: 100, bodySize: 10_000 },
    )
    send(POST('/', 'Content-Length: 5000\r\n', 'x'.repeat(1000)))
    send('x'.repeat(4000))
    connection.ended()
    read()
    await settle()
    assert.match(wire.output, /\r\n\r\n5000$/)
  })

  const refusals: [string, string, number][] = [
    ['a head that is too long', GET('/', `X: ${'x'.repeat(600)}\r\n`), 431],
    ['a line that is too long', `GET /${'x'.repeat(600)}`, 414],
    ['too many fields', GET('/', 'X: y\r\n'.repeat(20)), 431],
    ['a body that is too long', POST('/', 'Content-Length: 1001\r\n'), 413],
    [
      'chunks that are too long',
      POST('/', 'Transfer-Encoding: chunked\r\n', `3e9\r\n${'x'.repeat(1_001)}`),
      413,
    ],
    ['two lengths', POST('/', 'Content-Length: 1\r\nContent-Length: 1\r\n', 'x'), 400],
    [
      'a length and chunks',
      POST('/', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
      400,
    ],
    ['another coding', POST('/', 'Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), 501],
    ['another expectation', GET('/', 'Expect: wonders\r\n'), 417],
    ['another version', 'GET / HTTP/2.0\r\nHost: x\r\n\r\n', 505],
    ['no version', 'GET /\r\n\r\n', 400],
    ['a folded line', GET('/', 'X: y\r\n z\r\n'), 400],
    ['a lone LF', 'GET / HTTP/1.1\nHost: x\n\n', 400],
    ['a space before the colon', GET('/', 'X : y\r\n'), 400],
    ['a NUL', GET('/', 'X: \0\r\n'), 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', GET('/', 'Host: x\r\n'), 400],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n', 501],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00', 400],
  ]
  for (const [what, bytes, status] of refusals) {
    it(`refuses ${what} with ${status}, and ends`, () => {
      const app = withPages(async request => new Response(await request.text()))
      const { wire, send } = open(app, { headSize: 500, fields: 10, bodySize: 1_000 })
      send(bytes)
      assert.match(
        wire.output,
        new RegExp(`HTTP/1\\.1 ${status} [\\s\\S]*\\r\\nConnection: close\\r\\n`),
      )
      assert.doesNotMatch(wire.output, /200 OK/)
      assert.equal(wire.isEnded, true)
      send(GET('/static'))
      assert.doesNotMatch(wire.output, /200 OK/)
    })
  }

  it('refuses a broken body in place of an answer that has not begun', async () => {
    const { wire, send } = open(withPages(async request => new Response(await request.text())))
    send(POST('/', 'Transfer-Encoding: chunked\r\n', 'x\r\n'))
    await settle()
    assert.match(wire.output, /^HTTP\/1\.1 400 /)
    assert.equal(wire.output.match(/HTTP\/1\.1/g)!.length, 1)
    assert.equal(wire.isEnded, true)
  })

  it('answers 500 where a handler throws, and lives on', async t => {
    const log = t.mock.method(console, 'error', () => {})
    const { wire, send } = open(
      withPages((_request, _env, _ctx, target) => {
        if (target === '/now') throw new Error('now')
        return Promise.reject(new Error('later'))
      }),
    )
    send(GET('/now') + GET('/later') + GET('/static'))
    await settle()
    assert.equal(wire.output.match(/HTTP\/1\.1 500 /g)!.length, 2)
    assert.match(wire.output, /static$/)
    assert.equal(log.mock.callCount(), 2)
  })

  for (const [what, source, fields] of [
    ['fails at once', { start: () => Promise.reject(new Error('at once')) }, {}],
    [
      'fails in a later turn',
      {
        async pull() {
          await settle(1)
          throw new Error('later')
        },
      },
      {},
    ],
    [
      'fails behind a chunk that was not sent yet',
      {
        start(controller: ReadableStreamDefaultController) {
          controller.enqueue(Buffer.from('x'))
          controller.error(new Error('behind'))
        },
      },
      {},
    ],
    [
      'ends without a byte where it promised some',
      {
        async pull(controller: ReadableStreamDefaultController) {
          await settle(1)
          controller.close()
        },
      },
      { 'content-length': '5' },
    ],
    [
      'gives something else than bytes',
      {
        async pull(controller: ReadableStreamDefaultController) {
          await settle(1)
          controller.enqueue('text')
          controller.close()
        },
      },
      {},
    ],
  ] as [string, UnderlyingDefaultSource, Record<string, string>][]) {
    it(`answers 500 where a stream ${what}, and goes on`, async t => {
      t.mock.timers.enable({ apis: ['setTimeout'] })
      // Node.js warns of it once.
      await settle(1)
      const log = t.mock.method(console, 'error', () => {})
      const { wire, send } = open(
        withPages(() => new Response(new ReadableStream(source), { headers: fields })),
      )
      send(GET('/') + GET('/static'))
      await settle(9)
      assert.match(
        wire.output,
        /^HTTP\/1\.1 500 [\s\S]*\r\n\r\nInternal Server ErrorHTTP\/1\.1 200 [\s\S]*static$/,
      )
      assert.equal(wire.output.match(/HTTP\/1\.1/g)!.length, 2)
      assert.equal(wire.isDestroyed, false)
      assert.equal(log.mock.callCount(), 1)
    })
  }

  it('holds the head of a stream that is silent, shortly', async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    let isCancelled = false
    const silent = withPages(
      () =>
        new Response(
          new ReadableStream({
            cancel() {
              isCancelled = true
            },
          }),
        ),
    )
    const { wire, connection, send } = open(silent)
    send(GET('/'))
    await settle()
    assert.equal(wire.output, '')
    t.mock.timers.tick(10)
    await settle()
    assert.match(wire.output, /^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/)
    connection.gone()
    assert.equal(isCancelled, true)

    isCancelled = false
    const left = open(silent)
    left.send(GET('/'))
    await settle()
    left.connection.gone()
    t.mock.timers.tick(10)
    await settle()
    assert.equal(isCancelled, true)
    assert.equal(left.wire.output, '')
  })

  it('leaves nothing behind for others where its wire fails', t => {
    t.mock.method(console, 'error', () => {})
    const broken = open(withPages())
    broken.wire.write = () => {
      throw new Error('no wire')
    }
    broken.send(GET('/dynamic'))
    assert.equal(broken.wire.isDestroyed, true)
    const { wire, send } = open(withPages())
    send(GET('/static').repeat(30) + GET('/dynamic'))
    assert.equal(wire.writes.length, 1)
  })

  it('ends after as many requests as are allowed', () => {
    const { wire, send } = open(withPages(), { requests: 3 })
    send(GET('/static').repeat(5))
    assert.equal(wire.output.match(/200 OK/g)!.length, 3)
    assert.equal(wire.output.match(/Connection: close/g)!.length, 1)
    assert.equal(wire.isEnded, true)
  })

  it('ends behind a streamed answer that began before the server was told to stop', async () => {
    let end = (): void => {}
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('x'))
        end = () => controller.close()
      },
    })
    const { wire, pool, send } = open(withPages(() => new Response(body)))
    send(GET('/'))
    await settle()
    assert.match(wire.output, /\r\n\r\n1\r\nx\r\n$/)
    assert.doesNotMatch(wire.output, /Connection: close/)
    pool.stop()
    assert.equal(wire.isEnded, false)
    end()
    await settle()
    assert.match(wire.output, /\r\n0\r\n\r\n$/)
    assert.equal(wire.isEnded, true)
  })
})

describe('the pool', () => {
  const ticks = (pool: Pool, seconds: number) => {
    for (let i = 0; i < seconds; i++) pool.tick()
  }

  it('ends a connection that is idle', () => {
    const { wire, send, pool } = open(withPages(), { idleTimeout: 5 })
    send(GET('/static'))
    ticks(pool, 4)
    assert.equal(wire.isEnded, false)
    send(GET('/static'))
    ticks(pool, 4)
    assert.equal(wire.isEnded, false)
    ticks(pool, 1)
    assert.equal(wire.isEnded, true)
    assert.doesNotMatch(wire.output, /408/)
    ticks(pool, 2)
    assert.equal(wire.isDestroyed, true)
    assert.equal(pool.size, 0)
  })

  it('gives a head that drips in no more time than one that does not', () => {
    const { wire, send, pool } = open(withPages(), { headTimeout: 5 })
    for (const char of 'GET /') {
      send(char)
      ticks(pool, 1)
    }
    send(' ')
    ticks(pool, 1)
    assert.match(wire.output, /^HTTP\/1\.1 408 /)
    assert.equal(wire.isEnded, true)
  })

  it('refuses a body that stays away, and leaves a handler its time', () => {
    const { wire, send, pool } = open(
      withPages(request => {
        request.text().catch(() => {})
        return new Promise(() => {})
      }),
      { bodyTimeout: 5 },
    )
    send(POST('/', 'Content-Length: 4\r\n', 'ab'))
    ticks(pool, 3)
    send('c')
    ticks(pool, 4)
    assert.equal(wire.output, '')
    ticks(pool, 1)
    assert.match(wire.output, /^HTTP\/1\.1 408 /)

    const slow = open(
      withPages(() => new Promise(() => {})),
      {},
    )
    slow.send(GET('/'))
    ticks(slow.pool, 1_000)
    assert.equal(slow.wire.isEnded, false)
  })

  it('lets a client that waits send somewhat, so that one that has left is noticed', () => {
    for (const first of [
      // A body that nobody reads, and requests behind one that is not answered yet.
      POST('/', 'Content-Length: 50000\r\n', 'x'.repeat(1_000)),
      GET('/') + GET('/').repeat(50),
    ]) {
      let signal: AbortSignal | undefined
      const { wire, connection, send, pool } = open(
        withPages(request => {
          signal = request.signal
          return new Promise(() => {})
        }),
        { highWater: 1_000 },
      )
      send(first)
      assert.equal(wire.isPaused, true)
      let sent = 0
      for (let i = 0; i < 100; i++) {
        ticks(pool, 1)
        if (wire.isPaused) continue
        // As long as nothing comes it stays open.
        ticks(pool, 60)
        assert.equal(wire.isPaused, false)
        send('x'.repeat(500))
        sent += 500
        assert.equal(wire.isPaused, true)
      }
      assert.ok(sent > 2_000 && sent <= 4_500, `${sent}`)
      assert.equal(signal!.aborted, false)
      assert.equal(wire.output, '')
      connection.gone()
    }
  })

  it('keeps what came when it looked for the client, in its order', async () => {
    const { pages, read } = readsWhenTold()
    const { wire, send, pool } = open(pages, { highWater: 1_000 })
    const content = Array.from({ length: 3_000 }, (_, i) => i % 10).join('')
    send(POST('/', `Content-Length: ${content.length}\r\n`, content.slice(0, 1_200)))
    for (const [from, to] of [
      [1_200, 1_300],
      [1_300, 2_500],
    ]) {
      ticks(pool, 1)
      send(content.slice(from, to))
    }
    assert.equal(wire.isPaused, true)
    read()
    await settle()
    assert.equal(wire.isPaused, false)
    send(content.slice(2_500) + GET('/static'))
    await settle()
    assert.deepEqual(bodies(wire.output), [content, 'static'])
  })

  it('does not take a look for a client that takes nothing', () => {
    const { wire, send, pool } = open(
      withPages(() => new Promise(() => {})),
      { highWater: 1_000, writeTimeout: 5 },
    )
    // What was sent last may be under way yet.
    wire.pending = () => 100
    send(POST('/', 'Content-Length: 5000\r\n', 'x'.repeat(1_000)))
    ticks(pool, 100)
    assert.equal(wire.isDestroyed, false)
  })

  it('waits for the rest of a head that is larger than what may wait', () => {
    const { wire, send } = open(withPages(), { headSize: 5_000, highWater: 1_000 })
    const head = GET('/static', `X: ${'x'.repeat(3_000)}\r\n`)
    send(head.slice(0, 2_000))
    assert.equal(wire.isPaused, false)
    send(head.slice(2_000))
    assert.deepEqual(bodies(wire.output), ['static'])
  })

  it('lets a client wait for 100 (Continue) as long as the handler does', async () => {
    const { pages, read } = readsWhenTold()
    const { wire, send, pool } = open(pages, { bodyTimeout: 5 })
    send(POST('/', 'Content-Length: 2\r\nExpect: 100-continue\r\n'))
    ticks(pool, 100)
    assert.equal(wire.output, '')
    read()
    await settle()
    assert.equal(wire.output, 'HTTP/1.1 100 Continue\r\n\r\n')
    ticks(pool, 4)
    send('o')
    ticks(pool, 4)
    assert.equal(wire.isEnded, false)
    ticks(pool, 1)
    assert.match(wire.output, /HTTP\/1\.1 408 /)
  })

  it('stops once a client that was slow has all that it was owed', () => {
    const { wire, connection, send, pool } = open(withPages())
    wire.isSlow = true
    send(GET('/static'))
    pool.stop()
    assert.equal(wire.isEnded, false)
    wire.isSlow = false
    connection.drained()
    assert.equal(wire.isEnded, true)
  })

  it('drops a client that takes nothing, not one that is slow', () => {
    const { wire, send, pool } = open(withPages(), { writeTimeout: 5 })
    let left = 100
    wire.pending = () => left
    wire.isSlow = true
    send(GET('/static'))
    for (let i = 0; i < 4; i++) {
      ticks(pool, 5)
      left -= 10
    }
    assert.equal(wire.isDestroyed, false)
    ticks(pool, 10)
    assert.equal(wire.isDestroyed, true)
  })

  it('takes no more connections than it may', () => {
    const pool = new Pool({ connections: 2 })
    const first = open(withPages(), {}, pool)
    open(withPages(), {}, pool)
    assert.equal(pool.add({ deadline: 0, expire() {}, retire() {} }), false)
    first.connection.gone()
    assert.equal(pool.add({ deadline: 0, expire() {}, retire() {} }), true)
  })

  it('stops when the last answer is given', async () => {
    let finish: ((response: Response) => void) | undefined
    const pool = new Pool()
    const idle = open(withPages(), {}, pool)
    const busy = open(
      withPages(
        () =>
          new Promise(resolve => {
            finish = resolve
          }),
      ),
      {},
      pool,
    )
    busy.send(GET('/'))
    let stopped = false
    pool.stop().then(() => {
      stopped = true
    })
    assert.equal(idle.wire.isEnded, true)
    assert.equal(busy.wire.isEnded, false)
    finish!(new Response('last'))
    await settle()
    assert.match(busy.wire.output, /\r\nConnection: close\r\n[\s\S]*last$/)
    assert.equal(stopped, false)
    idle.connection.gone()
    busy.connection.gone()
    await settle()
    assert.equal(stopped, true)
  })
})

describe('what was asked before', () => {
  const replyOf = (text: string, isLasting: boolean): Reply => {
    const bytes = new TextEncoder().encode(text)
    const fields: [string, string][] = [['Content-Length', String(bytes.length)]]
    const reply = new Reply(200, writeHead(200, fields), bytes)
    reply.isLasting = isLasting
    return reply
  }

  it('is not asked again of the app, on any connection, where the answer lasts', () => {
    const asked: string[] = []
    const lasting = replyOf('lasting', true)
    const passing = replyOf('passing', false)
    const app: Partial<App> = {
      static(method, target) {
        asked.push(`${method} ${target}`)
        return target === '/lasting' ? lasting : passing
      },
    }
    const pool = new Pool()
    const lines = [open(app, {}, pool), open(app, {}, pool)]
    for (const { send } of lines) for (let i = 0; i < 4; i++) send(GET('/lasting'))
    // The first request of each connection is read, and the next on one of them is remembered.
    assert.deepEqual(asked, ['GET /lasting', 'GET /lasting', 'GET /lasting'])
    asked.length = 0
    for (const { send } of lines) for (let i = 0; i < 4; i++) send(GET('/passing'))
    assert.equal(asked.length, 8)
    for (const { wire } of lines)
      assert.deepEqual(bodies(wire.output), [
        ...Array(4).fill('lasting'),
        ...Array(4).fill('passing'),
      ])
  })

  it('is the same for clients that differ in their cookies alone', () => {
    const made = new Map<string, Reply>()
    let asked = 0
    const app: Partial<App> = {
      static(method, _target, headers) {
        asked++
        const said = `${method} ${headers.get('accept-encoding')} ${headers.get('if-range')}`
        if (!made.has(said)) made.set(said, replyOf(said, true))
        return made.get(said)
      },
    }
    const pool = new Pool()
    const lines = Array.from({ length: 3 }, () => open(app, {}, pool))
    const wanted: string[] = []
    const sayAll = (fields: string) => {
      for (const [client, { send }] of lines.entries())
        send(GET('/', `${fields}Cookie: client=${client}\r\n`))
    }
    for (const [fields, said] of [
      ['Range: bytes=0-1\r\n', 'GET null null'],
      ['Range: bytes=0-1\r\nIf-Range: "x"\r\n', 'GET null "x"'],
      ['Range: bytes=0-1\r\nAccept-Encoding: br\r\n', 'GET br null'],
      ['Range: bytes=0-1\r\nAccept-Encoding:\r\n', 'GET  null'],
    ] as const) {
      // Of each client the first is read, and the next one remembered.
      for (let i = 0; i < 2; i++) sayAll(fields)
      asked = 0
      for (let i = 0; i < 3; i++) sayAll(fields)
      assert.equal(asked, 0, fields)
      wanted.push(...Array(5).fill(said))
    }
    for (const { wire } of lines) assert.deepEqual(bodies(wire.output), wanted)
  })

  it('is handed to the same handler again, and nothing else is looked for', () => {
    const asked: string[] = []
    const app: Partial<App> = {
      static(method, target) {
        asked.push(`${method} ${target}`)
        return undefined
      },
      handler(target) {
        asked.push(target)
        if (target !== '/code') return target === '/soon' ? undefined : null
        return request => new Response(`${request.method} handled`)
      },
      fetch: (_request, _env, _ctx, target) => new Response(`fetched ${target}`),
    }
    const { send, wire } = open(app)
    for (let i = 0; i < 4; i++) send(GET('/code'))
    send(GET('/code').replace('GET', 'HEAD'))
    send(GET('/code').replace('GET', 'PUT'))
    // The first request is read, and the next one is remembered.
    const apart = ['HEAD /code', '/code', 'PUT /code', '/code']
    assert.deepEqual(asked, ['GET /code', '/code', 'GET /code', '/code', ...apart])
    asked.length = 0
    for (let i = 0; i < 3; i++) send(GET('/soon') + GET('/never'))
    assert.equal(asked.filter(what => what === '/soon').length, 3)
    const sent = bodies(wire.output)
    assert.deepEqual(sent.slice(0, 5), [...Array(4).fill('GET handled'), ''])
    assert.deepEqual(sent.slice(6, 8), ['fetched /soon', 'fetched /never'])
  })

  it('is read once for all who say it, but for what tells one client from others', () => {
    const headOf = (recent: Recent, fields: string) => {
      const heads = new Heads(recent)
      const bytes = Buffer.from(GET('/', fields))
      assert.equal(heads.read(bytes, 0, bytes.length, LIMITS), bytes.length)
      return heads.next
    }
    for (const [fields, isShared] of [
      ['Accept: */*\r\n', true],
      ['Accept: */*\r\nCookie: a=1\r\n', false],
      ['Authorization: Basic eA==\r\n', false],
      ['proxy-authorization: Basic eA==\r\n', false],
    ] as const) {
      const recent = new Recent()
      const [first, second] = [headOf(recent, fields), headOf(recent, fields)]
      assert.equal(first === second, isShared, fields)
    }
  })

  it('is never taken for something else, whoever asks in whatever order', () => {
    const made = new Map<string, Reply>()
    const app: Partial<App> = {
      static(method, target, headers) {
        const text = `${method} ${target} ${headers.get('x')}`
        if (!made.has(text)) made.set(text, replyOf(text, true))
        return made.get(text)
      },
    }
    const next = random(7)
    const one = <T>(list: T[]): T => list[Math.floor(next() * list.length)]!
    // More targets than places are kept for, so that they push each other out.
    const targets = Array.from({ length: 6000 }, (_, i) => `/${i.toString(36)}`)
    const few = targets.slice(0, 3)
    const pool = new Pool()
    const lines = Array.from({ length: 4 }, () => ({
      ...open(app, {}, pool),
      wanted: [] as string[],
    }))
    for (let i = 0; i < 20_000; i++) {
      const line = one(lines)
      const method = one(['GET', 'GET', 'POST'])
      const target = one([...few, one(targets)])
      const value = one(['1', '2', '3'.repeat(300)])
      line.wanted.push(`${method} ${target} ${value}`)
      line.send(`${method} ${target} HTTP/1.1\r\nHost: x\r\nX: ${value}\r\n\r\n`)
    }
    for (const { wire, wanted } of lines) assert.deepEqual(bodies(wire.output), wanted)
  })
})
