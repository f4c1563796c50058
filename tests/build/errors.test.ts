// Projects with one mistake each: exit code 1, the file and the line on standard error, and an old
// `dist/` that is the same byte for byte afterwards.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import test, { before, describe } from 'node:test'
import { build, fingerprint, precast, project } from '../lib/project.ts'
import { serve } from '../lib/servers.ts'
import { exchange } from '../lib/wire.ts'

interface Mistake {
  name: string
  files: Record<string, string>
  /** For what files alone cannot say. */
  prepare?(folder: string): void
  /** All have to be found on standard error; a place is `file:line`. */
  says: (string | RegExp)[]
}

const GOOD = { 'routes/index.ts': "export const GET = () => 'the old build'\n" }
const page = "export const GET = () => 'x'\n"

const mistakes: Mistake[] = [
  // ---- syntax and imports
  {
    name: 'a syntax error',
    files: { 'routes/broken.ts': "export const GET = () => 'x'\nconst x = ;\n" },
    says: ['routes/broken.ts:2:11'],
  },
  {
    name: 'a syntax error in JSX',
    files: { 'routes/broken.tsx': 'export const GET = () => (\n  <p>text</b>\n)\n' },
    says: ['routes/broken.tsx:2:'],
  },
  {
    name: 'JSX in a file that is not named for it',
    files: { 'routes/broken.ts': 'export const GET = () => <p class="x">text</p>\n' },
    says: ['routes/broken.ts:1:', 'ends in .tsx'],
  },
  {
    name: 'a syntax error in a helper',
    files: {
      'routes/page.ts': "import { a } from './_helper.ts'\nexport const GET = () => a\n",
      'routes/_helper.ts': 'export const a = 1\n\nexport function { }\n',
    },
    says: ['routes/_helper.ts:3:'],
  },
  {
    name: 'a syntax error in imported JSON',
    files: {
      'routes/page.ts': "import a from './_data.json'\nexport const GET = () => a\n",
      'routes/_data.json': '{\n  "a": 1,\n  b\n}\n',
    },
    says: ['routes/_data.json:3:'],
  },
  {
    name: 'an import of a file that is not there',
    files: { 'routes/page.ts': `// a comment\nimport { x } from './nope.ts'\n${page}x()\n` },
    says: ['routes/page.ts:2:', './nope.ts'],
  },
  {
    name: 'an import of a package that is not installed',
    files: { 'routes/page.ts': `import x from 'no-such-package-at-all'\n${page}x()\n` },
    says: ['routes/page.ts:1:', 'no-such-package-at-all'],
  },
  {
    name: 'an import of a name that the module does not export',
    files: {
      'routes/page.ts': "import { b } from './_helper.ts'\nexport const GET = () => b\n",
      'routes/_helper.ts': 'export const a = 1\n',
    },
    says: ['routes/page.ts:1:'],
  },

  // ---- names
  {
    name: 'a file and a folder index on one URL',
    files: { 'routes/about.ts': page, 'routes/about/index.ts': page },
    says: ['routes/about.ts', 'routes/about/index.ts', /routes\/about(\/index)?\.ts:1/],
  },
  {
    name: 'one name with two endings',
    files: { 'routes/about.ts': page, 'routes/about.jsx': page },
    says: ['routes/about.ts', 'routes/about.jsx', /routes\/about\.(ts|jsx):1/],
  },
  {
    name: 'a group that puts a second file on a URL',
    files: { 'routes/about.ts': page, 'routes/(site)/about.ts': page },
    says: ['routes/about.ts', 'routes/(site)/about.ts'],
  },
  {
    name: 'two index files by way of a group',
    files: { 'routes/(site)/index.ts': page },
    says: ['routes/index.ts', 'routes/(site)/index.ts'],
  },
  {
    name: 'two parameters of different names in one place',
    files: { 'routes/blog/[slug].ts': page, 'routes/blog/[id].ts': page },
    says: ['routes/blog/[slug].ts', 'routes/blog/[id].ts'],
  },
  {
    name: 'two rest parameters in one place',
    files: { 'routes/a/[...x].ts': page, 'routes/a/[...y].ts': page },
    says: ['routes/a/[...x].ts', 'routes/a/[...y].ts'],
  },
  {
    name: 'two _middleware files in one folder',
    files: { 'routes/_middleware.ts': page, 'routes/_middleware.js': page },
    says: ['routes/_middleware.ts', 'routes/_middleware.js'],
  },
  {
    name: 'a rest parameter with something after it',
    files: { 'routes/[...all]/end.ts': page },
    says: ['routes/[...all]/end.ts'],
  },
  {
    name: 'a parameter that is named twice',
    files: { 'routes/[a]/x/[a].ts': page },
    says: ['routes/[a]/x/[a].ts'],
  },
  {
    name: 'brackets that are no parameter',
    files: { 'routes/[a-b.ts': page },
    says: ['routes/[a-b.ts'],
  },
  {
    name: 'a route on a public file',
    files: { 'routes/hello.txt.ts': page, 'public/hello.txt': 'hello' },
    says: ['routes/hello.txt.ts', 'public/hello.txt', /routes\/hello\.txt\.ts:1/],
  },
  {
    name: 'a route on a public file whose name needs escapes',
    files: { 'routes/two words.ts': page, 'public/two words': 'hello' },
    says: ['routes/two words.ts', 'public/two words'],
  },
  {
    name: 'a route on the index page of public/',
    files: { 'public/index.html': '<p>hello' },
    says: ['routes/index.ts', 'public/index.html'],
  },
  {
    name: 'a route on a folder of public/ with an index page',
    files: { 'routes/manual.ts': page, 'public/manual/index.html': '<p>hello' },
    says: ['routes/manual.ts', 'public/manual/index.html'],
  },

  // ---- prerender
  {
    name: 'prerender: true and a handler that throws',
    files: {
      'routes/page.ts':
        "export const config = { prerender: true }\nexport const GET = () => {\n  throw new Error('no database')\n}\n",
    },
    says: ['routes/page.ts:3:', 'no database'],
  },
  {
    name: 'prerender: true and a handler that rejects',
    files: {
      'routes/page.ts':
        "export const config = { prerender: true }\nexport const GET = async () => {\n  await null\n  throw new Error('no database')\n}\n",
    },
    says: ['routes/page.ts:4:', 'no database'],
  },
  {
    name: 'prerender: true and a module that throws when it loads',
    files: {
      'routes/page.ts':
        "export const config = { prerender: true }\n\nthrow new Error('no licence')\nexport const GET = () => 'x'\n",
    },
    says: ['routes/page.ts:3:', 'no licence'],
  },
  {
    name: 'prerender: true and a handler that reads a header',
    files: {
      'routes/page.ts':
        "export const config = { prerender: true }\nexport const GET = c => {\n  const language = c.req.header('accept-language')\n  return c.text(language ?? 'none')\n}\n",
    },
    says: ['routes/page.ts:3:'],
  },
  {
    name: 'prerender: true and a handler that reads the query',
    files: {
      'routes/page.ts':
        "export const config = { prerender: true }\nexport const GET = c =>\n  c.text(c.req.query('q') ?? '')\n",
    },
    says: ['routes/page.ts:3:'],
  },
  {
    name: 'prerender: true and a handler that hides its read in a catch',
    files: {
      'routes/page.ts':
        "export const config = { prerender: true }\nexport const GET = c => {\n  let name = 'nobody'\n  try {\n    name = c.req.raw.headers.get('cookie') ?? name\n  } catch {}\n  return name\n}\n",
    },
    says: ['routes/page.ts:5:'],
  },
  {
    name: 'prerender: true and middleware that reads the request',
    files: {
      'routes/in/page.ts': `export const config = { prerender: true }\n${page}`,
      'routes/in/_middleware.ts':
        "export default async (c, next) => {\n  c.header('x-agent', c.req.header('user-agent') ?? '')\n  await next()\n}\n",
    },
    says: ['routes/in/_middleware.ts:2:'],
  },
  {
    name: 'prerender: true and a response that sets a cookie',
    files: {
      'routes/page.ts':
        "export const config = { prerender: true }\nexport const GET = c =>\n  c.text('x', 200, { 'set-cookie': 'a=b' })\n",
    },
    says: [/routes\/page\.ts:\d/, /cookie/i],
  },
  {
    name: 'prerender: true on a parameter without params',
    files: { 'routes/[id].ts': `${page}export const config = { prerender: true }\n` },
    says: ['routes/[id].ts:2:'],
  },

  // ---- config
  ...[
    ['prerender', "prerender: 'yes'"],
    ['prerender (a number)', 'prerender: 1'],
    ['revalidate (a string)', "revalidate: '60'"],
    ['revalidate (negative)', 'revalidate: -1'],
    ['revalidate (not finite)', 'revalidate: 1 / 0'],
    ['match (a string)', "match: { id: '\\\\d+' }"],
    ['match (no such parameter)', 'match: { slug: /a/ }'],
    ['headers (a number)', "headers: { 'x-a': 5 }"],
    ['headers (an array)', "headers: ['x-a']"],
    ['headers (a bad name)', "headers: { 'x a': 'b' }"],
    ['headers (a line break)', "headers: { 'x-a': 'b\\r\\nx-c: d' }"],
    ['params (a string)', "params: 'a'"],
    ['params (strings)', "params: ['a']"],
    ['params (a missing parameter)', 'params: [{}]'],
    ['params (an unknown parameter)', "params: [{ id: 'a', slug: 'b' }]"],
    ['params (a function that returns none)', 'params: () => 5'],
  ].map(
    ([name, text]): Mistake => ({
      name: `config.${name}`,
      files: { 'routes/[id].ts': `${page}\nexport const config = { ${text} }\n` },
      says: ['routes/[id].ts:3:'],
    }),
  ),
  {
    name: 'config that is no object',
    files: { 'routes/page.ts': `${page}export const config = 'static'\n` },
    says: ['routes/page.ts:2:'],
  },
  {
    name: 'a params function that throws',
    files: {
      'routes/[id].ts': `${page}export const config = {\n  params() {\n    throw new Error('no posts')\n  },\n}\n`,
    },
    says: [/routes\/\[id\]\.ts:\d/, 'no posts'],
  },
  {
    name: 'config that is computed by a module which throws',
    files: {
      'routes/page.ts': `${page}const make = () => {\n  throw new Error('no settings')\n}\nexport const config = make()\n`,
    },
    says: [/routes\/page\.ts:\d/, 'no settings'],
  },

  // ---- exports
  {
    name: 'a route module that exports nothing',
    files: { 'routes/page.ts': 'const a = 1\n' },
    says: ['routes/page.ts:1'],
  },
  {
    name: 'an empty route module',
    files: { 'routes/page.ts': '' },
    says: ['routes/page.ts:1'],
  },
  {
    name: 'a route module with helpers only',
    files: { 'routes/page.ts': 'export const helper = () => 1\nexport const get = helper\n' },
    says: ['routes/page.ts:1'],
  },
  {
    name: 'a method that is a symbol',
    files: { 'routes/page.ts': "\nexport const GET = Symbol('x')\n" },
    says: ['routes/page.ts:2:'],
  },
  {
    name: '_middleware without a default export',
    files: { 'routes/_middleware.ts': 'export const middleware = (c, next) => next()\n' },
    says: ['routes/_middleware.ts:1'],
  },
  {
    name: '_middleware that is a string',
    files: { 'routes/_middleware.ts': "\nexport default 'cors'\n" },
    says: ['routes/_middleware.ts:2:'],
  },
  {
    name: '_middleware that is an array of strings',
    files: { 'routes/_middleware.ts': "export default ['cors', 'etag']\n" },
    says: ['routes/_middleware.ts:1'],
  },
  {
    name: '_404 without a default export',
    files: { 'routes/_404.ts': page },
    says: ['routes/_404.ts:1'],
  },
  {
    name: '_error that is a plain value',
    files: { 'routes/_error.ts': "export default { error: 'sorry' }\n" },
    says: ['routes/_error.ts:1'],
  },

  // ---- the disk
  {
    name: 'a route module that is a link to nothing',
    files: {},
    prepare: folder => symlinkSync('/nowhere/at/all.ts', join(folder, 'routes', 'page.ts')),
    says: ['routes/page.ts:1'],
  },
  {
    name: 'a route module that is a link to itself',
    files: {},
    prepare: folder => symlinkSync('page.ts', join(folder, 'routes', 'page.ts')),
    says: ['routes/page.ts:1'],
  },
  {
    name: 'a public file that is a link to nothing',
    files: { 'public/a.txt': 'a' },
    prepare: folder => symlinkSync('/nowhere/at/all', join(folder, 'public', 'b.txt')),
    says: ['public/b.txt'],
  },
  {
    name: 'an import that is a folder',
    files: {
      'routes/page.ts': `import './_folder.ts'\n${page}`,
      'routes/_folder.ts/inside.txt': 'x',
    },
    says: ['routes/page.ts:1:'],
  },
  {
    name: 'routes/ with nothing in it',
    files: {},
    prepare: folder => rmSync(join(folder, 'routes', 'index.ts')),
    says: ['routes'],
  },
  {
    name: 'routes/ with helpers only',
    files: { 'routes/_helper.ts': page, 'routes/readme.md': '# hello' },
    prepare: folder => rmSync(join(folder, 'routes', 'index.ts')),
    says: ['routes'],
  },
  {
    name: 'no routes/ at all',
    files: {},
    prepare: folder => rmSync(join(folder, 'routes'), { recursive: true }),
    says: ['routes'],
  },
  {
    name: 'routes that is a file',
    files: {},
    prepare(folder) {
      rmSync(join(folder, 'routes'), { recursive: true })
      project({ routes: 'not a folder' }, folder)
    },
    says: ['routes'],
  },

  // ---- precast.config.ts
  {
    name: 'a syntax error in precast.config.ts',
    files: { 'precast.config.ts': "export default {\n  trailingSlash 'never'\n}\n" },
    says: ['precast.config.ts:2:'],
  },
  {
    name: 'precast.config.ts that throws',
    files: { 'precast.config.ts': "\nthrow new Error('not today')\n" },
    says: ['precast.config.ts:', 'not today'],
  },
  {
    name: 'precast.config.ts with a value that does not exist',
    files: { 'precast.config.ts': "export default { trailingSlash: 'sometimes' }\n" },
    says: ['precast.config.ts:1', 'sometimes'],
  },
  {
    name: 'precast.config.ts with a key that does not exist',
    files: { 'precast.config.ts': 'export default { trailingslash: true }\n' },
    says: ['precast.config.ts:1', 'trailingslash'],
  },
  {
    name: 'precast.config.ts without a default export',
    files: { 'precast.config.ts': "export const trailingSlash = 'never'\n" },
    says: ['precast.config.ts:1'],
  },
  {
    name: 'precast.config.ts with an import that does not resolve',
    files: { 'precast.config.ts': "import x from './nope.ts'\nexport default x\n" },
    says: ['precast.config.ts:1:', './nope.ts'],
  },
]

