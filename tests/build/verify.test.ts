// `precast verify`: what is stored and right passes, what is stored and wrong is named with where it
// differs, from the handlers as from a server.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import test, { after, describe } from 'node:test'
import { gzipSync } from 'node:zlib'
import { differenceAmongVariants, differenceFromAnswer } from '../../compiler/compare.ts'
import { rerun } from '../../compiler/evaluate.ts'
import { requestToVerify, surroundingsToVerify } from '../../compiler/evaluate/variation.ts'
import type { Static } from '../../runtime/artifact.ts'
import { staticFields, writeHead } from '../../runtime/head.ts'
import { jobFor, site, workerFile } from '../evaluate/site.ts'
import { build, precast, project, type Ran, root, temporary } from '../lib/project.ts'
import { type Server, serve } from '../lib/servers.ts'

/** What `verify` says of the project in `folder` where `answer` serves in its place. */
async function verifyAgainst(folder: string, answer: RequestListener): Promise<Ran> {
  const server = createServer(answer)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ran = await precast(['verify', folder, '--url', url])
  server.closeAllConnections()
  server.close()
  return ran
}

const TEXT = 'the same for everybody, '.repeat(20)
const SITE = {
  'routes/_middleware.ts':
    "export default async (c, next) => {\n  await next()\n  c.header('x-from', 'middleware')\n}\n",
  'routes/index.ts': `export default c => c.html('<p>${TEXT}</p>')\n`,
  'routes/gone.ts': "export default c => c.redirect('/', 301)\n",
  'routes/now.ts': 'export default () => String(Date.now())\n',
  'routes/built.ts':
    'export const config = { prerender: true }\nexport default () => String(Date.now())\n',
  'routes/minute.ts':
    'export const config = { revalidate: 60 }\nexport default () => String(Date.now())\n',
  'routes/blog/[slug].ts':
    "export const config = { params: [{ slug: 'a' }, { slug: 'zwei wörter' }] }\nexport default c => c.text(c.req.param('slug').trim())\n",
  'routes/_404.ts': "export default c => c.text('nothing here')\n",
  'public/site.css': 'body { color: black }\n'.repeat(10),
  'public/guide/index.html': '<h1>guide</h1>',
}

const TEMPLATES = {
  'routes/hi/[name].tsx': "export default c => c.html(<p>Hi {c.req.param('name')}</p>)\n",
  'routes/find.ts': "export default c => c.json({ q: c.req.query('q'), all: 1 })\n",
}

function verify(folder: string, ...args: string[]): Promise<Ran> {
  return precast(['verify', folder, '--runs', '6', ...args])
}

