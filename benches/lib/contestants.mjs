// Who is measured: the limit, every host of ours, other servers, and frameworks. Each says what it can
// do and how it is started; what cannot be had on this machine throws the reason when started.

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiled, scratch } from './load.mjs'
import { startCommand, startServer } from './server.mjs'

const benches = fileURLToPath(new URL('..', import.meta.url))
const inBenches = path => join(benches, path)
const bun = inBenches('../node_modules/.bin/bun')
const deno = inBenches('../node_modules/.bin/deno')

export const HOSTS = ['bun', 'deno', 'node', 'uws', 'bun-serve', 'deno-serve', 'node-http']

const PAGES = ['page', '304', 'head']
const ALL = [...PAGES, 'hello', 'json', 'big', 'slow']

/**
 * @typedef {object} Contestant
 * @property {string} id for `--peers` and `--hosts`
 * @property {string} name in tables
 * @property {boolean} isOurs
 * @property {boolean} isLimit
 * @property {boolean} isFixed answers with the same bytes whatever is asked
 * @property {string[]} works
 * @property {() => string} version
 * @property {(site: { dir: string, table: string, answer: Function }, work: object) =>
 *   Promise<import('./server.mjs').Server>} start
 */

/** @returns {Contestant} */
const host = id => ({
  id,
  name: `Precast, ${id}`,
  isOurs: true,
  works: ALL,
  version: () => JSON.parse(readFileSync(inBenches('../package.json'), 'utf8')).version,
  start: ({ dir }) => startServer(dir, id),
})

/** A file of contestants/ on a runtime. */
const script = (id, name, works, runtime, version, file = id) => ({
  id,
  name,
  works,
  version,
  start({ table }) {
    const [command, ...before] = runtime()
    return startCommand(command, [...before, inBenches(`contestants/${file}.mjs`), table])
  },
})

/** A file of contestants/ that answers with what the reference answers first, and reads nothing. */
const fixed = (id, name, runtime, version) => ({
  id,
  name,
  isFixed: true,
  works: [...PAGES, 'json'],
  version,
  async start(site, work) {
    const [command, ...before] = runtime()
    const file = await writeAnswer(site, work)
    return startCommand(command, [...before, inBenches(`contestants/${id}.mjs`), file])
  },
})

const onBun = () => [bun]
const onNode = () => [process.execPath]
const bunVersion = () => output(bun, '--version').trim()
const on = (name, runtime) => () => `${installed(name)} on ${runtime()}`
const nodeVersion = () => process.versions.node

/** @type {Contestant[]} */
const peers = [
  {
    id: 'limit',
    name: 'the limit, in C',
    isLimit: true,
    isFixed: true,
    works: ALL,
    version: () => output('cc', '--version').split('\n')[0],
    start: (site, work) =>
      writeAnswer(site, work).then(file => startCommand(compiled('limit'), [file])),
  },
  {
    id: 'nginx',
    name: 'nginx',
    works: [...PAGES, 'hello', 'big', 'slow'],
    version: () => spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr.split('/')[1].trim(),
    async start({ table }) {
      need('nginx', 'nginx libnginx-mod-http-brotli-static')
      const module = '/usr/lib/nginx/modules/ngx_http_brotli_static_module.so'
      if (!existsSync(module)) throw new Error('apt-get install libnginx-mod-http-brotli-static')
      const port = await freePort()
      const config = filled('nginx.conf', table, port, {
        module: `load_module ${module};`,
        user: isRoot() ? 'user root;' : '',
      })
      return startCommand('nginx', ['-p', scratch, '-c', config], { port })
    },
  },
  {
    id: 'h2o',
    name: 'h2o',
    works: [...PAGES, 'hello', 'big', 'slow'],
    version: () => output('h2o', '-v').split('\n')[0].replace('h2o version ', ''),
    async start({ table }) {
      need('h2o', 'h2o')
      const port = await freePort()
      const config = filled('h2o.conf', table, port, { user: isRoot() ? 'user: root' : '' })
      return startCommand('h2o', ['-m', 'worker', '-c', config], { port })
    },
  },
  {
    id: 'fasthttp',
    name: 'fasthttp (Go)',
    works: ALL,
    version: () =>
      `${output('dpkg-query', '-Wf${Version}', 'golang-github-valyala-fasthttp-dev')}, ${goVersion()}`,
    start: ({ table }) => startGo('fasthttp', table),
  },
  {
    id: 'nethttp',
    name: 'net/http (Go)',
    works: ALL,
    version: () => goVersion(),
    start: ({ table }) => startGo('nethttp', table),
  },
  script('uws-bare', 'uWebSockets.js', ALL, uwsCommand, on('uWebSockets.js', nodeVersion), 'uws'),
  fixed('uws-fixed', 'uWebSockets.js, fixed', uwsCommand, on('uWebSockets.js', nodeVersion)),
  fixed('bun-listen', 'Bun.listen, fixed', onBun, bunVersion),
  script('bun-routes', 'Bun.serve, routes', ['hello', 'json', 'big', 'slow'], onBun, bunVersion),
  script('bun-handler', 'Bun.serve, handler', ALL, onBun, bunVersion),
  script(
    'deno-handler',
    'Deno.serve, handler',
    ALL,
    () => [deno, 'run', '-A'],
    () => output(deno, '--version').split('\n')[0].split(' ')[1],
    'deno',
  ),
  script('node', 'node:http', ALL, onNode, nodeVersion),
  script('hono-bun', 'Hono on Bun', ['page', 'hello', 'json'], onBun, on('hono', bunVersion)),
  script('hono-node', 'Hono on Node', ['page', 'hello', 'json'], onNode, on('hono', nodeVersion)),
  script('elysia', 'Elysia on Bun', ['page', 'hello', 'json'], onBun, on('elysia', bunVersion)),
  {
    id: 'nitro',
    name: 'Nitro on Bun',
    works: ['hello', 'json'],
    version: on('nitro', bunVersion),
    start: startNitro,
  },
]

