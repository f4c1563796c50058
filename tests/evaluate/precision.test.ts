// Hono's own helpers and ordinary library code come out static: nothing they do inside may look like
// a read of theirs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, jobFor, run, site } from './site.ts'

const PAGES: Record<string, [string, RegExp]> = {
  'JSX with async components': [
    `const Late = async () => <i>{await Promise.resolve('late')}</i>\nexport default c => c.html(<p><Late /></p>)`,
    /<p><i>late<\/i><\/p>/,
  ],
  'JSX with context': [
    `import { createContext, useContext } from 'hono/jsx'\nconst X = createContext('a')\nconst Inner = () => <b>{useContext(X)}</b>\nexport default c => c.html(<X.Provider value="v"><Inner /></X.Provider>)`,
    /<b>v<\/b>/,
  ],
  'html templates': [
    `import { html, raw } from 'hono/html'\nexport default c => c.html(html\`<p>\${'<'}\${raw('<hr>')}</p>\`)`,
    /<p>&lt;<hr><\/p>/,
  ],
  'css in JSX': [
    `import { css, Style } from 'hono/css'\nconst red = css\`color: red;\`\nexport default c => c.html(<html><head><Style /></head><body class={red}>x</body></html>)`,
    /color:red/,
  ],
  'the renderer of a layout': [
    `import { jsxRenderer } from 'hono/jsx-renderer'\nexport default [jsxRenderer(({ children }) => <main>{children}</main>), c => c.render(<p>x</p>)]`,
    /<main><p>x<\/p><\/main>/,
  ],
  'security headers': [
    `import { secureHeaders } from 'hono/secure-headers'\nexport default [secureHeaders(), c => c.text('x')]`,
    /x/,
  ],
  'the context kept in storage': [
    `import { contextStorage, getContext } from 'hono/context-storage'\nexport default [contextStorage(), async c => { c.set('a', 'stored'); await 1; return c.text(getContext().get('a')) }]`,
    /stored/,
  ],
  'a factory': [
    `import { createFactory } from 'hono/factory'\nexport const GET = createFactory().createHandlers(async (c, next) => { await next() }, c => c.text('made'))`,
    /made/,
  ],
  'the path of the route': [
    `import { routePath } from 'hono/route'\nexport default c => c.text(routePath(c) + ' ' + c.req.routePath)`,
    /^\/r\d+ \/r\d+$/,
  ],
  'events and streams of Node': [
    `import { EventEmitter } from 'node:events'\nimport { gzipSync, gunzipSync } from 'node:zlib'\nimport { inspect } from 'node:util'\nexport default c => { const e = new EventEmitter(); let s = ''; e.on('a', x => { s += x }); e.emit('a', 'heard'); return c.text(s + gunzipSync(gzipSync('z')) + inspect({ a: [1] })) }`,
    /heardz\{ a: \[ 1 \] \}/,
  ],
  'a redirect': [`export default c => c.redirect('/there', 301)`, /^$/],
  'errors that are caught': [
    `class Own extends Error { constructor(m) { super(m); Error.captureStackTrace?.(this, Own); this.name = 'Own' } }\nexport default c => { try { throw new Own('x') } catch (e) { return c.text(e instanceof Own ? String(e) : '') } }`,
    /Own: x/,
  ],
  'a file read at load': [
    `import { readFileSync } from 'node:fs'\nimport { readFile } from 'node:fs/promises'\nconst a = readFileSync('/etc/hostname', 'utf8')\nconst b = await readFile('/etc/hostname', 'utf8')\nexport default c => c.text(String(a === b))`,
    /true/,
  ],
  'a chunk loaded while it answers': [
    `export default async c => c.text((await import('../lib/late.ts')).word)`,
    /^late$/,
  ],
  'a WebAssembly module': [
    `const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])\nexport default async c => c.text(String(Object.keys((await WebAssembly.instantiate(bytes)).instance.exports).length))`,
    /^0$/,
  ],
}

test('pages that depend on nothing ambient stay static', async t => {
  const names = Object.keys(PAGES)
  const files = Object.fromEntries(
    names.map((name, index) => [`routes/r${index}.tsx`, PAGES[name]![0]]),
  )
  const made = await site({ ...files, 'lib/late.ts': `export const word = 'late'` })
  const outcomes = await run(
    made,
    names.map((_, index) => jobFor(made.bundle, `routes/r${index}.tsx`)),
  )
  made.remove()
  for (const [index, name] of names.entries()) {
    await t.test(name, () => assert.match(bodyOf(outcomes[index]!), PAGES[name]![1]))
  }
})
