import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono, type Context, type Next } from 'hono'
import { html, raw } from 'hono/html'
import { HTTPException } from 'hono/http-exception'
import { Fragment, jsx } from 'hono/jsx'
import { compose, folder, isApp, type Namespace } from '../../runtime/handler.ts'

type Fields = Record<string, string>

async function run(
  module: Namespace,
  init?: RequestInit & {
    middleware?: Namespace[]
    error?: Namespace
    notFound?: Namespace
    params?: Fields
  },
  name = 'GET',
): Promise<{ response: Response; body: string; logged: unknown[] }> {
  const logged: unknown[] = []
  const { middleware = [], error, notFound, params, ...rest } = init ?? {}
  const answer = compose({
    middleware,
    module,
    name,
    error,
    notFound,
    params,
    log: error => logged.push(error),
  })
  const response = await answer(new Request('http://localhost/x?q=1', rest))
  return { response, body: await response.text(), logged }
}

const Page = ({ name }: { name: string }) => jsx('p', { title: '"' }, 'Hi ', name)
const Later = async () => jsx('b', {}, 'later')

const values: [title: string, value: unknown, status: number, type: string | null, body: string][] =
  [
    ['a string', 'hé', 200, 'text/plain; charset=utf-8', 'hé'],
    ['an empty string', '', 200, 'text/plain; charset=utf-8', ''],
    ['bytes', new Uint8Array([104, 105]), 200, 'application/octet-stream', 'hi'],
    ['null', null, 204, null, ''],
    ['undefined', undefined, 204, null, ''],
    ['an object', { a: 1 }, 200, 'application/json', '{"a":1}'],
    ['an array', [1, 'b'], 200, 'application/json', '[1,"b"]'],
    ['an empty array', [], 200, 'application/json', '[]'],
    ['a number', 0, 200, 'application/json', '0'],
    ['a boolean', false, 200, 'application/json', 'false'],
    ['what has a toJSON', new Date(0), 200, 'application/json', '"1970-01-01T00:00:00.000Z"'],
    [
      'JSX',
      jsx(Page as never, { name: '<b>' }),
      200,
      'text/html; charset=utf-8',
      '<p title="&quot;">Hi &lt;b&gt;</p>',
    ],
    [
      'JSX with an asynchronous component',
      jsx('div', {}, jsx(Later as never, {})),
      200,
      'text/html; charset=utf-8',
      '<div><b>later</b></div>',
    ],
    [
      'a fragment',
      jsx(Fragment as never, {}, jsx('i', {}, '1'), '2'),
      200,
      'text/html; charset=utf-8',
      '<i>1</i>2',
    ],
    ['html``', html`<p>${'<'}</p>`, 200, 'text/html; charset=utf-8', '<p>&lt;</p>'],
    [
      'html`` with a promise',
      html`<p>${Promise.resolve('<')}</p>`,
      200,
      'text/html; charset=utf-8',
      '<p>&lt;</p>',
    ],
    ['raw()', raw('<hr>'), 200, 'text/html; charset=utf-8', '<hr>'],
    [
      'data that names the mark of HTML',
      { isEscaped: true, a: '<' },
      200,
      'application/json',
      '{"isEscaped":true,"a":"<"}',
    ],
    [
      'a Response',
      new Response('r', { status: 202, headers: { a: 'b' } }),
      202,
      'text/plain;charset=utf-8',
      'r',
    ],
  ]

for (const [title, value, status, type, body] of values) {
  const forms: [string, unknown][] = [
    ['returned', () => (value instanceof Response ? value.clone() : value)],
    ['returned later', async () => (value instanceof Response ? value.clone() : value)],
    ['exported', value],
    [
      'at the end of an array',
      [
        async (_: Context, next: Next) => next(),
        () => (value instanceof Response ? value.clone() : value),
      ],
    ],
  ]
  for (const [form, GET] of forms) {
    // Bun tells nobody the type that it gives a string body on the wire.
    if (value instanceof Response && 'Bun' in globalThis) continue
    if (form === 'exported' && typeof value === 'undefined') continue
    test(`${title}, ${form}, is ${status} ${type}`, async () => {
      const { response, body: text, logged } = await run({ GET })
      assert.deepEqual(logged, [])
      assert.equal(response.status, status)
      assert.equal(response.headers.get('content-type'), type)
      assert.equal(text, body)
    })
  }
}

