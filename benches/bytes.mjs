// How many bytes go over the wire for all pages of examples/compat? Builds them, serves them with
// Precast and, as files, with nginx and gzip on, asks both for every URL as a browser does, and counts
// what the sockets received, heads and framing included.
//   node benches/bytes.mjs [--limit N] [--reuse] [--best] [--dictionary]
// --limit: a sample of N entries of data. --reuse: takes the build of the last run. --best: builds with
// `compression: 'best'`. --dictionary: builds with `dictionary: true`, and asks as a browser does that
// holds the dictionary of each family (RFC 9842).

import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { Agent, get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { startServer } from './lib/server.mjs'

const { values } = parseArgs({
  options: {
    limit: { type: 'string' },
    reuse: { type: 'boolean', default: false },
    best: { type: 'boolean', default: false },
    dictionary: { type: 'boolean', default: false },
  },
})

const BROWSER = 'gzip, deflate, br, zstd'
const root = fileURLToPath(new URL('..', import.meta.url))
const project = join(
  tmpdir(),
  `precast-bytes-${values.best ? 'best' : 'auto'}${values.dictionary ? '-dictionary' : ''}`,
  'examples',
  'compat',
)

/** By their paths. */
const dictionaries = {}

if (!values.reuse || !existsSync(join(project, 'dist'))) make()
const pages = await readPages()
const work = mkdtempSync(join(tmpdir(), 'precast-bytes-'))
try {
  console.log(`${pages.length} URLs, ${mega(sum(pages.map(page => page.body.length)))} of content`)
  await compare()
  if (values.dictionary) families()
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** A copy of the example, so that the checkout stays as it is. */
function make() {
  rmSync(join(project, '../..'), { recursive: true, force: true })
  cpSync(join(root, 'examples', 'compat'), project, { recursive: true })
  for (const name of ['bin', 'node_modules'])
    symlinkSync(join(root, name), join(project, '../..', name))
  const config = {
    ...(values.best && { compression: 'best' }),
    ...(values.dictionary && { dictionary: true }),
  }
  writeFileSync(join(project, 'precast.config.ts'), `export default ${JSON.stringify(config)}\n`)
  const node = args =>
    execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  node([join(project, 'prepare.mjs'), ...(values.limit ? ['--limit', values.limit] : [])])
  const began = performance.now()
  node([join(root, 'bin', 'precast'), 'build', project])
  console.log(`built in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}

/** All that is static, with its content and type, from the reference. */
async function readPages() {
  const dist = join(project, 'dist')
  const { default: site } = await import(pathToFileURL(join(dist, 'fetch.js')).href)
  const rows = JSON.parse(readFileSync(join(dist, 'explain.json'), 'utf8'))
  const paths = rows
    .filter(row => row.verdict === 'static' && row.method === 'GET' && !row.role)
    .map(row => row.path)
  for (const file of filesBelow(join(project, 'public')))
    paths.push(`/${relative(join(project, 'public'), file)}`)
  const found = []
  for (const path of paths) {
    const response = await site.fetch(new Request(`http://localhost${path}`))
    if (response.status !== 200) continue
    const type = response.headers.get('content-type')
    const link = /^<([^>]+)>; rel="compression-dictionary"$/.exec(response.headers.get('link'))?.[1]
    const held = link && (dictionaries[link] ??= await readDictionary(site, link))
    found.push({ path, type, body: Buffer.from(await response.arrayBuffer()), held })
  }
  return found
}

/** What a browser says that holds it, and what it took to fetch. */
async function readDictionary(site, path) {
  const whole = await site.fetch(new Request(`http://localhost${path}`))
  const headers = { 'accept-encoding': BROWSER }
  const coded = await site.fetch(new Request(`http://localhost${path}`, { headers }))
  const bytes = Buffer.from(await whole.arrayBuffer())
  return {
    available: `:${createHash('sha256').update(bytes).digest('base64')}:`,
    match: whole.headers.get('use-as-dictionary'),
    size: bytes.length,
    sent: (await coded.arrayBuffer()).byteLength,
    pages: 0,
    usual: 0,
    with: 0,
  }
}

async function compare() {
  const port = await freePort()
  const nginx = await startNginx(port)
  const precast = await startServer(project, 'node')
  try {
    const rows = []
    for (const [name, url, accept] of [
      ['nginx, gzip on (level 1)', `http://127.0.0.1:${port}/one`, BROWSER],
      ['nginx, gzip on, level 9', `http://127.0.0.1:${port}/nine`, BROWSER],
      ['Precast, to a client with gzip alone', precast.url, 'gzip'],
      ['Precast, to a browser', precast.url, BROWSER],
      ...(values.dictionary
        ? [['the same with dictionaries', precast.url, `${BROWSER}, dcb, dcz`]]
        : []),
    ])
      rows.push([name, ...(await count(url, accept))])
    const [, base, baseContent] = rows[0]
    console.log('| server | all bytes, MB | to nginx | content, MB | to nginx |')
    console.log('| --- | --- | --- | --- | --- |')
    for (const [name, bytes, content] of rows) {
      const cells = [bytes / 1e6, bytes / base, content / 1e6, content / baseContent]
      console.log(`| ${name} | ${cells.map(cell => cell.toFixed(2)).join(' | ')} |`)
    }
  } finally {
    nginx.kill('SIGTERM')
    await precast.stop()
  }
}

/** Asks for each page once, over 8 connections that are kept; counts all bytes, and those of content. */
async function count(base, accept) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const sockets = new Set()
  const queue = [...pages]
  let content = 0
  const ask = ({ path, held }) =>
    new Promise((resolve, reject) => {
      const headers = { 'accept-encoding': accept }
      const tells = held && accept.includes('dcz')
      if (tells) headers['available-dictionary'] = held.available
      // nginx is asked below a folder of its own.
      const isOurs = new URL(base).pathname === '/'
      const kind = tells ? 'with' : 'usual'
      if (tells) held.pages++
      const request = get(new URL(base + path), { agent, headers }, response => {
        if (response.statusCode !== 200)
          reject(new Error(`${base}${path} answers ${response.statusCode}`))
        response.on('data', chunk => {
          content += chunk.length
          if (held && isOurs && accept !== 'gzip') held[kind] += chunk.length
        })
        response.on('end', resolve)
        response.on('error', reject)
      })
      request.on('socket', socket => sockets.add(socket))
      request.on('error', reject)
    })
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let page = queue.pop(); page; page = queue.pop()) await ask(page)
    }),
  )
  const bytes = sum([...sockets].map(socket => socket.bytesRead))
  agent.destroy()
  return [bytes, content]
}

