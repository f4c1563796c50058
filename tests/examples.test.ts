// examples/compat with a sample of its data: it builds, its verdicts are what its README says, and
// every host answers each of its URLs as dist/fetch.js does. `node examples/compat/run.mjs` and
// `check.mjs` do the same with all the data.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const FEATURES = 600

const root = fileURLToPath(new URL('..', import.meta.url))
// The data of a checkout may be the whole; the sample is made in a copy, with what it looks for above.
const copy = mkdtempSync(join(tmpdir(), 'precast-examples-'))
const compat = join(copy, 'examples/compat')
after(() => rmSync(copy, { recursive: true, force: true }))

function run(script: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(compat, script), ...args], { encoding: 'utf8' })
}

before(() => {
  for (const name of ['bin', 'node_modules']) symlinkSync(join(root, name), join(copy, name))
  cpSync(join(root, 'examples/compat'), compat, {
    recursive: true,
    filter: source => !/compat\/(data|dist|\.dist-[^/]*)$/.test(source),
  })
  const built = run('run.mjs', '--limit', String(FEATURES), '--build-only')
  assert.equal(built.status, 0, built.stderr)
})

test('examples/compat: what is enumerated is static, searches are dynamic', () => {
  const rows: {
    path: string
    method: string
    verdict: string
    reason: { message: string } | null
  }[] = JSON.parse(readFileSync(join(compat, 'dist/explain.json'), 'utf8'))
  const pages = rows.filter(row => row.path.startsWith('/features/') && !/[*]/.test(row.path))
  assert.ok(pages.length >= FEATURES, `${pages.length} pages`)
  const notStatic = rows.filter(row => row.verdict !== 'static')
  assert.deepEqual(
    notStatic
      .map(row => row.path)
      .filter(path => !/[:*]/.test(path))
      .sort(),
    ['/api/search', '/search'],
    JSON.stringify(notStatic.slice(0, 3)),
  )
})

for (const host of ['bun', 'deno', 'node', 'uws'])
  test(`examples/compat: ${host} answers every URL as dist/fetch.js does`, t => {
    const checked = run('check.mjs', '--hosts', host, '--starts', '1')
    const missing = new RegExp(`host '${host}' cannot run: .*`).exec(checked.stdout)?.[0]
    if (host === 'uws' && missing) return t.skip(missing)
    assert.equal(checked.status, 0, checked.stdout + checked.stderr)
    assert.match(checked.stdout, / 0 different/)
  })
