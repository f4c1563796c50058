// That the bun host does read connections by itself, and that what reads them gives each its own bytes,
// on real sockets under Bun, whose event loop is held meanwhile so that nobody else can have read them.

import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { build as bundle } from 'esbuild'
import { program } from '../../cli/hosts.ts'
import { build, project, root, temporary } from '../lib/project.ts'
import { type Server, serve } from '../lib/servers.ts'
import { Connection } from '../lib/wire.ts'
import { run, type Running, until } from './harness.ts'

const bun = program('bun', root)
const skip =
  process.platform === 'linux' ? (typeof bun === 'string' ? bun : false) : 'it is for Linux alone'

describe('connections that are read beside Bun', { skip, timeout: 60_000 }, () => {
  let server: Running
  let port: number
  before(async () => {
    const outfile = join(temporary(), 'ready.mjs')
    await bundle({
      entryPoints: [join(import.meta.dirname, 'bun-ready.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      logLevel: 'error',
    })
    server = run([...(bun as { command: string[] }).command, outfile])
    port = await server.port
  })
  after(async () => {
    server.child.kill('SIGTERM')
    await server.exit
  })

  /** A connection of the server's by the name it gives itself, which was answered. */
  async function open(name: string): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.write(`name ${name}`)
    await said(`open ${name}`)
    return socket
  }
  const said = async (line: string): Promise<void> => {
    const told = await until(
      async () => server.stdout(),
      text => text.split('\n').includes(line),
      10_000,
    )
    assert.ok(told.split('\n').includes(line), `${line}:\n${told}${server.stderr()}`)
  }

  it('gets bytes that came while nobody else could read', async () => {
    const [one, two] = [await open('one'), await open('two')]
    one.write('look one')
    await said('looking one')
    two.write('bytes for two')
    await said('two took bytes for two')
    one.destroy()
    two.destroy()
  })

  it('leaves those alone that are paused or removed, and Bun reads them', async () => {
    for (const state of ['pause', 'remove']) {
      const one = await open(`one-${state}`)
      const two = await open(`two-${state}`)
      const three = await open(`three-${state}`)
      two.write(state)
      await said(`${state} two-${state}`)
      one.write(`look one-${state}`)
      await said(`looking one-${state}`)
      two.write('not now')
      // By the time this one is read the one before has been there, and was not.
      three.write('now')
      await said(`three-${state} took now`)
      await said(`Bun told two-${state} not now`)
      for (const socket of [one, two, three]) socket.destroy()
    }
  })

  it('gives nothing to a closed connection whose descriptor another one has', async () => {
    const one = await open('one-again')
    const two = await open('two-again')
    two.write('close')
    await said('close two-again')
    const next = await open('next')
    assert.match(server.stdout(), /^next has the descriptor of two-again$/m)
    one.write('look one-again')
    await said('looking one-again')
    next.write('for next')
    await said('next took for next')
    assert.doesNotMatch(server.stdout(), /^two-again took/m)
    one.destroy()
    next.destroy()
  })

  it('loses nothing of what is more than it reads at once, nor its order', async () => {
    const one = await open('one-more')
    const two = await open('two-more')
    two.write('sum')
    await said('sum two-more')
    one.write('look one-more')
    await said('looking one-more')
    two.end(Buffer.from(Uint32Array.from({ length: 100_000 }, (_, index) => index).buffer))
    await said('two-more has all')
    const [, beside] = /^two-more took (\d+) bytes beside Bun$/m.exec(server.stdout()) ?? []
    assert.ok(Number(beside) > 0, server.stdout())
    one.destroy()
  })
})

describe('the bun host under load', { skip, timeout: 60_000 }, () => {
  let server: Server
  before(async () => {
    const folder = project({
      'routes/_order.ts': 'export const order: string[] = []',
      // Holds the event loop until the client says, by its file, that the other request is sent.
      'routes/hold.ts': `import { existsSync, writeFileSync } from 'node:fs'
        import { order } from './_order.ts'
        export const GET = (c: any) => {
          order.push('hold')
          setImmediate(() => order.push('the next turn'))
          writeFileSync(c.req.query('file') + '.begun', '')
          while (!existsSync(c.req.query('file'))) {}
          return c.text('held')
        }`,
      'routes/other.ts': `import { order } from './_order.ts'
        export const config = { prerender: false }
        export const GET = (c: any) => {
          order.push('other')
          return c.text('other')
        }`,
      'routes/order.ts': `import { order } from './_order.ts'
        export const GET = (c: any) => c.json(order)`,
    })
    await build(folder)
    server = (await serve(folder, 'bun')) as Server
  })
  after(() => server.stop())

  it('reads a second connection in the turn of the first', async () => {
    const [one, two] = [new Connection(server.port), new Connection(server.port)]
    const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`
    let order = ''
    // Where there was nothing to read it looks less often, once in 32 requests: three a turn, so that
    // it is not always behind the same one.
    for (let turn = 0; turn < 64; turn++) {
      const file = join(temporary(), 'sent')
      one.write(request(`/hold?file=${file}`))
      while (!existsSync(`${file}.begun`)) await nextTurn()
      await new Promise<void>(sent => two.socket.write(request('/other'), () => sent()))
      writeFileSync(file, '')
      assert.equal((await one.response('GET')).text(), 'held')
      assert.equal((await two.response('GET')).text(), 'other')
      one.write(request('/order'))
      order = (await one.response('GET')).text()
    }
    assert.match(order, /"hold","other","the next turn"/)
    one.close()
    two.close()
  })
})
