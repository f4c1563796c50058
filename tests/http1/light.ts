// Run on each platform by light.test.ts: what handlers do with requests and responses, with ours and
// with the platform's own. Prints what differs.

import assert from 'node:assert/strict'
import { Hono } from 'hono'
import { cloneRawRequest } from 'hono/request'
import { open, settle } from './memory.ts'

const NativeRequest = Object.getPrototypeOf(Request)
/** Bun's own shows the type of a text only once it is sent; here it is seen, as the standard has it. */
const NativeResponse: typeof Response =
  'Bun' in globalThis
    ? class Response extends Object.getPrototypeOf(globalThis.Response) {
        constructor(body?: BodyInit, init?: ResponseInit) {
          super(body, init)
          if (typeof body === 'string' && !this.headers.has('content-type'))
            this.headers.set('content-type', 'text/plain;charset=UTF-8')
        }
      }
    : Object.getPrototypeOf(Response)

type Handler = (request: Request) => unknown

/** What a handler gives for a request that came over a connection, and for the platform's own. */
async function both(
  handler: Handler,
  init: { method?: string; headers?: string[]; body?: string } = {},
) {
  const { method = 'POST', headers = [], body = '' } = init
  const results: unknown[] = []
  const { send } = open({
    fetch: async request => {
      results.push(await attempt(handler, request))
      return new Response('')
    },
  })
  const lines = ['Host: x.y:80', 'X-B: 2', 'x-a: 1', ...headers]
  if (method !== 'GET' || body) lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
  send(
    `${method} /a/b?c=d HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${Buffer.from(body).toString('latin1')}`,
  )
  await settle(20)
  const own = new Headers(
    lines.map(
      line =>
        [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as [string, string],
    ),
  )
  const native = new NativeRequest('http://x.y:80/a/b?c=d', {
    method,
    headers: own,
    ...(method === 'GET' ? {} : { body: new TextEncoder().encode(body) }),
  })
  results.push(await attempt(handler, native))
  return results
}

async function attempt(handler: Handler, request: Request): Promise<unknown> {
  try {
    return await handler(request)
  } catch (error) {
    return `throws ${(error as Error).name}`
  }
}

const form =
  '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\nfile\r\n--B--\r\n'
const multipart = { headers: ['Content-Type: multipart/form-data; boundary=B'], body: form }
const text = async (stream: ReadableStream<Uint8Array> | null) =>
  stream && new Response(stream).text()

const cases: Record<string, [Handler, Parameters<typeof both>[1]?]> = {
  'is a Request': [r => r instanceof Request && Object.prototype.toString.call(r)],
  'headers are Headers': [r => r.headers instanceof Headers],
  headers: [r => [...r.headers]],
  'headers.keys': [r => [[...r.headers.keys()], [...r.headers.values()], [...r.headers.entries()]]],
  'headers.forEach': [
    r => {
      const all: string[] = []
      r.headers.forEach((value, name) => void all.push(name, value))
      return all
    },
  ],
  'headers.get': [r => [r.headers.get('X-A'), r.headers.get('nope'), r.headers.has('x-B')]],
  'headers.get of what is no name': [r => r.headers.get('a b')],
  'headers changed': [
    r => {
      r.headers.set('x-a', '3')
      r.headers.append('x-c', '4')
      r.headers.delete('x-b')
      return [...r.headers]
    },
  ],
  'headers changed, then copied': [
    r => {
      r.headers.set('x-a', '3')
      return [...new Request(r).headers]
    },
  ],
  'new Headers': [r => [...new Headers(r.headers)]],
  'method, url': [r => [r.method, r.url, new URL(r.url).pathname]],
  'other members': [
    r => [r.redirect, typeof r.cache, r.signal instanceof AbortSignal, r.signal.aborted],
  ],
  text: [r => r.text(), { body: 'grüße' }],
  'text with BOM': [r => r.text(), { body: '\ufeffx' }],
  json: [r => r.json(), { body: '{"a":[1]}' }],
  'json of nothing': [r => r.json(), { body: '' }],
  'json, broken': [r => r.json(), { body: '{' }],
  arrayBuffer: [async r => [...new Uint8Array(await r.arrayBuffer())], { body: 'ab' }],
  blob: [
    async r => {
      const blob = await r.blob()
      return [blob.type, await blob.text()]
    },
    { headers: ['Content-Type: text/css'], body: 'b {}' },
  ],
  'formData, multipart': [
    async r => {
      const data = await r.formData()
      return [data.get('a'), await (data.get('f') as File).text(), (data.get('f') as File).name]
    },
    multipart,
  ],
  'formData, urlencoded': [
    async r => [...(await r.formData())],
    { headers: ['Content-Type: application/x-www-form-urlencoded'], body: 'a=1&b=%20' },
  ],
  'formData of neither': [r => r.formData(), { body: 'x' }],
  'body used': [
    async r => {
      const before = r.bodyUsed
      await r.text()
      return [before, r.bodyUsed]
    },
    { body: 'x' },
  ],
  twice: [
    async r => {
      await r.text()
      return r.text()
    },
    { body: 'x' },
  ],
  'text, then clone': [
    async r => {
      await r.text()
      return r.clone().text()
    },
    { body: 'x' },
  ],
  'text, then new Request': [
    async r => {
      await r.text()
      return new Request(r).method
    },
    { body: 'x' },
  ],
  'body as a stream': [r => text(r.body), { body: 'streamed' }],
  'stream, then text': [
    async r => {
      await text(r.body)
      return r.text()
    },
    { body: 'x' },
  ],
  'no body': [r => [r.body, r.bodyUsed], { method: 'GET' }],
  'text of no body': [r => r.text(), { method: 'GET' }],
  'text of a GET with a body': [
    async r => {
      const copy = r.clone()
      return [await copy.text(), await r.text(), r.bodyUsed, r.body]
    },
    { method: 'GET', body: 'x' },
  ],
  'bytes of a GET with a body': [
    async r => [(await r.arrayBuffer()).byteLength, (await r.blob()).size, r.bodyUsed],
    { method: 'GET', body: 'x' },
  ],
  'its constructor': [
    async r => {
      const copy = new (r.constructor as typeof Request)('http://other/', { method: 'POST' })
      const fields = new (r.headers.constructor as typeof Headers)(r.headers)
      return [r.constructor.name, copy.method, [...fields], r.headers.constructor === Headers]
    },
  ],
  clone: [
    async r => {
      const copy = r.clone()
      return [await copy.text(), await r.text(), copy.url, [...copy.headers], copy.method]
    },
    { body: 'x' },
  ],
  'new Request': [
    async r => {
      const copy = new Request(r)
      return [await copy.text(), copy.url, [...copy.headers], copy.method, copy instanceof Request]
    },
    { body: 'x' },
  ],
  'new Request with init': [
    r => {
      const copy = new Request(r, { headers: { 'x-new': '1' } })
      return [copy.url, [...copy.headers], copy.method]
    },
    { method: 'GET' },
  ],
  'new Request of the URL': [
    async r => {
      const copy = new Request('http://other/', r)
      return [copy.url, [...copy.headers], copy.method]
    },
    { method: 'GET' },
  ],
  Hono: [
    async r => {
      const app = new Hono()
      app.use(async (c, next) => {
        await next()
        c.header('x-after', '1')
      })
      app.post('/a/:id', async c => {
        const body = await c.req.parseBody()
        const again = await (await cloneRawRequest(c.req)).text()
        return c.json([
          c.req.param('id'),
          c.req.query('c'),
          c.req.header('x-a'),
          c.req.header(),
          body.a,
          again.length,
        ])
      })
      const response = await app.fetch(r)
      return [response.status, [...response.headers], await response.text()]
    },
    { headers: ['Content-Type: application/x-www-form-urlencoded'], body: 'a=1' },
  ],
  'Hono, json then text': [
    async r => {
      const app = new Hono()
      app.post('*', async c => c.text(`${JSON.stringify(await c.req.json())}${await c.req.text()}`))
      return (await app.fetch(r)).text()
    },
    { body: '{"a":1}' },
  ],
}

// Bun keeps it, against the standard.
if ('Bun' in globalThis) delete cases['text with BOM']
// Deno reads the bytes again that the body was made of.
if ('Deno' in globalThis) delete cases['stream, then text']

for (const [name, [handler, init]] of Object.entries(cases)) {
  const [ours, theirs] = await both(handler, init)
  try {
    assert.deepEqual(ours, theirs)
  } catch (error) {
    console.log(`request, ${name}: ${(error as Error).message}`)
  }
}

// Responses: each of these, under each of the uses below, beside the platform's own.
type Maker = (R: typeof Response) => Response | Promise<Response>
const makers: Record<string, Maker> = {
  text: R => new R('grüße'),
  'a lone surrogate': R => new R('a\ud800b'),
  'text with type': R =>
    new R('a', { headers: { 'content-type': 'text/css' }, status: 201, statusText: 'x' }),
  'text with fields': R =>
    new R('{"a":1}', { status: 202, headers: { 'X-b': '1', 'Content-Type': 'a/b', 'x-A': ' 2 ' } }),
  'an empty text': R => new R('', { status: 404 }),
  nothing: R => new R(),
  'no content': R => new R(null, { status: 204, headers: { 'x-a': '1' } }),
  'null, undefined': R => new R(null, { status: undefined, headers: undefined }),
  bytes: R => new R(Uint8Array.of(1, 2)),
  'a part of a buffer': R => new R(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)),
  buffer: R => new R(Uint8Array.of(1, 2).buffer),
  'bytes that change later': R => {
    const bytes = Uint8Array.of(65, 66)
    const response = new R(bytes)
    bytes[0] = 67
    return response
  },
  'fields that change later': R => {
    const headers = new Headers({ a: '1' })
    const response = new R('a', { headers })
    headers.set('a', '2')
    return response
  },
  blob: R => new R(new Blob(['a'], { type: 'text/css' })),
  'search params': R => new R(new URLSearchParams({ a: '1' })),
  stream: R => new R(new Blob(['ab']).stream()),
  json: R => R.json({ a: 1 }),
  'json with headers': R => R.json({ a: 1 }, { headers: { 'content-type': 'x/y' }, status: 202 }),
  'json with a field': R => R.json({ a: 1 }, { headers: [['x-a', '1']] }),
  'json of nothing': R => R.json(undefined),
  redirect: R => R.redirect('http://x/', 301),
  clone: R => new R('a').clone(),
  'clone with fields': R =>
    new R(Uint8Array.of(1, 2), { headers: { x: 'y' }, status: 203, statusText: 'Odd' }).clone(),
  'of another': R => {
    const first = new R('a', { headers: { x: 'y' } })
    return new R(first.body, first)
  },
  'as another': R => new R('b', new R('a', { headers: { x: 'y' }, status: 210 })),
  'fields of another': R => new R('b', { headers: new R('a', { headers: { X: 'y' } }).headers }),
  'as Hono makes it': R => {
    const first = new R('a', { headers: { x: 'y' } })
    const next = new R(first.body, { headers: { z: '1' } })
    for (const [name, value] of first.headers.entries()) next.headers.set(name, value)
    return next
  },
  'headers in pairs': R =>
    new R('a', {
      headers: [
        ['set-cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['x', '1'],
        ['X', '2'],
      ],
    }),
  'Headers with cookies': R => {
    const headers = new Headers({ 'x-a': '1' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    return new R('a', { headers })
  },
  'one name in two cases': R => new R('a', { headers: { 'X-A': '1', 'x-a': '2' } }),
  'a class with fields': R => {
    class Fields {
      a = '1'
    }
    return new R('a', { headers: new Fields() as unknown as Record<string, string> })
  },
  'values that are no text': R =>
    new R('a', { headers: { a: 1, b: true, c: null } as unknown as Record<string, string> }),
  'a value beyond ASCII': R => new R('a', { headers: { a: 'é' } }),
  'a value beyond bytes': R => new R('a', { headers: { a: '€' } }),
  'a value with a line break': R => new R('a', { headers: { a: 'b\r\nc: d' } }),
  'an empty value': R => new R('a', { headers: { a: '' } }),
  'a name that is none': R => new R('a', { headers: { 'a b': '1' } }),
  'an empty name': R => new R('a', { headers: { '': '1' } }),
  'status 199': R => new R('a', { status: 199 }),
  'status 600': R => new R('a', { status: 600 }),
  'status 204 with text': R => new R('a', { status: 204 }),
  'status 304 with no text': R => new R('', { status: 304 }),
  'a status in text': R => new R('a', { status: '201' as unknown as number }),
  'a status with a fraction': R => new R('a', { status: 201.5 }),
  'no object': R => new R('a', 5 as unknown as ResponseInit),
  'a text object': R => new R(new String('a') as unknown as string),
  'a number': R => new R(5 as unknown as string),
}

const reads = ['text', 'json', 'arrayBuffer', 'blob', 'formData'] as const
const plain = async (value: unknown): Promise<unknown> => {
  if (value instanceof Blob) return [value.type, await value.text()]
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)]
  return value
}
const settled = async (work: () => unknown): Promise<unknown> => {
  try {
    return await plain(await work())
  } catch (error) {
    return `throws ${(error as Error).name}`
  }
}
type Use = (response: Response, R: typeof Response) => unknown
const uses: Record<string, Use> = {
  members: r => [r.status, r.statusText, r.ok, r.type, r.redirected, r.bodyUsed, [...r.headers]],
  kinds: r => [
    r instanceof Response,
    r.headers instanceof Headers,
    r.constructor.name.startsWith('Response'),
    Object.prototype.toString.call(r),
    Object.keys(r),
    'then' in r,
  ],
  'the same each time': r => {
    const { headers, body } = r
    return [headers === r.headers, body === r.body]
  },
  ...Object.fromEntries(
    reads.map(name => [
      name,
      async (r: Response) => {
        const first = await settled(() => r[name]())
        return [
          first,
          r.bodyUsed,
          await settled(() => r.text()),
          await settled(() => r.clone().status),
        ]
      },
    ]),
  ),
  'text of the prototype': (r, R) => R.prototype.text.call(r),
  'a stream': async r => [r.bodyUsed, r.body && (await text(r.body)), r.bodyUsed],
  'a stream that is held': async r => {
    const reader = r.body?.getReader()
    return [r.bodyUsed, r.body?.locked, await settled(() => r.text()), typeof reader]
  },
  'cloned while held': async r => {
    r.body?.getReader()
    return [await settled(() => r.clone().text())]
  },
  cloned: async r => {
    const copy = r.clone()
    copy.headers.set('x-copy', '1')
    return [await copy.text(), await r.text(), [...copy.headers], [...r.headers], copy.status]
  },
  'fields changed': async r => {
    const { headers } = r
    headers.set('X-New', '1')
    headers.append('x-new', '2')
    headers.set('content-type', 'text/x')
    headers.append('set-cookie', 'c=3')
    headers.delete('x')
    const blob = await r.blob()
    return [[...headers], headers.getSetCookie(), headers.has('x'), headers.get('X-NEW'), blob.type]
  },
  'fields set to what is none': r => [
    settled(() => r.headers.set('a b', '1')),
    settled(() => r.headers.set('a', 'b\nc')),
    settled(() => r.headers.get('')),
  ],
  'fields walked': r => {
    const all: unknown[] = []
    r.headers.forEach((value, name, headers) => {
      all.push(name, value, headers === r.headers)
    })
    return [all, [...r.headers.keys()], [...r.headers.values()], [...new Headers(r.headers)]]
  },
  'made anew': async (r, R) => {
    const again = new R(r.body, r)
    again.headers.set('x-again', '1')
    return [again.status, again.statusText, [...again.headers], await again.text(), r.bodyUsed]
  },
  'made of its fields': (r, R) => [...new R('', { headers: r.headers }).headers],
  'a request with its fields': r => [...new Request('http://x/', { headers: r.headers }).headers],
}
const BODYLESS = new Set([204, 304])
// Bun's own makes one thing of it when it is cloned, and another when it is not.
if ('Bun' in globalThis) delete makers['a lone surrogate']

for (const [name, make] of Object.entries(makers)) {
  for (const [use, run] of Object.entries(uses)) {
    const shown = (R: typeof Response) =>
      settled(async () => {
        const made = await make(R)
        return settled(async () => Promise.all((await [run(made, R)].flat(1)) as unknown[]))
      })
    try {
      assert.deepEqual(await shown(Response), await shown(NativeResponse))
    } catch (error) {
      console.log(`response, ${name}, ${use}: ${(error as Error).message}`)
    }
  }
  if (String(await settled(() => make(Response))).startsWith('throws')) continue
  try {
    // What is sent is what its text would have been.
    const { wire, send } = open({ fetch: () => make(Response) })
    send('GET / HTTP/1.0\r\n\r\n')
    await settle(20)
    const sent = wire.output.slice(wire.output.indexOf('\r\n\r\n') + 4)
    // Bun lets a 204 be made with a body.
    const { status } = await make(NativeResponse)
    const body = BODYLESS.has(status)
      ? ''
      : Buffer.from(await (await make(NativeResponse)).arrayBuffer()).toString('latin1')
    assert.equal(sent, body, wire.output)
    if (['text', 'clone', 'blob', 'search params'].includes(name))
      assert.match(wire.output, /\r\ncontent-type: /)
  } catch (error) {
    console.log(`response, ${name}: ${(error as Error).message}`)
  }
}

class Own extends Response {}
assert.equal(new NativeResponse('') instanceof Response, true)
assert.equal(new NativeResponse('') instanceof Own, false)
assert.equal(new Own('') instanceof Own, true)

// `fetch` takes one too.
const { send } = open({
  fetch: async request => {
    const forwarded = await fetch(request, { signal: AbortSignal.timeout(1_000) }).catch(
      error => error,
    )
    assert.doesNotMatch(String(forwarded.message ?? ''), /parse|invalid url/i)
    return new Response('')
  },
})
send('GET /a HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n')
await settle(20)

// What takes a Response on some platform takes these.
interface Platforms {
  WebAssembly: { compileStreaming(source: Response | Promise<Response>): Promise<object> }
  HTMLRewriter?: new () => {
    on(selector: string, handlers: object): { transform(response: Response): Response }
  }
  Bun?: {
    write(file: string, content: Response): Promise<number>
    spawnSync(options: object): { stdout: Buffer }
    serve(options: object): { url: URL; stop(): Promise<void> }
  }
  Deno?: {
    serve(options: object): { addr: { port: number }; shutdown(): Promise<void> }
  }
}
const { WebAssembly, HTMLRewriter, Bun, Deno } = globalThis as unknown as Platforms
const module = () =>
  new Response(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), {
    headers: { 'content-type': 'application/wasm' },
  })
