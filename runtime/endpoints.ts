// The manifest's routes and folders with their modules -> what runs for a method at a route, or at
// an unmatched path. Made once, when the modules are loaded.

import { METHODS, type Manifest, type Method, type RouteRecord } from './artifact.ts'
import { folder, isApp, type Around, type Folder, type Namespace, type Run } from './handler.ts'
import { plain } from './reply.ts'
import { paramNames } from './table.ts'

export interface Endpoints {
  /** What answers a method at a route, the automatic OPTIONS and 405 included. */
  run(route: number, method: string): Run
  /** What answers an unmatched path in a folder; -1 for none. */
  unmatched(folder: number): Run
}

/** Bit of a method in the masks of the manifest; 0 for one that no module can export. */
export function bitOf(method: string): number {
  const index = METHODS.indexOf(method as Method)
  return index < 0 ? 0 : 1 << index
}

/** Value of `Allow`: HEAD comes with GET, OPTIONS with anything. */
export function allowed(mask: number): string {
  const all = mask | bitOf('OPTIONS') | (mask & bitOf('GET') ? bitOf('HEAD') : 0)
  return METHODS.filter(method => all & bitOf(method)).join(', ')
}

/** The automatic answer where a method has no handler. */
export function automatic(method: string, mask: number): Response {
  const allow = allowed(mask)
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } })
  return plain(405, 'Method Not Allowed', { allow })
}

export function connect(manifest: Manifest, modules: Namespace[], log: Around['log']): Endpoints {
  const at = (number: number): Namespace | null => modules[number] ?? null
  const nowhere = folder({ middleware: [], log })
  const folders = manifest.folders.map(({ middleware, notFound, error }) =>
    folder({
      middleware: middleware.map(number => modules[number]!),
      notFound: at(notFound),
      error: at(error),
      log,
    }),
  )
  const runs = manifest.routes.map(route =>
    runsOf(route, at(route.module), folders[route.folder] ?? nowhere),
  )
  return {
    run: (route, method) => runs[route]!.get(method) ?? runs[route]!.get('')!,
    unmatched: number => (folders[number] ?? nowhere).unmatched,
  }
}

/** By method; '' for all that have none of their own. */
function runsOf(route: RouteRecord, module: Namespace | null, around: Folder): Map<string, Run> {
  const runs = new Map<string, Run>()
  if (route.mount) {
    if (module && isApp(module.default)) return runs.set('', mounted(module, route, around))
    const place = { pattern: route.pattern, method: 'ALL', params: [] }
    return runs.set('', around.route(module ?? {}, 'default', place))
  }
  const params = paramNames(route.segments)
  for (const method of METHODS) {
    if (!(route.methods & bitOf(method)) || !module) continue
    const name = method === 'GET' && !('GET' in module) ? 'default' : method
    runs.set(method, around.route(module, name, { pattern: route.pattern, method, params }))
  }
  const get = runs.get('GET')
  if (get && !runs.has('HEAD')) runs.set('HEAD', get)
  if (!runs.has('OPTIONS'))
    runs.set(
      'OPTIONS',
      around.answer(() => automatic('OPTIONS', route.methods)),
    )
  // A module whose GET is static and that is not loaded answers it from bytes alone.
  if (!module && route.methods & bitOf('GET')) {
    runs.set('GET', around.unmatched).set('HEAD', around.unmatched)
  }
  return runs.set(
    '',
    around.answer(() => automatic('', route.methods)),
  )
}

/** An app whose routes Hono refuses spoils its own paths only. */
function mounted(module: Namespace, route: RouteRecord, around: Folder): Run {
  try {
    return around.mount(module, prefixOf(route))
  } catch (error) {
    return around.answer(() => {
      throw error
    })
  }
}

/** A mount's pattern in Hono's form, up to a rest, whose segments are the app's own paths. */
function prefixOf(route: RouteRecord): string {
  return route.pattern.replace(/\/\*$/, '') || '/'
}
