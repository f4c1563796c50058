// What a project decides for itself: `trailingSlash`, folders with and without `_404` and `_error`,
// `revalidate`. Asked of `dist/fetch.js` in this process, since the other hosts answer as it does.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import test, { describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { build, project } from '../lib/project.ts'

type Ask = (path: string, init?: RequestInit) => Promise<Response>

async function site(files: Record<string, string>, env: Record<string, string> = {}): Promise<Ask> {
  const folder = project(files)
  await build(folder, { env })
  const { default: built } = await import(pathToFileURL(join(folder, 'dist', 'fetch.js')).href)
  return async (path, init) => built.fetch(new Request(`http://localhost${path}`, init))
}

/** Status, and where to if it redirects. */
async function answer(ask: Ask, path: string, init?: RequestInit): Promise<string> {
  const response = await ask(path, init)
  const location = response.headers.get('location')
  return location === null ? String(response.status) : `${response.status} ${location}`
}

const pages = {
  'routes/index.ts': "export const GET = c => c.text('home')\n",
  'routes/about.ts': "export const GET = c => c.text('about')\n",
  'routes/now.ts': 'export const GET = () => String(Date.now())\nexport const POST = () => null\n',
  'routes/blog/[slug].ts': "export const GET = c => c.text(c.req.param('slug'))\n",
  'routes/app.ts':
    "import { Hono } from 'hono'\nexport default new Hono().get('/', c => c.text('app')).get('/x/', c => c.text('x'))\n",
  'public/manual/index.html': '<p>manual',
  'public/file.txt': 'file',
}

const tables: Record<string, [string, string][]> = {
  never: [
    ['/', '200'],
    ['/about', '200'],
    ['/about/', '308 /about'],
    ['/about/?a=1', '308 /about?a=1'],
    ['/now/', '308 /now'],
    ['/blog/x/', '308 /blog/x'],
    ['/manual', '308 /manual/'],
    ['/manual/', '200'],
    ['/app', '200'],
    ['/app/', '404'],
    ['/app/x/', '200'],
    ['/app/x', '404'],
    ['/nope/', '404'],
    ['/file.txt/', '404'],
  ],
  always: [
    ['/', '200'],
    ['/about', '308 /about/'],
    ['/about?a=1', '308 /about/?a=1'],
    ['/about/', '200'],
    ['/now', '308 /now/'],
    ['/now/', '200'],
    ['/blog/x', '308 /blog/x/'],
    ['/blog/x/', '200'],
    ['/manual', '308 /manual/'],
    ['/manual/', '200'],
    ['/app', '200'],
    ['/app/x/', '200'],
    ['/app/x', '404'],
    ['/nope', '404'],
    ['/nope/', '404'],
    ['/file.txt', '200'],
  ],
  ignore: [
    ['/', '200'],
    ['/about', '200'],
    ['/about/', '200'],
    ['/now', '200'],
    ['/now/', '200'],
    ['/blog/x/', '200'],
    ['/manual', '308 /manual/'],
    ['/app', '200'],
    ['/app/x', '404'],
    ['/nope/', '404'],
    ['/file.txt/', '404'],
  ],
}

describe('trailingSlash', () => {
  for (const [setting, rows] of Object.entries(tables)) {
    test(setting, async () => {
      const config = `export default { trailingSlash: '${setting}' }\n`
      const ask = await site({ ...pages, 'precast.config.ts': config })
      const found = await Promise.all(rows.map(async ([path]) => [path, await answer(ask, path)]))
      assert.deepEqual(found, rows)
    })
  }

  test('ignore gives the parameter without its slash, and the same page with it', async () => {
    const ask = await site({
      ...pages,
      'precast.config.ts': "export default { trailingSlash: 'ignore' }\n",
    })
    assert.equal(await (await ask('/blog/x/')).text(), 'x')
    const [plain, slashed] = [await ask('/about'), await ask('/about/')]
    assert.equal(slashed.headers.get('etag'), plain.headers.get('etag'))
  })

  test('a method that is not allowed, and one that is', async () => {
    const ask = await site(pages)
    assert.equal(await answer(ask, '/now', { method: 'POST' }), '204')
    assert.equal(await answer(ask, '/now/', { method: 'POST' }), '308 /now')
    assert.equal(await answer(ask, '/app', { method: 'POST' }), '404')
  })
})

