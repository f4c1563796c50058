// The syntactic witness against two tables: no impure handler passes, every ordinary one does.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { impure } from './impure.ts'
import { laundered } from './laundered.ts'
import { analyzed, type Files } from './project.ts'
import { pure } from './pure.ts'

function filesOf(source: string | Files): Files {
  return typeof source === 'string' ? { 'routes/index.jsx': source } : source
}

/** The handler a case is about: that of the first route, GET or default. */
async function reasonFor(source: string | Files) {
  const analysis = await analyzed(filesOf(source))
  const id = [...analysis.reasons.keys()].find(id => /^routes\/index\.jsx?#(GET|default)$/.test(id))
  assert.ok(id, 'there is a handler')
  return analysis.reasons.get(id) ?? null
}

describe('an impure handler has a reason:', () => {
  for (const [name, source, expected] of impure) {
    test(name, async () => {
      const reason = await reasonFor(source)
      assert.ok(reason, 'must not be static')
      assert.match(reason.message.replaceAll('index.jsx', 'index.js'), expected)
      assert.ok(reason.line >= 1 && reason.column >= 1 && reason.file.length > 0)
    })
  }
})

describe('an ordinary handler has none:', () => {
  for (const [name, source] of pure) {
    test(name, async () => {
      const reason = await reasonFor(source)
      assert.equal(
        reason && `${reason.message} (${reason.file}:${reason.line}:${reason.column})`,
        null,
      )
    })
  }
})

test('a value taken while loading is followed a long way round', async () => {
  const files: Files = {}
  for (const [name, declarations, expression] of laundered)
    files[`routes/${name}.js`] =
      `${declarations.replaceAll('NOW', 'Date.now()')}\nexport const GET = async c => c.json(${expression} ?? null)`
  files['routes/beside.js'] = "export const GET = c => c.text('beside')"
  const { reasons } = await analyzed(files)
  assert.equal(reasons.get('routes/beside.js#GET'), null, 'no other route demotes them all')
  const passed = laundered.filter(([name]) => reasons.get(`routes/${name}.js#GET`) === null)
  assert.deepEqual(passed, [])
})
