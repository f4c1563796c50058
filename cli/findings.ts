// What `precast verify` found, and how it is said.

import { colors } from './terminal.ts'

/** Why a stored response is not to be trusted. */
export interface Finding {
  /** `GET /about`, `_404 of /docs/*`. */
  what: string
  why: string
}

/** Findings shown; beyond these a number says enough. */
const SHOWN = 50

/** Prints what differs to standard output, since that is the result, and how many to standard error. */
export function printFindings(findings: Finding[], where: string): void {
  const paint = colors(process.stdout)
  const inOrder = [...findings].sort((a, b) => (a.what < b.what ? -1 : 1))
  for (const { what, why } of inOrder.slice(0, SHOWN))
    console.log(`${paint.red('differs')}  ${paint.bold(what)}\n  ${why}`)
  if (findings.length > SHOWN) console.log(`… and ${findings.length - SHOWN} more`)
  const words = `${count(findings.length, 'response')} of ${where} ${findings.length === 1 ? 'differs' : 'differ'}`
  console.error(colors(process.stderr).red(words))
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
