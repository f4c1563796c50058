// The cases of cases.ts on real sockets, on every host. Those of ours answer to the letter; of the
// others it is enough that what is to be refused is not answered, their known limits aside.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hosts, raw, runEntry, type Running, skipped, stubProject } from '../hosts/harness.ts'
import { ambiguous, broken, type Case, limits, taken } from './cases.ts'

const project = stubProject()

const statuses = (answer: string): number[] =>
  [...answer.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status))

for (const [host, why] of skipped) it(host, { skip: why }, () => {})

for (const host of hosts) {
  describe(host, { timeout: 120_000, concurrency: 16 }, () => {
    const isOurs = ['bun', 'deno', 'node'].includes(host)
    let server: Running
    let port: number
    before(async () => {
      server = runEntry(host, project.folder)
      port = await server.port
    })
    after(async () => {
      server.child.kill('SIGTERM')
      assert.deepEqual(await server.exit, { code: 0, signal: null })
    })

    const cases: [string, Case[]][] = [
      ['takes', taken],
      ['refuses', broken],
      ['refuses', ambiguous],
    ]
    for (const [does, list] of cases) {
      for (const one of list) {
        it(`${does} ${one.name}`, async () => {
          const limit = limits[host]?.[one.name]
          const isRefused = one.status[0]! >= 400
          // A server that is not ours may drop a connection in place of refusing what came on it, or
          // wait for more; one that is silent that long has not taken it for a request.
          const wait = isOurs ? undefined : limit || !isRefused ? 6_000 : 2_000
          const answer = await raw(port, one.bytes, wait).catch((error: Error) => {
            if (isOurs) throw error
            return ''
          })
          if (limit) {
            assert.deepEqual(statuses(answer), limit, answer)
            return
          }
          const got = statuses(answer)
          if (isOurs || !isRefused) assert.deepEqual(got, one.status, answer)
          else assert.ok(got.length === 0 || (got.length === 1 && got[0]! >= 400), answer)
          assert.ok(answer.endsWith(one.end ?? ''), answer)
        })
      }
    }
  })
}
