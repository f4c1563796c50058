// Handlers for template routes, generated: parts that a template can have, parts that only look so,
// wrapped into one another and into an answer. No truth is known of them: whatever the verdict, the
// handler run for each request has to answer the same.

import fc from 'fast-check'

/** Values of the request. The pattern of every route is `/…/:slug`. */
const INPUTS = [
  "c.req.param('slug')",
  "c.req.query('q')",
  "c.req.query('q')",
  "c.req.header('x-a')",
  "c.req.header('X-A')",
  "c.req.param('none')",
  "(c.req.query('q') ?? 'absent')",
  "(c.req.query('q') || 'empty')",
  "(c.req.query('q') ?? null)",
  "(c.req.query('q') || 0)",
  "(c.req.query('q') || false)",
  "((c.req.query('q') ?? 'one') || '<two>')",
  "(c.req.header('x-a') ?? '\"&\"')",
  'c.req.param().slug',
  'c.req.query().q',
  "c.req.header()['x-a']",
  "c['req'].query('r')",
  "(({ q, r = 'dflt' }) => `${q}/${r}`)(c.req.query())",
  '(({ slug }) => slug)(c.req.param())',
  'fromHelper(c)',
  'readTwice(c)',
]

/** Constants. */
const CONSTANTS = [
  "'text'",
  "'<i>&\"'",
  '5',
  '-0',
  '1e21',
  'null',
  'undefined',
  'true',
  'false',
  'NaN',
  "''",
  'greeting',
  'table.a',
  'table.b.c',
  "table['a']",
  'list[1]',
  'list.length',
  "list.map(x => x + '!').join('-')",
  '`${greeting} ünï €`',
  "['x', 'y'].join()",
  'typeof greeting',
  'greeting.toUpperCase()',
  'compiled',
]

/** What changes between calls, or is not what it looks like. */
const DEVIOUS = [
  'counted()',
  'mutable',
  'pushed.length',
  'getter.value',
  'withToString',
  'withToJson',
  'reassigned',
  'tricky(c)',
  'loopy(c)',
  'late.x',
  '`${[c.req.query("q"), 1]}`',
  "(c.req.query('q') ? 'yes' : 'no')",
  "(c.req.query('q') === 'a' ? 1 : 2)",
  "(c.req.query('q') && 'and')",
  "c.req.query('q')?.length",
  "(c.req.query('q') ?? '').toUpperCase()",
  "(c.req.query('q') ?? '').slice(0, 2)",
  "(c.req.query('q') + 1)",
  "(c.req.query('q') + c.req.query('r'))",
  "c.req.query('q').length",
  "c.req.queries('q')",
  "Number(c.req.query('q'))",
  "parseInt(c.req.query('q') ?? '1')",
  "decodeURIComponent(c.req.param('slug'))",
  "table[c.req.query('q')]",
  "Object.keys({ [c.req.query('q') ?? 'k']: 1 }).length",
  "c.req.query('__proto__')",
  "c.req.param('constructor')",
  "c.req.header('cookie')",
  "c.req.query('a b')",
  "c.req.query(c.req.param('slug'))",
  'c.req.path.length',
  'new Date(0).toISOString()',
  "[...(c.req.query('q') ?? 'ab')].reverse().join('')",
  "String.raw`${c.req.query('q')}`",
  "(() => { try { return c.req.query('q').length } catch { return 'threw' } })()",
  '(function () { return arguments.length })(c)',
  "((a, b = a) => b)(c.req.query('q'))",
  '(({ ...rest }) => rest.q)(c.req.query())',
  "[c.req.query('q')].map((x, i, all) => `${x}${i}${all.length}`).join()",
  "['b', 'a'].sort().join()",
  'shadow((c) => c)',
]

/** Makes a text of a value. */
const WRAPS: ((inner: string) => string)[] = [
  one => `\`a\${${one}}b\``,
  one => `('<' + ${one} + '>')`,
  one => `String(${one})`,
  one => `encodeURIComponent(${one})`,
  one => `JSON.stringify(${one})`,
  one => `JSON.stringify({ v: ${one}, w: 1 })`,
  one => `JSON.stringify({ v: ${one} })`,
  one => `JSON.stringify([${one}, null])`,
  one => `\`\${encodeURIComponent(\`\${${one}}\`)}&\``,
  one => `helper(${one})`,
  one => `((x) => \`[\${x}]\`)(${one})`,
  one => `((x = 'unset') => \`[\${x}]\`)(${one})`,
  one => `[${one}, 'z'].join('+')`,
  one => `(true ? \`\${${one}}\` : counted())`,
  one => `\`\${html\`<u>\${${one}}</u>\`}\``,
]

