import assert from 'node:assert/strict'
import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { crc32 } from 'node:zlib'
import { packTo } from '../../compiler/pack.ts'
import { createApp } from '../../runtime/app.ts'
import { FORMAT, type Manifest } from '../../runtime/artifact.ts'
import { LargeFile, lengthOf, type Piece } from '../../runtime/large.ts'
import { type Loaded, load, loadBytes, LoadError } from '../../runtime/load.ts'
import { entryOf } from './site.ts'

const SIZE = 1_500_000
const CONTENT = new Uint8Array(SIZE).map((_, index) => (index * 2_654_435_761) >>> 13)

let folder: string
let dir: URL
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'precast-large-'))
  dir = pathToFileURL(`${folder}/`)
  writeFileSync(join(folder, 'abc'), CONTENT)
})
after(() => rmSync(folder, { recursive: true }))

const record = { file: 'abc', size: SIZE, crc32: crc32(CONTENT) }
const read = async (file: LargeFile, pieces: Piece[]): Promise<Buffer> =>
  Buffer.from(await new Response(await file.body(pieces)).arrayBuffer())

/** Descriptors of this process that are open on the file. */
const open = (): number =>
  readdirSync('/proc/self/fd').filter(name => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`) === join(folder, 'abc')
    } catch {
      return false
    }
  }).length

/** Comes back once no descriptor is open; closing one takes the system a moment. */
async function closed(): Promise<void> {
  while (open() > 0) await new Promise(resolve => setImmediate(resolve))
}

test('pieces come as they stand in the file, and the file is closed', async () => {
  const file = new LargeFile(dir, record)
  const text = new TextEncoder().encode('between')
  for (const pieces of [
    [[0, SIZE - 1]],
    [[0, 0]],
    [[SIZE - 1, SIZE - 1]],
    [[262_143, 262_144]],
    [[5, 700_000], text, [0, 3], text],
    [text],
  ] as Piece[][]) {
    const wanted = Buffer.concat(
      pieces.map(piece =>
        piece instanceof Uint8Array ? piece : CONTENT.subarray(piece[0], piece[1] + 1),
      ),
    )
    assert.equal(lengthOf(pieces), wanted.length)
    assert.ok((await read(file, pieces)).equals(wanted), JSON.stringify(pieces))
  }
  await closed()
})

test('nothing is read ahead, and a body that is given up closes the file', async () => {
  const stream = (await new LargeFile(dir, record).body([[0, SIZE - 1]])) as ReadableStream
  // A host that sends the file by itself leaves the stream alone.
  assert.equal(open(), 0)
  const reader = stream.getReader()
  assert.ok((await reader.read()).value.length < SIZE / 2)
  assert.equal(open(), 1)
  await reader.cancel()
  await closed()
})

test('a file that is not what was built is refused, whenever it changes', async () => {
  const file = new LargeFile(dir, record)
  const good = async (): Promise<void> => {
    assert.ok((await read(file, [[7, 9]])).equals(CONTENT.subarray(7, 10)))
  }
  await good()
  const bad = CONTENT.slice()
  bad[1_000_000]! ^= 1
  writeFileSync(join(folder, 'abc'), bad)
  await assert.rejects(file.body([[0, 3]]), /abc is damaged: its checksum/)
  await assert.rejects(file.body([[0, 3]]), /abc is damaged: its checksum/)
  writeFileSync(join(folder, 'abc'), CONTENT)
  await Promise.all([good(), good(), good()])
  truncateSync(join(folder, 'abc'), SIZE - 1)
  await assert.rejects(file.body([[0, 3]]), /abc is damaged: it has 1499999 bytes/)
  rmSync(join(folder, 'abc'))
  await assert.rejects(file.body([[0, 3]]), /ENOENT/)
  writeFileSync(join(folder, 'abc'), CONTENT)
  await good()
  await closed()
})

test('a file that is cut off while it is sent fails the stream', async () => {
  const stream = (await new LargeFile(dir, record).body([[0, SIZE - 1]])) as ReadableStream
  const reader = stream.getReader()
  await reader.read()
  truncateSync(join(folder, 'abc'), 1000)
  await assert.rejects(reader.read(), /cut off/)
  writeFileSync(join(folder, 'abc'), CONTENT)
})

async function artifact(): Promise<{ manifest: Manifest; bytes: Uint8Array }> {
  const entry = await entryOf('/large.bin', { body: CONTENT, flags: 5, headers: [] }, -1)
  const small = await entryOf('/small.txt', { body: 'small', flags: 5 }, -1)
  const pieces: Uint8Array[] = []
  const stored: unknown[] = []
  const { size, crc32 } = await packTo(
    [entry, small],
    piece => void pieces.push(piece),
    async body => stored.push(body) - 1,
  )
  assert.deepEqual(stored, [CONTENT])
  const manifest: Manifest = {
    format: FORMAT,
    precast: '0.0.0',
    build: 'test',
    bytes: { file: 'static.bin', size, crc32 },
    files: [record],
    trailingSlash: 'never',
    modules: [],
    routes: [],
    folders: [{ segments: [], shadowed: false, middleware: [], notFound: -1, error: -1 }],
  }
  return { manifest, bytes: new Uint8Array(Buffer.concat(pieces)) }
}

test('a large file answers as a small one does, from disk and from memory alike', async () => {
  const { manifest, bytes } = await artifact()
  assert.ok(bytes.length < 10_000, 'it is not in static.bin')
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'static.bin'), bytes)
  const ways: Loaded[] = [
    await load(dir),
    loadBytes(manifest, bytes, dir),
    loadBytes(manifest, bytes, [CONTENT]),
  ]
  const asks: [Record<string, string>, string?][] = [
    [{}],
    [{}, 'HEAD'],
    [{ range: 'bytes=100-200000' }],
    [{ range: 'bytes=-10' }],
    [{ range: 'bytes=0-9,100-400000,-5' }],
    [{ range: `bytes=${SIZE}-` }],
    [{ range: 'bytes=0-9' }, 'HEAD'],
    [{ 'if-none-match': '*' }],
    [{ 'if-match': '"x"' }],
    [{ range: 'bytes=0-9', 'if-range': '"x"' }],
    [{ 'accept-encoding': 'identity;q=0' }],
    [{}, 'POST'],
  ]
  for (const [headers, method] of asks) {
    const answers = await Promise.all(
      ways.map(async loaded => {
        const { fetch } = createApp(loaded, { modules: [] })
        const response = await fetch(new Request('http://x/large.bin', { headers, method }))
        const body = Buffer.from(await response.arrayBuffer())
        return { status: response.status, headers: [...response.headers], body }
      }),
    )
    const what = JSON.stringify([method, headers])
    assert.deepEqual(answers[1], answers[0], what)
    assert.deepEqual(answers[2], answers[0], what)
    const length = new Map(answers[0]!.headers).get('content-length')
    if (method === undefined && answers[0]!.status < 300)
      assert.equal(length, String(answers[0]!.body.length), what)
  }
})

test('static() leaves content on disk to fetch(), and answers all else itself', async () => {
  const { manifest, bytes } = await artifact()
  const app = createApp(loadBytes(manifest, bytes, dir), { modules: [] })
  const ask = (headers: Record<string, string>, method = 'GET'): number | undefined =>
    app.static(method, '/large.bin', new Headers(headers))?.status
  assert.equal(ask({}), undefined)
  assert.equal(ask({ range: 'bytes=0-1' }), undefined)
  assert.equal(ask({}, 'HEAD'), 200)
  assert.equal(ask({ 'if-none-match': '*' }), 304)
  assert.equal(ask({ range: `bytes=${SIZE}-` }), 416)
})

test('damage is a 500 that is logged, never wrong bytes; at start the length alone is looked at', async () => {
  const { manifest, bytes } = await artifact()
  const logged: unknown[] = []
  const app = createApp(loadBytes(manifest, bytes, dir), {
    modules: [],
    log: (message, error) => logged.push(message, String(error)),
  })
  const bad = CONTENT.slice()
  bad[0]! ^= 1
  writeFileSync(join(folder, 'abc'), bad)
  const response = await app.fetch(new Request('http://x/large.bin'))
  assert.equal(response.status, 500)
  assert.equal(await response.text(), 'Internal Server Error')
  assert.match(logged.join(' '), /\/large\.bin cannot be sent.*abc is damaged/)
  truncateSync(join(folder, 'abc'), 10)
  await assert.rejects(load(dir), (error: unknown) => {
    assert.ok(error instanceof LoadError)
    assert.match(error.message, /abc is damaged: it has 10 bytes where the manifest says 1500000/)
    return true
  })
  assert.throws(() => loadBytes(manifest, bytes, [bad]), /abc is damaged: its checksum/)
  writeFileSync(join(folder, 'abc'), CONTENT)
})

test('a length above 4 GiB is stored and read back', async () => {
  const length = 5 * 2 ** 30 + 17
  const entry = await entryOf('/huge.bin', { body: '', flags: 5 }, -1)
  const unread = { source: '/none', length, digest: new Uint8Array(32), crc32: 0 }
  entry.variants = [{ ...entry.variants[0]!, body: unread, length }]
  const pieces: Uint8Array[] = []
  const packed = await packTo(
    [entry],
    piece => void pieces.push(piece),
    async () => 0,
  )
  const { manifest } = await artifact()
  const { statics } = loadBytes(
    { ...manifest, bytes: { file: 'static.bin', ...packed } },
    new Uint8Array(Buffer.concat(pieces)),
    dir,
  )
  const [variant] = statics.get('/huge.bin')!.variants
  assert.deepEqual([variant!.length, variant!.file], [length, 0])
})
