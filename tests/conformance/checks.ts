// What takes more than one request, or more than one write, to see: conditions with a response's own
// validators, connections that are kept, streams in both directions.

import assert from 'node:assert/strict'
import { Connection, exchange, requestBytes, type WireResponse } from '../lib/wire.ts'

interface Tools {
  /** The body with its content coding undone. */
  decode(answer: WireResponse): Buffer
}

export type Check = (port: number, tools: Tools) => Promise<void>

const codings = ['identity', 'br', 'gzip', 'zstd']

async function variants(port: number, target: string): Promise<Map<string, WireResponse>> {
  const found = new Map<string, WireResponse>()
  for (const coding of codings)
    found.set(coding, await exchange(port, { target, headers: { 'accept-encoding': coding } }))
  return found
}

export const checks: Record<string, Check> = {
  async 'each variant has its own ETag and the same bytes inside'(port, { decode }) {
    for (const target of ['/wire/long', '/style.css']) {
      const all = [...(await variants(port, target)).values()]
      assert.equal(new Set(all.map(one => one.get('etag'))).size, codings.length)
      const bodies = all.map(one => decode(one).toString())
      assert.equal(new Set(bodies).size, 1)
      for (const one of all) {
        assert.equal(one.get('content-length'), String(one.body.length))
        assert.ok(one.body.length <= all[0]!.body.length, 'a variant is kept only where smaller')
      }
    }
  },

  async 'validators of a response answer 304 and 412'(port) {
    for (const [target, coding] of [
      ['/about', 'identity'],
      ['/wire/long', 'br'],
      ['/style.css', 'gzip'],
    ] as const) {
      const accept = { 'accept-encoding': coding }
      const first = await exchange(port, { target, headers: accept })
      const etag = first.get('etag')!
      const modified = first.get('last-modified')!
      const status = async (headers: Record<string, string>, method = 'GET'): Promise<number> => {
        const answer = await exchange(port, { method, target, headers: { ...accept, ...headers } })
        if (answer.status === 304) {
          assert.equal(answer.get('etag'), etag)
          assert.equal(answer.get('cache-control'), first.get('cache-control'))
          assert.equal(answer.get('vary'), first.get('vary'))
          assert.ok(answer.get('date'))
        }
        return answer.status
      }
      assert.equal(await status({ 'if-none-match': etag }), 304)
      assert.equal(await status({ 'if-none-match': etag }, 'HEAD'), 304)
      assert.equal(await status({ 'if-none-match': `W/${etag}` }), 304)
      assert.equal(await status({ 'if-none-match': `"a", ${etag} , "b"` }), 304)
      assert.equal(await status({ 'if-none-match': `"a${etag.slice(1)}` }), 200)
      assert.equal(await status({ 'if-modified-since': modified }), 304)
      assert.equal(await status({ 'if-match': etag }), 200)
      assert.equal(await status({ 'if-match': `W/${etag}` }), 412)
      assert.equal(await status({ 'if-unmodified-since': modified }), 200)
      assert.equal(await status({ 'if-match': etag, 'if-none-match': etag }), 304)
      for (const [name, wanted] of [
        ['if-none-match', 304],
        ['if-match', 200],
      ] as const) {
        const lines: [string, string][] = [
          ...Object.entries(accept),
          [name, '"other"'],
          [name, etag],
        ]
        const answer = await exchange(port, { target, headers: lines })
        assert.equal(answer.status, wanted, `${name} on two lines`)
      }
    }
  },

  async 'the ETag of one coding does not answer for another'(port) {
    const all = await variants(port, '/wire/long')
    const etag = all.get('gzip')!.get('etag')!
    const answer = await exchange(port, {
      target: '/wire/long',
      headers: { 'accept-encoding': 'br', 'if-none-match': etag },
    })
    assert.equal(answer.status, 200)
    assert.equal(answer.get('content-encoding'), 'br')
  },

  async 'If-Range with the right ETag or date gives the range'(port) {
    const whole = await exchange(port, { target: '/digits.bin' })
    for (const validator of [whole.get('etag')!, whole.get('last-modified')!]) {
      const answer = await exchange(port, {
        target: '/digits.bin',
        headers: { range: 'bytes=2-4', 'if-range': validator },
      })
      assert.equal(answer.status, 206)
      assert.equal(answer.text(), '234')
    }
    const weak = await exchange(port, {
      target: '/digits.bin',
      headers: { range: 'bytes=2-4', 'if-range': `W/${whole.get('etag')}` },
    })
    assert.equal(weak.status, 200)
  },

  async 'If-Range by date gives a range only where the whole would be the same variant'(port) {
    const whole = await exchange(port, { target: '/style.css' })
    const date = whole.get('last-modified')!
    for (const [coding, wanted] of [
      ['identity', 206],
      ['br', 200],
    ] as const) {
      const answer = await exchange(port, {
        target: '/style.css',
        headers: { range: 'bytes=2-4', 'if-range': date, 'accept-encoding': coding },
      })
      assert.equal(answer.status, wanted)
    }
  },

  async 'Date is right to a second on every answer'(port) {
    const targets: [string, string][] = [
      ['GET', '/about'],
      ['HEAD', '/about'],
      ['GET', '/seen'],
      ['GET', '/nope'],
      ['GET', '/about/'],
      ['POST', '/about'],
      ['GET', '/wire/empty'],
    ]
    // Past the turn of a second or two, so that a date that stands still shows.
    for (let round = 0; round < 3; round++) {
      for (const [method, target] of targets) {
        const before = Math.floor(Date.now() / 1000)
        const answer = await exchange(port, { method, target })
        const date = Date.parse(answer.get('date') ?? '') / 1000
        const after = Math.floor(Date.now() / 1000)
        assert.ok(
          date >= before - 1 && date <= after + 1,
          `${method} ${target}: ${answer.get('date')} at ${before} to ${after}`,
        )
      }
      await new Promise(resolve => setTimeout(resolve, 700))
    }
  },

  async 'HTTP/1.0 gets an answer it can read, or is refused'(port) {
    for (const target of ['/about', '/seen', '/stream/down', '/wire/empty', '/nope']) {
      const connection = new Connection(port)
      try {
        connection.write(`GET ${target} HTTP/1.0\r\nHost: localhost\r\n\r\n`)
        const text = (await connection.rest()).toString('latin1')
        const head = text.slice(0, text.indexOf('\r\n\r\n'))
        assert.match(head, /^HTTP\/1\.[01] \d{3} /)
        assert.doesNotMatch(head, /^transfer-encoding:/im, 'HTTP/1.0 knows no chunks')
        if (target === '/about' && !/^HTTP\/1\.1 505 /.test(head))
          assert.match(text, /\r\n\r\nabout$/)
      } finally {
        connection.close()
      }
    }
  },

  async 'several ranges come as parts'(port) {
    const answer = await exchange(port, {
      target: '/digits.bin',
      headers: { range: 'bytes=0-1, 8-' },
    })
    assert.equal(answer.status, 206)
    const boundary = /boundary="?([^";]+)/.exec(answer.get('content-type')!)![1]!
    const parts = answer.text().split(`--${boundary}`)
    assert.equal(parts.length, 4)
    assert.match(parts[1]!, /content-range: bytes 0-1\/10\r\n(.+\r\n)*\r\n01\r\n$/i)
    assert.match(parts[2]!, /content-range: bytes 8-9\/10\r\n(.+\r\n)*\r\n89\r\n$/i)
    assert.match(parts[3]!, /^--(\r\n)?$/)
  },

  async 'a range of what has codings fits its Content-Range'(port, { decode }) {
    const all = await variants(port, '/style.css')
    const answer = await exchange(port, {
      target: '/style.css',
      headers: { range: 'bytes=3-20', 'accept-encoding': 'br' },
    })
    assert.equal(answer.status, 206)
    const coding = answer.get('content-encoding') ?? 'identity'
    const whole = all.get(coding)!
    assert.equal(answer.get('etag'), whole.get('etag'))
    assert.equal(answer.get('content-range'), `bytes 3-20/${whole.body.length}`)
    assert.ok(answer.body.equals(whole.body.subarray(3, 21)))
    assert.ok(decode(whole).length > 0)
  },

  async 'prerender: true keeps the bytes of the build'(port) {
    const first = await exchange(port, { target: '/prerender/clock' })
    const second = await exchange(port, { target: '/prerender/clock' })
    assert.ok(first.body.equals(second.body))
    assert.ok(JSON.parse(first.text()).built < Date.now())
  },

  async 'prerender: false runs for each request'(port) {
    const first = Number((await exchange(port, { target: '/prerender/never' })).text())
    const second = Number((await exchange(port, { target: '/prerender/never' })).text())
    assert.equal(second, first + 1)
  },

  async 'a connection is kept for one request after another'(port) {
    const connection = new Connection(port)
    try {
      for (const [method, target, text] of [
        ['GET', '/about', 'about'],
        ['GET', '/seen', undefined],
        ['HEAD', '/about', ''],
        ['GET', '/nope', 'nothing here'],
        ['POST', '/methods', 'POST body'],
        ['GET', '/wire/empty', ''],
        ['GET', '/about', 'about'],
      ] as const) {
        const body = method === 'POST' ? 'body' : undefined
        connection.write(requestBytes({ method, target, body }))
        const answer = await connection.response(method)
        if (text !== undefined) assert.equal(answer.text(), text, `${method} ${target}`)
      }
    } finally {
      connection.close()
    }
  },

  async 'static requests that are pipelined are answered in their order'(port) {
    const connection = new Connection(port)
    try {
      const targets = ['/about', '/wire/short', '/pricing', '/default', '/about', '/robots.txt']
      connection.write(Buffer.concat(targets.map(target => requestBytes({ target }))))
      const texts = []
      for (const _ of targets) texts.push((await connection.response('GET')).text())
      assert.deepEqual(texts, [
        'about',
        'short',
        'pricing',
        'default is GET',
        'about',
        'User-agent: *\nDisallow:\n',
      ])
    } finally {
      connection.close()
    }
  },

  async 'a request in two writes is one request'(port) {
    const connection = new Connection(port)
    try {
      const bytes = requestBytes({ target: '/about' })
      connection.write(bytes.subarray(0, 7))
      // The rest is sent only when the kernel has taken the first part.
      await new Promise<void>(resolve => connection.socket.write('', () => resolve()))
      connection.write(bytes.subarray(7))
      assert.equal((await connection.response('GET')).text(), 'about')
    } finally {
      connection.close()
    }
  },

  async 'nothing follows the body of an answer'(port) {
    for (const [method, target] of [
      ['HEAD', '/about'],
      ['HEAD', '/seen'],
      ['GET', '/about'],
      ['GET', '/values/null'],
      ['GET', '/returns/nothing'],
      ['HEAD', '/nope'],
    ] as const) {
      const connection = new Connection(port)
      try {
        connection.write(requestBytes({ method, target }, ['Connection', 'close']))
        await connection.response(method)
        assert.equal((await connection.rest()).toString('latin1'), '', `${method} ${target}`)
      } finally {
        connection.close()
      }
    }
  },

  async 'a stream reaches the client before the request is over'(port) {
    const connection = new Connection(port)
    try {
      connection.write(
        requestBytes(
          { method: 'POST', target: '/stream/upper', headers: { 'transfer-encoding': 'chunked' } },
          ['Content-Type', 'text/plain'],
        ),
      )
      connection.write('5\r\nfirst\r\n')
      const head = await connection.head()
      assert.equal(head.status, 200)
      assert.equal(head.get('transfer-encoding'), 'chunked')
      assert.equal((await connection.chunk()).toString(), 'FIRST')
      connection.write('6\r\nsecond\r\n')
      assert.equal((await connection.chunk()).toString(), 'SECOND')
      connection.write('0\r\n\r\n')
      assert.equal((await connection.chunk()).length, 0)
    } finally {
      connection.close()
    }
  },

  async 'a body of some megabytes comes back as it went'(port) {
    const body = new Uint8Array(4 << 20).map((_, index) => (index * 31) >> 3)
    const answer = await exchange(port, { method: 'POST', target: '/stream/echo', body })
    assert.equal(answer.status, 200)
    assert.ok(answer.body.equals(body))
  },

  async 'a client that hangs up spoils nothing for the next'(port) {
    for (const target of ['/stream/bytes/50000000', '/stream/down', '/wire/long', '/seen']) {
      const connection = new Connection(port)
      connection.write(requestBytes({ target }))
      await connection.head()
      connection.close()
    }
    const half = new Connection(port)
    half.write('POST /stream/size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc')
    await new Promise<void>(resolve => half.socket.write('', () => resolve()))
    half.close()
    assert.equal((await exchange(port, { target: '/about' })).text(), 'about')
    assert.equal((await exchange(port, { target: '/seen' })).status, 200)
  },

  async 'two hundred requests at once each get their own answer'(port) {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        exchange(port, { target: index % 2 ? `/blog/n${index}` : `/methods?q=${index}` }),
      ),
    )
    for (const [index, answer] of answers.entries()) {
      const wanted = index % 2 ? JSON.stringify({ slug: `n${index}` }) : `GET ${index}`
      assert.equal(answer.text(), wanted)
    }
  },

  async 'cookies come on lines of their own'(port) {
    const answer = await exchange(port, { target: '/wire/cookies' })
    const lines = answer.headers.filter(([name]) => name.toLowerCase() === 'set-cookie')
    assert.deepEqual(
      lines.map(([, value]) => value),
      ['a=1; Path=/', 'b=2; Path=/; HttpOnly'],
    )
  },
}
