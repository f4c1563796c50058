// What a WebSocket owes the pool and the socket: time-outs, the end of the server, and clients that
// read slowly. The table of what clients do is in tests/hosts/websocket.test.ts.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { WSEvents } from 'hono/ws'
import { agree, type RawWebSocket } from '../../runtime/websocket/handshake.ts'
import { open, settle } from './memory.ts'

const HANDSHAKE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

async function connected(events: WSEvents<RawWebSocket>) {
  const line = open({ fetch: request => agree(request, events) }, { idleTimeout: 5 })
  line.send(HANDSHAKE)
  for (let i = 0; i < 100 && !line.wire.output.includes('\r\n\r\n'); i++) await settle(10)
  assert.match(line.wire.output, /^HTTP\/1\.1 101 /)
  line.wire.writes.length = 0
  return line
}
const ticks = async (pool: { tick(): void }, seconds: number) => {
  for (let i = 0; i < seconds; i++) pool.tick()
  await settle()
}

// The first request loads it, which takes a moment.
before(() => import('../../runtime/http1/websocket.ts'))

describe('a WebSocket', () => {
  it('is pinged when it is idle, and let go of when it does not answer', async () => {
    const { wire, pool, send } = await connected({})
    await ticks(pool, 5)
    assert.equal(wire.output, '\x89\0')
    send('\x8a\x80\0\0\0\0')
    await ticks(pool, 5)
    assert.equal(wire.output, '\x89\0\x89\0')
    assert.equal(wire.isDestroyed, false)
    await ticks(pool, 5)
    assert.equal(wire.isDestroyed, true)
  })

  it('reads what came behind the handshake in one piece with it', async () => {
    const events: WSEvents<RawWebSocket> = {
      onMessage: (event, socket) => socket.send(event.data as string),
    }
    const { wire, send } = open({ fetch: request => agree(request, events) })
    send(`${HANDSHAKE}\x81\x81\0\0\0\0a`)
    for (let i = 0; i < 100 && !wire.output.endsWith('a'); i++) await settle(10)
    send('\x81\x81\0\0\0\0b')
    await settle()
    assert.match(wire.output, /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\n/)
    assert.match(wire.output, /\r\n\r\n\x81\x01a\x81\x01b$/)
  })

  it('is told that the server stops', async () => {
    const closes: number[] = []
    const { wire, connection, pool, send } = await connected({
      onClose: event => closes.push(event.code),
    })
    const stopped = pool.stop()
    await settle()
    assert.equal(wire.output, '\x88\x02\x03\xe9')
    send('\x88\x82\0\0\0\0\x03\xe9')
    await settle()
    assert.equal(wire.isEnded, true)
    connection.ended()
    connection.gone()
    await settle()
    assert.deepEqual(closes, [1001])
    await stopped
  })

  it('hands over no more than the client takes', async () => {
    const { wire, connection, send } = await connected({
      onMessage: (_event, socket) => {
        for (const text of ['a', 'b', 'c']) socket.send(text)
      },
    })
    wire.isSlow = true
    send('\x81\x80\0\0\0\0')
    await settle()
    assert.equal(wire.output, '\x81\x01a')
    wire.isSlow = false
    connection.drained()
    await settle()
    assert.equal(wire.output, '\x81\x01a\x81\x01b\x81\x01c')
  })
})
