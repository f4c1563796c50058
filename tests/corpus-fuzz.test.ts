// Handlers generated from a grammar: of those known to be impure the analyzer lets none pass, on its
// own, though a static route would need the evaluation's word as well. PRECAST_FUZZ=10000 makes more
// of them, PRECAST_SEED=N others.

import assert from 'node:assert/strict'
import process from 'node:process'
import test from 'node:test'
import fc from 'fast-check'
import { analyzed, type Files } from './analyze/project.ts'
import { generate, recipe } from './corpus/grammar.ts'

const COUNT = Number(process.env.PRECAST_FUZZ ?? 300)
const SEED = Number(process.env.PRECAST_SEED ?? 20261121)

/** Handlers a project. */
const TOGETHER = 100

/** Share of the pure ones that pass at least, else the test would prove nothing: some parts never do. */
const PRECISION = 0.7

test(`of ${COUNT} generated handlers no impure one passes`, async t => {
  const made = fc
    .sample(recipe, { numRuns: COUNT, seed: SEED })
    .map((one, index) => ({ name: `r${index}`, ...generate(`r${index}`, one) }))
  const wrong: string[] = []
  const missed: string[] = []
  for (let at = 0; at < made.length; at += TOGETHER) {
    const some = made.slice(at, at + TOGETHER)
    const files: Files = Object.assign({}, ...some.map(one => one.files))
    const { reasons } = await analyzed(files)
    for (const one of some) {
      const reason = reasons.get(`routes/${one.name}.ts#GET`)
      assert.notEqual(reason, undefined, one.name)
      const text = Object.entries(one.files)
        .map(([file, source]) => `// ${file}\n${source}`)
        .join('\n')
      if (one.impure && reason === null) wrong.push(text)
      if (!one.impure && reason) missed.push(`// ${reason.message}\n${text}`)
    }
  }
  const pure = made.filter(one => !one.impure).length
  t.diagnostic(`${pure - missed.length} of ${pure} pure handlers pass`)
  if (process.env.PRECAST_FUZZ_SHOW) for (const one of missed.slice(0, 20)) t.diagnostic(one)
  const shortest = wrong.sort((a, b) => a.length - b.length).slice(0, 10)
  assert.equal(wrong.length, 0, `${wrong.length} pass:\n\n${shortest.join('\n\n')}`)
  assert.ok(1 - missed.length / pure >= PRECISION, missed.slice(0, 5).join('\n\n'))
})
