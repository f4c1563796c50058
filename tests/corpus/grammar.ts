// Handlers generated from pure and impure parts: a part is an expression with what it needs around
// it, a wrapper makes a larger part of one and keeps its value and its effects. Whether a handler is
// pure is known from the part it began with.

import fc from 'fast-check'

/** An expression and what it needs. */
interface Part {
  /** Declarations at the module's top level. */
  declarations: string
  expression: string
  /** Whether the expression has an `await` of its own. */
  isAsync: boolean
  /** Statements of the route's POST. */
  pokes: string[]
  /** Names that `declarations` declares and `pokes` uses. */
  poked: string[]
  /** Other modules, by file. */
  modules: Record<string, string>
}

export interface Generated {
  /** Whether the handler is impure. */
  impure: boolean
  /** Sources by file; the route is `routes/NAME.ts`. */
  files: Record<string, string>
  source: string
}

/** `$` stands for a number of its own, in declarations, expressions and pokes alike. */
type Seed = [declarations: string, expression: string, poke?: string]

const impure: Seed[] = [
  // Counters: the value is the same for a hundred thousand calls.
  ['let n$ = 0', '(++n$ > 1e5)'],
  ['let n$ = 0', '((n$ += 1) > 1e5)'],
  ['const o$ = { n: 0 }', '(o$.n++ > 1e5)'],
  ['const o$ = { a: { b: [{ n: 0 }] } }', '(++o$.a.b[0].n > 1e5)'],
  ["const m$ = new Map([['a', 0]])", "(m$.set('a', m$.get('a') + 1).get('a') > 1e5)"],
  ['const k$ = {}; const w$ = new WeakMap()', '(w$.set(k$, (w$.get(k$) ?? 0) + 1).get(k$) > 1e5)'],
  ['const l$: number[] = []', '(l$.push(1) > 1e5)'],
  ['const s$ = new Set<object>()', '(s$.add({}).size > 1e5)'],
  ['const t$ = new Uint32Array(2)', '(t$[1]++ > 1e5)'],
  ['class C$ { static n = 0 }', '(++C$.n > 1e5)'],
  ['class C$ { #n = 0; hit() { return ++this.#n } }; const c$ = new C$()', '(c$.hit() > 1e5)'],
  ['function f$() { return (f$.n = (f$.n ?? 0) + 1) }', '(f$() > 1e5)'],
  ['const g$ = (function* () { for (let i = 0; ; i++) yield i })()', '(g$.next().value > 1e5)'],
  ["const r$ = /a/g; const x$ = 'a'.repeat(1e5)", 'r$.test(x$)'],
  ['const d$ = new Date(0)', '(d$.setTime(d$.getTime() + 1) > 1e5)'],
  ["const u$ = new URL('http://a/')", "(u$.searchParams.append('a', 'b'), u$.href.length > 1e6)"],
  ['const h$ = new Headers()', "(h$.append('a', 'b'), h$.get('a').length > 1e6)"],
  ['const q$ = (() => { let n = 0; return () => ++n })()', '(q$() > 1e5)'],
  ['const b$ = { n: 0, hit() { return ++this.n } }; const h$ = b$.hit.bind(b$)', '(h$() > 1e5)'],
  ['const y$ = Symbol(); const o$ = { [y$]: 0 }', '(++o$[y$] > 1e5)'],
  ['const p$ = { n: 0 }; const o$ = { set v(x) { p$.n += x } }', '((o$.v = 1), p$.n > 1e5)'],
  ['const o$: any = { n: 0 }', "(Reflect.set(o$, 'n', o$.n + 1), o$.n > 1e5)"],
  [
    'const o$: any = { n: 0 }',
    "(Object.defineProperty(o$, 'n', { value: o$.n + 1, writable: true }).n > 1e5)",
  ],
  ['const o$: any = { n: 0 }', '(Object.assign(o$, { n: o$.n + 1 }).n > 1e5)'],
  ['const o$: any = { a: 1, b: 2 }', '(delete o$.a, o$.b)'],
  ['const e$ = [1, 2].values()', '(e$.next().done ?? false)'],
  // State that a POST changes: the value itself shows it.
  ["let v$ = 'a'; const poke$ = (x: any) => { v$ = x }", 'v$', "poke$('b')"],
  ["const o$ = { v: 'a' }; const poke$ = (x: any) => { o$.v = x }", 'o$.v', "poke$('b')"],
  ["const o$ = { v: 'a' }; const poke$ = (x: any) => { o$.v = x }", '({ ...o$ })', "poke$('b')"],
  [
    "const m$ = new Map([['a', 'a']]); const poke$ = (x: any) => { m$.set('a', x) }",
    "m$.get('a')",
    "poke$('b')",
  ],
  ["const l$ = ['a']; const poke$ = (x: any) => { l$[0] = x }", 'l$.slice()', "poke$('b')"],
  ["const l$ = ['a']; const poke$ = (x: any) => { l$.push(x) }", 'l$.length', "poke$('b')"],
  [
    "const l$ = [['a']]; const poke$ = (x: any) => { for (const l of l$) l.push(x) }",
    'l$.flat()',
    "poke$('b')",
  ],
  [
    'const t$ = new Uint8Array(4); const poke$ = (x: any) => { new DataView(t$.buffer).setUint8(0, x) }',
    't$[0]',
    'poke$(7)',
  ],
  [
    'const t$ = new Uint8Array(4); const w$ = t$.subarray(1); const poke$ = (x: any) => { w$[0] = x }',
    'Array.from(t$)',
    'poke$(7)',
  ],
  ['const o$: any = {}; const poke$ = (x: any) => { o$[x] = 1 }', 'Object.keys(o$)', "poke$('b')"],
  ['const o$: any = {}; const poke$ = (x: any) => { o$[x] = 1 }', "('b' in o$)", "poke$('b')"],
  [
    "const o$: any = { f: () => 'a' }; const poke$ = (x: any) => { o$.f = () => x }",
    'o$.f()',
    "poke$('b')",
  ],
  [
    "class C$ { v() { return 'a' } }; const poke$ = (x: any) => { (C$ as any).prototype.v = () => x }",
    'new C$().v()',
    "poke$('b')",
  ],
  [
    "const o$ = Object.freeze({ l: ['a'] }); const poke$ = (x: any) => { o$.l.push(x) }",
    'o$.l.join()',
    "poke$('b')",
  ],
  [
    "const p$ = Promise.resolve({ v: 'a' }); const poke$ = (x: any) => { p$.then(o => { o.v = x }) }",
    'await p$.then(o => o.v)',
    "poke$('b')",
  ],
  // Closures that are made while modules load, but later than the rest.
  ['const [q$] = (function* () { let n = 0; yield () => ++n })()', '(q$() > 1e5)'],
  ['const q$ = (async () => { let n = 0; return () => ++n })()', '((await q$)() > 1e5)'],
  ['const q$ = Promise.resolve().then(() => ({ n: 0 }))', '(++(await q$).n > 1e5)'],
  [
    'const p$ = Promise.reject({ n: 0 }); p$.catch(() => {})',
    '(await p$.catch((o: any) => ++o.n > 1e5))',
  ],
  // Ways round to an object.
  [
    'const b$ = { n: 0, hit() { const me: any = super.valueOf(); return ++me.n } }',
    '(b$.hit() > 1e5)',
  ],
  [
    'const m$ = new (Map as any)[Symbol.species]()',
    "(m$.set('a', (m$.get('a') ?? 0) + 1).get('a') > 1e5)",
  ],
  ['const o$ = { n: 0 }', '(++(new AggregateError([o$]) as any).errors[0].n > 1e5)'],
  [
    'const o$ = { n: 0 }; class E$ extends Error {}',
    "(++(new E$('', { cause: o$ }) as any).cause.n > 1e5)",
  ],
  // Conversions that the language runs on what it is given.
  ['let n$ = 0; const k$: any = { valueOf: () => ++n$ }', '([1, 2].fill(0, k$), n$ > 1e5)'],
  ['let n$ = 0; const k$: any = { valueOf: () => ++n$ }', '([1, 2].splice(k$), n$ > 1e5)'],
  [
    'let n$ = 0; const k$: any = { valueOf: () => ++n$ }',
    '((new Uint8Array(1)[0] = k$), n$ > 1e5)',
  ],
  [
    'let n$ = 0; const k$: any = { valueOf: () => ++n$ }',
    "(new Intl.NumberFormat('en').format(k$), n$ > 1e5)",
  ],
  [
    'let n$ = 0; const k$: any = { toString: () => `${++n$}` }',
    '(new Headers().get(k$), n$ > 1e5)',
  ],
  [
    'let n$ = 0; const k$: any = { length: { valueOf: () => (n$++, 1) }, 0: 1 }',
    '(Array.from(k$), n$ > 1e5)',
  ],
  [
    'let n$ = 0; const r$: any = /a/; r$.lastIndex = { valueOf: () => (n$++, 0) }',
    "(r$.test('a'), n$ > 1e5)",
  ],
  // What engines do each in their own way.
  ['', '(typeof (new Uint8Array(1) as any).toHex)'],
  ['', '(typeof ([].values() as any).map)'],
  ['', '(new Error() as any).line'],
  ['', '(3.3 ** 7.1)'],
  // What differs by itself.
  ['', 'Date.now()'],
  ['const n$ = Date.now()', 'n$'],
  ['', 'Math.random()'],
  ['', 'new Date().toISOString()'],
  ['', 'process.env.HOME'],
  ['const { env: e$ } = process', '(e$.A ?? 1)'],
  ['', 'performance.now()'],
  ['', 'crypto.randomUUID()'],
  ['', 'new Date(0).getHours()'],
  ['', '(1).toLocaleString()'],
  ['', "globalThis[['Da', 'te'].join('')].now()"],
]

