// Files of public/ that are read from disk, and encodings that their author made: written into the
// project before it is built, then asked for on every host.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { Connection, exchange, requestBytes, type WireRequest } from '../lib/wire.ts'
import { type Check, decode } from './ask.ts'

const MOVIE = new Uint8Array(2_500_000).map((_, index) => (index * 2_654_435_761) >>> 11)
/** Small enough to be held, and large enough that hosts may leave it to the kernel to send. */
const CLIP = MOVIE.subarray(0, 900_000)
const SCRIPT = Array.from(
  { length: 60_000 },
  (_, line) => `call(${line}, ${(line * 7919) % 65_537})\n`,
).join('')
const STYLE = 'p { margin: 0; padding: 1px 2px 3px }\n'.repeat(40)
/** At a level that Precast would not choose, so that it can be told apart. */
const STYLE_BR = brotliCompressSync(STYLE, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
const STYLE_GZ = gzipSync(STYLE, { level: 1 })

/** Adds the files to a project. */
export function prepare(folder: string): void {
  for (const [name, content] of Object.entries({
    'movie.mp4': MOVIE,
    'clip.mp4': CLIP,
    'script.js': SCRIPT,
    'own.css': STYLE,
    'own.css.br': STYLE_BR,
    'own.css.gz': STYLE_GZ,
  }))
    writeFileSync(join(folder, 'public', name), content)
}

export const largeChecks: Record<string, Check> = {
  'a large file comes whole, with its length': {
    rule: 'large',
    async run(port) {
      const answer = await exchange(port, { target: '/movie.mp4' })
      assert.equal(answer.status, 200)
      assert.equal(answer.get('content-type'), 'video/mp4')
      assert.equal(answer.get('content-length'), String(MOVIE.length))
      assert.equal(answer.get('accept-ranges'), 'bytes')
      assert.equal(answer.get('transfer-encoding'), null)
      assert.ok(answer.body.equals(MOVIE))
      const head = await exchange(port, { method: 'HEAD', target: '/movie.mp4' })
      for (const name of [
        'content-length',
        'content-type',
        'etag',
        'last-modified',
        'accept-ranges',
      ])
        assert.equal(head.get(name), answer.get(name), name)
    },
  },

  'a large file comes in parts, as a player asks for them': {
    rule: 'large',
    async run(port) {
      const parts: [string, number, number][] = [
        ['bytes=0-', 0, MOVIE.length - 1],
        ['bytes=0-1', 0, 1],
        ['bytes=1000000-1999999', 1_000_000, 1_999_999],
        ['bytes=2400000-', 2_400_000, MOVIE.length - 1],
        ['bytes=-7', MOVIE.length - 7, MOVIE.length - 1],
        ['bytes=5-9,8-20', 5, 20],
      ]
      for (const [range, first, last] of parts) {
        const answer = await exchange(port, { target: '/movie.mp4', headers: { range } })
        assert.equal(answer.status, 206, range)
        assert.equal(answer.get('content-range'), `bytes ${first}-${last}/${MOVIE.length}`)
        assert.equal(answer.get('content-length'), String(last - first + 1))
        assert.ok(answer.body.equals(MOVIE.subarray(first, last + 1)), range)
      }
      const few = await exchange(port, {
        target: '/movie.mp4',
        headers: { range: 'bytes=0-9, 1000000-1100000' },
      })
      assert.equal(few.get('content-length'), String(few.body.length))
      assert.ok(few.body.includes(Buffer.from(MOVIE.subarray(0, 10))))
      assert.ok(few.body.includes(Buffer.from(MOVIE.subarray(1_000_000, 1_100_001))))
      const several = await exchange(port, {
        target: '/movie.mp4',
        headers: { range: 'bytes=0-9, 1000000-1400000' },
      })
      assert.equal(several.status, 206)
      assert.match(several.get('content-type')!, /^multipart\/byteranges; boundary=/)
      const at = several.body.indexOf('bytes 1000000-1400000/2500000\r\n')
      const start = several.body.indexOf('\r\n\r\n', at) + 4
      assert.ok(
        several.body.subarray(start, start + 400_001).equals(MOVIE.subarray(1_000_000, 1_400_001)),
      )
    },
  },

  'conditions hold for a large file as for a small one': {
    rule: 'large',
    async run(port) {
      const target = '/movie.mp4'
      const etag = (await exchange(port, { method: 'HEAD', target })).get('etag')!
      const rows: [Record<string, string>, number][] = [
        [{ 'if-none-match': etag }, 304],
        [{ 'if-match': '"x"' }, 412],
        [{ range: 'bytes=2500000-' }, 416],
        [{ range: 'bytes=0-1', 'if-range': etag }, 206],
        [{ range: 'bytes=0-1', 'if-none-match': etag }, 304],
        [{ 'accept-encoding': 'identity;q=0' }, 406],
      ]
      for (const [headers, status] of rows)
        assert.equal(
          (await exchange(port, { target, headers })).status,
          status,
          JSON.stringify(headers),
        )
      const changed = await exchange(port, {
        target,
        headers: { range: 'bytes=0-1', 'if-range': '"x"' },
      })
      assert.deepEqual([changed.status, changed.body.length], [200, MOVIE.length])
      const post = await exchange(port, { method: 'POST', target, body: 'x' })
      assert.deepEqual([post.status, post.get('allow')], [405, 'GET, HEAD, OPTIONS'])
    },
  },

  'a large text has encodings, and ranges of what it is without': {
    rule: 'large',
    async run(port) {
      for (const coding of ['identity', 'br', 'gzip', 'zstd']) {
        const answer = await exchange(port, {
          target: '/script.js',
          headers: { 'accept-encoding': coding },
        })
        assert.equal(answer.get('content-encoding') ?? 'identity', coding)
        assert.equal(answer.get('content-length'), String(answer.body.length))
        assert.equal(answer.get('vary'), 'Accept-Encoding')
        assert.equal(decode(answer).toString(), SCRIPT)
      }
      const part = await exchange(port, {
        target: '/script.js',
        headers: { 'accept-encoding': 'br', range: 'bytes=1000000-1000099' },
      })
      assert.equal(part.get('content-encoding'), null)
      assert.equal(part.text(), SCRIPT.slice(1_000_000, 1_000_100))
    },
  },

  'encodings that lie beside a file are sent, and answer at their own URLs': {
    rule: 'beside',
    async run(port) {
      for (const [coding, bytes] of [
        ['br', STYLE_BR],
        ['gzip', STYLE_GZ],
      ] as const) {
        const answer = await exchange(port, {
          target: '/own.css',
          headers: { 'accept-encoding': coding },
        })
        assert.equal(answer.get('content-encoding'), coding)
        assert.equal(answer.get('content-type'), 'text/css; charset=utf-8')
        assert.ok(answer.body.equals(bytes))
      }
      const made = await exchange(port, {
        target: '/own.css',
        headers: { 'accept-encoding': 'zstd' },
      })
      assert.equal(made.get('content-encoding'), 'zstd')
      assert.equal(decode(made).toString(), STYLE)
      const itself = await exchange(port, {
        target: '/own.css.br',
        headers: { 'accept-encoding': 'br' },
      })
      assert.equal(itself.get('content-encoding'), null)
      assert.equal(itself.get('content-type'), 'application/octet-stream')
      assert.ok(itself.body.equals(STYLE_BR))
    },
  },

  'clients that stall or hang up in a large file disturb nobody': {
    rule: 'hangUp',
    async run(port) {
      const request: WireRequest = { target: '/movie.mp4' }
      const open = Array.from({ length: 8 }, () => {
        const connection = new Connection(port)
        connection.write(requestBytes(request))
        return connection
      })
      for (const connection of open) {
        await connection.head()
        connection.socket.pause()
      }
      assert.equal((await exchange(port, { target: '/about' })).text(), 'about')
      for (const connection of open.splice(0, 4)) connection.close()
      assert.ok((await exchange(port, request)).body.equals(MOVIE))
      for (const connection of open) connection.close()
      assert.equal((await exchange(port, { target: '/about' })).text(), 'about')
    },
  },

  'a body of some size comes byte for byte to those who pipeline, stall or leave': {
    rule: 'large',
    run: port => toAll(port, '/clip.mp4', CLIP, 8),
  },

  'so does one that is read from disk, to those who do not pipeline': {
    rule: 'large',
    run: port => toAll(port, '/movie.mp4', MOVIE, 1),
  },
}

/**
 * Asks for `file`, which is `target`, and parts of it, with other requests between.
 * @param atOnce how many requests a client has under way
 */
async function toAll(port: number, target: string, file: Uint8Array, atOnce: number) {
  const last = file.length - 1
  const ranges: [string, number, number][] = [
    ['bytes=0-', 0, last],
    ['bytes=1-300000', 1, 300_000],
    ['bytes=131072-262143', 131_072, 262_143],
    ['bytes=-300001', last - 300_000, last],
  ]
  const requests: WireRequest[] = [
    { target },
    { target: '/about' },
    { target },
    ...ranges.map(([range]) => ({ target, headers: { range } })),
    { target: '/about' },
  ]
  const about = Buffer.from('about')
  const parts = ranges.map(([, first, end]) => file.subarray(first, end + 1))
  const wanted = [file, about, file, ...parts, about]
  const bytes = requests.map(request => requestBytes(request))
  const client = () => {
    const connection = new Connection(port)
    connection.write(Buffer.concat(bytes.slice(0, atOnce)))
    return connection
  }
  const read = async (connection: Connection) => {
    for (const [i, body] of wanted.entries()) {
      assert.ok((await connection.response('GET')).body.equals(body), `answer ${i}`)
      const next = bytes[i + atOnce]
      if (next !== undefined) connection.write(next)
    }
    connection.close()
  }
  const stalled = [client(), client(), client()]
  for (const { socket } of stalled) socket.pause()
  const leaving = [client(), client(), client()]
  for (const connection of leaving) await connection.head()
  for (const connection of leaving) connection.close()
  await read(client())
  for (const { socket } of stalled) socket.resume()
  await Promise.all(stalled.map(read))
}
