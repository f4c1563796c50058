// A POST that changes what another route reads, by a protocol of the language or of Hono that leads there:
// iterators, species, thenables, accessors, subclasses, errors, contexts. The route that reads it may not
// be static.

import assert from 'node:assert/strict'
import test from 'node:test'
import { analyzed, type Files } from './project.ts'

const LIB = `export const list = [1, 2, 3]
export const map = new Map([[1, 1]])
export const bytes = new Uint8Array(4)
export const o = { n: 0 }
export const f = () => 1`

const GET = `import { list, map, bytes, o, f } from '../lib/a.js'
export const GET = c => c.text(list.length + ' ' + map.size + bytes[0] + o.n + f.name)`

/** Statements of a POST. */
const STATEMENTS = [
  // Builtins in the place of a protocol's method.
  `list.then = [].push; Promise.resolve(list)`,
  `for (const x of Object.create(map, { [Symbol.iterator]: { value: map.clear.bind(map) } })) x`,
  `const x = []; x[Symbol.iterator] = list.pop.bind(list); try { [...x] } catch {}`,
  // Iterators that are handed what a generator is sent.
  `const s = { [Symbol.iterator]() { return { next: () => ({ done: false }), throw() { list.pop(); return {} } } } }
   function* g() { yield* s } const z = g(); z.next(); z.throw(1)`,
  `const s = { [Symbol.iterator]() { return { next(v) { v?.push(1); return { done: false } } } } }
   function* g() { yield* s } const z = g(); z.next(); z.next(list)`,
  // What is asked of a pattern, a list or a date.
  `'a'.startsWith({ get [Symbol.match]() { list.push(1); return false }, toString: () => 'a' })`,
  `[].concat({ [Symbol.isConcatSpreadable]: true, get length() { list.push(1); return 0 } })`,
  `class D extends Date { toISOString() { list.push(1); return '' } } JSON.stringify(new D(0))`,
  `class R extends RegExp { exec() { list.push(1); return null } } 'a'.replace(new R('a'), '')`,
  `class R extends RegExp { get flags() { list.push(1); return 'g' } } 'a'.replaceAll(new R('a', 'g'), '')`,
  `class R extends RegExp { static get [Symbol.species]() { list.push(1); return RegExp } } 'a'.split(new R('a'))`,
  // Classes that make copies, and what they make.
  `const r = [1]; r.constructor = { [Symbol.species]: function () { return list } }; r.map(x => 9)`,
  `const x = new Uint8Array([9]); x.constructor = { [Symbol.species]: function () { return bytes } }; x.slice()`,
  `Array.from.call(function () { return list }, [1, 2, 3, 4])`,
  `Array.of.call(function () { return list }, 1, 2, 3, 4)`,
  `const p = Promise.resolve(1); p.constructor = { [Symbol.species]: function (x) { list.push(1); x(() => {}, () => {}) } }; p.then(x => x)`,
  `const p = Promise.resolve(1); p.constructor = { [Symbol.species]: function (x) { list.push(1); x(() => {}, () => {}) } }; p.finally(x => x)`,
  `const p = Promise.resolve(1); Object.defineProperty(p, 'constructor', { get() { list.push(1); return Promise } }); await p`,
  // Subclasses.
  `new (class extends Uint8Array {})(bytes.buffer)[0] = 9`,
  `class M extends Map { set(k, v) { list.push(1) } } new M([[1, 2]])`,
  `class M extends Set { add(v) { list.push(1) } } new M([1])`,
  `class B { constructor() { return o } } new (class extends B {})().n = 5`,
  `class P extends Promise {} new P(() => list.push(1))`,
  // Methods lent to what is like a list.
  `Array.prototype.push.call({ length: 0, set 0(v) { v.push(1) } }, list)`,
  `Array.prototype.push.call({ get length() { return 0 }, set length(v) { list.push(1) } }, 1)`,
  `Array.prototype.sort.call({ length: 2, 0: 2, get 1() { return 1 }, set 1(v) { list.push(1) } })`,
  `Array.prototype.shift.call({ length: 2, set 0(v) { list.push(1) }, 1: 1 })`,
  `Array.prototype.join.call({ length: 2, get 1() { list.push(1) } })`,
  `const a = [0]; Object.defineProperty(a, 0, { set(v) { list.push(1) } }); a.fill(3)`,
  `Reflect.set({ set a(v) { this.push(v) } }, 'a', 1, list)`,
  `class A { set x(v) { this.push(v) } } class B extends A { f() { super.x = 1 } } B.prototype.f.call(list)`,
  // What callbacks get.
  `new Headers({ a: '1' }).forEach(function () { this.push(1) }, list)`,
  `new URLSearchParams('a=1').forEach(function () { this.push(1) }, list)`,
  `bytes.forEach((v, i, all) => { all[0] = 9 })`,
  `JSON.parse('{"a":1}', function (k, v) { return k ? list : this.a.push(1) })`,
  `JSON.parse('{"a":1,"b":2}', function (k, v) { if (k === 'a') this.b = list; return k === '1' ? undefined : v })`,
  `try { await Promise.any([Promise.reject(list)]) } catch (e) { e.errors[0].push(1) }`,
  `Promise.try(() => list).then(x => x.push(1))`,
  `new Promise(r => process.nextTick(r, [1])).then(x => x.map(() => list.push(1)))`,
  `c.set('s', list); process.nextTick(x => x.get('s').push(1), c)`,
  `process.nextTick(x => x.list.push(1), await import('../lib/a.js'))`,
  `try { structuredClone({ get a() { throw list } }) } catch (e) { e.push(1) }`,
  `Object.defineProperty(f, 'name', { value: 'g' })`,
  `const r = new Response(''); Object.defineProperty(r, 'headers', { get() { list.push(1); return new Headers() } }); return r`,
]

