// node:test's events -> lines for people: one a file while the tests run, each failure in full, each
// skip with its reason, and at the very end `N passed, N failed`.

import { isAbsolute, relative } from 'node:path'
import { inspect } from 'node:util'

/** Milliseconds from which on a test is worth naming for the time it took. */
const SLOW = 20_000

export default async function* report(source) {
  const files = new Map()
  const failures = []
  const skips = []
  const path = []
  let passed = 0

  const count = file => {
    const name = file ? (isAbsolute(file) ? relative(process.cwd(), file) : file) : '(no file)'
    if (!files.has(name)) files.set(name, { name, passed: 0, failed: 0, skipped: 0, ms: 0 })
    return files.get(name)
  }

  for await (const { type, data } of source) {
    if (type === 'test:start') {
      path.length = data.nesting
      path.push(data.name)
    } else if (type === 'test:pass' || type === 'test:fail') {
      const name = [...path.slice(0, data.nesting), data.name].join(' > ')
      const counts = count(data.file ?? data.name)
      const isSuite = data.details?.type === 'suite'
      if (data.nesting === 0) counts.ms += data.details?.duration_ms ?? 0
      if (type === 'test:fail' && data.todo === undefined) {
        const error = data.details?.error
        // A parent fails with its children, which are told already.
        if (error?.failureType === 'subtestsFailed') continue
        counts.failed++
        failures.push({ file: counts.name, name })
        yield `\n✖ ${counts.name}: ${name}\n${indent(describe(error))}\n\n`
      } else if (data.skip !== undefined) {
        counts.skipped++
        skips.push({ file: counts.name, name, why: data.skip === true ? '' : data.skip })
      } else if (!isSuite && !isAbsolute(data.name)) {
        // A file without a test passes under its own name, and has shown nothing.
        counts.passed++
        passed++
        const ms = data.details?.duration_ms ?? 0
        if (ms > SLOW) yield `  ${counts.name}: ${name} (${(ms / 1000).toFixed(0)} s)\n`
      }
    } else if (type === 'test:stdout' || type === 'test:stderr') {
      yield data.message
    }
  }

  for (const file of [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const skipped = file.skipped > 0 ? `, ${file.skipped} skipped` : ''
    yield `${file.failed > 0 ? '✖' : '✔'} ${file.name}: ${file.passed} passed, ${file.failed} failed${skipped} (${(file.ms / 1000).toFixed(1)} s)\n`
  }
  if (skips.length > 0) yield '\nSkipped:\n'
  const reasons = new Map()
  for (const { file, name, why } of skips) {
    const key = `${file}: ${why || name}`
    reasons.set(key, (reasons.get(key) ?? 0) + 1)
  }
  for (const [key, times] of reasons) yield `  ${key}${times > 1 ? ` (${times} tests)` : ''}\n`
  if (failures.length > 0) yield '\nFailed:\n'
  for (const { file, name } of failures) yield `  ${file}: ${name}\n`
  const skipped = skips.length > 0 ? `, ${skips.length} skipped` : ''
  yield `\n${passed} passed, ${failures.length} failed${skipped}\n`
}

function describe(error) {
  if (!error) return 'failed without an error'
  const cause = error.code === 'ERR_TEST_FAILURE' && error.cause ? error.cause : error
  if (typeof cause === 'string') return cause
  return cause.stack ?? inspect(cause)
}

function indent(text) {
  return text.replace(/^/gm, '    ')
}
