import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  dateOffset,
  DATE_PLACEHOLDER,
  etagOf,
  httpDate,
  readFields,
  staticFields,
  writeHead,
} from '../../runtime/head.ts'
import { MODIFIED, serve, type Site } from './site.ts'

const TEXT = '0123456789abcdefghij'
const site = {
  pages: {
    '/f.txt': { body: TEXT, flags: 5, encodings: { br: 'BRBR', gzip: 'GZIPGZIP' } },
    '/plain.bin': { body: TEXT, flags: 5, headers: [] as [string, string][] },
    '/empty.txt': { body: '', flags: 5 },
    '/route': {
      body: TEXT,
      encodings: { br: 'BRBR' },
      headers: [
        ['content-type', 'text/html'],
        ['x-own', '1'],
        ['content-language', 'de'],
        ['vary', 'Origin'],
      ] as [string, string][],
    },
    '/gone': { status: 410, body: 'gone', encodings: { br: 'g' } },
  },
}

async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { ask } = await serve(site)
  const response = await ask(path, { method, headers })
  return { status: response.status, headers: response.headers, body: await response.text() }
}

const etags = {
  identity: await etagOf(new TextEncoder().encode(TEXT), 'identity'),
  br: await etagOf(new TextEncoder().encode('BRBR'), 'br'),
}

test('each encoding has its own tag, length and type of coding', async () => {
  for (const [accept, encoding, body] of [
    ['', null, TEXT],
    ['gzip', 'gzip', 'GZIPGZIP'],
    ['br, gzip', 'br', 'BRBR'],
  ] as const) {
    const { status, headers, body: got } = await get('/f.txt', { 'accept-encoding': accept })
    assert.deepEqual([status, headers.get('content-encoding'), got], [200, encoding, body])
    assert.equal(headers.get('content-length'), String(body.length))
    assert.equal(headers.get('vary'), 'Accept-Encoding')
    assert.equal(headers.get('last-modified'), httpDate(MODIFIED))
    assert.equal(headers.get('cache-control'), 'public, max-age=0, must-revalidate')
    assert.equal(headers.get('accept-ranges'), 'bytes')
    assert.match(headers.get('etag')!, encoding ? new RegExp(`-${encoding}"$`) : /^"[\w-]{16}"$/)
  }
})

test('a tag of one encoding does not stand for another', async () => {
  assert.equal(
    (await get('/f.txt', { 'accept-encoding': 'br', 'if-none-match': etags.br })).status,
    304,
  )
  assert.equal((await get('/f.txt', { 'if-none-match': etags.br })).status, 200)
  assert.equal(
    (await get('/f.txt', { 'accept-encoding': 'br', 'if-none-match': etags.identity })).status,
    200,
  )
})

test('304 keeps what a cache needs and nothing that tells of content', async () => {
  for (const method of ['GET', 'HEAD']) {
    const { status, headers, body } = await get('/route', { 'if-none-match': '*' }, method)
    assert.equal(status, 304)
    assert.equal(body, '')
    assert.deepEqual([...headers.keys()].sort(), ['cache-control', 'etag', 'vary', 'x-own'])
    assert.equal(headers.get('vary'), 'Origin, Accept-Encoding')
  }
})

test('412 and 406 have a body for GET only', async () => {
  for (const [status, fields] of [
    [412, { 'if-match': '"x"' }],
    [406, { 'accept-encoding': 'identity;q=0, deflate' }],
  ] as const) {
    const answer = await get('/route', fields)
    assert.equal(answer.status, status)
    assert.equal(Number(answer.headers.get('content-length')), answer.body.length)
    const head = await get('/route', fields, 'HEAD')
    assert.deepEqual(
      [head.status, head.body, head.headers.get('content-length')],
      [status, '', answer.headers.get('content-length')],
    )
  }
})

test('conditions concern 2xx only, and no error page is withheld for its coding', async () => {
  const conditions: Record<string, string>[] = [
    { 'if-match': '"x"' },
    { 'if-none-match': '*' },
    { 'accept-encoding': '*;q=0' },
    { 'if-unmodified-since': httpDate(0) },
  ]
  for (const fields of conditions) {
    assert.equal((await get('/gone', fields)).status, 410)
  }
  assert.equal((await get('/gone', { 'accept-encoding': 'br' })).body, 'g')
})