test('an exported Response is sent as often as it is asked for', async () => {
  const answer = compose({ middleware: [], module: { GET: new Response('again') }, name: 'GET' })
  for (let i = 0; i < 3; i++)
    assert.equal(await (await answer(new Request('http://localhost/'))).text(), 'again')
})

for (const value of [() => 1, Symbol('s'), 10n]) {
  test(`what cannot be sent, a ${typeof value}, is a 500`, async () => {
    const { response, logged } = await run({ GET: () => value })
    assert.equal(response.status, 500)
    assert.ok(logged[0] instanceof TypeError)
  })
}

test('status and headers set on the context are kept', async () => {
  const set = (value: unknown) => (c: Context) => {
    c.status(201)
    c.header('x-a', '1')
    return value
  }
  for (const value of ['s', { a: 1 }, jsx('p', {}), null]) {
    const { response } = await run({ GET: set(value) })
    assert.equal(response.status, 201)
    assert.equal(response.headers.get('x-a'), '1')
  }
  const typed = await run({
    GET: (c: Context) => {
      c.header('content-type', 'text/css')
      return 'a{}'
    },
  })
  assert.equal(typed.response.headers.get('content-type'), 'text/css')
})

test('c.text, c.json, c.html, c.body, c.redirect work as in Hono', async () => {
  const text = await run({ GET: (c: Context) => c.text('t') })
  assert.equal(text.response.headers.get('content-type'), 'text/plain;charset=utf-8')
  assert.equal(text.body, 't')
  const status = await run({ GET: (c: Context) => c.text('t', 201, { 'x-a': 'b' }) })
  assert.equal(status.response.status, 201)
  assert.equal(status.response.headers.get('x-a'), 'b')
  const json = await run({ GET: (c: Context) => c.json({ q: c.req.query('q') }) })
  assert.equal(json.body, '{"q":"1"}')
  const redirect = await run({ GET: (c: Context) => c.redirect('/y') })
  assert.equal(redirect.response.status, 302)
  assert.equal(redirect.response.headers.get('location'), '/y')
})

test('a handler that answers at once is answered at once', () => {
  const answer = compose({ middleware: [], module: { GET: () => 'now' }, name: 'GET' })
  assert.ok(answer(new Request('http://localhost/')) instanceof Response)
})

test('config.headers are on what middleware of the module answers itself', async () => {
  const config = { headers: { 'X-A': 'config' } }
  const guards = [
    (c: Context) => c.text('no', 401),
    async (c: Context) => c.text('no', 401, { 'x-a': 'own' }),
  ]
  const seen = guards.map(async guard => {
    const { response } = await run({ config, GET: [guard, () => 'never'] })
    return [response.status, response.headers.get('x-a')]
  })
  assert.deepEqual(await Promise.all(seen), [
    [401, 'config'],
    [401, 'own'],
  ])
})

test('config.headers are added to what the handler did not set itself', async () => {
  const config = { headers: { 'X-A': 'config', 'Content-Type': 'text/css', 'X-N': 1 } }
  const plain = (await run({ config, GET: () => 'a{}' })).response.headers
  assert.deepEqual(
    [plain.get('x-a'), plain.get('content-type'), plain.get('x-n')],
    ['config', 'text/css', '1'],
  )
  const own = (await run({ config, GET: (c: Context) => c.json(1, 200, { 'x-a': 'own' }) }))
    .response.headers
  assert.deepEqual([own.get('x-a'), own.get('content-type')], ['own', 'application/json'])
  const text = (await run({ config, GET: (c: Context) => c.text('a{}') })).response.headers
  assert.equal(text.get('x-a'), 'config')
  const immutable = (await run({ config, GET: () => Response.redirect('http://localhost/z') }))
    .response
  assert.deepEqual([immutable.status, immutable.headers.get('x-a')], [302, 'config'])
})