describe('a project with a mistake', () => {
  let good: string
  let old: Record<string, string>

  before(async () => {
    good = project(GOOD)
    await build(good)
    old = fingerprint(join(good, 'dist'))
  })

  for (const { name, files, prepare, says } of mistakes) {
    test(name, async () => {
      const folder = project({ ...GOOD, ...files })
      mkdirSync(join(folder, 'dist'))
      cpSync(join(good, 'dist'), join(folder, 'dist'), {
        recursive: true,
        preserveTimestamps: true,
      })
      prepare?.(folder)
      const { code, stdout, stderr } = await precast(['build', folder])
      assert.equal(code, 1, `exit code ${code}:\n${stderr}${stdout}`)
      for (const part of says) {
        const found = typeof part === 'string' ? stderr.includes(part) : part.test(stderr)
        assert.ok(found, `standard error lacks ${part}:\n${stderr}`)
      }
      assert.doesNotMatch(stderr, /^\s+at .+:\d+\)?$/m, 'a stack trace')
      assert.deepEqual(fingerprint(join(folder, 'dist')), old)
    })
  }

  test('all mistakes of one kind are told at once, each in its place', async () => {
    const folder = project({
      ...GOOD,
      'routes/a.ts': 'const x = ;\n',
      'routes/b.ts': "\nimport './nope.ts'\n",
    })
    const { code, stderr } = await precast(['build', folder])
    assert.equal(code, 1)
    assert.match(stderr, /routes\/a\.ts:1:/)
    assert.match(stderr, /routes\/b\.ts:2:/)
  })

  test('the old build goes on serving, and can be started again', async () => {
    const folder = project(GOOD)
    await build(folder)
    const running = await serve(folder, 'node')
    if (typeof running === 'string') throw new Error(running)
    project({ 'routes/index.ts': 'const x = ;\n' }, folder)
    assert.equal((await precast(['build', folder])).code, 1)
    const answer = await exchange(running.port, { target: '/' })
    assert.equal(answer.text(), 'the old build')
    assert.equal(await running.stop(), 0)
    const again = await serve(folder, 'node')
    if (typeof again === 'string') throw new Error(again)
    assert.equal((await exchange(again.port, { target: '/' })).text(), 'the old build')
    await again.stop()
  })

  test('explain tells the same mistakes', async () => {
    const folder = project({ 'routes/index.ts': '\nconst x = ;\n' })
    const { code, stdout, stderr } = await precast(['explain', folder, '--json'])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /routes\/index\.ts:2:/)
  })
})

