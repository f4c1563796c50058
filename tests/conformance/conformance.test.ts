// One suite over all hosts: a project with routes of every kind, built once, served by each host as a
// process of its own, and the same requests over raw sockets. What one answers, all answer. What was
// found is compared with docs/conformance.md; `UPDATE=1` writes it there.

import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { after, describe } from 'node:test'
import { build, explain, root, temporary } from '../lib/project.ts'
import { HOSTS, type Host, type Server, serve, stopAll } from '../lib/servers.ts'
import { ask, casesOf, check, comparable, nameOf } from './ask.ts'
import { checks } from './checks.ts'
import { dictionaryChecks } from './dictionary.ts'
import { largeChecks, prepare } from './large.ts'
import { limits } from './limits.ts'
import { readPeers, withMatrix } from './page.ts'
import { type RuleId, rules } from './rules.ts'
import { shared } from './shared.ts'
import { sharedChecks } from './shared-checks.ts'
import { groups } from './table.ts'
import { Tally } from './tally.ts'

const servers = new Map<Host, Server>()
const missing = new Map<Host, string>()
const folder = temporary()
const tally = new Tally()

// Before any test: where the project does not build, that alone is told.
cpSync(join(root, 'tests', 'conformance', 'project'), folder, { recursive: true })
prepare(folder)
await build(folder)
for (const host of HOSTS) {
  const started = await serve(folder, host)
  if (typeof started === 'string') missing.set(host, started)
  else servers.set(host, started)
}
after(() => stopAll(servers.values()))

for (const [group, rows] of Object.entries({ ...groups, ...shared })) {
  describe(group, () => {
    for (const [rule, one] of casesOf(rows)) {
      const name = nameOf(one)
      test(name, async t => {
        const reference = await ask(servers.get('fetch')!.port, one)
        for (const host of HOSTS) {
          await t.test(host, { skip: missing.get(host) }, () =>
            counted(host, rule, name, async () => {
              const answer = host === 'fetch' ? reference : await ask(servers.get(host)!.port, one)
              check(answer, one)
              // Where the specification leaves a choice, each platform has made its own.
              if (Array.isArray(one.status)) return
              assert.deepEqual(comparable(answer, reference), comparable(reference, answer))
              assert.ok(answer.body.equals(reference.body), 'the body differs from that of fetch')
            }),
          )
        }
      })
    }
  })
}

describe('exchanges', () => {
  for (const [name, { rule, run }] of Object.entries({
    ...checks,
    ...dictionaryChecks,
    ...largeChecks,
    ...sharedChecks,
  })) {
    for (const host of HOSTS) {
      test(`${name}: ${host}`, { skip: missing.get(host) }, () =>
        counted(host, rule, name, () => run(servers.get(host)!.port)),
      )
    }
  }
})

/** Runs a case. What limits.ts says a platform cannot do has to fail, or the page is wrong. */
async function counted(
  host: Host,
  rule: RuleId,
  name: string,
  run: () => Promise<void>,
): Promise<void> {
  const limit = limits[host]?.[name]
  tally.asked(host, rule)
  if (limit === undefined) {
    await run()
    tally.held(host, rule)
  } else await assert.rejects(run, `${host} can do it after all: ${limit}`)
}

test('what answers as static is static by its verdict', async () => {
  const rows = await explain(folder)
  const verdict = (path: string, method = 'GET'): string | undefined =>
    rows.find(row => row.path === path && row.method === method && !row.role)?.verdict
  for (const path of [
    '/',
    '/about',
    '/blog/first',
    '/blog/a%2Fb',
    '/wire/long',
    '/area/inner/fixed',
    '/values/jsx',
    '/prerender/clock',
    '/imports/here',
  ])
    assert.equal(verdict(path), 'static', path)
  for (const path of ['/seen', '/blog/:slug', '/wire/cookies', '/guard/secret', '/prerender/never'])
    assert.notEqual(verdict(path), 'static', path)
  assert.equal(verdict('/app/*', 'ALL'), 'dynamic')
  for (const row of rows) {
    if (row.verdict === 'static') continue
    assert.ok(
      row.reason && row.reason.line > 0 && row.reason.column > 0,
      `${row.path} has no reason`,
    )
  }
})

test('each rule has a case', () => {
  const without = Object.keys(rules).filter(rule => tally.of('fetch', rule as RuleId).asked === 0)
  assert.deepEqual(without, [])
})

test('docs/conformance.md says what was found here', t => {
  if (missing.size > 0) return t.skip(`not all hosts run here: ${[...missing.keys()]}`)
  const page = join(root, 'docs', 'conformance.md')
  const text = readFileSync(page, 'utf8')
  const found = withMatrix(text, tally, readPeers())
  if (process.env.UPDATE) writeFileSync(page, found)
  else assert.equal(text, found, 'UPDATE=1 writes it')
})
