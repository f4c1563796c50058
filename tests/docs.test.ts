// The examples of README.md and docs/ are built as projects, and what the text says of them is
// compared with what the compiler says.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const precast = join(root, 'bin/precast')
const work = mkdtempSync(join(tmpdir(), 'precast-docs-'))
after(() => rmSync(work, { recursive: true, force: true }))

interface Row {
  path: string
  method: string
  verdict: string
  role?: string
  reason: { message: string; file: string; line: number; column: number } | null
}

interface Example {
  file: string
  text: string
  verdict: string | undefined
  /** Whether it wants a project of its own: `ts dynamic alone`. */
  alone: boolean
}

/** Code blocks whose first line is a comment with a file name; `ts static` claims a verdict. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [
    ...text.matchAll(
      /```(\w+)(?: (static|template|dynamic)( alone)?)?\n\/\/ (\S+)\n([\s\S]*?)```/g,
    ),
  ].map(([, , verdict, alone, file, body]) => ({
    file: file!,
    text: body!,
    verdict,
    alone: alone !== undefined,
  }))
}

function build(name: string, files: Map<string, string>): { rows: Row[]; dir: string } {
  const dir = join(work, name)
  for (const [file, text] of files) {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    writeFileSync(join(dir, file), text)
  }
  const built = spawnSync(process.execPath, [precast, 'build', dir], { encoding: 'utf8' })
  assert.equal(built.status, 0, built.stderr)
  const json = execFileSync(process.execPath, [precast, 'explain', dir, '--json'], {
    encoding: 'utf8',
  })
  return { rows: JSON.parse(json), dir }
}

const asFiles = (examples: Example[]) => new Map(examples.map(({ file, text }) => [file, text]))

/** `routes/greet/[lang].ts` as `/greet/:lang`; the docs use no groups and no rest parameters here. */
const patternOf = (file: string) =>
  `/${file.replace(/^routes\/|\.\w+$/g, '').replace(/\[(\w+)\]/g, ':$1')}`.replace(/\/index$/, '/')

/** Asks the built project as an edge host would. */
async function answers(dir: string): Promise<(path: string) => Promise<Response>> {
  const { default: app } = await import(pathToFileURL(join(dir, 'dist/fetch.js')).href)
  return async path => app.fetch(new Request(`http://localhost${path}`))
}

describe('docs/verdicts.md', () => {
  const examples = examplesOf('docs/verdicts.md')
  let rows: Row[]
  before(() => {
    rows = build('verdicts', asFiles(examples.filter(({ alone }) => !alone))).rows
    for (const [i, example] of examples.filter(({ alone }) => alone).entries())
      rows.push(...build(`alone-${i}`, asFiles([example])).rows)
  })

  for (const { file, verdict } of examples.filter(example => example.verdict))
    test(`${file} is ${verdict}`, () => {
      const path = patternOf(file)
      const row = rows.find(
        r =>
          (r.path === path && r.method === 'GET') || (r.path === `${path}/*` && r.method === 'ALL'),
      )
      assert.ok(row, `no row for ${path} in ${rows.map(r => r.path).join(' ')}`)
      assert.equal(row.verdict, verdict, row.reason?.message)
      if (verdict === 'dynamic') assert.equal(row.reason?.file, file, row.reason?.message)
    })

  test('parameters that are listed are static', () => {
    for (const path of ['/greet/de', '/greet/en'])
      assert.equal(rows.find(row => row.path === path)?.verdict, 'static')
  })
})

describe('README.md', () => {
  test('the first project builds and answers', async () => {
    const { rows, dir } = build('first', asFiles(examplesOf('README.md')))
    const verdicts = Object.fromEntries(rows.map(row => [`${row.method} ${row.path}`, row.verdict]))
    assert.deepEqual(verdicts, {
      'GET /': 'static',
      'GET /about': 'static',
      'GET /api/greet': 'template',
      'POST /api/greet': 'dynamic',
      'GET /blog/:slug': 'template',
      'GET /blog/first': 'static',
      'GET /blog/second': 'static',
    })
    const get = await answers(dir)
    assert.equal(await (await get('/')).text(), 'Hello from a plain value\n')
    assert.equal(await (await get('/about')).text(), '<h1>About us</h1>')
    assert.deepEqual(await (await get('/api/greet?name=you')).json(), { hello: 'you' })
    assert.equal(await (await get('/blog/first')).text(), 'Post: first')
    assert.equal(await (await get('/blog/other')).text(), 'Post: other')
  })
})

describe('docs/proof.md', () => {
  const text = readFileSync(join(root, 'docs/proof.md'), 'utf8')
  const routes = [...text.matchAll(/\| `([\w-]+)\/([\w-]+)` \|$/gm)]

  test('names a route of the corpus for each thing that the proof does not cover', () => {
    const rows = text.split('<!-- table: dynamic -->')[1]!.split('\n\n')[0]!.trim().split('\n')
    assert.equal(routes.length, rows.length - 2)
    for (const [, project, route] of routes) {
      const folder = join(root, 'tests/corpus/fixtures', project!, 'routes')
      const file = readdirSync(folder).find(name => name.replace(/\.\w+$/, '') === route)
      assert.ok(file, `${project}/${route}`)
      assert.match(
        readFileSync(join(folder, file), 'utf8'),
        /^\/\/ impure: /,
        `${project}/${route}`,
      )
    }
  })
})

