// Real packages in handlers: each route of tests/packages is a project of its own. Its first line says
// the truth, decided by whoever wrote it, and `// cause` marks the line where the reason must stand.
// docs/packages.md holds what came out as a table; UPDATE=1 rewrites it, and never the truth.

import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { before, describe } from 'node:test'
import { type ExplainRow, explain, root, temporary } from './lib/project.ts'

const fixtures = join(root, 'tests', 'packages')
const page = join(root, 'docs', 'packages.md')

/** Projects compiled at once. */
const AT_ONCE = 3

interface Use {
  name: string
  file: string
  lines: string[]
  isStatic: boolean
  what: string
}

const uses = readdirSync(fixtures)
  .sort()
  .flatMap(name =>
    readdirSync(join(fixtures, name, 'routes'))
      .sort()
      .map(file => useOf(name, file)),
  )

function useOf(name: string, file: string): Use {
  const lines = readFileSync(join(fixtures, name, 'routes', file), 'utf8').split('\n')
  const [, verdict, what] = /^\/\/ (static|dynamic): (.+)$/.exec(lines[0]!)!
  return { name, file, lines, isStatic: verdict === 'static', what: what! }
}

/** The package's folder with one route only. */
async function rowOf({ name, file }: Use): Promise<ExplainRow> {
  const folder = join(temporary(), name)
  cpSync(join(fixtures, name), folder, {
    recursive: true,
    filter: source => !/\/routes\/.+/.test(source) || source.endsWith(`/routes/${file}`),
  })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const [row] = await explain(folder)
  return row!
}

const rows = new Map<Use, ExplainRow>()

describe('packages', () => {
  before(async () => {
    const open = [...uses]
    const worker = async (): Promise<void> => {
      for (let use = open.shift(); use; use = open.shift()) rows.set(use, await rowOf(use))
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  })

  for (const use of uses)
    test(`${use.name}: ${use.what}`, () => {
      const { verdict, reason } = rows.get(use)!
      assert.equal(verdict, use.isStatic ? 'static' : 'dynamic', JSON.stringify(reason))
      const cause = use.lines.findIndex(line => line.endsWith('// cause')) + 1
      if (cause === 0) return
      assert.equal(
        `${reason!.file}:${reason!.line}`,
        `routes/${use.file}:${cause}`,
        reason!.message,
      )
    })

  test('the table in docs/packages.md is what comes out', () => {
    const text = readFileSync(page, 'utf8')
    const [start, end] = ['<!-- table -->\n', '<!-- /table -->']
    const from = text.indexOf(start) + start.length
    const table = `\n${tableOf()}\n`
    const now = text.slice(0, from) + table + text.slice(text.indexOf(end))
    if (process.env.UPDATE) writeFileSync(page, now)
    assert.equal(process.env.UPDATE ? now : text, now)
  })
})

function tableOf(): string {
  const head = [
    '| package | what the handler does | verdict | reason |',
    '| --- | --- | --- | --- |',
  ]
  const body = uses.map(use => {
    const { verdict, reason } = rows.get(use)!
    const why = reason ? `${reason.message} (\`${reason.file}:${reason.line}\`)` : ''
    return `| ${versioned(use.name)} | ${use.what} | ${verdict} | ${why} |`
  })
  return [...head, ...body, ''].join('\n')
}

function versioned(name: string): string {
  const folder = name === 'hono-jsx' ? 'hono' : name
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules', folder, 'package.json'), 'utf8'),
  ) as { version: string }
  return `${name === 'hono-jsx' ? 'hono/jsx' : name} ${version}`
}
