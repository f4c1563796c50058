// Compiler cases: each folder of tests/cases is a project. The first line of a route says the truth
// (`// static`, `// template` or `// dynamic: why`), decided by whoever wrote it, and `// cause` marks the line where
// the reason must stand. expected/explain.json holds what `explain --json` says in full; UPDATE=1
// rewrites it, and never the truth.

import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { describe } from 'node:test'
import { type ExplainRow, explain, root, temporary } from './lib/project.ts'

const cases = join(root, 'tests', 'cases')

for (const theme of readdirSync(cases).sort()) {
  describe(theme, async () => {
    const folder = join(temporary(), theme)
    cpSync(join(cases, theme, 'routes'), join(folder, 'routes'), { recursive: true })
    const rows = await explain(folder)

    for (const file of sources(join(folder, 'routes'))) {
      const lines = readFileSync(join(folder, 'routes', file), 'utf8').split('\n')
      const [, truth, why] = /^\/\/ (static|template|dynamic)(?:: (.+))?$/.exec(lines[0]!) ?? []
      if (!truth) continue
      const own = rows
        .filter(row => row.method === 'GET' || row.role)
        .filter(row => answers(row, file))
      // Of a parameter route, the URLs that were named; without any, the pattern.
      const named = own.filter(row => !/:\w|\*$/.test(row.path) || row.role)
      test(`${file} is ${truth}${why ? `: ${why}` : ''}`, () => {
        assert.ok(own.length > 0, `no row for ${file}`)
        for (const { path, verdict, reason } of named.length > 0 ? named : own) {
          if (truth !== 'dynamic') {
            assert.equal(verdict, truth, `${path}: ${JSON.stringify(reason)}`)
            continue
          }
          assert.notEqual(verdict, 'static', `${path} is wrongly static`)
          const cause = lines.findIndex(line => line.endsWith('// cause')) + 1
          if (cause === 0) continue
          assert.equal(
            `${reason!.file}:${reason!.line}`,
            `routes/${file}:${cause}`,
            reason!.message,
          )
        }
      })
    }

    test('every verdict and every reason is the expected one', () => {
      const expected = join(cases, theme, 'expected')
      const path = join(expected, 'explain.json')
      if (process.env.UPDATE) {
        mkdirSync(expected, { recursive: true })
        writeFileSync(path, `${JSON.stringify(rows, null, 2)}\n`)
      }
      assert.ok(existsSync(path), `${path} is missing: UPDATE=1 writes it`)
      assert.deepEqual(rows, JSON.parse(readFileSync(path, 'utf8')))
    })
  })
}

/** Whether the row speaks of the route in that file. */
function answers(row: ExplainRow, file: string): boolean {
  const stem = file.replace(/\.tsx?$/, '').replace(/(^|\/)index$/, '')
  if (stem.endsWith('_404')) return row.role === '404'
  if (row.role) return false
  if (!stem.includes('[')) return row.path === `/${stem}`
  const pattern = stem.replace(/\[\[?\.{3}\w+\]?\]/g, '\\*').replace(/\[\w+\]/g, '[^/]+')
  return new RegExp(`^/${pattern}$`).test(row.path)
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name))
    .sort()
}
