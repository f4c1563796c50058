// Builds the entries of a `dist/` around the stub app, runs them as processes, and talks to them over
// raw sockets.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before } from 'node:test'
import { build } from 'esbuild'
import { HOSTS, type Host, program } from '../../cli/hosts.ts'

export const root = resolve(import.meta.dirname, '../..')
const stub = join(import.meta.dirname, 'stub.ts')

/** Hosts that can run here, and why the others cannot. */
export const hosts: Host[] = []
export const skipped: [Host, string][] = []
for (const host of HOSTS) {
  const found = program(host, root)
  if (typeof found === 'string') skipped.push([host, found])
  else hosts.push(host)
}

/** A project folder whose `dist/` serves the stub app on every host. */
export async function createProject(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'precast-hosts-'))
  await build({
    entryPoints: HOSTS.map(host => ({ in: `entry:${host}`, out: host })),
    outdir: join(folder, 'dist'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    logLevel: 'error',
    plugins: [
      {
        name: 'entries',
        setup(build) {
          build.onResolve({ filter: /^entry:/ }, ({ path }) => ({ path, namespace: 'entry' }))
          build.onLoad({ filter: /./, namespace: 'entry' }, ({ path }) => ({
            contents: `import { start } from './runtime/hosts/${path.slice(6)}.ts'
              await start({ dir: new URL('.', import.meta.url), modules: [] })`,
            resolveDir: root,
          }))
          build.onResolve({ filter: /\/(?:app|load)\.ts$/ }, () => ({ path: stub }))
        },
      },
    ],
  })
  writeFileSync(join(folder, 'dist', 'manifest.json'), '{}')
  writeFileSync(join(folder, 'dist', 'package.json'), '{"type":"module"}')
  return folder
}

/** The same for all tests of a file: made before them, gone after, with the servers they left. */
export function stubProject(): { folder: string } {
  const project = { folder: '' }
  before(async () => {
    project.folder = await createProject()
  })
  after(() => {
    cleanUp()
    removeProject(project.folder)
  })
  return project
}

export function removeProject(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

export interface Exit {
  code: number | null
  signal: string | null
}

export interface Running {
  child: ChildProcess
  /** 0 where it listens on a path; rejects where the process ends first. */
  port: Promise<number>
  exit: Promise<Exit>
  stdout(): string
  stderr(): string
}

/** Every process a test started, so that none outlives it. */
const processes = new Set<ChildProcess>()

process.on('exit', cleanUp)
process.on('SIGTERM', () => process.exit(1))

export function run(command: string[], env: Record<string, string> = {}): Running {
  const [file, ...args] = command
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  processes.add(child)
  let stdout = ''
  let stderr = ''
  const exit = new Promise<Exit>(done => {
    child.on('close', (code, signal) => {
      processes.delete(child)
      done({ code, signal })
    })
  })
  const port = new Promise<number>((done, failed) => {
    child.stdout.on('data', data => {
      stdout += data
      const found = /^Listening on (?:https?:\/\/\S+:(\d+)|unix:.+)$/m.exec(stdout)
      if (found) done(Number(found[1] ?? 0))
    })
    exit.then(({ code, signal }) => failed(new Error(`ended with ${signal ?? code}: ${stderr}`)))
  })
  port.catch(() => {})
  child.stderr.on('data', data => {
    stderr += data
  })
  return { child, port, exit, stdout: () => stdout, stderr: () => stderr }
}

/** Runs the entry of a host as a user would by hand. */
export function runEntry(
  host: Host,
  folder: string,
  args: string[] = [],
  env?: Record<string, string>,
): Running {
  const found = program(host, folder)
  if (typeof found === 'string') throw new Error(found)
  const entry = join(folder, 'dist', `${host}.js`)
  return run([...found.command, entry, '--port', '0', ...args], { ...found.env, ...env })
}

/** Kills what tests left running. */
export function cleanUp(): void {
  for (const child of processes) child.kill('SIGKILL')
}

/** Sends bytes and gives all that comes back until the server closes, or until `ms` are over. */
export function raw(port: number, text: string, ms = 20_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    const timer = setTimeout(() => socket.destroy(), ms)
    socket.setEncoding('latin1')
    socket.on('data', data => {
      answer += data
    })
    socket.on('error', error => (answer ? undefined : reject(error)))
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer)
    })
    socket.write(text, 'latin1')
  })
}

/** Asks until the answer satisfies. */
export async function until<T>(
  ask: () => Promise<T>,
  good: (value: T) => boolean,
  ms = 20_000,
): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const value = await ask()
    if (good(value) || Date.now() > end) return value
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
