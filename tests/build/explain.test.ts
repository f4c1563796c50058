// `precast explain URL`: the way from the request to the verdict, and the hints for each kind of
// reason, which the docs list too.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { describe } from 'node:test'
import { HINTS, hintFor } from '../../compiler/hints.ts'
import { build, explain, precast, project, root } from '../lib/project.ts'

const SITE = {
  'data/terms.txt': 'Be kind.\n'.repeat(20),
  'public/site.css': 'body { color: black }\n'.repeat(10),
  'public/guide/index.html': '<h1>guide</h1>',
  'routes/_middleware.ts': 'export default async (c, next) => {\n  await next()\n}\n',
  'routes/index.ts': "export default 'home'\n",
  'routes/terms.ts':
    "import { readFileSync } from 'node:fs'\nconst terms = readFileSync(new URL('../data/terms.txt', import.meta.url), 'utf8')\nexport default c => c.text(terms)\n",
  'routes/blog/_middleware.ts': 'export default async (c, next) => {\n  await next()\n}\n',
  'routes/blog/[slug].ts':
    "export const config = { params: [{ slug: 'grüße' }] }\nexport default c => c.text(c.req.param('slug'))\nexport const POST = c => c.text('x')\n",
  'routes/blog/[...rest].ts': "export default c => c.text(c.req.param('rest'))\n",
  'routes/n/[id].ts':
    "export const config = { match: { id: /\\d+/ } }\nexport default c => c.text(c.req.param('id'))\n",
  'routes/n/[...all].ts': "export default c => c.text(c.req.param('all'))\n",
  'routes/built.ts':
    'export const config = { prerender: true }\nexport default () => String(Date.now())\n',
  'routes/now.ts': 'export default () => String(Date.now())\n',
  'routes/blog/_404.ts': "export default c => c.text('no such post')\n",
}

