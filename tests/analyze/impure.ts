// Handlers that must not be static, each impure in its own way: name, source, what the reason says.

import type { Files } from './project.ts'

export type Case = [name: string, source: string | Files, reason: RegExp]

const notes = `
  const notes = []
  export const list = () => notes
  export const add = note => { notes.push(note) }`

/** A module imported by two routes: one reads, the other writes. */
function shared(lib: string, get: string, post: string): Files {
  return {
    'lib/state.js': lib,
    'routes/index.js': get,
    'routes/other.js': post,
  }
}

export const impure: Case[] = [
  // ---------------------------------------------------------------- classes that all code shares
  [
    'imported bytes that another route changes',
    {
      'a.bin': 'abc',
      'lib/a.js': `export { default as bytes } from '../a.bin' with { type: 'bytes' }`,
      'routes/index.js': `import { bytes } from '../lib/a.js'; export const GET = c => c.body(bytes)`,
      'routes/other.js': `import { bytes } from '../lib/a.js'; export const POST = async c => { bytes[0] = (await c.req.text()).length; return c.text('ok') }`,
    },
    /may change/,
  ],
  [
    'what only looks like the helper for imported bytes',
    `let n = 0
const Uint8Array = { fromBase64: text => text + n++ }
const __toBinaryNode = Uint8Array.fromBase64||((base64)=>new Uint8Array(Buffer.from(base64,"base64")))
export const GET = c => c.text(__toBinaryNode('eA=='))`,
    /changes `n`/,
  ],
  [
    'the class of JSX nodes, changed',
    `import { JSXNode } from 'hono/jsx'
let n = 0
JSXNode.prototype.toString = () => String(n++ > 1000)
export const GET = c => c.html(<b />)`,
    /may change a class that it does not make/,
  ],
  [
    'the class of JSX nodes, by way of a node',
    `export const POST = c => {
  Object.assign((<b />).constructor.prototype, { toString: () => c.req.path })
  return c.text('')
}
export const GET = c => c.html(<b />)`,
    /may change a class that it does not make/,
  ],
  [
    'a class of the host, changed',
    `export const POST = c => {
  Object.defineProperty(Request.prototype, 'url', { value: c.req.path })
  return c.text('')
}
export const GET = c => c.text('x')`,
    /may change a class that it does not make/,
  ],
  ...['Headers', 'Response', 'Request', 'URL', 'Blob'].map(
    (name): Case => [
      `the prototype of ${name}, written by another method`,
      `export const POST = c => {
  ${name}.prototype.precastTest = () => 'x'
  return c.text('')
}
export const GET = c => c.text('x')`,
      /may change/,
    ],
  ),
  [
    'the class of the request, with a getter',
    `export const POST = c => {
  c.req.constructor.prototype.__defineGetter__('path', () => 'x')
  return c.text('')
}
export const GET = c => c.text('x')`,
    /may change a class that it does not make/,
  ],
  [
    'text that runs as code, by the default export of node:vm',
    `import vm from 'node:vm'
export const POST = async c => {
  vm.runInThisContext(await c.req.text())
  return c.text('')
}
export const GET = c => c.text(encodeURIComponent('x'))`,
    /reads node:vm\.runInThisContext/,
  ],

  // ---------------------------------------------------------------- the clock, in all its forms
  ['Date.now', `export const GET = c => c.json(Date.now())`, /reads the clock: Date\.now\(\)/],
  [
    'new Date()',
    `export const GET = c => c.text(new Date().toISOString())`,
    /reads the clock: new Date\(\)/,
  ],
  ['Date as a function', `export const GET = c => c.text(Date())`, /clock/],
  [
    'new Date with a spread',
    `export const GET = c => c.text(new Date(...[]).toISOString())`,
    /clock|zone/,
  ],
  [
    'new Date(undefined) is no date but new Date(...args) may be',
    `const f = (...args) => new Date(...args); export const GET = c => c.text(f().toISOString())`,
    /clock|zone/,
  ],
  ['an alias of Date.now', `const now = Date.now; export const GET = c => c.json(now())`, /clock/],
  ['destructured', `const { now } = Date; export const GET = c => c.json(now())`, /clock/],
  ['by a constant key', `const key = 'now'; export const GET = c => c.json(Date[key]())`, /clock/],
  ['by a key put together', `export const GET = c => c.json(Date['n' + 'ow']())`, /clock/],
  [
    'by a key from data',
    `export const GET = c => c.json(Date[['n', 'o', 'w'].join('')]())`,
    /Date/,
  ],
  ['through globalThis', `export const GET = c => c.json(globalThis.Date.now())`, /clock/],
  [
    'through globalThis by key',
    `export const GET = c => c.json(globalThis['Da' + 'te'].now())`,
    /clock/,
  ],
  [
    'through globalThis by data',
    `export const GET = c => c.json(globalThis[atob('RGF0ZQ==')].now())`,
    /global/,
  ],
  ['bound', `const now = Date.now.bind(Date); export const GET = c => c.json(now())`, /clock/],
  ['called', `export const GET = c => c.json(Date.now.call(null))`, /clock/],
  ['applied', `export const GET = c => c.json(Reflect.apply(Date.now, null, []))`, /clock/],
  [
    'constructed by Reflect',
    `export const GET = c => c.json(Reflect.construct(Date, []))`,
    /clock/,
  ],
  ['as a callback', `export const GET = c => c.json([1].map(Date.now))`, /clock/],
  [
    'as a default',
    `const f = (at = Date.now()) => at; export const GET = c => c.json(f())`,
    /clock/,
  ],
  [
    'as a default in a pattern',
    `export const GET = c => { const { at = Date.now() } = {}; return c.json(at) }`,
    /clock/,
  ],
  [
    'in a getter',
    `const o = { get at() { return Date.now() } }; export const GET = c => c.json(o.at)`,
    /clock/,
  ],
  [
    'in a getter that JSON reads',
    `const o = { get at() { return Date.now() } }; export const GET = c => c.json(o)`,
    /clock/,
  ],
  [
    'in a getter that a spread reads',
    `const o = { get at() { return Date.now() } }; export const GET = c => c.json({ ...o })`,
    /clock/,
  ],
  [
    'in a defined getter',
    `const o = {}; Object.defineProperty(o, 'at', { enumerable: true, get: () => Date.now() }); export const GET = c => c.json(o)`,
    /clock/,
  ],
  ['in toJSON', `export const GET = c => c.json({ toJSON: () => Date.now() })`, /clock/],
  [
    'in a toJSON of a class',
    `class A { toJSON() { return Date.now() } } export const GET = c => c.json([new A()])`,
    /clock/,
  ],
  [
    'in toString',
    `const o = { toString: () => String(Date.now()) }; export const GET = c => c.text(\`\${o}\`)`,
    /clock/,
  ],
  [
    'in valueOf',
    `const o = { valueOf: () => Date.now() }; export const GET = c => c.json(o + 1)`,
    /clock/,
  ],
  [
    'in valueOf of a comparison',
    `const o = { valueOf: () => Date.now() }; export const GET = c => c.json(o > 1)`,
    /clock/,
  ],
  [
    'in Symbol.toPrimitive',
    `const o = { [Symbol.toPrimitive]: () => Date.now() }; export const GET = c => c.json(+o)`,
    /clock/,
  ],
  ['in a tag', `const tag = () => Date.now(); export const GET = c => c.json(tag\`x\`)`, /clock/],
  [
    'in an iterator',
    `const o = { *[Symbol.iterator]() { yield Date.now() } }; export const GET = c => c.json([...o])`,
    /clock/,
  ],
  [
    'in an iterator by hand',
    `const o = { [Symbol.iterator]: () => ({ next: () => ({ done: Date.now() % 2, value: 1 }) }) }; export const GET = c => c.json([...o])`,
    /clock/,
  ],
  [
    'in a destructured iterator',
    `const o = { *[Symbol.iterator]() { yield Date.now() } }; export const GET = c => { const [a] = o; return c.json(a) }`,
    /clock/,
  ],
  [
    'in a generator',
    `function* g() { yield Date.now() } export const GET = c => c.json([...g()])`,
    /clock/,
  ],
  [
    'in an async generator',
    `async function* g() { yield Date.now() } export const GET = async c => { for await (const x of g()) return c.json(x) }`,
    /clock/,
  ],
  [
    'in a thenable',
    `export const GET = async c => c.json(await { then: done => done(Date.now()) })`,
    /clock/,
  ],
  [
    'in finally',
    `export const GET = c => { try { return c.text('x') } finally { if (Date.now() % 2) return c.text('y') } }`,
    /clock/,
  ],
  [
    'in catch',
    `export const GET = c => { try { throw 1 } catch { return c.json(Date.now()) } }`,
    /clock/,
  ],
  [
    'thrown and caught',
    `export const GET = c => { try { throw () => Date.now() } catch (f) { return c.json(f()) } }`,
    /clock/,
  ],
  ['in a comparator', `export const GET = c => c.json([2, 1].sort(() => Date.now() % 2))`, /clock/],
  ['in a replacer', `export const GET = c => c.json('a'.replace('a', () => Date.now()))`, /clock/],
  [
    'in a JSON replacer',
    `export const GET = c => c.text(JSON.stringify({ a: 1 }, () => Date.now()))`,
    /clock/,
  ],
  [
    'in a reviver',
    `export const GET = c => c.json(JSON.parse('{"a":1}', () => Date.now()))`,
    /clock/,
  ],
  [
    'in Array.from',
    `export const GET = c => c.json(Array.from({ length: 2 }, () => Date.now()))`,
    /clock/,
  ],
  [
    'in a reducer',
    `export const GET = c => c.json([1].reduce((a, b) => a + Date.now(), 0))`,
    /clock/,
  ],
  [
    'in a constructor',
    `class A { constructor() { this.at = Date.now() } } export const GET = c => c.json(new A())`,
    /clock/,
  ],
  ['in a field', `class A { at = Date.now() } export const GET = c => c.json(new A())`, /clock/],
  [
    'in a private field',
    `class A { #at = Date.now(); get() { return this.#at } } export const GET = c => c.json(new A().get())`,
    /clock/,
  ],
  [
    'in a parent class',
    `class A { at() { return Date.now() } } class B extends A {} export const GET = c => c.json(new B().at())`,
    /clock/,
  ],
  [
    'through super',
    `class A { at() { return Date.now() } } class B extends A { at() { return super.at() } } export const GET = c => c.json(new B().at())`,
    /clock/,
  ],
  [
    'in a parent chosen at run time',
    `const mix = Base => class extends Base { at() { return Date.now() } }; class B extends mix(Object) {} export const GET = c => c.json(new B().at())`,
    /clock/,
  ],
  [
    'in Symbol.hasInstance',
    `class A { static [Symbol.hasInstance]() { return Date.now() % 2 } } export const GET = c => c.json({} instanceof A)`,
    /clock/,
  ],
  [
    'on a prototype',
    `function A() {} A.prototype.at = () => Date.now(); export const GET = c => c.json(new A().at())`,
    /clock/,
  ],
  [
    'by setPrototypeOf',
    `const o = Object.setPrototypeOf({}, { at: () => Date.now() }); export const GET = c => c.json(o.at())`,
    /clock/,
  ],
  [
    'by __proto__',
    `const o = { __proto__: { at: () => Date.now() } }; export const GET = c => c.json(o.at())`,
    /clock/,
  ],
  [
    'by Object.create',
    `const o = Object.create({ at: () => Date.now() }); export const GET = c => c.json(o.at())`,
    /clock/,
  ],
  [
    'in a map',
    `const m = new Map([['a', Date.now]]); export const GET = c => c.json(m.get('a')())`,
    /clock/,
  ],
  [
    'in a table of functions',
    `const table = { a: () => 1, b: () => Date.now() }; export const GET = c => c.json(table[['b'][0]]())`,
    /clock/,
  ],
  [
    'in a promise',
    `export const GET = async c => c.json(await Promise.resolve().then(() => Date.now()))`,
    /clock/,
  ],
  [
    'in an executor',
    `export const GET = async c => c.json(await new Promise(done => done(Date.now())))`,
    /clock/,
  ],
  [
    'in a component',
    `const Clock = () => <b>{Date.now()}</b>; export const GET = c => c.html(<p><Clock /></p>)`,
    /clock/,
  ],
  [
    'in a component made while loading',
    `const Clock = () => <b>{Date.now()}</b>; const page = <p><Clock /></p>; export const GET = c => c.html(page)`,
    /clock/,
  ],
  [
    'in an async component',
    `const Clock = async () => <b>{Date.now()}</b>; export default () => <p><Clock /></p>`,
    /clock/,
  ],
  [
    'in html',
    "import { html } from 'hono/html'\nexport const GET = c => c.html(html`<p>${Date.now()}</p>`)",
    /clock/,
  ],
  [
    'in a middleware of the array',
    `export const GET = [async (c, next) => { c.header('x', String(Date.now())); await next() }, c => c.text('x')]`,
    /clock/,
  ],
  [
    'in the handler behind a middleware',
    `export const GET = [async (c, next) => { await next() }, c => c.json(Date.now())]`,
    /clock/,
  ],
  [
    'in arguments',
    `function f() { return arguments[0]() } export const GET = c => c.json(f(Date.now))`,
    /clock/,
  ],
  [
    'in rest parameters',
    `const f = (...fs) => fs[0](); export const GET = c => c.json(f(Date.now))`,
    /clock/,
  ],
  [
    'behind an optional chain',
    `const o = { f: Date.now }; export const GET = c => c.json(o?.f?.())`,
    /clock/,
  ],
  ['behind a comma', `export const GET = c => c.json((0, Date.now)())`, /clock/],
  ['behind ??=', `export const GET = c => { let f; f ??= Date.now; return c.json(f()) }`, /clock/],
  ['in an eval', `export const GET = c => c.json(eval('Date.now()'))`, /eval/],
  [
    'in Function',
    `export const GET = c => c.json(new Function('return Date.now()')())`,
    /Function/,
  ],
  [
    'in the constructor of a function',
    `export const GET = c => c.json((() => {}).constructor('return Date.now()')())`,
    /Function/,
  ],
  [
    'in the constructor of an array method',
    `export const GET = c => c.json([].map.constructor('return Date.now()')())`,
    /Function/,
  ],
  [
    'in the constructor of a constructor',
    `export const GET = c => c.json([].constructor.constructor('return Date.now()')())`,
    /Function/,
  ],
  [
    'in the constructor of an async function',
    `const F = Object.getPrototypeOf(async () => {}).constructor; export const GET = async c => c.json(await F('return Date.now()')())`,
    /Function/,
  ],
  ['performance.now', `export const GET = c => c.json(performance.now())`, /clock/],
  [
    'performance.timeOrigin',
    `export const GET = c => c.json(performance.timeOrigin)`,
    /performance/,
  ],
  [
    'Intl format of no date',
    `const f = new Intl.DateTimeFormat('en', { timeZone: 'UTC' }); export const GET = c => c.text(f.format())`,
    /clock/,
  ],
  [
    'the age of a page',
    `const built = Date.now(); export const GET = c => c.json(built)`,
    /clock.*when its module loads/,
  ],
  [
    'through a default taken while loading',
    `const o = { at: Date.now() }; export const GET = c => c.json(o)`,
    /clock/,
  ],
  [
    'a branch taken while loading',
    `let x = 'a'; if (Date.now() % 2) x = 'b'; export const GET = c => c.text(x)`,
    /clock/,
  ],
  [
    'an early return while loading',
    `const f = () => { if (Date.now() % 2) return 'a'; return 'b' }; const x = f(); export const GET = c => c.text(x)`,
    /clock/,
  ],
  [
    'an error caught while loading',
    `let x = 'a'; try { if (Date.now() % 2) throw 1; x = 'b' } catch {} export const GET = c => c.text(x)`,
    /clock/,
  ],
  [
    'an error thrown deeper while loading',
    `let x = 'a'; const f = () => { if (Date.now() % 2) throw 1 }; try { f(); x = 'b' } catch {} export const GET = c => c.text(x)`,
    /clock/,
  ],
  [
    'a loop while loading',
    `let n = 0; while (n < Date.now() % 7) n++; export const GET = c => c.json(n)`,
    /clock/,
  ],
  [
    'a length while loading',
    `const list = []; for (let i = 0; i < Date.now() % 7; i++) list.push('x'); export const GET = c => c.json(list.length)`,
    /clock/,
  ],
  [
    'a key while loading',
    `const o = {}; o['k' + Date.now()] = 1; export const GET = c => c.json(Object.keys(o))`,
    /clock/,
  ],
  ['a plain value', `export default { at: Date.now() }`, /clock/],
  [
    'a class field while loading',
    `class A { static at = Date.now() } export const GET = c => c.json(A.at)`,
    /clock/,
  ],

  // ---------------------------------------------------------------- randomness, environment, host
  ['Math.random', `export const GET = c => c.json(Math.random())`, /random/],
  [
    'Math by a key from data',
    `export const GET = c => c.json(Math[Object.getOwnPropertyNames(Math)[0]]())`,
    /Math/,
  ],
  ['crypto.randomUUID', `export const GET = c => c.json(crypto.randomUUID())`, /random/],
  [
    'node:crypto',
    `import { randomBytes } from 'node:crypto'\nexport const GET = c => c.text(randomBytes(4).toString('hex'))`,
    /node:crypto/,
  ],
  [
    'process.env',
    `export const GET = c => c.json(process.env.HOME)`,
    /environment: process\.env\.HOME/,
  ],
  [
    'process.env while loading',
    `const { HOME } = process.env; export const GET = c => c.json(HOME)`,
    /environment/,
  ],
  ['process.pid', `export const GET = c => c.json(process.pid)`, /process\.pid/],
  [
    'process from node:process',
    `import process from 'node:process'\nexport const GET = c => c.json(process.env.HOME)`,
    /process/,
  ],
  [
    'process from globalThis',
    `export const GET = c => c.json(globalThis.process.env.HOME)`,
    /environment/,
  ],
  ['node:os', `import os from 'node:os'\nexport const GET = c => c.text(os.hostname())`, /node:os/],
  [
    'node:os while loading',
    `import { cpus } from 'node:os'\nconst n = cpus().length; export const GET = c => c.json(n)`,
    /node:os/,
  ],
  ['Bun', `export const GET = c => c.json(Bun.version)`, /Bun/],
  [
    'typeof Bun',
    `const isBun = typeof Bun !== 'undefined'; export const GET = c => c.json(isBun)`,
    /host/,
  ],
  ['Deno', `export const GET = c => c.json(Deno.pid)`, /Deno/],
  ['navigator', `export const GET = c => c.json(navigator.userAgent)`, /navigator/],
  ['import.meta.url', `export const GET = c => c.json(import.meta.url)`, /import\.meta/],
  ['import.meta.env', `export const GET = c => c.json(import.meta.env?.X)`, /import\.meta/],
  ['an unknown global', `export const GET = c => c.json(globalThis.visits ?? 0)`, /global/],
  [
    'fetch',
    `export const GET = async c => c.text(await (await fetch('https://example.com')).text())`,
    /network/,
  ],
  [
    'fetch while loading',
    `const text = await (await fetch('https://example.com')).text(); export const GET = c => c.text(text)`,
    /network/,
  ],
  [
    'a file read while answering',
    `import { readFileSync } from 'node:fs'\nexport const GET = c => c.text(readFileSync('x', 'utf8'))`,
    /file/,
  ],
  [
    'the time of a file',
    `import { statSync } from 'node:fs'\nconst { mtimeMs } = statSync('x'); export const GET = c => c.json(mtimeMs)`,
    /file/,
  ],
  [
    'a file that loading wrote',
    `import { readFileSync, writeFileSync } from 'node:fs'\nwriteFileSync('n', 'x'); const n = readFileSync('n', 'utf8'); export const GET = c => c.text(n)`,
    /file/,
  ],
  [
    'the working directory',
    `import { resolve } from 'node:path'\nexport const GET = c => c.text(resolve('x'))`,
    /working directory/,
  ],
  ['a stack trace', `export const GET = c => c.text(new Error('x').stack)`, /stack/],
  [
    'a captured stack trace',
    `export const GET = c => { const o = {}; Error.captureStackTrace(o); return c.text(o.stack) }`,
    /stack/,
  ],
  [
    'WeakRef',
    `const r = new WeakRef({}); export const GET = c => c.json(r.deref() === undefined)`,
    /garbage/,
  ],
  ['the source of a function', `export const GET = c => c.text(GET.toString())`, /source text/],
  ['the log', `export const GET = c => { console.log('visit'); return c.text('x') }`, /log/],
  [
    'a dynamic import while answering',
    {
      'routes/index.js': `export const GET = async c => c.json((await import('../lib/a.js')).a)`,
      'lib/a.js': `export const a = Date.now()`,
    },
    /import\(\)|clock/,
  ],
  [
    'a dynamic import of who knows what',
    `export const GET = async c => c.json(await import(['node', 'os'].join(':')))`,
    /import\(\)/,
  ],

  // ---------------------------------------------------------------- locale and zone
  ['toLocaleString', `export const GET = c => c.text((1e6).toLocaleString())`, /locale/],
  [
    'toLocaleString of undefined',
    `export const GET = c => c.text((1e6).toLocaleString(undefined, {}))`,
    /locale/,
  ],
  [
    'localeCompare',
    `export const GET = c => c.json(['b', 'a'].sort((a, b) => a.localeCompare(b)))`,
    /locale/,
  ],
  [
    'Intl without a locale',
    `export const GET = c => c.text(new Intl.NumberFormat().format(1))`,
    /locale/,
  ],
  [
    'Intl dates without a zone',
    `export const GET = c => c.text(new Intl.DateTimeFormat('en').format(new Date(0)))`,
    /zone/,
  ],
  [
    'toLocaleDateString without a zone',
    `export const GET = c => c.text(new Date(0).toLocaleDateString('en'))`,
    /zone/,
  ],
  ['getHours', `export const GET = c => c.json(new Date(0).getHours())`, /zone/],
  ['a date of parts', `export const GET = c => c.json(new Date(2020, 1, 1))`, /zone/],
  [
    'a date of text without a zone',
    `export const GET = c => c.json(new Date('2020-01-01T00:00:00'))`,
    /zone/,
  ],
  ['Date.parse without a zone', `export const GET = c => c.json(Date.parse('1 Jan 2020'))`, /zone/],
  ['a date as text', `export const GET = c => c.text(\`\${new Date(0)}\`)`, /zone/],
  ['a date added to text', `export const GET = c => c.text('at ' + new Date(0))`, /zone/],
  ['a date in JSX', `export const GET = c => c.html(<p>{new Date(0)}</p>)`, /zone/],
  ['a date in a joined list', `export const GET = c => c.text([new Date(0)].join())`, /zone/],

  // ---------------------------------------------------------------- the request
  [
    'a query value',
    `export const GET = c => c.text(c.req.query('q') ?? '')`,
    /reads the request: c\.req\.query/,
  ],
  [
    'a header',
    `export const GET = c => c.text(c.req.header('user-agent') ?? '')`,
    /reads the request: c\.req\.header/,
  ],
  ['the url', `export const GET = c => c.text(c.req.url)`, /request/],
  ['the request destructured', `export const GET = ({ req }) => new Response(req.url)`, /request/],
  ['the request by key', `export const GET = c => c.text(c['r' + 'eq'].url)`, /request/],
  [
    'the request by a key from data',
    `export const GET = c => c.text(c[['req'][0]].url)`,
    /request|uses c\./,
  ],
  [
    'the raw request',
    `export const GET = c => c.text(c.req.raw.headers.get('x') ?? '')`,
    /request/,
  ],
  ['the environment of the request', `export const GET = c => c.json(c.env)`, /request/],
  [
    'in a helper',
    {
      'routes/index.js': `import { lang } from '../lib/lang.js'\nexport const GET = c => c.text(lang(c))`,
      'lib/lang.js': `export const lang = c => c.req.header('accept-language') ?? 'en'`,
    },
    /reads the request: c\.req\.header in lib\/lang\.js:1:26, called from routes\/index\.js:2:32/,
  ],
  [
    'in a middleware',
    {
      'routes/_middleware.js': `export default async (c, next) => { if (c.req.header('x')) return c.text('no'); await next() }`,
      'routes/index.js': `export const GET = c => c.text('x')`,
    },
    /request/,
  ],
  [
    'handed on by a middleware',
    {
      'routes/_middleware.js': `export default async (c, next) => { c.set('q', () => c.req.query('q')); await next() }`,
      'routes/index.js': `export const GET = c => c.text(c.get('q')())`,
    },
    /request/,
  ],
  ['the context as JSON', `export const GET = c => c.json(c)`, /context/],
  ['a spread request', `export const GET = c => c.json({ ...c.req })`, /request/],
  ['the keys of the request', `export const GET = c => c.json(Object.keys(c.req))`, /request/],
  [
    'a cookie',
    `import { getCookie } from 'hono/cookie'\nexport const GET = c => c.text(getCookie(c, 'x') ?? '')`,
    /cookie/,
  ],
  [
    'setting a cookie',
    `import { setCookie } from 'hono/cookie'\nexport const GET = c => { setCookie(c, 'x', 'y'); return c.text('x') }`,
    /cookie/,
  ],
  [
    'a Set-Cookie header',
    `export const GET = c => { c.header('Set-Cookie', 'a=b'); return c.text('x') }`,
    /cookie/,
  ],
  [
    'a Set-Cookie of a Response',
    `export const GET = () => new Response('x', { headers: { 'set-cookie': 'a=b' } })`,
    /cookie/,
  ],
  [
    'an etag middleware',
    `import { etag } from 'hono/etag'\nexport const GET = [etag(), c => c.text('x')]`,
    /middleware/,
  ],
  [
    'a mounted app',
    `import { Hono } from 'hono'\nconst app = new Hono(); app.get('/', c => c.text('x')); export default app`,
    /Hono app/,
  ],
  [
    'a not found that reads the request',
    {
      'routes/_404.js': `export default c => c.text(c.req.path)`,
      'routes/index.js': `export const GET = c => c.notFound()`,
    },
    /request/,
  ],

  // ---------------------------------------------------------------- state that outlives the call
  ['a counter', `let n = 0; export const GET = c => c.json(++n)`, /changes `n`/],
  [
    'a counter in an object',
    `const s = { n: 0 }; export const GET = c => c.json(s.n++)`,
    /changes `n`/,
  ],
  ['a counter in an array', `const s = [0]; export const GET = c => c.json(s[0]++)`, /changes/],
  [
    'a counter in a map',
    `const s = new Map(); export const GET = c => { s.set('n', (s.get('n') ?? 0) + 1); return c.json(s.get('n')) }`,
    /changes/,
  ],
  [
    'a counter in a WeakMap',
    `const key = {}; const s = new WeakMap(); export const GET = c => { s.set(key, (s.get(key) ?? 0) + 1); return c.json(s.get(key)) }`,
    /changes/,
  ],
  [
    'a counter in a closure',
    `const make = () => { let n = 0; return () => ++n }; const next = make(); export const GET = c => c.json(next())`,
    /changes `n`/,
  ],
  [
    'a counter in a class',
    `class A { static n = 0 } export const GET = c => c.json(++A.n)`,
    /changes `n`/,
  ],
  [
    'a counter in an instance',
    `class A { n = 0; next() { return ++this.n } } const a = new A(); export const GET = c => c.json(a.next())`,
    /changes `n`/,
  ],
  [
    'a counter in a private field',
    `class A { #n = 0; next() { return ++this.#n } } const a = new A(); export const GET = c => c.json(a.next())`,
    /changes `#n`/,
  ],
  [
    'a counter in a function',
    `function f() { f.n = (f.n ?? 0) + 1; return f.n } export const GET = c => c.json(f())`,
    /changes `n`/,
  ],
  [
    'a counter in a default of a pattern',
    `const s = { n: 0 }; export const GET = c => { ({ n: s.n } = { n: s.n + 1 }); return c.json(s.n) }`,
    /changes `n`/,
  ],
  [
    'a counter in a loop head',
    `const s = { n: 0 }; export const GET = c => { for (s.n of [s.n + 1]); return c.json(s.n) }`,
    /changes `n`/,
  ],
  [
    'a counter behind a setter',
    `let n = 0; const o = { set x(v) { n += v } }; export const GET = c => { o.x = 1; return c.text('x') }`,
    /changes `n`/,
  ],
  [
    'a counter on a prototype',
    `class A {} export const GET = c => { A.prototype.n = (A.prototype.n ?? 0) + 1; return c.json(new A().n) }`,
    /changes `n`/,
  ],
  [
    'a counter by Object.assign',
    `const s = { n: 0 }; export const GET = c => { Object.assign(s, { n: s.n + 1 }); return c.json(s.n) }`,
    /changes/,
  ],
  [
    'a counter by defineProperty',
    `const s = { n: 0 }; export const GET = c => { Object.defineProperty(s, 'n', { value: s.n + 1, writable: true }); return c.json(s.n) }`,
    /changes/,
  ],
  [
    'a counter by Reflect.set',
    `const s = { n: 0 }; export const GET = c => { Reflect.set(s, 'n', s.n + 1); return c.json(s.n) }`,
    /changes/,
  ],
  [
    'a counter on globalThis',
    `export const GET = c => { globalThis.visits = (globalThis.visits ?? 0) + 1; return c.json(globalThis.visits) }`,
    /visits/,
  ],
  [
    'a counter on a builtin',
    `export const GET = c => { Array.prototype.n = ([].n ?? 0) + 1; return c.json([].n) }`,
    /Array\.prototype/,
  ],
  [
    'a list that grows',
    `const seen = []; export const GET = c => { seen.push(1); return c.json(seen.length) }`,
    /changes/,
  ],
  [
    'a list that shrinks',
    `const left = ['a', 'b']; export const GET = c => c.json(left.pop() ?? null)`,
    /changes/,
  ],
  [
    'a list that is reversed',
    `const list = ['a', 'b']; export const GET = c => c.json(list.reverse())`,
    /changes/,
  ],
  [
    'a list that is sorted',
    `const list = ['b', 'a']; export const GET = c => c.json(list.sort())`,
    /changes/,
  ],
  [
    'a list behind call',
    `const seen = []; export const GET = c => { Array.prototype.push.call(seen, 1); return c.json(seen.length) }`,
    /changes/,
  ],
  [
    'a list behind a spread of its method',
    `const seen = []; const { push } = seen; export const GET = c => { push.apply(seen, [1]); return c.json(seen.length) }`,
    /changes/,
  ],
  [
    'a list in an argument',
    `const seen = []; const add = list => { list.push(1) }; export const GET = c => { add(seen); return c.json(seen.length) }`,
    /changes/,
  ],
  [
    'a deleted member',
    `const s = { a: 1 }; export const GET = c => { const had = 'a' in s; delete s.a; return c.json(had) }`,
    /changes/,
  ],
  [
    'an iterator that goes on',
    `const it = [1, 2, 3][Symbol.iterator](); export const GET = c => c.json(it.next().value ?? null)`,
    /iterator/,
  ],
  [
    'a generator that goes on',
    `function* g() { let n = 0; for (;;) yield n++ } const it = g(); export const GET = c => c.json(it.next().value)`,
    /iterator/,
  ],
  [
    'a generator that a loop takes from',
    `function* g() { let n = 0; for (;;) yield n++ } const it = g(); export const GET = c => { for (const x of it) return c.json(x) }`,
    /iterator/,
  ],
  ['lastIndex', `const re = /a/g; export const GET = c => c.json(re.test('aa'))`, /lastIndex/],
  [
    'lastIndex of a sticky expression',
    `const re = /a/y; export const GET = c => c.json('aa'.match(re))`,
    /lastIndex/,
  ],
  [
    'bytes',
    `const b = new Uint8Array(1); export const GET = c => { b[0]++; return c.json(b[0]) }`,
    /changes/,
  ],
  [
    'a date that moves',
    `const d = new Date(0); export const GET = c => { d.setTime(d.getTime() + 1); return c.json(d) }`,
    /changes/,
  ],
  [
    'a hash that goes on',
    `import { createHash } from 'node:crypto'\nconst h = createHash('md5'); export const GET = c => c.text(h.update('x').copy().digest('hex'))`,
    /changes|Hash/,
  ],
  [
    'one Response for all',
    `const r = new Response('x'); export const GET = () => r`,
    /one Response/,
  ],
  [
    'search parameters that grow',
    `const u = new URL('https://x.y/'); export const GET = c => { u.searchParams.append('a', 'b'); return c.text(u.href) }`,
    /changes/,
  ],
  [
    'a cache',
    `const cache = new Map(); const get = k => { if (!cache.has(k)) cache.set(k, k + 1); return cache.get(k) }; export const GET = c => c.json(get(1))`,
    /changes|may change/,
  ],
  [
    'a counter in a dependency',
    {
      'routes/index.js': `import { next } from 'counter'\nexport const GET = c => c.json(next())`,
      'node_modules/counter/index.js': `let n = 0; export const next = () => ++n`,
      'node_modules/counter/package.json': `{"name":"counter","type":"module","main":"index.js"}`,
    },
    /changes `n`, which outlives the request in the package counter/,
  ],
  [
    'a counter in a CommonJS dependency',
    {
      'routes/index.js': `import counter from 'counter'\nexport const GET = c => c.json(counter.next())`,
      'node_modules/counter/index.js': `let n = 0; exports.next = () => ++n`,
      'node_modules/counter/package.json': `{"name":"counter","main":"index.js"}`,
    },
    /changes `n`/,
  ],
  [
    'a clock in a CommonJS dependency',
    {
      'routes/index.js': `import { at } from 'clock'\nexport const GET = c => c.json(at())`,
      'node_modules/clock/index.js': `module.exports = { at() { return Date.now() } }`,
      'node_modules/clock/package.json': `{"name":"clock","main":"index.js"}`,
    },
    /clock/,
  ],

  // ---------------------------------------------------------------- state that others change
  [
    'what another route changes',
    shared(
      notes,
      `import { list } from '../lib/state.js'\nexport const GET = c => c.json(list())`,
      `import { add } from '../lib/state.js'\nexport const POST = async c => { add(await c.req.text()); return c.text('ok') }`,
    ),
    /may change/,
  ],
  [
    'what another method changes',
    `let n = 0; export const GET = c => c.json(n); export const POST = c => { n++; return c.text('ok') }`,
    /reads `n`, which routes\/index\.js:1 may change/,
  ],
  [
    'what another GET changes',
    shared(
      `export const s = { n: 0 }`,
      `import { s } from '../lib/state.js'\nexport const GET = c => c.json(s.n)`,
      `import { s } from '../lib/state.js'\nexport const GET = c => { s.n++; return c.text('x') }`,
    ),
    /may change/,
  ],
  [
    'a member that another route adds',
    shared(
      `export const s = {}`,
      `import { s } from '../lib/state.js'\nexport const GET = c => c.json('a' in s)`,
      `import { s } from '../lib/state.js'\nexport const POST = c => { s.a = 1; return c.text('x') }`,
    ),
    /may change/,
  ],
  [
    'a deep member that another route changes',
    shared(
      `export const s = { a: { b: { c: 1 } } }`,
      `import { s } from '../lib/state.js'\nexport const GET = c => c.json(s)`,
      `import { s } from '../lib/state.js'\nexport const POST = c => { const { b } = s.a; b.c = 2; return c.text('x') }`,
    ),
    /may change/,
  ],
  [
    'big data that another route changes',
    shared(
      `export const s = ${JSON.stringify({ list: Array.from({ length: 40 }, (_, i) => ({ i })) })}`,
      `import { s } from '../lib/state.js'\nexport const GET = c => c.json(s)`,
      `import { s } from '../lib/state.js'\nexport const POST = c => { s.list[3].i = 2; return c.text('x') }`,
    ),
    /may change/,
  ],
  [
    'what a mounted app changes',
    shared(
      `export const s = { n: 0 }`,
      `import { s } from '../lib/state.js'\nexport const GET = c => c.json(s.n)`,
      `import { Hono } from 'hono'\nimport { s } from '../lib/state.js'\nconst app = new Hono(); app.post('/', c => { s.n++; return c.text('x') }); export default app`,
    ),
    /may change/,
  ],
  [
    'what an error handler changes',
    {
      ...shared(
        `export const s = { n: 0 }`,
        `import { s } from '../lib/state.js'\nexport const GET = c => c.json(s.n)`,
        `export const GET = () => { throw 1 }`,
      ),
      'routes/_error.js': `import { s } from '../lib/state.js'\nexport default (e, c) => { s.n++; return c.text('x') }`,
    },
    /may change/,
  ],
  [
    'what a timer changes',
    `let n = 0; setInterval(() => { n++ }, 1000); export const GET = c => c.json(n)`,
    /may change/,
  ],
  [
    'what a listener changes',
    `let n = 0; process.on('SIGUSR2', () => { n++ }); export const GET = c => c.json(n)`,
    /may change/,
  ],
  [
    'what goes on after loading',
    `let n = 0; const run = async () => { await null; n = 1 }; run(); export const GET = c => c.json(n)`,
    /may change/,
  ],
  [
    'what a promise changes after loading',
    `let n = 0; Promise.resolve().then(() => { n = 1 }); export const GET = c => c.json(n)`,
    /may change/,
  ],
  [
    'what another module changes when it loads',
    shared(
      `export const names = []`,
      `import { names } from '../lib/state.js'\nexport const GET = c => c.json(names)`,
      `import { names } from '../lib/state.js'\nnames.push('other')\nexport const GET = c => c.text('x')`,
    ),
    /may change while it loads/,
  ],
  [
    'a function that another route replaces',
    shared(
      `export const s = { f: () => 1 }`,
      `import { s } from '../lib/state.js'\nexport const GET = c => c.json(s.f())`,
      `import { s } from '../lib/state.js'\nexport const POST = c => { s.f = () => 2; return c.text('x') }`,
    ),
    /may change/,
  ],
  [
    'a method that another route replaces',
    shared(
      `export class A { f() { return 1 } }`,
      `import { A } from '../lib/state.js'\nexport const GET = c => c.json(new A().f())`,
      `import { A } from '../lib/state.js'\nexport const POST = c => { A.prototype.f = () => 2; return c.text('x') }`,
    ),
    /may change/,
  ],
  [
    'a builtin that another route replaces',
    {
      'routes/index.js': `export const GET = c => c.json([1].map(x => x))`,
      'routes/other.js': `export const POST = c => { Array.prototype.map = () => [2]; return c.text('x') }`,
    },
    /may change `Array\.prototype`/,
  ],
  [
    'a builtin reached by its prototype',
    {
      'routes/index.js': `export const GET = c => c.json([1].map(x => x))`,
      'routes/other.js': `export const POST = c => { Object.getPrototypeOf([]).map = () => [2]; return c.text('x') }`,
    },
    /may change/,
  ],
  [
    'every object, by __proto__',
    {
      'routes/index.js': `export const GET = c => c.json({}.x ?? 1)`,
      'routes/other.js': `export const POST = c => { ({}).__proto__.x = 2; return c.text('x') }`,
    },
    /may change/,
  ],
  [
    'a global that another module sets',
    {
      'routes/index.js': `export const GET = c => c.json(globalThis.x ?? 1)`,
      'routes/other.js': `globalThis.x = 2\nexport const GET = c => c.text('x')`,
    },
    /`x`/,
  ],
  [
    'state handed to who knows whom',
    `import { watch } from 'node:fs'\nconst s = { n: 0 }; watch('.', () => { s.n++ }); export const GET = c => c.json(s.n)`,
    /may change/,
  ],
  [
    'state handed to unknown code',
    `import { track } from 'bun:thing'\nconst s = { n: 0 }; track(s); export const GET = c => c.json(s.n)`,
    /may change/,
  ],
  [
    'a plain value that another method changes',
    `const s = { n: 0 }; export default s; export const POST = c => { s.n++; return c.text('x') }`,
    /may change/,
  ],
  [
    'a binding exported and changed',
    shared(
      `export let n = 0; export const add = () => { n++ }`,
      `import { n } from '../lib/state.js'\nexport const GET = c => c.json(n)`,
      `import { add } from '../lib/state.js'\nexport const POST = c => { add(); return c.text('x') }`,
    ),
    /may change/,
  ],
  [
    'a namespace of what changes',
    shared(
      `export let n = 0; export const add = () => { n++ }`,
      `import * as s from '../lib/state.js'\nexport const GET = c => c.json(s.n)`,
      `import { add } from '../lib/state.js'\nexport const POST = c => { add(); return c.text('x') }`,
    ),
    /may change/,
  ],

  // ---------------------------------------------------------------- order, timers, what cannot be followed
  [
    'a timer',
    `export const GET = async c => { await new Promise(done => setTimeout(done, 1)); return c.text('x') }`,
    /timer/,
  ],
  [
    'a race',
    `export const GET = async c => c.json(await Promise.race([Promise.resolve(1), Promise.resolve(2)]))`,
    /first/,
  ],
  [
    'a Proxy',
    `const p = new Proxy({}, { get: () => Date.now() }); export const GET = c => c.json(p.x)`,
    /Proxy/,
  ],
  [
    'shared memory',
    `const b = new SharedArrayBuffer(4); export const GET = c => c.json(new Uint8Array(b)[0])`,
    /shares memory|Shared/,
  ],
  [
    'WebAssembly',
    `export const GET = async c => c.json(WebAssembly.validate(new Uint8Array(1)))`,
    /WebAssembly/,
  ],
  [
    'a worker',
    `import { Worker } from 'node:worker_threads'\nconst w = new Worker('./x.js'); export const GET = c => c.json(w.threadId)`,
    /worker_threads|Worker/,
  ],
  [
    'a database',
    `import { Database } from 'bun:sqlite'\nconst db = new Database('x'); export const GET = c => c.json(db.query('select 1').all())`,
    /sqlite/,
  ],
  [
    'a legacy static of RegExp',
    `export const GET = c => { /(a)/.exec('a'); return c.text(RegExp.$1) }`,
    /RegExp/,
  ],
  [
    'async local storage',
    `import { AsyncLocalStorage } from 'node:async_hooks'\nconst s = new AsyncLocalStorage(); export const GET = c => c.json(s.getStore() ?? null)`,
    /async_hooks/,
  ],

  // ---------------------------------------------------------------- protocols and odd corners
  [
    'an array-like with a getter',
    `const o = { length: 1, get 0() { return Date.now() } }; export const GET = c => c.json(Array.prototype.map.call(o, x => x))`,
    /clock/,
  ],
  [
    'the length of an array-like',
    `const o = { 0: 'a', get length() { return Date.now() % 2 } }; export const GET = c => c.json(Array.from(o))`,
    /clock/,
  ],
  [
    'a spread environment',
    `export const GET = c => c.json({ ...process.env })`,
    /environment|process\.env/,
  ],
  [
    'the names of the environment',
    `export const GET = c => c.json(Object.keys(process.env))`,
    /environment|process\.env/,
  ],
  [
    'the environment in a loop',
    `export const GET = c => { const out = []; for (const k in process.env) out.push(k); return c.json(out) }`,
    /environment|process\.env/,
  ],
  [
    'the environment copied while loading',
    `const env = { ...process.env }; export const GET = c => c.json(env.HOME ?? '')`,
    /environment|process\.env/,
  ],
  [
    'a stack by the names of an error',
    `export const GET = c => { const e = new Error('x'); return c.json(Object.getOwnPropertyNames(e).map(k => e[k])) }`,
    /error/,
  ],
  [
    'a stack in a copy of an error',
    `export const GET = c => c.text(structuredClone(new Error('x')).stack)`,
    /stack/,
  ],
  [
    'a date of a class of one’s own',
    `class D extends Date {} export const GET = c => c.text(new D().toISOString())`,
    /Date|does not follow|clock|outside/,
  ],
  [
    'state behind a generator of loading',
    `let n = 0; function* g() { for (;;) { n++; yield n } } const it = g(); export const GET = c => c.json(n); export const POST = c => c.json(it.next().value)`,
    /may change/,
  ],
  [
    'state behind a resolver of loading',
    `let done; const p = new Promise(r => { done = r }); export const GET = async c => c.json(await p); export const POST = c => { done(1); return c.text('x') }`,
    /may change/,
  ],
  [
    'a member under an odd name',
    `const o = {}; o['[k]'] = () => Date.now(); export const GET = c => c.json(Object.values(o).map(f => f()))`,
    /clock/,
  ],
  [
    'a member under a symbol',
    `const k = Symbol('k'); const o = { [k]: () => Date.now() }; export const GET = c => c.json(o[k]())`,
    /clock/,
  ],
  [
    'a member under a name from data that is toJSON',
    `const o = {}; o[['to', 'JSON'].join('')] = () => Date.now(); export const GET = c => c.json(o)`,
    /clock/,
  ],
  [
    'a prototype under a name from data',
    `const o = {}; o[['__pro', 'to__'].join('')] = { at: () => Date.now() }; export const GET = c => c.json(o.at())`,
    /clock/,
  ],
  [
    'a method the list does not know',
    `const b = Buffer.from('ab'); export const GET = c => { b.swap16(); return c.text(b.toString()) }`,
    /Uint8Array/,
  ],
  [
    'an accessor defined by descriptors',
    `const o = Object.create({}, { at: { get: () => Date.now(), enumerable: true } }); export const GET = c => c.json(o.at)`,
    /clock/,
  ],
  [
    'a getter copied with its descriptor',
    `const a = { get at() { return Date.now() } }; const b = Object.defineProperty({}, 'at', Object.getOwnPropertyDescriptor(a, 'at')); export const GET = c => c.json(b.at)`,
    /clock/,
  ],
  [
    'a setter that another route runs',
    `let n = 0; const o = { set n(v) { n = v } }; export const GET = c => c.json(n); export const POST = c => { o.n = 1; return c.text('x') }`,
    /may change/,
  ],
  [
    'a static block',
    `class A { static at; static { A.at = Date.now() } } export const GET = c => c.json(A.at)`,
    /clock/,
  ],
  [
    'a bound method that counts',
    `class A { n = 0; next = () => ++this.n } const next = new A().next; export const GET = c => c.json(next())`,
    /changes/,
  ],
  [
    'a curried counter',
    `const counter = () => { let n = 0; return { next: () => () => ++n } }; const c1 = counter(); export const GET = c => c.json(c1.next()())`,
    /changes/,
  ],
  [
    'a memo by JSON',
    `const memo = {}; export const GET = c => { const k = JSON.stringify({ a: 1 }); memo[k] ??= Object.keys(memo).length; return c.json(memo[k]) }`,
    /changes|may change/,
  ],
  [
    'a queue of functions',
    `const queue = []; export const GET = c => { queue.forEach(f => f()); return c.text('x') }; export const POST = c => { queue.push(() => Date.now()); return c.text('x') }`,
    /may change/,
  ],
  [
    'a decorator by hand',
    `const timed = f => (...a) => [f(...a), performance.now()]; const g = timed(() => 1); export const GET = c => c.json(g())`,
    /clock/,
  ],
  [
    'a compose of functions',
    `const pipe = (...fs) => x => fs.reduce((a, f) => f(a), x); const run = pipe(x => x, () => Math.random()); export const GET = c => c.json(run(1))`,
    /random/,
  ],
  [
    'a switch of modules',
    {
      'routes/index.js': `import * as a from '../lib/a.js'\nimport * as b from '../lib/b.js'\nconst all = { a, b }\nexport const GET = c => c.json(Object.values(all).map(m => m.value()))`,
      'lib/a.js': 'export const value = () => 1',
      'lib/b.js': 'export const value = () => Date.now()',
    },
    /clock/,
  ],
  [
    'a re-export',
    {
      'routes/index.js': `import { at } from '../lib/all.js'\nexport const GET = c => c.json(at())`,
      'lib/all.js': `export * from './clock.js'`,
      'lib/clock.js': `export function at() { return Date.now() }`,
    },
    /clock.*lib\/clock\.js:1:31, called from routes\/index\.js:2:32/,
  ],
  [
    'a handler that is replaced while loading',
    `export let GET = c => c.text('x'); GET = c => c.json(Date.now())`,
    /clock/,
  ],
  [
    'a handler made by a factory',
    `const make = f => c => c.json(f()); export const GET = make(Date.now)`,
    /clock/,
  ],
  [
    'text run by a timer',
    `globalThis.x = 1; setTimeout('globalThis.x++', 10); export const GET = c => c.json(globalThis.x)`,
    /code|x/,
  ],

  [
    'new.target of a parent',
    `class A { constructor() { this.v = new.target.make() } } class B extends A { static make() { return Math.random() } } export const GET = c => c.json(new B().v)`,
    /random/,
  ],
  [
    'a list in a list in a list',
    `export const GET = c => c.json([[[[[Math.random]]]]].flat(9).map(f => f()))`,
    /random/,
  ],
  [
    'a builtin as valueOf',
    `export const GET = c => c.json(Math.max({ valueOf: Math.random }))`,
    /random/,
  ],
  [
    'the key of an in',
    `export const GET = c => c.json({ toString: () => String(Math.random()) } in {})`,
    /random/,
  ],
  [
    'an object that loading may have frozen',
    `const o = { a: 1 }; if (Math.random() > 0.5) Object.freeze(o); export const GET = c => c.json(Object.isFrozen(o))`,
    /random/,
  ],
  [
    'a member that loading defined under a random key',
    `const o = {}; Object.defineProperty(o, Math.random() > 0.5 ? 'a' : 'b', { value: 1, enumerable: true }); export const GET = c => c.json(o)`,
    /random/,
  ],
  [
    'a list that loading cut at random',
    `const a = [1, 2, 3]; a.splice(Math.random() * 3, 1); export const GET = c => c.json(a)`,
    /random/,
  ],
  [
    'a list that loading sorted at random',
    `const a = [1, 2].sort(() => Math.random() - 0.5); export const GET = c => c.json(a)`,
    /random/,
  ],
  [
    'a choice of classes',
    `const C = Math.random() > 0.5 ? class { v() { return 1 } } : class { v() { return 2 } }; export const GET = c => c.json(new C().v())`,
    /random/,
  ],
  [
    'a break while loading',
    `let v = 0; while (true) { v++; if (Math.random() > 0.5) break } export const GET = c => c.json(v)`,
    /random/,
  ],
  [
    'what a generator is sent',
    `function* g() { const f = yield 1; yield f() } export const GET = c => { const it = g(); it.next(); return c.json(it.next(Math.random).value) }`,
    /random/,
  ],
  [
    'what a generator returns to yield*',
    `function* a() { return Math.random } function* g() { const f = yield* a(); yield f() } export const GET = c => c.json([...g()])`,
    /random/,
  ],
  [
    'what a promise is rejected with',
    `export const GET = async c => c.json(await Promise.reject({ g: () => Math.random() }).catch(e => e.g()))`,
    /random/,
  ],
  [
    'this of a callback',
    `export const GET = c => c.json([1].map(function () { return this.f() }, { f: Math.random }))`,
    /random/,
  ],
  [
    'an uncurried call',
    `const call = Function.prototype.call.bind(Function.prototype.call); export const GET = c => c.json(call(Math.random, null))`,
    /random|nests/,
  ],

  [
    'a builtin iterator on an object of one’s own',
    `const o = { length: 1, get 0() { return Math.random() }, [Symbol.iterator]: Array.prototype[Symbol.iterator] }; export const GET = c => c.json([...o])`,
    /random/,
  ],
  [
    'a builtin changed by way of the global object that Function() gives',
    `Function('return this')().String.prototype.trim = () => 'evil'; export const GET = c => c.text(' a'.trim())`,
    /change/,
  ],
]
