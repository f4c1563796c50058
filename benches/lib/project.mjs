// Makes the projects that the benches serve, and what contestants that are not Precast need to serve
// the same: a table with all answers, and a folder of files. What they answer is asked of dist/fetch.js,
// the reference.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const PRECAST = fileURLToPath(new URL('../../bin/precast', import.meta.url))

const DIGITS = 6

/** Path of page number `i`. All have one length. */
export const pathOf = i => `/p/${String(i).padStart(DIGITS, '0')}`

/** `n` numbers spread evenly over `count`, the first and last included. */
export function spread(count, n) {
  const size = Math.min(count, n)
  return Array.from({ length: size }, (_, i) =>
    Math.round((i * (count - 1)) / Math.max(1, size - 1)),
  )
}

/** Bytes of /big.bin: 1 MB, the most that Precast holds in memory. */
export const LARGE = 1 << 20

/** Pages of 2 KB in br, a fixed answer, a large one, and one that is dynamic. */
const SITE = count => ({
  'routes/p/[id].ts': `import type { Context } from 'hono'
const ids = Array.from({ length: ${count} }, (_, i) => String(i).padStart(${DIGITS}, '0'))
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
  // Bytes that no coding makes smaller, so that all send the same.
  'public/big.bin': Buffer.from(noise(LARGE)),
})

/** Pages of 200 bytes, so that 100,000 are built in a time that one waits for. */
const MANY = count => ({
  'routes/p/[id].ts': `import type { Context } from 'hono'
const ids = Array.from({ length: ${count} }, (_, i) => String(i).padStart(${DIGITS}, '0'))
export const config = { params: () => ids.map(id => ({ id })) }
export default (c: Context) => c.text(\`page \${c.req.param('id')} ${'.'.repeat(180)}\`)
`,
})

/**
 * Builds a project with `count` pages in `dir`, unless `reuse` and it is there. Resolves to its answers:
 * `answer({ method, path, headers })` is `{ status, headers, body }` as the reference has it.
 */
export async function makeProject(dir, count, { reuse = false, isSmall = false } = {}) {
  const isThere = existsSync(join(dir, 'dist/manifest.json'))
  if (!reuse || !isThere) build(dir, isSmall ? MANY(count) : SITE(count))
  const { default: app } = await import(pathToFileURL(join(dir, 'dist/fetch.js')).href)
  const answer = async ({ method, path, headers }) => {
    const response = await app.fetch(new Request(`http://127.0.0.1${path}`, { method, headers }))
    const body = Buffer.from(await response.arrayBuffer())
    const fields = Object.fromEntries(response.headers)
    if (response.status === 200) fields['content-length'] ??= String(body.length)
    return { status: response.status, headers: fields, body }
  }
  return { dir, count, answer }
}

function build(dir, files) {
  rmSync(dir, { recursive: true, force: true })
  for (const [file, content] of Object.entries(files)) write(join(dir, file), content)
  const built = spawnSync(process.execPath, [PRECAST, 'build', dir], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (built.status !== 0) throw new Error(`the build failed: ${built.stderr}`)
}

/**
 * What those serve that are not Precast: `table.json` and `table.bin` beside it with the fields and
 * bytes of each page, `www/` with files, each beside its br.
 */
export async function writeTable({ dir, count, answer }) {
  const folder = join(dir, 'table')
  const file = join(folder, 'table.json')
  if (existsSync(file)) return folder
  const chunks = []
  let at = 0
  const store = body => {
    chunks.push(body)
    at += body.length
    return [at - body.length, body.length]
  }
  const pages = []
  for (let i = 0; i < count; i++) {
    const path = pathOf(i)
    const page = { path }
    for (const coding of ['identity', 'br']) {
      const headers = { 'accept-encoding': coding }
      const { headers: fields, body } = await answer({ method: 'GET', path, headers })
      page[coding] = { headers: named(fields), span: store(body) }
      write(join(folder, 'www', coding === 'br' ? `${path}.br` : path), body)
    }
    pages.push(page)
  }
  const big = readFileSync(join(dir, 'public/big.bin'))
  write(join(folder, 'www', 'hello'), 'Hello, World!')
  write(join(folder, 'www', 'big.bin'), big)
  writeFileSync(join(folder, 'table.bin'), Buffer.concat(chunks))
  writeFileSync(file, JSON.stringify({ pages }))
  return folder
}

/** As fields are written by hand; the length and date are the server's. */
function named(fields) {
  const names = { etag: 'ETag' }
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !/^(?:date|content-length)$/.test(name))
      .map(([name, value]) => [
        names[name] ?? name.replace(/\b[a-z]/g, letter => letter.toUpperCase()),
        value,
      ]),
  )
}

function write(file, content) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

function noise(length) {
  const bytes = new Uint8Array(length)
  let seed = 1
  for (let i = 0; i < length; i++) {
    seed = (seed * 48271) % 2147483647
    bytes[i] = seed >> 8
  }
  return bytes
}
