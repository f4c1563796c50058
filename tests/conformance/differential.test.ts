// Random requests against one project: each host gives the status, the fields and the body that the
// fetch reference gives. PRECAST_REQUESTS=100000 asks more of them, PRECAST_SEED=N others.

import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { after } from 'node:test'
import fc from 'fast-check'
import { build, root, temporary } from '../lib/project.ts'
import { HOSTS, type Host, type Server, serve, stopAll } from '../lib/servers.ts'
import { Connection, exchange, requestBytes, type WireResponse } from '../lib/wire.ts'
import { comparable } from './ask.ts'
import { prepare } from './large.ts'
import { conversation, type RandomRequest, VALIDATORS } from './requests.ts'

const RUNS = Number(process.env.PRECAST_REQUESTS ?? 400)
const SEED = Number(process.env.PRECAST_SEED ?? 20261121)

const servers = new Map<Host, Server>()
const missing: string[] = []
const folder = temporary()
cpSync(join(root, 'tests', 'conformance', 'project'), folder, { recursive: true })
prepare(folder)
await build(folder)
for (const host of HOSTS) {
  const started = await serve(folder, host)
  if (typeof started === 'string') missing.push(started)
  else servers.set(host, started)
}
after(() => stopAll(servers.values()))

const reference = servers.get('fetch')!.port
const others = [...servers].filter(([host]) => host !== 'fetch')

/** ETags and date of a target, as the reference tells them. */
const known = new Map<string, Promise<string[]>>()

function validatorsOf(target: string): Promise<string[]> {
  let found = known.get(target)
  if (!found) {
    found = Promise.all(
      ['identity', 'gzip', 'br', 'zstd'].map(coding =>
        exchange(reference, { target, headers: { 'accept-encoding': coding } }),
      ),
    ).then(answers => {
      const tags = answers.map(answer => answer.get('etag') ?? '"none"')
      return [...tags, answers[0]!.get('last-modified') ?? 'Thu, 01 Jan 1970 00:00:00 GMT']
    })
    known.set(target, found)
  }
  return found
}

/** The request with the validators of its target put in. */
async function concrete(request: RandomRequest): Promise<RandomRequest> {
  const text = request.headers.map(([, value]) => value).join()
  if (!VALIDATORS.some(name => text.includes(name))) return request
  const values = await validatorsOf(request.target)
  const headers = request.headers.map(([name, value]): [string, string] => [
    name,
    VALIDATORS.reduce((all, mark, index) => all.replaceAll(mark, values[index]!), value),
  ])
  return { ...request, headers }
}

/** The answers to requests that follow one another on a connection, a new one where it was closed. */
async function answersOf(port: number, requests: RandomRequest[]): Promise<WireResponse[]> {
  const answers: WireResponse[] = []
  let connection = new Connection(port)
  try {
    for (const request of requests) {
      connection.write(requestBytes(request))
      const answer = await connection.response(request.method)
      answers.push(answer)
      if (!/close/i.test(answer.get('connection') ?? '')) continue
      connection.close()
      connection = new Connection(port)
    }
    return answers
  } finally {
    connection.close()
  }
}

function shown(request: RandomRequest): string {
  return requestBytes(request).toString('latin1').replaceAll('\r\n', '\n  ').trim()
}

test(`${RUNS} conversations are the same on ${others.map(([host]) => host).join(', ')}`, async t => {
  for (const why of missing) t.diagnostic(why)
  const property = fc.asyncProperty(conversation, async random => {
    const requests = await Promise.all(random.map(concrete))
    const wanted = await answersOf(reference, requests)
    await Promise.all(
      others.map(async ([host, { port }]) => {
        const answers = await answersOf(port, requests).catch(error => {
          throw new Error(`${host}: ${error.message}\n  ${requests.map(shown).join('\n\n  ')}`)
        })
        for (const [index, answer] of answers.entries()) {
          const [one, other] = [answer, wanted[index]!]
          const told = `${host} differs from fetch:\n  ${shown(requests[index]!)}\n`
          assert.deepEqual(comparable(one, other), comparable(other, one), told)
          const texts = [one, other].map(({ body }) => body.toString('latin1').slice(0, 500))
          assert.ok(one.body.equals(other.body), [told, ...texts].join('\n'))
          assert.ok(one.get('date'), `${told} has no Date`)
        }
      }),
    )
  })
  await fc.assert(property, { numRuns: RUNS, seed: SEED, includeErrorInReport: true })
})
