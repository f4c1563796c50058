// `precast start`: a project folder and flags in, a running server, its exit code out. The server is
// a process of its own, `dist/`'s entry for the host on that host's runtime; this one only watches.

import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { restore } from '../compiler/emit.ts'
import { readOptions, UsageError } from '../runtime/options.ts'
import { HOSTS, type Host, type Program, program, running } from './hosts.ts'

export interface StartFlags {
  host?: string
  port?: number | string
  hostname?: string
  workers?: number | string
  unix?: string
  tlsCert?: string
  tlsKey?: string
  limit?: string[]
}

/** What comes nearest to a host that cannot run. */
const NEAREST: Record<Host, Host[]> = {
  uws: ['node', 'bun', 'deno'],
  node: ['bun', 'deno'],
  bun: ['uws', 'node', 'deno'],
  deno: ['uws', 'node', 'bun'],
  'bun-serve': ['node-http', 'deno-serve'],
  'deno-serve': ['node-http', 'bun-serve'],
  'node-http': ['bun-serve', 'deno-serve'],
}

/** What a runtime serves with if nothing is said, best first. */
const BEST: Record<typeof running, Host[]> = { bun: ['bun'], deno: ['deno'], node: ['uws', 'node'] }

/** Serves `dist/` of the project in `dir` until a signal comes; gives the exit code. */
export async function start(dir: string, flags: StartFlags): Promise<number> {
  const root = resolve(dir)
  const args = argumentsOf(flags)
  try {
    readOptions(args, process.env)
    if (flags.host !== undefined && !HOSTS.includes(flags.host as Host)) {
      throw new UsageError(`--host is one of ${HOSTS.join(', ')}, not '${flags.host}'`)
    }
  } catch (error) {
    console.error(`precast: ${(error as Error).message}`)
    return 2
  }
  const missing = check(root)
  if (missing) {
    console.error(`precast: ${missing}`)
    return 1
  }
  const [host, found] = choose(flags.host as Host | undefined, root)
  if (!found) {
    console.error('precast: none of bun, deno and node was found to serve with')
    return 1
  }
  return run(found, join(root, 'dist', `${host}.js`), args)
}

/** The flags that `dist/`'s entries take themselves. */
function argumentsOf(flags: StartFlags): string[] {
  const { port, hostname, workers, unix, tlsCert, tlsKey, limit = [] } = flags
  const given = { port, hostname, workers, unix, 'tls-cert': tlsCert, 'tls-key': tlsKey }
  const args = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  )
  return [...args, ...limit.map(value => `--limit=${value}`)]
}

/** What keeps `dist/` from being served, if anything. */
function check(root: string): string | null {
  if (!existsSync(root)) return `there is no folder ${root}`
  restore(root)
  const manifest = join(root, 'dist', 'manifest.json')
  if (!existsSync(manifest))
    return `${join(root, 'dist')} holds no build: run \`precast build\` first`
  try {
    accessSync(manifest, constants.R_OK)
    return null
  } catch {
    return `${manifest} cannot be read: see to its permissions, or run \`precast build\` again`
  }
}

/** The host to serve with. Says so where it is not the one that was asked for. */
function choose(asked: Host | undefined, root: string): [Host, Program | undefined] {
  const wishes = asked ? [asked, ...NEAREST[asked]] : BEST[running]
  let why = ''
  for (const host of wishes) {
    const found = program(host, root)
    if (typeof found === 'string') {
      why ||= found
      continue
    }
    if (!asked) found.env.PRECAST_ANY_HOST = '1'
    else if (host !== asked)
      console.error(`precast: host '${asked}' cannot run: ${why}; using '${host}' instead`)
    return [host, found]
  }
  return [wishes[0], undefined]
}

function run({ command, env }: Program, entry: string, args: string[]): Promise<number> {
  const [file, ...before] = command
  // The channel closes with this process, whatever ends it; PRECAST_LIFELINE has the server end then.
  const child = spawn(file, [...before, entry, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env, PRECAST_LIFELINE: '1' },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Not `child.kill`: in Deno that alone makes it count as ended by the signal.
      if (child.pid && child.exitCode === null)
        process.kill(child.pid, signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  }
  return new Promise(done => {
    child.on('error', error => {
      console.error(`precast: ${file} cannot be run: ${error.message}`)
      done(1)
    })
    child.on('exit', (code, signal) => {
      if (signal) console.error(`precast: the server was ended by ${signal}`)
      done(code ?? 1)
    })
  })
}
