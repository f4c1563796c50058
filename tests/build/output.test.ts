// What `build` leaves behind: the same bytes for the same inputs, and a `dist/` that is whole at every
// moment and runs anywhere.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { describe } from 'node:test'
import { program } from '../../cli/hosts.ts'
import {
  build,
  explain,
  fetched,
  fingerprint,
  precast,
  project,
  root,
  temporary,
} from '../lib/project.ts'
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

  test('give the same verdicts and the same code, whichever runtime builds', async () => {
    const built = async (command?: string[]): Promise<[string[], Record<string, string>]> => {
      const folder = project(SITE)
      await build(folder, { env: EPOCH, ...(command && { command }) })
      const rows: { method: string; path: string; verdict: string }[] = JSON.parse(
        readFileSync(join(folder, 'dist', 'explain.json'), 'utf8'),
      )
      // What holds encoded bytes or tells their sizes: each runtime has a zlib of its own.
      const {
        'static.bin': _,
        'manifest.json': _manifest,
        ...files
      } = fingerprint(join(folder, 'dist'))
      const code = Object.entries(files).filter(
        ([name]) => !/^(explain\.json|fetch\.js)/.test(name),
      )
      return [rows.map(row => `${row.method} ${row.path} ${row.verdict}`), Object.fromEntries(code)]
    }
    const wanted = await built()
    for (const host of ['bun', 'deno'] as const) {
      const found = program(host, root)
      if (typeof found === 'string') throw new Error(found)
      assert.deepEqual(await built(found.command), wanted, host)
    }
  })
})

describe('a build that is killed', () => {
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
    cpSync(dist, join(other, 'dist'), { recursive: true })
    const preload = join(root, 'tests', 'lib', 'kill-at.cjs')
    const command = [process.execPath, '--require', preload]
    const env = { SOURCE_DATE_EPOCH: '1700000500' }
    const counted = join(temporary(), 'steps')
    await build(other, { command, env: { ...env, STEPS_IN: other, STEPS_TO: counted } })
    const newer = fingerprint(join(other, 'dist'))
    assert.notDeepEqual(newer, old)
    const steps = Number(readFileSync(counted, 'utf8'))
    assert.ok(steps >= 10, `a build of ${steps} steps`)

    const mark = randomUUID()
    const left = new Set<string>()
    for (let step = 1; step <= steps; step++) {
      const ran = await precast(['build', folder], {
        command,
        env: { ...env, TEST_MARK: mark, STEPS_IN: folder, STEP_AT: String(step) },
      })
      assert.equal(ran.code, null, `the build was not killed at step ${step}: ${ran.stderr}`)
      // Between its two renames the old one lies beside; what runs next puts it back.
      const aside = readdirSync(folder).find(name => name.startsWith('.dist-previous'))
      const now = JSON.stringify(fingerprint(existsSync(dist) ? dist : join(folder, aside!)))
      const kind = [old, newer].findIndex(one => JSON.stringify(one) === now)
      assert.notEqual(kind, -1, `dist/ is neither the old nor the new one at step ${step}`)
      left.add(existsSync(dist) ? ['old', 'new'][kind]! : 'aside')
    }
    assert.deepEqual([...left].sort(), ['aside', 'new', 'old'])
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
