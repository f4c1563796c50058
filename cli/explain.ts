// `precast explain [URL]`: why a route is what it is, from the sources as they are now; of a URL the
// whole way from the request to the verdict.

import { existsSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compile, ProjectError } from '../compiler/compile.ts'
import { restore } from '../compiler/emit.ts'
import { hintFor } from '../compiler/hints.ts'
import { place, size } from '../compiler/report.ts'
import type { Compiled, Diagnostic, Frozen, Reason, Row } from '../compiler/stages.ts'
import type { Static } from '../runtime/artifact.ts'
import { type Loaded, LoadError, load } from '../runtime/load.ts'
import { colors, printDiagnostics, progress } from './terminal.ts'
import { follow, type Trail } from './trail.ts'

/**
 * @param what a URL (it begins with `/` or `http`), a project folder, both or neither.
 * @returns the exit code.
 */
export async function explain(what: string[], flags: { json?: boolean }): Promise<number> {
  const folder = what.find(isProject) ?? what.find(word => !isUrl(word)) ?? '.'
  const [url, ...more] = what.filter(word => word !== folder)
  const excess = url === undefined || isUrl(url) ? more[0] : url
  if (excess !== undefined) {
    console.error(`precast: explain takes one URL and one folder, not '${excess}' too`)
    return 2
  }
  const diagnostics: Diagnostic[] = []
  const spinner = progress()
  try {
    const compiled = await compile(folder, { onProgress: spinner.step }, diagnostics)
    spinner.stop()
    printDiagnostics(diagnostics)
    const trail = url === undefined ? undefined : follow(compiled, url)
    const rows = trail ? trail.rows : compiled.judgement.rows
    if (rows.length === 0) {
      const answer =
        trail?.path === null ? 'is malformed: it answers 400' : 'has no route: it answers 404'
      console.error(url === undefined ? 'there is no route' : `the URL ${url} ${answer}`)
      return 1
    }
    if (flags.json) console.log(JSON.stringify(rows.map(publicRow), null, 2))
    else if (trail) await printTrail(compiled, trail)
    else for (const row of rows) printRow(row)
    return 0
  } catch (error) {
    spinner.stop()
    if (!(error instanceof ProjectError)) throw error
    printDiagnostics(error.diagnostics)
    return 1
  }
}

/** Prints lines with their names in a column; a name that is left out is that of the line above. */
function printLines(lines: [name: string, text: string][]): void {
  const { dim } = colors(process.stdout)
  for (const [name, text] of lines) console.log(`  ${dim(name.padEnd(10))}  ${text}`)
}

function printRow(row: Row): void {
  const paint = colors(process.stdout)
  const role = row.role ? ` (_${row.role})` : ''
  console.log(
    `${paint.bold(`${row.method} ${row.path}${role}`)}  ${row.verdict}  ${paint.dim(row.file)}`,
  )
  if (row.reason) printReason(row.reason)
}

function printReason(reason: Reason): void {
  console.log(`  ${reason.message}\n  at ${place(reason)}`)
  console.log(`  ${colors(process.stdout).dim(`hint: ${hintFor(reason).hint}`)}`)
}

async function printTrail(compiled: Compiled, trail: Trail): Promise<void> {
  const { root } = compiled.project
  const { path, redirectedFrom, file, route, params, others, middleware } = trail
  const lines: [string, string][] = []
  if (redirectedFrom !== undefined)
    lines.push(['redirect', `${redirectedFrom} answers 308; what follows is of its target`])
  lines.push(['path', path!])
  if (file)
    lines.push(['file', `${relative(root, file.source)}, which goes before routes with parameters`])
  else if (!route) lines.push(['route', 'none; the nearest _404 answers'])
  else lines.push(['route', `${route.file} at ${route.pattern}`])
  for (const [index, [name, value]] of params.entries())
    lines.push([index === 0 ? 'parameters' : '', `${name} = ${JSON.stringify(value)}`])
  for (const [index, other] of others.entries())
    lines.push([index === 0 ? 'not' : '', `${other.file} at ${other.pattern}: ${other.why}`])
  for (const [index, name] of middleware.entries())
    lines.push([index === 0 ? 'middleware' : '', name])
  printLines(lines)
  for (const row of trail.rows) {
    console.log()
    printRow(file ? { ...row, file: relative(root, file.source) } : row)
    if (row.verdict === 'static') await printStored(compiled, trail, row)
  }
}

/** Why it is static, what went into it, and what `dist/` holds of it. */
async function printStored(
  { project, judgement }: Compiled,
  trail: Trail,
  row: Row,
): Promise<void> {
  const { root } = project
  const frozen = judgement.frozen.find(
    one => one.key === trail.key && one.endpoint.file === row.file,
  )
  const lines: [string, string][] = [['because', why(frozen)]]
  for (const [index, name] of (frozen?.files ?? []).entries())
    lines.push([index === 0 ? 'inputs' : '', name.startsWith(root) ? relative(root, name) : name])
  const loaded = await stores(root)
  if (typeof loaded === 'string') lines.push(['stored', loaded])
  else {
    const stored = loaded.statics.get(trail.key)
    if (!stored) lines.push(['stored', 'not yet: dist/ is of an earlier build'])
    else lines.push(...storedLines(stored, frozen))
  }
  printLines(lines)
}

function why(frozen: Frozen | undefined): string {
  if (!frozen) return 'it is a file of public/, served as it is'
  const { prerender, revalidate } = frozen.endpoint.config
  if (revalidate > 0) return `config.revalidate: made at build, and anew after ${revalidate} s`
  if (prerender === true) return 'config.prerender: true: the bytes of the build are kept'
  return 'nothing that it reads can differ between two requests: its code says so, and runs of it agree'
}

function storedLines({ status, variants }: Static, frozen: Frozen | undefined): [string, string][] {
  const identity = variants[0]
  const isOther = frozen && identity && Buffer.compare(identity.body, frozen.snapshot.body) !== 0
  const lines = variants.map(({ encoding, length, etag }, index): [string, string] => [
    index === 0 ? 'stored' : '',
    `${index === 0 ? `${status} ` : '    '}${encoding.padEnd(8)}  ${size(length).padStart(8)}  ETag ${etag}`,
  ])
  if (isOther)
    lines.push(['', 'of an earlier build: its bytes are others than the sources make now'])
  return lines
}

/** What `dist/` holds, or why it cannot be said. */
async function stores(root: string): Promise<Loaded | string> {
  restore(root)
  if (!existsSync(join(root, 'dist', 'manifest.json'))) return 'nothing: there is no build in dist/'
  try {
    return await load(pathToFileURL(join(root, 'dist/')))
  } catch (error) {
    if (error instanceof LoadError) return error.message
    throw error
  }
}

function publicRow({ path, method, verdict, reason, role }: Row): object {
  return { path, method, verdict, reason: reason && publicReason(reason), ...(role && { role }) }
}

function publicReason({ message, file, line, column }: Reason): Reason {
  return { message, file, line, column }
}

function isUrl(word: string): boolean {
  return /^(?:\/|https?:)/.test(word)
}

// `/docs` is a URL, unless somebody's project lies there.
function isProject(word: string): boolean {
  return statSync(join(word, 'routes'), { throwIfNoEntry: false })?.isDirectory() ?? false
}
