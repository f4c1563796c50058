// How bodies are encoded: what is spent on which, that nothing larger is kept, that threads and the
// cache show in the time alone.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { compress, encoders } from '../../compiler/compress.ts'
import { decode } from '../../compiler/compare.ts'
import { openCache } from '../../compiler/serialize/cache.ts'
import { matchOf } from '../../compiler/serialize/families.ts'
import { plan } from '../../compiler/serialize/plan.ts'
import { loadZstd, ZSTD_VERSION } from '../../compiler/zstd.ts'
import { DCZ_HEADER, isDictionary } from '../../runtime/dictionary.ts'
import { load } from '../../runtime/load.ts'
import { build, fingerprint, precast, project, root, temporary } from '../lib/project.ts'

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

  test('with a dictionary, dcz decodes to the body and is the smallest', async () => {
    const words = fc.array(fc.constantFrom('<p>', '</p>', 'text ', 'ü', '\n', 'menu of words '), {
      minLength: 20,
      maxLength: 300,
      size: 'max',
    })
    const { decompressWith } = await loadZstd()
    await fc.assert(
      fc.asyncProperty(words, words, async (one, two) => {
        const [body, dictionary] = [Buffer.from(one.join('')), Buffer.from(two.join(''))]
        const made = await compress(body, 'usual', [], dictionary)
        const dcz = made.get('dcz')
        if (!dcz) return
        for (const [encoding, bytes] of made)
          assert.ok(encoding === 'dcz' || dcz.length < bytes.length)
        assert.ok(body.equals(decompressWith(dictionary, dcz.subarray(DCZ_HEADER))))
        assert.ok(body.equals(await decode('dcz', dcz, dictionary)))
        await assert.rejects(decode('dcz', dcz, body.subarray(1)), /another dictionary/)
      }),
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

test('the pages of a family are made with one dictionary, where that pays', async () => {
  const page = (id: string) =>
    `export const config = { params: Array.from({ length: 12 }, (_, i) => ({ id: \`p${'$'}{i}\` })) }\nconst menu = Array.from({ length: 80 }, (_, i) => (i * 7919 % 9973).toString(36)).join(' ')\nexport const GET = c => c.${id}\n`
  const folder = project({
    'routes/like/[id].ts': page("text(menu + c.req.param('id'))"),
    'routes/short/[id].ts': page("text(c.req.param('id'))"),
    'routes/new/[id].ts': page("text(menu + c.req.param('id'))").replace(
      'params:',
      'revalidate: 60, params:',
    ),
    'routes/one.ts': 'export default c => c.text("1234567890 ".repeat(100))\n',
  })
  await build(folder)
  const keysOf = async () => {
    const { statics } = await load(pathToFileURL(`${folder}/dist/`))
    return [...statics.keys()].map(key => ({
      key,
      encodings: statics.get(key)!.variants.map(({ encoding }) => encoding),
    }))
  }
  assert.ok((await keysOf()).every(({ encodings }) => !encodings.includes('dcz')))
  writeFileSync(join(folder, 'precast.config.ts'), 'export default { dictionary: true }\n')
  await build(folder)
  const all = await keysOf()
  const made = all.filter(({ encodings }) => encodings.includes('dcz')).map(({ key }) => key)
  assert.equal(made.length, 12)
  assert.ok(made.every(key => key.startsWith('/like/')))
  assert.equal(all.filter(({ key }) => isDictionary(key)).length, 1)
  const { code, stdout, stderr } = await precast(['verify', folder, '--runs', '2'])
  assert.equal(code, 0, stdout + stderr)
  const again = readFileSync(join(folder, 'dist', 'static.bin'))
  await build(folder)
  assert.ok(readFileSync(join(folder, 'dist', 'static.bin')).equals(again))
})

test('a pattern of routes is one of URLs', () => {
  assert.equal(matchOf('/blog/:slug'), '/blog/*')
  assert.equal(matchOf('/:lang/blog/*'), '/*/blog/*')
  assert.equal(matchOf('/zwei wörter/a(b)+{c}/:x'), '/zwei%20w%C3%B6rter/a\\(b\\)\\+%7Bc%7D/*')
})

test('package.json has the zstd that results are kept under', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  assert.equal(dependencies['@bokuweb/zstd-wasm'], ZSTD_VERSION)
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