const partial: [
  fields: Record<string, string>,
  status: number,
  range: string | null,
  body: string,
][] = [
  [{ range: 'bytes=0-4' }, 206, 'bytes 0-4/20', '01234'],
  [{ range: 'bytes=15-' }, 206, 'bytes 15-19/20', 'fghij'],
  [{ range: 'bytes=-1' }, 206, 'bytes 19-19/20', 'j'],
  [{ range: 'bytes=0-99' }, 206, 'bytes 0-19/20', TEXT],
  [{ range: 'bytes=20-' }, 416, 'bytes */20', 'Range Not Satisfiable'],
  [{ range: 'bytes=9-1' }, 200, null, TEXT],
  [{ range: 'lines=0-1' }, 200, null, TEXT],
  [{ range: 'bytes=0-4', 'if-range': etags.identity }, 206, 'bytes 0-4/20', '01234'],
  [{ range: 'bytes=0-4', 'if-range': '"x"' }, 200, null, TEXT],
  [{ range: 'bytes=0-4', 'if-range': `W/${etags.identity}` }, 200, null, TEXT],
  [{ range: 'bytes=0-4', 'if-range': httpDate(MODIFIED) }, 206, 'bytes 0-4/20', '01234'],
  [{ range: 'bytes=0-4', 'if-range': httpDate(MODIFIED + 1) }, 200, null, TEXT],
  [{ range: 'bytes=99-', 'if-range': '"x"' }, 200, null, TEXT],
  // A date names all encodings at once.
  [
    { range: 'bytes=0-1', 'if-range': httpDate(MODIFIED), 'accept-encoding': 'br' },
    200,
    null,
    'BRBR',
  ],
  // Conditions go first.
  [{ range: 'bytes=0-4', 'if-none-match': etags.identity }, 304, null, ''],
  [{ range: 'bytes=0-4', 'if-match': '"x"' }, 412, null, 'Precondition Failed'],
  [{ range: 'bytes=99-', 'if-match': '"x"' }, 412, null, 'Precondition Failed'],
  // From identity, though br would be the choice for the whole.
  [{ range: 'bytes=0-4', 'accept-encoding': 'br' }, 206, 'bytes 0-4/20', '01234'],
  [{ range: 'bytes=9-1', 'accept-encoding': 'br' }, 200, null, 'BRBR'],
  // Unless the client holds a part of the encoded one, or takes nothing else.
  [{ range: 'bytes=1-2', 'accept-encoding': 'br', 'if-range': etags.br }, 206, 'bytes 1-2/4', 'RB'],
  [{ range: 'bytes=1-2', 'if-range': etags.br }, 200, null, TEXT],
  [{ range: 'bytes=1-2', 'accept-encoding': 'br, identity;q=0' }, 206, 'bytes 1-2/4', 'RB'],
  [{ range: 'bytes=1-2', 'accept-encoding': '*;q=0' }, 406, null, 'Not Acceptable'],
]
for (const [fields, status, range, body] of partial) {
  test(`${JSON.stringify(fields)} gets ${status}`, async () => {
    const answer = await get('/f.txt', fields)
    assert.deepEqual(
      [answer.status, answer.headers.get('content-range'), answer.body],
      [status, range, body],
    )
    if (status === 206) {
      assert.equal(answer.headers.get('content-length'), String(body.length))
      assert.equal(answer.headers.get('vary'), 'Accept-Encoding')
      assert.ok(answer.headers.get('etag'))
    }
  })
}

test('HEAD ignores Range, and so do routes', async () => {
  const head = await get('/f.txt', { range: 'bytes=0-4' }, 'HEAD')
  assert.deepEqual(
    [head.status, head.headers.get('content-length'), head.headers.get('content-range')],
    [200, '20', null],
  )
  assert.equal((await get('/route', { range: 'bytes=0-4' })).status, 200)
  assert.equal((await get('/empty.txt', { range: 'bytes=0-4' })).status, 416)
})

test('several ranges come as multipart/byteranges', async () => {
  for (const [path, type] of [
    ['/f.txt', 'Content-Type: text/plain; charset=utf-8\r\n'],
    ['/plain.bin', ''],
  ] as const) {
    const { status, headers, body } = await get(path, { range: 'bytes=0-1,-2' })
    assert.equal(status, 206)
    const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(
      headers.get('content-type')!,
    )![1]
    const part = (range: string, text: string) =>
      `--${boundary}\r\n${type}Content-Range: bytes ${range}/20\r\n\r\n${text}\r\n`
    assert.equal(body, `${part('0-1', '01')}${part('18-19', 'ij')}--${boundary}--\r\n`)
    assert.equal(headers.get('content-length'), String(body.length))
    assert.equal(headers.get('content-range'), null)
  }
})

