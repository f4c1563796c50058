// The benches run: works are verified, measured and drawn in a moment, an answer that is
// not the reference's is refused, and the inner parts give what they should. Nothing here is timed.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import test, { after, describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { root, temporary } from './lib/project.ts'

const skip =
  spawnSync('cc', ['--version']).error !== undefined &&
  'cc is missing: apt-get install build-essential'

interface Run {
  works: {
    name: string
    rows: { id: string; cpu: number; rate: number; p50: number; peak: number }[]
    skipped: { name: string; reason: string }[]
  }[]
}

/** Runs a file of benches/; its projects are in a folder of this test's own. */
function bench(...args: string[]): string {
  const ran = spawnSync(process.execPath, [join(root, 'benches', args[0]!), ...args.slice(1)], {
    encoding: 'utf8',
    timeout: 400_000,
    env: { ...process.env, TMPDIR: temporary() },
  })
  assert.equal(ran.status, 0, ran.stderr + ran.stdout)
  return ran.stdout
}

test('a brief run verifies, measures and draws', { skip }, () => {
  const folder = temporary()
  const [json, svg] = [join(folder, 'run.json'), join(folder, 'run.svg')]
  const works = ['page', 'hello', 'big']
  const short = [
    '--seconds',
    '0.1',
    '--rounds',
    '1',
    '--routes',
    '10',
    '--json',
    json,
    '--svg',
    svg,
  ]
  const out = bench(
    'http1.mjs',
    ...['--works', works.join(','), '--hosts', 'node', '--peers', 'limit,node'],
    ...short,
  )
  const run = JSON.parse(readFileSync(json, 'utf8')) as Run
  assert.deepEqual(
    run.works.map(({ name, rows, skipped }) => [name, rows.map(({ id }) => id), skipped]),
    works.map(name => [name, ['limit', 'node', 'node'], []]),
  )
  for (const { name, rows } of run.works)
    for (const row of rows)
      assert.ok(row.rate > 0 && row.peak > 0, `${name}: ${JSON.stringify(row)}`)
  assert.match(out, /Precast, node/)
  const drawn = readFileSync(svg, 'utf8')
  assert.equal(drawn.match(/<g /g)?.length, works.length)
  assert.match(drawn, /prefers-color-scheme: dark/)
})

test('the inner parts give what they should', { skip }, () => {
  assert.match(bench('parts.mjs', '--once', '--sizes', '10'), /^\d\d parts are right/)
})

describe('what a contestant answers is held against the reference', () => {
  interface Answer {
    status: number
    headers: Record<string, string>
    body: Buffer
  }
  type Verify = (
    server: { url: string },
    contestant: { isOurs?: boolean },
    work: object,
    reference: { answer(): Promise<Answer> },
  ) => Promise<object>

  const right: Answer = {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', etag: '"1"', 'content-length': '5' },
    body: Buffer.from('right'),
  }
  const work = {
    paths: ['/'],
    headers: {},
    same: ['content-type', 'content-length'],
    present: ['etag'],
    probes: [],
  }
  const servers: { close(): void }[] = []
  after(() => {
    for (const server of servers) server.close()
  })

  async function verified(answer: (response: ServerResponse) => void, isOurs = false) {
    const server = createServer((_: IncomingMessage, response: ServerResponse) => answer(response))
    servers.push(server)
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const file = pathToFileURL(join(root, 'benches/lib/verify.mjs')).href
    const { verify } = (await import(file)) as { verify: Verify }
    return verify({ url }, { isOurs }, work, { answer: async () => right })
  }
  const send =
    (headers: Record<string, string>, body: string, status = 200) =>
    (response: ServerResponse) => {
      response.writeHead(status, { 'Content-Length': body.length, ...headers }).end(body)
    }

  test('the same in other letters is taken', async () => {
    await verified(send({ 'Content-Type': 'text/html;charset=UTF-8', ETag: '"2"' }, 'right'))
  })
  test('of a host of ours every field counts', async () => {
    await assert.rejects(
      verified(send({ 'Content-Type': 'text/html;charset=UTF-8', ETag: '"2"' }, 'right'), true),
      /etag is "2" in place of "1"/,
    )
  })
  for (const [what, answer, message] of [
    [
      'another body',
      send({ 'Content-Type': 'text/html;charset=utf-8', ETag: '"1"' }, 'wrong'),
      /another body: wrong/,
    ],
    ['another status', send({}, 'right', 203), /answers 203 in place of 200/],
    [
      'another type',
      send({ 'Content-Type': 'text/plain', ETag: '"1"' }, 'right'),
      /content-type is text\/plain/,
    ],
    ['no ETag', send({ 'Content-Type': 'text/html;charset=utf-8' }, 'right'), /no etag/],
  ] as const)
    test(`${what} is refused`, async () => {
      await assert.rejects(verified(answer), message)
    })
})
