// Asks other servers of files what any server of files can be asked, each as a user would have it, and
// writes what they answer into results.json beside this file. By hand, since it needs nginx, Caddy and
// packages that the project does without:
//
//   apt-get install nginx libnginx-mod-http-brotli-static caddy
//   npm install --prefix tests/conformance/peers
//   node --import=tsx tests/conformance/peers/run.ts

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { loadZstd } from '../../../compiler/zstd.ts'
import { root, temporary } from '../../lib/project.ts'
import { ask, casesOf, check, nameOf } from '../ask.ts'
import type { Peer, Peers } from '../page.ts'
import type { RuleId } from '../rules.ts'
import { shared } from '../shared.ts'
import { sharedChecks } from '../shared-checks.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const bun = join(root, 'node_modules', '.bin', 'bun')

interface Contestant extends Pick<Peer, 'name' | 'lacks'> {
  version(): string
  /** The command that serves `folder/public` on the loopback address. */
  command(folder: string, port: number): [string, ...string[]]
}

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
}

const contestants: Contestant[] = [
  {
    name: 'nginx',
    lacks: [],
    version: () => versionIn(output('nginx', '-v')),
    command: (folder, port) => ['nginx', '-p', folder, '-c', filled('nginx.conf', folder, port)],
  },
  {
    name: 'Caddy',
    lacks: [],
    version: () => versionIn(output('caddy', 'version')),
    command: (folder, port) => [
      'caddy',
      'run',
      '--adapter',
      'caddyfile',
      '--config',
      filled('Caddyfile', folder, port),
    ],
  },
  {
    name: 'Hono',
    lacks: [],
    version: () => `${installed('hono')} on Bun ${output(bun, '--version').trim()}`,
    command: (folder, port) => [bun, join(here, 'hono.js'), String(port), folder],
  },
  {
    name: 'Nitro',
    lacks: ['ranges'],
    version: () => `${installed('nitro')} on Node.js ${process.versions.node}`,
    command: (folder, port) => nitro(folder, port, 'nitro.config.js'),
  },
  {
    name: 'Nitro prerender',
    lacks: ['ranges'],
    version: () => `${installed('nitro')} on Node.js ${process.versions.node}`,
    command(folder, port) {
      writePages(folder)
      mkdirSync(join(folder, 'routes'))
      cpSync(join(here, 'nitro-prerender.js'), join(folder, 'routes', '[...path].get.js'))
      return nitro(folder, port, 'nitro-prerender.config.js')
    },
  },
  {
    name: 'Bun.serve',
    lacks: ['codings'],
    version: () => output(bun, '--version').trim(),
    command: (folder, port) => [bun, join(here, 'bun.js'), String(port), folder],
  },
]

const peers: Peers = { date: new Date().toISOString().slice(0, 10), servers: [], asked: {} }
for (const { name, lacks, version, command } of contestants) {
  const port = await freePort()
  const [program, ...args] = command(await site(name), port)
  const child = spawn(program, args, { stdio: 'inherit' })
  try {
    await listening(child, port)
    const failed = await failures(port)
    peers.servers.push({ name, version: version(), lacks, failed })
    console.log(`${name} ${version()}: ${Object.keys(failed).length} failed`)
  } finally {
    child.kill()
  }
}
writeFileSync(join(here, 'results.json'), `${JSON.stringify(peers, null, 2)}\n`)

/** What is wrong by name of case; notes which cases belong to which rule. */
async function failures(port: number): Promise<Record<string, string>> {
  const failed: Record<string, string> = {}
  const asked: Record<string, string[]> = {}
  const one = async (rule: RuleId, name: string, run: () => Promise<void>): Promise<void> => {
    const names = (asked[rule] ??= [])
    if (names.includes(name)) throw new Error(`two cases are called ${name}`)
    names.push(name)
    await run().catch(error => {
      failed[name] = gist(error)
    })
  }
  for (const [rule, wanted] of Object.values(shared).flatMap(rows => [...casesOf(rows)]))
    await one(rule, nameOf(wanted), async () => check(await ask(port, wanted), wanted))
  for (const [name, { rule, run }] of Object.entries(sharedChecks))
    await one(rule, name, () => run(port))
  peers.asked = asked
  return failed
}

