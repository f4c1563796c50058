// Pages of one family, and the dictionary they share (RFC 9842): what a client gets that holds it, holds
// another, or knows nothing of it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { loadZstd } from '../../compiler/zstd.ts'
import { DCZ_HEADER } from '../../runtime/dictionary.ts'
import { Connection, exchange, requestBytes, type WireResponse } from '../lib/wire.ts'
import type { Check } from './ask.ts'

const PAGE = '/family/page-3'
const ACCEPT = 'gzip, deflate, br, zstd, dcb, dcz'

const available = (bytes: Uint8Array): string =>
  `:${createHash('sha256').update(bytes).digest('base64')}:`

async function dictionaryOf(port: number): Promise<WireResponse> {
  const link = (await exchange(port, { target: PAGE })).get('link') ?? '(none)'
  const [, target] = /^<([^>]+)>; rel="compression-dictionary"$/.exec(link) ?? []
  assert.ok(target, link)
  return exchange(port, { target })
}

const ask = (port: number, held?: string, more: Record<string, string> = {}, method = 'GET') =>
  exchange(port, {
    method,
    target: PAGE,
    headers: {
      'accept-encoding': ACCEPT,
      ...(held !== undefined && { 'available-dictionary': held }),
      ...more,
    },
  })

export const dictionaryChecks: Record<string, Check> = {
  'a dictionary says what it is for, and may be kept': {
    rule: 'dictionary',
    async run(port) {
      const dictionary = await dictionaryOf(port)
      assert.equal(dictionary.status, 200)
      assert.equal(dictionary.get('use-as-dictionary'), 'match="/family/*"')
      assert.match(dictionary.get('cache-control')!, /max-age=31536000, immutable/)
      assert.match(dictionary.text(), /<h1>page-\d<\/h1>/)
    },
  },

  'who holds the dictionary gets dcz, whole or as its head': {
    rule: 'dictionary',
    async run(port) {
      const { body: bytes } = await dictionaryOf(port)
      const plain = await exchange(port, { target: PAGE })
      const answer = await ask(port, available(bytes))
      assert.equal(answer.get('content-encoding'), 'dcz')
      assert.equal(answer.get('vary'), 'Accept-Encoding, Available-Dictionary')
      assert.equal(answer.get('content-length'), String(answer.body.length))
      const { body } = answer
      assert.equal(body.subarray(0, 8).toString('hex'), '5e2a4d1820000000')
      assert.ok(body.subarray(8, DCZ_HEADER).equals(createHash('sha256').update(bytes).digest()))
      const frame = body.subarray(DCZ_HEADER)
      const decoded = (await loadZstd()).decompressWith(bytes, frame)
      assert.ok(plain.body.equals(decoded))
      const head = await ask(port, available(bytes), {}, 'HEAD')
      for (const name of ['content-encoding', 'content-length', 'etag', 'vary'])
        assert.equal(head.get(name), answer.get(name), name)
      const etag = answer.get('etag')!
      const unchanged = await ask(port, available(bytes), { 'if-none-match': etag })
      assert.deepEqual(
        [unchanged.status, unchanged.get('etag'), unchanged.get('vary')],
        [304, etag, answer.get('vary')],
      )
      // Without the dictionary the same tag is of something else.
      assert.equal((await ask(port, undefined, { 'if-none-match': etag })).status, 200)
    },
  },

  'who holds none, or another, or did not name dcz never gets it': {
    rule: 'dictionary',
    async run(port) {
      const held = available((await dictionaryOf(port)).body)
      const others: [string | undefined, Record<string, string>][] = [
        [undefined, {}],
        [available(Buffer.from('another')), {}],
        [held.slice(0, -2), {}],
        [held.slice(1, -1), {}],
        ['', {}],
        [held, { 'accept-encoding': 'gzip, br' }],
        [held, { 'accept-encoding': '*' }],
        [held, { 'accept-encoding': 'br, dcz;q=0' }],
        [held, { 'accept-encoding': 'br, dcb' }],
        [held, { 'accept-encoding': '' }],
      ]
      for (const [dictionary, more] of others) {
        const answer = await ask(port, dictionary, more)
        const told = `${dictionary} ${JSON.stringify(more)}`
        assert.equal(answer.status, 200, told)
        assert.notEqual(answer.get('content-encoding'), 'dcz', told)
        assert.equal(answer.get('vary'), 'Accept-Encoding, Available-Dictionary')
      }
    },
  },

  'on one connection no answer is for the dictionary of the request before': {
    rule: 'dictionary',
    async run(port) {
      const held = available((await dictionaryOf(port)).body)
      const other = available(Buffer.from('another'))
      const connection = new Connection(port)
      try {
        for (const dictionary of [held, held, undefined, held, other, other, held, undefined]) {
          for (const target of [PAGE, '/family/page-4']) {
            const headers = {
              'accept-encoding': ACCEPT,
              ...(dictionary !== undefined && { 'available-dictionary': dictionary }),
            }
            connection.write(requestBytes({ target, headers }))
            const answer = await connection.response('GET')
            const wanted = dictionary === held ? 'dcz' : 'br'
            assert.equal(answer.get('content-encoding'), wanted, `${target} ${dictionary}`)
          }
        }
      } finally {
        connection.close()
      }
    },
  },
}
