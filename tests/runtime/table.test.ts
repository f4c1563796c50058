import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FolderRecord, RouteRecord } from '../../runtime/artifact.ts'
import { createTable } from '../../runtime/table.ts'
import { patternOf, segmentsOf } from './site.ts'

function route(path: string, more: Partial<RouteRecord> = {}): RouteRecord {
  const segments = segmentsOf(path)
  return {
    pattern: patternOf(segments),
    segments,
    methods: 1,
    module: 0,
    folder: 0,
    mount: false,
    ...more,
  }
}

function folder(path: string): FolderRecord {
  return {
    segments: segmentsOf(path),
    shadowed: path.includes('('),
    middleware: [],
    notFound: -1,
    error: -1,
  }
}

/** `path -> which route, with which values` for routes named by their files. */
function look(
  files: (string | RouteRecord)[],
): (path: string) => [string, ...(string | undefined)[]] | null {
  const routes = files.map(file => (typeof file === 'string' ? route(file) : file))
  const table = createTable(routes, [])
  return path => {
    const found = table.match(path)
    if (!found) return null
    const file = files[found.route]!
    return [typeof file === 'string' ? file : file.pattern, ...found.values]
  }
}

const SITE = [
  'index',
  'about',
  'a,b',
  'blog/[slug]',
  'blog/new',
  'blog/[slug]/edit',
  'files/[...path]',
  'docs/[[...path]]',
  'docs/intro',
  '[lang]/about',
  '(group)/pricing',
]

const found: [path: string, ...([string, ...(string | undefined)[]] | [null])][] = [
  ['/', 'index'],
  ['/about', 'about'],
  ['/a,b', 'a,b'],
  ['/pricing', 'pricing'],
  ['/About', null],
  ['/about/', null],
  ['/blog', null],
  ['/blog/', null],
  ['/blog/x', 'blog/[slug]', 'x'],
  ['/blog/a%2Fb', 'blog/[slug]', 'a%2Fb'],
  ['/blog/new', 'blog/new'],
  ['/blog/new/edit', 'blog/[slug]/edit', 'new'],
  ['/blog/x/y', null],
  ['/blog//edit', null],
  ['/files', null],
  ['/files/', null],
  ['/files/a', 'files/[...path]', 'a'],
  ['/files/a/b%2Fc', 'files/[...path]', 'a/b%2Fc'],
  ['/files/a//b', 'files/[...path]', 'a//b'],
  ['/docs', 'docs/[[...path]]', undefined],
  ['/docs/', null],
  ['/docs/a/b', 'docs/[[...path]]', 'a/b'],
  ['/docs/intro', 'docs/intro'],
  ['/docs/intro/x', 'docs/[[...path]]', 'intro/x'],
  ['/de/about', '[lang]/about', 'de'],
  ['//about', null],
  ['/nothing', null],
]
const inSite = look(SITE.map(file => (file === '(group)/pricing' ? 'pricing' : file)))
for (const [path, ...expected] of found) {
  test(`${path} is ${expected[0] ?? 'unmatched'}`, () => {
    assert.deepEqual(inSite(path), expected[0] === null ? null : expected)
  })
}

test('literal goes before parameter, rest and optional rest, segment by segment from the left', () => {
  const at = look(['x/[...rest]', 'x/[p]', 'x/lit', 'x/[p]/c', 'x/lit/[q]', '[[...all]]'])
  assert.deepEqual(at('/x/lit'), ['x/lit'])
  assert.deepEqual(at('/x/other'), ['x/[p]', 'other'])
  assert.deepEqual(at('/x/lit/c'), ['x/lit/[q]', 'c'])
  assert.deepEqual(at('/x/other/c'), ['x/[p]/c', 'other'])
  assert.deepEqual(at('/x/other/d'), ['x/[...rest]', 'other/d'])
  assert.deepEqual(at('/x'), ['[[...all]]', 'x'])
  assert.deepEqual(at('/'), ['[[...all]]', undefined])
})

test('a branch without a route for the rest gives way to the next', () => {
  const at = look(['a/b/c', '[x]/b/d', 'a/[y]/e', '[x]/[y]/f', '[...rest]'])
  assert.deepEqual(at('/a/b/c'), ['a/b/c'])
  assert.deepEqual(at('/a/b/d'), ['[x]/b/d', 'a'])
  assert.deepEqual(at('/a/b/e'), ['a/[y]/e', 'b'])
  assert.deepEqual(at('/a/b/f'), ['[x]/[y]/f', 'a', 'b'])
  assert.deepEqual(at('/a/b/g'), ['[...rest]', 'a/b/g'])
})

