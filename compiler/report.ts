// Rows -> the table people read after a build, and diagnostics -> the lines they read when it fails.
// Makes text only; printing is the command's.

import type pc from 'picocolors'
import type { Diagnostic, Position, Reason, Row, Verdict } from './stages.ts'

/** Colours on or off, as picocolors makes them. */
export type Colors = ReturnType<typeof pc.createColors>

/** Rows of one module's enumerated URLs beyond this many are told in one line. */
const SHOWN = 5

/**
 * The build table: verdict, URL, size and encodings, and the reason where not static.
 * @param width columns of the terminal; reasons are cut to it.
 */
export function table(rows: Row[], width: number, colors: Colors): string {
  const lines: { verdict: Verdict; cells: string[]; reason: string }[] = []
  const counts = new Map<string, number>()
  for (const row of rows) {
    const isEnumerated = row.verdict === 'static' && row.role === undefined
    const count = (counts.get(row.file) ?? 0) + (isEnumerated ? 1 : 0)
    counts.set(row.file, count)
    if (isEnumerated && count > SHOWN) continue
    lines.push({
      verdict: row.verdict,
      cells: [row.verdict, row.method, row.path + (row.role ? ` (_${row.role})` : ''), sizes(row)],
      reason: row.reason ? `${inShort(row.reason)} (${place(row.reason)})` : '',
    })
  }
  const widths = [0, 1, 2, 3].map(index =>
    Math.max(...lines.map(line => line.cells[index]!.length), 0),
  )
  const text = lines.map(({ verdict, cells, reason }) => {
    const padded = cells.map((cell, index) => cell.padEnd(widths[index]!))
    // The reason stands where a static row has its sizes.
    const room = Math.max(width - widths.slice(0, 3).reduce((sum, one) => sum + one + 2, 2), 20)
    const why = reason.length > room ? `${reason.slice(0, room - 1)}…` : reason
    const paint =
      verdict === 'static' ? colors.green : verdict === 'template' ? colors.cyan : colors.yellow
    const tail = verdict === 'static' ? colors.dim(padded[3]!.trimEnd()) : colors.dim(why)
    return `  ${paint(padded[0]!)}  ${padded[1]}  ${padded[2]}  ${tail}`.trimEnd()
  })
  for (const [file, count] of counts) {
    if (count > SHOWN)
      text.push(colors.dim(`  static  … and ${count - SHOWN} more URLs of ${file}`))
  }
  return text.join('\n')
}

/** Without the way there, which `explain` tells: the table names the place itself. */
function inShort({ message }: Reason): string {
  return message.replace(/ in \S+:\d+:\d+(, called from .*)?$/, '')
}

/** One line that sums a build up. */
export function summary(rows: Row[], publicFiles: number, bytes: number, seconds: number): string {
  const count = (verdict: Verdict): number => rows.filter(row => row.verdict === verdict).length
  const files = publicFiles > 0 ? `, ${publicFiles} public file${publicFiles === 1 ? '' : 's'}` : ''
  const templates = count('template') > 0 ? `${count('template')} template, ` : ''
  return `${count('static')} static, ${templates}${count('dynamic')} dynamic${files}; ${size(bytes)} in ${seconds.toFixed(1)} s`
}

/** A diagnostic as `file:line:column: error: message (code)` with its hint below. */
export function diagnosticText(found: Diagnostic, colors: Colors): string {
  const kind = found.severity === 'error' ? colors.red('error') : colors.yellow('warning')
  const where = found.at ? `${colors.bold(place(found.at))}: ` : ''
  const hint = found.hint ? `\n  ${colors.dim(`hint: ${found.hint}`)}` : ''
  return `${where}${kind}: ${found.message} ${colors.dim(`(${found.code})`)}${hint}`
}

/** `file:line:column`. */
export function place(at: Position): string {
  return `${at.file}:${at.line}:${at.column}`
}

/** Bytes for people: `612 B`, `4.1 KB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_500) return `${(bytes / 1000).toFixed(1)} KB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

function sizes({ sizes: by }: Row): string {
  if (!by) return ''
  const names = Object.entries(by).map(([encoding, bytes]) =>
    encoding === 'identity' ? size(bytes) : `${encoding} ${size(bytes)}`,
  )
  return names.join(', ')
}
