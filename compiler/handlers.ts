// Names for the handlers of a site: one id for each export and the middleware before it, by which
// the analyzer's reasons, the evaluation's jobs and the verdicts find each other.

import { METHODS, type Method } from '../runtime/artifact.ts'
import type { Bundle, Endpoint, Handler, Site } from './stages.ts'

/** Every handler that may become static: what the analyzer is asked about. */
export function handlersOf(site: Site, bundle: Bundle): Handler[] {
  const handlers: Handler[] = []
  for (const route of site.routes) {
    const params = route.segments.flatMap(segment =>
      segment.kind === 'literal' ? [] : [segment.name],
    )
    for (const name of bundle.modules.get(route.file)!.exports) {
      if (name !== 'default' && !isMethod(name)) continue
      const { middleware } = site.folders[route.folder]!
      handlers.push({ id: handlerId(route.file, name), file: route.file, name, middleware, params })
    }
  }
  for (const [number, folder] of site.folders.entries()) {
    if (folder.notFound && !folder.group) handlers.push(notFoundHandler(site, number))
  }
  return handlers
}

function handlerId(file: string, name: string): string {
  return `${file}#${name}`
}

/** The `_404` that answers below a folder, behind that folder's middleware. */
export function notFoundHandler(site: Site, folder: number): Handler {
  const { notFound, middleware } = site.folders[folder]!
  const id = `${handlerId(notFound!, 'default')}|${middleware.join('|')}`
  return { id, file: notFound!, name: 'default', middleware, params: [] }
}

/** The handler of GET, if the module has one. */
export function getHandler(site: Site, endpoint: Endpoint): Handler | null {
  const found = endpoint.methods.find(({ method }) => method === 'GET')
  if (!found) return null
  const params = endpoint.segments.flatMap(segment =>
    segment.kind === 'literal' ? [] : [segment.name],
  )
  const { middleware } = site.folders[endpoint.folder]!
  return {
    id: handlerId(endpoint.file, found.name),
    file: endpoint.file,
    name: found.name,
    middleware,
    params,
  }
}

/** Whether an export's name is a method's. */
export function isMethod(name: string): name is Method {
  return (METHODS as readonly string[]).includes(name)
}

/** Bit mask of the methods a module exports. */
export function methodsOf(endpoint: Endpoint): number {
  return endpoint.methods.reduce((mask, { method }) => mask | bit(method), 0)
}

/** Bit mask of what a URL allows: HEAD follows from GET, OPTIONS is always answered. */
export function allowOf(endpoint: Endpoint): number {
  const methods = methodsOf(endpoint)
  return methods | (methods & bit('GET') ? bit('HEAD') : 0) | bit('OPTIONS')
}

function bit(method: (typeof METHODS)[number]): number {
  return 1 << METHODS.indexOf(method)
}