const READS = {
  'lib/s.js': 'export const state = [1]',
  'routes/index.js': `import { state } from '../lib/s.js'
export const GET = c => c.text('' + state.length)`,
}
const FROM = `import { state } from '../lib/s.js'`
const FROM_SUB = `import { state } from '../../lib/s.js'`
const THROWS = `${FROM}; export const POST = c => { throw Object.assign(new Error(), { list: state }) }`
const APP = `import { Hono } from 'hono'; ${FROM}; const app = new Hono(); export default app;`
const NEXT = `${FROM_SUB}; export const POST = c => { state.push(1); return c.text('') }`

/** Ways through error handlers, middleware and apps. */
const WAYS: Record<string, Files> = {
  'an error handler of a folder': {
    'routes/_error.js': `export default (e, c) => { e.list?.push(1); return c.text('') }`,
    'routes/post.js': THROWS,
  },
  'an error handler that calls what was thrown': {
    'routes/_error.js': `export default (e, c) => { e(); return c.text('') }`,
    'routes/post.js': `${FROM}; export const POST = c => { throw () => state.push(1) }`,
  },
  'an error handler that looks at the context': {
    'routes/_error.js': `export default (e, c) => { c.get('s').push(1); return c.text('') }`,
    'routes/post.js': `${FROM}; export const POST = c => { c.set('s', state); throw 1 }`,
  },
  'a listener of the process': {
    'routes/post.js': `${FROM}; process.on('unhandledRejection', e => e.push?.(1))
export const POST = c => { Promise.reject(state); return c.text('') }`,
  },
  'the error that middleware finds': {
    'routes/_middleware.js': `export default async (c, next) => { await next(); c.error?.list?.push(1) }`,
    'routes/post.js': THROWS,
  },
  'the response of an exception': {
    'routes/_error.js': `export default (e, c) => { e.getResponse().s.push(1); return c.text('') }`,
    'routes/post.js': `import { HTTPException } from 'hono/http-exception'; ${FROM}
export const POST = c => { const res = new Response(''); res.s = state; throw new HTTPException(400, { res }) }`,
  },
  'the answer that middleware finds': {
    'routes/sub/_middleware.js': `export default async (c, next) => { await next(); c.res.s.push(1) }`,
    'routes/sub/post.js': `${FROM_SUB}; export const POST = c => { const r = c.text(''); r.s = state; return r }`,
  },
  'a member of the request': {
    'routes/_middleware.js': `${FROM}; export default async (c, next) => { c.req.s = state; await next() }`,
    'routes/post.js': `export const POST = c => { c.req.s.push(1); return c.text('') }`,
  },
  'a context that is kept beside': {
    'routes/sub/_middleware.js': `import { contextStorage } from 'hono/context-storage'; ${FROM_SUB}
export default [contextStorage(), async (c, next) => { c.set('s', state); await next() }]`,
    'routes/sub/post.js': `import { getContext } from 'hono/context-storage'
export const POST = c => { getContext().var.s.push(1); return c.text('') }`,
  },
  'the error handler of an app': {
    'routes/app.js': `${APP} app.onError((e, c) => { e.list.push(1); return c.text('') })
app.post('/', c => { throw Object.assign(new Error(), { list: state }) })`,
  },
  'the variables of an app': {
    'routes/app.js': `${APP} app.use(async (c, next) => { c.set('s', state); await next() })
app.post('/', c => { c.get('s').push(1); return c.text('') })`,
  },
  'variables that a folder sets for an app': {
    'routes/sub/_middleware.js': `${FROM_SUB}; export default async (c, next) => { c.set('s', state); await next() }`,
    'routes/sub/app.js': `import { Hono } from 'hono'; const app = new Hono(); export default app
app.post('/', c => { c.get('s').push(1); return c.text('') })`,
  },
  'the options of an app': {
    'routes/app.js': `import { Hono } from 'hono'; ${FROM}
export default new Hono({ getPath() { state.push(1); return '/' } }).post('/', c => c.text(''))`,
  },
  'a bound handler of an app': {
    'routes/app.js': `${APP} app.post('/', (c => { state.push(1); return c.text('') }).bind(null))`,
  },
  'next, handed to the host': {
    'routes/sub/_middleware.js': `import { AsyncLocalStorage } from 'node:async_hooks'
const storage = new AsyncLocalStorage()
export default (c, next) => storage.run({}, next)`,
    'routes/sub/post.js': NEXT,
  },
  'the values of a JSX context': {
    'lib/x.js': `import { createContext } from 'hono/jsx'; export const X = createContext('d')`,
    'routes/index.jsx': `import { useContext } from 'hono/jsx'; import { X } from '../lib/x.js'
const C = () => <i>{useContext(X)}</i>; export const GET = c => c.html(<C />)`,
    'routes/post.js': `import { X } from '../lib/x.js'
export const POST = c => { X.values.push('evil'); return c.text('') }`,
  },
  'markup that is no longer escaped': {
    'lib/m.js': `import { raw } from 'hono/html'; export const m = raw('<b>')`,
    'routes/index.js': `import { html } from 'hono/html'; import { m } from '../lib/m.js'
export const GET = c => c.html(html\`<p>\${m}</p>\`)`,
    'routes/post.js': `import { m } from '../lib/m.js'
export const POST = c => { m.isEscaped = false; return c.text('') }`,
  },
}

