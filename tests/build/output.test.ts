// What `build` leaves behind: the same bytes for the same inputs, a `dist/` that is whole at every
// moment and runs anywhere, and modules that cannot spoil one another.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { program } from '../../cli/hosts.ts'
import type { Manifest } from '../../runtime/artifact.ts'
import { build, explain, fingerprint, precast, project, root, temporary } from '../lib/project.ts'
import { run } from '../lib/servers.ts'
import { exchange } from '../lib/wire.ts'

const SITE = {
  'routes/index.tsx': 'export const GET = () => <h1>{"Hello, ".repeat(40)}</h1>\n',
  'routes/about.ts': "export const GET = c => c.text('about')\n",
  'routes/now.ts': 'export const GET = () => String(Date.now())\n',
  'routes/hello/[name].ts': 'export const GET = c => c.text(`hello ${c.req.param("name")}`)\n',
  'routes/page/[id].tsx':
    'export const config = { params: Array.from({ length: 60 }, (_, i) => ({ id: `p${i}` })) }\nexport const GET = c => <p>{`page ${c.req.param("id")} `.repeat(30)}</p>\n',
  'routes/_middleware.ts':
    "export default async (c, next) => {\n  await next()\n  c.header('x-site', 'yes')\n}\n",
  'routes/data.ts':
    "import { readFileSync } from 'node:fs'\nconst text = readFileSync(new URL('../data.txt', import.meta.url), 'utf8')\nexport const GET = () => text\n",
  'data.txt': 'from a file\n',
  'public/style.css': 'body { color: red }\n'.repeat(50),
}

const EPOCH = { SOURCE_DATE_EPOCH: '1700000000' }

/** A response of `dist/fetch.js`, in this process. */
async function fetched(folder: string, path: string): Promise<Response> {
  const url = `${pathToFileURL(join(folder, 'dist', 'fetch.js')).href}?${randomUUID()}`
  const { default: site } = await import(url)
  return site.fetch(new Request(`http://localhost${path}`))
}

describe('the same inputs', () => {
  test('give the same bytes at another path, and with one core', async () => {
    const first = project(SITE)
    await build(first, { env: EPOCH })
    const wanted = fingerprint(join(first, 'dist'))
    assert.ok(Object.keys(wanted).length >= 8)

    const second = project(SITE, join(temporary(), 'a folder', 'of another name'))
    const oneCore = { command: ['taskset', '-c', '0', process.execPath], env: EPOCH }
    await build(second, oneCore)
    assert.deepEqual(fingerprint(join(second, 'dist')), wanted)
  })

  test('give the same bytes when built again, without SOURCE_DATE_EPOCH', async () => {
    const folder = project(SITE)
    await build(folder)
    const wanted = fingerprint(join(folder, 'dist'))
    await build(folder)
    assert.deepEqual(fingerprint(join(folder, 'dist')), wanted)
  })

  test('give the same bytes in another time zone, language and environment', async () => {
    const folder = project(SITE)
    await build(folder, { env: EPOCH })
    const wanted = fingerprint(join(folder, 'dist'))
    const other = project(SITE)
    const env = { TZ: 'Asia/Kathmandu', LANG: 'de_DE.UTF-8', LC_ALL: 'tr_TR.UTF-8', CANARY: 'x' }
    await build(other, { env: { ...EPOCH, ...env }, cwd: other })
    assert.deepEqual(fingerprint(join(other, 'dist')), wanted)
  })

  test('no path of the building machine is in dist/', async () => {
    const folder = project(SITE)
    await build(folder)
    for (const name of Object.keys(fingerprint(join(folder, 'dist')))) {
      const bytes = readFileSync(join(folder, 'dist', name))
      for (const path of [folder, root]) assert.ok(!bytes.includes(path), `${name} names ${path}`)
    }
  })

  test('a change of one page changes its Last-Modified and no other', async () => {
    const folder = project(SITE)
    await build(folder, { env: { SOURCE_DATE_EPOCH: '1700000000' } })
    project({ 'routes/about.ts': "export const GET = c => c.text('changed')\n" }, folder)
    await build(folder, { env: { SOURCE_DATE_EPOCH: '1700000500' } })
    const modified = async (path: string): Promise<number> =>
      Date.parse((await fetched(folder, path)).headers.get('last-modified')!) / 1000
    assert.equal(await modified('/about'), 1700000500)
    assert.equal(await modified('/'), 1700000000)
  })

  test('give the same verdicts, whichever runtime builds', async () => {
    const folder = project(SITE)
    const wanted = (await explain(folder)).map(row => `${row.method} ${row.path} ${row.verdict}`)
    for (const host of ['bun', 'deno'] as const) {
      const found = program(host, root)
      if (typeof found === 'string') throw new Error(found)
      const ran = await precast(['explain', folder, '--json'], { command: found.command })
      assert.equal(ran.code, 0, ran.stderr)
      const rows: { method: string; path: string; verdict: string }[] = JSON.parse(ran.stdout)
      assert.deepEqual(
        rows.map(row => `${row.method} ${row.path} ${row.verdict}`),
        wanted,
      )
    }
  })
})

