// Code that nests more deeply than the engine's stack allows is no crash: what cannot be read or
// followed is not static, and neither is what it might change.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyzed } from './project.ts'

const PURE = "export const GET = () => 'fine'"

test('code too deep to be parsed makes the project dynamic, and names its file', async () => {
  const { reasons } = await analyzed({
    'routes/deep.js': `const s = ${'['.repeat(20_000)}${']'.repeat(20_000)}\nexport const GET = () => String(s.length)`,
    'routes/pure.js': PURE,
  })
  for (const id of ['routes/deep.js#GET', 'routes/pure.js#GET']) {
    const reason = reasons.get(id)
    assert.match(reason?.message ?? 'static', /nests more deeply than the compiler can read/)
    assert.equal(reason?.file, 'routes/deep.js')
  }
})

// No function is too deep by itself; one inside the other they are.
const TOO_DEEP = Array.from(
  { length: 25 },
  (_, i) => `const f${i} = x => f${i + 1}(x)${'.trim()'.repeat(300)}`,
).join('\n')

test('code too deep to be followed makes its own route dynamic and no other', async () => {
  const { reasons } = await analyzed({
    'routes/deep.js': `${TOO_DEEP}\nconst f25 = x => x\nexport const GET = c => f0(c.req.path)`,
    'routes/pure.js': PURE,
  })
  assert.equal(reasons.get('routes/deep.js#GET')?.message, 'does more than the compiler follows')
  assert.equal(reasons.get('routes/pure.js#GET'), null)
})

for (const change of [
  "String.prototype.trim = () => 'evil'",
  "const P = String.prototype\nP.trim = () => 'evil'",
  'delete Array.prototype.map',
  "Object.assign(String.prototype, { trim: () => 'evil' })",
  "Object.getPrototypeOf('').trim = () => 'evil'",
  "''.__proto__.trim = () => 'evil'",
  'patch(String.prototype)',
  'globalThis.String = 1',
])
  test(`code that is given up may run all it says: ${change.replace('\n', '; ')}`, async () => {
    const { reasons } = await analyzed({
      'routes/deep.js': `${TOO_DEEP}\nconst patch = p => { p.trim = 1 }\nconst f25 = x => {\n${change}\nreturn x }\nexport const GET = c => f0(c.req.path)`,
      'routes/pure.js': "export const GET = () => 'fine '.trim()",
    })
    const reason = reasons.get('routes/pure.js#GET')
    assert.match(reason?.message ?? 'static', /may change what the language provides/)
    assert.equal(reason?.file, 'routes/deep.js')
  })