const pure: Seed[] = [
  ['', '1'],
  ["const v$ = 'a'", 'v$'],
  ['const l$ = [1, 2, 3]', 'l$.map(x => x * 2)'],
  ["const m$ = new Map([['a', 1]])", "m$.get('a')"],
  ['', '(() => { let n = 0; for (const x of [1, 2]) n += x; return n })()'],
  ['const f$ = () => { let n = 0; return () => ++n }', 'f$()()'],
  ['class C$ { n = 0; hit() { return ++this.n } }', 'new C$().hit()'],
  ['const d$ = new Date(0)', 'd$.toISOString()'],
  ['const r$ = /a(b)/', "r$.exec('ab')?.[1]"],
  ["const o$ = { a: { b: ['c'] } }", 'o$.a.b[0]'],
  ['const t$: number[] = []; for (let i = 0; i < 3; i++) t$.push(i)', 't$.join()'],
  ['', 'Math.max(1, 2)'],
  ['', '(3 ** 2)'],
  ['const k$: any = { valueOf: () => 1 }', '[1, 2].fill(0, k$)'],
  ['const b$ = { n: 1, get() { return (super.valueOf() as any).n } }', 'b$.get()'],
  ['const o$ = { n: 1 }; class E$ extends Error {}', "(new E$('', { cause: o$ }) as any).cause.n"],
  ['const q$ = (async () => () => 1)()', '(await q$)()'],
]

