// The test command: finds tests/**/*.test.ts, runs them with node:test under tsx, sums up. Arguments
// keep the files whose path contains one of them. Ends with `N passed, N failed`; exit code 1 where
// anything failed or nothing ran.

import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Files at once. Two suit two cores: a file spends much of its time waiting for servers. */
const CONCURRENCY = 2

/** Milliseconds a test (and a file of tests) may take before it counts as failed. */
const TIMEOUT = 600_000

const wanted = process.argv.slice(2)
const files = find(join(root, 'tests'))
  .map(file => relative(root, file))
  .filter(file => wanted.length === 0 || wanted.some(part => file.includes(part)))
  .sort()

if (files.length === 0) {
  console.log(
    `no test file matches ${wanted.join(' ') || 'tests/**/*.test.ts'}\n\n0 passed, 0 failed`,
  )
  process.exit(1)
}

// `bun run` may put a folder first in which `node` is Bun; the tests run on Node.
const PATH = process.env.PATH.split(delimiter)
  .filter(folder => !basename(folder).startsWith('bun-node-'))
  .join(delimiter)

const child = spawn(
  'node',
  [
    '--import=tsx',
    '--test',
    `--test-concurrency=${CONCURRENCY}`,
    `--test-timeout=${TIMEOUT}`,
    '--test-reporter=./tests/lib/reporter.mjs',
    '--test-reporter-destination=stdout',
    ...files,
  ],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, PATH } },
)
let tail = ''
child.stdout.on('data', chunk => {
  process.stdout.write(chunk)
  tail = (tail + chunk).slice(-200)
})
const code = await new Promise(done => {
  child.on('error', error => {
    console.error(`node cannot be run: ${error.message}`)
    done(1)
  })
  child.on('close', (status, signal) => done(signal ? 1 : status))
})
const [, passed, failed] = /(\d+) passed, (\d+) failed[^\n]*\n$/.exec(tail) ?? []
// A reporter that did not come to its end means tests that nobody counted.
process.exit(code === 0 && Number(passed) > 0 && failed === '0' ? 0 : 1)

function find(folder) {
  const found = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== 'dist')
      found.push(...find(path))
    else if (entry.name.endsWith('.test.ts')) found.push(path)
  }
  return found
}