test('parameters are decoded once by c.req.param', async () => {
  const GET = (c: Context) =>
    c.json([c.req.param('a'), c.req.param('b'), c.req.param('constructor'), c.req.param()])
  const { body } = await run({ GET }, { params: { a: 'x%252F%C3%A9', b: 'c%2Fd/e' } })
  assert.equal(body, '["x%2Fé","c/d/e",null,{"a":"x%2Fé","b":"c/d/e"}]')
})

test('middleware runs outer before inner, with one context', async () => {
  const step = (name: string): Namespace => ({
    default: async (c: Context, next: Next) => {
      c.set('path', [...((c.get('path') as string[]) ?? []), name])
      await next()
      c.res.headers.append('x-after', name)
    },
  })
  const both = { default: [step('b').default, step('c').default] }
  const { response, body } = await run(
    { GET: [step('d').default, (c: Context) => c.get('path')] },
    { middleware: [step('a'), both] },
  )
  assert.equal(body, '["a","b","c","d"]')
  assert.equal(response.headers.get('x-after'), 'd, c, b, a')
})

test('middleware may answer by itself', async () => {
  const { response, body } = await run(
    { GET: () => 'never' },
    { middleware: [{ default: (c: Context) => c.text('no', 401) }] },
  )
  assert.equal(response.status, 401)
  assert.equal(body, 'no')
})

test('an array that ends in middleware ends in the 404', async () => {
  const { response } = await run({
    GET: [async (_: Context, next: Next) => next(), async (_: Context, next: Next) => next()],
  })
  assert.equal(response.status, 404)
})

test('HEAD has the head of GET and lets a stream go', async () => {
  let cancelled = false
  const body = new ReadableStream({
    pull: controller => controller.enqueue(new Uint8Array(1)),
    cancel: () => void (cancelled = true),
  })
  const { response, body: text } = await run(
    { GET: () => new Response(body, { status: 203, headers: { 'x-a': 'b' } }) },
    { method: 'HEAD' },
  )
  assert.deepEqual([response.status, response.headers.get('x-a'), text], [203, 'b', ''])
  assert.ok(cancelled)
})

test('a handler sees HEAD as the method of the request', async () => {
  const { response } = await run(
    { HEAD: (c: Context) => c.body(null, 200, { 'x-method': c.req.method }) },
    { method: 'HEAD' },
    'HEAD',
  )
  assert.equal(response.headers.get('x-method'), 'HEAD')
})

const thrown: [string, unknown][] = [
  ['an Error', new Error('boom')],
  ['a string', 'boom'],
  ['undefined', undefined],
  ['null', null],
  ['an object', { status: 3 }],
]
for (const [title, value] of thrown) {
  const fail = () => {
    throw value
  }
  const failLater = async () => {
    throw value
  }
  const places: [string, Namespace, Namespace[]][] = [
    ['a handler', { GET: fail }, []],
    ['an asynchronous handler', { GET: failLater }, []],
    [
      'a handler behind middleware',
      { GET: fail },
      [{ default: async (_: Context, next: Next) => next() }],
    ],
    ['middleware', { GET: () => 'x' }, [{ default: fail }]],
    ['asynchronous middleware', { GET: () => 'x' }, [{ default: failLater }]],
  ]
  for (const [place, module, middleware] of places) {
    test(`${title} thrown in ${place} is a plain 500 and logged once`, async () => {
      const { response, body, logged } = await run(module, { middleware })
      assert.equal(response.status, 500)
      assert.equal(body, 'Internal Server Error')
      assert.deepEqual(logged, [value])
    })
    test(`${title} thrown in ${place} reaches _error`, async () => {
      const seen: unknown[] = []
      const error = {
        config: { headers: { 'x-e': '1' } },
        default: (error: unknown, c: Context) => {
          seen.push(error, c.error)
          return jsx('h1', {}, 'sorry')
        },
      }
      const { response, body, logged } = await run(module, { middleware, error })
      assert.deepEqual(
        [response.status, body, response.headers.get('x-e')],
        [500, '<h1>sorry</h1>', '1'],
      )
      assert.deepEqual(seen, [value, value])
      assert.deepEqual(logged, [])
    })
  }
}