/** `E` stands for the part's expression; `A` where the wrapper may hold an `await`. */
type Wrapper = [declarations: string, expression: string]

const wrappers: Wrapper[] = [
  ['', '(() => E)()'],
  ['function f$() { return E }', 'f$()'],
  ['const f$ = function () { return E }', 'f$()'],
  ['class K$ { m() { return E } }', 'new K$().m()'],
  ['class K$ { static m() { return E } }', 'K$.m()'],
  ['class K$ { get m() { return E } }', 'new K$().m'],
  ['class K$ { m = E }', 'new K$().m'],
  ['class K$ { #m() { return E } m() { return this.#m() } }', 'new K$().m()'],
  ['class K$ { v; constructor() { this.v = E } }', 'new K$().v'],
  [
    'class K$ { m() { return E } } class L$ extends K$ { m() { return super.m() } }',
    'new L$().m()',
  ],
  [
    'class K$ { v; constructor(f) { this.v = f() } } class L$ extends K$ { constructor() { super(() => E) } }',
    'new L$().v',
  ],
  ['function K$() { this.v = E }', 'new (K$ as any)().v'],
  ['function K$() { return { v: E } }', 'new (K$ as any)().v'],
  ['class K$ { static m() { return new this().p() } p() { return E } }', 'K$.m()'],
  ['', '({ m() { return E } }).m()'],
  ['', '({ get m() { return E } }).m'],
  ['const o$ = { get m() { return E } }', '({ ...o$ }).m'],
  ['const o$ = { get m() { return E } }', 'Object.assign({}, o$).m'],
  ['const o$ = { get m() { return E } }', 'Object.values(o$)[0]'],
  ['const o$ = { get m() { return E } }', 'Object.entries(o$)[0][1]'],
  ['const o$ = { get m() { return E } }', "Reflect.get(o$, 'm')"],
  ['const o$ = { get m() { return E } }', '(({ m }) => m)(o$)'],
  ['const o$ = { get m() { return E } }', '(({ ...all }) => all.m)(o$)'],
  ['const o$ = { get m() { return E } }', 'JSON.parse(JSON.stringify({ v: o$.m ?? null })).v'],
  ['const o$ = { get m() { return E } }', 'structuredClone([o$.m])[0]'],
  ["const o$: any = {}; Object.defineProperty(o$, 'm', { get: () => E })", 'o$.m'],
  ['const o$ = Object.create({ m() { return E } })', 'o$.m()'],
  ['const o$: any = Object.setPrototypeOf({}, { get m() { return E } })', 'o$.m'],
  ['const o$: any = { __proto__: { m: () => E } }', 'o$.m()'],
  ['', '[1].map(() => E)[0]'],
  ['', '[1].flatMap(() => [E])[0]'],
  ['', '[1].reduce((_: any) => E, null)'],
  ['', 'Array.from({ length: 1 }, () => E)[0]'],
  ['', 'Array.from([1], function () { return this.f() }, { f: () => E })[0]'],
  ['', '[() => E].map(f => f())[0]'],
  ['', '[() => E].find(() => true)!()'],
  ['', '[() => E].at(-1)!()'],
  ['', '[[() => E]].flat()[0]()'],
  ['', '[() => 1, () => E].slice(1).concat([]).filter(Boolean).reverse()[0]()'],
  ['', '(() => { let v; [1].forEach(() => { v = E }); return v })()'],
  ['', '(() => { let v; new Set([1]).forEach(() => { v = E }); return v })()'],
  ['', '(() => { let v: any; [2, 1].sort(() => { v = E; return 0 }); return v })()'],
  ['', '(function () { return this.f() }).call({ f: () => E })'],
  ['', '((f: any) => f()).apply(null, [() => E])'],
  ['', '((f: any) => f()).bind(null, () => E)()'],
  ['', 'Reflect.apply((f: any) => f(), null, [() => E])'],
  ['', 'Function.prototype.call.call(() => E)'],
  ['', 'Reflect.construct(class { v = E }, []).v'],
  ['', '((x = E) => x)()'],
  ['', '(({ a = E }: any = {}) => a)()'],
  ['', '(([a = E]: any = []) => a)()'],
  ['', '((...a: any[]) => a[0])(...[E])'],
  ['', '(function () { return arguments[0]() })(() => E)'],
  ['', '(([f]) => f())([() => E])'],
  ['', '(({ f: { g } }) => g())({ f: { g: () => E } })'],
  ['', '[...(function* () { yield E })()][0]'],
  ['function* g$() { yield E }', '(() => { for (const x of g$()) return x })()'],
  ['function* g$() { yield E } function* h$() { yield* g$() }', '[...h$()][0]'],
  ['function* g$() { return E }', 'g$().next().value'],
  [
    'function* g$() { const f: any = yield 1; yield f() }',
    '(() => { const i = g$(); i.next(); return i.next(() => E).value })()',
  ],
  ['const i$ = { *[Symbol.iterator]() { yield E } }', '[...i$][0]'],
  [
    'const i$: any = { [Symbol.iterator]: () => ({ d: false, next() { const done = this.d; this.d = true; return { done, value: done ? 0 : E } } }) }',
    '[...i$][0]',
  ],
  ['const i$ = { *[Symbol.iterator]() { yield E } }', '(([a]) => a)(i$ as any)'],
  ['', '((_: any, f: any) => f())`x${() => E}`'],
  ['', '(() => { try { throw E } catch (e) { return e } })()'],
  ['', '(() => { try { throw { f: () => E } } catch ({ f }) { return f() } })()'],
  [
    'const t$ = (f: any) => { throw f }',
    '(() => { try { t$(() => E) } catch (f: any) { return f() } })()',
  ],
  ['', '(() => { let v; try { return 0 && v } finally { v = E; return v } })()'],
  ["const m$ = new Map([['k', () => E]])", "m$.get('k')!()"],
  ["const m$ = new Map(); m$.set('k', () => E)", '[...m$.values()][0]()'],
  ['const k$ = {}; const m$ = new WeakMap([[k$, () => E]])', 'm$.get(k$)!()'],
  ['const o$: any = { a: () => E }', "o$[['a'].join('')]()"],
  ["const o$: any = {}; o$[['a'].join('')] = () => E", 'o$.a()'],
  ['const l$: any[] = []; l$.push(() => E)', 'l$[0]()'],
  ['const l$: any[] = []; l$.unshift({ f: () => E })', 'l$.map(one => one.f())[0]'],
  [
    'const l$: any = {}; const on$ = (name: string, f: any) => { (l$[name] ??= []).push(f) }; on$("x", () => E)',
    'l$.x.map((f: any) => f())[0]',
  ],
  [
    'const w$ = (f: any) => (...a: any[]) => f(...a); const p$ = w$(() => 1), q$ = w$(() => E)',
    '(p$(), q$())',
  ],
  [
    'const c$ = (f: any, g: any) => (x: any) => f(g(x)); const q$ = c$((x: any) => x, () => E)',
    'q$(1)',
  ],
  ['const b$ = (f: any) => f.bind(null); const p$ = b$(() => 1), q$ = b$(() => E)', '(p$(), q$())'],
  [
    '',
    '(() => { const b = (f: any) => f.bind(null); const p = b(() => 1), q = b(() => E); return p() && q() })()',
  ],
  [
    '',
    '(() => { const box = (f: any) => ({ f }); const p = box(() => 1), q = box(() => E); return p.f() && q.f() })()',
  ],
  ['function r$(k: number): any { return k ? r$(k - 1) : E }', 'r$(2)'],
  [
    'const y$ = (f: any) => ((x: any) => x(x))((x: any) => f((a: any) => x(x)(a)))',
    'y$((self: any) => (k: number) => (k ? self(k - 1) : E))(2)',
  ],
  ['', '(true ? E : 0)'],
  ['', '(0 || E)'],
  ['', '(null ?? E)'],
  ['', '(1, E)'],
  ['', '({ f: () => E })?.f?.()'],
  ['', '(() => { let v: any; v ??= E; return v })()'],
  ['', '(() => { out: { if (1) break out; return 0 } return E })()'],
  ['', '(() => { switch (1 as number) { case 1: case 2: return E } return 0 })()'],
  ['', '(() => { for (let i = 0; ; i++) if (i === 2) return E })()'],
  [
    '',
    '(() => { const fs: any[] = []; for (const i of [1]) fs.push(() => (i, E)); return fs[0]() })()',
  ],
  ['', '(() => { const o: any = {}; [o.a] = [E]; return o.a })()'],
  ['', '(() => { let a, b: any = () => E; [a, b] = [b, 1]; return a() })()'],
  ["const s$ = Symbol('s'); const o$ = { [s$]: () => E }", 'o$[s$]()'],
  ['', '`${{ toString: () => String(E) }}`'],
  ['', '`${{ [Symbol.toPrimitive]: () => String(E) }}`'],
  ['', "'a'.replace(/a/, () => String(E))"],
  ['', "JSON.parse('1', () => E)"],
  ['', 'JSON.parse(JSON.stringify(1, () => E ?? null))'],
  ['', 'JSON.parse(JSON.stringify({ toJSON: () => E ?? null }))'],
  ['let f$: any; const set$ = (f: any) => { f$ = f }; set$(() => E)', 'f$()'],
  ['const f$ = (() => { const inner = () => E; return { inner } })()', 'f$.inner()'],
  ['const { f: f$ = () => E }: any = {}', 'f$()'],
  ['const [f$ = () => E]: any = []', 'f$()'],
  ['const f$ = [1].map(() => () => E)[0]', 'f$()'],
  ['const o$ = Object.fromEntries([["a", () => E]])', 'o$.a()'],
  ['const o$ = { f: () => E }; const p$ = new Map(Object.entries(o$))', "p$.get('f')!()"],
  ['const o$ = { f: () => E }', 'Object.getOwnPropertyDescriptor(o$, "f")!.value()'],
  [
    'class K$ extends Map<string, any> { hit() { return this.get("k")() } } const k$ = new K$([["k", () => E]])',
    'k$.hit()',
  ],
  ['class K$ extends Array<any> {} const k$ = new K$(); k$.push(() => E)', 'k$[0]()'],
  [
    'class K$ extends Error { f = () => E }',
    '(() => { try { throw new K$() } catch (e: any) { return e.f() } })()',
  ],
  ['class K$ { static { (K$ as any).f = () => E } }', '(K$ as any).f()'],
  [
    'class K$ { static create(): any { return new K$() } run(f: any) { return f.call(this) } v() { return E } }',
    'K$.create().run(function () { return this.v() })',
  ],
  [
    'const mix$ = (B: any) => class extends B { m() { return E } }',
    'new (mix$(class {}) as any)().m()',
  ],
  ['const p$ = Promise.resolve(() => E)', '(await p$)()'],
  ['', '(await (async () => A)())'],
  ['', '(await new Promise<any>(async done => done(A)))'],
  ['', '(await Promise.resolve().then(async () => A))'],
  ['', '(await Promise.reject(1).catch(async () => A))'],
  [
    '',
    '(await (async () => { let v; await Promise.resolve().finally(async () => { v = A }); return v })())',
  ],
  ['', '(await Promise.all([async () => A].map(f => f())))[0]'],
  ['', '((await Promise.allSettled([(async () => A)()]))[0] as any).value'],
  ['', '(await { then: (done: any) => done(E) } as any)'],
  [
    'async function* g$() { yield A }',
    '(await (async () => { for await (const x of g$()) return x })())',
  ],
  ['async function* g$() { yield A }', '(await g$().next()).value'],
  ['const f$ = async () => A', '(await f$())'],
  ['class K$ { async m() { return A } }', '(await new K$().m())'],
  ['const f$ = async () => { try { return A } finally { await null } }', '(await f$())'],
]