/** @returns {Contestant[]} those of ours and others with these ids; throws on an unknown id */
export function contestantsOf(hosts, others) {
  const find = (list, id) => {
    const found = list.find(one => one.id === id)
    if (!found) throw new Error(`${id} is none of ${list.map(one => one.id).join(', ')}`)
    return found
  }
  const ours = HOSTS.map(host)
  return [
    ...(others === 'all' ? peers : others.filter(Boolean).map(id => find(peers, id))),
    ...hosts.filter(Boolean).map(id => find(ours, id)),
  ]
}

/** All that the first request of a work is answered with, in a file. */
async function writeAnswer({ answer }, work) {
  const { method = 'GET', paths, status = 200 } = work
  const headers = { ...work.headers }
  const fresh = await answer({ method, path: paths[0], headers })
  if ('If-None-Match' in headers) headers['If-None-Match'] = fresh.headers.etag
  const { headers: fields, body } = await answer({ method, path: paths[0], headers })
  const lines = [
    `HTTP/1.1 ${status} ${status === 304 ? 'Not Modified' : 'OK'}`,
    `date: ${new Date().toUTCString()}`,
    ...Object.entries(fields).map(field => field.join(': ')),
  ]
  const file = join(scratch, `answer-${work.name}`)
  writeFileSync(file, Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]))
  return file
}

function startGo(name, table) {
  need('go', 'golang-go golang-github-valyala-fasthttp-dev')
  const built = join(scratch, name)
  if (!existsSync(built)) {
    // Debian's way: its packages of sources are a GOPATH, and nothing is fetched.
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode' }
    const cwd = inBenches(`contestants/${name}`)
    const go = spawnSync('go', ['build', '-o', built, '.'], { cwd, env, encoding: 'utf8' })
    if (go.status !== 0) throw new Error(go.stderr.trim())
  }
  return startCommand(built, [table])
}

async function startNitro() {
  const folder = join(scratch, 'nitro')
  const server = join(folder, '.output/server/index.mjs')
  if (!existsSync(server)) {
    installed('nitro')
    cpSync(inBenches('contestants/nitro'), folder, { recursive: true })
    symlinkSync(inBenches('node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
    execFileSync(inBenches('node_modules/.bin/nitro'), ['build'], { cwd: folder, stdio: 'pipe' })
  }
  const port = await freePort()
  const env = { PORT: String(port), HOST: '127.0.0.1', NITRO_HOST: '127.0.0.1' }
  return startCommand(bun, [server], { port, env })
}

/** Node.js, through the newer C library of tools/uws-glibc.js where that is there. */
function uwsCommand() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = join(cache, 'precast', 'glibc')
  const loader = join(folder, 'loader')
  return existsSync(loader)
    ? [loader, '--library-path', join(folder, 'lib'), process.execPath]
    : [process.execPath]
}

/** Version of a package of benches/ or of the project. */
function installed(name) {
  const file = ['node_modules', '../node_modules']
    .map(folder => inBenches(`${folder}/${name}/package.json`))
    .find(existsSync)
  if (!file) throw new Error(`${name} is not installed: npm ci --ignore-scripts --prefix benches`)
  return JSON.parse(readFileSync(file, 'utf8')).version
}

function need(command, packages) {
  if (spawnSync('which', [command]).status !== 0) throw new Error(`apt-get install ${packages}`)
}

function goVersion() {
  return output('go', 'version').split(' ')[2].replace('go', 'Go ')
}

function output(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

/** A configuration of contestants/ with its places filled. */
function filled(name, table, port, more) {
  const values = { port, scratch, www: join(table, 'www'), ...more }
  const text = readFileSync(inBenches(`contestants/${name}`), 'utf8')
  const file = join(scratch, name)
  writeFileSync(
    file,
    text.replace(/\{(\w+)\}/g, (all, key) => (key in values ? values[key] : all)),
  )
  return file
}

function isRoot() {
  return process.getuid?.() === 0
}

function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
