// What operators see of each host: options, signals, workers, errors at start.

import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { describe, it } from 'node:test'
import {
  type Exit,
  hosts,
  raw,
  runEntry,
  type Running,
  skipped,
  stubProject,
  until,
} from './harness.ts'

const DONE: Exit = { code: 0, signal: null }

const project = stubProject()

const listening = (server: Running) => server.stdout().match(/^Listening on .*$/gm) ?? []
const ask = (port: number, path: string) =>
  raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`).then(
    answer => answer.split('\r\n\r\n')[1] ?? '',
    () => '',
  )
const pids = async (port: number, times = 40): Promise<Set<string>> => {
  const found = new Set<string>()
  for (let i = 0; i < times; i++) found.add(await ask(port, '/pid'))
  found.delete('')
  return found
}
const begun = (server: Running, count = 1) =>
  until(
    async () => server.stderr().split('slow begins\n').length - 1,
    found => found >= count,
    20_000,
  )
const isAlive = (pid: string | number): boolean => {
  try {
    process.kill(Number(pid), 0)
    return true
  } catch {
    return false
  }
}

for (const [host, why] of skipped) it(host, { skip: why }, () => {})

// Side by side: most of the time is spent waiting.
describe('processes', { concurrency: 4, timeout: 200_000 }, () => {
  for (const host of hosts) {
    describe(host, () => {
      it('prints where it listens once, and ends with 0 on SIGTERM and SIGINT', async () => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) {
          const server = runEntry(host, project.folder, ['--hostname', '127.0.0.1'])
          const port = await server.port
          assert.equal(await ask(port, '/static'), 'static')
          server.child.kill(signal)
          assert.deepEqual(await server.exit, DONE)
          assert.deepEqual(listening(server), [`Listening on http://127.0.0.1:${port}`])
          assert.equal(server.stderr(), '')
        }
      })

      it('finishes what it is answering when told to stop, idle connections aside', async () => {
        const server = runEntry(host, project.folder)
        const port = await server.port
        const idle = raw(port, 'GET /static HTTP/1.1\r\nHost: x\r\n\r\n', 20_000)
        const ticks = raw(port, 'GET /ticks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        const slow = ask(port, '/slow?ms=4000')
        await begun(server)
        const told = Date.now()
        server.child.kill('SIGTERM')
        const refused = await until(
          () => ask(port, '/static'),
          answer => answer === '',
          3_500,
        )
        assert.equal(refused, '', 'it goes on taking connections')
        assert.equal(await slow, 'slow')
        assert.match(await ticks, /tick 3/)
        assert.deepEqual(await server.exit, DONE)
        assert.ok(Date.now() - told < 7_500, `took ${Date.now() - told} ms`)
        assert.match(await idle, /static$/)
      })

      it('does not wait for ever for an answer', async () => {
        const server = runEntry(host, project.folder)
        const port = await server.port
        const hanging = raw(port, 'GET /slow?ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n', 30_000)
        await begun(server)
        server.child.kill('SIGTERM')
        assert.deepEqual(await server.exit, DONE)
        assert.equal((await hanging).includes('slow'), false)
      })

      it('says in one line that the port is in use', async () => {
        const taken = createServer().listen(0, '0.0.0.0')
        await new Promise(resolve => taken.once('listening', resolve))
        const { port } = taken.address() as { port: number }
        for (const more of [[], ['--workers', '2']]) {
          const server = runEntry(host, project.folder, ['--port', String(port), ...more])
          assert.deepEqual(await server.exit, { code: 1, signal: null })
          assert.equal(
            server.stderr(),
            `precast: cannot listen on 0.0.0.0 port ${port}: the port is in use\n`,
          )
          assert.equal(server.stdout(), '')
        }
        taken.close()
      })

      it('does not join the port of another server of its kind', async () => {
        const first = runEntry(host, project.folder, ['--workers', '2'])
        const port = await first.port
        const second = runEntry(host, project.folder, ['--port', String(port)])
        assert.deepEqual(await second.exit, { code: 1, signal: null })
        first.child.kill('SIGTERM')
        assert.deepEqual(await first.exit, DONE)
      })

      it('serves with several processes, and replaces one that dies', async () => {
        const server = runEntry(host, project.folder, ['--workers', '3'])
        const port = await server.port
        const before = await until(
          () => pids(port),
          found => found.size === 3,
        )
        assert.equal(before.size, 3)
        assert.equal(before.has(String(server.child.pid)), false)
        assert.equal(listening(server).length, 1)

        const victim = [...before][0]
        process.kill(Number(victim), 'SIGKILL')
        const later = await until(
          () => pids(port),
          found => found.size === 3 && !found.has(victim),
        )
        assert.equal(later.size, 3)
        assert.equal(later.has(victim), false)
        assert.match(server.stderr(), /^precast: worker \d+ ended \(SIGKILL\), starting another\n$/)
        assert.equal(listening(server).length, 1)

        server.child.kill('SIGTERM')
        assert.deepEqual(await server.exit, DONE)
        assert.deepEqual([...later].filter(isAlive), [], 'workers are left')
      })

      // What is left is the same code for the platforms' own servers.
      if (host.includes('-')) return

      it('outlives promises that nobody waits for, and says why they failed', async () => {
        const server = runEntry(host, project.folder)
        const port = await server.port
        const pid = await ask(port, '/pid')
        for (const length of [0, 10]) {
          const socket = connect(port, '127.0.0.1')
          socket.on('error', () => {})
          socket.write(`POST /left-alone HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`)
          await new Promise(resolve => socket.once('data', resolve))
          socket.destroy()
        }
        const told = () => server.stderr().split('nobody waits\n').length - 1
        assert.equal(
          await until(
            async () => told(),
            count => count === 2,
          ),
          2,
          server.stderr(),
        )
        assert.match(server.stderr(), /^precast: a promise that nobody waits for failed: /m)
        assert.equal(await ask(port, '/pid'), pid)
        server.child.kill('SIGTERM')
        assert.deepEqual(await server.exit, DONE)
      })

      it('takes the port from PORT, and the flag before it', async () => {
        const server = runEntry(host, project.folder, [], { PORT: '1' })
        assert.ok((await server.port) > 1)
        server.child.kill('SIGTERM')
        await server.exit
      })

      it('says what is wrong with an option, with exit code 2', async () => {
        for (const args of [
          ['--port', '70000'],
          ['--port', 'x'],
          ['--workers', '0'],
          ['--workers', 'many'],
          ['--nonsense'],
        ]) {
          const server = runEntry(host, project.folder, args)
          assert.deepEqual(await server.exit, { code: 2, signal: null }, args.join(' '))
          assert.match(server.stderr(), /^precast: .*\n$/)
        }
      })

      it('says what is wrong with dist/ without a stack, with exit code 1', async () => {
        for (const more of [[], ['--workers', '2']]) {
          const server = runEntry(host, project.folder, more, { STUB_LOAD_ERROR: '1' })
          assert.deepEqual(await server.exit, { code: 1, signal: null })
          assert.match(server.stderr(), /^precast: .* is damaged: run `precast build` again\n/)
          assert.doesNotMatch(server.stderr(), /^ +at /m)
          assert.equal(server.stdout(), '')
        }
      })

      it('keeps its marks out of the environment of handlers', async () => {
        const server = runEntry(host, project.folder, ['--workers', '2'])
        const names: string[] = JSON.parse(await ask(await server.port, '/env'))
        assert.deepEqual(
          names.filter(name => name !== 'PRECAST_UWS'),
          [],
        )
        server.child.kill('SIGTERM')
        await server.exit
      })

      it('lets workers finish their answers, whoever is told to stop', async () => {
        const server = runEntry(host, project.folder, ['--workers', '2'])
        const port = await server.port
        const slow = [ask(port, '/slow?ms=800'), ask(port, '/slow?ms=800')]
        await begun(server, 2)
        server.child.kill('SIGINT')
        assert.deepEqual(await Promise.all(slow), ['slow', 'slow'])
        assert.deepEqual(await server.exit, DONE)
      })

      it('leaves no worker behind when it is killed', async () => {
        const server = runEntry(host, project.folder, ['--workers', '2'])
        const port = await server.port
        const workers = [...(await pids(port))]
        assert.equal(workers.length, 2)
        server.child.kill('SIGKILL')
        await server.exit
        const left = await until(
          async () => workers.filter(isAlive),
          alive => alive.length === 0,
        )
        assert.deepEqual(left, [])
      })

      it('gives up when workers die one after the other', async () => {
        const server = runEntry(host, project.folder, ['--workers', '2'])
        const port = await server.port
        let over = false
        server.exit.then(() => {
          over = true
        })
        while (!over) {
          await ask(port, '/die')
          await new Promise(resolve => setTimeout(resolve, 30))
        }
        assert.deepEqual(await server.exit, { code: 1, signal: null })
        assert.match(
          server.stderr(),
          /precast: workers die one after the other \(exit code 3\), giving up\n$/,
        )
      })
    })
  }
})