/** Text within tags, or an element. */
const MARKUP: ((inner: string) => string)[] = [
  one => `<p>{${one}}</p>`,
  one => `<p title={${one}}>x</p>`,
  one => `<p class="a" data-x={${one}} hidden>{${one}}</p>`,
  one => `<p class={\`a \${${one}}\`}>x</p>`,
  one => `<a href={\`/x?q=\${encodeURIComponent(${one} as any)}\`}>{'<b>'}{${one}}</a>`,
  one => `<><b>{1}{null}{true}{0}</b>{${one}}</>`,
  one => `<Layout title={${one}}><i>{${one}}</i></Layout>`,
  one => `<Layout title="t">{${one}}</Layout>`,
  one => `<Card {...{ id: ${one}, name: 'n' }} />`,
  one => `<ul>{list.map((x, i) => <li key={i}>{x}{${one}}</li>)}</ul>`,
  one => `<div dangerouslySetInnerHTML={{ __html: ${one} as any }} />`,
  one => `<p style={{ color: ${one} as any, top: 5 }}>x</p>`,
  one => `<p style={\`color: \${${one}}\`}>x</p>`,
  one => `<input value={${one}} disabled checked={false} />`,
  one => `<br class={${one}} />`,
  one => `<svg viewBox="0 0 1 1"><title>{${one}}</title><path strokeWidth={2} d={${one}} /></svg>`,
  one =>
    `<html><head><title>{${one}}</title><meta name="description" content={${one}} /><link rel="icon" href="/i.png" /></head><body>{${one}}</body></html>`,
  one => `<body><title>{${one}}</title><p>x</p></body>`,
  one =>
    `<html><head></head><body><meta name="m" content={${one}} /><meta name="m" content="text" /></body></html>`,
  one =>
    `<html><head><link rel="canonical" href={\`/\${${one}}\`} /><link rel="canonical" href="/text" /></head></html>`,
  one => `<script src={${one}} async />`,
  one => `<script>{${one}}</script>`,
  one => `<form action={${one}}><button formAction={${one}}>b</button></form>`,
  one => `<p onClick={() => ${one}}>{raw(${one})}</p>`,
  one => `<p>{[${one}, <b>{${one}}</b>, 'x']}</p>`,
  one => `<p {...{ className: 'k' }} htmlFor={${one}}>{raw('<hr>')}</p>`,
  one => `<Pick flag={true} a={${one}} b="no" />`,
  one => `<Plain v={${one}} />`,
  one => `<Deep><Deep>{${one}}</Deep></Deep>`,
  one => `<p>{html\`<s class="\${${one}}">\${${one}}</s>\${<b>{${one}}</b>}\${[1, 'x<']}\`}</p>`,
]

/** An answer of a text. */
const ANSWERS: ((text: string) => string)[] = [
  text => `return \`\${${text}}\``,
  text => `return c.text(\`\${${text}}\`)`,
  text => `return c.text(\`\${${text}}\`, 201, { 'x-own': 'a' })`,
  text => `c.header('x-one', '1'); c.status(202); return c.html(\`<p>\${${text}}</p>\`)`,
  text => `return c.html(html\`<p>\${${text}} and \${5}\${null}\${'<'}</p>\`)`,
  text => `return html\`<p a="\${${text}}">\${raw('<hr>')}</p>\``,
  text => `return c.json({ b: ${text}, 2: 'two', 1: \`\${${text}}\`, a: [${text}, undefined] })`,
  text => `return c.json({ q: ${text} })`,
  text => `return c.json([${text}, { x: ${text}, y: 1 }], 203)`,
  text => `return { ok: true, v: ${text}, last: null }`,
  text => `return [${text}]`,
  text => `return ${text}`,
  text => `return c.text(${text})`,
  text => `return c.body(\`\${${text}}\`, 200, { 'Content-Type': 'text/css' })`,
  text => `const v = ${text}; const w = \`(\${v})\`; return c.text(w + \`\${v}\`)`,
  text => `c.header('x-value', \`\${${text}}\`); return c.text('head')`,
  text => `return c.text('t', 200, { 'X-Value': \`v\${${text}}\` })`,
  text => `return c.redirect(\`/to/\${${text}}\`, 307)`,
  text => `return c.redirect(\`/to/\${encodeURIComponent(${text} as any)}\`)`,
  text => `return new Response(\`\${${text}}\`, { status: 206, headers: { 'x-b': 'c' } })`,
  text => `if (list.length > 1) { return c.text(\`if \${${text}}\`) } return c.text('no')`,
  text => `if (false) { return c.text(counted() + '') } return c.text(\`\${${text}}\`)`,
  text => `for (const x of list) return c.text(\`\${x}\${${text}}\`)`,
  text => `let s = 'a'; s += ${text}; return c.text(s)`,
  text => `const o: any = { v: ${text} }; o.w = o.v; return c.json(o)`,
  text => `return c.json({ toJSON: 'own', v: ${text}, valueOf: 1 })`,
  text => `return c.json({ __proto__: { a: 1 }, v: ${text} })`,
  text => `return c.json({ v: 1, v: ${text}, '01': 2, 1: ${text} })`,
  text => `return c.json({ f: () => 1, s: Symbol.iterator, v: ${text} } as any)`,
  text => `return c.json({ ...table, ...{ a: ${text} } })`,
  text => `return c.text(\`\${${text}}\`.trim())`,
  text => `const f = async (v: any) => \`\${v}\`; return c.text(await f(${text}))`,
  text => `return Promise.resolve(c.text(\`\${${text}}\`))`,
  text => `c.header('x-dup', \`\${${text}}\`); c.header('x-dup', 'last'); return c.text('x')`,
  text => `const r = c.text(\`\${${text}}\`); c.header('x-late', 'l'); return r`,
  text => `return c.text(\`\${${text}}\`, 200, { 'Content-Length': '2' })`,
  text => `return c.text(\`\${${text}}\`, 200, { Trailer: 'x-a' })`,
  () => 'return c.body(null, 204)',
]