test('a head is written and read back', () => {
  const fields: [string, string][] = [
    ['X-A', 'a: b'],
    ['x-b', ''],
    ['x-c', 'ü'.normalize()],
  ]
  const head = writeHead(404, fields)
  const text = Buffer.from(head).toString('latin1')
  assert.ok(text.startsWith(`HTTP/1.1 404 Not Found\r\nDate: ${DATE_PLACEHOLDER}\r\nX-A: a: b\r\n`))
  assert.ok(text.endsWith('\r\n\r\n'))
  assert.equal(text.slice(dateOffset(head), dateOffset(head) + 29), DATE_PLACEHOLDER)
  assert.deepEqual(readFields(head), fields)
  assert.deepEqual(readFields(writeHead(299, [])), [])
  assert.match(Buffer.from(writeHead(299, [])).toString(), /^HTTP\/1\.1 299 \r\nDate/)
})

test('fields of a stored response: order, defaults, the handler’s own', () => {
  const stored = {
    status: 200,
    headers: [] as [string, string][],
    encoding: 'gzip' as const,
    varies: ['Accept-Encoding'],
    etag: '"e"',
    lastModified: 1,
    length: 5,
  }
  const names = (fields: [string, string][]) => fields.map(([name]) => name).join(' ')
  const headers: [string, string][] = [
    ['x-b', '1'],
    ['cache-control', 'no-cache'],
    ['content-length', '9'],
    ['connection', 'close'],
    ['etag', '"own"'],
    ['link', 'a'],
    ['link', 'b'],
    ['content-type', 'text/css'],
    ['date', 'x'],
    ['transfer-encoding', 'chunked'],
  ]
  const fields = staticFields({ ...stored, headers })
  assert.equal(
    names(fields),
    'Content-Type Content-Length Content-Encoding Vary ETag Last-Modified Cache-Control x-b link link',
  )
  const map = new Map(fields)
  assert.deepEqual(
    [map.get('Content-Length'), map.get('ETag'), map.get('Cache-Control')],
    ['5', '"e"', 'no-cache'],
  )
  assert.equal(
    names(
      staticFields({
        ...stored,
        status: 204,
        encoding: 'identity',
        varies: [],
        lastModified: 0,
      }),
    ),
    'ETag Cache-Control',
  )
  assert.equal(
    new Map(staticFields({ ...stored, headers: [['vary', 'accept-encoding']] })).get('Vary'),
    'accept-encoding',
  )
  assert.equal(
    new Map(
      staticFields({
        ...stored,
        encoding: 'identity',
        varies: [],
        headers: [['content-encoding', 'br']],
      }),
    ).get('Content-Encoding'),
    'br',
  )
})

test('a handler’s own tag is kept and made one for each encoding', async () => {
  const body = new Uint8Array(3)
  assert.equal(await etagOf(body, 'identity', '"v1"'), '"v1"')
  assert.equal(await etagOf(body, 'br', '"v1"'), '"v1-br"')
  assert.equal(await etagOf(body, 'br', 'W/"v1"'), 'W/"v1-br"')
  assert.match(await etagOf(body, 'identity', 'v1'), /^"[\w-]{16}"$/)
  assert.notEqual(await etagOf(body, 'br'), await etagOf(body, 'gzip'))
})

test('a source that is met again is told for each page, and each state of it, what it asks', async () => {
  const fields = new Map([['if-none-match', etags.identity]])
  const source = { get: (name: string) => fields.get(name) ?? null, wishes: null }
  const ask = async (pages: Site['pages']) => {
    const { app } = await serve({ pages })
    return (path: string) => app.static('GET', path, source)!.status
  }
  const changed = { ...site.pages, '/route': { body: 'new' } }
  const [before, after] = [await ask(site.pages), await ask(changed)]
  assert.deepEqual(
    ['/f.txt', '/f.txt', '/gone', '/empty.txt', '/f.txt'].map(before),
    [304, 304, 410, 200, 304],
  )
  assert.deepEqual([before('/route'), after('/route'), before('/route')], [304, 200, 304])
})