test('a class of errors that is thrown, and handled, spoils nothing', async () => {
  const { reasons } = await analyzed({
    'routes/index.js': `const list = [2, 1]; export const GET = c => c.json(list.map(x => x + 1))`,
    'routes/post.js': `class Missing extends Error { status = 404 }
export const POST = async c => { if (!(await c.req.text())) throw new Missing('body'); return c.text('') }`,
    'routes/_error.js': `export default (error, c) => c.text(error.message, error.status ?? 500)`,
  })
  assert.equal(reasons.get('routes/index.js#GET'), null)
})

test('what a harmless POST stands beside is static', async () => {
  const { reasons } = await analyzed({
    'lib/a.js': LIB,
    'routes/index.js': GET,
    'routes/post.js': `import { list } from '../lib/a.js'
class M extends Map {}
export const POST = async c => {
  const m = new M([[1, list.length]])
  for (const [k, v] of m) if (k > v) throw new Error('more')
  return c.json({ got: [...m.values()].concat([1]).map(String), name: (await c.req.json()).name })
}`,
    'routes/_error.js': `export default (e, c) => c.text(e.message)`,
  })
  assert.equal(reasons.get('routes/index.js#GET'), null)
})

for (const statement of STATEMENTS)
  test(`none beside ${statement.replaceAll(/\s+/g, ' ').slice(0, 120)}`, async () => {
    const { reasons } = await analyzed({
      'lib/a.js': LIB,
      'routes/index.js': GET,
      'routes/post.js': `import { list, map, bytes, o, f } from '../lib/a.js'
export const POST = async c => { ${statement}; return c.text('') }`,
    })
    assert.ok(reasons.get('routes/index.js#GET'))
  })

for (const [way, files] of Object.entries(WAYS))
  test(`none that is changed through ${way}`, async () => {
    const all = files['routes/index.jsx'] ? files : { ...READS, ...files }
    const { reasons } = await analyzed(all)
    assert.ok(reasons.get(`routes/index.js${files['routes/index.jsx'] ? 'x' : ''}#GET`))
  })

/** What `config` adds to each answer of a module, by how it is written. */
const HEADERS: Record<string, string> = {
  'reads the environment': `export const config = { headers: { a: process.env.A } }`,
  'depends on the environment': `export const config = { ...(process.env.A && { headers: { a: '1' } }) }`,
  counts: `let n = 0; export const config = { get headers() { return { a: String(n++) } } }`,
  'has headers that another method changes': `const h = { a: '1' }; export const config = { headers: h }
export const POST = c => { h.a = '2'; return c.text('') }`,
}

test('fixed headers of a config leave a route static', async () => {
  const { reasons } = await analyzed({
    'lib/h.js': `export const h = { a: '1' }`,
    'routes/index.js': `import { h } from '../lib/h.js'
export const config = { headers: { ...h, b: String(2) } }; export const GET = c => c.text('a')`,
  })
  assert.equal(reasons.get('routes/index.js#GET'), null)
})

for (const [how, config] of Object.entries(HEADERS))
  test(`none whose config ${how}`, async () => {
    const { reasons } = await analyzed({
      'routes/index.js': `${config}; export const GET = c => c.text('a')`,
    })
    assert.ok(reasons.get('routes/index.js#GET'))
  })
