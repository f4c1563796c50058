// What `build` makes of `public/`: links, dotfiles, media types, large files, and encodings that their
// author left beside them.

import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import test, { describe } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Manifest } from '../../runtime/artifact.ts'
import { build, fetched, precast, project } from '../lib/project.ts'

const ROUTES = { 'routes/index.ts': "export const GET = 'home'\n" }
const LARGE = new Uint8Array(1_200_000).map((_, index) => (index * 2_654_435_761) >>> 9)

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'dist', 'manifest.json'), 'utf8'))

describe('public/', () => {
  test('a link that leaves it is an error, one that stays is a file', async () => {
    const folder = project({ ...ROUTES, 'public/a.txt': 'inside', 'secret.txt': 'outside' })
    symlinkSync('a.txt', join(folder, 'public', 'b.txt'))
    await build(folder)
    assert.equal(await (await fetched(folder, '/b.txt')).text(), 'inside')
    for (const target of ['../secret.txt', join(folder, 'secret.txt'), '..', '/etc']) {
      const other = project({ ...ROUTES, 'public/a.txt': 'inside', 'secret.txt': 'outside' })
      symlinkSync(target, join(other, 'public', 'link'))
      const { code, stderr } = await precast(['build', other])
      assert.equal(code, 1, target)
      assert.match(stderr, /public\/link:1:1: error: public\/link is a link that leaves public\//)
      assert.equal(existsSync(join(other, 'dist')), false)
    }
  })

  test('dotfiles are not served, .well-known is', async () => {
    const folder = project({
      ...ROUTES,
      'public/.env': 'KEY=1',
      'public/.git/config': 'x',
      'public/a/.htaccess': 'x',
      'public/.well-known/change-password': 'here',
      'public/.well-known/.hidden': 'x',
    })
    await build(folder)
    for (const path of ['/.env', '/.git/config', '/a/.htaccess', '/.well-known/.hidden', '/%2eenv'])
      assert.equal((await fetched(folder, path)).status, 404, path)
    assert.equal(await (await fetched(folder, '/.well-known/change-password')).text(), 'here')
  })

  test('text says its charset where it is UTF-8, and leaves it to the file where it is not', async () => {
    const folder = project({
      ...ROUTES,
      'public/utf8.html': '<p>grüße',
      'public/latin1.html': Buffer.from('<meta charset=latin1><p>gr\xfc\xdfe', 'latin1'),
    })
    await build(folder)
    const type = async (path: string): Promise<string | null> =>
      (await fetched(folder, path)).headers.get('content-type')
    assert.equal(await type('/utf8.html'), 'text/html; charset=utf-8')
    assert.equal(await type('/latin1.html'), 'text/html')
  })
})

describe('a large file of public/', () => {
  test('is a file of dist/, once for equal content, and verify compares it', async () => {
    const folder = project({ ...ROUTES, 'public/a.mp4': LARGE, 'public/b.mp4': LARGE })
    await build(folder)
    const { files, bytes } = manifestOf(folder)
    assert.equal(files.length, 1)
    assert.ok(bytes.size < 10_000)
    assert.deepEqual(readdirSync(join(folder, 'dist', 'files')), [files[0]!.file.slice(6)])
    assert.ok(readFileSync(join(folder, 'dist', files[0]!.file)).equals(LARGE))
    assert.match((await precast(['verify', folder])).stdout, /2 public files compared: no diff/)

    const stored = join(folder, 'dist', files[0]!.file)
    const bad = LARGE.slice()
    bad[77]! ^= 1
    writeFileSync(stored, bad)
    const damaged = await precast(['verify', folder])
    assert.equal(damaged.code, 1)
    assert.match(damaged.stdout + damaged.stderr, /GET \/a\.mp4[\s\S]*is damaged: its checksum/)
    truncateSync(stored, 5)
    const started = await precast(['start', folder, '--host', 'node', '--port', '0'])
    assert.equal(started.code, 1)
    assert.match(started.stderr, /files\/\w+ is damaged: it has 5 bytes/)

    await build(folder)
    writeFileSync(join(folder, 'public', 'a.mp4'), bad)
    const changed = await precast(['verify', folder])
    assert.equal(changed.code, 1)
    assert.match(changed.stdout + changed.stderr, /GET \/a\.mp4[\s\S]*not the same/)
  })

  test('is in fetch.js itself while all is small enough, else beside it', async () => {
    const small = project({ ...ROUTES, 'public/a.mp4': LARGE })
    await build(small)
    const answer = await fetched(small, '/a.mp4')
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(LARGE))
    assert.ok(statSync(join(small, 'dist', 'fetch.js')).size > LARGE.length)

    const nine = Buffer.concat(
      Array.from({ length: 8 }, (_, i) => Buffer.concat([LARGE, Buffer.from([i])])),
    )
    const large = project({ ...ROUTES, 'public/a.mp4': nine })
    await build(large)
    assert.ok(statSync(join(large, 'dist', 'fetch.js')).size < LARGE.length)
    const whole = await fetched(large, '/a.mp4')
    assert.ok(Buffer.from(await whole.arrayBuffer()).equals(nine))
    assert.equal(await (await fetched(large, '/')).text(), 'home')
  })
})