describe('a build that is killed', () => {
  /** Moments spread over a build; the last lie where files are put in place. */
  const MOMENTS = 14

  test('leaves the old dist/ whole, and the next build works', async () => {
    const folder = project(SITE)
    await build(folder, { env: EPOCH })
    const dist = join(folder, 'dist')
    const old = fingerprint(dist)
    project({ 'routes/about.ts': "export const GET = c => c.text('newer')\n" }, folder)
    const other = project({
      ...SITE,
      'routes/about.ts': "export const GET = c => c.text('newer')\n",
    })
    const env = { SOURCE_DATE_EPOCH: '1700000500' }
    cpSync(dist, join(other, 'dist'), { recursive: true })
    const started = performance.now()
    await build(other, { env })
    const took = performance.now() - started
    const newer = fingerprint(join(other, 'dist'))
    assert.notDeepEqual(newer, old)

    const mark = randomUUID()
    let killed = 0
    for (let moment = 0; moment < MOMENTS; moment++) {
      const stop = AbortSignal.timeout(Math.ceil(took * (0.3 + (0.75 * moment) / MOMENTS)))
      const ran = await precast(['build', folder], {
        env: { ...env, TEST_MARK: mark },
        signal: stop,
      })
      if (ran.code === null) killed++
      // Between its two renames the old one lies beside; what runs next puts it back.
      const aside = readdirSync(folder).find(name => name.startsWith('.dist-previous'))
      const now = fingerprint(existsSync(dist) ? dist : join(folder, aside!))
      assert.ok(
        [old, newer].some(one => JSON.stringify(one) === JSON.stringify(now)),
        `dist/ is neither the old nor the new one after ${moment} of ${MOMENTS}`,
      )
    }
    assert.ok(killed > MOMENTS / 2, `only ${killed} builds were killed in time`)
    await build(folder, { env })
    assert.deepEqual(fingerprint(dist), newer)
    assert.deepEqual(
      readdirSync(folder).filter(name => name.startsWith('.dist-')),
      [],
    )
    await gone(mark)
  })

  test('between its two renames is put right by start', async () => {
    const folder = project(SITE)
    await build(folder)
    // A process number that no process has: the highest Linux gives is below it.
    renameSync(join(folder, 'dist'), join(folder, '.dist-previous-99999999'))
    const server = await run('node', [
      join(root, 'bin', 'precast'),
      'start',
      folder,
      '--host=node',
      '--port=0',
    ])
    try {
      assert.equal((await exchange(server.port, { target: '/about' })).text(), 'about')
    } finally {
      await server.stop()
    }
  })
})

/** Waits until no process carries the mark in its environment. */
async function gone(mark: string): Promise<void> {
  const alive = (): string[] =>
    readdirSync('/proc').filter(name => {
      if (!/^\d+$/.test(name)) return false
      try {
        return readFileSync(`/proc/${name}/environ`).includes(mark)
      } catch {
        return false
      }
    })
  const end = performance.now() + 10_000
  while (alive().length > 0 && performance.now() < end)
    await new Promise(resolve => setTimeout(resolve, 50))
  assert.deepEqual(alive(), [], 'workers outlive a build that was killed')
}

describe('dist/ elsewhere', () => {
  for (const host of ['node', 'bun', 'deno', 'uws'] as const) {
    const found = program(host, root)
    const skip = typeof found === 'string' && found
    test(`runs on ${host} with no project and no node_modules around`, { skip }, async () => {
      if (typeof found === 'string') return
      const folder = project(SITE)
      await build(folder)
      const away = join(temporary(), 'deployed')
      renameSync(join(folder, 'dist'), away)
      // What a dynamic module reads at run time is deployed along; this one is static and needs none.
      rmSync(folder, { recursive: true })
      const [file, ...before] = found.command
      const server = await run(file!, [...before, join(away, `${host}.js`), '--port', '0'], {
        env: { ...found.env, HOME: '/nonexistent' },
        cwd: '/',
      })
      try {
        assert.equal((await exchange(server.port, { target: '/about' })).text(), 'about')
        assert.equal((await exchange(server.port, { target: '/data' })).text(), 'from a file\n')
        assert.equal((await exchange(server.port, { target: '/hello/x' })).text(), 'hello x')
        assert.match((await exchange(server.port, { target: '/now' })).text(), /^\d+$/)
        assert.equal((await exchange(server.port, { target: '/style.css' })).status, 200)
      } finally {
        assert.equal(await server.stop(), 0)
      }
    })
  }
})