describe('what is no mistake', () => {
  test('a handler that throws under auto is dynamic, with what it threw as the reason', async () => {
    const folder = project({
      'routes/index.ts': "export const GET = () => {\n  throw new RangeError('too far')\n}\n",
    })
    await build(folder)
    const { stdout } = await precast(['explain', folder, '--json'])
    const [row] = JSON.parse(stdout)
    assert.equal(row.verdict, 'dynamic')
    assert.match(row.reason.message, /too far/)
    assert.equal(row.reason.file, 'routes/index.ts')
    assert.equal(row.reason.line, 2)
  })

  test('a module that throws when it loads makes its own route dynamic and no other', async () => {
    const folder = project({
      'routes/index.ts': page,
      'routes/bad.ts': `\nthrow new Error('no key')\n${page}`,
    })
    await build(folder)
    const { stdout } = await precast(['explain', folder, '--json'])
    const rows: { path: string; verdict: string; reason: { message: string } | null }[] =
      JSON.parse(stdout)
    const verdicts = Object.fromEntries(rows.map(row => [row.path, row.verdict]))
    assert.deepEqual(verdicts, { '/': 'static', '/bad': 'dynamic' })
    assert.match(rows.find(row => row.path === '/bad')!.reason!.message, /no key/)
  })

  test('a folder whose name ends like a module', async () => {
    const folder = project({ 'routes/index.ts': page, 'routes/x.ts/index.ts': page })
    await build(folder)
  })
})