describe('docs/routing.md', () => {
  const text = readFileSync(join(root, 'docs/routing.md'), 'utf8')
  const table = (name: string) =>
    text
      .slice(text.indexOf(`<!-- table: ${name} -->`))
      .split('\n\n')[0]!
      .split('\n')
      .slice(3)
      .map(row =>
        row
          .split('|')
          .slice(1, -1)
          .map(cell => cell.trim()),
      )

  test('each file answers at the URL beside it', () => {
    const cells = table('files').map(row => row.map(cell => /`([^`]+)`/.exec(cell)?.[1] ?? ''))
    assert.ok(cells.length >= 8)
    const source = "export const config = { prerender: false }\nexport default () => 'x'\n"
    const { rows } = build('files', new Map(cells.map(([file]) => [file!, source])))
    assert.deepEqual(rows.map(row => row.path).sort(), cells.map(([, , path]) => path).sort())
  })

  test('each path is answered as the table says', async () => {
    const { dir } = build(
      'paths',
      new Map([
        ['routes/about.ts', "export default 'about'\n"],
        ['routes/blog/[slug].ts', "export default c => c.text(c.req.param('slug'))\n"],
        ['routes/files/[...path].ts', "export default c => c.text(c.req.param('path'))\n"],
      ]),
    )
    const { default: app } = await import(pathToFileURL(join(dir, 'dist/fetch.js')).href)
    const rows = table('paths')
    assert.ok(rows.length >= 15)
    for (const [request, answer] of rows) {
      const target = request!.slice(1, -1)
      const [, status, location, value] =
        /^(\d{3})(?: `(\S+)`)?(?:, `\w+` is `(\S+)`)?$/.exec(answer!) ?? []
      assert.ok(status, `${answer} is no answer`)
      // Joined, not resolved: a URL parser would take `//evil.example/` for another host.
      const response: Response = await app.fetch(new Request(`http://localhost${target}`))
      assert.equal(response.status, Number(status), target)
      assert.equal(response.headers.get('location'), location ?? null, target)
      if (value !== undefined) assert.equal(await response.text(), value, target)
    }
  })

  test('each value is answered as the table says', async () => {
    const values = table('values').map(([value, answer]) => ({
      code: /^`+(.+?)`+(?: or JSX)?$/.exec(value!)![1]!.trim(),
      answer: answer!.replaceAll('`', ''),
    }))
    assert.ok(values.length >= 6)
    const files = values.map(({ code }, i): [string, string] => [
      `routes/v${i}.ts`,
      `import { html } from 'hono/html'\nvoid html\nexport default () => (${code})\n`,
    ])
    const get = await answers(build('values', new Map(files)).dir)
    for (const [i, { answer }] of values.entries()) {
      const response = await get(`/v${i}`)
      if (/^\d+$/.test(answer)) assert.equal(response.status, Number(answer))
      else if (answer === 'JSON') assert.match(response.headers.get('content-type') ?? '', /json/)
      else if (answer === 'as it is') assert.equal(await response.text(), 'made')
      else assert.equal(response.headers.get('content-type'), answer)
    }
  })

  test('the example of config builds, with its two URLs static', async () => {
    const { rows, dir } = build('config', asFiles(examplesOf('docs/routing.md')))
    for (const path of ['/notes/1', '/notes/2'])
      assert.equal(rows.find(row => row.path === path)?.verdict, 'static')
    const get = await answers(dir)
    assert.equal((await get('/notes/1')).headers.get('x-robots-tag'), 'noindex')
    assert.equal((await get('/notes/x')).status, 404)
  })
})

describe('the sample site', () => {
  test('is what its page of verdicts says', async () => {
    const { expected } = await import('../routes/_data/verdicts.ts')
    const copy = join(work, 'site')
    execFileSync('cp', ['-r', join(root, 'routes'), join(root, 'public'), `${mk(copy)}/`])
    const { rows } = build('site', new Map())
    const found = new Map(rows.map(row => [`${row.method} ${row.path}`, row]))
    for (const { method, path, verdict } of expected) {
      const row = found.get(`${method} ${path}`)
      assert.ok(row, `${method} ${path} is not there`)
      assert.equal(row.verdict, verdict, `${method} ${path}: ${row.reason?.message}`)
    }
    const named = new Set(expected.map(({ method, path }) => `${method} ${path}`))
    const unnamed = rows.filter(
      row => !row.role && !named.has(`${row.method} ${row.path}`) && !row.path.startsWith('/blog/'),
    )
    assert.deepEqual(unnamed, [])
  })

  test('says in its footer what each page is', async () => {
    const get = await answers(join(work, 'site'))
    for (const path of ['/', '/how', '/verdicts', '/blog', '/blog/static-is-a-proof', '/hello']) {
      const page = await (await get(path)).text()
      assert.match(page.slice(page.indexOf('<footer')), /data-verdict="static"/, path)
    }
    const clock = await (await get('/clock')).text()
    assert.match(clock.slice(clock.indexOf('<footer')), /data-verdict="dynamic"/)
  })
})

function mk(dir: string): string {
  mkdirSync(dir, { recursive: true })
  return dir
}
