// Templates as the runtime fills them: decoding and escaping, what is missing or empty, headers that
// the handler has to answer, and what is around: HEAD, OPTIONS, 405, slashes, `config.match`.

import assert from 'node:assert/strict'
import test, { describe } from 'node:test'
import fc from 'fast-check'
import { getQueryParam } from 'hono/utils/url'
import { createApp, type App } from '../../runtime/app.ts'
import type { Hole, Manifest, Part, Template } from '../../runtime/artifact.ts'
import { loadBytes } from '../../runtime/load.ts'
import { Filler } from '../../runtime/template.ts'
import { artifactOf, type Site } from './site.ts'

function hole(from: Hole['from'], name: string, more: Partial<Hole> = {}): Hole {
  return { from, name, escapes: [], before: '', after: '', absent: '-', empty: '', ...more }
}

function text(...body: Part[]): Template {
  return { status: 200, headers: [['content-type', ['text/plain; charset=utf-8']]], body }
}

/** An app of routes that are templates; those in `site` have code too. */
async function appOf(
  templates: Record<string, Template>,
  site: Site = {},
): Promise<{ app: App; manifest: Manifest; ran: string[]; logged: unknown[] }> {
  const ran: string[] = []
  const routes = Object.fromEntries(
    Object.keys(templates).map(path => [
      path,
      site.routes?.[path] ?? {
        GET: (c: { text(body: string): Response }) => {
          ran.push(path)
          return c.text('the handler')
        },
      },
    ]),
  )
  const { manifest, bytes, loaders } = await artifactOf({
    ...site,
    routes: { ...site.routes, ...routes },
  })
  for (const [index, path] of Object.keys({ ...site.routes, ...routes }).entries())
    if (templates[path]) manifest.routes[index]!.template = templates[path]
  const logged: unknown[] = []
  const app = createApp(loadBytes(manifest, bytes, []), {
    modules: loaders,
    log: (...args) => logged.push(args),
  })
  return { app, manifest, ran, logged }
}

/** The body by both ways, which have to agree where both know the answer. */
async function bodyOf(app: App, target: string, headers: HeadersInit = {}): Promise<string> {
  const request = new Request(`http://localhost${target}`, { headers })
  const response = await app.fetch(request, undefined, undefined, target)
  const body = await response.text()
  const reply = app.static('GET', target, new Headers(headers))
  if (reply) assert.equal(new TextDecoder('utf-8', { ignoreBOM: true }).decode(reply.body!), body)
  return body
}

describe('a path parameter', async () => {
  const { app, ran } = await appOf({
    'a/[slug]': text('<', hole('param', 'slug'), '>'),
    'h/[slug]': text(hole('param', 'slug', { escapes: ['html'] })),
    'j/[slug]': text('"', hole('param', 'slug', { escapes: ['json'] }), '"'),
    'u/[slug]': text(hole('param', 'slug', { escapes: ['uri', 'html'] })),
    'r/[...rest]': text(hole('param', 'rest')),
    'o/[[...rest]]': text(hole('param', 'rest', { absent: 'none' })),
  })
  for (const [target, expected] of [
    ['/a/x', '<x>'],
    ['/a/a%20b', '<a b>'],
    ['/a/%c3%bc', '<ü>'],
    ['/a/%F0%9D%84%9E', '<\u{1D11E}>'],
    ['/a/a+b', '<a+b>'],
    ['/a/a%2Fb', '<a/b>'],
    ['/a/%25', '<%>'],
    ['/a/%2541', '<%41>'],
    ['/a/__proto__', '<__proto__>'],
    ['/a/%00', '<\0>'],
    ['/h/%3C%26%22%27%3E', '&lt;&amp;&quot;&#39;&gt;'],
    ['/j/%22%5C%0A%E2%80%A8', '"\\"\\\\\\n\u2028"'],
    ['/u/%26%27', '%26&#39;'],
    ['/r/a/b%20c/d', 'a/b c/d'],
    ['/r/a//b', 'a//b'],
    ['/o', 'none'],
    ['/o/x/y', 'x/y'],
  ] as const)
    test(`GET ${target} gives ${JSON.stringify(expected)}`, async () => {
      assert.equal(await bodyOf(app, target), expected)
    })

  test('no code of the user runs', () => assert.deepEqual(ran, []))

  test('a malformed escape in the path is answered 400', async () => {
    for (const target of ['/a/%', '/a/%zz', '/a/%ff']) {
      assert.equal(app.static('GET', target, new Headers()), undefined)
      const response = await app.fetch(
        new Request('http://localhost/'),
        undefined,
        undefined,
        target,
      )
      assert.equal(response.status, 400)
    }
  })
})

