// Run on each platform by light.test.ts: what handlers do with requests and responses, with ours and
// with the platform's own. Prints what differs.

import assert from 'node:assert/strict'
import { Hono } from 'hono'
import { cloneRawRequest } from 'hono/request'
import { open, settle } from './memory.ts'

const NativeRequest = Object.getPrototypeOf(Request)
const NativeResponse = Object.getPrototypeOf(Response)

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
  if (method !== 'GET') lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
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

// A Response is the platform's own with a memory.
const makers: Record<string, (R: typeof Response) => Response | Promise<Response>> = {
  text: R => new R('grüße'),
  'text with type': R =>
    new R('a', { headers: { 'content-type': 'text/css' }, status: 201, statusText: 'x' }),
  nothing: R => new R(),
  bytes: R => new R(Uint8Array.of(1, 2)),
  'a part of a buffer': R => new R(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)),
  buffer: R => new R(Uint8Array.of(1, 2).buffer),
  blob: R => new R(new Blob(['a'], { type: 'text/css' })),
  'search params': R => new R(new URLSearchParams({ a: '1' })),
  stream: R => new R(new Blob(['ab']).stream()),
  json: R => R.json({ a: 1 }),
  'json with headers': R => R.json({ a: 1 }, { headers: { 'content-type': 'x/y' }, status: 202 }),
  redirect: R => R.redirect('http://x/', 301),
  clone: R => new R('a').clone(),
  'clone with fields': R =>
    new R(Uint8Array.of(1, 2), { headers: { x: 'y' }, status: 203, statusText: 'Odd' }).clone(),
  'of another': R => {
    const first = new R('a', { headers: { x: 'y' } })
    return new R(first.body, first)
  },
}
for (const [name, make] of Object.entries(makers)) {
  const shown = async (R: typeof Response) => {
    const response = await make(R)
    return [
      response.status,
      response.statusText,
      [...response.headers],
      response instanceof Response,
      await response.text(),
    ]
  }
  try {
    assert.deepEqual(await shown(Response), await shown(NativeResponse))
    // What is sent is what its text would have been.
    const { wire, send } = open({ fetch: () => make(Response) })
    send('GET / HTTP/1.0\r\n\r\n')
    await settle(20)
    const sent = wire.output.slice(wire.output.indexOf('\r\n\r\n') + 4)
    const body = Buffer.from(await (await make(NativeResponse)).arrayBuffer()).toString('latin1')
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
console.log('done')
process.exit()
