// WebSocket on every host: the table of what a client may do, over real sockets, with TLS too where a
// host has it, and what the one host answers that has no connection to hand over.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type Socket, connect } from 'node:net'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { WebSocket } from 'ws'
import { program } from '../../cli/hosts.ts'
import { build, project, root } from '../lib/project.ts'
import { HOSTS, type Host, run, type Server, serve } from '../lib/servers.ts'

/** Where frames are the business of the package ws. */
const OURS: Host[] = ['node', 'bun', 'deno', 'node-http']
const THEIRS: Host[] = ['uws', 'bun-serve', 'deno-serve']

const WITH_TLS: Host[] = ['node', 'bun', 'deno']
const pem = (name: string) => join(import.meta.dirname, 'tls', `${name}.pem`)
const TLS = ['--tls-cert', pem('cert'), '--tls-key', pem('key')]

/** What platforms do otherwise, by host, and why. Each is pinned below, where its name is asked for. */
const DIFFERS: Record<string, Partial<Record<Host, string>>> = {
  'frames before the answer': {
    uws: 'the library reads them as the next request, and ends the connection',
  },
  'a frame that is not masked': {
    uws: 'the library takes the next four bytes for the mask',
    'deno-serve': 'Deno takes it as it is',
  },
  'no Close for a malformed frame': {
    uws: 'the library drops the connection',
    'deno-serve': 'Deno drops the connection',
  },
  'a reason in the Close for a malformed frame': { 'bun-serve': "Bun's own words" },
  'another upgrade with a body is refused': { 'deno-serve': 'Deno does so by itself' },
  'no Close above 16 MB': { uws: 'the library drops the connection' },
  'HTTP/1.0 is upgraded': {
    'bun-serve': 'Bun tells no version',
    'deno-serve': 'Deno tells no version',
  },
  'HTTP/1.0 is refused by 505': { uws: 'the library does so before Precast sees it' },
}
const differs = (what: keyof typeof DIFFERS, host: Host): boolean => host in DIFFERS[what]!

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
  'routes/rooms/[room].ts': `import { upgradeWebSocket } from 'precast'
    export const GET = [
      (c, next) => c.req.query('key') === 'right' ? next() : c.text('not for you', 403),
      upgradeWebSocket(async c => {
        await new Promise(resolve => setTimeout(resolve, 5))
        return { onOpen: (_event, ws) => ws.send('room ' + c.req.param('room') + ' ' + ws.url.search) }
      }),
    ]
    export const POST = c => c.text('posted')`,
  'routes/fixed.ts': `export const GET = () => new Response('always the same')`,
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
  /** Under TLS, what is. */
  readonly #tcp: Socket
  received = ''
  readonly closed: Promise<void>
  #changed: () => void = () => {}

  constructor(port: number, secure = false) {
    this.#tcp = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket = secure ? connectTls({ socket: this.#tcp, rejectUnauthorized: false }) : this.#tcp
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

  reset(): void {
    this.#tcp.resetAndDestroy()
  }

  /** Waits for `text`, and so many bytes behind it. */
  async until(text: string, behind = 0): Promise<void> {
    const isThere = () => {
      const at = this.received.indexOf(text)
      return at >= 0 && this.received.length >= at + text.length + behind
    }
    while (!isThere())
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
function client(port: number, path: string, secure = false) {
  const url = `${secure ? 'wss' : 'ws'}://127.0.0.1:${port}${path}`
  const socket = new WebSocket(url, { rejectUnauthorized: false })
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

const places = [
  ...[...OURS, ...THEIRS].map(host => ({ host, secure: false })),
  ...WITH_TLS.map(host => ({ host, secure: true })),
]

for (const { host, secure } of places) {
  const place = secure ? `${host}, over TLS` : host
  describe(`WebSocket on ${place}`, { timeout: 120_000, concurrency: 8 }, () => {
    let server: Server
    let port: number
    let skip: string | undefined
    before(async () => {
      const started = await serve(folder, host, secure ? TLS : [])
      if (typeof started === 'string') {
        skip = started
        return
      }
      server = started
      port = server.port
      // Loads what all handlers share.
      await ask('GET /log?who=nobody HTTP/1.1\r\nHost: x\r\n\r\n')
    })
    after(() => server?.stop())

    /** A test that is skipped where the host cannot run. */
    const check = (name: string, run: () => Promise<void>) =>
      it(name, async t => {
        if (skip === undefined) await run()
        else t.skip(skip)
      })

    const line = (bytes: string): Line => {
      const made = new Line(port, secure)
      made.send(bytes)
      return made
    }
    /** A connection that was switched. */
    const opened = async (who: string, fields = ''): Promise<Line> => {
      const made = line(handshake(who, fields))
      await made.until('\r\n\r\n')
      assert.match(made.received, /^HTTP\/1\.1 101 /)
      return made
    }
    /** The head of an answer, and the body that its length tells of. */
    const ask = async (bytes: string): Promise<string> => {
      const made = line(bytes)
      await made.until('\r\n\r\n')
      const length = Number(/^content-length: (\d+)/im.exec(made.received)?.[1])
      await made.until('\r\n\r\n', length)
      made.socket.destroy()
      return made.received
    }

    /** What the handler heard, once there are as many lines. */
    const heard = async (who: string, count: number): Promise<string[]> => {
      for (;;) {
        const answer = await ask(`GET /log?who=${who} HTTP/1.1\r\nHost: x\r\n\r\n`)
        const lines = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
        if (lines.length >= count) return lines
      }
    }
    const connected = (who: string) => client(port, `/echo?who=${who}`, secure)

    check('echoes text and bytes in their order, two at once', async () => {
      const two = [connected('echo'), connected('echo')]
      for (const { socket, open } of two) {
        await open
        socket.send('text \u{1f600}')
        socket.send(Buffer.from([0, 255, 128]))
        socket.send('')
      }
      for (const { socket, count, messages } of two) {
        await count(3)
        assert.deepEqual(messages, ['text \u{1f600}', Buffer.from([0, 255, 128]), ''])
        socket.close()
      }
    })

    check('agrees by 101, with the first protocol and the fields of middleware', async () => {
      const { received, socket } = await opened(
        'head',
        'Sec-WebSocket-Protocol: chat, superchat\r\n',
      )
      const [head] = received.split('\r\n\r\n')
      const [status, ...fields] = head!.split('\r\n')
      assert.equal(status, 'HTTP/1.1 101 Switching Protocols')
      assert.deepEqual(
        fields
          .map(field => field.replace(/^[^:]+/, name => name.toLowerCase()))
          .filter(field => !field.startsWith('date: '))
          .sort(),
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
      socket.destroy()
    })

    check(
      'runs middleware and knows the path; a handler may take its time, or refuse',
      async () => {
        const { open, count, messages, socket } = client(port, '/rooms/blue?key=right', secure)
        await open
        await count(1)
        assert.deepEqual(messages, ['room blue ?key=right'])
        socket.close()
        const refused = await ask(handshake('no').replace('/echo', '/rooms/blue'))
        assert.match(refused, /^HTTP\/1\.1 403 [\s\S]*^x-from: middleware\r$[\s\S]*not for you$/im)
        const missing = await ask(handshake('no').replace('/echo', '/nowhere'))
        assert.match(missing, /^HTTP\/1\.1 404 /)
        const fixed = await ask(handshake('no').replace('/echo', '/fixed'))
        assert.match(fixed, /^HTTP\/1\.1 200 [\s\S]*always the same$/)
      },
    )

    check('answers other upgrades as if they had not been asked for', async () => {
      const fields = 'Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n'
      assert.match(await ask(`GET /fixed HTTP/1.1\r\n${fields}\r\n`), /200 [\s\S]*always the same$/)
      const posted = `POST /rooms/a HTTP/1.1\r\n${fields}Content-Length: 5\r\n\r\nhello`
      const both = line(`${posted}GET /fixed HTTP/1.1\r\nHost: x\r\n\r\n`)
      if (differs('another upgrade with a body is refused', host)) {
        await both.closed
        assert.match(both.received, /^HTTP\/1\.1 400 /)
      } else {
        await both.until('always the same')
        assert.match(both.received, /^HTTP\/1\.1 200 [\s\S]*posted[\s\S]*HTTP\/1\.1 200 /)
      }
      both.socket.destroy()
    })

    check('reads what comes together with the handshake', async () => {
      const made = line(handshake('early') + frame(TEXT, 'first') + frame(TEXT, 'second'))
      if (differs('frames before the answer', host)) {
        await made.closed
        assert.doesNotMatch(made.received, /first|second/)
      } else await made.until('\x81\x05first\x81\x06second')
      made.socket.destroy()
    })

    check('takes a handshake behind another request', async () => {
      const made = line(`GET /fixed HTTP/1.1\r\nHost: x\r\n\r\n${handshake('behind')}`)
      await made.until('HTTP/1.1 101 ')
      assert.match(made.received, /^HTTP\/1\.1 200 [\s\S]*always the same[\s\S]*HTTP\/1\.1 101 /)
      made.socket.destroy()
    })

    check('puts fragments together, with a ping answered in between', async () => {
      const made = await opened('parts')
      made.send(frame(TEXT, 'one ', false))
      made.send(frame(0, 'two ', false) + frame(PING, 'p'))
      await made.until('\x8a\x01p')
      made.send(frame(0, 'three'))
      await made.until('\x81\x0done two three')
      made.socket.destroy()
    })

    check('reads frames that come byte by byte', async () => {
      const made = await opened('bytes')
      for (const byte of frame(TEXT, 'slow')) made.send(byte)
      await made.until('\x81\x04slow')
      made.socket.destroy()
    })

    check('takes a message of the largest size, and ends with 1009 above', async () => {
      const { socket, open, count, messages, closed } = connected('large')
      await open
      socket.send('x'.repeat(1 << 20))
      await count(1)
      assert.equal(messages[0]!.length, 1 << 20)
      socket.send('x'.repeat((1 << 20) + 1))
      assert.equal((await closed).code, 1009)
      const huge = connected('huge')
      await huge.open
      huge.socket.on('error', () => {})
      huge.socket.send(Buffer.alloc((16 << 20) + 1))
      const code = differs('no Close above 16 MB', host) ? 1006 : 1009
      assert.equal((await huge.closed).code, code)
    })

    check('ends as the client asks, and as the handler asks', async () => {
      const first = connected('client-ends')
      await first.open
      first.socket.close(4001, 'bye')
      assert.deepEqual(await first.closed, { code: 4001, reason: 'bye' })
      assert.deepEqual(await heard('client-ends', 2), [
        'open client-ends ',
        'close client-ends 4001 bye',
      ])
      const second = connected('handler-ends')
      await second.open
      second.socket.send('close')
      assert.deepEqual(await second.closed, { code: 4000, reason: 'asked' })
      assert.equal((await heard('handler-ends', 2))[1], 'close handler-ends 4000 asked')
    })

    const broken: [string, string, number][] = [
      ['a reserved opcode', frame(3, ''), 1002],
      ['a reserved bit', `\xc1\x81\0\0\0\0a`, 1002],
      ['a continuation of nothing', frame(0, 'a'), 1002],
      ['a ping in fragments', frame(PING, 'a', false), 1002],
      ['text that is not UTF-8', frame(TEXT, '\xff\xfe'), 1007],
      ['a close code that no one may send', frame(CLOSE, '\x03\xed'), 1002],
    ]
    for (const [i, [what, bytes, code]] of broken.entries()) {
      check(`ends with ${code} for ${what}`, async () => {
        const who = `broken${i}`
        const made = await opened(who)
        made.send(bytes)
        await made.closed
        const close = String.fromCharCode(code >> 8, code & 255)
        const { received } = made
        const ending = received.slice(received.indexOf('\r\n\r\n') + 4)
        if (differs('a reason in the Close for a malformed frame', host))
          assert.equal(ending.slice(0, 1) + ending.slice(2, 4), `\x88${close}`)
        else if (!differs('no Close for a malformed frame', host))
          assert.equal(ending, `\x88\x02${close}`)
        else assert.doesNotMatch(ending, /^[^\x88]/)
        made.socket.destroy()
        const lines = await heard(who, 3)
        assert.ok(lines[1]!.startsWith(`error ${who} `), String(lines))
        assert.ok(lines[2]!.startsWith(`close ${who} `), String(lines))
      })
    }

    check('ends with 1002 for a frame that is not masked', async () => {
      const made = await opened('bare')
      made.send('\x81\x01a')
      if (differs('a frame that is not masked', host)) {
        // On uws this `a` is the first byte of a mask, and the last is masked by it.
        if (host === 'uws') made.send('\0\0\0\0')
        await made.until('\x81\x01a')
      } else {
        await made.closed
        assert.match(made.received, /\x88[\s\S]\x03\xea/)
      }
      made.socket.destroy()
    })

    check(
      'tells the handler of a client that is gone, and of one that has closed its half',
      async () => {
        for (const [who, leave] of [
          ['gone', (made: Line) => made.reset()],
          ['half', (made: Line) => made.socket.end()],
        ] as const) {
          const made = await opened(who)
          made.send(frame(TEXT, 'a'))
          await made.until('\x81\x01a')
          leave(made)
          const lines = await heard(who, 2)
          assert.ok(lines.includes(`close ${who} 1006 `), String(lines))
          made.socket.destroy()
        }
      },
    )

    check('gives onError what the handler throws, and goes on', async () => {
      const { socket, open, count, messages } = connected('throws')
      await open
      socket.send('throw')
      socket.send('after')
      await count(1)
      assert.deepEqual(messages, ['after'])
      assert.equal((await heard('throws', 2))[1], 'error throws thrown on purpose')
      socket.close()
    })

    check('lets go of a client that does not read what it is sent', async () => {
      const made = await opened('flood')
      made.socket.pause()
      made.send(frame(TEXT, 'flood'))
      assert.match((await heard('flood', 2)).at(-1)!, /^close flood 1006/)
      made.socket.destroy()
    })

    const refused: [string, string, string][] = [
      ['a plain request', 'GET /echo HTTP/1.1\r\nHost: x\r\n\r\n', '426'],
      ['another protocol', handshake('no').replace('WebSocket', 'h2c'), '426'],
      [
        'an upgrade that Connection does not name',
        handshake('no').replace('keep-alive, Upgrade', 'close'),
        '426',
      ],
      ['another version', handshake('no').replace('Version: 13', 'Version: 8'), '426'],
      ['HTTP/1.0', handshake('no', '', 'HTTP/1.0').replace('keep-alive', 'close'), '426'],
      ['no key', handshake('no').replace(/Sec-WebSocket-Key: .*\r\n/, ''), '400'],
      ['a key of another length', handshake('no').replace(KEY, 'c2hvcnQ='), '400'],
      ['a protocol that is no token', handshake('no', 'Sec-WebSocket-Protocol: a b\r\n'), '400'],
      ['a body', `${handshake('no', 'Content-Length: 1\r\n')}a`, '400'],
      ['POST', handshake('no').replace('GET', 'POST'), '405'],
    ]
    for (const [what, bytes, usual] of refused) {
      check(`refuses ${what}`, async () => {
        let status = usual
        if (what === 'HTTP/1.0') {
          if (differs('HTTP/1.0 is upgraded', host)) status = '101'
          if (differs('HTTP/1.0 is refused by 505', host)) status = '505'
        }
        const made = line(bytes)
        await made.until('\r\n\r\n')
        const answer = made.received
        made.socket.destroy()
        assert.match(answer, /^HTTP\/1\.[01] /)
        assert.equal(answer.slice(9, 12), status)
        if (status !== '426') return
        assert.match(answer, /^upgrade: websocket\r$/im)
        assert.match(answer, /^connection: .*upgrade.*\r$/im)
        assert.match(answer, /^sec-websocket-version: 13\r$/im)
      })
    }
  })

  it(`stops on ${place} with 1001 for those that are connected`, { timeout: 60_000 }, async t => {
    const server = await serve(folder, host, secure ? TLS : [])
    if (typeof server === 'string') {
      t.skip(server)
      return
    }
    const { open, closed } = client(server.port, '/echo?who=stop', secure)
    await open
    const [code, end] = await Promise.all([server.stop(), closed])
    assert.equal(code, 0)
    assert.equal(end.code, 1001)
  })
}

it('fetch answers 501 where the platform has none', { timeout: 60_000 }, async () => {
  const server = await serve(folder, 'fetch')
  assert.ok(typeof server !== 'string')
  const ask = async (bytes: string): Promise<string> => {
    const line = new Line(server.port)
    line.send(bytes)
    await line.until('\r\n\r\n')
    line.socket.destroy()
    return line.received
  }
  // A server around it that is not told of upgrades takes them for plain requests.
  const asked = await ask(handshake('no'))
  const plain = await ask('GET /echo HTTP/1.1\r\nHost: x\r\n\r\n')
  await server.stop()
  assert.match(asked, /^HTTP\/1\.1 501 /)
  assert.match(plain, /^HTTP\/1\.1 426 /)
})

it('fetch speaks it on Deno', { timeout: 60_000 }, async t => {
  const found = program('deno', root)
  if (typeof found === 'string') {
    t.skip(found)
    return
  }
  const [file, ...args] = found.command
  const host = join(root, 'tests', 'lib', 'fetch-host.deno.mjs')
  const server = await run(file!, [...args, host, join(folder, 'dist')])
  const { socket, open, count, messages, closed } = client(server.port, '/echo?who=edge')
  await open
  socket.send('text')
  await count(1)
  assert.deepEqual(messages, ['text'])
  socket.send('close')
  assert.deepEqual(await closed, { code: 4000, reason: 'asked' })
  await server.stop()
})

it('fetch speaks it where there is a WebSocketPair', async () => {
  // The standard's Response refuses 101, those of such platforms do not.
  class EdgeResponse extends Response {
    readonly webSocket: unknown
    constructor(body?: BodyInit | null, init: ResponseInit & { webSocket?: unknown } = {}) {
      const { status = 200, webSocket } = init
      // Hono gives a Response for `init`.
      super(body, status === 101 ? { headers: init.headers } : init)
      if (status === 101) Object.defineProperty(this, 'status', { value: status })
      this.webSocket = webSocket
    }
  }
  class Half extends EventTarget {
    readonly said: unknown[] = []
    accept(): void {}
    send(data: unknown): void {
      this.said.push(data)
    }
    close(...end: unknown[]): void {
      this.said.push(end)
    }
  }
  const halves = [new Half(), new Half()]
  class WebSocketPair {
    0 = halves[0]
    1 = halves[1]
  }
  const own = { Response, WebSocketPair: undefined }
  Object.assign(globalThis, { Response: EdgeResponse, WebSocketPair })
  try {
    const { default: site } = await import(`${join(folder, 'dist', 'fetch.js')}?edge`)
    const fields = handshake('pair').split('\r\n').slice(1, -2)
    const headers = fields.map(field => field.split(': ') as [string, string])
    const answer = await site.fetch(new Request('http://x/echo?who=pair', { headers }))
    assert.equal(answer.status, 101)
    assert.equal(answer.webSocket, halves[0])
    assert.equal(answer.headers.get('x-from'), 'middleware')
    const [, server] = halves
    server!.dispatchEvent(new MessageEvent('message', { data: 'text' }))
    server!.dispatchEvent(new MessageEvent('message', { data: 'close' }))
    server!.dispatchEvent(new MessageEvent('message', { data: 'x'.repeat((1 << 20) + 1) }))
    assert.deepEqual(server!.said, ['text', [4000, 'asked'], [1009, undefined]])
  } finally {
    Object.assign(globalThis, own)
  }
})

it('a project without one loads nothing of it', async () => {
  const { 'routes/log.ts': log, 'routes/_log.ts': lines } = FILES
  const without = project({ 'routes/log.ts': log, 'routes/_log.ts': lines })
  await build(without)
  const dist = join(without, 'dist')
  const loadedBy = (file: string, seen = new Map<string, string>()): Map<string, string> => {
    if (seen.has(file)) return seen
    const text = readFileSync(file, 'utf8')
    seen.set(file, text)
    for (const [, path] of text.matchAll(/\b(?:from|import)"(\.[^"]+)"/g))
      loadedBy(join(dirname(file), path!), seen)
    return seen
  }
  for (const host of HOSTS) {
    const texts = [...loadedBy(join(dist, `${host}.js`)).values()].join('\n')
    assert.match(texts, /\bwebsockets\b/)
    assert.doesNotMatch(texts, /WebSocketServer|MessageEvent|maxPayloadLength/, host)
  }
  const { websockets } = await import(join(dist, 'app.js'))
  assert.equal(websockets, false)
})
