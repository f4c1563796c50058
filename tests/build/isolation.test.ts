// Modules that hang, exit, throw, or change what others use: the build ends, and what it stores of
// the others is right.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { describe } from 'node:test'
import { build, explain, precast, project } from '../lib/project.ts'

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
    assert.equal(verdicts['/interval'], 'dynamic')
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
  })

  test('that changes what all share leaves no trace in stored bytes', async () => {
    const bad: Record<string, string> = {
      'changes Array': "Array.prototype.map = () => ['spoilt']\nexport const GET = 'x'\n",
      'changes Object': "Object.prototype.toJSON = () => 'spoilt'\nexport const GET = { a: 1 }\n",
      'changes JSON': "JSON.stringify = () => 'spoilt'\nexport const GET = { a: 1 }\n",
      'changes Response':
        "globalThis.Response = class extends Response {\n  constructor() {\n    super('spoilt')\n  }\n}\nexport const GET = 'x'\n",
      'changes the clock in a handler':
        "export const GET = () => {\n  Date.prototype.toISOString = () => 'spoilt'\n  return 'x'\n}\n",
    }
    for (const [name, code] of Object.entries(bad)) {
      const folder = project({
        'routes/bad.ts': code,
        'routes/list.ts': 'export const GET = () => [1, 2].map(x => x * 2)\n',
        'routes/object.ts': 'export const GET = { date: new Date(0).toISOString() }\n',
      })
      await build(folder)
      const rows = await explain(folder, '/bad')
      assert.deepEqual(
        rows.map(row => row.verdict),
        ['dynamic'],
        name,
      )
      // A neighbour is stored right or not at all, since it shares a process with that module.
      assert.ok(!readFileSync(join(folder, 'dist', 'static.bin')).includes('spoilt'), name)
    }
  })
})
