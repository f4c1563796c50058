// The template evaluator by itself: which handlers it takes for templates, with which parts, and
// which it refuses. A part is written `{param slug}`, `{query q|html|json}` with its escaping, and
// `{query q =absent ~empty [before _ after]}` where those are not the plain ones.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Part } from '../../runtime/artifact.ts'
import { analyzed, type Files } from './project.ts'

type Case = [source: string | Files, expected?: string]

const ROUTE = 'routes/[slug].tsx'

async function candidateOf(source: string | Files) {
  const files = typeof source === 'string' ? { [ROUTE]: source } : source
  const { candidates } = await analyzed(files)
  const id = [...candidates.keys()].find(one => /#(GET|default)$/.test(one))
  return id === undefined ? null : candidates.get(id)!
}

function shown(parts: Part[] | null): string {
  if (!parts) return 'nothing'
  return parts
    .map(part => {
      if (typeof part === 'string') return part
      const { from, name, escapes, before, after, absent, empty } = part
      const own = [from, [name, ...escapes].join('|')]
      if (from !== 'param' || absent !== '') own.push(`=${absent}`)
      if (empty !== '') own.push(`~${empty}`)
      if (before !== '' || after !== '') own.push(`[${before}_${after}]`)
      return `{${own.join(' ')}}`
    })
    .join('')
}

const get = (body: string, before = ''): string => `${before}\nexport default c => { ${body} }`
/** What no trial asks for. */
const MAGIC = `(x => (x === 'magic' ? 'BOOM' : x))`
const HTML = "import { html, raw } from 'hono/html'"

const accepted: Record<string, Case> = {
  'a parameter as text': [`export default c => c.text(c.req.param('slug'))`, '{param slug}'],
  'a template literal': [get('return c.text(`a${c.req.param("slug")}b`)'), 'a{param slug}b'],
  'a returned string': [get(`return 'a' + c.req.param('slug')`), 'a{param slug}'],
  'a query value in a literal': [get('return `${c.req.query("q")}`'), '{query q =undefined}'],
  'a query value with ??': [get(`return c.text(c.req.query('q') ?? 'no')`), '{query q =no}'],
  'a query value with ||': [get(`return c.text(c.req.query('q') || 'no')`), '{query q =no ~no}'],
  '?? and then ||': [
    get(`return c.text((c.req.query('q') ?? 'none') || 'empty')`),
    '{query q =none ~empty}',
  ],
  '?? of a parameter that is always there': [
    get(`return c.text(c.req.param('slug') ?? 'no')`),
    '{param slug}',
  ],
  'a header by any case': [get(`return c.text(c.req.header('X-Name') ?? '')`), '{header x-name =}'],
  'a name the pattern has not': [get('return `${c.req.param("none")}`'), 'undefined'],
  'destructured parameters': [
    get('const { slug } = c.req.param(); return c.text(slug)'),
    '{param slug}',
  ],
  'destructured under another name': [
    get('const { slug: s } = c.req.param(); return c.text(s)'),
    '{param slug}',
  ],
  'destructured query with a default': [
    get(`const { q = 'x' } = c.req.query(); return c.text(q)`),
    '{query q =x}',
  ],
  'a member of all query values': [get('return `${c.req.query().q}`'), '{query q =undefined}'],
  'a local constant': [
    get('const s = c.req.param("slug"); const t = `<${s}>`; return t'),
    '<{param slug}>',
  ],
  'a let that is never assigned': [get('let s = c.req.param("slug"); return s'), '{param slug}'],
  'a constant of the module': [
    get('return c.text(site + c.req.param("slug"))', `const site = 'S:'`),
    'S:{param slug}',
  ],
  'a table of the module': [
    get('return c.text(t.a.b[1] + c.req.param("slug"))', `const t = { a: { b: ['x', 'y'] } }`),
    'y{param slug}',
  ],
  'a computed constant': [
    get(
      'return c.text(m + c.req.param("slug"))',
      `const m = ['a', 'b'].map((x, i) => x + i).join('/')`,
    ),
    'a0/b1{param slug}',
  ],
  'arithmetic on constants': [
    get('return c.text((2 * 3 + 1) + c.req.param("slug"))'),
    '7{param slug}',
  ],
  'a number beside text': [get('return c.text(c.req.param("slug") + 5)'), '{param slug}5'],
  'String()': [get('return String(c.req.query("q"))'), '{query q =undefined}'],
  'encodeURIComponent()': [
    get('return encodeURIComponent(c.req.param("slug"))'),
    '{param slug|uri}',
  ],
  'the default through encodeURIComponent': [
    get(`return encodeURIComponent(c.req.query('q') ?? 'a b')`),
    '{query q|uri =a%20b}',
  ],
  'JSON.stringify of a text': [
    get('return JSON.stringify(c.req.param("slug"))'),
    '"{param slug|json}"',
  ],
  'c.json of an object': [
    get('return c.json({ a: c.req.param("slug"), b: 1 })'),
    '{"a":"{param slug|json}","b":1}',
  ],
  'a returned object': [get('return { a: c.req.param("slug") }'), '{"a":"{param slug|json}"}'],
  'a returned array': [get('return [c.req.param("slug"), null]'), '["{param slug|json}",null]'],
  'undefined in an array is null': [
    get('return c.json([c.req.query("q")])'),
    '[{query q|json =null ~"" ["_"]}]',
  ],
  'a member that may be missing, last': [
    get('return c.json({ a: 1, q: c.req.query("q") })'),
    '{"a":1{query q|json = ~,"q":"" [,"q":"_"]}}',
  ],
  'a member that may be missing, first': [
    get('return c.json({ q: c.req.query("q"), a: 1 })'),
    '{{query q|json = ~"q":"", ["q":"_",]}"a":1}',
  ],
  'a member that may be missing, alone': [
    get('return c.json({ q: c.req.query("q") })'),
    '{{query q|json = ~"q":"" ["q":"_"]}}',
  ],
  'a member whose default is null': [
    get('return c.json({ q: c.req.query("q") ?? null })'),
    '{{query q|json ="q":null ~"q":"" ["q":"_"]}}',
  ],
  'keys like numbers come first': [
    get('return c.json({ b: c.req.param("slug"), 1: 2 })'),
    '{"1":2,"b":"{param slug|json}"}',
  ],
  'a key twice keeps its place and its last value': [
    get('return c.json({ a: 1, b: 2, a: c.req.param("slug") })'),
    '{"a":"{param slug|json}","b":2}',
  ],
  'a spread object': [
    get('return c.json({ ...t, b: c.req.param("slug") })', 'const t = { a: 1, b: 2 }'),
    '{"a":1,"b":"{param slug|json}"}',
  ],
  'minus zero in JSON': [
    get('return c.json([-0, c.req.param("slug")])'),
    '[0,"{param slug|json}"]',
  ],
  'NaN in JSON': [get('return c.json([NaN, c.req.param("slug")])'), '[null,"{param slug|json}"]'],
  'undefined is left out of JSON': [
    get('return c.json({ a: undefined, b: c.req.param("slug") })'),
    '{"b":"{param slug|json}"}',
  ],
  'html``': [
    get('return c.html(html`<p>${c.req.param("slug")}</p>`)', HTML),
    '<p>{param slug|html}</p>',
  ],
  'html`` with nothing shown for undefined': [
    get('return html`<p>${c.req.query("q")}</p>`', HTML),
    '<p>{query q|html =}</p>',
  ],
  'html`` with constants': [
    get('return html`${1}${null}${true}${"<"}${c.req.param("slug")}`', HTML),
    '1&lt;{param slug|html}',
  ],
  'html`` in html``': [
    get('return html`<ul>${html`<li>${c.req.param("slug")}</li>`}</ul>`', HTML),
    '<ul><li>{param slug|html}</li></ul>',
  ],
  'html`` with a list': [
    get('return html`${["a", c.req.param("slug")].map(x => html`<i>${x}</i>`)}`', HTML),
    '<i>a</i><i>{param slug|html}</i>',
  ],
  'html`` as a string is not escaped again': [
    get('return c.html(`<div>${html`<p>${c.req.param("slug")}</p>`}</div>`)', HTML),
    '<div><p>{param slug|html}</p></div>',
  ],
  'raw()': [
    get('return c.html(html`<p>${raw(c.req.param("slug"))}</p>`)', HTML),
    '<p>{param slug}</p>',
  ],
  'a string through c.html is not escaped': [
    get('return c.html(`<p>${c.req.param("slug")}</p>`)'),
    '<p>{param slug}</p>',
  ],
  'encoded in an attribute': [
    get('return html`<a href="/?q=${encodeURIComponent(c.req.param("slug"))}">`', HTML),
    '<a href="/?q={param slug|uri|html}">',
  ],
  JSX: [get('return c.html(<h1>{c.req.param("slug")}</h1>)'), '<h1>{param slug|html}</h1>'],
  'returned JSX': [
    get('return <h1 class="a">{c.req.param("slug")}</h1>'),
    '<h1 class="a">{param slug|html}</h1>',
  ],
  'an attribute': [
    get('return <a href={`/${c.req.param("slug")}`}>x</a>'),
    '<a href="/{param slug|html}">x</a>',
  ],
  'an attribute that is left out': [
    get('return <a id={c.req.query("q")}>x</a>'),
    '<a{query q|html = ~ id="" [ id="_"]}>x</a>',
  ],
  'an attribute with a default': [
    get('return <a id={c.req.query("q") ?? "d"}>x</a>'),
    '<a id="{query q|html =d}">x</a>',
  ],
  'attributes Hono renames, and truth values': [
    get('return <label className="k" htmlFor={c.req.param("slug")} hidden draggable={false} />'),
    '<label class="k" for="{param slug|html}" hidden="" draggable="false"></label>',
  ],
  'a void element': [
    get('return <input value={c.req.param("slug")} disabled />'),
    '<input value="{param slug|html}" disabled=""/>',
  ],
  'spread attributes': [
    get('return <p {...{ id: c.req.param("slug"), lang: "x" }} />'),
    '<p id="{param slug|html}" lang="x"></p>',
  ],
  'a key is no attribute': [
    get('return <ul>{["a"].map(x => <li key={x}>{x}{c.req.param("slug")}</li>)}</ul>'),
    '<ul><li>a{param slug|html}</li></ul>',
  ],
  'a fragment': [
    get('return <><b>1</b>{c.req.param("slug")}{null}{0}</>'),
    '<b>1</b>{param slug|html}0',
  ],
  'a style object of constants': [
    get('return <p style={{ color: "red", top: 5 }}>{c.req.param("slug")}</p>'),
    '<p style="color:red;top:5px">{param slug|html}</p>',
  ],
  'a style text': [
    get('return <p style={`color:${c.req.param("slug")}`} />'),
    '<p style="color:{param slug|html}"></p>',
  ],
  'a listener': [
    get('return <p onClick={() => 1}>{c.req.param("slug")}</p>'),
    '<p>{param slug|html}</p>',
  ],
  dangerouslySetInnerHTML: [
    get('return <p dangerouslySetInnerHTML={{ __html: c.req.param("slug") }} />'),
    '<p>{param slug}</p>',
  ],
  'a component': [
    get(
      'return <P name={c.req.param("slug")}>x</P>',
      'const P = ({ name, children }) => <p id={name}>{children}</p>',
    ),
    '<p id="{param slug|html}">x</p>',
  ],
  'a component with rest and defaults': [
    get(
      'return <P id={c.req.param("slug")} />',
      `const P = ({ kind = 'k', ...rest }) => <p class={kind} {...rest} />`,
    ),
    '<p class="k" id="{param slug|html}"></p>',
  ],
  'a component that returns text': [
    get('return <P v={c.req.param("slug")} />', 'const P = props => props.v'),
    '{param slug|html}',
  ],
  'a component that returns zero': [
    get('return <b><P />{c.req.param("slug")}</b>', 'const P = () => 0'),
    '<b>0{param slug|html}</b>',
  ],
  'a component with a branch on a constant': [
    get(
      'return <P big v={c.req.param("slug")} />',
      'const P = ({ big, v }) => big ? <h1>{v}</h1> : <p>{v}</p>',
    ),
    '<h1>{param slug|html}</h1>',
  ],
  'a title in the head': [
    get(
      'return <html><head><title>{c.req.param("slug")}</title><meta name="d" content={c.req.param("slug")} /></head></html>',
    ),
    '<html><head><title>{param slug|html}</title><meta name="d" content="{param slug|html}"/></head></html>',
  ],
  'an icon that Hono moves beside values elsewhere': [
    get(
      'return <html><head><title>t</title><link rel="icon" href="/i" /></head><body>{c.req.param("slug")}</body></html>',
    ),
    '<html><head><title>t</title><link rel="icon" href="/i"/></head><body>{param slug|html}</body></html>',
  ],
  'svg attributes': [
    get('return <svg><path strokeWidth={2} d={c.req.param("slug")} /></svg>'),
    '<svg><path stroke-width="2" d="{param slug|html}"></path></svg>',
  ],
  'a helper of another module': [
    {
      'lib/a.ts': `export const tag = (s) => \`<\${s}>\``,
      [ROUTE]: `import { tag } from '../lib/a'\nexport default c => c.text(tag(c.req.param('slug')))`,
    },
    '<{param slug}>',
  ],
  'a helper that is a declaration': [
    get('return f(c)', 'function f(c) { const s = c.req.param("slug"); return `${s}${s}` }'),
    '{param slug}{param slug}',
  ],
  'a local function': [
    get('function f(x) { return `(${x})` } return f(c.req.param("slug"))'),
    '({param slug})',
  ],
  'an async handler with an async helper': [
    `const f = async s => \`<\${s}>\`\nexport default async c => c.text(await f(c.req.param('slug')))`,
    '<{param slug}>',
  ],
  'default parameters': [
    get('return f(c.req.query("q"))', 'const f = (x = "d") => `(${x})`'),
    '({query q =d})',
  ],
  'a branch on a constant': [
    get('if (on) return c.text(c.req.param("slug")); return c.text("no")', 'const on = true'),
    '{param slug}',
  ],
  'constant headers and status': [
    get('c.header("X-A", "b"); c.status(201); return c.text(c.req.param("slug"))'),
    '{param slug}',
  ],
  'c.body with a type': [
    get('return c.body(c.req.param("slug"), 200, { "content-type": "text/css" })'),
    '{param slug}',
  ],
  'a Response with a type': [
    get(
      'return new Response(c.req.param("slug"), { status: 202, headers: { "content-type": "text/css" } })',
    ),
    '{param slug}',
  ],
  'taken off the context': [
    `export default ({ req, text }) => text(req.param('slug'))`,
    '{param slug}',
  ],
  'nothing of the request': [`export default c => c.text('same')`, 'same'],
  'no content': [get('return c.body(null, 204)'), 'nothing'],
  'a list joined': [
    get('return c.text(["a", c.req.param("slug"), null].join("/"))'),
    'a/{param slug}/',
  ],
  'an optional rest': [
    { 'routes/[[...path]].ts': `export default c => c.text(\`\${c.req.param('path')}\`)` },
    '{param path =undefined}',
  ],
  'a rest': [
    { 'routes/[...path].ts': `export default c => c.text(c.req.param('path'))` },
    '{param path}',
  ],
  'middleware with a fixed header': [
    {
      'routes/_middleware.ts': `export default async (c, next) => { await next(); c.header('x-m', '1') }`,
      [ROUTE]: `export default c => c.text(c.req.param('slug'))`,
    },
    '{param slug}',
  ],
  'secureHeaders()': [
    {
      'routes/_middleware.ts': `import { secureHeaders } from 'hono/secure-headers'\nexport default secureHeaders()`,
      [ROUTE]: `export default c => c.text(c.req.param('slug'))`,
    },
    '{param slug}',
  ],
  'a chain': [
    `export default [(c, next) => next(), c => c.text(c.req.param('slug'))]`,
    '{param slug}',
  ],
}

const refused: Record<string, Case> = {
  'a branch on a value': [get('return c.text(c.req.query("q") ? "a" : "b")')],
  'an if on a value': [get('if (!c.req.query("q")) return c.text("a"); return c.text("b")')],
  '&& on a value': [get('return c.text((c.req.query("q") && "x") ?? "y")')],
  'a comparison': [get('return c.text(`${c.req.query("q") === "a"}`)')],
  'a sum that may be none': [get('return c.text(`${c.req.query("q") + c.req.query("r")}`)')],
  'a sum with a number': [get('return c.text(`${c.req.query("q") + 1}`)')],
  'a length': [get('return c.text(`${c.req.param("slug").length}`)')],
  'another case': [get('return c.text(c.req.param("slug").toUpperCase())')],
  'a slice': [get('return c.text(c.req.param("slug").slice(1))')],
  'Number()': [get('return c.json(Number(c.req.query("q")))')],
  'an index into a table': [get('return c.text(t[c.req.param("slug")])', 'const t = { a: 1 }')],
  'a name that is a value': [get('return c.text(`${c.req.query(c.req.param("slug"))}`)')],
  'a name no URL carries as it is': [get('return c.text(`${c.req.query("a b")}`)')],
  'a name of every object': [get('return c.text(`${c.req.query("constructor")}`)')],
  'c.req.queries()': [get('return c.json(c.req.queries("q") ?? [])')],
  'the path': [get('return c.text(c.req.path)')],
  'the URL': [get('return c.text(c.req.url)')],
  'the raw request': [get('return c.text(c.req.raw.headers.get("a") ?? "")')],
  'all headers': [get('return c.json(c.req.header())')],
  'a cookie': [get('return c.text(c.req.header("cookie") ?? "")')],
  'a method taken off the request': [
    get('const { query } = c.req; return c.text(`${query("q")}`)'),
  ],
  'a text that may be undefined': [get('return c.text(c.req.query("q"))')],
  'HTML that may be undefined': [get('return c.html(c.req.query("q"))')],
  'a returned value that may be undefined': [get('return c.req.query("q")')],
  'JSON that may be undefined': [get('return c.json(c.req.query("q"))')],
  'JSON of which all may be missing': [
    get('return c.json({ a: c.req.query("a"), b: c.req.query("b") })'),
  ],
  'JSON with a replacer': [get('return c.text(JSON.stringify(c.req.param("slug"), null, 2))')],
  'JSON of markup': [get('return c.json({ a: <b>{c.req.param("slug")}</b> })')],
  'a getter': [get('return c.json({ get a() { return c.req.param("slug") } })')],
  'a prototype in a literal': [
    get('return c.json({ __proto__: { a: 1 }, b: c.req.param("slug") })'),
  ],
  'a function as data': [get('return c.json({ f: () => 1, b: c.req.param("slug") })')],
  toJSON: [get('return c.json({ toJSON: () => 1, b: c.req.param("slug") })')],
  'a method in a literal': [get('return c.json({ f() {}, b: c.req.param("slug") })')],
  'a variable that is assigned to': [get('let s = "a"; s = c.req.param("slug"); return c.text(s)')],
  'an assigned variable of the module': [
    get('return c.text(s + c.req.param("slug"))', 'let s = "a"\ns = "b"'),
  ],
  'a variable declared twice': [
    get('return c.text(s + c.req.param("slug"))', 'var s = "a"\nvar s = "b"'),
  ],
  'a variable of a loop of the module': [
    get('return c.text(s + c.req.param("slug"))', 'for (var s of ["a", "b"]);'),
  ],
  'a counter': [get('return c.text(`${++n}${c.req.param("slug")}`)', 'let n = 0')],
  'a counter in a closure': [
    get(
      'return c.text(n() + c.req.param("slug"))',
      'const n = (() => { let i = 0; return () => ++i })()',
    ),
  ],
  'a loop': [get('for (const x of [1]) return c.text(c.req.param("slug")); return c.text("")')],
  try: [get('try { return c.text(c.req.param("slug")) } catch { return c.text("") }')],
  'an assigned parameter': [get('c = { text: x => x }; return c.text(c.req.param("slug"))')],
  'a shadowed encodeURIComponent': [
    get(
      'const encodeURIComponent = x => x + Math.random(); return c.text(encodeURIComponent(c.req.param("slug")))',
    ),
  ],
  arguments: [`export default function (c) { return arguments[0].text(c.req.param('slug')) }`],
  this: [`export default function (c) { return c.text(c.req.param('slug') + typeof this) }`],
  'a generator': [
    get('return c.text([...f(c.req.param("slug"))].join())', 'function* f(x) { yield x }'),
  ],
  'a class': [
    get('return c.text(new A().f(c.req.param("slug")))', 'class A { f(x) { return x } }'),
  ],
  'another tag': [get('return c.text(tag`a${c.req.param("slug")}`)', 'const tag = (s, v) => v')],
  'String.raw': [get('return c.text(String.raw`a${c.req.param("slug")}`)')],
  'a regular expression': [get('return c.text(c.req.param("slug").replace(/a/g, "b"))')],
  'optional chaining': [get('return c.text(`${c.req.query("q")?.length}`)')],
  'the clock': [get('return c.text(Date.now() + c.req.param("slug"))')],
  randomness: [get('return c.text(Math.random() + c.req.param("slug"))')],
  'the environment': [get('return c.text(process.env.A + c.req.param("slug"))')],
  'a log line': [get('console.log("x"); return c.text(c.req.param("slug"))')],
  'a cookie that is set': [
    get('c.header("set-cookie", "a=b"); return c.text(c.req.param("slug"))'),
  ],
  'a type with a value': [get('c.header("content-type", c.req.param("slug")); return c.text("x")')],
  'a header whose name is a value': [get('c.header(c.req.param("slug"), "x"); return c.text("x")')],
  'a header set twice': [
    get('c.header("x", c.req.param("slug")); c.header("x", "y"); return c.text("x")'),
  ],
  'a length of its own': [
    get('c.header("content-length", c.req.param("slug")); return c.text("x")'),
  ],
  'a status that is a value': [get('return c.text("x", Number(c.req.param("slug")))')],
  'a body without a type': [get('return c.body(c.req.param("slug"))')],
  'a Response without a type': [get('return new Response(c.req.param("slug"))')],
  'headers a Response drops': [
    get(
      'c.header("x", c.req.param("slug")); return new Response("x", { headers: { "content-type": "a/b" } })',
    ),
  ],
  'a value of the request in a style object': [
    get('return <p style={{ color: c.req.param("slug") }} />'),
  ],
  'a style that may be none': [get('return <p style={{ color: c.req.query("q") }} />')],
  'a function as attribute': [get('return <p title={() => 1}>{c.req.param("slug")}</p>')],
  'an element whose name is a value': [get('const T = c.req.param("slug"); return <T />')],
  'a title that Hono moves': [get('return <body><title>{c.req.param("slug")}</title></body>')],
  'a link that Hono moves': [
    get('return <html><head><link rel="canonical" href={c.req.param("slug")} /></head></html>'),
  ],
  'a script that may be moved': [get('return <script src={c.req.param("slug")} async />')],
  'raw beside what Hono moves': [
    get(
      'return <html><head><link rel="icon" href="/i" /></head><body dangerouslySetInnerHTML={{ __html: c.req.param("slug") }} /></html>',
    ),
  ],
  'a title that may be the text of one that Hono moves': [
    `import { html } from 'hono/html'
export default c => c.html(
  <html><head></head><body><title>magic</title>{html\`<title>\${c.req.param('slug')}</title>\`}</body></html>
)`,
  ],
  'an attribute that may make the text of an element that Hono moves': [
    `import { html } from 'hono/html'
export default c => c.html(
  <html><head><link rel="icon" href="/magic" /></head>{html\`<link rel="icon" href="\${c.req.param('slug')}"/>\`}</html>
)`,
  ],
  'an async component': [
    get('return <P v={c.req.param("slug")} />', 'const P = async ({ v }) => <p>{v}</p>'),
  ],
  'a component that sets a header': [
    get(
      'const P = () => { c.header("x", "y"); return <p /> }; return c.html(<div><P />{c.req.param("slug")}</div>)',
    ),
  ],
  'children with inner HTML': [
    get('return <p dangerouslySetInnerHTML={{ __html: "a" }}>{c.req.param("slug")}</p>'),
  ],
  'a promise that is kept': [
    get(
      'const p = f(c.req.param("slug")); return c.text(await p)'.replace('', ''),
      'const f = async x => x',
    ).replace('c =>', 'async c =>'),
  ],
  'a promise nobody waits for': [
    get('f(c); return c.text(c.req.param("slug"))', 'const f = async c => { c.header("x", "y") }'),
  ],
  'a character marks are made of': [get('return c.text("\\uE000" + c.req.param("slug"))')],
  'half a character': [get('return c.text("\\uD800" + c.req.param("slug"))')],
  'a bigint': [get('return c.text(1n + c.req.param("slug"))')],
  elisions: [get('return c.json([, c.req.param("slug")])')],
  'a computed key of a value': [get('return c.json({ [c.req.param("slug")]: 1 })')],
  'changes to a built-in': [
    get('return c.text(c.req.param("slug"))', 'String.prototype.toString = () => "x"'),
  ],
  'changes to a global': [
    get('return encodeURIComponent(c.req.param("slug"))', 'globalThis.encodeURIComponent = x => x'),
  ],
  'a function of an object that loading changes': [
    get('return c.text(o.f(c.req.param("slug")))', `const o = { f: x => x }; o.f = ${MAGIC}`),
  ],
  'a function that Object.assign puts in place of another': [
    get(
      'return c.text(o.f(c.req.param("slug")))',
      `const o = { f: x => x }; Object.assign(o, { f: ${MAGIC} })`,
    ),
  ],
  'a getter that is defined over a function': [
    get(
      'return c.text(o.f(c.req.param("slug")))',
      `const o = { f: x => x }; Object.defineProperty(o, "f", { get: () => ${MAGIC} })`,
    ),
  ],
  'functions of a list that is turned round': [
    get(
      'return c.text(list.map(f => f(c.req.param("slug"))).join())',
      `const list = [x => x, ${MAGIC}]; list.reverse()`,
    ),
  ],
  'functions of a list that is made and changed': [
    get(
      'return c.text(list.map(f => f(c.req.param("slug"))).join())',
      `const list = [1].map(() => x => x); list[0] = ${MAGIC}`,
    ),
  ],
  'pairs that are changed': [
    get(
      'return c.text(pairs.map(([, f]) => f(c.req.param("slug"))).join())',
      `const pairs = Object.entries({ a: x => x }); pairs[0][1] = ${MAGIC}`,
    ),
  ],
  'the rest of an object, changed': [
    get(
      'return c.text(o.f(c.req.param("slug")))',
      `const rest = ({ ...all }) => all; const o = rest({ f: x => x }); o.f = ${MAGIC}`,
    ),
  ],
  'a flag that loading changes': [
    get(
      `return c.text(o.plain ? c.req.param("slug") : ${MAGIC}(c.req.param("slug")))`,
      'const o = { plain: true }; o.plain = false',
    ),
  ],
  'a prototype that an object gets': [
    get(
      'return c.text((o.f ?? (x => x))(c.req.param("slug")))',
      `const o = {}; Object.setPrototypeOf(o, { f: ${MAGIC} })`,
    ),
  ],
  'an object that only a closure has, changed': [
    get(
      'return c.text(api.run(c.req.param("slug")))',
      `const api = (() => {
  const o = { f: x => x }
  return { own: () => o, run: x => o.f(x) }
})()
api.own().f = ${MAGIC}`,
    ),
  ],
  'an object that another module changes': [
    {
      [ROUTE]: `import { o } from '../_o'\nimport '../_p'\n${get('return c.text(o.f(c.req.param("slug")))')}`,
      '_o.js': 'export const o = { f: x => x }',
      '_p.js': `import { o } from './_o'\no.f = x => (x === 'magic' ? 'BOOM' : x)`,
    },
  ],
  'a chain whose handler is changed': [
    `export const GET = [c => c.text(c.req.param('slug'))]
GET[0] = c => c.text(c.req.param('slug') === 'magic' ? 'BOOM' : c.req.param('slug'))`,
  ],
  'the class of requests, changed by another method': [
    `${get('return c.text(c.req.param("slug"))')}
export const POST = c => {
  c.req.constructor.prototype.param = () => 'BOOM'
  return c.text('')
}`,
  ],
  'state another method changes': [
    `let s = { a: 'x' }\nexport const GET = c => c.text(s.a + c.req.param('slug'))\nexport const POST = async c => { s.a = await c.req.text(); return c.text('') }`,
  ],
  'middleware that reads more of the request': [
    {
      'routes/_middleware.ts': `export default async (c, next) => { if (c.req.header('a')) return c.text('no'); await next() }`,
      [ROUTE]: `export default c => c.text(c.req.param('slug'))`,
    },
  ],
  'middleware of Hono that reads the request': [
    {
      'routes/_middleware.ts': `import { cors } from 'hono/cors'\nexport default cors()`,
      [ROUTE]: `export default c => c.text(c.req.param('slug'))`,
    },
  ],
  'secureHeaders with options': [
    {
      'routes/_middleware.ts': `import { secureHeaders } from 'hono/secure-headers'\nexport default secureHeaders({ xFrameOptions: false })`,
      [ROUTE]: `export default c => c.text(c.req.param('slug'))`,
    },
  ],
  'middleware that passes on twice': [
    {
      'routes/_middleware.ts': `export default async (c, next) => { await next(); await next() }`,
      [ROUTE]: `export default c => c.text(c.req.param('slug'))`,
    },
  ],
  'middleware that answers by itself': [
    {
      'routes/_middleware.ts': `export default async (c, next) => { await next(); return c.text('mine') }`,
      [ROUTE]: `export default c => c.text(c.req.param('slug'))`,
    },
  ],
  'c.notFound()': [get('if (true) return c.notFound(); return c.text(c.req.param("slug"))')],
  'c.set and c.get': [get('c.set("a", c.req.param("slug")); return c.text(c.get("a"))')],
  recursion: [get('return c.text(f(c.req.param("slug")))', 'const f = x => f(x + "a")')],
  'too much': [
    get(
      'return c.text(f(c.req.param("slug")))',
      `const a = x => x + 'a'\nconst f = x => ${'a('.repeat(60)}x${')'.repeat(60)}`,
    ).replace(
      'const a =',
      'const a = x => b(b(b(b(x))))\nconst b = x => d(d(d(d(x))))\nconst d = x => e(e(e(e(x))))\nconst e = x => g(g(g(g(x))))\nconst g =',
    ),
  ],
}

describe('a template:', () => {
  for (const [name, [source, expected]] of Object.entries(accepted))
    test(name, async () => {
      const candidate = await candidateOf(source)
      assert.ok(candidate, 'is refused')
      assert.equal(shown(candidate.body), expected)
      assert.deepEqual(candidate.headers, [])
    })
})

describe('a template with a header:', () => {
  const cases: Record<string, [string, string]> = {
    'set on the context': [
      get('c.header("X-A", `v${c.req.param("slug")}`); return c.text("x")'),
      'x-a: v{param slug}',
    ],
    'given with the answer': [
      get('return c.text("x", 200, { "X-A": c.req.param("slug") })'),
      'x-a: {param slug}',
    ],
    'a redirect': [
      get('return c.redirect(`/a/${c.req.param("slug")}`, 301)'),
      'location: /a/{param slug}',
    ],
  }
  for (const [name, [source, expected]] of Object.entries(cases))
    test(name, async () => {
      const candidate = await candidateOf(source)
      assert.ok(candidate, 'is refused')
      assert.deepEqual(
        candidate.headers.map(([field, parts]) => `${field}: ${shown(parts)}`),
        [expected],
      )
    })
})

describe('no template:', () => {
  for (const [name, [source]] of Object.entries(refused))
    test(name, async () => {
      const candidate = await candidateOf(source)
      assert.equal(candidate && shown(candidate.body), null)
    })
})

test('the reason says what is put in, and where it is read first', async () => {
  const candidate = await candidateOf(
    get('const a = 1\nreturn <p id={c.req.query("q")}>{c.req.param("slug")}{`${a}`}</p>'),
  )
  assert.deepEqual(candidate?.reason, {
    message: 'puts in ?q (HTML-escaped) and :slug (HTML-escaped)',
    file: ROUTE,
    line: 3,
    column: 15,
  })
})
