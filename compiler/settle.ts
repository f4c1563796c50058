// Site + what its modules export -> Endpoint[]: each module's exports and `config` checked, methods
// named, URLs enumerated. Decides nothing about static or dynamic.

import { METHODS, type Segment } from '../runtime/artifact.ts'
import { encodeSegment } from '../runtime/path.ts'
import { isMethod } from './handlers.ts'
import type { Analysis, Bundle, Diagnostic, Endpoint, Position, Shape, Site } from './stages.ts'
import { settleConfig } from './settle/config.ts'
import { dropShadowed, enumerate } from './settle/urls.ts'

/** Modules that have to be run to know what they export or how they are configured. */
export function unsettled(
  site: Site,
  bundle: Bundle,
  analysis: Analysis,
): { file: string; quiet: boolean; wantsParams: boolean }[] {
  const patterns = new Set(
    site.routes
      .filter(route => route.segments.some(segment => segment.kind !== 'literal'))
      .map(route => route.file),
  )
  const found = []
  for (const { file, exports } of bundle.modules.values()) {
    const facts = analysis.modules.get(file)!
    // Whether a value can be sent, syntax does not tell either.
    const isOpen = exports.some(
      name => isUsed(name) && ['unknown', 'value'].includes(facts.exports.get(name) ?? 'unknown'),
    )
    if (!isOpen && facts.config.kind !== 'computed') continue
    found.push({ file, quiet: facts.loadsQuietly, wantsParams: patterns.has(file) })
  }
  return found
}

/** Checks every module and says what is wrong with it; returns the rest as endpoints. */
export function settle(
  site: Site,
  bundle: Bundle,
  analysis: Analysis,
  shapes: Map<string, Shape>,
  diagnostics: Diagnostic[],
): Endpoint[] {
  const report = (code: string, message: string, at: Position, hint?: string): void => {
    diagnostics.push({ severity: 'error', code, message, at, ...(hint && { hint }) })
  }
  const kindOf = (file: string, name: string): string => {
    const syntactic = analysis.modules.get(file)!.exports.get(name) ?? 'unknown'
    return shapes.get(file)?.exports[name] ?? syntactic
  }
  const endpoints: Endpoint[] = []

  for (const route of site.routes) {
    const { exports } = bundle.modules.get(route.file)!
    const at = (name: string): Position => positionOf(analysis, route.file, name)
    const config = settleConfig(route.file, analysis, shapes, report)
    const isApp = exports.includes('default') && kindOf(route.file, 'default') === 'app'
    const named = exports.filter(isMethod)
    const methods: Endpoint['methods'] = named.map(method => ({
      method,
      name: method,
      at: at(method),
    }))
    if (exports.includes('default') && !isApp) {
      if (named.includes('GET')) {
        report(
          'two-handlers',
          `${route.file} exports both GET and default, which are the same`,
          at('default'),
          'export one of the two',
        )
      } else methods.unshift({ method: 'GET', name: 'default', at: at('default') })
    }
    if (isApp && named.length > 0) {
      report(
        'two-handlers',
        `${route.file} exports a Hono app, which takes every method, and ${named[0]} beside it`,
        at(named[0]!),
        'move the handler into the app',
      )
    }
    if (methods.length === 0 && !isApp) {
      report(
        'no-handler',
        `${route.file} exports nothing that answers a request`,
        { file: route.file, line: 1, column: 1 },
        `export a handler by its method (${METHODS.slice(0, 3).join(', ')}, …) or as default; a helper's name begins with _`,
      )
      continue
    }
    const failed = shapes.get(route.file)?.failed
    if (exports.includes('default') && kindOf(route.file, 'default') === 'unknown' && failed) {
      report(
        'unknown-export',
        `cannot tell what ${route.file} exports as default: loading it ${failed.message}`,
        failed,
        'export a function or a Hono app directly',
      )
      continue
    }
    for (const { name, at: place } of methods) {
      if (kindOf(route.file, name) !== 'unusable') continue
      report(
        'unusable-export',
        `the export ${name} of ${route.file} is neither a handler nor a value that can be sent`,
        place,
        'export a function (c) => …, an array of middleware ending in one, or a plain value',
      )
    }
    if (!config) continue
    const endpoint: Endpoint = {
      file: route.file,
      role: 'route',
      pattern: route.pattern,
      segments: route.segments,
      folder: route.folder,
      mount: isApp,
      methods,
      config,
      urls: [],
    }
    endpoint.urls = enumerate(endpoint, report)
    endpoints.push(endpoint)
  }

  const seen = new Set<string>()
  for (const [number, folder] of site.folders.entries()) {
    for (const file of folder.middleware)
      checkDefault(file, 'middleware: a function (c, next) or an array of them')
    for (const [role, file] of [
      ['not-found', folder.notFound],
      ['error', folder.error],
    ] as const) {
      if (!file || seen.has(file)) continue
      checkDefault(file, role === 'error' ? 'a handler (error, c)' : 'a handler (c)')
      const config = settleConfig(file, analysis, shapes, report)
      if (!config) continue
      const at = positionOf(analysis, file, 'default')
      endpoints.push({
        file,
        role,
        pattern: `${folderPattern(folder.segments)}/*`,
        segments: folder.segments,
        folder: number,
        mount: false,
        methods: [{ method: 'GET', name: 'default', at }],
        config,
        urls: [],
      })
    }
  }
  dropShadowed(site, endpoints)
  return endpoints

  function checkDefault(file: string, what: string): void {
    if (seen.has(file)) return
    seen.add(file)
    const top = { file, line: 1, column: 1 }
    if (!bundle.modules.get(file)!.exports.includes('default')) {
      report('no-handler', `${file} has no default export`, top, `export default ${what}`)
      return
    }
    const kind = kindOf(file, 'default')
    if (kind === 'value' || kind === 'unusable' || kind === 'app') {
      report(
        'unusable-export',
        `the default export of ${file} is not ${what}`,
        positionOf(analysis, file, 'default'),
        `export default ${what}`,
      )
    }
  }
}

function isUsed(name: string): boolean {
  return name === 'default' || isMethod(name)
}

function positionOf(analysis: Analysis, file: string, name: string): Position {
  return analysis.modules.get(file)!.positions.get(name) ?? { file, line: 1, column: 1 }
}

function folderPattern(segments: Segment[]): string {
  return segments
    .map(
      segment =>
        `/${segment.kind === 'literal' ? encodeSegment(segment.value) : segment.kind === 'param' ? `:${segment.name}` : '*'}`,
    )
    .join('')
}