/** Ways into a module of its own; `N` its file, `D` what it declares. */
const importers: ((
  name: string,
  expression: string,
) => { exported: string; imported: string; used: string })[] = [
  (name, expression) => ({
    exported: `export const run = () => ${expression}`,
    imported: `import { run as run$ } from '../lib/${name}.ts'`,
    used: 'run$()',
  }),
  (name, expression) => ({
    exported: `export default () => ${expression}`,
    imported: `import run$ from '../lib/${name}.ts'`,
    used: 'run$()',
  }),
  (name, expression) => ({
    exported: `export function run() { return ${expression} }`,
    imported: `import * as all$ from '../lib/${name}.ts'`,
    used: 'all$.run()',
  }),
  (name, expression) => ({
    exported: `export const run = () => ${expression}`,
    imported: `import * as all$ from '../lib/${name}.ts'`,
    used: "(all$ as any)[['r', 'un'].join('')]()",
  }),
  (name, expression) => ({
    exported: `export class Run { static go() { return ${expression} } }`,
    imported: `import { Run as Run$ } from '../lib/${name}.ts'`,
    used: 'Run$.go()',
  }),
  (name, expression) => ({
    exported: `export let run: any; run = () => ${expression}`,
    imported: `import { run as run$ } from '../lib/${name}.ts'`,
    used: 'run$()',
  }),
  (name, expression) => ({
    exported: `const tools = { run: () => ${expression} }\nexport { tools as default }`,
    imported: `import tools$ from '../lib/${name}.ts'`,
    used: 'tools$.run()',
  }),
]

