// What commands share when they print: colours where wanted, a progress line on a terminal, the
// diagnostics on standard error.

import pc from 'picocolors'
import yoctoSpinner from 'yocto-spinner'
import { type Colors, diagnosticText } from '../compiler/report.ts'
import type { Diagnostic } from '../compiler/stages.ts'

/** Colours for a stream: none where it is no terminal or NO_COLOR is set (no-color.org). */
export function colors(stream: NodeJS.WriteStream): Colors {
  return pc.createColors(
    Boolean(stream.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  )
}

/** Prints diagnostics to standard error, and how many errors there are with what that means. */
export function printDiagnostics(diagnostics: Diagnostic[], outcome = ''): void {
  const paint = colors(process.stderr)
  // Two bundles are made of a module that runs, and both tell its warnings.
  for (const text of new Set(diagnostics.map(found => diagnosticText(found, paint))))
    console.error(text)
  const errors = diagnostics.filter(found => found.severity === 'error').length
  if (errors > 0) console.error(paint.red(`\n${errors} error${errors === 1 ? '' : 's'}${outcome}`))
}

/** A progress line on standard error; silent where that is no terminal. */
export function progress(): {
  step(what: string, done?: number, total?: number): void
  stop(): void
} {
  if (!process.stderr.isTTY || process.env.TERM === 'dumb') return { step() {}, stop() {} }
  const spinner = yoctoSpinner({
    stream: process.stderr,
    ...(process.env.NO_COLOR && { color: 'white' as const }),
  })
  let shown = 0
  return {
    step(what, done, total) {
      const now = performance.now()
      if (done !== undefined && done < (total ?? 0) && now - shown < 50) return
      shown = now
      spinner.text = total ? `${what} ${done} of ${total}` : what
      if (!spinner.isSpinning) spinner.start()
    },
    stop() {
      if (spinner.isSpinning) spinner.stop()
    },
  }
}