test('config.match tests the whole decoded value, and what fails is another route’s', () => {
  const at = look([
    route('p/[id]', { match: { id: ['\\d+|x', 'g'] } }),
    'p/[...rest]',
    route('q/[a]', { match: { a: ['é.', 'i'] } }),
    route('r/[[...path]]', { match: { path: ['a/b', ''] } }),
  ])
  for (let turn = 0; turn < 2; turn++) assert.deepEqual(at('/p/12'), ['/p/:id', '12'])
  assert.deepEqual(at('/p/x'), ['/p/:id', 'x'])
  assert.deepEqual(at('/p/1x'), ['p/[...rest]', '1x'])
  assert.deepEqual(at('/p/12%0A'), ['p/[...rest]', '12%0A'])
  assert.deepEqual(at('/q/%C3%89!'), ['/q/:a', '%C3%89!'])
  assert.equal(at('/q/e!'), null)
  assert.deepEqual(at('/r/a/b'), ['/r/*', 'a/b'])
  assert.deepEqual(at('/r'), ['/r/*', undefined])
  assert.equal(at('/r/a/c'), null)
})

test('a mount takes its path and all below, after any other route there', () => {
  const mount = route('api', { mount: true, pattern: '/api/*' })
  const at = look([
    mount,
    'api/[id]/x',
    'api/new',
    '[...rest]',
    route('f/[...p]', { mount: true, pattern: '/f/*' }),
  ])
  assert.deepEqual(at('/api'), ['/api/*'])
  assert.deepEqual(at('/api/'), ['/api/*'])
  assert.deepEqual(at('/api//a/'), ['/api/*'])
  assert.deepEqual(at('/api/new'), ['api/new'])
  assert.deepEqual(at('/api/7/x'), ['api/[id]/x', '7'])
  assert.deepEqual(at('/api/7/y'), ['/api/*'])
  assert.deepEqual(at('/apix'), ['[...rest]', 'apix'])
  assert.deepEqual(at('/f/a'), ['/f/*'])
  assert.deepEqual(at('/f'), ['[...rest]', 'f'])
})

test('an unmatched path belongs to the deepest folder that is no group', () => {
  const names = ['', 'docs', 'docs/(g)', 'docs/api', '[lang]', '[lang]/docs', 'caf%'].map(name =>
    name.replace('caf%', 'café'),
  )
  const table = createTable([], names.map(folder))
  const at = (path: string): string => names[table.folder(path)]!
  assert.equal(at('/'), '')
  assert.equal(at('/x.css'), '[lang]')
  assert.equal(at('/docs'), 'docs')
  assert.equal(at('/docs/x/y'), 'docs')
  assert.equal(at('/docs/api/y'), 'docs/api')
  assert.equal(at('/docs/docs'), 'docs')
  assert.equal(at('/de/docs/x'), '[lang]/docs')
  assert.equal(at('//docs'), '')
  assert.equal(at('/caf%C3%A9/x'), 'café')
  assert.equal(createTable([], []).folder('/x'), -1)
})

test('100,000 routes cost a look-up what ten do', () => {
  const paths = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => `page-${i}/[id]/x`)
  const cost = (count: number): number => {
    const files = [...paths(count), ...Array.from({ length: count }, (_, i) => `literal-${i}`)]
    const table = createTable(
      files.map(file => route(file)),
      [],
    )
    const asked = Array.from({ length: 1000 }, (_, i) => `/page-${(i * 7919) % count}/42/x`)
    let best = Number.POSITIVE_INFINITY
    for (let turn = 0; turn < 12; turn++) {
      const started = performance.now()
      for (let round = 0; round < 10; round++)
        for (const path of asked) assert.ok(table.match(path))
      best = Math.min(best, performance.now() - started)
    }
    return best
  }
  const few = cost(10)
  const many = cost(100_000)
  // Memory that is not in the cache costs something; siblings walked one by one would cost 1000 times.
  assert.ok(
    many < few * 30,
    `${few.toFixed(2)} ms for 10 routes, ${many.toFixed(2)} ms for 100,000`,
  )
})