/** Which parts a handler is made of, by number. */
export const recipe = fc.record({
  impure: fc.integer({ min: 0, max: 3 }).map(n => n > 0),
  seed: fc.nat(),
  wraps: fc.array(fc.record({ which: fc.nat(), imported: fc.integer({ min: 0, max: 11 }) }), {
    minLength: 0,
    maxLength: 5,
  }),
})

export type Recipe = typeof recipe extends fc.Arbitrary<infer R> ? R : never

/** The handler that a recipe makes, as the route NAME. */
export function generate(name: string, { impure: isImpure, seed, wraps }: Recipe): Generated {
  let id = 0
  const numbered = (text: string, number: number): string => text.replace(/\$(?!\{)/g, `_${number}`)
  const seeds = isImpure ? impure : pure
  const [declarations, expression, poke] = seeds[seed % seeds.length]!
  let part: Part = {
    declarations: numbered(declarations, 0),
    expression: numbered(expression, 0),
    isAsync: /\bawait\b/.test(expression),
    pokes: poke ? [numbered(poke, 0)] : [],
    poked: poke ? ['poke_0'] : [],
    modules: {},
  }
  for (const { which, imported } of wraps) {
    part = wrapped(part, wrappers[which % wrappers.length]!, ++id, numbered)
    const importer = importers[imported]
    if (importer && !part.isAsync) part = moved(part, importer, `${name}_${++id}`, id, numbered)
  }
  const lines = [
    part.declarations,
    `export const GET = async (c: any) => c.json(${part.expression})`,
    ...(part.pokes.length > 0
      ? [`export const POST = (c: any) => { ${part.pokes.join('; ')}; return c.text('ok') }`]
      : []),
  ]
  const source = lines.filter(Boolean).join('\n')
  return { impure: isImpure, files: { ...part.modules, [`routes/${name}.ts`]: source }, source }
}

function wrapped(
  part: Part,
  [declarations, expression]: Wrapper,
  id: number,
  numbered: (text: string, number: number) => string,
): Part {
  const takesAwait = /\bA\b/.test(declarations + expression)
  if (part.isAsync && !takesAwait) return part
  const inside = part.expression.startsWith('{') ? `(${part.expression})` : part.expression
  const fill = (text: string): string => numbered(text, id).replace(/\b[EA]\b/g, () => inside)
  // What an awaited part yields is no promise: only its own expression waits.
  const isAsync = /\bawait\b/.test(fill(expression)) && !/^function|^class/.test(expression)
  return {
    ...part,
    declarations: [part.declarations, fill(declarations)].filter(Boolean).join('\n'),
    expression: fill(expression),
    isAsync,
  }
}

function moved(
  part: Part,
  importer: (typeof importers)[number],
  file: string,
  id: number,
  numbered: (text: string, number: number) => string,
): Part {
  const { exported, imported, used } = importer(file, part.expression)
  const pokes = part.poked.map(name => `import { ${name} } from '../lib/${file}.ts'`)
  const again = part.poked.map(name => `export { ${name} }`)
  return {
    ...part,
    declarations: [numbered(imported, id), ...pokes].join('\n'),
    expression: numbered(used, id),
    modules: {
      ...part.modules,
      [`lib/${file}.ts`]: [part.declarations, numbered(exported, id), ...again].join('\n'),
    },
  }
}
