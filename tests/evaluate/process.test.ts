// What user code does to its process: hangs, ends it, spoils it, keeps it busy. None of it may reach
// another module's outcome, or keep the build from ending.

import assert from 'node:assert/strict'
import childProcess, { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { mock, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Outcome } from '../../compiler/stages.ts'
import { bodyOf, jobFor, run, runOne, shapeOf, site } from './site.ts'

const messageOf = (outcome: Outcome | undefined): string => {
  assert.ok(outcome && outcome.kind !== 'snapshot', 'is a snapshot')
  return outcome.reason.message
}

/** Evaluates `bad` between two good modules that share its process. */
async function between(bad: string, options: Parameters<typeof run>[2] = {}): Promise<Outcome> {
  const good = `export default c => c.text('good')`
  const made = await site({ 'routes/a.ts': good, 'routes/b.ts': bad, 'routes/c.ts': good })
  const jobs = [...made.bundle.modules.keys()].map(file => jobFor(made.bundle, file))
  const [first, middle, last] = await run(made, jobs, options)
  made.remove()
  assert.equal(bodyOf(first!), 'good')
  assert.equal(bodyOf(last!), 'good')
  return middle!
}

test('an endless loop fails by the time limit', async () => {
  const outcome = await between(`export default c => { for (;;); }`, { timeout: 1500 })
  assert.equal(outcome.kind, 'failed')
  assert.match(messageOf(outcome), /did not answer within 1\.5 s/)
  assert.deepEqual((outcome as { reason: unknown }).reason, {
    message: messageOf(outcome),
    file: 'routes/b.ts',
    line: 1,
    column: 8,
  })
})

test('an endless loop at top level fails by the time limit', async () => {
  assert.match(
    messageOf(await between(`for (;;);\nexport default c => c.text('x')`, { timeout: 1500 })),
    /did not answer/,
  )
})

test('a handler that never settles fails by the time limit', async () => {
  assert.match(
    messageOf(await between(`export default c => new Promise(() => {})`, { timeout: 1500 })),
    /did not answer/,
  )
})

test('an endless stream of events ends once it is known to be dynamic', async () => {
  const events = `import { streamSSE } from 'hono/streaming'\nexport default c => streamSSE(c, async s => { for (;;) { await s.writeSSE({ data: String(Date.now()) }); await s.sleep(50) } })`
  // By the time limit it would be `failed`.
  assert.equal((await between(events, { timeout: 30_000 })).kind, 'dynamic')
})

test('a body that never ends fails by the limit of size', async () => {
  const endless = `export default c => new Response(new ReadableStream({ pull(s) { s.enqueue(new Uint8Array(65536)) } }))`
  assert.match(messageOf(await between(endless, { maxBody: 200_000 })), /more than 200000 bytes/)
})

test('ending the process fails the handler alone, also behind a try', async () => {
  const outcome = await between(
    `export default c => {\n  try { process.exit(3) } catch {}\n  return c.text('x')\n}`,
  )
  assert.equal(outcome.kind, 'failed')
  const { message, line, column } = (
    outcome as { reason: { message: string; line: number; column: number } }
  ).reason
  assert.deepEqual([message, line, column], ['ends the process: process.exit()', 2, 17])
  assert.match(
    messageOf(await between(`process.exit()\nexport default c => c.text('x')`)),
    /process\.exit/,
  )
  assert.match(
    messageOf(await between(`import { exit } from 'node:process'\nexport default c => exit()`)),
    /process\.exit/,
  )
})

test('running out of memory fails the handler alone', async () => {
  const hungry = `export default c => { const all = []; for (;;) all.push(new Array(1000).fill(all.length)) }`
  const outcome = await between(hungry, { memory: 60 })
  assert.equal(outcome.kind, 'failed')
  assert.match(messageOf(outcome), /memory|crashed/)
})

test('what is thrown is the reason, with its place', async () => {
  const cases: [string, RegExp, number][] = [
    [
      `export default c => {\n  throw new TypeError('no such thing')\n}`,
      /^throws TypeError: no such thing$/,
      2,
    ],
    [`export default async c => {\n  await 1\n  null.x\n}`, /^throws TypeError: Cannot read/, 3],
    [`export default c => Promise.reject('plain text')`, /^throws "plain text"$/, 1],
    [`export default c => { throw { a: 1 } }`, /^throws \[object Object\]$/, 1],
    [
      `throw new RangeError('at load')\nexport default c => c.text('x')`,
      /^throws RangeError: at load$/,
      1,
    ],
    [
      `export default c => { Promise.reject(new Error('nobody awaits')); return c.text('x') }`,
      /^throws Error: nobody awaits$/,
      1,
    ],
    [
      `export default c => new Response(new ReadableStream({ pull() { throw new Error('mid-way') } }))`,
      /^throws Error: mid-way$/,
      1,
    ],
    [`export default c => Symbol('x')`, /^throws TypeError/, 1],
  ]
  const made = await site(
    Object.fromEntries(cases.map(([source], index) => [`routes/r${index}.ts`, source])),
  )
  for (const mode of ['prove', 'keep'] as const) {
    const jobs = cases.map((_, index) => jobFor(made.bundle, `routes/r${index}.ts`, { mode }))
    for (const [index, outcome] of (await run(made, jobs)).entries()) {
      const [source, expected, line] = cases[index]!
      assert.equal(outcome.kind, 'failed', source)
      assert.match(messageOf(outcome), expected)
      assert.equal((outcome as { reason: { line: number } }).reason.line, line, source)
    }
  }
  made.remove()
})

test('answers that differ between calls are dynamic, where no read was seen', async () => {
  const counter = `let n = 0\nexport default c => c.text(String(n++))`
  assert.match(messageOf(await between(counter)), /answers differently/)
  const order = `const seen = []\nexport default c => { seen.push(c.req.param('x')); return c.text(seen.join()) }`
  const made = await site({ 'routes/a.ts': order })
  const jobs = ['a', 'b'].map(x =>
    jobFor(made.bundle, 'routes/a.ts', { path: `/${x}`, params: { x } }),
  )
  for (const outcome of await run(made, jobs))
    assert.match(messageOf(outcome), /answers differently/)
  made.remove()
})

test('changing what all code shares is a reason, and reaches nobody else', async () => {
  assert.match(
    messageOf(await between(`export default c => { globalThis.visits = 1; return c.text('x') }`)),
    /changes globalThis\.visits/,
  )
  assert.match(
    messageOf(
      await between(`export default c => { Array.prototype.last = 1; return c.text('x') }`),
    ),
    /changes Array\.prototype\.last/,
  )
  assert.match(
    messageOf(
      await between(`export default c => { JSON.stringify = () => 'x'; return c.text('x') }`),
    ),
    /changes JSON\.stringify/,
  )
  assert.match(
    messageOf(await between(`Object.prototype.oops = 1\nexport default c => c.text('x')`)),
    /changes Object\.prototype\.oops/,
  )
})

test('a module with a process of its own may change what modules share while it loads', async () => {
  const polyfill = `String.prototype.twice = function () { return this + this }\nexport default c => c.text('a'.twice())`
  assert.equal(bodyOf(await between(polyfill, { loud: ['routes/b.ts'] })), 'aa')
})

test('a spoiler with many URLs does not cost a process each', async () => {
  const made = await site({
    'routes/a.ts': `export default c => { globalThis['x' + c.req.param('n')] = 1; return c.text('x') }`,
  })
  const jobs = Array.from({ length: 300 }, (_, n) =>
    jobFor(made.bundle, 'routes/a.ts', { path: `/${n}`, params: { n: String(n) } }),
  )
  const spawned = mock.method(childProcess, 'spawn')
  syncBuiltinESMExports()
  const outcomes = await run(made, jobs)
  const processes = spawned.mock.callCount()
  spawned.mock.restore()
  syncBuiltinESMExports()
  made.remove()
  assert.ok(outcomes.every(outcome => outcome.kind === 'dynamic'))
  assert.ok(processes > 0 && processes < 30, `${processes} processes`)
})

test('what a module leaves running does not keep evaluation from ending', async () => {
  const busy = `setInterval(() => {}, 5)\nimport { createServer } from 'node:net'\ncreateServer().listen(0)\nprocess.on('SIGTERM', () => {})\nexport default c => c.text('x')`
  const kept = await runOne(busy, { mode: 'keep' }, { loud: ['routes/a.tsx'] })
  assert.equal(bodyOf(kept), 'x')
  const shape = await shapeOf(
    `setInterval(() => {}, 5)\nexport const config = { revalidate: 60 }\nexport const GET = () => 1`,
  )
  assert.deepEqual(shape.config, { revalidate: 60 })
})

test('what loading reads counts against the handler; files read by absolute paths do not', async () => {
  const cases: [string, RegExp][] = [
    [`const t = Date.now()\nexport default c => c.text(String(t))`, /the clock/],
    [
      `const t = await Promise.resolve().then(Math.random)\nexport default c => c.text(String(t))`,
      /randomness/,
    ],
    [
      `import { pid } from 'node:process'\nexport default c => c.text(String(pid))`,
      /imports pid of node:process/,
    ],
    [`import * as os from 'node:os'\nexport default c => c.text(os.EOL)`, /imports all of node:os/],
    [
      `import { readFileSync } from 'node:fs'\nreadFileSync('package.json')\nexport default c => c.text('x')`,
      /the working directory: readFileSync\("package.json"\)/,
    ],
  ]
  for (const [source, expected] of cases) {
    assert.match(messageOf(await runOne(source, {}, {}, { 'package.json': '{}' })), expected)
  }
  const data = await runOne(
    `import { readFileSync } from 'node:fs'\nconst text = readFileSync('/etc/hostname', 'utf8')\nexport default c => c.text(text)`,
  )
  assert.equal(data.kind, 'snapshot')
  assert.deepEqual((data as { files: string[] }).files, ['/etc/hostname'])
})

test('what loading reads blames the modules of that graph alone', async () => {
  const made = await site({
    'lib/clock.ts': `export const started = Date.now()`,
    'routes/a.ts': `import { started } from '../lib/clock.ts'\nexport default c => c.text(String(started))`,
    'routes/b.ts': `import { started } from '../lib/clock.ts'\nexport default c => c.text(typeof started)`,
    'routes/c.ts': `export default c => c.text('pure')`,
    'routes/d.ts': `export default async c => c.text(typeof (await import('../lib/clock.ts')).started)`,
  })
  const jobs = [...made.bundle.modules.keys()].map(file => jobFor(made.bundle, file))
  const [a, b, c, d] = await run(made, jobs)
  const followed = new Map<string, Set<number>>()
  for (const { name, code } of made.bundle.chunks.values()) {
    const line = code.split('\n').findIndex(text => text.includes('Date.now()'))
    if (line >= 0) followed.set(name, new Set([line + 1]))
  }
  const [shown, compared] = await run(made, jobs, { followed })
  made.remove()
  assert.match(messageOf(a), /the clock/)
  assert.equal((a as { reason: { file: string } }).reason.file, 'lib/clock.ts')
  assert.match(messageOf(b), /the clock/)
  assert.equal(bodyOf(c!), 'pure')
  assert.match(messageOf(d), /the clock/)
  // Where the analyzer followed the value, answers are compared: it still shows in this one.
  assert.equal(bodyOf(compared!), 'number')
  assert.match(messageOf(shown), /answers differently/)
})

test('a built-in of another host is the reason, and says which host', async () => {
  const outcome = await runOne(
    `import { Database } from 'bun:sqlite'\nconst db = new Database('x')\nexport default c => c.json(db.query('select 1').all())`,
  )
  assert.equal(outcome.kind, 'dynamic')
  assert.match(messageOf(outcome), /^imports bun:sqlite, which needs Bun; the build ran on Node$/)
  assert.equal((outcome as { reason: { column: number } }).reason.column, 26)
  const shape = await shapeOf(
    `import { Database } from 'bun:sqlite'\nconst db = new Database('x')\nexport const config = { headers: { a: 'b' } }\nexport const GET = c => c.json(db.query('select 1').all())`,
  )
  assert.deepEqual(
    [shape.exports, shape.config, shape.failed],
    [{ GET: 'handler' }, { headers: { a: 'b' } }, null],
  )
  assert.match(
    messageOf(await runOne(`const v = Bun.version\nexport default c => c.text(v)`)),
    /Bun/,
  )
})

test('a build that is interrupted leaves no process behind', {
  skip: process.platform !== 'linux',
}, async () => {
  const marker = `precast-marker-${process.pid}`
  const source = `
    import { site, run, jobFor } from ${JSON.stringify(new URL('./site.ts', import.meta.url).href)}
    const made = await site({ 'routes/a.ts': 'export default c => { for (;;); }' })
    console.log(made.root)
    await run(made, [jobFor(made.bundle, 'routes/a.ts')], { timeout: 60_000 })`
  const build = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
    env: { ...process.env, PRECAST_MARKER: marker },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const root = String((await once(build.stdout, 'data'))[0]).trim()
  const children = (): number =>
    readdirSync('/proc').filter(pid => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(marker)
      } catch {
        return false
      }
    }).length
  while (children() < 2) await setTimeout(20)
  await setTimeout(500)
  build.kill('SIGINT')
  const [, signal] = await once(build, 'exit')
  rmSync(root, { recursive: true, force: true })
  assert.equal(signal, 'SIGINT')
  for (let tries = 0; children() > 0 && tries < 100; tries++) await setTimeout(20)
  assert.equal(children(), 0)
})
