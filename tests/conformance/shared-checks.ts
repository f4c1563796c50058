// What any server of the files in `project/public/` can be asked, and takes its own validators or a
// connection of its own to see. Right by the specifications alone, as `shared.ts`.

import assert from 'node:assert/strict'
import { Connection, exchange, requestBytes, type WireResponse } from '../lib/wire.ts'
import { type Check, decode } from './ask.ts'

const PAGE = '/article.html'
const FILE = '/digits.bin'

type Fields = Record<string, string>

const get = (port: number, headers: Fields = {}, target = PAGE, method = 'GET') =>
  exchange(port, { method, target, headers })

async function status(port: number, headers: Fields, method = 'GET'): Promise<number> {
  return (await get(port, headers, PAGE, method)).status
}

/** Runs with a connection that is closed in the end. */
async function connected(port: number, run: (connection: Connection) => Promise<void>) {
  const connection = new Connection(port)
  try {
    await run(connection)
  } finally {
    connection.close()
  }
}

/** Sends bytes as they are and gives the answer's status; a connection that just ends is 0. */
async function refusal(port: number, bytes: string): Promise<number> {
  let found = 0
  await connected(port, async connection => {
    connection.write(bytes)
    found = await connection.head().then(
      head => head.status,
      () => 0,
    )
  })
  return found
}

const close = (lines: string) => `GET ${PAGE} HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`

/** Seconds since 1970 of a field that is a date. */
const seconds = (date: string): number => Date.parse(date) / 1000
const fixdate = (time: number): string => new Date(time * 1000).toUTCString()

/** The same moment in the two forms that are obsolete. */
function oldForms(date: string): [string, string] {
  const [day, dd, month, year, time] = date.replace(',', '').split(' ') as [
    string,
    string,
    string,
    string,
    string,
  ]
  const long = `${day}${{ Tue: 's', Wed: 'nes', Thu: 'rs', Sat: 'ur' }[day] ?? ''}day`
  return [
    `${long}, ${dd}-${month}-${year.slice(2)} ${time} GMT`,
    `${day} ${month} ${dd.replace(/^0/, ' ')} ${time} ${year}`,
  ]
}

async function etagOf(port: number): Promise<string> {
  const etag = (await get(port)).get('etag')
  assert.ok(etag, 'there is no ETag')
  return etag
}

async function modifiedOf(port: number, target = PAGE): Promise<string> {
  const date = (await get(port, {}, target)).get('last-modified')
  assert.ok(date, 'there is no Last-Modified')
  return date
}

function firstLine(answer: WireResponse): string {
  return decode(answer).toString().split('\n')[0]!
}

const asked: [method: string, target: string, headers: Fields][] = [
  ['GET', PAGE, {}],
  ['HEAD', PAGE, {}],
  ['GET', PAGE, { 'if-none-match': '*' }],
  ['GET', '/nope.txt', {}],
  ['GET', FILE, { range: 'bytes=0-3' }],
  ['GET', FILE, { range: 'bytes=10-' }],
  ['GET', PAGE, { 'if-match': '"other"' }],
]

