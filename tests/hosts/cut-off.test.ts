// A file of dist/ that is damaged while a client takes it, on every host: that client sees that something
// is missing, and nobody else sees anything.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { build, project } from '../lib/project.ts'
import { HOSTS, type Server, serve, stopAll } from '../lib/servers.ts'
import { Connection, exchange, requestBytes } from '../lib/wire.ts'

/** More than sockets hold. */
const SIZE = 24 << 20

describe('a file that is cut off while it is sent', async () => {
  const content = new Uint8Array(SIZE)
  const folder = project({
    'routes/index.ts': "export const GET = 'home'\n",
    'public/file.bin': content,
  })
  const servers: Server[] = []
  before(() => build(folder))
  after(() => stopAll(servers))

  for (const host of HOSTS) {
    // Bun sends the file by itself, and leaves the connection as it is.
    const skip = host === 'bun-serve' && 'Bun lets the client wait'
    test(host, { skip }, async t => {
      const server = await serve(folder, host)
      if (typeof server === 'string') {
        t.skip(server)
        return
      }
      servers.push(server)
      const { port } = server
      const connection = new Connection(port)
      connection.write(requestBytes({ target: '/file.bin' }))
      await connection.head()
      connection.socket.pause()

      const files = join(folder, 'dist', 'files')
      const file = join(files, readdirSync(files)[0]!)
      t.after(() => writeFileSync(file, content))
      truncateSync(file, 1000)
      let count = 0
      let isLate = false
      connection.socket.on('timeout', () => {
        isLate = true
      })
      connection.socket.on('data', bytes => {
        count += bytes.length
      })
      connection.socket.resume()
      if (!connection.socket.closed) await once(connection.socket, 'close').catch(() => {})
      assert.equal(isLate, false)
      assert.ok(count < SIZE, `${count} bytes came of a file that has 1000`)

      assert.equal((await exchange(port, { target: '/' })).text(), 'home')
      assert.equal((await exchange(port, { target: '/file.bin' })).status, 500)
    })
  }
})
