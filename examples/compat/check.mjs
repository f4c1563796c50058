// Asks each host for every URL of the built example and compares status, headers and body with what
// dist/fetch.js answers. Exits 1 and names the first differences.
//   node check.mjs [--hosts bun,deno,node,uws] [--every N]

import { createHash } from 'node:crypto'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { here, precast, run, start, stop } from './lib.mjs'

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: 'bun,deno,node,uws' },
    every: { type: 'string', default: '1' },
    starts: { type: 'string', default: '3' },
  },
})

const ACCEPT = [undefined, 'br', 'gzip', 'zstd', 'gzip;q=0.5, br, zstd;q=0.1']
/** What hosts may differ in: time, and how a connection is kept and a body framed. */
const OWN = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])
const CONNECTIONS = 8

const rows = JSON.parse(readFileSync(join(here, 'dist/explain.json'), 'utf8'))
const enumerated = rows
  .filter(row => row.method === 'GET' && !row.role && !/[:*]/.test(row.path))
  .map(row => row.path)
const features = enumerated.filter(path => path.startsWith('/features/'))
const urls = [
  ...enumerated.filter((_, i) => i % Number(values.every) === 0),
  // Those that code answers: searches, deep features as JSON, and what does not exist.
  '/search',
  '/search?q=grid',
  '/search?q=%3Cscript%3E',
  '/api/search?q=fetch%20abort',
  ...features.filter((_, i) => i % 997 === 0).map(path => `/api${path}`),
  '/features/css/no-such-thing',
  '/browsers/mosaic',
  '/no/such/page',
  '/features/css/',
]

const { default: reference } = await import(pathToFileURL(join(here, 'dist/fetch.js')).href)
const expected = []
for (const [i, url] of urls.entries()) expected.push(await askReference(url, i))
console.log(`${urls.length} URLs, ${new Set(expected.map(e => e.digest)).size} different answers`)

const empty = mkdtempSync(join(tmpdir(), 'precast-empty-'))
mkdirSync(join(empty, 'routes'))
writeFileSync(join(empty, 'routes/index.ts'), "export default 'empty'\n")
await run(precast, ['build', empty], { stdio: ['ignore', 'ignore', 'inherit'] })

let failed = false
for (const host of values.hosts.split(',')) {
  try {
    await check(host)
  } catch (error) {
    failed = true
    console.log(`${host.padEnd(5)} ${error.message}`)
  }
}
rmSync(empty, { recursive: true })
process.exit(failed ? 1 : 0)

async function check(host) {
  const times = { full: [], empty: [] }
  for (let i = 0; i < Number(values.starts); i++)
    for (const [name, project] of [
      ['empty', empty],
      ['full', here],
    ]) {
      const server = await start(project, ['--port', '0', '--host', host])
      times[name].push(server.ms)
      await stop(server)
    }

  const server = await start(here, ['--port', '0', '--host', host])
  if (server.notes.includes('cannot run')) {
    await stop(server)
    throw new Error(server.notes)
  }
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const differences = []
  let next = 0
  const client = async () => {
    for (let i = next++; i < urls.length; i = next++) {
      const got = await ask(server.url, agent, urls[i], i, expected[i].hasLength)
      if (got.digest !== expected[i].digest) differences.push({ i, got })
    }
  }
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, client))
  } finally {
    agent.destroy()
    await stop(server)
  }
  console.log(
    `${host.padEnd(5)} starts in ${median(times.full)} ms, an empty project in ${median(times.empty)} ms; ` +
      `${urls.length - differences.length} same, ${differences.length} different`,
  )
  for (const { i, got } of differences.slice(0, 3)) {
    failed = true
    console.log(`  ${urls[i]}  Accept-Encoding: ${ACCEPT[i % ACCEPT.length] ?? '(none)'}`)
    console.log(`    expected ${expected[i].text}\n    got      ${got.text}`)
  }
}

async function askReference(url, i) {
  const accept = ACCEPT[i % ACCEPT.length]
  const response = await reference.fetch(
    new Request(`http://localhost${url}`, { headers: accept ? { 'accept-encoding': accept } : {} }),
  )
  const body = Buffer.from(await response.arrayBuffer())
  const hasLength = response.headers.has('content-length')
  return { ...answer(response.status, [...response.headers], body, hasLength), hasLength }
}

function ask(base, agent, url, i, wantsLength) {
  const { hostname, port } = new URL(base)
  const accept = ACCEPT[i % ACCEPT.length]
  return new Promise((resolve, reject) => {
    const headers = { host: 'localhost', ...(accept ? { 'accept-encoding': accept } : {}) }
    request({ agent, hostname, port, path: url, headers }, response => {
      const chunks = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const fields = Object.entries(response.headers)
        resolve(answer(response.statusCode, fields, Buffer.concat(chunks), wantsLength))
      })
    })
      .on('error', reject)
      .end()
  })
}

/** A length that the platform adds is framing; one that the reference has is part of the answer. */
function answer(status, headers, body, wantsLength) {
  const fields = headers
    .filter(([name]) => !OWN.has(name) && (wantsLength || name !== 'content-length'))
    .map(([name, value]) => `${name}: ${value}`)
    .sort()
  const hash = createHash('sha256').update(body).digest('hex')
  const text = `${status} ${fields.join(' | ')} [${body.length} bytes ${hash.slice(0, 12)}]`
  return { text, digest: createHash('sha256').update(`${text}${hash}`).digest('hex') }
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1].toFixed(0)
}
