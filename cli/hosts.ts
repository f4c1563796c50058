// Where the programs are that serve: the name of a host in, a command line out, or why there is
// none. Looks at files and runs nothing but `getconf`.

import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** Those whose HTTP is the platform's own come last: they are there to compare with. */
export const HOSTS = ['bun', 'deno', 'uws', 'node', 'bun-serve', 'deno-serve', 'node-http'] as const
export type Host = (typeof HOSTS)[number]
type Runtime = 'bun' | 'deno' | 'node'

/** How a host is started. */
export interface Program {
  /** The entry of `dist/` and its arguments follow. */
  command: string[]
  env: Record<string, string>
}

/** The runtime that runs this command. */
export const running: Runtime = 'Bun' in globalThis ? 'bun' : 'Deno' in globalThis ? 'deno' : 'node'

const NAMES: Record<Runtime, string> = { bun: 'Bun', deno: 'Deno', node: 'Node.js' }

/** How to start `host` for the project in `root`, or in a few words why that cannot be done. */
export function program(host: Host, root: string): Program | string {
  const runtime = host === 'uws' ? 'node' : (host.split('-')[0] as Runtime)
  const file = executable(runtime, root)
  if (!file) return `${NAMES[runtime]} was not found`
  if (runtime === 'deno') return { command: [file, 'run', '-A'], env: {} }
  return host === 'uws' ? uws(file, root) : { command: [file], env: {} }
}

/**
 * The program of a runtime: the one that runs now, else the project's, else that of PATH, else one
 * that is installed beside Precast.
 */
function executable(runtime: Runtime, root: string): string | undefined {
  // A Node.js that was started through another loader names the loader.
  if (runtime === running && !basename(process.execPath).startsWith('ld-')) return process.execPath
  // `bun run` may put a folder first in which `node` is Bun.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => folder && !basename(folder).startsWith('bun-node-'))
  return (
    packaged(runtime, join(root, 'package.json')) ??
    path.map(folder => join(folder, runtime)).find(isProgram) ??
    packaged(runtime, fileURLToPath(import.meta.url))
  )
}

/**
 * Bun and Deno as npm has them: the program is in a package for the platform, which the install
 * script of `bun` or `deno` only links to, and install scripts are often turned off.
 */
function packaged(runtime: Runtime, from: string): string | undefined {
  if (runtime === 'node') return undefined
  const { platform } = process
  const arch = runtime === 'bun' && process.arch === 'arm64' ? 'aarch64' : process.arch
  const names =
    runtime === 'bun'
      ? ['', '-musl', '-baseline', '-musl-baseline'].map(
          kind => `@oven/bun-${platform}-${arch}${kind}/bin/bun`,
        )
      : ['', '-glibc'].map(kind => `@deno/${platform}-${arch}${kind}/deno`)
  // A strict layout of node_modules shows the platform's package to `bun` or `deno` alone.
  const outer = locate(from, `${runtime}/package.json`)
  for (const name of names) {
    const [scope, folder, ...rest] = name.split('/')
    for (const base of outer ? [from, outer] : [from]) {
      const found = locate(base, `${scope}/${folder}/package.json`)
      if (found && isProgram(join(dirname(found), ...rest))) return join(dirname(found), ...rest)
    }
  }
  // Where bun's install script did run, it moved the program here; before, a short text lies here.
  const moved = outer && join(dirname(outer), 'bin', 'bun.exe')
  const isMoved = runtime === 'bun' && moved && isProgram(moved) && statSync(moved).size > 1 << 20
  return isMoved ? moved : undefined
}

function locate(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name)
  } catch {
    return undefined
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** Minor version of the glibc that the binaries of uWebSockets.js are linked against: 2.38. */
const GLIBC_NEEDED = 38

function uws(node: string, root: string): Program | string {
  const name = 'uWebSockets.js'
  const env: Record<string, string> = {}
  if (!process.env.PRECAST_UWS && !locate(join(root, 'dist', 'uws.js'), name)) {
    const own = locate(fileURLToPath(import.meta.url), name)
    if (!own) return `${name} is not installed`
    env.PRECAST_UWS = own
  }
  const glibc = systemGlibc()
  if (glibc === undefined || glibc >= GLIBC_NEEDED) return { command: [node], env }
  const loader = cachedLoader()
  if (!loader) return `${name} needs glibc 2.${GLIBC_NEEDED} and this system has 2.${glibc}`
  return { command: [...loader, node], env }
}

/** Minor version of the system's glibc 2, undefined where its C library is another one. */
function systemGlibc(): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const text = execFileSync('getconf', ['GNU_LIBC_VERSION'], { encoding: 'utf8', stdio: 'pipe' })
    return Number(/2\.(\d+)/.exec(text)?.[1])
  } catch {
    return undefined
  }
}

/** What tools/uws-glibc.js left: a newer C library, to be used by this program alone. */
function cachedLoader(): string[] | undefined {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'precast', 'glibc')
  const loader = join(folder, 'loader')
  const lib = join(folder, 'lib')
  return isProgram(loader) && existsSync(join(lib, 'libc.so.6'))
    ? [loader, '--library-path', lib]
    : undefined
}