describe('a query value', async () => {
  const { app } = await appOf({
    index: text(hole('query', 'q', { empty: 'empty' })),
    group: text(
      '{',
      hole('query', 'q', {
        escapes: ['json'],
        before: '"q":"',
        after: '"',
        absent: '',
        empty: '"q":""',
      }),
      '}',
    ),
  })
  for (const [target, expected] of [
    ['/', '-'],
    ['/?', '-'],
    ['/?x=1', '-'],
    ['/?qq=1', '-'],
    ['/?q', 'empty'],
    ['/?q=', 'empty'],
    ['/?q=1', '1'],
    ['/?q=1&q=2', '1'],
    ['/?q&q=2', 'empty'],
    ['/?x&q=2', '2'],
    ['/?q=a+b%2Bc', 'a b+c'],
    ['/?q=%C3%A9', 'é'],
    ['/?q=%', '%'],
    ['/?q=%zz%41', '%zzA'],
    ['/?q=%ED%A0%80', '%ED%A0%80'],
    ['/?q=%FF%41', '%FF%41'],
    ['/?q=a=b', 'a=b'],
    ['/?%71=1', '1'],
    ['/?x%20y=1&q=2', '2'],
    ["/?q='", "'"],
    ['/?q="<>', '"<>'],
    ['/?q=1#q=2', '1'],
    ['/group', '{}'],
    ['/group?q=', '{"q":""}'],
    ['/group?q=%22', '{"q":"\\""}'],
  ] as const)
    test(`GET ${target} gives ${JSON.stringify(expected)}`, async () => {
      assert.equal(await bodyOf(app, target), expected)
    })

  test('a target that a URL parser rewrites is left to what reads the URL', () => {
    for (const target of ['/?q="', "/?q='", '/?q=<', '/?q=1#2', '/?q=\u00fc'])
      assert.equal(app.static('GET', target, new Headers()), undefined, target)
  })

  test('is read alike by its name and from all of them', () => {
    const part = fc.oneof(
      fc.constantFrom('q', 'r', '%71', 'q%20', '+q', '', 'a=b', '%', '%zz', '=', '==q'),
      fc.stringMatching(/^[!$%&(-;=?-~]{0,6}$/),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(part, fc.option(part)), { maxLength: 4 }), pairs => {
        const search = pairs
          .map(([key, value]) => (value === null ? key : `${key}=${value}`))
          .join('&')
        const url = `http://localhost/a?${search}`
        const all = getQueryParam(url) as Record<string, string>
        assert.equal(getQueryParam(url, 'q'), all.q, url)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('a request header', async () => {
  const { app } = await appOf({ index: text(hole('header', 'x-a', { escapes: ['html'] })) })
  for (const [headers, expected] of [
    [{}, '-'],
    [{ 'X-A': '' }, ''],
    [{ 'x-A': ' a<b ' }, 'a&lt;b'],
    [{ 'X-A': '\u00fc' }, 'ü'],
    [
      [
        ['x-a', 'one'],
        ['X-A', 'two'],
      ],
      'one, two',
    ],
  ] as [HeadersInit, string][])
    test(`${JSON.stringify(headers)} gives ${JSON.stringify(expected)}`, async () => {
      assert.equal(await bodyOf(app, '/', headers), expected)
    })

  test("a host's own source is not trusted with it", () => {
    const source = { get: (name: string) => (name === 'x-a' ? 'raw' : null) }
    assert.equal(app.static('GET', '/', source), undefined)
  })
})

describe('a response header with a value', async () => {
  const template = { ...text('x'), headers: [['x-v', ['v', hole('query', 'q')]]] } as Template
  const { app, ran } = await appOf({ index: template })
  const ask = (search: string): Promise<Response> =>
    Promise.resolve(
      app.fetch(new Request(`http://localhost/${search}`), undefined, undefined, `/${search}`),
    )

  test('is filled where every platform sends it as it is', async () => {
    assert.equal((await ask('?q=a%20b')).headers.get('x-v'), 'va b')
    assert.deepEqual(ran, [])
  })

  for (const search of [
    '?q=%0A',
    '?q=a%20',
    '?q=%C3%BC',
    '?q=%E2%82%AC',
    '?q=%7F',
    '?q=a%0D%0Ab:c',
  ])
    test(`GET /${search} is the handler's own affair`, async () => {
      const before = ran.length
      assert.equal(await (await ask(search)).text(), 'the handler')
      assert.equal(ran.length, before + 1)
    })
})

describe('around a template', async () => {
  const { app, ran } = await appOf(
    { 'n/[id]': text('n', hole('param', 'id')), 'n/all': text('all'), 'own/[id]': text('own') },
    {
      routes: {
        'n/[id]': { GET: () => 'run', POST: () => 'posted', config: { match: { id: /\d+/ } } },
        'own/[id]': {
          GET: () => 'run',
          HEAD: () => new Response(null, { headers: { 'x-own': '1' } }),
        },
      },
    },
  )
  const ask = (target: string, method = 'GET'): Promise<Response> =>
    Promise.resolve(
      app.fetch(new Request(`http://localhost${target}`, { method }), undefined, undefined, target),
    )

  test('HEAD has its head and no body', async () => {
    const response = await ask('/n/1', 'HEAD')
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.equal(response.body, null)
    assert.equal(app.static('HEAD', '/n/1', new Headers()), undefined)
  })

  test('a HEAD of its own answers HEAD', async () => {
    assert.equal((await ask('/own/1', 'HEAD')).headers.get('x-own'), '1')
  })

  test('other methods are as ever', async () => {
    assert.equal(await (await ask('/n/1', 'POST')).text(), 'posted')
    const [options, put] = [await ask('/n/1', 'OPTIONS'), await ask('/n/1', 'PUT')]
    assert.deepEqual([options.status, put.status], [204, 405])
    assert.equal(put.headers.get('allow'), 'GET, HEAD, POST, OPTIONS')
  })

  test('config.match and literal routes decide as ever', async () => {
    assert.equal(await bodyOf(app, '/n/7'), 'n7')
    assert.equal(await bodyOf(app, '/n/all'), 'all')
    assert.equal((await ask('/n/x')).status, 404)
    assert.equal(app.static('GET', '/n/x', new Headers()), undefined)
  })

  test('a slash too many is redirected', async () => {
    assert.equal(app.static('GET', '/n/7/', new Headers()), undefined)
    const response = await ask('/n/7/?q=1')
    assert.deepEqual([response.status, response.headers.get('location')], [308, '/n/7?q=1'])
  })

  test('a Host that is none is not answered from bytes', () => {
    assert.equal(app.static('GET', '/n/7', new Headers({ host: 'a b' })), undefined)
    assert.ok(app.static('GET', '/n/7', new Headers({ host: 'a.example' })))
  })

  test('no handler of a template ran', () => assert.deepEqual(ran, []))
})

test('a reply has the bytes of its head, its length last', () => {
  const filler = new Filler(text('ü', hole('query', 'q')), [])
  const reply = filler.reply({
    params: [],
    url: 'http://localhost/?q=%E2%82%AC',
    headers: new Headers(),
  })!
  assert.equal(
    Buffer.from(reply.head).toString('latin1'),
    'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 5\r\n\r\n',
  )
  assert.equal(Buffer.from(reply.body!).toString(), 'ü€')
  assert.deepEqual(reply.fields.at(-1), ['content-length', '5'])
})

test('an answer without content is left to the platform', () => {
  for (const template of [
    { ...text('x'), status: 204 },
    { ...text(), body: null },
  ]) {
    const values = { params: [], url: 'http://localhost/', headers: new Headers() }
    assert.equal(new Filler(template, []).reply(values), undefined)
  }
})
