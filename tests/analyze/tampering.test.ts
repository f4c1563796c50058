// What code that is given up may do to the language, found without running it: two tables, and the way
// from such code to the verdict of a route beside it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseProgram } from '../../compiler/analyze/program.ts'
import { tampersAt } from '../../compiler/analyze/tampers.ts'
import { devious, hidden, ordinary } from './tampering.ts'

/** Where a module, given as one or as a handler's body, may change the language. */
function found(code: string): string | null {
  const text = /^export /m.test(code) ? code : `export const GET = async c => {\n${code}\n}`
  const bundle = {
    dir: '',
    chunks: new Map([['m0.js', { name: 'm0.js', code: text, map: '' }]]),
    modules: new Map(),
    inputs: [],
    websockets: false,
  }
  const program = parseProgram(bundle)
  assert.ok(typeof program !== 'string')
  const at = tampersAt(program, { modules: ['m0.js'], tops: [], beside: [] })
  return at && text.slice(at.at, at.at + 60)
}

describe('what is given up may change the language by', () => {
  for (const [name, code] of devious)
    test(name, () => {
      assert.notEqual(found(code), null)
    })
})

test('what is given up may change the language in many more ways', () => {
  assert.deepEqual(
    hidden.filter(code => found(code) === null),
    [],
  )
})

describe('what is given up changes nothing of the language by', () => {
  for (const [name, code] of ordinary)
    test(name, () => {
      assert.equal(found(code), null)
    })
})
