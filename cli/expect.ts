// `precast build --expect FILE`: the file that holds the accepted verdicts, read before anything is
// written, or written once all is.

import { readFileSync, writeFileSync } from 'node:fs'
import { ProjectError } from '../compiler/compile.ts'
import { drift, expectations } from '../compiler/expect.ts'
import type { Compiled, Diagnostic } from '../compiler/stages.ts'
import { colors } from './terminal.ts'

/**
 * Holds the verdicts against the file. What is new goes into `diagnostics`.
 * @throws {ProjectError} where a verdict got worse, or the file cannot be read.
 */
export function checkExpected(file: string, compiled: Compiled, diagnostics: Diagnostic[]): void {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    diagnostics.push({
      severity: 'error',
      code: 'no-expectations',
      message: isMissing
        ? `there is no file ${file}`
        : `${file} cannot be read: ${(error as Error).message}`,
      hint: `to accept the verdicts as they are: precast build --expect ${file} --accept`,
    })
    throw new ProjectError(diagnostics)
  }
  const { errors, warnings, diff } = drift(text, compiled, file)
  diagnostics.push(...warnings, ...errors)
  if (errors.length === 0) return
  throw new Drifted(diagnostics, `${file}\n${diff.join('\n')}`)
}

/** A verdict got worse; with the lines of the file that would change. */
export class Drifted extends ProjectError {
  readonly diff: string
  constructor(diagnostics: Diagnostic[], diff: string) {
    super(diagnostics)
    this.diff = diff
  }
}

/** Prints the lines that would change, coloured like a diff. */
export function printDiff({ diff }: Drifted): void {
  const paint = colors(process.stderr)
  for (const line of diff.split('\n')) {
    console.error(
      line.startsWith('- ') ? paint.red(line) : line.startsWith('+ ') ? paint.green(line) : line,
    )
  }
}

/** Writes the verdicts as they are; says whether that changed anything. */
export function acceptVerdicts(file: string, compiled: Compiled): boolean {
  const text = expectations(compiled)
  try {
    if (readFileSync(file, 'utf8') === text) return false
  } catch {
    // None yet.
  }
  writeFileSync(file, text)
  return true
}