/** What an assertion says, in a line. */
function gist(error: Error & { actual?: unknown; expected?: unknown }): string {
  const { message, actual, expected } = error
  const [first, ...rest] = message.split('\n').filter(Boolean)
  if (expected instanceof RegExp && /title>Article</.test(expected.source))
    return expected.source.startsWith('^(?!') ? 'it is the page' : 'it is not the page'
  const status = rest.map(line => /^answered: (\d+)/.exec(line)?.[1]).find(Boolean)
  const isStatus = /^status/.test(first!)
  if (isStatus) return `${status}`
  const told = [actual, expected].map(one => (one === null ? 'none' : String(one)).slice(0, 60))
  const values = expected === undefined || expected === true ? '' : `${told[0]}, not ${told[1]}`
  const what = /^(Expected values|The input did not)/.test(first!) ? '' : first!.slice(0, 100)
  return [what, values].filter(Boolean).join(': ')
}

/** A folder of its own for each server: `public/` with what compresses compressed, a file beside it. */
async function site(name: string): Promise<string> {
  const folder = temporary()
  const files = join(folder, 'public')
  cpSync(join(root, 'tests', 'conformance', 'project', 'public'), files, { recursive: true })
  cpSync(join(root, 'tests', 'conformance', 'project', 'secret.txt'), join(folder, 'secret.txt'))
  mkdirSync(join(folder, 'tmp'))
  // nginx reads as a user of its own where root starts it.
  chmodSync(folder, 0o755)
  // Nitro compresses by itself.
  if (name.startsWith('Nitro')) return folder
  const zstd = await loadZstd()
  for (const file of readdirSync(files, { recursive: true, encoding: 'utf8' })) {
    const path = join(files, file)
    if (!statSync(path).isFile() || !/\.(html|css|js|txt)$/.test(file)) continue
    const bytes = readFileSync(path)
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
    writeFileSync(`${path}.br`, brotliCompressSync(bytes))
    writeFileSync(`${path}.zst`, zstd.compress(bytes, 19))
  }
  return folder
}

/** Builds with Nitro; the command that serves what came out. */
function nitro(folder: string, port: number, config: string): [string, ...string[]] {
  cpSync(join(here, config), join(folder, 'nitro.config.js'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
  symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'))
  execFileSync(join(here, 'node_modules', '.bin', 'nitro'), ['build'], { cwd: folder })
  const env = [`PORT=${port}`, 'HOST=127.0.0.1', 'NITRO_HOST=127.0.0.1']
  return ['env', ...env, process.execPath, join(folder, '.output', 'server', 'index.mjs')]
}

/** Moves `public/` into a module: what a program would make of each path. */
function writePages(folder: string): void {
  const files = join(folder, 'public')
  const pages: [path: string, page: [type: string, base64: string]][] = []
  for (const file of readdirSync(files, { recursive: true, encoding: 'utf8' })) {
    if (!statSync(join(files, file)).isFile() || file === '.hidden') continue
    const path = `/${file.split('/').map(encodeURIComponent).join('/')}`
    const type = types[file.split('.').at(-1)!] ?? 'application/octet-stream'
    pages.push([path, [type, readFileSync(join(files, file), 'base64')]])
  }
  rmSync(files, { recursive: true })
  writeFileSync(
    join(folder, 'pages.js'),
    `export const pages = new Map(${JSON.stringify(pages)})\n`,
  )
}

function filled(config: string, folder: string, port: number): string {
  const text = readFileSync(join(here, config), 'utf8')
  const path = join(folder, config)
  writeFileSync(path, text.replaceAll('PORT', String(port)).replaceAll('ROOT', folder))
  return path
}

function output(program: string, ...args: string[]): string {
  // nginx tells its version on standard error.
  return execFileSync('sh', ['-c', '"$0" "$@" 2>&1', program, ...args], { encoding: 'utf8' })
}

function versionIn(text: string): string {
  return /\d+\.\d+(\.\d+)?/.exec(text)![0]
}

function installed(name: string): string {
  const path = join(here, 'node_modules', name, 'package.json')
  return JSON.parse(readFileSync(path, 'utf8')).version
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end && child.exitCode === null; ) {
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`nothing listens on ${port}`)
}
