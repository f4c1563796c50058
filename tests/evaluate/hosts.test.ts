// The evaluator under each host that a build may run on: the same verdicts, reasons and places.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const driver = fileURLToPath(new URL('./driver.ts', import.meta.url))

const HOSTS: Record<string, [string, ...string[]]> = {
  node: [process.execPath, '--import', 'tsx'],
  bun: [`${root}node_modules/.bin/bun`],
  deno: [`${root}node_modules/.bin/deno`, 'run', '-A', '--no-lock'],
}

/** What is said of handlers that ask for a host, by the host that builds. */
const OWN: Record<string, Record<string, RegExp>> = {
  typeofBun: {
    node: /looks for Bun/,
    bun: /reads the host: the global Bun/,
    deno: /looks for Bun/,
  },
  bun: { node: /looks for Bun/, bun: /uses Bun\.version/, deno: /looks for Bun/ },
  bunEnv: { node: /looks for Bun/, bun: /the environment: Bun\.env/, deno: /looks for Bun/ },
  deno: { node: /looks for Deno/, bun: /looks for Deno/, deno: /uses Deno\.version/ },
  denoEnv: { node: /looks for Deno/, bun: /looks for Deno/, deno: /the environment: Deno\.env/ },
  sqlite: { node: /needs Bun; .* Node/, bun: /uses bun:sqlite/, deno: /needs Bun; .* Deno/ },
}

interface Printed {
  shown: Record<string, unknown>
  shape: unknown
}

async function evaluatedOn(host: string): Promise<Printed> {
  const [command, ...args] = HOSTS[host]!
  const { stdout } = await promisify(execFile)(command, [...args, driver], {
    cwd: root,
    timeout: 120_000,
  })
  return JSON.parse(stdout)
}

const snapshots = 'page json value stream text fixed file hash'.split(' ')
const reference = evaluatedOn('node')

for (const host of Object.keys(HOSTS)) {
  test(`evaluation on ${host} says what it says on every host`, async t => {
    const { shown, shape } = await (host === 'node' ? reference : evaluatedOn(host))
    const expected = await reference
    assert.deepEqual(shape, expected.shape)
    for (const [name, outcome] of Object.entries(shown)) {
      await t.test(name, () => {
        assert.equal(Array.isArray(outcome), snapshots.includes(name), String(outcome))
        if (OWN[name]) return assert.match(String(outcome), OWN[name][host]!)
        // JSC keeps no frame of the code before an await.
        const comparable = (value: unknown): unknown =>
          name === 'later' ? String(value).replace(/:\d+\)$/, '') : value
        assert.deepEqual(comparable(outcome), comparable(expected.shown[name]))
      })
    }
  })
}