describe('without _404 and _error', () => {
  test('an unmatched URL is a plain 404, what is thrown a plain 500 and logged', async t => {
    const logged = t.mock.method(console, 'error', () => {})
    const ask = await site({
      ...pages,
      'routes/bad.ts':
        "export const GET = c => {\n  throw new Error(`secret ${c.req.query('q')}`)\n}\n",
      'routes/odd.ts': "export const GET = c => {\n  throw c.req.query('q') ?? null\n}\n",
      'routes/http.ts':
        "import { HTTPException } from 'hono/http-exception'\nexport const GET = c => {\n  throw new HTTPException(c.req.query('q') ? 418 : 403, { message: 'told' })\n}\n",
    })
    assert.equal((await ask('/nope')).status, 404)
    for (const path of ['/bad', '/bad?q=1', '/odd', '/odd?q=1']) {
      const response = await ask(path)
      assert.equal(response.status, 500)
      assert.doesNotMatch(await response.text(), /secret/)
    }
    assert.equal(logged.mock.callCount(), 4)
    const response = await ask('/http')
    assert.deepEqual([response.status, await response.text()], [403, 'told'])
  })

  test("a group's _404 and _error are for its routes, and never for a URL that nothing matches", async () => {
    const ask = await site({
      ...pages,
      'routes/(g)/_404.ts': "export default c => c.text('of the group')\n",
      'routes/(g)/_error.ts': "export default (error, c) => c.text('error of the group')\n",
      'routes/(g)/in.ts':
        "export const GET = c => {\n  if (c.req.query('q')) return c.notFound()\n  throw new Error('x')\n}\n",
    })
    assert.notEqual(await (await ask('/nope')).text(), 'of the group')
    assert.equal(await (await ask('/in?q=1')).text(), 'of the group')
    assert.equal(await (await ask('/in')).text(), 'error of the group')
    assert.equal((await ask('/in')).status, 500)
  })

  test('a folder in a group speaks for what nothing matches below its URL, the one in fewest groups first', async () => {
    const middleware = (name: string): string =>
      `export default async (c, next) => {\n  await next()\n  c.header('x-by', '${name}', { append: true })\n}\n`
    const ask = await site({
      ...pages,
      'routes/(g)/_middleware.ts': middleware('g'),
      'routes/(g)/dash/_middleware.ts': middleware('dash'),
      'routes/(g)/dash/_404.ts': "export default c => c.text('of dash')\n",
      'routes/(g)/dash/page.ts': "export const POST = 'page'\n",
      'routes/(h)/dash/other.ts': "export default 'other'\n",
      'routes/(g)/both/_404.ts': "export default c => c.text('of g')\n",
      'routes/(g)/both/page.ts': "export default 'page'\n",
      'routes/both/other.ts': "export default 'other'\n",
      'routes/(g)/tie/_404.ts': "export default c => c.text('of g')\n",
      'routes/(h)/tie/_404.ts': "export default c => c.text('of h')\n",
      'routes/(g)/tie/page.ts': "export default 'page'\n",
    })
    const at = async (path: string): Promise<[number, string, string | null]> => {
      const response = await ask(path)
      return [response.status, await response.text(), response.headers.get('x-by')]
    }
    assert.deepEqual(await at('/dash/nope'), [404, 'of dash', 'dash, g'])
    assert.deepEqual(await at('/dash'), [404, 'of dash', 'dash, g'])
    assert.deepEqual(await at('/dash/page'), [405, 'Method Not Allowed', 'dash, g'])
    assert.deepEqual(await at('/both/nope'), [404, 'Not Found', null])
    assert.deepEqual(await at('/tie/nope'), [404, 'Not Found', null])
  })

  test('the nearest _404 of the URL, through parameters too', async () => {
    const ask = await site({
      ...pages,
      'routes/_404.ts': "export default c => c.text('root')\n",
      'routes/a/_404.ts': "export default c => c.text('a')\n",
      'routes/a/b/page.ts': "export const GET = 'page'\n",
      'routes/a/[x]/deep/_404.ts': "export default c => c.text('deep')\n",
      'routes/a/[x]/deep/page.ts': "export const GET = 'page'\n",
    })
    const text = async (path: string): Promise<string> => {
      const response = await ask(path)
      assert.equal(response.status, 404)
      return response.text()
    }
    assert.equal(await text('/nope'), 'root')
    assert.equal(await text('/a'), 'a')
    assert.equal(await text('/a/nope'), 'a')
    assert.equal(await text('/a/b/nope'), 'a')
    assert.equal(await text('/a/other/deep/nope'), 'deep')
    assert.equal(await text('/ab'), 'root')
  })

  test('_404 may say another status, _error too', async () => {
    const ask = await site({
      ...pages,
      'routes/_404.ts': "export default c => c.text('gone', 410)\n",
      'routes/_error.ts': "export default (error, c) => c.text('busy', 503)\n",
      'routes/bad.ts': 'export const GET = () => {\n  throw 1\n}\n',
    })
    assert.equal((await ask('/nope')).status, 410)
    assert.equal((await ask('/bad')).status, 503)
  })
})

