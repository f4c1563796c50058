// Verdicts <-> the text of a lock file that people commit and review, and what changed between the
// two. One line a route, in a fixed order; no reasons, since those move with every line of code.

import { hintFor } from './hints.ts'
import type { Compiled, Diagnostic, Row, Verdict } from './stages.ts'

const HEAD = `# Verdicts that were accepted. A build with --expect fails where one got worse;
# precast build --expect FILE --accept writes this file anew.
`

/** One line: a route, or all URLs that `config.params` of one names. */
interface Line {
  text: string
  verdict: Verdict
  /** How many URLs, where it speaks of several. */
  urls: number | null
  /** The first row that it speaks of. */
  row?: Row
  /** Key of the line that speaks of this URL's like; for URLs that have a line of their own. */
  like?: string
}

type Lines = Map<string, Line>

export interface Drift {
  /** What got worse, an error each. */
  errors: Diagnostic[]
  /** What is new, gone or better. */
  warnings: Diagnostic[]
  /** Lines that differ, with `-` and `+` before them, in the order of the file. */
  diff: string[]
}

/** The text of the lock file for these verdicts. */
export function expectations(compiled: Compiled): string {
  return `${HEAD}${[...linesOf(compiled).values()].map(({ text }) => `${text}\n`).join('')}`
}

/**
 * Compares what was accepted with what is.
 * @param text of the lock file.
 * @param file its name, for messages.
 */
export function drift(text: string, compiled: Compiled, file: string): Drift {
  const found: Drift = { errors: [], warnings: [], diff: [] }
  const accepted = read(text, file, found.errors)
  if (found.errors.length > 0) return found
  const now = linesOf(compiled)
  const diff: [string, string[]][] = []
  const worse = new Map<string, { row: Row; was: Verdict; count: number }>()
  const told: Record<'new' | 'better' | 'gone', string[]> = { new: [], better: [], gone: [] }
  for (const [key, line] of now) {
    const known = accepted.get(key)
    const before = known ?? (line.like === undefined ? undefined : accepted.get(line.like))
    if (known?.text !== line.text)
      diff.push([key, [...(known ? [`- ${known.text}`] : []), `+ ${line.text}`]])
    if (!before) told.new.push(line.text)
    else if (RANK[line.verdict] > RANK[before.verdict]) told.better.push(line.text)
    else if (RANK[line.verdict] < RANK[before.verdict]) {
      const row = line.row!
      const { file, line: at, message } = row.reason!
      const cause = [row.file, before.verdict, file, at, message].join('\n')
      const same = worse.get(cause)
      const count = line.urls ?? 1
      if (same) same.count += count
      else worse.set(cause, { row, was: before.verdict, count })
    }
  }
  for (const [key, { text }] of accepted) {
    if (now.has(key)) continue
    diff.push([key, [`- ${text}`]])
    told.gone.push(text)
  }
  found.diff = diff.sort(inOrder).flatMap(([, lines]) => lines)
  found.errors.push(...[...worse.values()].map(one => changed(one, file)))
  const words = { new: 'new', better: 'better than accepted', gone: 'gone' }
  for (const kind of ['new', 'better', 'gone'] as const) {
    if (told[kind].length === 0) continue
    const shown = told[kind].slice(0, SHOWN).join(', ')
    const more = told[kind].length > SHOWN ? `, and ${told[kind].length - SHOWN} more` : ''
    found.warnings.push({
      severity: 'warning',
      code: 'verdict-news',
      message: `${words[kind]}: ${shown}${more}`,
      hint: accept(file),
    })
  }
  return found
}

/** Lines that one warning names. */
const SHOWN = 10

const RANK: Record<Verdict, number> = { dynamic: 0, template: 1, static: 2 }

function changed(
  { row, was, count }: { row: Row; was: Verdict; count: number },
  file: string,
): Diagnostic {
  const reason = row.reason!
  const more = count > 1 ? ` and ${count - 1} more like it` : ''
  return {
    severity: 'error',
    code: 'verdict-changed',
    message: `${nameOf(row)}${more} was ${was} and is ${row.verdict} now: ${reason.message}`,
    at: reason,
    hint: `${hintFor(reason).hint}. Or ${accept(file)}`,
  }
}

function accept(file: string): string {
  return `accept it: precast build --expect ${file} --accept`
}

function nameOf({ role, method, path }: Row): string {
  return `${role ? `_${role}` : method} ${path}`
}

/** The lines by key, in the order of the file: by path, then method. */
function linesOf({ endpoints, judgement }: Compiled): Lines {
  const patterns = new Map(endpoints.map(one => [one.file, one]))
  const lines: [string, Line][] = []
  const groups = new Map<string, Row[]>()
  const single = (row: Row, like?: string): void => {
    const name = nameOf(row)
    const text = `${name} ${row.verdict}`
    lines.push([name, { text, verdict: row.verdict, urls: null, row, ...(like && { like }) }])
  }
  for (const row of judgement.rows) {
    const { pattern, segments } = patterns.get(row.file)!
    const hasParams = segments.some(segment => segment.kind !== 'literal')
    if (row.role || row.method !== 'GET' || !hasParams || row.path === pattern) single(row)
    else {
      const group = groups.get(pattern)
      if (group) group.push(row)
      else groups.set(pattern, [row])
    }
  }
  for (const [pattern, rows] of groups) {
    const verdict = rows.map(row => row.verdict).reduce((a, b) => (RANK[b] > RANK[a] ? b : a))
    const best = rows.filter(row => row.verdict === verdict)
    const key = `GET ${pattern} (URLs)`
    const urls = best.length
    const text = `GET ${pattern} (${urls} URL${urls === 1 ? '' : 's'}) ${verdict}`
    lines.push([key, { text, verdict, urls, row: best[0]! }])
    // Those that are worse than the others have to be seen one by one.
    for (const row of rows) if (row.verdict !== verdict) single(row, key)
  }
  return new Map(lines.sort(inOrder))
}

/** By path, then method; by code unit, since the order may not depend on the machine's locale. */
function inOrder([a]: [string, unknown], [b]: [string, unknown]): number {
  const [first, second] = [a, b].map(key => key.replace(/^(\S+) (.*)$/, '$2 $1')) as [
    string,
    string,
  ]
  return first < second ? -1 : first > second ? 1 : 0
}

function read(text: string, file: string, errors: Diagnostic[]): Lines {
  const lines: Lines = new Map()
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const found = /^(\S+ .+?)(?: \((\d+) URLs?\))? (static|template|dynamic)$/.exec(line)
    if (!found) {
      errors.push({
        severity: 'error',
        code: 'bad-expectations',
        message: `${file} has a line that is no verdict: ${line}`,
        at: { file, line: index + 1, column: 1 },
        hint: `such a line is \`GET /about static\`; to write the file anew: precast build --expect ${file} --accept`,
      })
      continue
    }
    const [, name, urls, verdict] = found
    const key = urls === undefined ? name! : `${name} (URLs)`
    lines.set(key, {
      text: line,
      verdict: verdict as Verdict,
      urls: urls === undefined ? null : Number(urls),
    })
  }
  return lines
}
