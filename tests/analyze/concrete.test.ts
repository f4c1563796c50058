// What packages keep for themselves between calls: when it may pass as a memo, and when not.

import assert from 'node:assert/strict'
import test, { describe } from 'node:test'
import { analyzed } from './project.ts'

/** The reason against `routes/index.js#GET`, beside a package `kit` with that code. */
async function reasonOf(kit: string, routes: Record<string, string>): Promise<string | null> {
  const files: Record<string, string> = {
    'node_modules/kit/package.json': '{"name":"kit","type":"module","main":"index.js"}',
    'node_modules/kit/index.js': kit,
  }
  for (const [name, code] of Object.entries(routes)) files[`routes/${name}.js`] = code
  const { reasons } = await analyzed(files)
  return reasons.get('routes/index.js#GET')?.message ?? null
}

const MEMO = `const memo = {}; export const twice = n => (memo[n] ??= { value: n * 2 }).value
export const seen = () => Object.keys(memo)`
const TWICE = `import { twice } from 'kit'; export const GET = c => c.json(twice(2))`

describe('what a package keeps', () => {
  const cases: [name: string, isStatic: boolean, kit: string, routes: Record<string, string>][] = [
    ['a memo that nobody else sees is no change', true, MEMO, { index: TWICE }],
    ['two routes may keep the same', true, MEMO, { index: TWICE, other: TWICE }],
    [
      'two routes may keep different things under different names',
      true,
      MEMO,
      { index: TWICE, other: TWICE.replace('twice(2)', 'twice(3)') },
    ],
    [
      'two routes that keep different things at one place change each other',
      false,
      `let first; export const keep = n => { first ??= n; return n }`,
      {
        index: `import { keep } from 'kit'; export const GET = c => c.json(keep(2))`,
        other: `import { keep } from 'kit'; export const GET = c => c.json(keep(3))`,
      },
    ],
    [
      'a memo that another route lists is a change',
      false,
      MEMO,
      { index: TWICE, other: `import { seen } from 'kit'; export const GET = c => c.json(seen())` },
    ],
    [
      'a memo that another route fills from the request is read',
      false,
      MEMO,
      {
        index: TWICE,
        other: `import { twice } from 'kit'; export const GET = c => c.json(twice(c.req.query('n')))`,
      },
    ],
    [
      'a counter never comes to rest',
      false,
      `let n = 0; export const hit = () => ++n > 1e9`,
      { index: `import { hit } from 'kit'; export const GET = c => c.json(hit())` },
    ],
    [
      'a list that a memo grows by is a counter',
      false,
      `const kept = {}; export const hit = () => { (kept.list ??= []).push(1); return kept.list.length > 1e9 }`,
      { index: `import { hit } from 'kit'; export const GET = c => c.json(hit())` },
    ],
    [
      'an answer that is another one the second time is no memo',
      false,
      `let was; export const first = () => { const now = was === undefined; was = 1; return now }`,
      { index: `import { first } from 'kit'; export const GET = c => c.json(first())` },
    ],
    [
      'a WeakMap tells nobody of a key that is made in the call',
      true,
      `const marks = new WeakMap(); export const mark = o => { marks.set(o, 1); return marks.get(o) }`,
      { index: `import { mark } from 'kit'; export const GET = c => c.json(mark({}))` },
    ],
    [
      'a WeakMap of an object that stays is a change',
      false,
      `const marks = new WeakMap(); const key = {}; export const mark = () => { marks.set(key, (marks.get(key) ?? 0) + 1); return marks.get(key) > 1e9 }`,
      { index: `import { mark } from 'kit'; export const GET = c => c.json(mark())` },
    ],
    [
      'what is made anew each time is as it was',
      true,
      `const tool = {}; export const use = () => { tool.state = { list: [1] }; return tool.state.list.length }`,
      { index: `import { use } from 'kit'; export const GET = c => c.json(use())` },
    ],
    [
      'code from text is followed where a package makes it',
      true,
      `export const sum = new Function('a', 'b', 'return a + b')`,
      { index: `import { sum } from 'kit'; export const GET = c => c.json(sum(1, 2))` },
    ],
    [
      'code from text that reads the clock is found',
      false,
      `export const now = new Function('return Date.now()')`,
      { index: `import { now } from 'kit'; export const GET = c => c.json(now())` },
    ],
    [
      'what is written before it is read may differ',
      true,
      `let at; export const use = n => { at = n; return at }`,
      {
        index: `import { use } from 'kit'; export const GET = c => c.json(use(1))`,
        other: `import { use } from 'kit'; export const GET = c => c.json(use(2))`,
      },
    ],
    [
      'a pattern whose search is begun anew each time may stop at another place',
      true,
      `const p = /b/g; export const find = text => { p.lastIndex = 0; return p.test(text) }`,
      {
        index: `import { find } from 'kit'; export const GET = c => c.json(find('ab'))`,
        other: `import { find } from 'kit'; export const GET = c => c.json(find('aaab'))`,
      },
    ],
    [
      'a WeakMap keeps apart what two routes have as keys',
      true,
      `const marks = new WeakMap(); export const mark = o => { if (!marks.has(o)) marks.set(o, [o.n]); return marks.get(o)[0] }`,
      {
        index: `import { mark } from 'kit'; const key = { n: 1 }; export const GET = c => c.json(mark(key))`,
        other: `import { mark } from 'kit'; const key = { n: 2 }; export const GET = c => c.json(mark(key))`,
      },
    ],
    [
      'a WeakMap tells of a key that two routes have',
      false,
      `const marks = new WeakMap(); const key = {}; export const mark = n => { if (!marks.has(key)) marks.set(key, n); return n === 2 ? n : marks.get(key) }`,
      {
        index: `import { mark } from 'kit'; export const GET = c => c.json(mark(1))`,
        other: `import { mark } from 'kit'; export const GET = c => c.json(mark(2))`,
      },
    ],
    [
      'a WeakMap tells of a builtin as key',
      false,
      `const marks = new WeakMap(); export const mark = () => { const first = !marks.has(Math); marks.set(Math, 1); return first }`,
      { index: `import { mark } from 'kit'; export const GET = c => c.json(mark())` },
    ],
    [
      'two routes that keep the same at one place, and one of them more, change each other',
      false,
      `let a, b; export const some = () => { a ??= 1 }
       export const all = () => { if (a && !b) return 'half'; a = 1; b = 1; return 'whole' }`,
      {
        index: `import { all } from 'kit'; export const GET = c => c.json(all())`,
        other: `import { some } from 'kit'; export const GET = c => c.json(some())`,
      },
    ],
    [
      'a route that sets back what another one keeps changes it',
      false,
      `let mode = 0, cache; export const reset = () => { mode = 0 }
       export const use = () => { if (!mode && cache) return 'odd'; mode = 1; cache = 1; return 'even' }`,
      {
        index: `import { use } from 'kit'; export const GET = c => c.json(use())`,
        other: `import { reset } from 'kit'; export const GET = c => c.json(reset())`,
      },
    ],
    [
      'a memo of the project itself is a change',
      false,
      'export const one = 1',
      { index: `const memo = {}; export const GET = c => c.json((memo.a ??= 1))` },
    ],
  ]
  for (const [name, isStatic, kit, routes] of cases)
    test(name, async () => {
      const reason = await reasonOf(kit, routes)
      assert.equal(reason === null, isStatic, String(reason))
    })
})