describe('revalidate', () => {
  // The page tells which run made it, and fails where it is told to. Both are globals of this
  // process, so the build never sees them.
  const page = `
    export const config = { revalidate: 1 }
    export const GET = c => {
      if (globalThis.precastTestFails) throw new Error('not now')
      if (globalThis.precastTestCookie) c.header('set-cookie', 'a=b')
      globalThis.precastTestRuns = (globalThis.precastTestRuns ?? 0) + 1
      return 'run ' + (globalThis.precastTestRuns ?? 0) + ' ' + (globalThis.precastTestWord ?? 'built')
    }\n`
  const state = globalThis as Record<string, unknown>

  test('serves old bytes while it makes new ones, and keeps them where that fails', async t => {
    const logged = t.mock.method(console, 'error', () => {})
    const ask = await site({ ...pages, 'routes/page.ts': page })
    const first = await ask('/page')
    const etag = first.headers.get('etag')
    assert.equal(await first.text(), 'run 1 built')
    assert.ok(etag)

    state.precastTestWord = 'live'
    const until = async (wanted: RegExp): Promise<Response> => {
      const end = performance.now() + 20_000
      for (;;) {
        const response = await ask('/page')
        assert.equal(response.status, 200)
        const text = await response.clone().text()
        if (wanted.test(text)) return response
        assert.ok(performance.now() < end, `still ${text}`)
        await new Promise(resolve => setTimeout(resolve, 100))
      }
    }
    const second = await until(/live/)
    assert.notEqual(second.headers.get('etag'), etag)

    const conditional = await ask('/page', {
      headers: { 'if-none-match': second.headers.get('etag')! },
    })
    assert.equal(conditional.status, 304)

    for (const trouble of ['precastTestFails', 'precastTestCookie']) {
      state[trouble] = true
      state.precastTestWord = `after ${trouble}`
      const started = performance.now()
      // Long enough for more than one recomputation to be due.
      while (performance.now() - started < 2_500) {
        const response = await ask('/page')
        assert.equal(response.status, 200)
        assert.equal(response.headers.get('set-cookie'), null)
        assert.doesNotMatch(await response.text(), new RegExp(`after ${trouble}`))
        await new Promise(resolve => setTimeout(resolve, 100))
      }
      assert.ok(logged.mock.callCount() > 0, 'the failure is logged')
      logged.mock.resetCalls()
      state[trouble] = false
      await until(new RegExp(`after ${trouble}`))
    }
  })

  test('is static by its verdict, and a build of it needs nothing else', async () => {
    const ask = await site({
      ...pages,
      'routes/time.ts':
        'export const config = { revalidate: 3600 }\nexport const GET = () => String(Date.now())\n',
    })
    const [first, second] = [await ask('/time'), await ask('/time')]
    assert.equal(await first.text(), await second.text())
    assert.match(first.headers.get('etag') ?? '', /^"/)
  })
})

test('SOURCE_DATE_EPOCH is the Last-Modified of what was built', async () => {
  const ask = await site(pages, { SOURCE_DATE_EPOCH: '1000000000' })
  for (const path of ['/about', '/file.txt'])
    assert.equal((await ask(path)).headers.get('last-modified'), 'Sun, 09 Sep 2001 01:46:40 GMT')
})

test('what is never stored: cookies, private answers, what varies', async () => {
  const ask = await site({
    'routes/cookie.ts': "export const GET = c => c.text('x', 200, { 'set-cookie': 'a=b' })\n",
    'routes/private.ts':
      "export const GET = c => c.text('x', 200, { 'cache-control': 'private' })\n",
    'routes/no-store.ts':
      "export const GET = c => c.text('x', 200, { 'cache-control': 'no-store' })\n",
  })
  for (const path of ['/cookie', '/private', '/no-store']) {
    const response = await ask(path)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('etag'), null, `${path} was stored`)
  }
})

describe('JSX', () => {
  const own = 'const h = (tag, _props, ...kids) => [tag, kids]\nexport default () => <p>own</p>\n'
  const routes = {
    'routes/plain.tsx': 'export default () => <p>{1 + 1}</p>\n',
    'routes/script.js': 'export default () => <p>script</p>\n',
    'routes/source.tsx': '/** @jsxImportSource hono/jsx */\nexport default () => <p>source</p>\n',
    'routes/factory.tsx': `/** @jsx h */\n${own}`,
    'routes/url.tsx': `/** @jsx h */\nexport const name = import.meta.url\n${own}`,
    'routes/text.tsx': 'export default () => <p>{"/** @jsx h */"}</p>\n',
    'routes/runs.tsx': `/** @jsx h */\n// @jsxRuntime classic\n${own.replace('() =>', 'c => c.req.query("q") ??')}`,
  }
  const answers = {
    '/script': '<p>script</p>',
    '/source': '<p>source</p>',
    '/factory': '["p",["own"]]',
    '/url': '["p",["own"]]',
    '/runs': '["p",["own"]]',
  }

  test('is hono/jsx, and a pragma at the head of a file says otherwise', async () => {
    const ask = await site(routes)
    for (const [path, text] of Object.entries({
      ...answers,
      '/plain': '<p>2</p>',
      '/text': '<p>/** @jsx h */</p>',
    }))
      assert.equal(await (await ask(path)).text(), text, path)
  })

  test('a pragma goes before tsconfig.json, and that before hono/jsx', async () => {
    const ask = await site({
      ...routes,
      'tsconfig.json': '{ "compilerOptions": { "jsx": "react", "jsxFactory": "String" } }\n',
    })
    for (const [path, text] of Object.entries({ ...answers, '/script': 'p', '/plain': 'p' }))
      assert.equal(await (await ask(path)).text(), text, path)
  })
})
