// `precast build --expect FILE`: a verdict that got worse fails the build and leaves dist/ alone; what
// is new or better is told; --accept writes the file. And `prerender: true` that cannot be kept.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { describe } from 'node:test'
import { fingerprint, precast, project, type Ran } from '../lib/project.ts'

const STATIC = "export default c => c.text('x')\n"
const CLOCK = 'export default c => {\n  return c.text(String(Date.now()))\n}\n'
const PARAMS = (names: string[]): string =>
  `export const config = { params: [${names.map(name => `{ slug: '${name}' }`).join(', ')}] }\n`
const BLOG = `${PARAMS(['a', 'b', 'c'])}export default c => c.text(c.req.param('slug').trim())\n`
/** Dynamic for one of its URLs only. */
const DRAFT = `${PARAMS(['a', 'b', 'c'])}export default c => {
  const slug = c.req.param('slug')
  if (slug === 'b') throw new Error('not yet')
  return c.text(slug)
}
`

const SITE = {
  'routes/index.ts': STATIC,
  'routes/about.ts': STATIC,
  'routes/now.ts': `${CLOCK}export const POST = c => c.text('x')\n`,
  'routes/blog/[slug].ts': BLOG,
  'routes/hi/[name].ts': "export default c => c.text(c.req.param('name'))\n",
  'routes/_404.ts': STATIC,
}

const LOCK = `# Verdicts that were accepted. A build with --expect fails where one got worse;
# precast build --expect FILE --accept writes this file anew.
GET / static
_404 /* static
GET /about static
GET /blog/:slug (3 URLs) static
GET /blog/:slug dynamic
GET /hi/:name template
GET /now dynamic
POST /now dynamic
`

/** Builds with the file that lies in the project. */
function held(folder: string, ...flags: string[]): Promise<Ran> {
  return precast(['build', '--expect', 'verdicts.lock', ...flags], { cwd: folder })
}

async function accepted(): Promise<string> {
  const folder = project(SITE)
  const { code, stderr } = await held(folder, '--accept')
  assert.equal(code, 0, stderr)
  return folder
}

describe('build --expect', () => {
  test('--accept writes a line for each route, in order, and the same ones again', async () => {
    const folder = await accepted()
    assert.equal(readFileSync(join(folder, 'verdicts.lock'), 'utf8'), LOCK)
    const again = await held(folder, '--accept')
    assert.match(again.stdout, /verdicts\.lock is as it was/)
    assert.equal(readFileSync(join(folder, 'verdicts.lock'), 'utf8'), LOCK)
    const { code, stderr } = await held(folder)
    assert.equal(code, 0)
    assert.equal(stderr, '')
  })

  test('fails where a route stopped being static, with the reason, its place and a diff', async () => {
    const folder = await accepted()
    const before = fingerprint(join(folder, 'dist'))
    project({ 'routes/about.ts': CLOCK, 'routes/new.ts': STATIC }, folder)
    const { code, stdout, stderr } = await held(folder)
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(
      stderr,
      /^routes\/about\.ts:2:\d+: error: GET \/about was static and is dynamic now: reads the clock: Date\.now\(\) \(verdict-changed\)$/m,
    )
    assert.match(
      stderr,
      /^verdicts\.lock\n- GET \/about static\n\+ GET \/about dynamic\n\+ GET \/new static$/m,
    )
    assert.match(stderr, /hint: .*config\.prerender: true.*--expect verdicts\.lock --accept/)
    assert.deepEqual(fingerprint(join(folder, 'dist')), before)
    assert.equal(readFileSync(join(folder, 'verdicts.lock'), 'utf8'), LOCK)
    assert.equal((await held(folder, '--accept')).code, 0)
    assert.equal((await held(folder)).code, 0)
  })

  test('fails where one URL of many stopped being static, and names it', async () => {
    const folder = await accepted()
    project({ 'routes/blog/[slug].ts': DRAFT }, folder)
    const { code, stderr } = await held(folder)
    assert.equal(code, 1)
    assert.match(stderr, /GET \/blog\/b was static and is dynamic now: throws Error: not yet/)
    assert.match(
      stderr,
      /^- GET \/blog\/:slug \(3 URLs\) static\n\+ GET \/blog\/:slug \(2 URLs\) static\n\+ GET \/blog\/b dynamic$/m,
    )
  })

  test('fails where a template became dynamic', async () => {
    const folder = await accepted()
    project(
      { 'routes/hi/[name].ts': "export default c => c.text(c.req.param('name').trim())\n" },
      folder,
    )
    const { code, stderr } = await held(folder)
    assert.equal(code, 1)
    assert.match(stderr, /error: GET \/hi\/:name was template and is dynamic now: reads a path/)
    assert.match(stderr, /^- GET \/hi\/:name template\n\+ GET \/hi\/:name dynamic$/m)
  })

  test('fails once where a whole pattern stopped being static', async () => {
    const folder = await accepted()
    project({ 'routes/blog/[slug].ts': PARAMS(['a', 'b', 'c']) + CLOCK }, folder)
    const { code, stderr } = await held(folder)
    assert.equal(code, 1)
    assert.equal(stderr.match(/verdict-changed/g)?.length, 1)
    assert.match(stderr, /GET \/blog\/a and 2 more like it was static/)
    assert.match(stderr, /^\+ GET \/blog\/:slug \(3 URLs\) dynamic$/m)
  })

  test('warns of what is new, better or gone, and builds', async () => {
    const folder = project({ ...SITE, 'routes/blog/[slug].ts': BLOG })
    const text = `${LOCK.replace('/about static', '/about dynamic')}GET /old static\n`
    writeFileSync(join(folder, 'verdicts.lock'), text.replace('GET / static\n', ''))
    const { code, stderr } = await held(folder)
    assert.equal(code, 0)
    assert.match(stderr, /warning: new: GET \/ static/)
    assert.match(stderr, /warning: better than accepted: GET \/about static/)
    assert.match(stderr, /warning: gone: GET \/old static/)
  })

  test('other URLs of a pattern, fewer or more, are no matter', async () => {
    const folder = await accepted()
    project({ 'routes/blog/[slug].ts': BLOG.replace("{ slug: 'b' }, ", '') }, folder)
    const { code, stderr } = await held(folder)
    assert.equal(code, 0, stderr)
  })

  test('says what to do where the file is missing or is none', async () => {
    const folder = project(SITE)
    const missing = await held(folder)
    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /there is no file verdicts\.lock.*\(no-expectations\)\n.*--accept/)
    writeFileSync(join(folder, 'verdicts.lock'), 'GET / static\n<<<<<<< HEAD\n')
    const broken = await held(folder)
    assert.equal(broken.code, 1)
    assert.match(broken.stderr, /^verdicts\.lock:2:1: error: .*<<<<<<< HEAD \(bad-expectations\)/m)
    assert.equal((await precast(['build', folder, '--accept'])).code, 2)
  })
})

test('prerender: true is an error where the request is read, at that place', async () => {
  const folder = project({
    'routes/index.ts': STATIC,
    'routes/who.ts':
      "import { name } from '../lib/name.ts'\nexport const config = { prerender: true }\nexport default c => c.text(name(c))\n",
    'lib/name.ts': "export function name(c) {\n  return c.req.header('x-name') ?? 'you'\n}\n",
  })
  const { code, stderr } = await precast(['build', folder])
  assert.equal(code, 1)
  assert.match(
    stderr,
    /^lib\/name\.ts:2:\d+: error: \/who has prerender: true, but its handler reads the request header "x-name" \(cannot-prerender\)\n.*hint/m,
  )
})