test('_error: a plain 200 is a 500, another status stays', async () => {
  const GET = () => {
    throw new Error('x')
  }
  const statuses: [unknown, number][] = [
    [() => new Response('r'), 500],
    [(_: unknown, c: Context) => c.text('t', 200), 500],
    [(_: unknown, c: Context) => c.text('t', 503), 503],
    [async (_: unknown, c: Context) => c.redirect('/'), 302],
    [() => 'sorry', 500],
    [() => null, 500],
  ]
  for (const [handler, status] of statuses)
    assert.equal((await run({ GET }, { error: { default: handler } })).response.status, status)
})

test('an _error that throws gives a plain 500, logged', async () => {
  const second = new Error('second')
  for (const handler of [
    () => {
      throw second
    },
    async () => {
      throw second
    },
  ]) {
    const { response, body, logged } = await run(
      {
        GET: () => {
          throw new Error('first')
        },
      },
      { error: { default: handler } },
    )
    assert.deepEqual([response.status, body], [500, 'Internal Server Error'])
    assert.ok(logged.includes(second))
  }
})

test('an HTTPException answers itself where there is no _error', async () => {
  const GET = (c: Context) => {
    c.header('x-a', 'b')
    throw new HTTPException(403, { message: 'no entry' })
  }
  const { response, body, logged } = await run({ GET })
  assert.deepEqual(
    [response.status, body, response.headers.get('x-a'), logged],
    [403, 'no entry', 'b', []],
  )
  const caught = await run({ GET }, { error: { default: (error: HTTPException) => error.message } })
  assert.deepEqual([caught.response.status, caught.body], [500, 'no entry'])
})

test('c.notFound() runs _404, and a plain 200 of it is a 404', async () => {
  const GET = (c: Context) => c.notFound()
  const plain = await run({ GET })
  assert.deepEqual(
    [plain.response.status, plain.body, plain.response.headers.get('content-type')],
    [404, 'Not Found', 'text/plain; charset=utf-8'],
  )
  const cases: [unknown, number, string][] = [
    [() => 'gone', 404, 'gone'],
    [async (c: Context) => c.html('gone'), 404, 'gone'],
    [() => new Response('gone'), 404, 'gone'],
    [(c: Context) => c.text('gone', 410), 410, 'gone'],
    [(c: Context) => c.text('gone', 200), 404, 'gone'],
    ['gone', 404, 'gone'],
  ]
  for (const [handler, status, text] of cases) {
    const { response, body } = await run({ GET }, { notFound: { default: handler } })
    assert.deepEqual([response.status, body], [status, text])
  }
})

test('a _404 that throws reaches _error', async () => {
  const { response, body } = await run(
    { GET: (c: Context) => c.notFound() },
    {
      notFound: {
        default: () => {
          throw new Error('in 404')
        },
      },
      error: { default: (error: Error) => error.message },
    },
  )
  assert.deepEqual([response.status, body], [500, 'in 404'])
})