describe('verify', () => {
  test('passes what is stored and right, in one line', async () => {
    const folder = project(SITE)
    await build(folder)
    const { code, stdout, stderr } = await verify(folder)
    assert.equal(code, 0, stdout + stderr)
    assert.equal(stderr, '')
    // index, gone, two posts and the _404 (of two folders) six times each, what is kept twice.
    assert.match(stdout, /^8 responses verified in 34 runs, 3 public files compared: no difference/)
    assert.match(stdout, /2 kept by prerender or revalidate would answer something newer/)
    assert.equal(stdout.trim().split('\n').length, 1)
  })

  test('finds no difference in the sample site', async () => {
    const folder = temporary()
    for (const part of ['routes', 'public', 'package.json', 'tsconfig.json'])
      cpSync(join(root, part), join(folder, part), { recursive: true })
    await build(folder)
    const { code, stdout, stderr } = await verify(folder)
    assert.equal(code, 0, stdout + stderr)
    const [, verified] = /^(\d+) responses verified .*: no difference/.exec(stdout)!
    assert.ok(Number(verified) >= 15, stdout)
  })

  test('names what differs: status, header, body with the byte and an excerpt', async () => {
    const folder = project(SITE)
    await build(folder)
    project(
      {
        'routes/index.ts': `export default c => c.html('<p>${TEXT.replace('for', 'FOR')}</p>')\n`,
        'routes/gone.ts': "export default c => c.redirect('/', 302)\n",
        'routes/_404.ts':
          "export default c => {\n  c.header('x-mood', 'blue')\n  return c.text('nothing here')\n}\n",
        'public/guide/index.html': '<h1>Guide</h1>',
      },
      folder,
    )
    const { code, stdout, stderr } = await verify(folder)
    assert.equal(code, 1)
    assert.match(stdout, /GET \/gone\n {2}status: stored 301, answered 302/)
    assert.match(stdout, /_404 below \/\n {2}header x-mood: stored none, answered "blue"/)
    assert.match(stdout, /GET \/\n {2}body from byte 12 \(487 bytes\): stored "<p>the same for/)
    assert.match(stdout, /GET \/guide\/\n {2}body from byte 4/)
    assert.doesNotMatch(stdout, /GET \/blog/)
    assert.match(stderr, /dist\/ is older than .*\(stale-dist\)/)
    assert.match(stderr, /6 responses of dist\/ differ/)
  })

  test('names what the sources no longer prove, with the reason, and warns of what is new', async () => {
    const folder = project(SITE)
    await build(folder)
    rmSync(join(folder, 'routes/gone.ts'))
    project(
      {
        'routes/index.ts': "export default c => c.text(c.req.header('accept') ?? '')\n",
        'routes/later.ts': "export default c => c.text('new')\n",
      },
      folder,
    )
    const { code, stdout, stderr } = await verify(folder)
    assert.equal(code, 1)
    assert.match(
      stdout,
      /GET \/\n {2}is stored, but is template now: .*\n {2}at routes\/index\.ts:1:/,
    )
    assert.match(stdout, /GET \/gone\n {2}is stored, but the sources have no such static route/)
    assert.match(stderr, /dist\/ lacks 1 response that would be static now: \/later/)
  })

  test('runs the handlers of templates with many requests', async () => {
    const folder = project(TEMPLATES)
    await build(folder)
    const { code, stdout, stderr } = await verify(folder)
    assert.equal(code, 0, stdout + stderr)
    assert.match(
      stdout,
      /^2 responses verified in \d\d runs, 0 public files compared: no difference/,
    )
    assert.equal((await verify(folder, '--runs', '60')).stdout.match(/in (\d+) runs/)?.[1], '120')
    project(
      { 'routes/hi/[name].tsx': TEMPLATES['routes/hi/[name].tsx'].replace('Hi', 'Ho') },
      folder,
    )
    const other = await verify(folder)
    assert.equal(other.code, 1)
    assert.match(other.stdout, /GET \/hi\/:name\n {2}body from byte 4 .*\n {2}asked \/hi\/plain\n/)
    project(
      { 'routes/hi/[name].tsx': "export default c => c.text(c.req.param('name').trim())" },
      folder,
    )
    assert.match(
      (await verify(folder)).stdout,
      /GET \/hi\/:name\n {2}is stored, but is no template now: reads a path parameter.*\n {2}at routes\/hi\/\[name\]\.tsx:1:\d+/,
    )
    rmSync(join(folder, 'routes/hi/[name].tsx'))
    assert.match((await verify(folder)).stdout, /GET \/hi\/:name\n {2}is stored, but the sources/)
  })

  test('only warns where a source is newer and says the same', async () => {
    const folder = project(SITE)
    await build(folder)
    const later = new Date(Date.now() + 60_000)
    utimesSync(join(folder, 'routes/index.ts'), later, later)
    const { code, stderr } = await verify(folder)
    assert.equal(code, 0)
    assert.match(stderr, /warning: dist\/ is older than routes\/index\.ts/)
  })

  test('exits 1 where there is nothing to verify, 2 where it is not understood', async () => {
    const folder = project({ 'routes/index.ts': "export default 'x'\n" })
    const none = await verify(folder)
    assert.equal(none.code, 1)
    assert.match(none.stderr, /holds no build/)
    for (const args of [
      ['--runs', '0'],
      ['--url', 'localhost'],
      ['--url', 'ftp://localhost'],
    ])
      assert.equal((await precast(['verify', folder, ...args])).code, 2, args.join(' '))
    await build(folder)
    writeFileSync(join(folder, 'dist/static.bin'), 'damaged')
    assert.match((await verify(folder)).stderr, /is damaged/)
  })
})

describe('verify --url', () => {
  const servers: Server[] = []
  after(() => Promise.all(servers.map(server => server.stop())))

  test('passes a server that serves what is stored', async () => {
    const folder = project(SITE)
    await build(folder)
    const server = await serve(folder, 'node')
    assert.ok(typeof server !== 'string')
    servers.push(server)
    const url = `http://127.0.0.1:${server.port}`
    const { code, stdout, stderr } = await precast(['verify', folder, '--url', url])
    assert.equal(code, 0, stdout + stderr)
    // All but the one that is made anew.
    assert.match(stdout, /^11 responses of .* verified in 220 requests: no difference; 1 that may/)
  })

  test('asks for templates in many ways', async () => {
    const folder = project(TEMPLATES)
    await build(folder)
    const good = await serve(folder, 'node')
    assert.ok(typeof good !== 'string')
    servers.push(good)
    const url = `http://127.0.0.1:${good.port}`
    const { code, stdout, stderr } = await precast(['verify', folder, '--url', url])
    assert.equal(code, 0, stdout + stderr)
    assert.match(stdout, /^2 responses of .* verified in 40 requests: no difference \(/)
    project(
      { 'routes/find.ts': "export default c => c.json({ q: c.req.query('q'), all: 2 })\n" },
      folder,
    )
    await build(folder)
    const other = await precast(['verify', folder, '--url', url])
    assert.equal(other.code, 1)
    assert.match(
      other.stdout,
      /GET \/find\n {2}body from byte 19 .*\n {2}asked GET \/find\?q=plain with/,
    )
  })

  test('names what a server sends that is not stored', async () => {
    const folder = project({ 'routes/index.ts': `export default c => c.text('${TEXT}')\n` })
    await build(folder)
    const good = await serve(folder, 'node')
    assert.ok(typeof good !== 'string')
    servers.push(good)
    const bad: [RegExp, (reply: ServerResponse) => void][] = [
      [/status: stored 200, answered 500/, reply => reply.writeHead(500).end('no')],
      [/header set-cookie/, reply => reply.setHeader('set-cookie', 'a=1').end(TEXT)],
      [/header (content-type|etag)/, reply => reply.end(TEXT)],
      [
        /content-encoding gzip, which was not accepted/,
        reply => reply.setHeader('content-encoding', 'gzip').end(gzipSync(TEXT)),
      ],
    ]
    for (const [expected, answer] of bad) {
      const { code, stdout } = await verifyAgainst(folder, (_, reply) => answer(reply))
      assert.equal(code, 1)
      assert.match(stdout, expected)
      assert.match(stdout, /asked GET \//)
    }
  })

  test('compares large files without holding them', async () => {
    const bytes = Buffer.alloc(3 << 20, 'movie')
    const folder = project({ 'routes/index.ts': "export default 'x'\n" })
    mkdirSync(join(folder, 'public'), { recursive: true })
    writeFileSync(join(folder, 'public', 'movie.bin'), bytes)
    await build(folder)
    const good = await serve(folder, 'node')
    assert.ok(typeof good !== 'string')
    servers.push(good)
    const origin = `http://127.0.0.1:${good.port}`
    const passes = await precast(['verify', folder, '--url', origin])
    assert.equal(passes.code, 0, passes.stdout + passes.stderr)
    const changed = Buffer.from(bytes)
    changed[2 << 20] = 0
    const { code, stdout } = await verifyAgainst(folder, async (asked, reply) => {
      const { method } = asked
      const answer = await fetch(origin + asked.url, { method, headers: { connection: 'close' } })
      for (const [name, value] of answer.headers) reply.setHeader(name, value)
      reply.end(asked.url === '/movie.bin' ? changed : Buffer.from(await answer.arrayBuffer()))
    })
    assert.equal(code, 1)
    assert.match(
      stdout,
      /GET \/movie\.bin\n {2}body of 3145728 bytes: stored is SHA-256 [0-9a-f]{32}/,
    )
  })

  test('says where nobody answers', async () => {
    const folder = project({ 'routes/index.ts': "export default 'x'\n" })
    await build(folder)
    const { code, stderr } = await precast(['verify', folder, '--url', 'http://127.0.0.1:1'])
    assert.equal(code, 1)
    assert.match(stderr, /http:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/)
  })
})

describe('comparing', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  const stored = (body: string, others: [string, Uint8Array][] = []): Static => ({
    status: 200,
    lastModified: 1,
    allow: 0,
    flags: 0,
    revalidate: 0,
    route: -1,
    variants: [['identity', bytes(body)] as [string, Uint8Array], ...others].map(
      ([encoding, content]) => {
        const fields = staticFields({
          status: 200,
          headers: [['content-type', 'text/plain']],
          encoding: encoding as 'identity',
          varies: others.length > 0 ? ['Accept-Encoding'] : [],
          etag: '"x"',
          lastModified: 1,
          length: content.length,
        })
        const head = writeHead(200, fields)
        return {
          encoding: encoding as 'identity',
          etag: '"x"',
          head,
          body: content,
          length: content.length,
          file: -1,
        }
      },
    ),
  })
  const answer = (body: string) => ({
    status: 200,
    headers: [['content-type', 'text/plain']] as [string, string][],
    body: bytes(body),
  })

  test('finds the first byte, also where one is the start of the other', async () => {
    assert.equal(await differenceFromAnswer(stored('abc'), answer('abc')), null)
    assert.match(
      (await differenceFromAnswer(stored('abc'), answer('abd')))!,
      /from byte 2 \(3 bytes/,
    )
    assert.match(
      (await differenceFromAnswer(stored('abc'), answer('ab')))!,
      /from byte 2 \(stored 3 bytes, answered 2\)/,
    )
  })

  test('decodes what else is stored', async () => {
    const gzip = (text: string): [string, Uint8Array][] => [['gzip', gzipSync(text)]]
    assert.equal(await differenceAmongVariants(stored('abc', gzip('abc'))), null)
    assert.match(
      (await differenceAmongVariants(stored('abc', gzip('abx'))))!,
      /^gzip: decoded body from byte 2/,
    )
    assert.match(
      (await differenceAmongVariants(stored('abc', [['br', bytes('no brotli')]])))!,
      /^br: cannot be decoded/,
    )
    const short = stored('abc')
    Object.assign(short.variants[0]!, { body: bytes('ab') })
    assert.match((await differenceAmongVariants(short))!, /Content-Length 3, but 2 bytes/)
  })
})

test('no two of the surroundings, and no two of twenty requests, are alike', () => {
  const all = Array.from({ length: 5 }, (_, number) => surroundingsToVerify(number))
  for (const key of ['clock', 'seed'] as const)
    assert.equal(new Set(all.map(one => one.surroundings[key])).size, 5, key)
  assert.equal(new Set(all.map(one => one.env.TZ)).size, 5)
  assert.equal(new Set(all.map(one => one.env.LANG)).size, 5)
  assert.ok(all.some(one => one.surroundings.kind === 'real'))
  const requests = Array.from({ length: 20 }, (_, number) => requestToVerify(number))
  assert.equal(new Set(requests.map(one => JSON.stringify(one))).size, 20)
})

/** What a handler answers when it is run again, without anybody having proved anything of it. */
async function answers(source: string, quiet = true): Promise<string[]> {
  const file = 'routes/a.tsx'
  const made = await site({ [file]: source })
  const found: string[] = []
  try {
    const options = { root: made.root, runs: 10, maxBody: 1 << 20, worker: await workerFile() }
    const facts = new Map([[file, { quiet }]])
    const jobs = [jobFor(made.bundle, file)]
    await rerun(made.bundle, jobs, facts, options, (_, answer) => {
      found.push('message' in answer ? answer.message : Buffer.from(answer.body).toString())
      return true
    })
  } finally {
    made.remove()
  }
  return found
}

describe('running again', () => {
  test('calls as often as asked, and a fixed answer stays', async () => {
    assert.deepEqual(await answers("export default c => c.text('x')"), Array(10).fill('x'))
  })

  test('shows what no note is taken of: state that calls share', async () => {
    const found = await answers('let n = 0\nexport default c => c.text(String(n++))')
    assert.equal(found.length, 10)
    // Five processes, two calls each.
    assert.deepEqual([...new Set(found)], ['0', '1'])
  })

  test('shows what surrounds: the environment, the time zone, the clock', async () => {
    for (const read of ['process.env.TZ', 'new Date(0).getHours()', 'Date.now()']) {
      const found = await answers(`export default c => c.text(String(${read}))`)
      assert.ok(new Set(found).size > 1, `${read}: ${found.join(' ')}`)
    }
  })

  test('shows what is read of the request', async () => {
    const found = await answers("export default c => c.text(c.req.header('cookie') ?? 'none')")
    for (const one of found) assert.match(one, /reads the request header "cookie"/)
  })

  test('shows what is taken while the module loads', async () => {
    const source = 'const at = Math.random()\nexport default c => c.text(String(at))'
    assert.ok(new Set(await answers(source, false)).size > 1)
  })
})
