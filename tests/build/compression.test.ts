// How bodies are encoded: what is spent on which, that nothing larger is kept, that threads and the
// cache show in the time alone.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { describe } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { compress, encoders } from '../../compiler/compress.ts'
import { decode } from '../../compiler/compare.ts'
import { openCache } from '../../compiler/serialize/cache.ts'
import { plan } from '../../compiler/serialize/plan.ts'
import { build, fingerprint, precast, project, temporary } from '../lib/project.ts'

const text = (size: number): Uint8Array =>
  Buffer.from(
    Array.from({ length: Math.ceil(size / 10) }, (_, i) => `row ${i} of ${(i * 7919) % 9973}; `)
      .join('')
      .slice(0, size),
  )

describe('compress', () => {
  test('gives what decodes to the body and is smaller, whatever the body and the effort', async () => {
    const random = fc.uint8Array({ minLength: 60, maxLength: 400, size: 'max' })
    const like = fc
      .array(fc.constantFrom('<p>', '</p>', 'text ', 'ü', '\n'), {
        minLength: 20,
        maxLength: 300,
        size: 'max',
      })
      .map(words => new Uint8Array(Buffer.from(words.join(''))))
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(random, like),
        fc.constantFrom('usual' as const, 'best' as const),
        async (body, effort) => {
          for (const [encoding, bytes] of await compress(body, effort)) {
            assert.ok(bytes.length < body.length)
            assert.ok(Buffer.from(await decode(encoding, bytes)).equals(body))
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('best is never larger than usual', async () => {
    for (const size of [64, 100, 1_000, 20_000]) {
      for (const body of [text(size), Buffer.from('hello '.repeat(size / 6))]) {
        const [usual, best] = [await compress(body, 'usual'), await compress(body, 'best')]
        for (const [encoding, bytes] of usual) {
          const { length } = best.get(encoding)!
          assert.ok(length <= bytes.length, `${encoding} of ${size}: ${length} > ${bytes.length}`)
        }
      }
    }
  })

  test('leaves out what is there already', async () => {
    assert.deepEqual([...(await compress(text(500), 'usual', ['br', 'zstd'])).keys()], ['gzip'])
  })
})

describe('plan', () => {
  test('gives the best to what comes first while it lasts, and to all where that is asked for', () => {
    const lengths = [300_000, 700_000, 100_000, 40_000, 0]
    assert.deepEqual(plan(lengths, 'auto'), ['best', 'best', 'usual', 'best', 'best'])
    assert.deepEqual(new Set(plan([5_000_000, ...lengths], 'best')), new Set(['best']))
    assert.deepEqual(plan([], 'auto'), [])
  })
})

describe('the cache', () => {
  const body = text(3_000)
  const task = { body, effort: 'best' as const, skip: [] }
  const rooted = (): string => {
    const root = temporary()
    mkdirSync(join(root, 'node_modules'))
    mkdirSync(join(root, 'site'))
    return root
  }
  const filesOf = (root: string): string[] => {
    const folder = join(root, 'node_modules', '.cache', 'precast', 'encodings')
    return readdirSync(folder).map(name => join(folder, name))
  }

  test('gives back what was put in, by body, effort and encoders', async () => {
    const root = rooted()
    const cache = openCache(join(root, 'site'), 'one')!
    assert.equal(await cache.get(task), undefined)
    const made = await compress(body, 'best')
    await cache.set(task, made)
    const known = await openCache(root, 'one')!.get(task)
    assert.deepEqual(
      [...known!].map(([name, bytes]) => [name, Buffer.from(bytes)]),
      [...made].map(([name, bytes]) => [name, Buffer.from(bytes)]),
    )
    assert.equal(await openCache(root, 'two')!.get(task), undefined)
    assert.equal(await cache.get({ ...task, body: text(3_001) }), undefined)
    assert.equal(await cache.get({ ...task, effort: 'usual' }), undefined)
    assert.equal(await cache.get({ ...task, skip: ['br'] }), undefined)
  })

  test('takes what is damaged for not there', async () => {
    const root = rooted()
    const cache = openCache(root, 'x')!
    await cache.set(task, await compress(body, 'best'))
    const [file] = filesOf(root)
    const good = readFileSync(file!)
    for (let at = 0; at < good.length; at += 11) {
      const bad = Buffer.from(good)
      bad[at]! ^= 4
      writeFileSync(file!, bad)
      assert.equal(await cache.get(task), undefined, `byte ${at}`)
      writeFileSync(file!, good.subarray(0, at))
      assert.equal(await cache.get(task), undefined, `cut at ${at}`)
    }
    writeFileSync(file!, good)
    assert.ok(await cache.get(task))
  })

  test('is bounded: what was not asked for the longest goes', async () => {
    const root = rooted()
    const tasks = [1, 2, 3, 4].map(n => ({ ...task, body: text(2_000 + n) }))
    const made = await compress(tasks[0]!.body, 'usual')
    const filler = openCache(root, 'x')!
    for (const one of tasks) await filler.set(one, made)
    const most = statSync(filesOf(root)[0]!).size * 2
    const age = (file: string, seconds: number): void => utimesSync(file, seconds, seconds)
    for (const [number, file] of filesOf(root).sort().entries()) age(file, number + 1)
    const oldest = filesOf(root).sort()[0]!
    await openCache(root, 'x', most)!.prune()
    const left = filesOf(root)
    assert.equal(left.length, 2)
    assert.equal(left.includes(oldest), false)
  })

  test('is not there without node_modules', () => {
    assert.equal(openCache(temporary(), 'x'), undefined)
  })

  test('makes a second build no other than the first, damaged or not', async () => {
    const folder = project({
      'routes/index.ts': "export const GET = c => c.text('hello world '.repeat(300))\n",
      'public/app.js': text(20_000),
      'node_modules/.keep': '',
    })
    const env = { SOURCE_DATE_EPOCH: '1700000000' }
    await build(folder, { env })
    const wanted = fingerprint(join(folder, 'dist'))
    assert.equal(filesOf(folder).length, 2)
    await build(folder, { env })
    assert.deepEqual(fingerprint(join(folder, 'dist')), wanted)
    for (const file of filesOf(folder)) writeFileSync(file, 'damaged')
    await Promise.all([build(folder, { env }), build(folder, { env })])
    assert.deepEqual(fingerprint(join(folder, 'dist')), wanted)
    assert.match(await encoders(), /zstd/)
  })
})

test('threads give the bytes that one core gives', async () => {
  const files = {
    // More than is done in place.
    'routes/page/[id].ts':
      "export const config = { params: Array.from({ length: 300 }, (_, i) => ({ id: `p${i}` })) }\nexport const GET = c => c.text(`page ${c.req.param('id')} `.repeat(300))\n",
    'public/a.js': text(60_000),
    'public/b.css': text(30_000),
  }
  const env = { SOURCE_DATE_EPOCH: '1700000000' }
  const [first, second] = [project(files), project(files)]
  await build(first, { env })
  await build(second, { env, command: ['taskset', '-c', '0', process.execPath] })
  assert.deepEqual(fingerprint(join(second, 'dist')), fingerprint(join(first, 'dist')))
})

test('compression says best or auto, and best is smaller', async () => {
  const files = {
    'routes/page/[id].ts':
      "export const config = { params: Array.from({ length: 3 }, (_, i) => ({ id: `p${i}` })) }\nexport const GET = c => c.text(Array.from({ length: 60_000 }, (_, i) => `${c.req.param('id')} ${i * i % 997} `).join(''))\n",
  }
  const size = async (config: string): Promise<number> => {
    const folder = project({ ...files, 'precast.config.ts': config })
    await build(folder)
    return statSync(join(folder, 'dist', 'static.bin')).size
  }
  const auto = await size('export default {}\n')
  const best = await size("export default { compression: 'best' }\n")
  assert.ok(best < auto, `${best} of ${auto}`)

  const wrong = project({ ...files, 'precast.config.ts': 'export default { compression: 11 }\n' })
  const { code, stderr } = await precast(['build', wrong])
  assert.equal(code, 1)
  assert.match(stderr, /compression in precast\.config\.ts is 11/)
  assert.match(stderr, /it is 'auto' or 'best'/)
})

test('the encodings of a page decode to it', async () => {
  const body = text(5_000)
  const made = await compress(body, 'usual')
  assert.ok(brotliDecompressSync(made.get('br')!).equals(body))
  assert.ok(gunzipSync(made.get('gzip')!).equals(body))
})