describe('explain URL', () => {
  const folder = project(SITE)
  const told = async (url: string): Promise<string> => {
    const { code, stdout, stderr } = await precast(['explain', url, folder])
    assert.equal(code, 0, stderr)
    return stdout
  }
  let built: Promise<unknown> | undefined
  const afterBuild = (): Promise<unknown> => (built ??= build(folder))

  test('before the build says that nothing is stored', async () => {
    const fresh = project({ 'routes/index.ts': "export default 'x'\n" })
    const { stdout } = await precast(['explain', '/', fresh])
    assert.match(stdout, /stored +nothing: there is no build in dist\//)
  })

  test('tells the route, parameters, what else fits and why not, and middleware in order', async () => {
    await afterBuild()
    const text = await told('/blog/gr%c3%bc%C3%9fe?x=1')
    assert.match(text, /path +\/blog\/gr%C3%BC%C3%9Fe\n/)
    assert.match(text, /route +routes\/blog\/\[slug\]\.ts at \/blog\/:slug\n/)
    assert.match(text, /parameters +slug = "grüße"\n/)
    assert.match(
      text,
      /not +routes\/blog\/\[\.\.\.rest\]\.ts at \/blog\/\*: a parameter goes before a rest/,
    )
    assert.match(text, /middleware +routes\/_middleware\.ts\n +routes\/blog\/_middleware\.ts\n/)
    assert.match(text, /^GET \/blog\/gr%C3%BC%C3%9Fe {2}static/m)
    assert.match(text, /stored +200 identity +\d+ B +ETag "/)
    assert.match(text, /^POST \/blog\/:slug {2}dynamic.*\n {2}answers POST/m)
  })

  test('tells where config.match decided', async () => {
    const text = await told('/n/x')
    assert.match(text, /route +routes\/n\/\[\.\.\.all\]\.ts/)
    assert.match(
      text,
      /not +routes\/n\/\[id\]\.ts at \/n\/:id: its config\.match refuses the value/,
    )
  })

  test('tells the files that went in, and each encoding with its size and tag', async () => {
    await afterBuild()
    const text = await told('/terms')
    assert.match(text, /inputs +data\/terms\.txt\n/)
    for (const encoding of ['identity', 'br', 'gzip', 'zstd'])
      assert.match(text, new RegExp(`${encoding} +\\d+ B +ETag "[\\w-]+`), encoding)
    assert.doesNotMatch(text, /earlier build/)
  })

  test('tells where dist/ is of other sources', async () => {
    const other = project({ 'routes/index.ts': "export default 'one'\n" })
    await build(other)
    project(
      { 'routes/index.ts': "export default 'two'\n", 'routes/new.ts': "export default 'n'\n" },
      other,
    )
    assert.match((await precast(['explain', '/', other])).stdout, /of an earlier build/)
    assert.match((await precast(['explain', '/new', other])).stdout, /stored +not yet/)
  })

  test('tells the reason, its place and what to do about it', async () => {
    assert.match(
      await told('/now'),
      /reads the clock: Date\.now\(\)\n {2}at routes\/now\.ts:1:\d+\n {2}hint: .*prerender: true/,
    )
    assert.match(await told('/built'), /because +config\.prerender: true/)
  })

  test('tells of files of public/, of redirects and of what is nowhere', async () => {
    await afterBuild()
    const css = await told('/site.css')
    assert.match(css, /file +public\/site\.css/)
    assert.match(css, /GET \/site\.css {2}static/)
    assert.match(css, /br +\d+ B/)
    assert.match(
      await told('/guide'),
      /redirect +\/guide answers 308[\s\S]*path +\/guide\/\n[\s\S]*public\/guide\/index\.html/,
    )
    assert.match(await told('/now/'), /redirect +\/now\/ answers 308[\s\S]*path +\/now\n/)
    assert.doesNotMatch(await told('/now'), /redirect/)
    const nowhere = await precast(['explain', '/nowhere', folder])
    assert.equal(nowhere.code, 1)
    assert.match(nowhere.stderr, /has no route: it answers 404/)
    const malformed = await precast(['explain', '/%zz', folder])
    assert.equal(malformed.code, 1)
    assert.match(malformed.stderr, /answers 400/)
  })

  test('--json has the rows alone, of public files too', async () => {
    assert.deepEqual(await explain(folder, '/site.css'), [
      { path: '/site.css', method: 'GET', verdict: 'static', reason: null },
    ])
    const [now] = await explain(folder, '/now/')
    assert.deepEqual(Object.keys(now!.reason!), ['message', 'file', 'line', 'column'])
    assert.equal(now!.path, '/now')
  })

  test('follows trailingSlash', async () => {
    for (const [setting, redirected] of [
      ['always', '/about'],
      ['never', '/about/'],
      ['ignore', null],
    ] as const) {
      const site = project({
        'precast.config.ts': `export default { trailingSlash: '${setting}' }\n`,
        'routes/about.ts': "export default 'x'\n",
      })
      for (const url of ['/about', '/about/']) {
        const { stdout } = await precast(['explain', url, site])
        assert.equal(/redirect/.test(stdout), url === redirected, `${setting} ${url}`)
      }
    }
  })
})

describe('hints', () => {
  for (const { kind, example } of HINTS) {
    test(`${kind} is the kind of its example`, () => {
      assert.equal(hintFor({ message: example }).kind, kind)
    })
  }

  test('are given by what a reason says, not by the names it happens to have in it', () => {
    const of: [string, string][] = [
      ['changes `visits`, which outlives the request', 'state'],
      ['reads `phase`, which routes/timer-at-load.ts:4 may change', 'state'],
      ['runs beside code that may change `Array.prototype`', 'shared-changes'],
      ["uses the machine's time zone: getHours()", 'time-zone'],
      ["uses the machine's locale: toLocaleString()", 'locale'],
      ['uses `id`, which draws a random number: Math.random() when its module loads', 'randomness'],
      ["reads a path parameter: c.req.param('slug')", 'any-value'],
      ['reads the request: c.req.query', 'request'],
      ['calls node:dns/promises.lookup()', 'network'],
      ['reads the global `undefinedName`', 'not-followed'],
    ]
    for (const [message, kind] of of) assert.equal(hintFor({ message }).kind, kind, message)
  })

  test('are in docs/verdicts.md, each after its example', () => {
    const text = readFileSync(join(root, 'docs', 'verdicts.md'), 'utf8')
    for (const { example, hint } of HINTS)
      assert.ok(text.includes(`- **${example.replaceAll('*', '\\*')}**: ${hint}.\n`), hint)
  })
})
