// A POST of another module that changes what the language provides, in ways that hide what is changed:
// handed to the host and back, reached by names that only a request says. The analyzer follows all of
// this code to its end; the route beside it may not be static.

import assert from 'node:assert/strict'
import test from 'node:test'
import { analyzed } from './project.ts'

const PURE = `export const GET = c => {
  const u = new URL('http://a/b')
  return c.text([1, 2].map(x => x + 1).join() + Object.keys({ a: 1 }) + u.pathname + new Headers({ a: '1' }).get('a'))
}`

const POSTS = [
  `import { EventEmitter } from 'node:events'
const e = new EventEmitter()
e.on('x', p => { p.map = () => ['evil'] })
export const POST = (c) => { e.emit('x', Array.prototype); return c.text('x') }`,
  `const e = new EventTarget()
e.addEventListener('x', (ev) => { ev.detail.map = () => ['evil'] })
export const POST = (c) => { e.dispatchEvent(new CustomEvent('x', { detail: Array.prototype })); return c.text('x') }`,
  `export const POST = (c) => { queueMicrotask(() => { const f = (p) => { p.map = 1 }; setTimeout(f, 0, Array.prototype) }); return c.text('x') }`,
  `export const POST = async (c) => { const s = new ReadableStream({ start(k) { k.enqueue(Array.prototype) } }); for await (const p of s) p.map = 1; return c.text('x') }`,
  `import { AsyncLocalStorage } from 'node:async_hooks'
const als = new AsyncLocalStorage()
export const POST = (c) => als.run(Array.prototype, () => { als.getStore().map = 1; return c.text('x') })`,
  `export const POST = (c) => { const a = new AbortController(); a.abort(Array.prototype); a.signal.reason.map = 1; return c.text('x') }`,
  `export const POST = (c) => { const ch = new MessageChannel(); ch.port1.onmessage = (e) => { e.data.map = 1 }; c.set('p', Array.prototype); c.get('p').map = 1; return c.text('x') }`,
  `const reg = new FinalizationRegistry((p) => { p.map = 1 })
export const POST = (c) => { reg.register({}, Array.prototype); const w = new WeakRef(Array.prototype); (w.deref()).map = 1; return c.text('x') }`,
  `import { promisify } from 'node:util'
export const POST = async (c) => { const f = promisify((p, cb) => cb(null, p)); const p = await f(Array.prototype); p.map = 1; return c.text('x') }`,
  `import { Transform } from 'node:stream'
export const POST = async (c) => { const t = new Transform({ objectMode: true, transform(p, _, cb) { p.map = 1; cb() } }); t.write(Array.prototype); return c.text('x') }`,
  `export const POST = async (c) => { const p = await Promise.race([Array.prototype]); p.map = 1; const [q] = await Promise.all([Array.prototype]); q.map = 2; return c.text('x') }`,
  `export const POST = async (c) => { const p = structuredClone({}).constructor.prototype; p.x = 1; const q = (await c.req.json()).constructor; q.keys = 1; return c.text('x') }`,
  `export const POST = (c) => { const p = new Proxy(Array.prototype, {}); (p).map = 1; return c.text('x') }`,
  `export const POST = (c) => { c.executionCtx.waitUntil(Promise.resolve(Array.prototype).then((p) => { p.map = 1 })); return c.text('x') }`,
  `export const POST = (c) => { process.nextTick((p) => { p.map = 1 }, Array.prototype); return c.text('x') }`,
  `class X extends Array {}
export const POST = (c) => { (Object.getPrototypeOf(X)).prototype.map = 1; return c.text('x') }`,
  `export const POST = (c) => { const r = c.req.raw; r.constructor.prototype.clone = 1; c.res.headers.constructor.prototype.get = 1; return c.text('x') }`,
  `export const POST = (c) => { c.constructor.prototype.text = () => new Response('evil'); return c.text('x') }`,
  `export const POST = async (c) => { const d = await c.req.json(); d.a.__proto__.toString = 1; return c.text('x') }`,
  `export const POST = (c) => { const f = new Intl.NumberFormat('en'); Object.defineProperty(Object.getPrototypeOf(f), 'format', { get: () => () => 'evil' }); return c.text('x') }`,
  `export const POST = (c) => { try { null.x } catch (e) { e.constructor.__proto__.prototype.toString = 1; e.__proto__.__proto__.__proto__.keys = 1 } return c.text('x') }`,
  `export const POST = (c) => { const d = new Date(); (d).__proto__.toISOString = () => 'evil'; return c.text('x') }`,
  `export const POST = (c) => { const u = new URL(c.req.url); u.__proto__.toString = 1; Object.defineProperty(u.constructor.prototype, 'pathname', { get: () => 'evil' }); return c.text('x') }`,
  `export const POST = (c) => { for (const x of c.req.raw.headers) (x).constructor.prototype.map = 1; return c.text('x') }`,
  `export const POST = async (c) => { const f = await c.req.formData(); for (const [k, v] of f) { (v).__proto__.padStart = 1 } return c.text('x') }`,
  `export const POST = (c) => { const m = c.req.path.match(/x/); if (m) m.__proto__.map = 1; const s = c.req.path.split('/'); s.constructor.prototype.join = 1; return c.text('x') }`,
  `const sym = Object.getOwnPropertySymbols(Array.prototype)
export const POST = (c) => { (Array.prototype)[sym[0]] = 1; return c.text('x') }`,
  `import * as util from 'node:util'
export const POST = (c) => { function F() {} util.inherits(F, Array); (F).super_.prototype.map = 1; return c.text('x') }`,
  `import vm from 'node:vm'
export const POST = (c) => { vm.runInThisContext('Array.prototype.map = 1'); return c.text('x') }`,
  `import { AsyncLocalStorage } from 'node:async_hooks'
const s = new AsyncLocalStorage()
export const POST = (c) => { s.enterWith({ p: Array.prototype }); (s.getStore()).p.map = 1; return c.text('x') }`,
  `import { createRequire } from 'node:module'
export const POST = (c) => { const r = createRequire(import.meta.url)('node:buffer'); r.Buffer.__proto__.__proto__.prototype.map = 1; r.constructor.prototype.keys = 1; return c.text('x') }`,
  `export const POST = async (c) => { const g = await fetch('http://localhost'); g.headers.constructor.prototype.get = 1; g.constructor.constructor('Array.prototype.map=1')(); return c.text('x') }`,
  `export const POST = (c) => { const it = c.req.raw.headers.entries(); it.next.constructor('Array.prototype.map=1')(); return c.text('x') }`,
  `export const POST = (c) => { const f = c.req.query; f['con' + 'structor']('Array.prototype.map=1')(); return c.text('x') }`,
  `export const POST = (c) => { c[c.req.query('k')].text = 1; return c.text('x') }`,
  `export const POST = (c) => { c.req[c.req.query('k')].param = 1; return c.text('x') }`,
  `export const POST = (c) => { (c)[c.req.query('a')][c.req.query('b')][c.req.query('d')] = 1; return c.text('x') }`,
  `export const POST = (c) => { (c.req.raw)[c.req.query('a')][c.req.query('b')][c.req.query('d')] = 1; return c.text('x') }`,
  `export const POST = (c) => { const o = {}; o[c.req.query('a')][c.req.query('b')] = 1; return c.text('x') }`,
  `export const POST = async (c) => { const o = await c.req.json(); const f = (x, k) => k.length > 1 ? f(x[k[0]], k.slice(1)) : (x[k[0]] = 1); f(c, o.path); return c.text('x') }`,
  `export const POST = async (c) => { const o = await c.req.json(); const x = new Map(); x[o.a][o.b][o.c] = 1; return c.text('x') }`,
  `export const POST = async (c) => { const o = await c.req.json(); Object.assign((c)[o.a][o.b], o.d); return c.text('x') }`,
  `export const POST = async (c) => { const k = await c.req.text(); const r = await fetch('http://x'); r[k][k][k] = 1; return c.text('x') }`,
  `import { Hono } from 'hono'
const app = new Hono()
app.post('/', c => { (app).router.constructor.prototype.match = 1; (Hono).prototype.fetch = 1; return c.text('x') })
export default app`,
  `export const POST = (c) => { for (const d of Object.values(Object.getOwnPropertyDescriptors(Array))) (d).value.map = 1; return c.text('x') }`,
  `export const POST = (c) => { for (const v of Object.values(Intl)) (v).prototype.format = 1; return c.text('x') }`,
  `export const POST = (c) => { Object.entries(Object.getOwnPropertyDescriptors(globalThis)).forEach(([k, v]) => { v.value.x = 1 }); return c.text('x') }`,
  `export const POST = (c) => { for (const d of Object.values(Object.getOwnPropertyDescriptors(globalThis))) (d).value.from = 1; return c.text('x') }`,
  `export const POST = (c) => { Object.entries(Object.getOwnPropertyDescriptors(Array)).forEach(([k, v]) => { v.value.map = 1 }); return c.text('x') }`,
  `export const POST = (c) => { for (const [k, v] of Object.entries(Object.getOwnPropertyDescriptors(Array))) { (v).value.map = 1 } return c.text('x') }`,
]

test('a pure route beside an ordinary POST is static', async () => {
  const { reasons } = await analyzed({
    'routes/index.js': PURE,
    'routes/post.js': 'export const POST = async c => c.json({ got: (await c.req.json()).name })',
  })
  assert.equal(reasons.get('routes/index.js#GET'), null)
})

for (const post of POSTS)
  test(`none beside ${post.replaceAll(/\s+/g, ' ').slice(0, 100)}`, async () => {
    const { reasons } = await analyzed({ 'routes/index.js': PURE, 'routes/post.js': post })
    assert.notEqual(reasons.get('routes/index.js#GET'), null)
  })
