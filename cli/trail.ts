// A URL -> what answers it and why, by the same table that serves. Prints nothing.

import { recordOf } from '../compiler/handlers.ts'
import type { Compiled, Endpoint, PublicFile, Row } from '../compiler/stages.ts'
import type { Segment } from '../runtime/artifact.ts'
import { canonicalPath, decodeSegment } from '../runtime/path.ts'
import { createTable, type Match, paramNames } from '../runtime/table.ts'

/** The way from a request to what answers it. */
export interface Trail {
  /** Canonical path; null where the URL is answered by 400. */
  path: string | null
  /** Set where the path asked for is answered by 308 to `path`. */
  redirectedFrom?: string
  file?: PublicFile
  route?: Endpoint
  /** Decoded path parameters. */
  params: [string, string][]
  /** Other routes whose pattern fits, and why they do not answer. */
  others: { file: string; pattern: string; why: string }[]
  /** `_middleware` files that run, outermost first. */
  middleware: string[]
  /** Key of what is stored for it. */
  key: string
  rows: Row[]
}

/** Follows a URL, or a path, through the project. */
export function follow(compiled: Compiled, url: string): Trail {
  const { site, endpoints, judgement, project } = compiled
  const { trailingSlash } = project.config
  const routes = endpoints.filter(({ role }) => role === 'route')
  const folders = site.folders.map(({ segments, shadowed }) => {
    return { segments, shadowed, middleware: [], notFound: -1, error: -1 }
  })
  const table = createTable(routes.map(recordOf), folders)
  const nothing = { params: [], others: [], middleware: [], rows: [] }

  const asked = canonicalPath(url)
  if (asked === null) return { ...nothing, path: null, key: '' }
  const publicFile = (path: string): PublicFile | undefined =>
    site.publicFiles.find(file => file.path === path)
  const isMount = (found: Match | null): boolean => found !== null && routes[found.route]!.mount
  const endsInSlash = (bare: string): boolean =>
    trailingSlash === 'always' && bare !== '/' && !bare.includes('.', bare.lastIndexOf('/'))

  let path = asked
  let file = publicFile(path)
  let match = file ? null : table.match(path)
  if (!file && site.publicFolders.includes(path)) {
    path = `${path}/`
    file = publicFile(path)
    match = null
  } else if (!file && path.length > 2 && path.endsWith('/')) {
    const bare = path.slice(0, -1)
    const found = table.match(bare)
    if (found && !isMount(found)) {
      match = found
      path = bare
    } else if (!isMount(match)) match = null
  }
  const isPage = match !== null && !isMount(match)
  // What a slash too many or too few is answered with (`trailingSlash`).
  const wanted = isPage && endsInSlash(path) ? `${path}/` : path
  const isRedirected = wanted !== asked && !(isPage && trailingSlash === 'ignore')
  const common = { path, key: path, ...(isRedirected && { redirectedFrom: asked }) }
  if (file) {
    const row: Row = { path, method: 'GET', verdict: 'static', reason: null, file: file.source }
    return { ...nothing, ...common, file, rows: [row] }
  }
  if (match) {
    const route = routes[match.route]!
    const names = paramNames(route.segments)
    const params = names.flatMap((name, index): [string, string][] => {
      const value = match!.values[index]
      return value === undefined ? [] : [[name, value.split('/').map(decodeSegment).join('/')]]
    })
    return {
      ...common,
      route,
      params,
      others: othersOf(route, routes, folders, path),
      middleware: site.folders[route.folder]!.middleware,
      rows: rowsOf(judgement.rows, route, path),
    }
  }
  const number = table.folder(asked)
  const folder = site.folders[number]
  return {
    ...nothing,
    path: asked,
    key: `404:${number}`,
    middleware: folder?.middleware ?? [],
    rows: judgement.rows.filter(row => row.role === '404' && row.file === folder?.notFound),
  }
}

/** The rows that speak for one URL of a route. */
function rowsOf(rows: Row[], { file, pattern, mount }: Endpoint, path: string): Row[] {
  const own = (name: string): Row[] =>
    rows.filter(row => row.file === file && row.path === name && !row.role)
  if (mount) return rows.filter(row => row.file === file)
  const exact = path === pattern ? [] : own(path)
  const others = own(pattern)
  return exact.length > 0 ? [...exact, ...others.filter(row => row.method !== 'GET')] : others
}

const WORDS: Record<Segment['kind'], string> = {
  literal: 'a literal segment',
  param: 'a parameter',
  rest: 'a rest',
  'optional-rest': 'an optional rest',
}

function othersOf(
  winner: Endpoint,
  routes: Endpoint[],
  folders: Parameters<typeof createTable>[1],
  path: string,
): Trail['others'] {
  const others: Trail['others'] = []
  for (const route of routes) {
    if (route === winner) continue
    const { match, ...open } = recordOf(route)
    if (!createTable([open], folders).match(path)) continue
    const fits = !match || createTable([{ ...open, match }], folders).match(path) !== null
    const why = fits ? whyBefore(winner, route) : 'its config.match refuses the value'
    others.push({ file: route.file, pattern: route.pattern, why })
  }
  return others
}

/** Why one route goes before another, both of which fit. */
function whyBefore(winner: Endpoint, other: Endpoint): string {
  for (let at = 0; at < Math.max(winner.segments.length, other.segments.length); at++) {
    const [one, two] = [winner.segments[at], other.segments[at]]
    if (!one) return 'it takes more than the path has'
    if (!two) return 'it is an app, which takes what no route does'
    if (one.kind !== two.kind) return `${WORDS[one.kind]} goes before ${WORDS[two.kind]}`
  }
  return other.mount ? 'it is an app, which takes what no route does' : 'it comes later'
}