describe('encodings beside a file', () => {
  const text = 'a line of text\n'.repeat(100)

  test('that are stale are left out, with a warning that names them', async () => {
    const folder = project({
      ...ROUTES,
      'public/a.txt': text,
      'public/a.txt.br': brotliCompressSync(`${text}!`),
      'public/a.txt.gz': 'no gzip at all',
      'public/a.txt.zst': gzipSync(text),
    })
    const { stderr } = await build(folder)
    for (const ending of ['br', 'gz', 'zst'])
      assert.match(
        stderr,
        new RegExp(`public/a\\.txt\\.${ending}:1:1: warning: .* does not decode to public/a\\.txt`),
      )
    // Those that are made in their place.
    assert.equal((await fetched(folder, '/a.txt')).headers.get('vary'), 'Accept-Encoding')
  })

  test('count for a folder’s index too, and for types that are not encoded otherwise', async () => {
    const page = `<p>${'x'.repeat(2000)}`
    const pageBr = brotliCompressSync(page)
    const folder = project({
      ...ROUTES,
      'public/docs/index.html': page,
      'public/docs/index.html.br': pageBr,
      'public/model.bin': text,
      'public/model.bin.gz': gzipSync(text),
      'public/lonely.css.br': brotliCompressSync(text),
    })
    const { stderr } = await build(folder)
    assert.doesNotMatch(stderr, /warning/)
    const ask = async (path: string, coding: string): Promise<[string | null, number]> => {
      const { default: site } = await import(join(folder, 'dist', 'fetch.js'))
      const headers = { 'accept-encoding': coding }
      const response: Response = await site.fetch(new Request(`http://x${path}`, { headers }))
      return [response.headers.get('content-encoding'), (await response.arrayBuffer()).byteLength]
    }
    assert.deepEqual(await ask('/docs/', 'br'), ['br', pageBr.length])
    assert.deepEqual(await ask('/docs/index.html', 'br'), ['br', pageBr.length])
    assert.deepEqual(await ask('/model.bin', 'gzip, br'), ['gzip', gzipSync(text).length])
    assert.equal((await ask('/lonely.css.br', 'br'))[0], null)
    assert.equal((await fetched(folder, '/lonely.css')).status, 404)
  })

  test('of a large file are told from it by their content', async () => {
    const long = 'a line of text that is like others\n'.repeat(60_000)
    const folder = project({ ...ROUTES, 'public/log.dat': long })
    mkdirSync(join(folder, 'public', 'sub'))
    writeFileSync(join(folder, 'public', 'log.dat.gz'), gzipSync(long))
    writeFileSync(join(folder, 'public', 'log.dat.br'), brotliCompressSync(`${long}?`))
    const { stderr } = await build(folder)
    assert.match(stderr, /log\.dat\.br does not decode to public\/log\.dat/)
    assert.doesNotMatch(stderr, /log\.dat\.gz does not/)
    assert.equal(manifestOf(folder).files.length, 1)
  })
})
