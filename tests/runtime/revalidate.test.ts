import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Context } from 'hono'
import { serve, type Module, type Page } from './site.ts'

const now = (): number => Math.floor(Date.now() / 1000)

/** Waits for what happens in the background. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (await holds()) return
    await wait(5)
  }
  assert.fail('it never came to pass')
}

async function aged(module: Module, page: Page = {}) {
  const served = await serve({
    routes: { x: module },
    pages: { '/x': { body: 'old', revalidate: 1, lastModified: now() - 10, ...page } },
  })
  const read = async (headers = {}) => {
    const response = await served.ask('/x', { headers })
    return { text: await response.text(), headers: response.headers, status: response.status }
  }
  return { ...served, read }
}

test('old bytes are served at once while new ones are made, once', async () => {
  let runs = 0
  const { read } = await aged({
    GET: async () => {
      runs++
      await wait(20)
      return 'new'
    },
  })
  assert.equal((await read()).text, 'old')
  for (let i = 0; i < 10; i++) assert.equal((await read()).text, 'old')
  await until(async () => (await read()).text === 'new')
  const { headers } = await read()
  assert.equal(runs, 1)
  assert.ok(Date.parse(headers.get('last-modified')!) / 1000 >= now() - 2)
  assert.equal(headers.get('content-length'), '3')
})

test('a page is recomputed again when it has aged again, not before', async () => {
  let runs = 0
  const { read } = await aged({ GET: () => String(++runs) })
  await until(async () => (await read()).text === '1')
  const made = Date.now()
  await until(async () => (await read()).text === '2')
  assert.ok(Date.now() - made >= 950)
})

test('ranges come and go with the size of what was recomputed', async () => {
  let size = 70_000
  const { read } = await aged({ GET: () => 'x'.repeat(size) })
  const range = { range: 'bytes=0-4' }
  assert.equal((await read(range)).status, 200)
  await until(async () => (await read(range)).status === 206)
  assert.equal((await read()).headers.get('accept-ranges'), 'bytes')
  size = 10
  await until(async () => (await read(range)).status === 200)
  assert.equal((await read()).headers.get('accept-ranges'), null)
})

test('a page that is young enough is not recomputed', async () => {
  const { read } = await aged({ GET: () => 'new' }, { revalidate: 3600 })
  await read()
  await wait(20)
  assert.equal((await read()).text, 'old')
})

const failing: [string, (c: Context) => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('boom')
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('boom')
    },
  ],
  ['answers 503', c => c.text('down', 503)],
  ['sets a cookie', c => c.text('new', 200, { 'set-cookie': 'a=b' })],
  [
    'breaks off its body',
    () =>
      new Response(new ReadableStream({ pull: controller => controller.error(new Error('cut')) })),
  ],
]
for (const [title, GET] of failing) {
  test(`a handler that ${title} leaves the old bytes in place, logged`, async () => {
    const { read, logged } = await aged({ GET })
    const before = await read()
    await until(() => logged.some(([message]) => message.includes('/x could not be recomputed')))
    const after = await read()
    assert.equal(after.text, 'old')
    assert.equal(after.headers.get('etag'), before.headers.get('etag'))
  })
}

test('bytes that come out the same keep their time of change', async () => {
  let runs = 0
  const { read } = await aged({
    GET: (c: Context) => {
      runs++
      return c.body('old', 200, { 'content-type': 'text/plain; charset=utf-8' })
    },
  })
  const before = await read()
  await wait(30)
  const after = await read()
  assert.equal(runs, 1)
  assert.equal(after.headers.get('last-modified'), before.headers.get('last-modified'))
})

test('new bytes come in the encodings of the old, status and headers with them', async () => {
  const long = 'new '.repeat(200)
  const { ask, read } = await aged(
    { GET: (c: Context) => c.text(long, 203, { 'x-a': 'b' }) },
    { encodings: { br: 'o', gzip: 'ol' } },
  )
  await until(async () => (await read()).status === 203)
  const lengths: Record<string, number> = {}
  for (const encoding of ['identity', 'br', 'gzip']) {
    const response = await ask('/x', { headers: { 'accept-encoding': `${encoding}, *;q=0` } })
    assert.equal(response.status, 203)
    assert.equal(response.headers.get('x-a'), 'b')
    assert.equal(
      response.headers.get('content-encoding'),
      encoding === 'identity' ? null : encoding,
    )
    lengths[encoding] = (await response.arrayBuffer()).byteLength
  }
  assert.equal(lengths.identity, long.length)
  assert.ok(lengths.br! < 50 && lengths.gzip! < 60)
})

test('many pages that age together are recomputed one at a time', async () => {
  let running = 0
  let most = 0
  const module = {
    GET: async () => {
      most = Math.max(most, ++running)
      await wait(2)
      running--
      return 'new'
    },
  }
  const names = Array.from({ length: 10 }, (_, i) => `p${i}`)
  const { ask } = await serve({
    routes: Object.fromEntries(names.map(name => [name, module])),
    pages: Object.fromEntries(
      names.map(name => [`/${name}`, { body: 'old', revalidate: 1, lastModified: 1 }]),
    ),
  })
  await Promise.all(names.map(name => ask(`/${name}`)))
  for (const name of names) {
    await until(async () => (await (await ask(`/${name}`)).text()) === 'new')
  }
  assert.equal(most, 1)
})