const HEAD = `// @ts-nocheck
import { html, raw } from 'hono/html'
import { shout } from '../_lib'
const greeting = 'hi <there>'
const table = { a: 'A&', b: { c: 'C' } }
const list = ['one', 'two<']
const compiled = [1, 2].map(n => \`\${n};\`).join('')
const helper = (v) => { const w = \`{\${v}}\`; return w + shout }
function fromHelper(c) { return c.req.query('q') ?? greeting }
const readTwice = c => { const q = c.req.query('q'); return \`\${q}\${q}\` }
let calls = 0
const counted = () => ++calls
let mutable = 'm'
const pushed = []
const getter = { get value() { return ++calls } }
const withToString = { toString() { return 'own' } }
const withToJson = { toJSON() { return { own: 1 } } }
let reassigned = 'first'
reassigned = 'second'
const tricky = c => { c = { req: { query: () => 'fake' } }; return c.req.query('q') }
const loopy = c => { let s = ''; for (let i = 0; i < 2; i++) s += c.req.query('q'); return s }
const late = { x: 1 }
late.x = 2
const shadow = html => \`\${html}\`
const Layout = ({ title, children }) => <html><head><title>{title} - site</title></head><body>{children}</body></html>
const Card = ({ id, name, ...rest }) => <b id={id} {...rest}>{name}</b>
const Pick = props => props.flag ? <b>{props.a}</b> : <i>{props.b}</i>
const Plain = ({ v, w = 'dflt' }) => v
const Deep = ({ children }) => <div>{children}</div>
`

const POST = 'export const POST = c => { mutable += 1; pushed.push(1); return c.text(mutable) }\n'

export const LIBRARY = "export const shout = '!'\n"

/** Sources of one route, without the line that tells the twins apart. */
export const handler: fc.Arbitrary<string> = fc
  .record({
    inner: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...INPUTS) },
      { weight: 1, arbitrary: fc.constantFrom(...CONSTANTS) },
      { weight: 2, arbitrary: fc.constantFrom(...DEVIOUS) },
    ),
    second: fc.constantFrom(...INPUTS, ...CONSTANTS),
    wraps: fc.array(fc.constantFrom(...WRAPS), { maxLength: 2 }),
    both: fc.boolean(),
    markup: fc.option(fc.constantFrom(...MARKUP), { freq: 3 }),
    returned: fc.constantFrom('return ', 'return c.html(', 'return c.json('),
    answer: fc.constantFrom(...ANSWERS),
    form: fc.constantFrom('arrow', 'async', 'function', 'chain', 'changes'),
  })
  .map(({ inner, second, wraps, both, markup, returned, answer, form }) => {
    let text = inner
    for (const wrap of wraps) text = wrap(text)
    if (both) text = `(\`\${${text}}~\${${second}}\`)`
    const close = returned.endsWith('(') ? ')' : ''
    const body = markup ? `${returned}${markup(text)}${close}` : answer(text)
    const isAsync = body.includes('await') || form === 'async'
    const start = isAsync ? 'async ' : ''
    const get =
      form === 'function'
        ? `export ${start}function GET(c) { ${body} }\n`
        : form === 'chain'
          ? `export const GET = [async (c, next) => { await next(); c.header('x-chain', 'c') }, ${start}c => { ${body} }]\n`
          : `export const GET = ${start}c => { ${body} }\n`
    return HEAD + (form === 'changes' ? POST : '') + get
  })
