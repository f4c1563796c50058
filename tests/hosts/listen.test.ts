// What the hosts with an HTTP of our own listen on beside a port, and what the others say to that.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect as connectNet, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { hosts, runEntry, stubProject } from './harness.ts'

const raw = hosts.filter(host => ['bun', 'deno', 'node'].includes(host))
const certificate = join(import.meta.dirname, 'tls', 'cert.pem')
const key = join(import.meta.dirname, 'tls', 'key.pem')
const withTls = ['--tls-cert', certificate, '--tls-key', key]
const DONE = { code: 0, signal: null }

const project = stubProject()
const paths = mkdtempSync(join(tmpdir(), 'precast-paths-'))
after(() => rmSync(paths, { recursive: true }))

/** All that comes back until the server closes. */
function ask(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', data => {
      answer += data
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
    socket.write(text, 'latin1')
  })
}
const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`

for (const host of raw) {
  describe(host, { timeout: 120_000 }, () => {
    it('serves on a unix socket, and takes it away', async () => {
      const path = join(paths, `${host}.sock`)
      const server = runEntry(host, project.folder, ['--unix', path])
      await server.port
      assert.equal(server.stdout(), `Listening on unix:${path}\n`)
      assert.match(await ask(connectNet(path), GET('/static')), /^HTTP\/1\.1 200 [\s\S]*static$/)
      assert.match(await ask(connectNet(path), GET('/info')), /"url":"http:\/\/x\/info"/)
      const second = runEntry(host, project.folder, ['--unix', path])
      assert.deepEqual(await second.exit, { code: 1, signal: null })
      assert.equal(second.stderr(), `precast: cannot listen on ${path}: another server does\n`)
      server.child.kill('SIGTERM')
      assert.deepEqual(await server.exit, DONE)
      assert.equal(existsSync(path), false)
    })

    it('takes over a unix socket that a killed server left, and nothing else', async () => {
      const path = join(paths, `${host}.left.sock`)
      const killed = runEntry(host, project.folder, ['--unix', path])
      await killed.port
      killed.child.kill('SIGKILL')
      await killed.exit
      assert.equal(existsSync(path), true)
      const server = runEntry(host, project.folder, ['--unix', path])
      await server.port
      assert.match(await ask(connectNet(path), GET('/static')), /static$/)
      server.child.kill('SIGTERM')
      assert.deepEqual(await server.exit, DONE)

      const file = join(paths, 'a file')
      writeFileSync(file, 'mine')
      const refused = runEntry(host, project.folder, ['--unix', file])
      assert.deepEqual(await refused.exit, { code: 1, signal: null })
      assert.match(refused.stderr(), /^precast: cannot listen on .*: something else is there\n$/)
      assert.equal(readFileSync(file, 'utf8'), 'mine')
    })

    it('speaks TLS', async () => {
      const server = runEntry(host, project.folder, withTls)
      const port = await server.port
      assert.match(server.stdout(), /^Listening on https:\/\/localhost:\d+\n$/)
      const secure = () =>
        connectTls({
          port,
          host: '127.0.0.1',
          servername: 'localhost',
          ca: readFileSync(certificate),
        })
      assert.match(await ask(secure(), GET('/static')), /^HTTP\/1\.1 200 [\s\S]*static$/)
      assert.match(await ask(secure(), GET('/info')), /"url":"https:\/\/x\/info"/)
      const large = await ask(secure(), GET('/large'))
      assert.equal(large.length - large.indexOf('\r\n\r\n') - 4, 10_485_760)
      const body = 'y'.repeat(3_000_000)
      const head = 'POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
      const echo = await ask(secure(), `${head}Content-Length: ${body.length}\r\n\r\n${body}`)
      assert.equal(echo.slice(echo.indexOf('\r\n\r\n')).replace(/[^y]/g, '').length, body.length)
      // Who speaks no TLS gets nothing, and takes nobody along.
      assert.doesNotMatch(
        await ask(connectNet(port, '127.0.0.1'), GET('/static')).catch(() => ''),
        /static/,
      )
      assert.match(await ask(secure(), GET('/static')), /static$/)
      server.child.kill('SIGTERM')
      assert.deepEqual(await server.exit, DONE)
      assert.equal(server.stderr(), '')
    })

    it('speaks TLS with several processes', async () => {
      const server = runEntry(host, project.folder, [...withTls, '--workers', '2'])
      const port = await server.port
      const secure = () =>
        connectTls({
          port,
          host: '127.0.0.1',
          servername: 'localhost',
          ca: readFileSync(certificate),
        })
      for (let i = 0; i < 5; i++) assert.match(await ask(secure(), GET('/static')), /static$/)
      server.child.kill('SIGTERM')
      assert.deepEqual(await server.exit, DONE)
    })

    it('says in one line what is wrong with a certificate', async () => {
      const other = join(paths, 'other.pem')
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      writeFileSync(other, privateKey.export({ type: 'pkcs8', format: 'pem' }))
      for (const [cert, secret, message] of [
        [join(paths, 'nowhere'), key, /^precast: cannot read .*nowhere: ENOENT\n$/],
        [key, key, /^precast: .* holds no certificate in PEM\n$/],
        [certificate, certificate, /^precast: .* holds no private key in PEM\n$/],
        [certificate, other, /^precast: the key in .* is not that of the certificate in .*\n$/],
      ] as const) {
        const server = runEntry(host, project.folder, ['--tls-cert', cert, '--tls-key', secret])
        assert.deepEqual(await server.exit, { code: 1, signal: null })
        assert.match(server.stderr(), message)
      }
    })
  })
}

for (const host of hosts.filter(host => !raw.includes(host))) {
  it(`${host} says that it has none of that, with exit code 2`, async () => {
    for (const args of [['--unix', '/nowhere'], withTls, ['--limit', 'fields=1']]) {
      const server = runEntry(host, project.folder, args)
      assert.deepEqual(await server.exit, { code: 2, signal: null }, args.join(' '))
      assert.match(server.stderr(), /^precast: --[\w-]+ is for the hosts bun, deno and node\n$/)
    }
  })
}

it('a server that is not ours is left alone on its unix socket', async () => {
  const path = join(paths, 'strange.sock')
  const strange = createServer().listen(path)
  await new Promise(resolve => strange.once('listening', resolve))
  const server = runEntry(raw[0]!, project.folder, ['--unix', path])
  assert.deepEqual(await server.exit, { code: 1, signal: null })
  assert.equal(existsSync(path), true)
  strange.close()
})