describe('a dist/ that is damaged', () => {
  const size = (dist: string): number => readFileSync(join(dist, 'static.bin')).length
  const flip = (at: (size: number) => number) => (dist: string) => {
    const bytes = readFileSync(join(dist, 'static.bin'))
    bytes[at(bytes.length)]! ^= 1
    writeFileSync(join(dist, 'static.bin'), bytes)
  }
  const manifest = (change: (manifest: Manifest) => void) => (dist: string) => {
    const value: Manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'))
    change(value)
    writeFileSync(join(dist, 'manifest.json'), JSON.stringify(value))
  }
  const damages: [string, string, (dist: string) => void][] = [
    ['the first byte of the bytes', 'static.bin', flip(() => 0)],
    ['a byte in the middle', 'static.bin', flip(length => length >> 1)],
    ['the last byte', 'static.bin', flip(length => length - 1)],
    [
      'bytes that are cut off',
      'static.bin',
      dist => truncateSync(join(dist, 'static.bin'), size(dist) - 1),
    ],
    ['bytes that are empty', 'static.bin', dist => truncateSync(join(dist, 'static.bin'), 0)],
    [
      'bytes with something after them',
      'static.bin',
      dist => appendFileSync(join(dist, 'static.bin'), 'x'),
    ],
    ['bytes that are missing', 'static.bin', dist => rmSync(join(dist, 'static.bin'))],
    [
      'a manifest that is cut off',
      'manifest.json',
      dist => truncateSync(join(dist, 'manifest.json'), 100),
    ],
    [
      'a manifest that is no object',
      'manifest.json',
      dist => writeFileSync(join(dist, 'manifest.json'), '[]'),
    ],
    ['a manifest that is missing', 'dist', dist => rmSync(join(dist, 'manifest.json'))],
    ['another version of the format', 'manifest.json', manifest(value => value.format++)],
    [
      'no version of the format',
      'manifest.json',
      manifest(value => Reflect.deleteProperty(value, 'format')),
    ],
    ['another checksum', 'static.bin', manifest(value => (value.bytes.crc32 ^= 1))],
  ]
  for (const [name, file, damage] of damages) {
    test(`is refused: ${name}`, async () => {
      const folder = project({ 'routes/index.ts': "export const GET = 'x'.repeat(500)\n" })
      await build(folder)
      damage(join(folder, 'dist'))
      for (const host of name.startsWith('a byte') ? ['node', 'bun', 'deno'] : ['node']) {
        const { code, stdout, stderr } = await precast([
          'start',
          folder,
          '--host',
          host,
          '--port',
          '0',
        ])
        assert.equal(code, 1, stdout + stderr)
        assert.doesNotMatch(stdout, /Listening/)
        assert.ok(stderr.includes(file), `${file} is not named:\n${stderr}`)
        assert.match(stderr, /precast build/)
        assert.doesNotMatch(stderr, /^\s+at .+:\d+/m, 'a stack trace')
      }
      await build(folder)
      assert.equal((await fetched(folder, '/')).status, 200)
    })
  }

  test('start without a build says what to do', async () => {
    const folder = project({ 'routes/index.ts': 'export const GET = 1\n' })
    const { code, stderr } = await precast(['start', folder])
    assert.equal(code, 1)
    assert.match(stderr, /precast build/)
  })
})