assert.equal(String(await WebAssembly.compileStreaming(module())), '[object WebAssembly.Module]')
await WebAssembly.compileStreaming(Promise.resolve(module()))
if (HTMLRewriter) {
  const rewriter = new HTMLRewriter().on('p', {
    element: (p: { setInnerContent(text: string): void }) => p.setInnerContent('new'),
  })
  assert.equal(await rewriter.transform(new Response('<p>old</p>')).text(), '<p>new</p>')
}
if (Bun) {
  assert.equal(await Bun.write('/dev/null', new Response('four')), 4)
  const { stdout } = Bun.spawnSync({ cmd: ['cat'], stdin: new Response('a') })
  assert.equal(String(stdout), 'a')
  const server = Bun.serve({
    port: 0,
    routes: { '/a': new Response('a'), '/b': { GET: new Response('b') } },
    fetch: () => new Response('c'),
  })
  for (const name of ['a', 'b', 'c'])
    assert.equal(await (await fetch(new URL(name, server.url))).text(), name)
  await server.stop()
}
if (Deno) {
  const server = Deno.serve({ port: 0, onListen() {}, handler: () => new Response('a') })
  assert.equal(await (await fetch(`http://127.0.0.1:${server.addr.port}/`)).text(), 'a')
  await server.shutdown()
}
console.log('done')
process.exit()
