// Handlers of the ordinary kind, which must come out static: name and source.

import type { Files } from './project.ts'

export type Case = [name: string, source: string | Files]

export const pure: Case[] = [
  ['a text', `export const GET = c => c.text('Hello')`],
  ['JSON', `export const GET = c => c.json({ ok: true, list: [1, 2, 3] })`],
  ['html text', `export const GET = c => c.html('<p>Hello</p>')`],
  ['a redirect', `export const GET = c => c.redirect('/elsewhere', 301)`],
  [
    'a status and headers',
    `export const GET = c => { c.status(201); c.header('X-A', 'b'); return c.body('x') }`,
  ],
  [
    'an answer with headers',
    `export const GET = c => c.body('a{}', 200, { 'Content-Type': 'text/css' })`,
  ],
  [
    'bytes that are imported',
    {
      'a.bin': 'abc',
      'routes/index.js': `import bytes from '../a.bin' with { type: 'bytes' }; export const GET = c => c.body(bytes)`,
      'routes/size.js': `import bytes from '../a.bin' with { type: 'bytes' }; export const GET = c => c.json(bytes.length)`,
    },
  ],
  ['a returned string', `export default () => 'User-agent: *'`],
  ['a returned object', `export default () => ({ ok: true })`],
  ['a plain value', `export default { a: 1, b: ['x'] }`],
  ['a plain string', `export default 'x'`],
  [
    'a Response',
    `export const GET = () => new Response('x', { status: 202, headers: { 'x-a': 'b' } })`,
  ],
  ['Response.json', `export const GET = () => Response.json({ a: 1 })`],
  [
    'Headers',
    `export const GET = () => { const h = new Headers(); h.set('x-a', 'b'); return new Response('x', { headers: h }) }`,
  ],
  ['bytes', `export default () => new Uint8Array([1, 2, 3])`],
  [
    'an async handler',
    `export const GET = async c => { const x = await Promise.resolve(1); return c.json(x) }`,
  ],
  [
    'JSX',
    `export default () => <main><h1>Hello</h1>{[1, 2].map(n => <li key={n}>{n}</li>)}</main>`,
  ],
  ['JSX through c.html', `export const GET = c => c.html(<p class="a">x</p>)`],
  ['a fragment', `export default () => <><p>a</p><p>b</p></>`],
  [
    'components of another module',
    {
      'lib/ui.jsx': `export const Layout = ({ title, children }) => <html><head><title>{title}</title></head><body>{children}</body></html>\nexport const Item = ({ name, ...rest }) => <li {...rest}>{name}</li>`,
      'routes/index.jsx': `import { Item, Layout } from '../lib/ui.jsx'\nconst items = ['a', 'b']\nexport default () => <Layout title="x"><ul>{items.map(name => <Item name={name} class="i" />)}</ul></Layout>`,
    },
  ],
  [
    'a layout shared with an impure page',
    {
      'lib/ui.jsx': `export const Layout = ({ title, children }) => <html><head><title>{title}</title></head><body>{children}</body></html>`,
      'routes/index.jsx': `import { Layout } from '../lib/ui.jsx'\nexport default () => <Layout title="x"><p>still</p></Layout>`,
      'routes/clock.jsx': `import { Layout } from '../lib/ui.jsx'\nconst Clock = () => <b>{Date.now()}</b>\nexport default c => <Layout title={c.req.query('t')}><Clock /></Layout>`,
    },
  ],
  ['a page made while loading', `const page = <p>x</p>; export default () => page`],
  [
    'html',
    "import { html, raw } from 'hono/html'\nexport const GET = c => c.html(html`<p>${['a', 'b'].map(x => html`<b>${x}</b>`)}${raw('&amp;')}</p>`)",
  ],
  ['an async component', `const A = async () => <b>x</b>; export default () => <p><A /></p>`],
  [
    'a JSX context',
    `import { createContext, useContext } from 'hono/jsx'\nconst Theme = createContext('light'); const A = () => <b>{useContext(Theme)}</b>; export default () => <Theme.Provider value="dark"><A /></Theme.Provider>`,
  ],
  [
    'map, filter, join',
    `const list = [{ n: 1, t: 'a' }, { n: 2, t: 'b' }]; export const GET = c => c.text(list.filter(x => x.n > 1).map(x => x.t.toUpperCase()).join(', '))`,
  ],
  [
    'reduce and sort of a copy',
    `const list = [3, 1, 2]; export const GET = c => c.json({ sum: list.reduce((a, b) => a + b, 0), sorted: [...list].sort((a, b) => a - b) })`,
  ],
  [
    'a local list that grows',
    `export const GET = c => { const out = []; for (let i = 0; i < 3; i++) out.push(i * i); return c.json(out) }`,
  ],
  [
    'a local counter',
    `export const GET = c => { let n = 0; for (const x of [1, 2]) n += x; return c.json(n) }`,
  ],
  [
    'a local counter in a closure',
    `export const GET = c => { let n = 0; const next = () => ++n; next(); return c.json(next()) }`,
  ],
  [
    'a local map',
    `export const GET = c => { const m = new Map(); for (const w of ['a', 'b', 'a']) m.set(w, (m.get(w) ?? 0) + 1); return c.json([...m]) }`,
  ],
  ['a local Set', `export const GET = c => c.json([...new Set([1, 1, 2])])`],
  [
    'a class',
    `class Point { #x; constructor(x) { this.#x = x } get x() { return this.#x } add(p) { return new Point(this.#x + p.x) } } export const GET = c => c.json(new Point(1).add(new Point(2)).x)`,
  ],
  [
    'a class hierarchy',
    `class A { constructor(n) { this.n = n } name() { return 'A' + this.n } } class B extends A { name() { return super.name() + 'B' } } export const GET = c => c.text(new B(1).name())`,
  ],
  [
    'an instance made while loading',
    `class Table { constructor(rows) { this.rows = rows } size() { return this.rows.length } } const t = new Table([1, 2]); export const GET = c => c.json(t.size())`,
  ],
  [
    'a table built while loading',
    `const squares = new Map(); for (let i = 0; i < 10; i++) squares.set(i, i * i); export const GET = c => c.json(squares.get(3))`,
  ],
  [
    'an index built while loading',
    `const posts = [{ slug: 'a', title: 'A' }]; const bySlug = {}; for (const p of posts) bySlug[p.slug] = p; export const GET = c => c.text(bySlug.a.title)`,
  ],
  [
    'a helper used while loading and answering',
    `const add = (list, x) => { list.push(x); return list }; const base = add([], 'a'); export const GET = c => c.json(add([...base], 'b'))`,
  ],
  [
    'a generator',
    `function* range(n) { for (let i = 0; i < n; i++) yield i } export const GET = c => c.json([...range(3)])`,
  ],
  ['a fixed date', `export const GET = c => c.text(new Date(0).toISOString())`],
  [
    'a date of data',
    `const post = { date: '2024-05-01' }; export const GET = c => c.text(new Date(post.date).toISOString())`,
  ],
  ['a date in UTC', `export const GET = c => c.json(new Date(Date.UTC(2020, 1, 1)).getUTCDay())`],
  [
    'Intl numbers',
    `const f = new Intl.NumberFormat('en-US'); export const GET = c => c.text(f.format(1e6))`,
  ],
  [
    'Intl dates',
    `const f = new Intl.DateTimeFormat('en', { timeZone: 'UTC', dateStyle: 'long' }); export const GET = c => c.text(f.format(new Date('2024-05-01')))`,
  ],
  ['toLocaleString with a locale', `export const GET = c => c.text((1e6).toLocaleString('en-US'))`],
  [
    'toLocaleDateString with locale and zone',
    `export const GET = c => c.text(new Date(0).toLocaleDateString('en-GB', { timeZone: 'UTC' }))`,
  ],
  [
    'localeCompare with a locale',
    `export const GET = c => c.json(['b', 'a'].sort((a, b) => a.localeCompare(b, 'en')))`,
  ],
  [
    'a file read while loading',
    `import { readFileSync } from 'node:fs'\nconst text = readFileSync(new URL('./x.txt', import.meta.url), 'utf8'); export const GET = c => c.text(text)`,
  ],
  [
    'files listed while loading',
    `import { readFileSync, readdirSync } from 'node:fs'\nimport { join } from 'node:path'\nconst dir = import.meta.dirname; const posts = readdirSync(dir).filter(n => n.endsWith('.md')).map(n => ({ n, text: readFileSync(join(dir, n), 'utf8') })); export const GET = c => c.json(posts)`,
  ],
  [
    'files read with promises while loading',
    `import { readFile } from 'node:fs/promises'\nconst text = await readFile('x', 'utf8'); export const GET = c => c.text(text)`,
  ],
  [
    'an async loader that is awaited',
    `import { readFile } from 'node:fs/promises'\nconst load = async () => { const out = []; for (const n of ['a', 'b']) out.push(await readFile(n, 'utf8')); return out }\nconst pages = await load(); export const GET = c => c.json(pages)`,
  ],
  [
    'async loaders all awaited',
    `import { readFile } from 'node:fs/promises'\nconst pages = await Promise.all(['a', 'b'].map(async n => ({ n, text: await readFile(n, 'utf8') }))); export const GET = c => c.json(pages)`,
  ],
  ['NODE_ENV', `export const GET = c => c.json(process.env.NODE_ENV === 'production')`],
  ['typeof window', `export const GET = c => c.json(typeof window === 'undefined')`],
  [
    'a hash of a constant',
    `import { createHash } from 'node:crypto'\nexport const GET = c => c.text(createHash('sha256').update('x').digest('hex'))`,
  ],
  [
    'a digest',
    `export const GET = async c => { const d = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('x')); return c.json([...new Uint8Array(d)]) }`,
  ],
  [
    'encodings',
    `export const GET = c => c.json([encodeURIComponent('ä'), btoa('x'), new TextDecoder().decode(new TextEncoder().encode('x'))])`,
  ],
  [
    'a URL',
    `export const GET = c => { const u = new URL('/a?b=c', 'https://x.y'); return c.json([u.pathname, u.searchParams.get('b')]) }`,
  ],
  [
    'regular expressions',
    `const word = /\\w+/g; export const GET = c => c.json(['a b'.match(word), 'a b'.replace(word, w => w.toUpperCase()), [...'a b'.matchAll(word)].length, /^a/.test('a')])`,
  ],
  [
    'a local expression with lastIndex',
    `export const GET = c => { const re = /a/g; const out = []; let m; while ((m = re.exec('aa'))) out.push(m.index); return c.json(out) }`,
  ],
  [
    'destructuring',
    `const conf = { a: 1, b: { c: [2, 3] } }; export const GET = c => { const { a, b: { c: [x, ...rest] }, d = 4, ...others } = conf; return c.json({ a, x, rest, d, others }) }`,
  ],
  [
    'spread',
    `const base = { a: 1 }; export const GET = c => c.json({ ...base, b: 2, list: [...[1, 2], 3] })`,
  ],
  [
    'Object helpers',
    `const o = { a: 1, b: 2 }; export const GET = c => c.json([Object.keys(o), Object.values(o), Object.entries(o).map(([k, v]) => k + v), Object.fromEntries([['x', 1]]), Object.assign({}, o)])`,
  ],
  [
    'try and catch',
    `export const GET = c => { try { return c.json(JSON.parse('{')) } catch (error) { return c.text(error.name) } }`,
  ],
  [
    'closures and currying',
    `const add = a => b => a + b; const inc = add(1); export const GET = c => c.json(inc(2))`,
  ],
  [
    'recursion',
    `const fib = n => (n < 2 ? n : fib(n - 1) + fib(n - 2)); export const GET = c => c.json(fib(10))`,
  ],
  [
    'a tree',
    `const tree = { n: 1, kids: [{ n: 2, kids: [] }] }; const sum = t => t.n + t.kids.reduce((a, k) => a + sum(k), 0); export const GET = c => c.json(sum(tree))`,
  ],
  [
    'switch',
    `const name = n => { switch (n) { case 1: return 'one'; default: return 'many' } }; export const GET = c => c.text(name(2))`,
  ],
  [
    'optional chaining',
    `const o = { a: { b: null } }; export const GET = c => c.json([o.a?.b?.c ?? 'none', o.f?.()])`,
  ],
  [
    'a middleware of the array',
    `export const GET = [async (c, next) => { await next(); c.header('X-A', 'b') }, c => c.text('x')]`,
  ],
  [
    'a folder middleware',
    {
      'routes/_middleware.js': `export default async (c, next) => { await next(); c.res.headers.set('X-A', 'b') }`,
      'routes/index.js': `export const GET = c => c.text('x')`,
    },
  ],
  [
    'a value handed on by a middleware',
    {
      'routes/_middleware.js': `export default async (c, next) => { c.set('title', 'x'); await next() }`,
      'routes/index.js': `export const GET = c => c.text(c.get('title') + c.var.title)`,
    },
  ],
  [
    'a layout set by a middleware',
    {
      'routes/_middleware.jsx': `import { jsxRenderer } from 'hono/jsx-renderer'\nexport default jsxRenderer(({ children, title }) => <html><title>{title}</title><body>{children}</body></html>)`,
      'routes/index.jsx': `export const GET = c => c.render(<p>x</p>, { title: 'x' })`,
    },
  ],
  [
    'secure headers',
    {
      'routes/_middleware.js': `import { secureHeaders } from 'hono/secure-headers'\nexport default secureHeaders()`,
      'routes/index.js': `export const GET = c => c.text('x')`,
    },
  ],
  [
    'createMiddleware',
    {
      'routes/_middleware.js': `import { createMiddleware } from 'hono/factory'\nexport default createMiddleware(async (c, next) => { await next() })`,
      'routes/index.js': `export const GET = c => c.text('x')`,
    },
  ],
  [
    'a GET beside a POST that reads the request',
    `const page = 'x'; export const GET = c => c.text(page); export const POST = async c => c.text(await c.req.text())`,
  ],
  [
    'a GET beside a POST that counts for itself',
    `let n = 0; export const GET = c => c.text('x'); export const POST = c => c.json(++n)`,
  ],
  [
    'an ambient value only POST uses',
    `const started = Date.now(); export const GET = c => c.text('x'); export const POST = c => c.json(started)`,
  ],
  [
    'a database only POST uses',
    `import { Database } from 'bun:sqlite'\nconst db = new Database('x'); export const GET = c => c.text('x'); export const POST = async c => { db.run('insert', [await c.req.text()]); return c.text('ok') }`,
  ],
  [
    'a timer that touches nothing of it',
    `let n = 0; setInterval(() => { n++ }, 1000); export const GET = c => c.text('x')`,
  ],
  ['not found', `export const GET = c => c.notFound()`],
  [
    'not found with a page',
    {
      'routes/_404.jsx': `export default c => c.html(<p>no</p>, 404)`,
      'routes/index.js': `export const GET = c => c.notFound()`,
    },
  ],
  [
    'a CommonJS dependency',
    {
      'routes/index.js': `import { slug } from 'slugs'\nexport const GET = c => c.text(slug('A b'))`,
      'node_modules/slugs/index.js': `const re = /\\s+/g\nmodule.exports = { slug(text) { return text.toLowerCase().replace(re, '-') } }`,
      'node_modules/slugs/package.json': `{"name":"slugs","main":"index.js"}`,
    },
  ],
  [
    'a dependency with a default export',
    {
      'routes/index.js': `import esc from 'esc'\nexport const GET = c => c.text(esc('<'))`,
      'node_modules/esc/index.js': `const map = { '<': '&lt;', '>': '&gt;' }\nmodule.exports = function esc(text) { return text.replace(/[<>]/g, ch => map[ch]) }`,
      'node_modules/esc/package.json': `{"name":"esc","main":"index.js"}`,
    },
  ],
  [
    'JSON imported',
    {
      'routes/index.js': `import data from '../data.json'\nexport const GET = c => c.json(data.list.map(x => x.n))`,
      'data.json': `{"list":[{"n":1}]}`,
    },
  ],
  [
    'big data',
    `const data = ${JSON.stringify(Array.from({ length: 50 }, (_, i) => ({ id: i, tags: ['a', 'b'] })))}; export const GET = c => c.json(data.filter(d => d.tags.includes('a')).map(({ id }) => id).slice(0, 3))`,
  ],
  [
    'structuredClone',
    `const o = { a: [1] }; export const GET = c => { const copy = structuredClone(o); copy.a.push(2); return c.json(copy) }`,
  ],
  [
    'a tagged template of one’s own',
    'const css = (s, ...v) => s.raw.map((x, i) => x + (v[i] ?? "")).join(""); export const GET = c => c.text(css`a { color: ${"red"} }`)',
  ],
  [
    'bits and numbers',
    `export const GET = c => c.json([1 << 2, ~1, 7 % 3, 2 ** 8, Math.max(1, 2), Number('3'), (1.5).toFixed(2), parseInt('10', 2)])`,
  ],
  [
    'an error made and read',
    `class NotOk extends Error { constructor(code) { super('not ok'); this.code = code } } export const GET = c => { try { throw new NotOk(3) } catch (e) { return c.json([e.message, e.code, e instanceof NotOk]) } }`,
  ],
  [
    'labels and loops',
    `export const GET = c => { let n = 0; outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j > i) continue outer; n++ } } do { n-- } while (n > 4); return c.json(n) }`,
  ],
  [
    'the global object as libraries ask for it',
    `const root = Function('return this')(); export const GET = c => c.text(String(root.Array.isArray([])))`,
  ],
]