export const sharedChecks: Record<string, Check> = {
  'a connection serves one request after another': {
    rule: 'keep',
    async run(port) {
      await connected(port, async connection => {
        for (const [method, target, headers] of [...asked.slice(0, 5), asked[0]!]) {
          connection.write(requestBytes({ method, target, headers }))
          await connection.response(method)
        }
      })
    },
  },

  'Connection: close is said back, and the connection ends': {
    rule: 'close',
    async run(port) {
      for (const [method, target, headers] of asked.slice(0, 4)) {
        await connected(port, async connection => {
          connection.write(requestBytes({ method, target, headers }, ['Connection', 'close']))
          const answer = await connection.response(method)
          assert.match(answer.get('connection') ?? '(none)', /^close$/i, `${method} ${target}`)
          await connection.rest()
        })
      }
    },
  },

  'files that are asked for at once come in order': {
    rule: 'pipeline',
    async run(port) {
      await connected(port, async connection => {
        const targets = [PAGE, FILE, '/two%20words.txt', '/style.css', PAGE]
        connection.write(Buffer.concat(targets.map(target => requestBytes({ target }))))
        const lines: string[] = []
        for (const _ of targets) lines.push(firstLine(await connection.response('GET')))
        assert.equal(lines[0], '<!doctype html>')
        assert.equal(lines[1], '0123456789')
        assert.equal(lines[2], 'hello from a file')
        assert.equal(lines[4], '<!doctype html>')
      })
    },
  },

  'a request comes byte by byte': {
    rule: 'pieces',
    async run(port) {
      await connected(port, async connection => {
        for (const byte of requestBytes({ target: FILE })) {
          connection.write(Buffer.from([byte]))
          // The next is sent only when the kernel has taken this one.
          await new Promise<void>(resolve => connection.socket.write('', () => resolve()))
        }
        assert.equal((await connection.response('GET')).text(), '0123456789')
      })
    },
  },

  'HTTP/1.0 with and without Host': {
    rule: 'http10',
    async run(port) {
      for (const lines of [
        'Host: localhost\r\n',
        '',
        'Host: localhost\r\nAccept-Encoding: gzip\r\n',
      ])
        await connected(port, async connection => {
          connection.write(`GET ${PAGE} HTTP/1.0\r\n${lines}\r\n`)
          const answer = await connection.response('GET')
          assert.equal(answer.status, 200)
          assert.equal(answer.get('transfer-encoding'), null)
          assert.match(decode(answer).toString(), /<title>Article</)
          await connection.rest()
        })
    },
  },

  'no Host, two, or what is none': {
    rule: 'host',
    async run(port) {
      for (const lines of ['', 'Host: a\r\nHost: b\r\n', 'Host: a b\r\n', 'Host: a/b\r\n'])
        assert.equal(await refusal(port, close(lines)), 400, JSON.stringify(lines))
    },
  },

  'a target in absolute form': {
    rule: 'absolute',
    async run(port) {
      for (const target of [`http://localhost${FILE}`, `HTTP://localhost:${port}${FILE}`])
        assert.equal((await get(port, {}, target)).text(), '0123456789')
    },
  },

  'field lines that are none': {
    rule: 'malformed',
    async run(port) {
      const host = 'Host: localhost\r\n'
      for (const line of ['X-A : b', 'X A: b', ': b', 'X-A: b\x00c', 'no colon'])
        assert.equal(await refusal(port, close(`${host}${line}\r\n`)), 400, JSON.stringify(line))
    },
  },

  'a Content-Length that is none': {
    rule: 'malformed',
    async run(port) {
      for (const value of ['x', '-1', '+1', '1, 2', '0x1', '1 1'])
        assert.equal(
          await refusal(port, close(`Host: localhost\r\nContent-Length: ${value}\r\n`)),
          400,
          value,
        )
    },
  },

  'each status has a Date of now': {
    rule: 'date',
    async run(port) {
      for (const [method, target, headers] of [...asked, ['POST', PAGE, {}] as const]) {
        const before = Math.floor(Date.now() / 1000)
        const answer = await get(port, headers, target, method)
        const date = answer.get('date')
        const what = `${method} ${target} ${answer.status}: Date ${date}`
        assert.match(date ?? '(none)', /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/, what)
        // A clock that is read once a second may be one behind, on a busy machine two.
        assert.ok(seconds(date!) >= before - 2 && seconds(date!) <= Date.now() / 1000, what)
      }
    },
  },

  'HEAD has the fields of GET': {
    rule: 'head',
    async run(port) {
      for (const headers of [{}, { 'accept-encoding': 'gzip' }] as Fields[]) {
        const [one, other] = [await get(port, headers), await get(port, headers, PAGE, 'HEAD')]
        for (const name of [
          'content-type',
          'content-encoding',
          'etag',
          'last-modified',
          'cache-control',
          'vary',
        ])
          assert.equal(other.get(name), one.get(name), name)
        const length = other.get('content-length')
        assert.ok(length === null || length === one.get('content-length'), `length ${length}`)
      }
    },
  },

  'nothing follows 200, 206, 304, 404, 412 and 416': {
    rule: 'nothing',
    async run(port) {
      for (const [method, target, headers] of asked)
        await connected(port, async connection => {
          connection.write(requestBytes({ method, target, headers }, ['Connection', 'close']))
          await connection.response(method)
          assert.equal((await connection.rest()).toString('latin1'), '', `${method} ${target}`)
        })
    },
  },

  'every coding decodes to the same': {
    rule: 'coded',
    async run(port) {
      const plain = decode(await get(port, { 'accept-encoding': 'identity' }))
      for (const name of ['gzip', 'br', 'zstd'])
        assert.ok(decode(await get(port, { 'accept-encoding': name })).equals(plain), name)
    },
  },

  'no two codings share a strong ETag': {
    rule: 'tags',
    async run(port) {
      const seen = new Map<string, string>()
      for (const name of ['identity', 'gzip', 'br', 'zstd']) {
        const answer = await get(port, { 'accept-encoding': name })
        const coding = answer.get('content-encoding') ?? 'identity'
        const etag = answer.get('etag')
        assert.ok(etag, `${coding} has no ETag`)
        if (etag.startsWith('W/')) continue
        assert.ok([undefined, coding].includes(seen.get(etag)), `${coding} has that of another`)
        seen.set(etag, coding)
      }
    },
  },

  'the ETag of a coding gives 304 for that coding alone': {
    rule: 'tags',
    async run(port) {
      const one = await get(port, { 'accept-encoding': 'gzip' })
      const etag = one.get('etag') ?? '(none)'
      const again = { 'accept-encoding': 'gzip', 'if-none-match': etag }
      assert.equal(await status(port, again), 304)
      if (etag.startsWith('W/')) return
      const other = { 'accept-encoding': 'identity', 'if-none-match': etag }
      assert.equal(await status(port, other), 200)
    },
  },

  'a 304 says Vary': {
    rule: 'vary',
    async run(port) {
      const answer = await get(port, { 'accept-encoding': 'gzip', 'if-none-match': '*' })
      assert.match(answer.get('vary') ?? '(none)', /accept-encoding|\*/i)
    },
  },

  'Last-Modified is not in the future': {
    rule: 'validators',
    async run(port) {
      const modified = await modifiedOf(port)
      assert.ok(seconds(modified) <= Date.now() / 1000, modified)
    },
  },

  'If-None-Match with the ETag of the page': {
    rule: 'noneMatch',
    async run(port) {
      const etag = await etagOf(port)
      const opaque = etag.replace(/^W\//, '')
      for (const list of [
        etag,
        `W/${opaque}`,
        opaque,
        `"a", ${etag}`,
        `${etag} ,"b"`,
        `W/"a",W/${opaque}`,
        `"a,b", ${etag}`,
        `, ,${etag}`,
      ])
        assert.equal(await status(port, { 'if-none-match': list }), 304, `If-None-Match: ${list}`)
      for (const other of [`"x${opaque.slice(1)}`, opaque.slice(1, -1), `"${opaque.slice(1, 3)}"`])
        assert.equal(await status(port, { 'if-none-match': other }), 200, `If-None-Match: ${other}`)
    },
  },

  'If-None-Match on several lines': {
    rule: 'noneMatch',
    async run(port) {
      const etag = await etagOf(port)
      for (const values of [
        ['"a"', etag],
        [etag, '"a"'],
      ]) {
        const headers = values.map((value): [string, string] => ['If-None-Match', value])
        assert.equal((await exchange(port, { target: PAGE, headers })).status, 304, `${values}`)
      }
    },
  },

  'If-Modified-Since to the second': {
    rule: 'modified',
    async run(port) {
      const modified = await modifiedOf(port)
      assert.equal(await status(port, { 'if-modified-since': modified }), 304)
      assert.equal(await status(port, { 'if-modified-since': modified }, 'HEAD'), 304)
      const earlier = fixdate(seconds(modified) - 1)
      assert.equal(await status(port, { 'if-modified-since': earlier }), 200)
    },
  },

  'dates in the two old forms': {
    rule: 'dates',
    async run(port) {
      for (const form of oldForms(await modifiedOf(port)))
        assert.equal(await status(port, { 'if-modified-since': form }), 304, form)
    },
  },

  'If-Match with the ETag of the page': {
    rule: 'match',
    async run(port) {
      const etag = await etagOf(port)
      assert.ok(!etag.startsWith('W/'), 'the ETag is weak, so that none ever matches')
      assert.equal(await status(port, { 'if-match': etag }), 200)
      assert.equal(await status(port, { 'if-match': `"a", ${etag}` }), 200)
      assert.equal(await status(port, { 'if-match': `W/${etag}` }), 412)
    },
  },

  'If-Unmodified-Since to the second': {
    rule: 'unmodified',
    async run(port) {
      const modified = await modifiedOf(port)
      assert.equal(await status(port, { 'if-unmodified-since': modified }), 200)
      const earlier = fixdate(seconds(modified) - 1)
      assert.equal(await status(port, { 'if-unmodified-since': earlier }), 412)
    },
  },

  'a tag that holds wins over a date that does not': {
    rule: 'order',
    async run(port) {
      const etag = await etagOf(port)
      const early = 'Thu, 01 Jan 1970 00:00:10 GMT'
      assert.equal(await status(port, { 'if-none-match': etag, 'if-modified-since': early }), 304)
      assert.equal(await status(port, { 'if-match': '"other"', 'if-none-match': etag }), 412)
    },
  },

  'a 304 has the fields of the 200': {
    rule: 'unchanged',
    async run(port) {
      for (const headers of [{}, { 'accept-encoding': 'gzip' }] as Fields[]) {
        const one = await get(port, headers)
        const again = await get(port, { ...headers, 'if-none-match': one.get('etag') ?? '*' })
        assert.equal(again.status, 304)
        for (const name of ['etag', 'vary', 'cache-control', 'expires', 'content-location'])
          assert.equal(again.get(name), one.get(name), name)
        assert.equal(again.get('content-encoding'), null, 'it has no content')
        const length = again.get('content-length')
        assert.ok(length === null || length === one.get('content-length'), `length ${length}`)
      }
    },
  },

  'a 206 has the fields of the 200': {
    rule: 'partial',
    async run(port) {
      const one = await get(port, {}, FILE)
      const part = await get(port, { range: 'bytes=2-4' }, FILE)
      assert.equal(part.status, 206)
      assert.equal(part.get('content-length'), '3')
      for (const name of ['etag', 'last-modified', 'cache-control', 'expires', 'vary'])
        assert.equal(part.get(name), one.get(name), name)
      assert.equal(part.get('content-type'), one.get('content-type'))
    },
  },

  'two ranges are two parts': {
    rule: 'parts',
    async run(port) {
      const answer = await get(port, { range: 'bytes=0-1, 8-' }, FILE)
      // The whole is always right.
      if (answer.status === 200) return assert.equal(answer.text(), '0123456789')
      assert.equal(answer.status, 206)
      const type = answer.get('content-type') ?? '(none)'
      const boundary = /^multipart\/byteranges; ?boundary="?([^";]+)/.exec(type)?.[1]
      assert.ok(boundary, `Content-Type: ${type}`)
      assert.equal(answer.get('content-range'), null)
      const parts = answer.text().split(`--${boundary}`)
      assert.equal(parts.length, 4)
      assert.match(parts[1]!, /content-range: bytes 0-1\/10\r\n(.+\r\n)*\r\n01\r\n$/i)
      assert.match(parts[2]!, /content-range: bytes 8-9\/10\r\n(.+\r\n)*\r\n89\r\n$/i)
      assert.match(parts[3]!, /^--(\r\n)?$/)
    },
  },

  'If-Range with the right tag or date': {
    rule: 'ifRange',
    async run(port) {
      const one = await get(port, {}, FILE)
      const etag = one.get('etag') ?? '(none)'
      const ask = async (validator: string) =>
        (await get(port, { range: 'bytes=2-4', 'if-range': validator }, FILE)).status
      assert.equal(await ask(etag), etag.startsWith('W/') ? 200 : 206)
      assert.equal(await ask(`W/${etag}`), 200, 'a weak tag')
      const modified = await modifiedOf(port, FILE)
      assert.equal(await ask(modified), 206)
      assert.equal(await ask(fixdate(seconds(modified) + 1)), 200, 'a later date')
    },
  },

  'many ranges cost no more than the whole': {
    rule: 'abuse',
    async run(port) {
      const size = (await get(port)).body.length
      for (const spec of ['0-', '-1000', '0-999', '0-0'])
        for (const count of [2, 10, 200]) {
          const value = `bytes=${Array.from({ length: count }, () => spec).join(',')}`
          const { body } = await get(port, { range: value })
          // With room for the heads of a few parts.
          assert.ok(body.length <= size + 4096, `${count} times ${spec}: ${body.length} bytes`)
        }
    },
  },

  'a part fits the size of its own coding': {
    rule: 'mixed',
    async run(port) {
      for (const accepted of ['gzip', 'gzip;q=0.5, identity;q=0.1', 'identity;q=0, gzip']) {
        const headers = { 'accept-encoding': accepted, range: 'bytes=5-24' }
        const part = await get(port, headers)
        // The whole is always right.
        if (part.status === 200) {
          assert.match(decode(part).toString(), /<title>Article</)
          continue
        }
        assert.equal(part.status, 206)
        const coding = part.get('content-encoding') ?? 'identity'
        const one = await get(port, { 'accept-encoding': coding })
        assert.equal(one.get('content-encoding') ?? 'identity', coding)
        assert.equal(part.get('content-range'), `bytes 5-24/${one.body.length}`)
        assert.ok(part.body.equals(one.body.subarray(5, 25)))
        assert.equal(part.get('etag'), one.get('etag'))
      }
    },
  },
}
