// `precast explain [URL]`: why a route is what it is, from the sources as they are now.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { compile, ProjectError } from '../compiler/compile.ts'
import { recordOf } from '../compiler/handlers.ts'
import { place } from '../compiler/report.ts'
import type { Compiled, Diagnostic, Reason, Row } from '../compiler/stages.ts'
import { canonicalPath } from '../runtime/path.ts'
import { createTable } from '../runtime/table.ts'
import { colors, printDiagnostics, progress } from './terminal.ts'

/**
 * @param what a URL (it begins with `/` or `http`), a project folder, both or neither.
 * @returns the exit code.
 */
export async function explain(what: string[], flags: { json?: boolean }): Promise<number> {
  const folder = what.find(isProject) ?? what.find(word => !/^(\/|https?:)/.test(word)) ?? '.'
  const url = what.find(word => word !== folder)
  const diagnostics: Diagnostic[] = []
  const spinner = progress()
  try {
    const compiled = await compile(folder, { onProgress: spinner.step }, diagnostics)
    spinner.stop()
    printDiagnostics(diagnostics)
    const rows = url === undefined ? compiled.judgement.rows : rowsOf(compiled, url)
    if (rows.length === 0) {
      console.error(`no route has the URL ${url}`)
      return 1
    }
    if (flags.json) console.log(JSON.stringify(rows.map(publicRow), null, 2))
    else for (const row of rows) printRow(row)
    return 0
  } catch (error) {
    spinner.stop()
    if (!(error instanceof ProjectError)) throw error
    printDiagnostics(error.diagnostics)
    return 1
  }
}

/** The rows that speak for one URL: of the route that answers it, or of what answers in its stead. */
function rowsOf({ site, endpoints, judgement }: Compiled, url: string): Row[] {
  const path = canonicalPath(url)
  if (path === null) return []
  const own = (file: string, name: string): Row[] =>
    judgement.rows.filter(row => row.file === file && row.path === name && !row.role)
  const routes = endpoints.filter(({ role }) => role === 'route')
  const folders = site.folders.map(({ segments, group }) => ({
    segments,
    group,
    middleware: [],
    notFound: -1,
    error: -1,
  }))
  const table = createTable(routes.map(recordOf), folders)
  const found = table.match(path)
  if (found) {
    const { file, pattern, mount } = routes[found.route]!
    if (mount) return judgement.rows.filter(row => row.file === file)
    const exact = path === pattern ? [] : own(file, path)
    const others = own(file, pattern)
    return exact.length > 0 ? [...exact, ...others.filter(row => row.method !== 'GET')] : others
  }
  const folder = site.folders[table.folder(path)]
  return judgement.rows.filter(row => row.role === '404' && row.file === folder?.notFound)
}

function printRow(row: Row): void {
  const paint = colors(process.stdout)
  const role = row.role ? ` (_${row.role})` : ''
  console.log(
    `${paint.bold(`${row.method} ${row.path}${role}`)}  ${row.verdict}  ${paint.dim(row.file)}`,
  )
  if (row.reason) console.log(`  ${row.reason.message}\n  at ${place(row.reason)}`)
}

function publicRow({ path, method, verdict, reason, role }: Row): object {
  return { path, method, verdict, reason: reason && publicReason(reason), ...(role && { role }) }
}

function publicReason({ message, file, line, column }: Reason): Reason {
  return { message, file, line, column }
}

// `/docs` is a URL, unless somebody's project lies there.
function isProject(word: string): boolean {
  return statSync(join(word, 'routes'), { throwIfNoEntry: false })?.isDirectory() ?? false
}
