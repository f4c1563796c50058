import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { crc32 as native } from 'node:zlib'
import { pack, packTo } from '../../compiler/pack.ts'
import type { Entry } from '../../compiler/stages.ts'
import { crc32, load, loadBytes, LoadError } from '../../runtime/load.ts'
import { artifactOf, entryOf, noFiles } from './site.ts'

let folder: string
let dir: URL
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'precast-load-'))
  dir = pathToFileURL(`${folder}/`)
})
after(() => rmSync(folder, { recursive: true }))

async function written(): Promise<{ bin: string; json: string }> {
  const { manifest, bytes } = await artifactOf({
    pages: {
      '/': { body: 'home' },
      '/a,b': { body: 'ab', encodings: { br: 'a' }, status: 404, revalidate: 60, allow: 5 },
    },
  })
  const bin = join(folder, 'static.bin')
  const json = join(folder, 'manifest.json')
  writeFileSync(bin, bytes)
  writeFileSync(json, JSON.stringify(manifest))
  return { bin, json }
}

const refused = (file: string, what: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LoadError, String(error))
  assert.match(error.message, what)
  assert.ok(error.message.includes(file), error.message)
  assert.equal(error.message.split('Run `precast build` again.').length, 2, error.message)
  assert.doesNotMatch(error.message, /Cannot read.*damaged/)
  return true
}

test('what was packed is what is loaded', async () => {
  await written()
  const { statics } = await load(dir)
  assert.equal(statics.size, 2)
  assert.deepEqual([...statics.keys()], ['/', '/a,b'])
  const page = statics.get('/a,b')!
  const { variants, ...rest } = page
  assert.deepEqual(rest, {
    status: 404,
    allow: 5,
    flags: 0,
    revalidate: 60,
    route: -1,
    lastModified: 1767225600,
  })
  assert.deepEqual(
    variants.map(({ encoding, body }) => [encoding, new TextDecoder().decode(body)]),
    [
      ['identity', 'ab'],
      ['br', 'a'],
    ],
  )
  assert.match(variants[1]!.etag, /^"[\w-]{16}-br"$/)
  assert.match(
    new TextDecoder().decode(variants[0]!.head),
    /^HTTP\/1\.1 404 Not Found\r\nDate: .{29}\r\n[\s\S]*\r\n\r\n$/,
  )
  for (const missing of ['/x', '', '/a', '/a,b/', '/a,B'])
    assert.equal(statics.get(missing), undefined)
})

test('every byte that is flipped is noticed', async () => {
  const { bin } = await written()
  const good = readFileSync(bin)
  for (let at = 0; at < good.length; at += 7) {
    const bad = Buffer.from(good)
    bad[at]! ^= 1 << (at % 8)
    writeFileSync(bin, bad)
    await assert.rejects(load(dir), refused('static.bin', /checksum/))
  }
})

test('a file that was cut off or grew is refused', async () => {
  const { bin } = await written()
  const { length } = readFileSync(bin)
  writeFileSync(bin, Buffer.concat([readFileSync(bin), Buffer.from([0])]))
  await assert.rejects(load(dir), refused('static.bin', /bytes where the manifest says/))
  for (const size of [length - 1, 20, 0]) {
    truncateSync(bin, size)
    await assert.rejects(load(dir), refused('static.bin', /bytes where the manifest says/))
  }
})

test('a missing file is refused', async () => {
  const { bin, json } = await written()
  rmSync(bin)
  await assert.rejects(load(dir), refused('static.bin', /ENOENT/))
  rmSync(json)
  await assert.rejects(load(dir), refused('manifest.json', /ENOENT/))
})

for (const [title, text, what] of [
  ['no JSON', '{"format":', /damaged/],
  ['null', 'null', /damaged/],
  ['no format', '{}', /names no format/],
  ['parts missing', '{"format":4,"bytes":{}}', /missing/],
  [
    'another version',
    '{"format":5,"precast":"9.9.9"}',
    /format 5, made by Precast 9\.9\.9; this version reads format 4/,
  ],
] as const) {
  test(`a manifest with ${title} is refused`, async () => {
    const { json } = await written()
    writeFileSync(json, text)
    await assert.rejects(load(dir), refused('manifest.json', what))
  })
}

test('a file of another version is refused, whatever its manifest says', async () => {
  const { manifest, bytes } = await artifactOf({ pages: { '/': {} } })
  bytes[8] = 5
  const signed = { ...manifest, bytes: { ...manifest.bytes, crc32: native(bytes) } }
  assert.throws(
    () => loadBytes(signed, bytes, []),
    refused('static.bin', /format 5; this version reads format 4/),
  )
  bytes[0] = 0
  const other = { ...manifest, bytes: { ...manifest.bytes, crc32: native(bytes) } }
  assert.throws(() => loadBytes(other, bytes, []), refused('static.bin', /no file of Precast/))
})

test('bytes at an odd place in memory are read as well', async () => {
  const { manifest, bytes } = await artifactOf({ pages: { '/': { body: 'home' } } })
  const shifted = new Uint8Array(bytes.length + 1)
  shifted.set(bytes, 1)
  assert.equal(
    loadBytes(manifest, shifted.subarray(1), []).statics.get('/')!.variants[0]!.body.length,
    4,
  )
})

test('equal bodies are stored once, and the same entries give the same file', async () => {
  const body = 'x'.repeat(10_000)
  const pages = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`/${i}`, { body }]))
  const one = await artifactOf({ pages })
  const two = await artifactOf({ pages })
  assert.ok(one.bytes.length < 40_000, String(one.bytes.length))
  assert.deepEqual(one.bytes, two.bytes)
})

test('two entries with one key are an error', async () => {
  const entry = await entryOf('/a', {}, -1)
  await assert.rejects(
    packTo([entry, entry], () => {}, noFiles),
    /two stored responses for \/a/,
  )
})

test('a hundred thousand responses load, and each is found', async () => {
  const template = await entryOf('/', { body: 'x' }, -1)
  function* entries(): Generator<Entry> {
    for (let i = 0; i < 100_000; i++) yield { ...template, key: `/section-${i % 100}/page-${i}` }
  }
  const file = join(folder, 'many.bin')
  const { size, crc32 } = await pack(entries(), file, noFiles)
  const { manifest } = await artifactOf({})
  const bytes = new Uint8Array(readFileSync(file))
  assert.equal(bytes.length, size)
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ ...manifest, bytes: { file: 'many.bin', size, crc32 } }),
  )
  const { statics } = await load(dir)
  assert.equal(statics.size, 100_000)
  for (let i = 0; i < 100_000; i++) assert.ok(statics.get(`/section-${i % 100}/page-${i}`))
  assert.equal(statics.get('/section-0/page-1'), undefined)
})

test('the checksum of hosts without zlib is the same', () => {
  for (const text of ['', 'a', '123456789']) {
    assert.equal(crc32(new TextEncoder().encode(text)), native(text))
  }
})