/** The pages as files, all of the type that nginx compresses by itself. */
async function startNginx(port) {
  for (const { path, body } of pages) {
    const file = join(work, 'www', `${decodeURIComponent(path)}/+page`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, body)
  }
  const serve = (name, level) => `location /${name}/ {
      rewrite ^/${name}(/.*)$ $1 break; root ${work}/www; try_files $uri/+page =404;
      gzip_comp_level ${level};
    }`
  const config = join(work, 'nginx.conf')
  const user = process.getuid() === 0 ? 'user root;' : ''
  writeFileSync(
    config,
    `pid ${work}/pid; error_log ${work}/error.log; daemon off; worker_processes 1; ${user}
events {}
http {
  access_log off; server_tokens off; keepalive_requests 1000000;
  gzip on; gzip_vary on;
  types {} default_type text/html; charset utf-8;
  client_body_temp_path ${work}/a; proxy_temp_path ${work}/b; fastcgi_temp_path ${work}/c;
  uwsgi_temp_path ${work}/d; scgi_temp_path ${work}/e;
  server { listen 127.0.0.1:${port}; ${serve('one', 1)} ${serve('nine', 9)} }
}`,
  )
  const child = spawn('nginx', ['-c', config, '-p', work], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const end = performance.now() + 10_000
  for (;;) {
    const isUp = await new Promise(resolve =>
      get(`http://127.0.0.1:${port}/`, answer => resolve(answer.resume() !== null)).on(
        'error',
        () => resolve(false),
      ),
    )
    if (isUp) return child
    if (performance.now() > end) throw new Error('nginx does not start')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** What each dictionary does for its pages, fetching it left aside. */
function families() {
  console.log(
    '| family | pages | content, KB | with a dictionary, KB | ratio | the dictionary, bytes |',
  )
  console.log('| --- | --- | --- | --- | --- | --- |')
  for (const { match, pages, usual, with: made, size, sent } of Object.values(dictionaries)) {
    const cells = [
      pages,
      (usual / 1e3).toFixed(0),
      (made / 1e3).toFixed(0),
      (made / usual).toFixed(2),
    ]
    console.log(`| ${match} | ${cells.join(' | ')} | ${size}, sent as ${sent} |`)
  }
}

function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}

function mega(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
