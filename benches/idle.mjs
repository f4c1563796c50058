// What connections cost that do nothing, and whether others notice: `node benches/idle.mjs [HOST…]
// [--idle 10000] [--slow 1000]`. Of the slow ones, half send a byte of a head a second and half read
// nothing of 1 MB. Prints a table; the client needs as many file descriptors as there are connections.

import { connect } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machine } from './lib/machine.mjs'
import { makeProject } from './lib/project.mjs'
import { startServer } from './lib/server.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    idle: { type: 'string', default: '10000' },
    slow: { type: 'string', default: '1000' },
  },
})
const hosts = positionals.length > 0 ? positionals : ['bun', 'deno', 'node', 'uws']
const IDLE = Number(values.idle)
const SLOW = Number(values.slow)
/** Connections that are opened at once, and requests that are timed. */
const AT_ONCE = 200
const TIMED = 1_000

const GET = path => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Opens `count` connections; `begin` says on each when it is as it should be. */
async function open(port, count, begin) {
  const sockets = []
  let at = 0
  const line = async () => {
    while (at < count) {
      const index = at++
      // A source address has some 28,000 ports.
      const localAddress = `127.0.0.${1 + (index % 8)}`
      const socket = connect({ port, host: '127.0.0.1', localAddress })
      socket.on('error', () => {})
      sockets.push(socket)
      await new Promise(resolve => {
        socket.on('close', resolve)
        socket.on('connect', () => begin(socket, index, resolve))
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, line))
  return sockets
}

/** One that has had an answer, and says no more. */
function beIdle(socket, _index, isReady) {
  socket.write(GET('/hello'))
  socket.once('data', isReady)
}

const timers = []
function beSlow(socket, index, isReady) {
  if (index % 2 === 0) {
    socket.pause()
    socket.write(GET('/big.bin'))
  } else {
    const text = GET(`/${'x'.repeat(100)}`)
    let sent = 0
    timers.push(setInterval(() => socket.write(text[sent++ % text.length]), 1_000))
  }
  isReady()
}

/** Milliseconds from a request to its answer, one after the other: the middle, and all but one in 100. */
async function latency(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  const times = []
  for (let i = 0; i < TIMED; i++) {
    const began = performance.now()
    socket.write(GET('/hello'))
    const answer = await new Promise((resolve, reject) => {
      socket.once('data', resolve)
      socket.once('close', () => reject(new Error('the server closes')))
    })
    socket.removeAllListeners('close')
    if (!/^HTTP\/1\.1 200 [\s\S]*Hello, World!$/.test(String(answer)))
      throw new Error(String(answer))
    times.push(performance.now() - began)
  }
  socket.destroy()
  times.sort((a, b) => a - b)
  return `${times[TIMED / 2].toFixed(2)} / ${times[TIMED * 0.99].toFixed(2)}`
}

async function measure(host) {
  const server = await startServer(folder, host)
  const port = Number(new URL(server.url).port)
  try {
    await latency(port)
    const alone = await latency(port)
    const before = server.memory().now
    const idle = await open(port, IDLE, beIdle)
    const withIdle = await latency(port)
    const after = server.memory().now
    const isOpen = idle.filter(socket => !socket.destroyed).length
    if (isOpen < IDLE) console.error(`${host}: ${IDLE - isOpen} idle connections were closed`)
    const slow = await open(port, SLOW, beSlow)
    await pause(3_000)
    const withSlow = await latency(port)
    const atLast = server.memory().now
    for (const timer of timers.splice(0)) clearInterval(timer)
    for (const socket of [...idle, ...slow]) socket.destroy()
    const each = (bytes, count) => `${(bytes / count / 1024).toFixed(1)} KB`
    const mb = bytes => `${(bytes / 2 ** 20).toFixed(0)} MB`
    return [
      mb(before),
      each(after - before, isOpen),
      each(atLast - after, SLOW),
      alone,
      withIdle,
      withSlow,
    ]
  } finally {
    await server.stop()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'precast-idle-'))
try {
  await makeProject(folder, 10)
  const { cpu, system, date } = machine()
  console.log(`${date}, ${cpu}, ${system}; ${IDLE} idle connections, ${SLOW} slow ones\n`)
  console.log(
    '| host | memory | an idle one | a slow one | alone, ms | with idle ones | with slow ones too |',
  )
  console.log('| --- | --- | --- | --- | --- | --- | --- |')
  for (const host of hosts) console.log(`| \`${host}\` | ${(await measure(host)).join(' | ')} |`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
