// What `readOptions` makes of a command line, and whether docs/serving.md says the same of the limits.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { LIMITS } from '../../runtime/http1/limits.ts'
import { readOptions } from '../../runtime/options.ts'
import { root } from './harness.ts'

const read = (...args: string[]) => readOptions(args, {})

test('nothing said gives the defaults', () => {
  assert.deepEqual(read(), {
    port: 3000,
    hostname: '0.0.0.0',
    workers: 1,
    unix: undefined,
    tls: undefined,
    limits: {},
  })
})

test('limits are read with their units', () => {
  const { limits } = read(
    '--limit',
    'body-size=2m',
    '--limit=head-timeout=5',
    '--limit=requests=none',
  )
  assert.deepEqual(limits, {
    bodySize: 2 << 20,
    headTimeout: 5,
    requests: Number.POSITIVE_INFINITY,
  })
})

for (const [args, message] of [
  [['--limit', 'nonsense=1'], /--limit knows head-size, .*connections, not 'nonsense'/],
  [['--limit', 'headSize=1'], /not 'headSize'/],
  [['--limit', 'fields'], /--limit fields is a number above 0 or 'none', not ''/],
  [['--limit', 'fields=0'], /not '0'/],
  [['--limit', 'fields=-1'], /not '-1'/],
  [['--limit', 'fields=1.5'], /not '1\.5'/],
  [['--limit', 'fields=1e3'], /not '1e3'/],
  [['--tls-cert', 'x'], /belong together/],
  [['--tls-key', 'x'], /belong together/],
  [['--unix', '/x', '--workers', '2'], /one process/],
] as const) {
  test(`${args.join(' ')} cannot be meant`, () => {
    assert.throws(() => read(...args), { name: 'UsageError', message })
  })
}

test('docs/serving.md lists the limits as they are', () => {
  const text = readFileSync(join(root, 'docs', 'serving.md'), 'utf8').split('\n## Limits')[1]!
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (\w+) \| /gm)]
  const documented = Object.assign(
    {},
    ...rows.map(([, name, value]) => {
      const { limits } = read('--limit', `${name}=${value}`)
      return limits
    }),
  )
  assert.deepEqual(documented, LIMITS)
})
