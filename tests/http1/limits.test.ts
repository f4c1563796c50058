// Limits and time-outs on real sockets, on the hosts with an HTTP of our own: what is too much ends,
// what is not goes on, and memory stays where it is.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { hosts, raw, runEntry, type Running, stubProject, until } from '../hosts/harness.ts'

const project = stubProject()

const GET = (path: string, fields = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`
const LAST = (path: string) => GET(path, 'Connection: close\r\n')
const SHORT = [
  ...['head-timeout=1', 'body-timeout=1', 'idle-timeout=1', 'write-timeout=1', 'linger-timeout=1'],
  ...['requests=3', 'head-size=2k', 'fields=20', 'body-size=100k', 'drain=10k'],
].flatMap(limit => ['--limit', limit])

/** A client that reads nothing. */
function deaf(port: number, text: string): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.pause()
  socket.write(text)
  return socket
}
const closed = (socket: Socket) =>
  new Promise<void>(resolve => socket.once('close', () => resolve()))

for (const host of hosts.filter(host => ['bun', 'deno', 'node'].includes(host))) {
  describe(`${host}, limits that are short`, { timeout: 120_000, concurrency: 16 }, () => {
    let server: Running
    let port: number
    before(async () => {
      server = runEntry(host, project.folder, SHORT)
      port = await server.port
    })
    after(async () => {
      server.child.kill('SIGTERM')
      assert.deepEqual(await server.exit, { code: 0, signal: null })
    })

    it('ends a connection on which nothing comes, without a word', async () => {
      assert.equal(await raw(port, ''), '')
      assert.match(await raw(port, GET('/static')), /^HTTP\/1\.1 200 [\s\S]*static$/)
    })

    it('ends a head that never ends, however it trickles', async () => {
      assert.match(await raw(port, 'GET /static HT'), /^HTTP\/1\.1 408 /)
      const socket = connect(port, '127.0.0.1')
      let answer = ''
      socket.on('data', data => {
        answer += data
      })
      socket.on('error', () => {})
      socket.write('GET /static HTTP/1.1\r\nX: ')
      const trickle = setInterval(() => socket.write('x'), 100)
      await closed(socket)
      clearInterval(trickle)
      assert.match(answer, /^HTTP\/1\.1 408 /)
    })

    it('ends a body that does not come', async () => {
      const head = 'POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n'
      assert.match(await raw(port, `${head}half`), /^HTTP\/1\.1 408 /)
      assert.match(await raw(port, head.replace('/count', '/ignore')), /^HTTP\/1\.1 200 /)
    })

    it('waits for a handler as long as it takes', async () => {
      assert.match(await raw(port, LAST('/slow?ms=3000')), /slow$/)
      assert.match(await raw(port, LAST('/ticks')), /tick 3/)
    })

    it('drops a client that takes nothing of its answer, and lets one that is slow have it', async () => {
      for (const path of ['/large', '/endless']) {
        const socket = deaf(port, GET(path))
        // Who does not read learns only from writing that the other side is gone.
        const poke = setInterval(() => socket.write('x'), 100)
        await closed(socket)
        clearInterval(poke)
      }
      const socket = connect(port, '127.0.0.1')
      let length = 0
      socket.on('data', data => {
        length += data.length
        if (socket.isPaused()) return
        socket.pause()
        setTimeout(() => socket.resume(), 2)
      })
      socket.write(LAST('/large'))
      await closed(socket)
      assert.ok(length > 10_485_760, `${length}`)
    })

    it('counts requests, and says which is the last', async () => {
      const answer = await raw(port, GET('/static').repeat(5))
      assert.equal(answer.match(/HTTP\/1\.1 200/g)!.length, 3)
      assert.equal(answer.match(/Connection: close/g)!.length, 1)
    })

    for (const [what, request, status] of [
      ['a head', GET('/static', `X: ${'x'.repeat(3_000)}\r\n`), 431],
      ['a line', `GET /${'x'.repeat(3_000)} HTTP/1.1\r\n`, 414],
      ['a list of fields', GET('/static', 'X: y\r\n'.repeat(30)), 431],
      ['a body', `POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n`, 413],
      [
        'a chunked body',
        `POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n30000\r\n${'x'.repeat(0x30000)}`,
        413,
      ],
    ] as const) {
      it(`refuses ${what} that is too long with ${status}`, async () => {
        assert.match(await raw(port, request), new RegExp(`^HTTP/1\\.1 ${status} `))
      })
    }

    it('lets a body pass that is not read, up to a limit', async () => {
      const post = (length: number) =>
        `POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`
      assert.match(await raw(port, post(9_000) + LAST('/static')), /static$/)
      assert.match(await raw(port, post(90_000) + LAST('/static')), /ignored$/)
    })
  })

  describe(`${host}, limits of the whole`, { timeout: 120_000 }, () => {
    it('takes so many connections and no more, and others again when some are gone', async () => {
      const server = runEntry(host, project.folder, ['--limit', 'connections=2'])
      const port = await server.port
      const open = () =>
        new Promise<Socket | null>(resolve => {
          const socket = connect(port, '127.0.0.1')
          socket.on('error', () => {})
          socket.on('close', () => resolve(null))
          socket.once('data', () => resolve(socket))
          socket.write(GET('/static'))
        })
      const first = await open()
      const second = await open()
      assert.ok(first && second)
      assert.equal(await open(), null)
      first.destroy()
      const third = await until(open, socket => socket !== null)
      assert.ok(third)
      for (const socket of [second, third]) socket.destroy()
      server.child.kill('SIGTERM')
      await server.exit
    })

    it('holds nothing for clients that do not read, and serves others meanwhile', async () => {
      const server = runEntry(host, project.folder)
      const port = await server.port
      const memory = () =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))![1])
      for (const path of ['/large', '/endless', '/static'])
        await raw(port, LAST(path), path === '/endless' ? 200 : undefined)
      const before = memory()
      const sockets = Array.from({ length: 40 }, () => [
        deaf(port, GET('/large')),
        deaf(port, GET('/endless')),
        deaf(port, GET('/static').repeat(5_000)),
      ]).flat()
      for (let i = 0; i < 20; i++)
        assert.match(await raw(port, LAST('/static')), /^HTTP\/1\.1 200 [\s\S]*static$/)
      // 40 times 10 MB, and 40 streams without an end.
      const grown = memory() - before
      assert.ok(grown < 150_000, `${grown} kB more`)
      for (const socket of sockets) socket.destroy()
      server.child.kill('SIGTERM')
      assert.deepEqual(await server.exit, { code: 0, signal: null })
    })

    it('answers a client that has closed its half, and tells a handler of one that is gone', async () => {
      const server = runEntry(host, project.folder)
      const port = await server.port
      const half = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      let answer = ''
      half.on('data', data => {
        answer += data
      })
      half.end(GET('/static') + GET('/slow?ms=200'))
      await closed(half)
      assert.match(answer, /static[\s\S]*slow$/)

      // The request that hangs is behind another one, and one more waits behind it.
      const gone = connect(port, '127.0.0.1')
      gone.on('error', () => {})
      gone.write(GET('/static') + GET('/hang') + GET('/static'))
      await new Promise(resolve => gone.once('data', resolve))
      gone.destroy()
      const ask = async (): Promise<string> => raw(port, LAST('/seen'))
      assert.match(await until(ask, text => text.includes('aborted')), /aborted/)
      server.child.kill('SIGTERM')
      assert.deepEqual(await server.exit, { code: 0, signal: null })
    })
  })
}
