import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Hono, type Context, type Next } from 'hono'
import { cors } from 'hono/cors'
import { getPath } from 'hono/utils/url'
import { createFetch } from '../../runtime/hosts/fetch.ts'
import { artifactOf, serve, type Module, type Site } from './site.ts'

const echo = (name: string) => (c: Context) => c.json({ name, ...c.req.param() })
const step = (name: string): Module => ({
  default: async (c: Context, next: Next) => {
    await next()
    c.res.headers.append('x-step', name)
  },
})

async function expect(
  site: Site,
  cases: [request: string, status: number, more?: Record<string, string | null>][],
) {
  const { ask, logged } = await serve(site)
  for (const [request, status, more = {}] of cases) {
    const [method, path] = request.split(' ') as [string, string]
    const response = await ask(path, { method })
    const got: Record<string, unknown> = { status: response.status }
    const wanted: Record<string, unknown> = { status, ...more }
    const body = await response.text()
    for (const name of Object.keys(more))
      got[name] = name === 'body' ? body : response.headers.get(name)
    assert.deepEqual(got, wanted, request)
  }
  return logged
}

test('methods: HEAD follows GET, OPTIONS and 405 name what is allowed', async () => {
  await expect(
    {
      routes: {
        get: { GET: () => 'get' },
        default: { default: () => 'default' },
        post: { POST: () => 'post' },
        both: {
          GET: () => 'get',
          PUT: () => 'put',
          HEAD: (c: Context) => c.body(null, 204),
          OPTIONS: () => 'options',
        },
      },
    },
    [
      ['GET /get', 200, { body: 'get' }],
      ['HEAD /get', 200, { body: '', 'content-type': 'text/plain; charset=utf-8' }],
      ['OPTIONS /get', 204, { allow: 'GET, HEAD, OPTIONS', body: '', 'content-type': null }],
      ['POST /get', 405, { allow: 'GET, HEAD, OPTIONS' }],
      ['PROPFIND /get', 405, { allow: 'GET, HEAD, OPTIONS' }],
      ['GET /default', 200, { body: 'default' }],
      ['GET /post', 405, { allow: 'POST, OPTIONS' }],
      ['HEAD /post', 405, { allow: 'POST, OPTIONS', body: '' }],
      ['POST /post', 200, { body: 'post' }],
      ['HEAD /both', 204],
      ['PUT /both', 200, { body: 'put' }],
      ['OPTIONS /both', 200, { body: 'options' }],
      ['DELETE /both', 405, { allow: 'GET, HEAD, PUT, OPTIONS' }],
      ['PROPFIND /none', 404],
      ['OPTIONS *', 204, { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' }],
    ],
  )
})

test('a 405 comes from the module that matches best', async () => {
  await expect(
    {
      routes: {
        'a/b': { POST: () => 'b' },
        'a/[x]': { GET: () => 'x' },
        '[...r]': { GET: () => 'r', DELETE: () => 'r' },
      },
    },
    [
      ['GET /a/b', 405, { allow: 'POST, OPTIONS' }],
      ['DELETE /a/c', 405, { allow: 'GET, HEAD, OPTIONS' }],
      ['DELETE /b', 200],
    ],
  )
})

test('paths: parameters, escapes, dot segments, refusals', async () => {
  await expect(
    {
      routes: {
        'a,b': { GET: echo('ab') },
        '[x]/y': { GET: echo('y') },
        'f/[...p]': { GET: echo('f') },
        'd/[[...p]]': { GET: echo('d') },
      },
    },
    [
      ['GET /a%2cb', 200, { body: '{"name":"ab"}' }],
      ['GET /x/../a,b', 200],
      ['GET /x/%2e%2e/a,b', 200],
      ['GET /%C3%A9%2Fz/y', 200, { body: '{"name":"y","x":"é/z"}' }],
      ['GET /100%25/y', 200, { body: '{"name":"y","x":"100%"}' }],
      ['GET //y', 404],
      ['GET /f', 404],
      ['GET /f/a/b%2Fc', 200, { body: '{"name":"f","p":"a/b/c"}' }],
      ['GET /d', 200, { body: '{"name":"d"}' }],
      ['GET /d/a', 200, { body: '{"name":"d","p":"a"}' }],
      ['GET /%', 400],
      ['GET /%ff/y', 400],
      ['GET http://other/a,b', 200],
      ['GET *', 400],
    ],
  )
})

const slashes = {
  routes: {
    about: { GET: () => 'about', POST: () => 'post' },
    'blog/[slug]': { GET: echo('blog') },
    'f/[...p]': { GET: echo('f') },
    index: { GET: () => 'home' },
    api: { default: new Hono().get('/', c => c.text(c.req.path)).get('/x/', c => c.text('x/')) },
    'v/1.2': { GET: () => 'v' },
  },
  pages: { '/static': { body: 'static' }, '/style.css': { body: 'css', flags: 5 } },
}

test('trailingSlash never: a route redirects to its path without, whatever the method', async () => {
  await expect(slashes, [
    ['GET /about/', 308, { location: '/about' }],
    ['GET /about/?a=b&c', 308, { location: '/about?a=b&c' }],
    ['POST /about/', 308, { location: '/about' }],
    ['GET /blog/x%2Cy/', 308, { location: '/blog/x,y' }],
    ['GET /f/a/', 308, { location: '/f/a' }],
    ['GET /static/', 308, { location: '/static' }],
    ['GET /about//', 404],
    ['GET /nothing/', 404],
    ['GET /blog/', 404],
    ['GET /style.css/', 404],
    ['GET //', 404],
    ['GET /', 200],
    ['GET /api', 200, { body: '/api' }],
    ['GET /api/x/', 200, { body: 'x/' }],
    ['GET /api/x', 404],
  ])
})

test('trailingSlash always: the other way round, names with a dot aside', async () => {
  await expect({ ...slashes, trailingSlash: 'always' }, [
    ['GET /about', 308, { location: '/about/' }],
    ['GET /about/', 200, { body: 'about' }],
    ['GET /blog/x?y', 308, { location: '/blog/x/?y' }],
    ['GET /blog/x/', 200, { body: '{"name":"blog","slug":"x"}' }],
    ['GET /static', 308, { location: '/static/' }],
    ['GET /static/', 200, { body: 'static' }],
    ['GET /style.css', 200],
    ['GET /v/1.2', 200],
    ['GET /v/1.2/', 308, { location: '/v/1.2' }],
    ['GET /', 200],
    ['GET /nothing', 404],
    ['GET /api', 200],
  ])
})

test('trailingSlash ignore: both are served', async () => {
  await expect({ ...slashes, trailingSlash: 'ignore' }, [
    ['GET /about', 200],
    ['GET /about/', 200],
    ['GET /blog/x/', 200, { body: '{"name":"blog","slug":"x"}' }],
    ['GET /static', 200],
    ['GET /static/', 200, { body: 'static' }],
    ['GET /style.css/', 404],
    ['GET /about//', 404],
  ])
})

test('no redirect leads to another host', async () => {
  const { ask } = await serve({ routes: { '[...p]': { GET: () => 'p' } } })
  for (const path of [
    '//evil.example/',
    '//evil.example/%2e%2e//evil.example/',
    '/\\evil.example/',
    '///evil.example/',
    '/.//evil.example/',
  ]) {
    const response = await ask(path)
    if (response.status !== 308) continue
    const location = new URL(response.headers.get('location')!, 'http://localhost/')
    assert.equal(location.host, 'localhost', path)
  }
  const { headers } = await ask('//evil.example/')
  assert.equal(headers.get('location'), '/.//evil.example')
})

test('a folder of public/ with an index.html redirects to its slash', async () => {
  await expect(
    { pages: { '/docs': { flags: 2, status: 308 }, '/docs/': { flags: 5, body: 'index' } } },
    [
      ['GET /docs?a', 308, { location: '/docs/?a' }],
      ['GET /docs/', 200, { body: 'index' }],
    ],
  )
})

test('folder middleware runs for matched and unmatched paths, OPTIONS and 405, outer first', async () => {
  await expect(
    {
      folders: {
        '': { middleware: step('root') },
        admin: { middleware: step('admin') },
        'admin/(g)': { middleware: step('group') },
      },
      routes: {
        'admin/x': { GET: () => 'x' },
        'admin/(g)/y': { GET: () => 'y' },
        z: { GET: () => 'z' },
      },
    },
    [
      ['GET /z', 200, { 'x-step': 'root' }],
      ['GET /admin/x', 200, { 'x-step': 'admin, root' }],
      ['GET /admin/y', 200, { 'x-step': 'group, admin, root' }],
      ['OPTIONS /admin/x', 204, { 'x-step': 'admin, root', allow: 'GET, HEAD, OPTIONS' }],
      ['PUT /admin/x', 405, { 'x-step': 'admin, root', allow: 'GET, HEAD, OPTIONS' }],
      ['GET /admin/none', 404, { 'x-step': 'admin, root' }],
      ['GET /none', 404, { 'x-step': 'root' }],
      ['HEAD /none', 404, { 'x-step': 'root', body: '' }],
    ],
  )
})

test('a CORS preflight is answered by the middleware', async () => {
  const { ask } = await serve({
    folders: { '': { middleware: { default: cors() } } },
    routes: { x: { POST: () => 'x' } },
  })
  const response = await ask('/x', {
    method: 'OPTIONS',
    headers: { origin: 'http://a', 'access-control-request-method': 'POST' },
  })
  assert.equal(response.status, 204)
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
  assert.match(response.headers.get('access-control-allow-methods')!, /POST/)
})

test('_404 and _error are the nearest ones, groups count for their own routes only', async () => {
  const boom = {
    GET: () => {
      throw new Error('boom')
    },
  }
  await expect(
    {
      folders: {
        '': { notFound: { default: () => 'root 404' }, error: { default: () => 'root 500' } },
        a: { notFound: { default: (c: Context) => c.html('<p>a 404</p>') } },
        'a/(g)': { notFound: { default: () => 'g 404' }, error: { default: () => 'g 500' } },
      },
      routes: {
        x: boom,
        'a/x': boom,
        'a/(g)/y': boom,
        'a/(g)/z': { GET: (c: Context) => c.notFound() },
      },
    },
    [
      ['GET /none', 404, { body: 'root 404' }],
      ['GET /a/none', 404, { body: '<p>a 404</p>' }],
      ['GET /a/(g)/none', 404, { body: '<p>a 404</p>' }],
      ['GET /a/z', 404, { body: 'g 404' }],
      ['GET /x', 500, { body: 'root 500' }],
      ['GET /a/x', 500, { body: 'root 500' }],
      ['GET /a/y', 500, { body: 'g 500' }],
    ],
  )
})

test('a mounted app gets every method and sub-path, its context and the 404 and 500 of its folder', async () => {
  const app = new Hono<{ Variables: { who: string } }>()
    .get('/', c => c.text(`root ${c.get('who')}`))
    .get('/users/:id', c => c.json({ id: c.req.param('id'), path: c.req.path }))
    .post('/users', async c => c.text(await c.req.text(), 201))
    .get('/boom', () => {
      throw new Error('boom')
    })
    .get('/string', () => {
      throw 'boom'
    })
  await expect(
    {
      folders: {
        api: {
          middleware: {
            default: async (c: Context, next: Next) => {
              c.set('who', 'me')
              await next()
              c.header('x-mw', '1')
            },
          },
          notFound: { default: () => 'api 404' },
          error: { default: (error: unknown) => `api 500 ${error}` },
        },
      },
      routes: {
        'api/v1': { default: app, config: { headers: { 'x-c': '1' } } },
        'api/v1/special': { GET: () => 'special' },
      },
    },
    [
      ['GET /api/v1', 200, { body: 'root me', 'x-mw': '1', 'x-c': '1' }],
      ['HEAD /api/v1', 200, { body: '', 'x-mw': '1' }],
      ['GET /api/v1/users/a%2Fb', 200, { body: '{"id":"a/b","path":"/api/v1/users/a%2Fb"}' }],
      ['POST /api/v1/users', 201],
      ['GET /api/v1/special', 200, { body: 'special', 'x-mw': '1' }],
      ['GET /api/v1/none', 404, { body: 'api 404', 'x-mw': '1' }],
      ['GET /api/v1/boom', 500, { body: 'api 500 Error: boom' }],
      ['GET /api/v1/string', 500, { body: 'api 500 boom' }],
      ['GET /api/none', 404, { body: 'api 404' }],
    ],
  )
})

test('an app mounted at the root, or below a parameter', async () => {
  await expect(
    {
      routes: {
        index: { default: new Hono().get('/a/b', c => c.text('root')) },
        'x/[id]': { default: new Hono().get('/y', c => c.text(c.req.param('id' as never))) },
      },
    },
    [
      ['GET /a/b', 200, { body: 'root' }],
      ['GET /', 404],
      ['GET /x/7/y', 200, { body: '7' }],
      ['GET /x/7/z', 404],
    ],
  )
})

test('a module that fails to load is a 500 for its route only, logged once with its file', async () => {
  const failure = new Error('no database')
  const logged = await expect(
    {
      routes: {
        bad: async () => {
          throw failure
        },
        good: { GET: () => 'good' },
      },
    },
    [
      ['GET /bad', 500],
      ['GET /bad', 500],
      ['HEAD /bad', 500],
      ['GET /good', 200],
    ],
  )
  assert.deepEqual(logged, [['routes/bad.ts failed to load:', failure]])
})

test('an app that cannot be mounted is a 500 for its paths only', async () => {
  const broken = { fetch() {}, routes: [null] }
  const logged = await expect(
    { routes: { api: { default: broken }, good: { GET: () => 'good' } } },
    [
      ['GET /api', 500],
      ['GET /good', 200],
    ],
  )
  assert.equal(logged.length, 1)
})

test('middleware that fails to load lets nothing through', async () => {
  const { ask } = await serve({
    routes: { x: { GET: () => 'secret' } },
    folders: {
      '': {
        middleware: (async () => {
          throw new Error('x')
        }) as never,
      },
    },
  })
  for (const path of ['/x', '/none']) assert.equal((await ask(path)).status, 500)
})

test('what a handler throws is logged with its route', async () => {
  const error = new Error('boom')
  const logged = await expect(
    {
      routes: {
        'a/[b]': {
          GET: () => {
            throw error
          },
        },
      },
    },
    [['GET /a/x?y', 500, { body: 'Internal Server Error' }]],
  )
  assert.equal(logged.length, 1)
  assert.match(logged[0]![0], /GET \/a\/:b/)
  assert.match(logged[0]![0], /\/a\/x/)
  assert.equal(logged[0]![1], error)
})

test('stored pages answer GET and HEAD; other methods are the module’s', async () => {
  const site: Site = {
    routes: {
      both: { GET: () => 'live', POST: () => 'post' },
      head: { GET: () => 'live', HEAD: (c: Context) => c.body(null, 204) },
    },
    pages: {
      '/both': { body: 'stored' },
      '/head': { body: 'stored' },
      '/file.txt': { body: 'file', flags: 5 },
      '/gone': { status: 410, body: 'gone' },
      '/moved': { status: 301, headers: [['location', '/']] },
      '/empty': { status: 204, headers: [] },
    },
  }
  await expect(site, [
    ['GET /both', 200, { body: 'stored', 'content-length': '6' }],
    ['GET /both?x=1', 200, { body: 'stored' }],
    ['HEAD /both', 200, { body: '', 'content-length': '6' }],
    ['POST /both', 200, { body: 'post' }],
    ['PUT /both', 405, { allow: 'GET, HEAD, POST, OPTIONS' }],
    ['HEAD /head', 204],
    ['POST /file.txt', 405, { allow: 'GET, HEAD, OPTIONS' }],
    ['OPTIONS /file.txt', 204, { allow: 'GET, HEAD, OPTIONS' }],
    ['GET /%66ile.txt', 200, { body: 'file' }],
    ['GET /gone', 410, { body: 'gone' }],
    ['GET /moved', 301, { location: '/', 'content-length': '0' }],
    ['GET /empty', 204, { 'content-length': null, 'content-type': null }],
  ])
})

test('a stored _404 answers the unmatched paths of its folder', async () => {
  const site: Site = {
    folders: { '': {}, docs: {} },
    pages: {
      '404:0': { status: 404, body: 'lost' },
      '404:1': { status: 404, body: 'lost in docs', encodings: { br: 'br' } },
    },
  }
  await expect(site, [
    ['GET /x', 404, { body: 'lost' }],
    ['POST /x', 404, { body: 'lost' }],
    ['HEAD /x', 404, { body: '' }],
    ['GET /docs/x', 404, { body: 'lost in docs' }],
    ['GET 404:0', 400],
  ])
  const { app } = await serve(site)
  assert.equal(app.static('GET', '404:0', new Headers()), undefined)
})

test('static() answers what is stored, and nothing else', async () => {
  const { app } = await serve({
    routes: { dyn: { GET: () => 'd' }, head: { GET: () => 'live', HEAD: () => null } },
    pages: {
      '/': { body: 'home' },
      '/a': { body: 'a', encodings: { br: 'b' } },
      '/head': {},
      '/dir': { flags: 2 },
    },
  })
  const none = new Headers()
  const reply = app.static('GET', '/a?x', none)!
  assert.equal(reply.status, 200)
  assert.equal(new TextDecoder().decode(reply.body!), 'a')
  assert.equal(app.static('GET', '/a', none), reply, 'the same object for each request')
  assert.notEqual(app.static('GET', '/a', new Headers({ 'accept-encoding': 'br' })), reply)
  assert.equal(app.static('HEAD', '/a', none)!.body, null)
  assert.deepEqual(app.static('HEAD', '/a', none)!.fields, reply.fields)
  assert.equal(app.static('GET', '/', none)!.status, 200)
  for (const [method, target] of [
    ['POST', '/a'],
    ['OPTIONS', '/a'],
    ['GET', '/dyn'],
    ['GET', '/none'],
    ['GET', '/a/'],
    ['GET', '/dir'],
    ['HEAD', '/head'],
    ['GET', '*'],
    ['GET', 'http://h/a'],
    ['get', '/a'],
  ] as const) {
    assert.equal(app.static(method, target, none), undefined, `${method} ${target}`)
  }
})

test('handler() is there for what user code alone answers, once it is loaded', async () => {
  const { app, ask } = await serve({
    trailingSlash: 'ignore',
    routes: { dyn: { GET: () => 'd', POST: echo('p') }, '[x]/[y]': { GET: echo('xy') } },
    pages: { '/a': { body: 'a' }, '/x/y': { body: 'stored' }, '/dir': { flags: 2 }, '404:0': {} },
  })
  assert.equal(app.handler('/dyn'), undefined)
  await ask('/dyn')
  const answer = async (target: string, method = 'GET') =>
    (await app.handler(target)!(new Request(`http://localhost${target}`, { method }))).text()
  assert.equal(await answer('/dyn?x'), 'd')
  assert.equal(await answer('/dyn', 'POST'), '{"name":"p"}')
  assert.equal(await answer('/dyn', 'PUT'), 'Method Not Allowed')
  assert.equal(await answer('/1/2'), '{"name":"xy","x":"1","y":"2"}')
  for (const target of ['/a', '/a/', '/x/y', '/x/%79', '/dir', '/none', '404:0', '*', '/%'])
    assert.equal(app.handler(target), null, target)
})

test('static() and fetch() agree on slashes', async () => {
  for (const trailingSlash of ['never', 'always', 'ignore'] as const) {
    const { app, ask } = await serve({
      trailingSlash,
      pages: {
        '/a': { body: 'a' },
        '/': { body: '/' },
        '/f.txt': { flags: 5, body: 'f' },
        '/v.2': { body: 'v' },
      },
    })
    for (const path of [
      '/',
      '/a',
      '/a/',
      '/a//',
      '/f.txt',
      '/f.txt/',
      '/v.2',
      '/v.2/',
      '//',
      '/x',
      '/x/',
    ]) {
      const reply = app.static('GET', path, new Headers())
      const response = await ask(path)
      assert.equal(reply !== undefined, response.status === 200, `${trailingSlash} ${path}`)
    }
  }
})

test('createFetch waits for modules by itself', async () => {
  const { manifest, bytes, loaders } = await artifactOf({
    routes: { x: async () => ({ GET: () => 'x' }) },
  })
  const { fetch } = createFetch({ manifest, bytes, files: [], modules: loaders })
  assert.equal(await (await fetch(new Request('http://localhost/x?y#z'))).text(), 'x')
})

test('a request body reaches the handler, a stream comes back', async () => {
  const { ask } = await serve({
    routes: { echo: { POST: (c: Context) => new Response(c.req.raw.body) } },
  })
  const response = await ask('/echo', { method: 'POST', body: 'ping' })
  assert.equal(await response.text(), 'ping')
})

test('whatever is asked, static() and handler() say what fetch() says or nothing', async () => {
  const { app } = await serve({
    trailingSlash: 'ignore',
    routes: { 'a/[x]': { GET: () => 'live' }, '[...p]': { GET: () => 'rest' } },
    pages: {
      '/': { body: 'home' },
      '/a': { body: 'a'.repeat(50), encodings: { br: 'br', zstd: 'zs' } },
      '/a/b': { status: 404, body: 'b', encodings: { gzip: 'g' } },
      '/a/': { body: 'index', flags: 5 },
      '/f.txt': { body: '0123456789', flags: 5, encodings: { br: 'BR' } },
    },
  })
  const { etag } = Object.fromEntries(
    app
      .static('GET', '/f.txt', new Headers())!
      .fields.map(([name, value]) => [name.toLowerCase(), value]),
  )
  const part = fc.constantFrom(
    '',
    'a',
    'b',
    'f.txt',
    '.',
    '..',
    '%2e',
    '%61',
    '%2F',
    '%',
    '?',
    '#',
    '//',
    '\\',
  )
  const target = fc.array(part, { maxLength: 5 }).map(parts => `/${parts.join('/')}`)
  const value = fc.constantFrom(
    'br',
    'gzip;q=0.5, *',
    'identity;q=0',
    '*;q=0',
    etag!,
    '*',
    '"x"',
    'bytes=1-2',
    'bytes=-3,0-0',
    'bytes=99-',
    'Thu, 01 Jan 2026 00:00:00 GMT',
    ',,',
    '',
  )
  const name = fc.constantFrom(
    'accept-encoding',
    'if-none-match',
    'if-match',
    'if-modified-since',
    'if-unmodified-since',
    'range',
    'if-range',
  )
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS')
  let handled = 0
  // Until then there is no handler.
  await app.fetch(new Request('http://localhost/x'))
  await fc.assert(
    fc.asyncProperty(
      method,
      target,
      fc.dictionary(name, value, { maxKeys: 4 }),
      async (method, target, fields) => {
        const headers = new Headers(fields)
        const reply = app.static(method, target, headers)
        const request = () => new Request('http://localhost/', { method, headers })
        const response = await app.fetch(request(), undefined, undefined, target)
        const handler = app.handler(target)
        if (handler) {
          handled++
          assert.equal(reply, undefined, 'what is stored needs no handler')
          const other = await handler(request())
          assert.equal(other.status, response.status)
          assert.deepEqual([...other.headers], [...response.headers])
          assert.equal(await other.text(), await response.text())
          return
        }
        if (!reply) return
        assert.equal(response.status, reply.status)
        const shown = [...new Headers(reply.fields)]
        assert.deepEqual([...response.headers], shown)
        assert.deepEqual(
          new Uint8Array(await response.arrayBuffer()),
          new Uint8Array(reply.body ?? []),
        )
        const length = response.headers.get('content-length')
        if (reply.body && length !== null) assert.equal(reply.body.length, Number(length))
      },
    ),
    { numRuns: 1000 },
  )
  assert.ok(handled > 100, `${handled} had a handler`)
})

test('c.req.path is what Hono reads in the URL, whatever the form of the target', async () => {
  const { app } = await serve({
    routes: { '[[...rest]]': { GET: (c: Context) => c.text(c.req.path) } },
  })
  const origin = 'http://localhost'
  for (const target of [
    '/',
    '/a',
    '/a/b',
    '/a?b=/c',
    '/a?',
    '//a//b',
    '/.well-known',
    '/a/../b',
    '/%61',
    '/a%2Cb',
    '/a%2Fb',
    '/a%25b',
    '/gr%C3%BC%C3%9Fe',
    "/a'b(c)!",
    '/a|b',
    `${origin}/a`,
  ]) {
    const request = new Request(target.startsWith('/') ? origin + target : target)
    const response = await app.fetch(request, {}, undefined, target)
    assert.equal(await response.text(), getPath(request), target)
  }
})
