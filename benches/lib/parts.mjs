// The inner parts of the runtime as small runs, each with what it has to give: bundled from the sources
// as the build bundles them, so that what is measured is what is served.

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'
import { requestText, scratch } from './load.mjs'
import { makeProject, pathOf } from './project.mjs'
import { BROWSER } from './works.mjs'

const runtime = fileURLToPath(new URL('../../runtime', import.meta.url))

const FILES = [
  'app',
  'head',
  'load',
  'negotiate',
  'path',
  'static',
  'table',
  'http1/head',
  'http1/limits',
  'http1/reference',
  'http1/heads',
  'http1/recent',
  'http1/response',
  'http1/scan',
]

/** Each source as one name, `app` to `http1_scan`. */
async function sources() {
  const file = join(scratch, 'parts.mjs')
  buildSync({
    stdin: {
      contents: FILES.map(name => `export * as ${name.replace('/', '_')} from './${name}.ts'`).join(
        '\n',
      ),
      resolveDir: runtime,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    outfile: file,
  })
  return await import(pathToFileURL(file).href)
}

/**
 * @param sizes numbers of routes
 * @returns {Promise<{ group: string, name: string, run: () => unknown, isRight: (value: unknown) => boolean }[]>}
 */
export async function partsOf(sizes) {
  const from = await sources()
  const limits = from.http1_limits.LIMITS
  const text = requestText('127.0.0.1:3000', { method: 'GET', path: pathOf(7), headers: BROWSER })
  const bytes = new TextEncoder().encode(text)
  const heads = new from.http1_heads.Heads(new from.http1_recent.Recent())
  heads.read(bytes, 0, bytes.length, limits)
  const parts = []
  const part = (group, name, run, isRight) => parts.push({ group, name, run, isRight })

  part(
    'parser: the head of a browser',
    'scan and parse',
    () => {
      const scanned = from.http1_scan.scanHead(bytes, 0, bytes.length, limits)
      return from.http1_head.parseHead(scanned.text, limits)
    },
    head => head.target === pathOf(7),
  )
  part(
    'parser: the head of a browser',
    'one that repeats the last',
    () => heads.match(bytes, 0, bytes.length),
    end => end === bytes.length,
  )
  part(
    'parser: the head of a browser',
    'the plain reader that it is tested against',
    () => from.http1_reference.read(text, limits),
    reading => typeof reading === 'object',
  )

  part(
    'path to canonical path',
    'as it stands',
    () => from.path.canonicalPath('/p/000007'),
    path => path === '/p/000007',
  )
  part(
    'path to canonical path',
    'with dots and escapes',
    () => from.path.canonicalPath('/a/../p/%300000%37?q=1'),
    path => path === '/p/000007',
  )

  await addTables(part, from, sizes)
  addNegotiation(part, from)
  addHeads(part, from)
  return parts
}

async function addTables(part, from, sizes) {
  for (const size of sizes) {
    const routes = Array.from({ length: size }, (_, i) => ({
      segments: [literal('p'), literal(pathOf(i).slice(3))],
    }))
    routes.push({ segments: [literal('users'), { kind: 'param', name: 'id' }] })
    const table = from.table.createTable(routes, [])
    const last = pathOf(size - 1)
    const group = `table: ${size.toLocaleString('en')} routes`
    part(
      group,
      'a literal path',
      () => table.match(last),
      match => match.route === size - 1,
    )
    part(
      group,
      'a parameter',
      () => table.match('/users/17'),
      match => match.route === size && match.values[0] === '17',
    )
    part(
      group,
      'no route',
      () => table.match('/none/17'),
      match => match === null,
    )

    const dir = join(tmpdir(), `precast-bench-routes-${size}`)
    await makeProject(dir, size, { reuse: true, isSmall: true })
    const loaded = await from.load.load(pathToFileURL(`${dir}/dist/`))
    const app = from.app.createApp(loaded, { modules: [] })
    const { fields } = from.http1_head.parseHead(
      requestText('localhost', { method: 'GET', path: last, headers: BROWSER }),
      from.http1_limits.LIMITS,
    )
    part(
      group,
      'a stored answer, read for the first time',
      () => loaded.statics.get(last),
      stored => stored.status === 200,
    )
    part(
      group,
      'from target and fields to the answer',
      () => app.static('GET', last, fields),
      reply => reply.status === 200,
    )
  }
}

function addNegotiation(part, from) {
  const { qualities, choose, evaluate } = from.negotiate
  const variants = ['identity', 'br', 'gzip', 'zstd'].map((encoding, i) => ({
    encoding,
    etag: `"${encoding}"`,
    length: 3000 - i * 100,
  }))
  const group = 'negotiation'
  const accepted = qualities(BROWSER['Accept-Encoding'])
  part(
    group,
    'Accept-Encoding, seen before',
    () => qualities('gzip, deflate, br'),
    list => list[1] === 1,
  )
  let turn = 0
  part(
    group,
    'Accept-Encoding, new',
    // More values than are remembered.
    () => qualities(`gzip;q=0.${turn++ % 1000}, br, x${turn % 1000}`),
    list => list[1] === 1,
  )
  part(
    group,
    'a variant of four',
    () => choose(accepted, variants),
    index => index === 2,
  )
  const conditions = {
    ifMatch: null,
    ifUnmodifiedSince: null,
    ifNoneMatch: '"a", "b", "br"',
    ifModifiedSince: null,
  }
  part(
    group,
    'If-None-Match with three tags',
    () => evaluate(conditions, '"br"', 1_700_000_000),
    status => status === 304,
  )
}

function addHeads(part, from) {
  const group = 'heads'
  const stored = {
    status: 200,
    headers: [['content-type', 'text/html; charset=UTF-8']],
    encoding: 'br',
    varies: ['Accept-Encoding'],
    etag: '"UxH0H_fsNwhjvLVI-br"',
    lastModified: 1_700_000_000,
    length: 2003,
  }
  part(
    group,
    'of a stored answer, at build',
    () => from.head.writeHead(200, from.head.staticFields(stored)),
    head => head.length > 200,
  )
  const date = new Date(0).toUTCString()
  const response = new Response('{}', { headers: { 'content-type': 'application/json' } })
  part(
    group,
    'of a Response',
    () => from.http1_response.responseHead(response, date),
    ({ text }) => text.startsWith('HTTP/1.1 200 OK\r\n'),
  )
}

function literal(value) {
  return { kind: 'literal', value }
}
