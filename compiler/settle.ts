// Site + what its modules export -> Endpoint[]: each module's exports and `config` checked, methods
// named, URLs enumerated. Decides nothing about static or dynamic.

import { METHODS, type Segment } from '../runtime/artifact.ts'
import { encodeSegment } from '../runtime/path.ts'
import { createTable } from '../runtime/table.ts'
import { isMethod, recordOf } from './handlers.ts'
import type {
  Analysis,
  Bundle,
  Diagnostic,
  Endpoint,
  Position,
  RouteConfig,
  Shape,
  Site,
} from './stages.ts'

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

type Report = (code: string, message: string, at: Position, hint?: string) => void

// ---------------------------------------------------------------- config

function settleConfig(
  file: string,
  analysis: Analysis,
  shapes: Map<string, Shape>,
  report: Report,
): RouteConfig | null {
  const { config: found } = analysis.modules.get(file)!
  const settled: RouteConfig = {
    prerender: 'auto',
    params: null,
    revalidate: 0,
    match: {},
    headers: {},
    at: { file, line: 1, column: 1 },
  }
  if (found.kind === 'absent') return settled
  settled.at = found.at
  const shape = shapes.get(file)
  if (found.kind === 'computed' && (!shape || shape.failed)) {
    const why = shape?.failed
    report(
      'config-unknown',
      `cannot read config of ${file}: loading the module ${why?.message ?? 'failed'}`,
      why ?? found.at,
      'write config as a literal, or keep what throws out of the top level',
    )
    return null
  }
  const value = found.kind === 'literal' ? found.value : shape!.config
  const wrong = (what: string): null => {
    report(
      'bad-config',
      `${what}, in config of ${file}`,
      found.at,
      'see "A route module" in the docs for what config takes',
    )
    return null
  }
  if (!isRecord(value)) return wrong('config is no object')
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue
    switch (key) {
      case 'prerender':
        if (entry !== 'auto' && typeof entry !== 'boolean')
          return wrong("prerender is neither 'auto', true nor false")
        settled.prerender = entry
        break
      case 'params': {
        if (!Array.isArray(entry)) return wrong('params is no array of objects')
        const params: Record<string, string>[] = []
        for (const item of entry) {
          if (!isRecord(item)) return wrong('params holds something that is no object')
          const texts: Record<string, string> = {}
          for (const [name, text] of Object.entries(item)) {
            if (text === undefined) continue
            if (typeof text !== 'string' && typeof text !== 'number')
              return wrong(`params holds a ${name} that is no string`)
            texts[name] = String(text)
          }
          params.push(texts)
        }
        settled.params = params
        break
      }
      case 'revalidate':
        if (typeof entry !== 'number' || !(entry > 0) || !Number.isFinite(entry))
          return wrong('revalidate is no number of seconds above 0')
        settled.revalidate = entry
        break
      case 'match': {
        if (!isRecord(entry)) return wrong('match is no object of regular expressions')
        for (const [name, pattern] of Object.entries(entry)) {
          if (!isPattern(pattern)) return wrong(`match.${name} is no regular expression`)
          settled.match[name] = { source: pattern.source, flags: pattern.flags }
        }
        break
      }
      case 'headers':
        if (!isRecord(entry)) return wrong('headers is no object of strings')
        for (const [name, text] of Object.entries(entry)) {
          if (typeof text !== 'string') return wrong(`headers['${name}'] is no string`)
          // RFC 9110 section 5.1 and 5.5: a token, and no control characters but tab.
          if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
            return wrong(`headers['${name}'] is no name of a header field`)
          if (/[^\t\x20-\x7e\x80-\xff]/.test(text))
            return wrong(`headers['${name}'] holds characters no header field may hold`)
          settled.headers[name] = text
        }
        break
      default:
        return wrong(
          `there is no key ${key}; did you mean one of prerender, params, revalidate, match, headers?`,
        )
    }
  }
  if (settled.prerender === false && (settled.revalidate > 0 || settled.params)) {
    return wrong('prerender: false and params or revalidate contradict each other')
  }
  return settled
}

