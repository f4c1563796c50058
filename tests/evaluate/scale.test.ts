// Many jobs: in time, with flat memory, with the same outcomes whatever the number of processes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jobFor, run, runOne, site } from './site.ts'

const PAGE = `export default c => c.html(<main>{Array.from({ length: 30 }, (_, i) => <p>{c.req.param('n')} {i}</p>)}</main>)`

async function pages(count: number, source = PAGE) {
  const made = await site({ 'routes/a.tsx': source })
  const jobs = Array.from({ length: count }, (_, n) =>
    jobFor(made.bundle, 'routes/a.tsx', { path: `/${n}`, params: { n: String(n) } }),
  )
  return { made, jobs }
}

test('each of 2,000 pages has its outcome', async () => {
  const { made, jobs } = await pages(2000)
  let progress = 0
  const outcomes = await run(made, jobs, {
    concurrency: 2,
    onProgress: done => {
      progress = done
    },
  })
  made.remove()
  assert.ok(outcomes.every(outcome => outcome.kind === 'snapshot'))
  assert.equal(progress, 2000)
})

test('outcomes do not depend on how many processes there are', async () => {
  const source = `export default c => c.req.param('n') % 7 === 0 ? c.text(String(Date.now())) : c.text(c.req.param('n'))`
  const { made, jobs } = await pages(300, source)
  const one = await run(made, jobs, { concurrency: 1 })
  const three = await run(made, jobs, { concurrency: 3 })
  made.remove()
  assert.deepEqual(three, one)
  assert.equal(one.filter(outcome => outcome.kind === 'dynamic').length, 43)
})

test('outcomes are handed out as they come, and a slow reader holds evaluation up', async () => {
  const big = `const body = 'x'.repeat(1_000_000)\nexport default c => c.text(body + c.req.param('n'))`
  const { made, jobs } = await pages(200, big)
  let held = 0
  let most = 0
  let bytes = 0
  const start = process.memoryUsage().rss
  const outcomes = await run(made, jobs, {
    maxBody: 2_000_000,
    async onOutcome(outcome) {
      most = Math.max(most, ++held)
      if (outcome.kind === 'snapshot') bytes += outcome.snapshot.body.length
      await new Promise(resolve => setTimeout(resolve, 1))
      held--
    },
  })
  made.remove()
  assert.equal(most, 1)
  assert.ok(bytes > 200_000_000)
  assert.ok(
    outcomes.every(outcome => outcome.kind === 'snapshot' && outcome.snapshot.body.length === 0),
  )
  const grown = process.memoryUsage().rss - start
  assert.ok(grown < 120_000_000, `${grown} bytes`)
})

test('a body of several megabytes comes through whole', async () => {
  const outcome = await runOne(
    `export default () => new Response(Uint8Array.from({ length: 5_000_000 }, (_, i) => i % 251))`,
    {},
    { maxBody: 5_000_000 },
  )
  assert.equal(outcome.kind, 'snapshot')
  if (outcome.kind !== 'snapshot') return
  assert.equal(outcome.snapshot.body.length, 5_000_000)
  assert.ok(outcome.snapshot.body.every((byte, index) => byte === index % 251))
})