for (const value of ['a\x01', '\x7f', 'a\x1fb', '\x0bx']) {
  test(`a header value with ${JSON.stringify(value)} is never sent`, async () => {
    const set = (c: Context) => c.text('x', 200, { 'x-a': `1${value}2` })
    for (const GET of [
      set,
      async (c: Context) => set(c),
      () => new Response('x', { headers: { 'x-a': `1${value}2` } }),
    ]) {
      const { response, logged } = await run({ GET })
      assert.equal(response.status, 500)
      assert.equal(response.headers.get('x-a'), null)
      assert.match(String(logged[0]), /x-a has a control character/)
    }
  })
}

test('a tab in a header value is fine, and so are all bytes above', async () => {
  const { response } = await run({
    GET: () => new Response('x', { headers: { 'x-a': 'a\tb\xff' } }),
  })
  assert.equal(response.headers.get('x-a'), 'a\tb\xff')
})

test('a Response that cannot be sent is a 500', async () => {
  const used = new Response('x')
  await used.text()
  assert.equal((await run({ GET: () => used })).response.status, 500)
  assert.equal((await run({ GET: () => Response.error() })).response.status, 500)
})

test('requests that run at once keep their own match', async () => {
  const gate = new Promise(resolve => setTimeout(resolve, 10))
  const around = folder({
    middleware: [
      {
        default: async (_: Context, next: Next) => {
          await gate
          await next()
        },
      },
    ],
    log: () => {},
  })
  const read = async (c: Context) => {
    await gate
    return c.req.param()
  }
  const one = around.route({ GET: read }, 'GET', { pattern: '/:a', method: 'GET', params: ['a'] })
  const two = around.route({ GET: read }, 'GET', { pattern: '/:b', method: 'GET', params: ['b'] })
  const answers = await Promise.all([
    one(new Request('http://localhost/1'), ['1']),
    two(new Request('http://localhost/2', { method: 'HEAD' }), ['2']),
    two(new Request('http://localhost/3'), ['3']),
    one(new Request('http://localhost/4'), ['4']),
  ])
  assert.deepEqual(await Promise.all(answers.map(answer => answer.text())), [
    '{"a":"1"}',
    '',
    '{"b":"3"}',
    '{"a":"4"}',
  ])
})

test('env and execution context reach the handler', async () => {
  const answer = compose({
    middleware: [],
    module: { GET: (c: Context) => `${(c.env as Fields).A} ${typeof c.executionCtx.waitUntil}` },
    name: 'GET',
  })
  assert.equal(
    await (await answer(new Request('http://localhost/'), { A: 'a' }, { waitUntil() {} })).text(),
    'a function',
  )
})

test('what watches is told of the context, of what was thrown and of notFound', async () => {
  const seen: unknown[] = []
  const watch = {
    context: (c: Context) => seen.push(c.req.path),
    threw: (error: unknown) => seen.push(error),
    notFound: () => seen.push('404'),
  }
  const error = new Error('x')
  await compose({
    middleware: [],
    module: {
      GET: () => {
        throw error
      },
    },
    name: 'GET',
    watch,
  })(new Request('http://localhost/a'))
  await compose({
    middleware: [],
    module: { GET: (c: Context) => c.notFound() },
    name: 'GET',
    watch,
  })(new Request('http://localhost/b'))
  await compose({
    middleware: [],
    module: {
      GET: () => {
        throw new HTTPException(401)
      },
    },
    name: 'GET',
    watch,
  })(new Request('http://localhost/c'))
  assert.deepEqual(seen.slice(0, 5), ['/a', error, '/b', '404', '/c'])
  assert.ok(seen[5] instanceof HTTPException)
})

test('compose answers a _404 as for an unmatched path', async () => {
  const answer = compose({
    middleware: [],
    module: { default: () => 'gone' },
    name: 'default',
    role: 'not-found',
  })
  const response = await answer(new Request('http://localhost/'))
  assert.deepEqual([response.status, await response.text()], [404, 'gone'])
})

test('only a Hono app is an app', () => {
  assert.ok(isApp(new Hono()))
  for (const value of [null, undefined, {}, { fetch() {} }, () => {}, { fetch() {}, routes: {} }])
    assert.ok(!isApp(value))
})
