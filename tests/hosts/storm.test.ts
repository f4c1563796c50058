// Every host under many clients at once that send, read and leave as they like: each answer is the one
// its request gets alone, and afterwards nothing is left of them. PRECAST_STORM=20000 lets so many
// connections come to each host, PRECAST_SEED=N others, PRECAST_HOSTS=bun,uws to some hosts alone.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { random } from '../http1/memory.ts'
import { build, project } from '../lib/project.ts'
import { HOSTS, type Host, type Server, serve } from '../lib/servers.ts'
import { exchange } from '../lib/wire.ts'
import { until } from './harness.ts'
import { type Alone, askAlone, carryOut } from './storm/client.ts'
import { type Plan, plan } from './storm/plan.ts'
import { FILES } from './storm/site.ts'

const CONNECTIONS = Number(process.env.PRECAST_STORM ?? 240)
const SEED = Number(process.env.PRECAST_SEED ?? 20261122)
const WANTED = process.env.PRECAST_HOSTS?.split(',')
const AT_ONCE = 48
/** Bytes a host may grow by; what a client leaves behind would be more, with many of them. */
const GROWTH = 300e6

/** Answers to any request with what it is asked for. */
const upstream = createServer((request, response) => response.end(`relayed ${request.url}`))
let folder: string

before(async () => {
  await new Promise<void>(resolve => upstream.listen(0, '127.0.0.1', resolve))
  process.env.STORM_UPSTREAM = String((upstream.address() as AddressInfo).port)
  folder = project(FILES)
  await build(folder)
})
after(() => {
  upstream.close()
  upstream.closeAllConnections()
})

interface Self {
  pid: number
  /** Bytes. */
  memory: number
}

async function selfOf({ port }: Server): Promise<Self> {
  return JSON.parse((await exchange(port, { target: '/process' })).text())
}

/** Connections of clients to `port` that the process has open. */
function clientsOf(pid: number, port: number): string[] {
  const inodes = new Set<string>()
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/${pid}/net/${table}`, 'latin1').split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
      const isListening = state === '0A'
      if (!isListening && Number.parseInt(local?.split(':')[1] ?? '', 16) === port)
        inodes.add(`socket:[${inode}]`)
    }
  }
  return readdirSync(`/proc/${pid}/fd`).filter(name => {
    try {
      return inodes.has(readlinkSync(`/proc/${pid}/fd/${name}`))
    } catch {
      // Closed meanwhile.
      return false
    }
  })
}

async function storm(server: Server, plans: Plan[], alone: Alone): Promise<number> {
  let started = 0
  let answers = 0
  const differences: string[] = []
  const client = async () => {
    while (started < plans.length && differences.length < 5) {
      const index = started++
      await carryOut(server.port, plans[index]!, alone).then(
        count => {
          answers += count
        },
        error => differences.push(`connection ${index}: ${error.message}`),
      )
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  assert.deepEqual(differences, [])
  return answers
}

describe('storm', { skip: process.platform === 'linux' ? false : 'it takes /proc to see' }, () => {
  for (const host of HOSTS.filter(host => WANTED?.includes(host) ?? true))
    it(`${CONNECTIONS} connections spoil nothing for one another on ${host}`, t => held(host, t))
})

/** What it said, but for what is of no interest. */
function surprises(host: Host, errors: string): string {
  // tests/lib/fetch-host.mjs has Node's HTTP tell it that a client is gone.
  return host === 'fetch'
    ? errors.replace(/^Error: aborted\n(?: {4}at .*\n)*.*\{\n.*ECONNRESET.*\n\}\n/gm, '')
    : errors
}

async function held(host: Host, t: { skip(why: string): void; diagnostic(text: string): void }) {
  const server = await serve(folder, host)
  if (typeof server === 'string') {
    t.skip(server)
    return
  }
  try {
    const plans = Array.from({ length: CONNECTIONS }, (_, index) =>
      plan(random(SEED * 1_000_003 + index), host),
    )
    const alone: Alone = new Map()
    for (const one of plans.flatMap(({ asks }) => asks))
      if (!alone.has(one.like)) alone.set(one.like, await askAlone(server.port, one))
    const { pid, memory } = await selfOf(server)
    const answers = await storm(server, plans, alone)
    const grown = (await selfOf(server)).memory - memory
    const left = await until(
      async () => clientsOf(pid, server.port),
      open => open.length === 0,
    )
    t.diagnostic(`${host}: ${answers} answers, ${Math.round(grown / 1e6)} MB more`)
    assert.deepEqual(left, [], 'descriptors of clients are open')
    assert.ok(grown < GROWTH, `it grew by ${grown} bytes`)
    assert.equal(surprises(host, server.errors()), '')
  } finally {
    const told = performance.now()
    assert.equal(await server.stop(), 0)
    const took = performance.now() - told
    assert.ok(took < 5_000, `it took ${took} ms to end`)
  }
}