// ---------------------------------------------------------------- URLs

function enumerate(endpoint: Endpoint, report: Report): Endpoint['urls'] {
  const { segments, config, file, pattern } = endpoint
  const names = segments.flatMap(segment => (segment.kind === 'literal' ? [] : [segment.name]))
  const wrong = (message: string, hint?: string): Endpoint['urls'] => {
    report('bad-config', `${message}, in config of ${file}`, config.at, hint)
    return []
  }
  for (const name of Object.keys(config.match)) {
    if (!names.includes(name))
      return wrong(`match names ${name}, which is no parameter of ${pattern}`)
  }
  if (endpoint.mount) {
    const key = config.params
      ? 'params'
      : config.revalidate
        ? 'revalidate'
        : config.prerender === true
          ? 'prerender: true'
          : null
    return key ? wrong(`${key} has no meaning for a Hono app, which runs for each request`) : []
  }
  if (!endpoint.methods.some(({ method }) => method === 'GET')) return []
  if (names.length === 0) {
    return config.params
      ? wrong(`params has no meaning for ${pattern}, which has no parameter`)
      : [{ path: pattern, params: {} }]
  }
  if (!config.params) {
    if (config.prerender === true || config.revalidate > 0) {
      return wrong(
        `${pattern} is to be precomputed, but nothing says for which URLs`,
        'add params: an array of objects, one a URL',
      )
    }
    return []
  }
  const urls = new Map<string, Record<string, string>>()
  for (const params of config.params) {
    const unknown = Object.keys(params).find(name => !names.includes(name))
    if (unknown) return wrong(`params names ${unknown}, which is no parameter of ${pattern}`)
    const parts: string[] = []
    const encoded: Record<string, string> = {}
    for (const segment of segments) {
      const part = partOf(segment, params)
      if (part === null)
        return wrong(
          `params holds ${JSON.stringify(params)}, which lacks ${'name' in segment ? segment.name : ''}`,
        )
      if (part === '' && segment.kind === 'optional-rest') continue
      parts.push(part)
      if (segment.kind !== 'literal') encoded[segment.name] = part
    }
    for (const [name, { source, flags }] of Object.entries(config.match)) {
      const value = params[name] ?? ''
      if (!new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, '')).test(value)) {
        return wrong(`params holds ${name} = ${JSON.stringify(value)}, which its own match refuses`)
      }
    }
    if (parts.some(part => part.split('/').some(one => one === '.' || one === '..'))) {
      return wrong(`params holds ${JSON.stringify(params)}: no URL can have . or .. as a segment`)
    }
    urls.set(`/${parts.join('/')}`, encoded)
  }
  return [...urls].map(([path, params]) => ({ path, params }))
}

/** Takes out enumerated URLs that another route or a public file answers, by precedence. */
function dropShadowed(site: Site, endpoints: Endpoint[]): void {
  const routes = endpoints.filter(({ role }) => role === 'route')
  const table = createTable(routes.map(recordOf), [])
  const taken = new Set(site.publicFiles.map(file => file.path))
  for (const [number, endpoint] of routes.entries()) {
    endpoint.urls = endpoint.urls.filter(
      ({ path }) => table.match(path)?.route === number && !taken.has(path),
    )
  }
}

function partOf(segment: Segment, params: Record<string, string>): string | null {
  switch (segment.kind) {
    case 'literal':
      return encodeSegment(segment.value)
    case 'param':
      return params[segment.name] ? encodeSegment(params[segment.name]!) : null
    case 'rest':
      return params[segment.name]
        ? params[segment.name]!.split('/').map(encodeSegment).join('/')
        : null
    case 'optional-rest':
      return (params[segment.name] ?? '').split('/').map(encodeSegment).join('/')
  }
}

// ---------------------------------------------------------------- small questions

function isUsed(name: string): boolean {
  return name === 'default' || isMethod(name)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof RegExp)
  )
}

function isPattern(value: unknown): value is { source: string; flags: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    'flags' in value &&
    typeof value.source === 'string'
  )
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
