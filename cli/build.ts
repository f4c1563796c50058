// `precast build`: compiles the project, writes dist/, prints the table.

import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compile, ProjectError } from '../compiler/compile.ts'
import { emit, restore } from '../compiler/emit.ts'
import { link } from '../compiler/link.ts'
import { summary, table } from '../compiler/report.ts'
import { type FirstMade, serialize } from '../compiler/serialize.ts'
import type { Diagnostic, Entry, Row } from '../compiler/stages.ts'
import { load } from '../runtime/load.ts'
import { acceptVerdicts, checkExpected, Drifted, printDiff } from './expect.ts'
import { colors, printDiagnostics, progress } from './terminal.ts'

export interface BuildFlags {
  /** File of the accepted verdicts. */
  expect?: string
  /** Whether to write that file in the place of holding against it. */
  accept?: boolean
}

/** @returns the exit code. */
export async function build(
  folder: string,
  version: string,
  { expect, accept = false }: BuildFlags = {},
): Promise<number> {
  if (accept && expect === undefined) {
    console.error('precast: --accept goes with --expect FILE')
    return 2
  }
  const started = performance.now()
  const diagnostics: Diagnostic[] = []
  const spinner = progress()
  try {
    const compiled = await compile(folder, { onProgress: spinner.step }, diagnostics)
    if (expect !== undefined && !accept) checkExpected(expect, compiled, diagnostics)
    const linked = link(compiled)
    const { frozen, rows } = compiled.judgement
    const total = frozen.length + compiled.site.publicFiles.length
    let done = 0
    const options = {
      now: now(),
      firstMade: await earlier(compiled.project.root),
      onDone: () => spinner.step('compressing', ++done, total),
    }
    const entries = serialize(compiled, linked, options, diagnostics)
    const size = await emit(compiled, linked, measured(entries, rows), version, diagnostics)
    spinner.stop()
    printDiagnostics(diagnostics, UNTOUCHED)
    if (size === null) return 1
    const seconds = (performance.now() - started) / 1000
    console.log(
      table(rows, process.stdout.columns ?? Number.POSITIVE_INFINITY, colors(process.stdout)),
    )
    console.log(`\n${summary(rows, compiled.site.publicFiles.length, size, seconds)}`)
    if (expect !== undefined && accept) {
      const changed = acceptVerdicts(expect, compiled)
      console.log(`${expect} ${changed ? 'holds these verdicts now' : 'is as it was'}`)
    }
    console.log(`dist/ is ready: precast start ${relative('.', resolve(folder))}`.trimEnd())
    return 0
  } catch (error) {
    spinner.stop()
    if (!(error instanceof ProjectError)) throw error
    if (error instanceof Drifted) printDiff(error)
    printDiagnostics(error.diagnostics, UNTOUCHED)
    return 1
  } finally {
    spinner.stop()
  }
}

/** What errors mean for the earlier build. */
const UNTOUCHED = '; dist/ is left as it was'

/** Passes entries on, and writes their sizes into the rows of the table. */
async function* measured(entries: AsyncIterable<Entry>, rows: Row[]): AsyncGenerator<Entry> {
  const byPath = new Map(
    rows.filter(row => row.verdict === 'static' && !row.role).map(row => [row.path, row]),
  )
  for await (const entry of entries) {
    const row = byPath.get(entry.key)
    if (row)
      row.sizes = Object.fromEntries(
        entry.variants.map(({ encoding, length }) => [encoding, length]),
      )
    yield entry
  }
}

/** Unix seconds of this build; reproducible-builds.org has builds honour the variable. */
function now(): number {
  const given = process.env.SOURCE_DATE_EPOCH
  return given && /^\d{1,10}$/.test(given) ? Number(given) : Math.floor(Date.now() / 1000)
}

/** When the responses of the build before this one were first made. */
async function earlier(root: string): Promise<FirstMade> {
  try {
    restore(root)
    const { statics } = await load(pathToFileURL(join(root, 'dist/')))
    return (key, etag) => {
      const known = statics.get(key)
      return known?.variants[0]?.etag === etag ? known.lastModified : undefined
    }
  } catch {
    // None, or one of another version: everything is new.
    return () => undefined
  }
}
