// A built project on each host, as a process of its own: `start` in, a port out.

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { binary, root } from './project.ts'

export const HOSTS = [
  ...(['fetch', 'node', 'bun', 'deno', 'uws'] as const),
  ...(['bun-serve', 'deno-serve', 'node-http'] as const),
]
export type Host = (typeof HOSTS)[number]

export interface Server {
  port: number
  /** What it wrote to standard error so far. */
  errors(): string
  /** Sends a signal and gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Milliseconds in which a server has to be up, on a machine that is busy with other tests. */
const PATIENCE = 60_000

/**
 * Serves the project in `folder`.
 * @param more arguments of `precast start`
 * @returns the server, or why this machine cannot run that host.
 */
export async function serve(
  folder: string,
  host: Host,
  more: string[] = [],
): Promise<Server | string> {
  const args =
    host === 'fetch'
      ? [join(root, 'tests', 'lib', 'fetch-host.mjs'), join(folder, 'dist')]
      : [binary, 'start', folder, '--host', host, '--port', '0', '--hostname', '127.0.0.1', ...more]
  const server = await run(process.execPath, args)
  const fallback = /^.*\bhost '[\w-]+' cannot run: .*$/m.exec(server.errors())
  if (!fallback) return server
  await server.stop()
  return fallback[0]
}

/** Runs any command that prints `Listening on`; `env` adds to this process's own. */
export async function run(
  command: string,
  args: string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Server> {
  const env: Record<string, string | undefined> = { ...process.env, ...options.env }
  delete env.NODE_OPTIONS
  delete env.PORT
  const child = spawn(command, args, { env, cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const stop = stopper(child)
  const port = await listening(child, () => errors)
  return { port, errors: () => errors, stop }
}

function listening(child: ChildProcess, errors: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    let out = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`nothing listens after ${PATIENCE} ms:\n${out}${errors()}`))
    }, PATIENCE)
    child.stdout!.on('data', chunk => {
      out += chunk
      const port = /^Listening on https?:\/\/.+:(\d+)\s*$/m.exec(out)?.[1]
      if (!port) return
      clearTimeout(timer)
      resolve(Number(port))
    })
    child.on('error', reject)
    child.on('close', code => {
      clearTimeout(timer)
      reject(new Error(`the server exits ${code} before it listens:\n${out}${errors()}`))
    })
  })
}

function stopper(child: ChildProcess): Server['stop'] {
  const closed = new Promise<number | null>(resolve => child.once('close', resolve))
  return signal => {
    child.kill(signal ?? 'SIGTERM')
    return closed
  }
}

/** Stops all that run; for `after`. */
export async function stopAll(servers: Iterable<Server>): Promise<void> {
  await Promise.all([...servers].map(server => server.stop()))
}
