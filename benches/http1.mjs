// What a request costs the server, beside the least that it can cost and beside what one would write
// by hand. Each contestant is a process of its own on core 0, the client is on core 1; every round
// asks each contestant once, and answers are verified before.
//   node benches/http1.mjs [--brief] [--works page,304,head,hello,json] [--hosts bun,deno,node,uws,…]
//     [--seconds N] [--rounds N] [--routes N] [--reuse]
// CPU is utime + stime of /proc/PID/stat over the answers, in microseconds; medians.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { client, load } from './lib/load.mjs'
import { pathOf, PRECAST, spread } from './lib/project.mjs'
import { pinned, startCommand, startServer } from './lib/server.mjs'

const { values } = parseArgs({
  options: {
    brief: { type: 'boolean', default: false },
    works: { type: 'string', default: 'page,304,head,hello,json' },
    hosts: { type: 'string', default: 'bun,deno,node,uws,bun-serve,deno-serve,node-http' },
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    routes: { type: 'string', default: '10000' },
    reuse: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds ?? (values.brief ? 1 : 3))
const rounds = Number(values.rounds ?? (values.brief ? 3 : 7))
const count = Number(values.routes)
const paths = spread(count, 10).map(pathOf)

/** As a browser sends it. */
const BROWSER = {
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding': 'gzip, deflate, br',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'none',
  'Sec-Fetch-User': '?1',
  'Upgrade-Insecure-Requests': '1',
  Cookie: 'session=0123456789abcdef0123456789abcdef; theme=dark',
}

const scratch = mkdtempSync(join(tmpdir(), 'precast-http1-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

const project = makeProject()
const etag = await etagOf()
const works = {
  page: { paths, headers: BROWSER },
  // One page, since an ETag is one page's.
  304: { paths: [paths[0]], headers: { ...BROWSER, 'If-None-Match': etag } },
  head: { paths, headers: BROWSER, method: 'HEAD' },
  hello: { paths: ['/hello'], headers: {}, depth: 24 },
  json: { paths: ['/users/17'], headers: { Accept: '*/*' } },
}

console.log(
  `${rounds} rounds of ${seconds} s, ${count} routes, ${client}, ${cpus()[0].model.trim()}, ` +
    (pinned ? 'server on core 0, client on core 1' : 'not pinned'),
)
for (const name of values.works.split(',')) await compare(name, works[name])
process.exit()

async function compare(name, work) {
  const contestants = []
  const enter = async (label, start) => {
    try {
      const server = await start()
      contestants.push({ label, server, costs: [], rates: [] })
      await verify(label, server.url, name, work)
    } catch (error) {
      console.log(`${label} cannot be measured: ${String(error.message).split('\n')[0]}`)
    }
  }
  for (const host of values.hosts.split(',')) await enter(host, () => startServer(project, host))
  await enter('the limit, in C', () => startLimit(contestants[0].server.url, work))
  if (name !== 'hello') {
    const page = await writePage(contestants[0].server.url)
    await enter('Bun.serve by hand', () => startCommand(program('bun'), [script('bun'), page]))
    await enter('Deno.serve by hand', () =>
      startCommand(program('deno'), ['run', '-A', script('deno'), page]),
    )
  }
  if (name === 'json')
    await enter('Hono on Bun.serve', () => startCommand(program('bun'), [script('hono')]))

  for (const { server } of contestants) await load(server.url, work.paths, 1, work)
  for (let round = 0; round < rounds; round++)
    for (const { server, costs, rates } of contestants) {
      const before = server.cpu()
      const answers = await load(server.url, work.paths, seconds, work)
      costs.push((server.cpu() - before) / answers)
      rates.push(answers / seconds)
    }
  for (const { server } of contestants) await server.stop().catch(() => {})

  const limit = contestants.find(({ label }) => label.startsWith('the limit'))
  console.log(`\n${name.padEnd(20)} CPU us/request   of the limit   requests/s`)
  for (const { label, costs, rates } of contestants)
    console.log(
      [
        label.padEnd(20),
        median(costs).toFixed(2).padStart(14),
        (median(costs) / median(limit.costs)).toFixed(2).padStart(14),
        median(rates).toFixed(0).padStart(12),
      ].join(' '),
    )
}

/** Status, and where there is a body, that it is the right one. */
async function verify(label, url, name, work) {
  for (const path of work.paths) {
    const answer = await fetch(url + path, { method: work.method, headers: work.headers })
    const body = await answer.text()
    const wanted = name === '304' ? 304 : 200
    // The limit does not read what is asked of it, and those by hand have one page for all paths.
    const isOurs = values.hosts.split(',').includes(label)
    const own = isOurs ? `<!doctype html><h1>Page ${path.slice(3)}</h1>` : '<!doctype html>'
    const isRight = {
      page: body.startsWith(own),
      304: body === '',
      head: body === '',
      hello: body === 'Hello, World!',
      json: body === '{"id":"17","name":"Ada Lovelace"}',
    }[name]
    if (answer.status !== wanted || !isRight)
      throw new Error(`${path} answers ${answer.status} ${body.slice(0, 60)}`)
  }
}

/** 10,000 pages of 2 KB in br, a fixed answer, and one that is dynamic. */
function makeProject() {
  const dir = join(tmpdir(), `precast-bench-http1-${count}`)
  if (values.reuse && existsSync(join(dir, 'dist/manifest.json'))) return dir
  rmSync(dir, { recursive: true, force: true })
  const files = {
    'routes/p/[id].ts': `import type { Context } from 'hono'
const ids = Array.from({ length: ${count} }, (_, i) => String(i).padStart(6, '0'))
export const config = { params: () => ids.map(id => ({ id })), prerender: true }
let seed = 1
const noise = Array.from({ length: 2600 }, () => {
  seed = (seed * 48271) % 2147483647
  return 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_'[seed % 64]
}).join('')
export default (c: Context) =>
  c.html('<!doctype html><h1>Page ' + c.req.param('id') + '</h1><p>' + noise)
`,
    'routes/hello.ts': "export default 'Hello, World!'\n",
    'routes/users/[id].ts': `import type { Context } from 'hono'
export const config = { prerender: false }
export const GET = (c: Context) => c.json({ id: c.req.param('id'), name: 'Ada Lovelace' })
`,
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(dir, file, '..'), { recursive: true })
    writeFileSync(join(dir, file), text)
  }
  const build = spawnSync(process.execPath, [PRECAST, 'build', dir], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (build.status !== 0) throw new Error(`the build failed: ${build.stderr}`)
  return dir
}

async function etagOf() {
  const server = await startServer(project, values.hosts.split(',')[0])
  const answer = await fetch(server.url + paths[0], { headers: BROWSER })
  await answer.arrayBuffer()
  await server.stop()
  return answer.headers.get('etag')
}

/** All bytes that a server of ours answers the first request of the work with. */
async function startLimit(url, { paths: [path], headers, method = 'GET' }) {
  const built = join(scratch, 'limit')
  const source = fileURLToPath(new URL('limit.c', import.meta.url))
  const cc = spawnSync('cc', ['-O2', '-o', built, source], { encoding: 'utf8' })
  if (cc.status !== 0) throw new Error(cc.error?.message ?? cc.stderr)
  const { port, host } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  const fields = Object.entries({ Host: host, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  // The second answer says where the first one ends.
  const request = `${method} ${path} HTTP/1.1\r\n${fields.join('')}\r\n`
  socket.write(request + request)
  let bytes = Buffer.alloc(0)
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk])
    const second = bytes.indexOf('HTTP/1.1 ', 1)
    if (second < 0 || bytes.length < second * 2) continue
    writeFileSync(join(scratch, 'answer'), bytes.subarray(0, second))
    break
  }
  return startCommand(built, [join(scratch, 'answer')])
}

/** What the servers written by hand serve: one page of ours, its fields and bytes. */
async function writePage(url) {
  const variants = []
  for (const coding of ['identity', 'br']) {
    const { fields, body } = await ask(url, paths[0], coding)
    const headers = Object.fromEntries(
      fields.filter(([name]) => !/^(?:date|content-length)$/i.test(name)),
    )
    variants.push({ coding, headers, body: body.toString('base64') })
  }
  const file = join(scratch, 'page.json')
  writeFileSync(file, JSON.stringify({ paths: spread(count, count).map(pathOf), variants }))
  return file
}

/** Fields as they stand on the wire, and the bytes behind them. */
async function ask(url, path, coding) {
  const { port, host } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  const fields = `Host: ${host}\r\nAccept-Encoding: ${coding}\r\nConnection: close\r\n`
  socket.write(`GET ${path} HTTP/1.1\r\n${fields}\r\n`)
  const bytes = Buffer.concat(await collect(socket))
  const end = bytes.indexOf('\r\n\r\n')
  const lines = bytes.toString('latin1', 0, end).split('\r\n').slice(1)
  return {
    fields: lines.filter(line => !/^connection:/i.test(line)).map(line => line.split(': ')),
    body: bytes.subarray(end + 4),
  }
}

function program(name) {
  return fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url))
}

function script(name) {
  return fileURLToPath(new URL(`contestants/${name}.mjs`, import.meta.url))
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
}

async function collect(socket) {
  const chunks = []
  for await (const chunk of socket) chunks.push(chunk)
  return chunks
}
