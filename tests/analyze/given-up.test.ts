// What code that is given up may do to other modules and to the language, as the verdict of a route
// beside it: the way from the machine that stops following to the handler that must not be static.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { analyzed, type Files } from './project.ts'

// No function is too deep by itself; one inside the other they are.
const TOO_DEEP = Array.from(
  { length: 25 },
  (_, i) => `const f${i} = x => f${i + 1}(x)${'.trim()'.repeat(300)}`,
).join('\n')

/** A module whose handler is given up, and does this before or after. */
function givenUp(body: string, head = ''): string {
  return `${head}\n${TOO_DEEP}\nconst f25 = async x => {\n${body}\nreturn x }\nexport const GET = async c => f0(c.req.path)`
}

const LIB = 'routes/_lib.js'
const MAP = 'export const GET = c => c.json([1].map(x => x))'
const EVIL = 'export const evil = () => { [].constructor.prototype.map = 1 }'

/** By name: what is in a library, what the code does that is given up, and the route beside it. */
const changes: [name: string, lib: string, body: string, route: string][] = [
  ['a member of a function', 'export const f = () => 1\nf.n = 0', 'f.n++', 'c.json(f.n)'],
  ['a static member of a class', 'export class f { static n = 0 }', 'f.n++', 'c.json(f.n)'],
  [
    'a private one',
    'export class f { static #n = 0; static inc() { f.#n++ } static get() { return f.#n } }',
    'f.inc()',
    'c.json(f.get())',
  ],
  [
    'a method of a class',
    'export class f { a() { return 1 } }',
    'f.prototype.a = 1',
    'c.json(new f().a())',
  ],
  ['a member of an object', 'export const f = { n: 0 }', 'f.n++', 'c.json(f.n)'],
  [
    'what a closure keeps',
    'const make = () => { let n = 0; return { inc() { n++ }, get: () => n } }\nexport const f = make()',
    'f.inc()',
    'c.json(f.get())',
  ],
]

async function reasonBeside(files: Files) {
  const { reasons } = await analyzed(files)
  assert.match(reasons.get('routes/deep.js#GET')?.message ?? 'static', /do(es)? more than/)
  return reasons.get('routes/pure.js#GET') ?? null
}

describe('what is given up may change in another module', () => {
  for (const [name, lib, body, route] of changes)
    test(name, async () => {
      const reason = await reasonBeside({
        [LIB]: lib,
        'routes/deep.js': givenUp(body, "import { f } from './_lib.js'"),
        'routes/pure.js': `import { f } from './_lib.js'\nexport const GET = c => ${route}`,
      })
      assert.match(reason?.message ?? 'static', /which routes\/deep\.js:\d+ may change/)
    })

  test('all that it loads while it answers', async () => {
    const reason = await reasonBeside({
      [LIB]: 'let n = 0\nexport const inc = () => n++\nexport const get = () => n',
      'routes/deep.js': givenUp("(await import('./_lib.js')).inc()"),
      'routes/pure.js': "import { get } from './_lib.js'\nexport const GET = c => c.json(get())",
    })
    assert.match(reason?.message ?? 'static', /may change/)
  })

  test('only what it can reach', async () => {
    const reason = await reasonBeside({
      [LIB]: 'export const f = x => x',
      'routes/deep.js': givenUp('f(x)', "import { f } from './_lib.js'"),
      'routes/pure.js': "import { f } from './_lib.js'\nexport const GET = c => c.json(f(1))",
    })
    assert.equal(reason, null)
  })
})

const tampering: [name: string, files: Files][] = [
  ['itself', { 'routes/deep.js': givenUp("Array['proto' + 'type'].map = 1") }],
  [
    'a library that it calls',
    { [LIB]: EVIL, 'routes/deep.js': givenUp('evil()', "import { evil } from './_lib.js'") },
  ],
  [
    'a library that it loads while it answers',
    { [LIB]: EVIL, 'routes/deep.js': givenUp("(await import('./_lib.js')).evil()") },
  ],
  [
    'what another route left in a library',
    {
      [LIB]: 'export const on = []',
      'routes/deep.js': givenUp(
        'for (const f of on) f(Array.prototype)',
        "import { on } from './_lib.js'",
      ),
      'routes/other.js':
        "import { on } from './_lib.js'\non.push(p => { p.map = 1 })\nexport const GET = c => c.text('')",
    },
  ],
  [
    'its middleware',
    {
      'routes/_middleware.js':
        "export default async (c, next) => { c.set('p', [].constructor); await next() }",
      'routes/deep.js': givenUp(
        'set(x)',
        "let set\nexport const POST = c => { set = () => { c.get('p').prototype.map = 1 } }",
      ),
    },
  ],
  [
    'a handler, with what loading that is given up left behind',
    {
      'routes/deep.js': `${TOO_DEEP}\nlet kept = ''\nconst f25 = x => { kept = [].constructor; return x }\nf0(String(process.argv))\nexport const GET = c => { kept.prototype.map = 1 }`,
    },
  ],
]

describe('what is given up may change the language through', () => {
  for (const [name, files] of tampering)
    test(name, async () => {
      const reason = await reasonBeside({ ...files, 'routes/pure.js': MAP })
      assert.match(reason?.message ?? 'static', /may change/)
    })
})

describe('an error handler may change the language through', () => {
  const handed: [name: string, handler: string, onError: string][] = [
    ['what is thrown', 'c => { throw { p: Array.prototype } }', 'e.p.map = 1'],
    [
      'what the context keeps',
      "c => { c.set('p', Array.prototype); throw 1 }",
      "c.get('p').map = 1",
    ],
  ]
  for (const [name, handler, onError] of handed)
    test(name, async () => {
      const { reasons } = await analyzed({
        'routes/_error.js': `export default (e, c) => { ${onError}; return c.text('') }`,
        'routes/index.js': `export const GET = ${handler}`,
        'routes/pure.js': MAP,
      })
      assert.match(reasons.get('routes/pure.js#GET')?.message ?? 'static', /may change/)
    })

  test('nothing that it only reads', async () => {
    const { reasons } = await analyzed({
      'routes/_error.js':
        "export default (e, c) => { console.error(e); return c.json({ message: e.message, user: c.get('user').name }, e.status ?? 500) }",
      'routes/pure.js': MAP,
    })
    assert.equal(reasons.get('routes/pure.js#GET'), null)
  })
})
