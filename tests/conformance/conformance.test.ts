// One suite over all hosts: a project with routes of every kind, built once, served by each host as a
// process of its own, and the same requests over raw sockets. What one answers, all answer.

import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import test, { after, describe } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Zstd } from '@hpcc-js/wasm-zstd'
import { build, explain, root, temporary } from '../lib/project.ts'
import { HOSTS, type Host, type Server, serve, stopAll } from '../lib/servers.ts'
import { exchange, type WireRequest, type WireResponse } from '../lib/wire.ts'
import { checks } from './checks.ts'
import { largeChecks, prepare } from './large.ts'
import { type Case, groups } from './table.ts'

const servers = new Map<Host, Server>()
const missing = new Map<Host, string>()
const zstd = await Zstd.load()
const folder = temporary()

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

for (const [group, cases] of Object.entries(groups)) {
  describe(group, () => {
    for (const one of cases) {
      test(nameOf(one), async t => {
        const reference = await ask('fetch', one)
        for (const host of HOSTS) {
          await t.test(host, { skip: missing.get(host) }, async () => {
            const answer = host === 'fetch' ? reference : await ask(host, one)
            check(answer, one)
            assert.deepEqual(comparable(answer, reference), comparable(reference, answer))
            assert.ok(answer.body.equals(reference.body), 'the body differs from that of fetch')
          })
        }
      })
    }
  })
}

describe('exchanges', () => {
  for (const [name, run] of Object.entries({ ...checks, ...largeChecks })) {
    for (const host of HOSTS) {
      test(`${name}: ${host}`, { skip: missing.get(host) }, () =>
        run(servers.get(host)!.port, { decode }),
      )
    }
  }
})

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

// ---------------------------------------------------------------- one exchange

function nameOf({ request, note, headers }: Case): string {
  const more =
    note ??
    Object.entries(headers ?? {})
      .map(pair => pair.join(': '))
      .join(', ')
  return more ? `${request} (${more})` : request
}

function requestOf({ request, headers, body }: Case): WireRequest {
  const [, method = 'GET', target] = /^(?:([A-Z]+) )?(.*)$/.exec(request)!
  return { method, target: target!, headers, body }
}

function ask(host: Host, one: Case): Promise<WireResponse> {
  return exchange(servers.get(host)!.port, requestOf(one))
}

function check(answer: WireResponse, one: Case): void {
  const told = `\nanswered: ${answer.status} ${JSON.stringify(answer.headers)} ${answer.text().slice(0, 300)}`
  if (one.status !== undefined) assert.equal(answer.status, one.status, `status${told}`)
  for (const [name, wanted] of Object.entries(one.fields ?? {})) {
    const value = answer.get(name)
    if (wanted === null) assert.equal(value, null, name + told)
    else if (wanted instanceof RegExp) assert.match(value ?? '(none)', wanted, name + told)
    else if (name === 'allow' || name === 'vary')
      assert.deepEqual(setOf(value), setOf(wanted), name + told)
    else assert.equal(value, wanted, name + told)
  }
  if (one.text === undefined && one.json === undefined && one.bytes === undefined) return
  const body = decode(answer)
  if (typeof one.text === 'string') assert.equal(body.toString(), one.text)
  else if (one.text) assert.match(body.toString(), one.text)
  if (one.json !== undefined) assert.deepEqual(JSON.parse(body.toString()), one.json)
  if (one.bytes) assert.deepEqual([...body], one.bytes)
}

function setOf(list: string | null): string[] | undefined {
  return list
    ?.toLowerCase()
    .split(',')
    .map(item => item.trim())
    .sort()
}

function decode(answer: WireResponse): Buffer {
  if (answer.body.length === 0) return answer.body
  switch (answer.get('content-encoding')) {
    case null:
      return answer.body
    case 'br':
      return brotliDecompressSync(answer.body)
    case 'gzip':
      return gunzipSync(answer.body)
    case 'zstd':
      return Buffer.from(zstd.decompress(answer.body))
    default:
      throw new Error(`Content-Encoding: ${answer.get('content-encoding')}`)
  }
}

/** Fields that belong to the connection or the moment, not to the answer. */
const OWN = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])

/**
 * What has to be equal. A host may know the length of what another one streams, and may send the
 * lines of a list as one (RFC 9110 section 5.3).
 */
function comparable(answer: WireResponse, other: WireResponse): unknown {
  const isFramed = answer.get('content-length') !== null && other.get('content-length') !== null
  const fields: Record<string, string | string[]> = {}
  for (const name of new Set(answer.headers.map(([name]) => name.toLowerCase())).values()) {
    if (OWN.has(name) || (name === 'content-length' && !isFramed)) continue
    const lines = answer.headers.filter(([own]) => own.toLowerCase() === name).map(pair => pair[1])
    fields[name] = name === 'set-cookie' ? lines : lines.join(', ')
  }
  return { status: answer.status, fields }
}
