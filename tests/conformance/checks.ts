// What takes more than one request, or more than one write, to see: conditions with a response's own
// validators, connections that are kept, streams in both directions.

import assert from 'node:assert/strict'
import { Connection, exchange, requestBytes, type WireResponse } from '../lib/wire.ts'
import { type Check, decode } from './ask.ts'

const codings = ['identity', 'br', 'gzip', 'zstd']

async function variants(port: number, target: string): Promise<Map<string, WireResponse>> {
  const found = new Map<string, WireResponse>()
  for (const coding of codings)
    found.set(coding, await exchange(port, { target, headers: { 'accept-encoding': coding } }))
  return found
}

export const checks: Record<string, Check> = {
  'each variant has its own ETag and the same bytes inside': {
    rule: 'tags',
    async run(port) {
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
  },

  'validators of a response answer 304 and 412': {
    rule: 'order',
    async run(port) {
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
          const answer = await exchange(port, {
            method,
            target,
            headers: { ...accept, ...headers },
          })
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
  },

  'the ETag of one coding does not answer for another': {
    rule: 'tags',
    async run(port) {
      const all = await variants(port, '/wire/long')
      const etag = all.get('gzip')!.get('etag')!
      const answer = await exchange(port, {
        target: '/wire/long',
        headers: { 'accept-encoding': 'br', 'if-none-match': etag },
      })
      assert.equal(answer.status, 200)
      assert.equal(answer.get('content-encoding'), 'br')
    },
  },

  'If-Range with the right ETag or date gives the range': {
    rule: 'ifRange',
    async run(port) {
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
  },

  'If-Range by date gives a range only where the whole would be the same variant': {
    rule: 'mixed',
    async run(port) {
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
  },

  'Date is right to a second on every answer': {
    rule: 'date',
    async run(port) {
      const targets: [string, string][] = [
        ['GET', '/about'],
        ['HEAD', '/about'],
        ['GET', '/seen'],
        ['GET', '/nope'],
        ['GET', '/about/'],
        ['POST', '/about'],
        ['GET', '/wire/empty'],
      ]
      // The suite has asked for longer than a second by now, so a date that stands still shows.
      for (const [method, target] of targets) {
        const before = Math.floor(Date.now() / 1000)
        const answer = await exchange(port, { method, target })
        const date = Date.parse(answer.get('date') ?? '') / 1000
        const after = Math.floor(Date.now() / 1000)
        // A clock that is read once a second may be one behind, on a busy machine two.
        assert.ok(
          date >= before - 2 && date <= after,
          `${method} ${target}: ${answer.get('date')} at ${before} to ${after}`,
        )
      }
    },
  },

  'HTTP/1.0 gets an answer it can read, or is refused': {
    rule: 'http10',
    async run(port) {
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
  },

  'several ranges come as parts': {
    rule: 'parts',
    async run(port) {
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
  },

  'a range of what has codings fits its Content-Range': {
    rule: 'mixed',
    async run(port) {
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
  },

  'prerender: true keeps the bytes of the build': {
    rule: 'prerender',
    async run(port) {
      const first = await exchange(port, { target: '/prerender/clock' })
      const second = await exchange(port, { target: '/prerender/clock' })
      assert.ok(first.body.equals(second.body))
      assert.ok(JSON.parse(first.text()).built < Date.now())
    },
  },

  'prerender: false runs for each request': {
    rule: 'prerender',
    async run(port) {
      const first = Number((await exchange(port, { target: '/prerender/never' })).text())
      const second = Number((await exchange(port, { target: '/prerender/never' })).text())
      assert.equal(second, first + 1)
    },
  },

  'Connection: close is said back whatever answers, and in a list too': {
    rule: 'close',
    async run(port) {
      for (const option of ['close', 'Close', 'TE, close'])
        for (const [method, target, fields] of [
          ['GET', '/about', {}],
          ['HEAD', '/about', {}],
          ['GET', '/about', { 'if-none-match': '*' }],
          ['GET', '/about', { 'if-match': '"other"' }],
          ['GET', '/seen', {}],
          ['POST', '/methods', {}],
          ['GET', '/stream/down', {}],
          ['GET', '/wire/empty', {}],
          ['GET', '/nope', {}],
        ] as const) {
          const connection = new Connection(port)
          try {
            const headers = { ...fields, connection: option }
            connection.write(requestBytes({ method, target, headers }))
            const answer = await connection.head()
            assert.match(answer.get('connection') ?? '(none)', /^close$/i, `${method} ${target}`)
            if (option.length === 5) await connection.rest()
          } finally {
            connection.close()
          }
        }
    },
  },

  'a connection is kept for one request after another': {
    rule: 'keep',
    async run(port) {
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
  },

  'static requests that are pipelined are answered in their order': {
    rule: 'pipeline',
    async run(port) {
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
  },

  'a request in two writes is one request': {
    rule: 'pieces',
    async run(port) {
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
  },

  'nothing follows the body of an answer': {
    rule: 'nothing',
    async run(port) {
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
  },

  'a stream reaches the client before the request is over': {
    rule: 'streams',
    async run(port) {
      const connection = new Connection(port)
      try {
        connection.write(
          requestBytes(
            {
              method: 'POST',
              target: '/stream/upper',
              headers: { 'transfer-encoding': 'chunked' },
            },
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
  },

  'a body of some megabytes comes back as it went': {
    rule: 'streams',
    async run(port) {
      const body = new Uint8Array(4 << 20).map((_, index) => (index * 31) >> 3)
      const answer = await exchange(port, { method: 'POST', target: '/stream/echo', body })
      assert.equal(answer.status, 200)
      assert.ok(answer.body.equals(body))
    },
  },

  'a client that hangs up spoils nothing for the next': {
    rule: 'hangUp',
    async run(port) {
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
  },

  'two hundred requests at once each get their own answer': {
    rule: 'keep',
    async run(port) {
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
  },

  'cookies come on lines of their own': {
    rule: 'statics',
    async run(port) {
      const answer = await exchange(port, { target: '/wire/cookies' })
      const lines = answer.headers.filter(([name]) => name.toLowerCase() === 'set-cookie')
      assert.deepEqual(
        lines.map(([, value]) => value),
        ['a=1; Path=/', 'b=2; Path=/; HttpOnly'],
      )
    },
  },

  'Expect: 100-continue is answered before the body is sent': {
    rule: 'expect',
    async run(port) {
      const connection = new Connection(port)
      try {
        const headers = { 'content-length': '5', expect: '100-continue' }
        connection.write(requestBytes({ method: 'POST', target: '/seen', headers }))
        const first = await connection.head()
        assert.equal(first.status, 100)
        assert.deepEqual(first.headers, [], 'an interim answer has no framing of a body')
        connection.write('hello')
        const answer = await connection.response('POST')
        assert.equal(answer.status, 200)
        assert.equal(JSON.parse(answer.text()).body, 'hello')
      } finally {
        connection.close()
      }
    },
  },

  'Expect: 100-continue on a page that takes no body gets its answer': {
    rule: 'expect',
    async run(port) {
      const headers = { 'content-length': '5', expect: '100-continue' }
      for (const target of ['/about', '/nope']) {
        const connection = new Connection(port)
        try {
          connection.write(requestBytes({ method: 'POST', target, headers }))
          let answer = await connection.head()
          if (answer.status === 100) {
            connection.write('hello')
            answer = await connection.head()
          }
          assert.equal(answer.status, target === '/about' ? 405 : 404)
        } finally {
          connection.close()
        }
      }
    },
  },

  'several statuses without content on one connection': {
    rule: 'nothing',
    async run(port) {
      const connection = new Connection(port)
      try {
        for (const target of [
          '/wire/empty',
          '/wire/reset',
          '/wire/unchanged',
          '/wire/status/204',
          '/wire/status/205',
          '/wire/status/304',
        ]) {
          connection.write(requestBytes({ target }))
          const head = await connection.head()
          if (head.status !== 205) continue
          const length = head.get('content-length')
          if (length === null) {
            assert.equal(head.get('transfer-encoding'), 'chunked', 'nothing says where it ends')
            assert.equal((await connection.chunk()).length, 0)
          } else assert.equal(length, '0')
        }
        connection.write(requestBytes({ target: '/about' }))
        assert.equal((await connection.response('GET')).text(), 'about')
      } finally {
        connection.close()
      }
    },
  },
}
