// `precast build`: compiles the project, writes dist/, prints the table.

import { relative, resolve } from 'node:path'
import { compile, ProjectError } from '../compiler/compile.ts'
import { emit } from '../compiler/emit.ts'
import { link } from '../compiler/link.ts'
import { summary, table } from '../compiler/report.ts'
import { serialize } from '../compiler/serialize.ts'
import type { Diagnostic } from '../compiler/stages.ts'
import { colors, printDiagnostics, progress } from './terminal.ts'

/** @returns the exit code. */
export async function build(folder: string, version: string): Promise<number> {
  const started = performance.now()
  const diagnostics: Diagnostic[] = []
  const spinner = progress()
  try {
    const compiled = await compile(folder, { onProgress: spinner.step }, diagnostics)
    const linked = link(compiled)
    const { frozen, rows } = compiled.judgement
    const total = frozen.length + compiled.site.publicFiles.length
    let done = 0
    const entries = serialize(compiled, linked, () => spinner.step('compressing', ++done, total))
    const size = await emit(compiled, linked, entries, version, diagnostics)
    spinner.stop()
    printDiagnostics(diagnostics)
    if (size === null) return 1
    const seconds = (performance.now() - started) / 1000
    console.log(table(rows, process.stdout.columns ?? 160, colors(process.stdout)))
    console.log(`\n${summary(rows, compiled.site.publicFiles.length, size, seconds)}`)
    console.log(`dist/ is ready: precast start ${relative('.', resolve(folder))}`.trimEnd())
    return 0
  } catch (error) {
    spinner.stop()
    if (!(error instanceof ProjectError)) throw error
    printDiagnostics(error.diagnostics)
    return 1
  } finally {
    spinner.stop()
  }
}