describe('one module', () => {
  const good = (text: string): string => `export const GET = c => c.text('${text}')\n`

  test('that keeps the event loop alive does not keep build from ending', async () => {
    const folder = project({
      'routes/index.ts': good('home'),
      'routes/interval.ts': `setInterval(() => {}, 1000)\n${good('interval')}`,
      'routes/server.ts': `import { createServer } from 'node:http'\ncreateServer().listen(0)\n${good('server')}`,
      'routes/vouched.ts': `setInterval(() => {}, 1000)\nexport const config = { prerender: true }\n${good('vouched')}`,
    })
    const ran = await precast(['build', folder], { signal: AbortSignal.timeout(120_000) })
    assert.equal(ran.code, 0, ran.stderr)
    const verdicts = Object.fromEntries((await explain(folder)).map(row => [row.path, row.verdict]))
    assert.equal(verdicts['/'], 'static')
    assert.equal(verdicts['/vouched'], 'static')
    assert.equal(verdicts['/server'], 'dynamic')
  })

  test('cannot spoil another', async () => {
    const bad: Record<string, string> = {
      'throws at load': `throw new Error('no')\n${good('x')}`,
      'throws null at load': `throw null\n${good('x')}`,
      'rejects at load': `await Promise.reject(new Error('no'))\n${good('x')}`,
      'never loads': `await new Promise(() => {})\n${good('x')}`,
      'exits at load': `process.exit(0)\n${good('x')}`,
      'exits in the handler': 'export const GET = () => process.exit(0)\n',
      'kills itself': "export const GET = () => process.kill(process.pid, 'SIGKILL')\n",
      'hangs in the handler': 'export const GET = () => {\n  for (;;) {}\n}\n',
      'never answers': 'export const GET = () => new Promise(() => {})\n',
      'rejects later': "Promise.reject(new Error('nobody listens'))\nexport const GET = 'x'\n",
      'throws later':
        "export const GET = () => {\n  queueMicrotask(() => {\n    throw new Error('later')\n  })\n  return 'x'\n}\n",
      'eats memory':
        "export const GET = () => {\n  const all = []\n  for (;;) all.push('x'.repeat(1e6).split(''))\n}\n",
      'changes Array': "Array.prototype.map = () => ['spoilt']\nexport const GET = 'x'\n",
      'changes Object': "Object.prototype.toJSON = () => 'spoilt'\nexport const GET = { a: 1 }\n",
      'changes JSON': "JSON.stringify = () => 'spoilt'\nexport const GET = { a: 1 }\n",
      'changes Response':
        "globalThis.Response = class extends Response {\n  constructor() {\n    super('spoilt')\n  }\n}\nexport const GET = 'x'\n",
      'changes the clock in a handler':
        "export const GET = () => {\n  Date.prototype.toISOString = () => 'spoilt'\n  return 'x'\n}\n",
      'leaves the folder': "process.chdir('/')\nexport const GET = 'x'\n",
      'closes the channel': "process.disconnect?.()\nexport const GET = 'x'\n",
      'writes to the channel': "process.stdout.write('{\"id\":0}')\nexport const GET = 'x'\n",
    }
    const files: Record<string, string> = {}
    for (const [name, code] of Object.entries(bad))
      files[`routes/bad/${name.replaceAll(' ', '-')}.ts`] = code
    const folder = project({
      ...files,
      'routes/a.ts': good('a'),
      'routes/bad/m.ts': 'export const GET = () => [1, 2].map(x => x * 2)\n',
      'routes/z.ts': 'export const GET = { date: new Date(0).toISOString() }\n',
    })
    const { code, stderr } = await precast(['build', folder], {
      signal: AbortSignal.timeout(240_000),
    })
    assert.equal(code, 0, stderr)
    const rows = await explain(folder)
    for (const row of rows.filter(one => one.path.startsWith('/bad/') && one.path !== '/bad/m')) {
      assert.equal(row.verdict, 'dynamic', `${row.path} is ${row.verdict}`)
      assert.equal(row.reason!.file, `routes${row.path}.ts`)
    }
    assert.equal(
      rows.filter(row => row.path.startsWith('/bad/')).length,
      Object.keys(bad).length + 1,
    )
    for (const path of ['/a', '/bad/m', '/z'])
      assert.equal(rows.find(row => row.path === path)?.verdict, 'static', path)
    // The bytes that were stored; the modules that spoil are not loaded here.
    const bytes = readFileSync(join(folder, 'dist', 'static.bin'))
    assert.ok(bytes.includes('[2,4]'))
    assert.ok(bytes.includes('{"date":"1970-01-01T00:00:00.000Z"}'))
    assert.ok(!bytes.includes('spoilt'))
  })
})

test('ten thousand URLs build, and each answers', async () => {
  const folder = project({
    'routes/item/[id].tsx':
      'const items = Array.from({ length: 10_000 }, (_, n) => ({ id: `i${n}`, name: `Item ${n}` }))\nconst byId = new Map(items.map(item => [item.id, item]))\nexport const config = { params: items.map(({ id }) => ({ id })) }\nexport const GET = c => <p>{byId.get(c.req.param("id")).name}</p>\n',
  })
  await build(folder)
  const rows = await explain(folder, '/item/i9999')
  assert.deepEqual(
    rows.map(row => [row.path, row.verdict]),
    [['/item/i9999', 'static']],
  )
  for (const number of [0, 1, 4999, 9999]) {
    const response = await fetched(folder, `/item/i${number}`)
    assert.equal(await response.text(), `<p>Item ${number}</p>`)
    assert.match(response.headers.get('etag') ?? '', /^"/)
  }
})

test('taskset is there, or the test with one core shows nothing', () => {
  assert.equal(spawnSync('taskset', ['-c', '0', 'true']).status, 0)
})
