// `precast start`: which host serves, on whatever runtime the command itself runs, and what happens
// where that host, or `dist/`, is missing.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Host, program } from '../../cli/hosts.ts'
import {
  cleanUp,
  createProject,
  hosts,
  raw,
  type Running,
  removeProject,
  root,
  run,
  until,
} from './harness.ts'

type Runtime = 'bun' | 'deno' | 'node'
const runtimes = (['bun', 'deno', 'node'] as const).filter(runtime => hosts.includes(runtime))
/** Those with an HTTP of our own, and uws. */
const own = hosts.filter(host => !host.includes('-'))
const best: Record<Runtime, Host> = {
  bun: 'bun',
  deno: 'deno',
  node: hosts.includes('uws') ? 'uws' : 'node',
}

let folder: string
before(async () => {
  // Brings lib/ up to date once, before several commands want to at a time.
  execFileSync(process.execPath, [join(root, 'bin/precast'), '--version'])
  folder = await createProject()
})
after(() => {
  cleanUp()
  removeProject(folder)
})

function precast(runtime: Runtime, args: string[], env?: Record<string, string>): Running {
  const found = program(runtime, root)
  if (typeof found === 'string') throw new Error(found)
  return run([...found.command, join(root, 'bin/precast'), 'start', ...args], env)
}

async function pidOf(port: number): Promise<number> {
  const answer = await raw(port, 'GET /pid HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  return Number(answer.split('\r\n\r\n')[1])
}

/** Which entry of `dist/` the process runs. */
const entryOf = (pid: number): string =>
  /([\w-]+)\.js/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('dist/')[1])![1]

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

describe('precast start', { concurrency: 2, timeout: 120_000 }, () => {
  for (const runtime of runtimes) {
    // How a host is started does not depend on what runs the command; that it is found does.
    const some = runtime === 'node' ? hosts : own
    for (const host of [undefined, ...some]) {
      it(`run by ${runtime}, serves on ${host ?? 'the best host'}`, async () => {
        const server = precast(runtime, [folder, '--port', '0', ...(host ? ['--host', host] : [])])
        const port = await server.port
        assert.equal(entryOf(await pidOf(port)), host ?? best[runtime])
        server.child.kill(host === 'bun' ? 'SIGINT' : 'SIGTERM')
        assert.deepEqual(await server.exit, { code: 0, signal: null })
        assert.equal(server.stdout(), `Listening on http://localhost:${port}\n`)
        assert.equal(server.stderr(), '')
      })
    }

    it(`run by ${runtime}, takes the server along when it is killed`, async () => {
      for (const host of own) {
        const server = precast(runtime, [folder, '--port', '0', '--host', host])
        const pid = await pidOf(await server.port)
        server.child.kill('SIGKILL')
        assert.ok(
          await until(
            async () => isGone(pid),
            gone => gone,
          ),
          host,
        )
      }
    })
  }

  it('passes port, hostname and workers on', async () => {
    const server = precast('node', [folder, '--port=0', '--hostname=127.0.0.1', '--workers=2'])
    const port = await server.port
    assert.equal(server.stdout(), `Listening on http://127.0.0.1:${port}\n`)
    const pids = await until(
      async () => new Set(await Promise.all(Array.from({ length: 20 }, () => pidOf(port)))),
      found => found.size === 2,
    )
    assert.equal(pids.size, 2)
    server.child.kill('SIGTERM')
    assert.deepEqual(await server.exit, { code: 0, signal: null })
    assert.ok([...pids].every(isGone))
  })

  it('says in one line what serves in place of uWebSockets.js', async () => {
    const env = { PRECAST_UWS: '/nowhere/uws.js' }
    const server = precast('node', [folder, '--port', '0', '--host', 'uws', '--workers', '2'], env)
    const port = await server.port
    assert.equal(
      server.stderr(),
      "precast: host 'uws' cannot run: there is no /nowhere/uws.js; using 'node' instead\n",
    )
    assert.ok((await pidOf(port)) > 0)
    server.child.kill('SIGTERM')
    assert.deepEqual(await server.exit, { code: 0, signal: null })

    const silent = precast('node', [folder, '--port', '0'], env)
    assert.ok((await pidOf(await silent.port)) > 0)
    assert.equal(silent.stderr(), '')
    silent.child.kill('SIGTERM')
    await silent.exit
  })

  it('says in one line what serves in place of a runtime that is not there', async () => {
    const server = precast('bun', [folder, '--port', '0', '--host', 'node'], { PATH: '' })
    const port = await server.port
    assert.equal(
      server.stderr(),
      "precast: host 'node' cannot run: Node.js was not found; using 'bun' instead\n",
    )
    assert.equal(entryOf(await pidOf(port)), 'bun')
    server.child.kill('SIGTERM')
    await server.exit
  })

  it('asks for a build where there is none, and for a folder', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'precast-empty-'))
    const none = precast('node', [empty])
    assert.deepEqual(await none.exit, { code: 1, signal: null })
    assert.match(none.stderr(), /^precast: .*dist holds no build: run `precast build` first\n$/)
    const nowhere = precast('node', [join(empty, 'nowhere')])
    assert.deepEqual(await nowhere.exit, { code: 1, signal: null })
    assert.match(nowhere.stderr(), /^precast: there is no folder .*\n$/)
    rmSync(empty, { recursive: true })
  })

  it('puts back the dist/ that a killed build had moved away', async () => {
    const project = mkdtempSync(join(tmpdir(), 'precast-killed-'))
    mkdirSync(join(project, '.dist-next-999999999'))
    const made = await createProject()
    renameSync(join(made, 'dist'), join(project, '.dist-previous-999999999'))
    const server = precast('node', [project, '--port', '0', '--host', 'node'])
    assert.ok((await pidOf(await server.port)) > 0)
    server.child.kill('SIGTERM')
    await server.exit
    rmSync(project, { recursive: true })
    removeProject(made)
  })

  it('refuses flags that cannot be meant, with exit code 2', async () => {
    for (const args of [
      ['--host', 'apache'],
      ['--port', '99999'],
      ['--workers', '0'],
    ]) {
      const { exit, stderr } = precast('node', [folder, ...args])
      assert.deepEqual(await exit, { code: 2, signal: null }, args.join(' '))
      assert.notEqual(stderr(), '')
    }
  })
})
