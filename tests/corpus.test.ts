// The corpus: small route modules with known truth. Each folder of tests/corpus/fixtures is a project,
// built once; the first line of a route says `// pure` or `// impure: why`, decided by whoever wrote
// it. No impure one may be static, nearly all pure ones are, every other verdict is explained.

import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import test, { before, describe } from 'node:test'
import { analyzed, type Files } from './analyze/project.ts'
import { program } from '../cli/hosts.ts'
import { type ExplainRow, explain, root, temporary } from './lib/project.ts'

const fixtures = join(root, 'tests', 'corpus', 'fixtures')

/** Share of the pure routes that are static at least. */
const PRECISION = 0.95

/** Projects about changes that no run needs to show: the analyzer has to see them by itself. */
const BY_SYNTAX = /^(state|changes|evasion|tamper)/

/** Projects compiled at once: a compilation waits for its own processes half of the time. */
const AT_ONCE = 3

/** Compiled by every host that builds: what hosts differ in. By hand (`PRECAST_CORPUS=all`) all are. */
const BY_HOSTS = process.env.PRECAST_CORPUS === 'all' ? /./ : /^(engines|ambient)$/

interface Case {
  project: string
  /** Relative to the project. */
  file: string
  /** Why it is impure; null where it is pure. */
  why: string | null
}

const projects = readdirSync(fixtures).sort()
const cases = projects.flatMap(casesOf)
const rows = new Map<string, ExplainRow[]>()

describe('the corpus', () => {
  before(async () => {
    const open = [...projects]
    const worker = async (): Promise<void> => {
      for (let name = open.shift(); name !== undefined; name = open.shift()) {
        const folder = join(temporary(), name)
        cpSync(join(fixtures, name), folder, { recursive: true })
        rows.set(name, await explain(folder))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  })

  test('holds at least a hundred impure routes and fifty pure ones', () => {
    assert.ok(cases.filter(one => one.why !== null).length >= 100)
    assert.ok(cases.filter(one => one.why === null).length >= 50)
  })

  for (const name of projects) {
    const impure = cases.filter(one => one.project === name && one.why !== null)
    if (impure.length === 0) continue
    test(`${name}: none of ${impure.length} impure routes is static`, () => {
      const wrong = impure.flatMap(one =>
        rowsOf(one)
          .filter(row => row.verdict === 'static')
          .map(row => `${one.file} (${row.path}): ${one.why}`),
      )
      assert.deepEqual(wrong, [])
    })
  }

  for (const host of ['bun', 'deno'] as const)
    for (const name of projects.filter(one => BY_HOSTS.test(one)))
      test(`${name}: none is static on a build by ${host}`, async () => {
        const found = program(host, root)
        if (typeof found === 'string') throw new Error(found)
        const folder = join(temporary(), name)
        cpSync(join(fixtures, name), folder, { recursive: true })
        const built = new Map([
          [name, await explain(folder, undefined, { command: found.command })],
        ])
        const wrong = cases
          .filter(one => one.project === name && one.why !== null)
          .flatMap(one => rowsOf(one, built).filter(row => row.verdict === 'static'))
        assert.deepEqual(
          wrong.map(row => row.path),
          [],
        )
      })

  test('the analyzer by itself passes none that a run need not show', async () => {
    const wrong: string[] = []
    for (const name of projects.filter(one => BY_SYNTAX.test(one))) {
      const files: Files = {}
      for (const entry of readdirSync(join(fixtures, name), {
        recursive: true,
        withFileTypes: true,
      }))
        if (entry.isFile()) {
          const path = join(entry.parentPath, entry.name)
          files[relative(join(fixtures, name), path)] = readFileSync(path, 'utf8')
        }
      const { reasons } = await analyzed(files)
      for (const { file, why } of cases.filter(one => one.project === name && one.why !== null))
        if (reasons.get(`${file}#GET`) === null) wrong.push(`${name}/${file}: ${why}`)
    }
    assert.deepEqual(wrong, [])
  })

  test('nearly every pure route is static', t => {
    const pure = cases.filter(one => one.why === null)
    const missed = pure.flatMap(one => {
      const row = rowsOf(one).find(({ verdict }) => verdict !== 'static')
      return row ? [`${one.file}: ${JSON.stringify(row.reason)}`] : []
    })
    for (const line of missed) t.diagnostic(line)
    assert.ok(1 - missed.length / pure.length >= PRECISION, missed.join('\n'))
  })

  test('whatever is not static has a reason with its place', () => {
    for (const name of projects)
      for (const { path, verdict, reason } of rows.get(name)!) {
        if (verdict === 'static') continue
        const what = `${name} ${path}: ${JSON.stringify(reason)}`
        assert.ok(reason && reason.message.length > 8, what)
        assert.ok(reason.line > 0 && reason.column > 0, what)
        const { length } = readFileSync(join(fixtures, name, reason.file), 'utf8').split('\n')
        assert.ok(reason.line <= length, what)
      }
  })
})

/** What the verdicts say of a route's GET; for a parameter route of the URLs it names. */
function rowsOf({ project, file }: Case, built = rows): ExplainRow[] {
  const stem = file
    .replace(/^routes\//, '')
    .replace(/\.tsx?$/, '')
    .replace(/(^|\/)index$/, '')
  const pattern = new RegExp(`^/${stem.replace(/\./g, '\\.').replace(/\[\w+\]/g, '[^/:]+')}$`)
  const found = built
    .get(project)!
    .filter(row => row.method === 'GET' && !row.role && pattern.test(row.path))
  assert.ok(found.length > 0, `no row for ${project}/${file}`)
  return found
}

function casesOf(project: string): Case[] {
  return readdirSync(join(fixtures, project), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.tsx?$/.test(file))
    .sort()
    .flatMap(file => {
      const [first] = readFileSync(join(fixtures, project, file), 'utf8').split('\n', 1)
      const [, truth, why] = /^\/\/ (pure|impure: (.+))$/.exec(first!) ?? []
      return truth ? [{ project, file, why: why ?? null }] : []
    })
}
