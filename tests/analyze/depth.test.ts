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

test('code too deep to be followed makes its own route dynamic and no other', async () => {
  // No function is too deep by itself; one inside the other they are.
  const functions = Array.from(
    { length: 25 },
    (_, i) => `const f${i} = x => f${i + 1}(x)${'.trim()'.repeat(300)}`,
  )
  const { reasons } = await analyzed({
    'routes/deep.js': `${functions.join('\n')}\nconst f25 = x => x\nexport const GET = () => f0('a')`,
    'routes/pure.js': PURE,
  })
  assert.equal(reasons.get('routes/deep.js#GET')?.message, 'does more than the compiler follows')
  assert.equal(reasons.get('routes/pure.js#GET'), null)
})
