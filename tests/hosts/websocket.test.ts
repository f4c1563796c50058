// WebSocket on every host: the table of what a client may do, over real sockets, and what the hosts
// that do not speak it answer.

import assert from 'node:assert/strict'
import { type Socket, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { build, project } from '../lib/project.ts'
import { type Host, type Server, serve } from '../lib/servers.ts'
import { raw } from './harness.ts'

/** `upgradeWebSocket` needs a connection that can be handed over. */
const SPEAKING: Host[] = ['node', 'bun', 'deno']
const SILENT: Host[] = ['uws', 'bun-serve', 'deno-serve', 'node-http', 'fetch']

const FILES = {
  'routes/echo.ts': `import { upgradeWebSocket } from 'precast'
    import { log } from './_log.ts'
    export const GET = upgradeWebSocket(c => ({
      onOpen(_event, ws) { log.push('open ' + c.req.query('who') + ' ' + ws.protocol) },
      onMessage(event, ws) {
        if (event.data === 'close') ws.close(4000, 'asked')
        else if (event.data === 'throw') throw new Error('thrown on purpose')
        else if (event.data === 'flood') for (let i = 0; i < 64; i++) ws.send(new Uint8Array(1 << 20))
        else ws.send(event.data as string)
      },
      onClose(event) { log.push('close ' + c.req.query('who') + ' ' + event.code + ' ' + event.reason) },
      onError(event) { log.push('error ' + c.req.query('who') + ' ' + (event as ErrorEvent).error.message) },
    }), { maxPayload: 1 << 20 })`,
  'routes/_log.ts': 'export const log: string[] = []',
  'routes/log.ts': `import { log } from './_log.ts'
    export const GET = c => c.json(log.filter(line => line.split(' ')[1] === c.req.query('who')))`,
  'routes/_middleware.ts': `export default async (c, next) => {
      await next()
      c.header('X-From', 'middleware')
    }`,
}

let folder: string
before(async () => {
  folder = project(FILES)
  await build(folder)
})

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const handshake = (who: string, fields = '', version = 'HTTP/1.1') =>
  `GET /echo?who=${who} ${version}\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n` +
  `Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n${fields}\r\n`

/** A frame of a client's, masked with zeros; one character a byte. */
function frame(opcode: number, payload: string, isLast = true): string {
  assert.ok(payload.length < 126)
  const first = String.fromCharCode((isLast ? 0x80 : 0) | opcode)
  return `${first}${String.fromCharCode(0x80 | payload.length)}\0\0\0\0${payload}`
}
const TEXT = 1
const CLOSE = 8
const PING = 9

/** A connection on which bytes are sent, and waited for. */
class Line {
  readonly socket: Socket
  received = ''
  readonly closed: Promise<void>
  #changed: () => void = () => {}

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket.setEncoding('latin1')
    this.socket.on('data', data => {
      this.received += data
      this.#changed()
    })
    this.socket.on('error', () => {})
    this.closed = new Promise(resolve => {
      this.socket.on('close', () => resolve())
      this.socket.on('end', () => resolve())
    })
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  async until(text: string): Promise<void> {
    while (!this.received.includes(text))
      await new Promise<void>(resolve => {
        this.#changed = resolve
      })
  }
}

interface Closed {
  code: number
  reason: string
}

/** A client by the package, its messages in their order. */
function client(port: number, who: string, protocols?: string[]) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/echo?who=${who}`, protocols)
  const messages: (string | Buffer)[] = []
  let changed = () => {}
  socket.on('message', (data, isBinary) => {
    messages.push(isBinary ? (data as Buffer) : data.toString())
    changed()
  })
  const closed = new Promise<Closed>(resolve =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  )
  return {
    socket,
    messages,
    closed,
    open: new Promise<void>((resolve, reject) => {
      socket.on('open', resolve)
      socket.on('error', reject)
    }),
    async count(most: number) {
      while (messages.length < most)
        await new Promise<void>(resolve => {
          changed = resolve
        })
    },
  }
}

for (const host of SPEAKING) {
  describe(`WebSocket on ${host}`, { timeout: 120_000, concurrency: 8 }, () => {
    let server: Server
    let port: number
    before(async () => {
      const started = await serve(folder, host)
      assert.ok(typeof started !== 'string', String(started))
      server = started
      port = server.port
    })
    after(() => server.stop())

    /** What the handler heard, once there are as many lines. */
    const heard = async (who: string, count: number): Promise<string[]> => {
      for (;;) {
        const lines = await fetch(`http://127.0.0.1:${port}/log?who=${who}`).then(res => res.json())
        if (lines.length >= count) return lines
      }
    }

    it('echoes text and bytes in their order', async () => {
      const { socket, open, count, messages } = client(port, 'echo')
      await open
      socket.send('text \u{1f600}')
      socket.send(Buffer.from([0, 255, 128]))
      socket.send('')
      await count(3)
      assert.deepEqual(messages, ['text \u{1f600}', Buffer.from([0, 255, 128]), ''])
      socket.close()
    })

    it('agrees by 101, with the first protocol and the fields of middleware', async () => {
      const line = new Line(port)
      line.send(handshake('head', 'Sec-WebSocket-Protocol: chat, superchat\r\n'))
      await line.until('\r\n\r\n')
      const [head] = line.received.split('\r\n\r\n')
      const [status, ...fields] = head!.split('\r\n')
      assert.equal(status, 'HTTP/1.1 101 Switching Protocols')
      assert.deepEqual(
        fields.map(field => field.replace(/^[^:]+/, name => name.toLowerCase())).sort(),
        [
          'connection: Upgrade',
          // RFC 6455 section 1.3.
          'sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
          'sec-websocket-protocol: chat',
          'upgrade: websocket',
          'x-from: middleware',
        ],
      )
      assert.deepEqual(await heard('head', 1), ['open head chat'])
      line.socket.destroy()
    })

    it('reads what comes together with the handshake', async () => {
      const line = new Line(port)
      line.send(handshake('early') + frame(TEXT, 'first') + frame(TEXT, 'second'))
      await line.until('\x81\x05first\x81\x06second')
      line.socket.destroy()
    })

    it('puts fragments together, with a ping answered in between', async () => {
      const line = new Line(port)
      line.send(handshake('parts') + frame(TEXT, 'one ', false))
      line.send(frame(0, 'two ', false) + frame(PING, 'p'))
      await line.until('\x8a\x01p')
      line.send(frame(0, 'three'))
      await line.until('\x81\x0done two three')
      line.socket.destroy()
    })

    it('reads frames that come byte by byte', async () => {
      const line = new Line(port)
      line.send(handshake('bytes'))
      await line.until('\r\n\r\n')
      for (const byte of frame(TEXT, 'slow')) line.send(byte)
      await line.until('\x81\x04slow')
      line.socket.destroy()
    })

    it('takes a message of the largest size, and ends with 1009 above', async () => {
      const { socket, open, count, messages, closed } = client(port, 'large')
      await open
      socket.send('x'.repeat(1 << 20))
      await count(1)
      assert.equal(messages[0]!.length, 1 << 20)
      socket.send('x'.repeat((1 << 20) + 1))
      assert.equal((await closed).code, 1009)
    })

    it('ends as the client asks, and as the handler asks', async () => {
      const first = client(port, 'client-ends')
      await first.open
      first.socket.close(4001, 'bye')
      assert.deepEqual(await first.closed, { code: 4001, reason: 'bye' })
      assert.deepEqual(await heard('client-ends', 2), [
        'open client-ends ',
        'close client-ends 4001 bye',
      ])
      const second = client(port, 'handler-ends')
      await second.open
      second.socket.send('close')
      assert.deepEqual(await second.closed, { code: 4000, reason: 'asked' })
      assert.equal((await heard('handler-ends', 2))[1], 'close handler-ends 4000 asked')
    })

    const broken: [string, string, number][] = [
      ['a frame that is not masked', '\x81\x01a', 1002],
      ['a reserved opcode', frame(3, ''), 1002],
      ['a reserved bit', `\xc1\x81\0\0\0\0a`, 1002],
      ['a continuation of nothing', frame(0, 'a'), 1002],
      ['a ping in fragments', frame(PING, 'a', false), 1002],
      ['text that is not UTF-8', frame(TEXT, '\xff\xfe'), 1007],
      ['a close code that no one may send', frame(CLOSE, '\x03\xed'), 1002],
    ]
    for (const [what, bytes, code] of broken) {
      it(`ends with ${code} for ${what}`, async () => {
        const line = new Line(port)
        line.send(handshake('broken') + bytes)
        await line.closed
        const expected = String.fromCharCode(0x88, 2, code >> 8, code & 255)
        assert.ok(line.received.endsWith(expected), JSON.stringify(line.received))
        line.socket.destroy()
      })
    }

    it('tells the handler of a client that is gone, and of one that has closed its half', async () => {
      for (const [who, leave] of [
        ['gone', (socket: Socket) => socket.resetAndDestroy()],
        ['half', (socket: Socket) => socket.end()],
      ] as const) {
        const line = new Line(port)
        line.send(handshake(who) + frame(TEXT, 'a'))
        await line.until('\x81\x01a')
        leave(line.socket)
        const lines = await heard(who, 2)
        assert.ok(lines.includes(`close ${who} 1006 `), String(lines))
        line.socket.destroy()
      }
    })

    it('gives onError what the handler throws, and goes on', async () => {
      const { socket, open, count, messages } = client(port, 'throws')
      await open
      socket.send('throw')
      socket.send('after')
      await count(1)
      assert.deepEqual(messages, ['after'])
      assert.equal((await heard('throws', 2))[1], 'error throws thrown on purpose')
      socket.close()
    })

    it('lets go of a client that does not read what it is sent', async () => {
      const line = new Line(port)
      line.send(handshake('flood'))
      await line.until('\r\n\r\n')
      line.socket.pause()
      line.send(frame(TEXT, 'flood'))
      assert.match((await heard('flood', 2)).at(-1)!, /^close flood 1006/)
      line.socket.destroy()
    })

    const refused: [string, string, string][] = [
      [
        'a plain request',
        'GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'HTTP/1.1 426 ',
      ],
      [
        'another protocol',
        handshake('no', 'X: y\r\nConnection: close\r\n').replace('WebSocket', 'h2c'),
        'HTTP/1.1 426 ',
      ],
      [
        'an upgrade that Connection does not name',
        handshake('no').replace('keep-alive, Upgrade', 'close'),
        'HTTP/1.1 426 ',
      ],
      [
        'another version',
        handshake('no', 'Connection: close\r\n').replace('Version: 13', 'Version: 8'),
        'HTTP/1.1 426 ',
      ],
      ['HTTP/1.0', handshake('no', '', 'HTTP/1.0').replace('keep-alive', 'close'), 'HTTP/1.1 426 '],
      [
        'no key',
        handshake('no', 'Connection: close\r\n').replace(/Sec-WebSocket-Key: .*\r\n/, ''),
        'HTTP/1.1 400 ',
      ],
      [
        'a key of another length',
        handshake('no', 'Connection: close\r\n').replace(KEY, 'c2hvcnQ='),
        'HTTP/1.1 400 ',
      ],
      [
        'a protocol that is no token',
        handshake('no', 'Connection: close\r\nSec-WebSocket-Protocol: a b\r\n'),
        'HTTP/1.1 400 ',
      ],
      [
        'a body',
        `${handshake('no', 'Connection: close\r\nContent-Length: 1\r\n')}a`,
        'HTTP/1.1 400 ',
      ],
      ['POST', handshake('no', 'Connection: close\r\n').replace('GET', 'POST'), 'HTTP/1.1 405 '],
    ]
    for (const [what, bytes, status] of refused) {
      it(`refuses ${what}`, async () => {
        const answer = await raw(port, bytes)
        assert.ok(answer.startsWith(status), answer)
        if (!status.includes('426')) return
        assert.match(answer, /^upgrade: websocket\r$/im)
        assert.match(answer, /^sec-websocket-version: 13\r$/im)
      })
    }
  })

  it(`stops on ${host} with 1001 for those that are connected`, { timeout: 60_000 }, async () => {
    const server = await serve(folder, host)
    assert.ok(typeof server !== 'string')
    const { open, closed } = client(server.port, 'stop')
    await open
    const [code, end] = await Promise.all([server.stop(), closed])
    assert.equal(code, 0)
    assert.equal(end.code, 1001)
  })
}

for (const host of SILENT) {
  it(`${host} answers 501`, { timeout: 60_000 }, async t => {
    const server = await serve(folder, host)
    if (typeof server === 'string') {
      t.skip(server)
      return
    }
    const answer = await raw(server.port, handshake('no').replace('keep-alive, Upgrade', 'close'))
    await server.stop()
    assert.match(answer, /^HTTP\/1\.1 501 /)
  })
}
