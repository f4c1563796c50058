// Names for the handlers of a site: one id for each export and the middleware before it, by which
// the analyzer's reasons, the evaluation's jobs and the verdicts find each other.

import { METHODS, type Method, type RouteRecord } from '../runtime/artifact.ts'
import { paramNames } from '../runtime/table.ts'
import type { Bundle, Endpoint, Handler, Site } from './stages.ts'

/** Every handler that may become static: what the analyzer is asked about. */
export function handlersOf(site: Site, bundle: Bundle): Handler[] {
  const handlers: Handler[] = []
  for (const route of site.routes) {
    for (const name of bundle.modules.get(route.file)!.exports) {
      if (name === 'default' || isMethod(name)) handlers.push(handlerOf(site, route, name))
    }
  }
  for (const [number, folder] of site.folders.entries()) {
    if (folder.notFound && !folder.shadowed) handlers.push(notFoundHandler(site, number))
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
  return {
    id,
    file: notFound!,
    name: 'default',
    middleware,
    params: [],
    pattern: '/*',
    notFound,
  }
}

/** The handler of GET, if the module has one. */
export function getHandler(site: Site, endpoint: Endpoint): Handler | null {
  const found = endpoint.methods.find(({ method }) => method === 'GET')
  return found ? handlerOf(site, endpoint, found.name) : null
}

function handlerOf(
  site: Site,
  { file, segments, pattern, folder }: Pick<Endpoint, 'file' | 'segments' | 'pattern' | 'folder'>,
  name: string,
): Handler {
  const { middleware, notFound } = site.folders[folder]!
  const params = paramNames(segments)
  return { id: handlerId(file, name), file, name, middleware, params, pattern, notFound }
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

/** An endpoint as the runtime's table takes it, without a module. */
export function recordOf(endpoint: Endpoint): RouteRecord {
  const match = Object.entries(endpoint.config.match).map(([name, { source, flags }]) => [
    name,
    [source, flags] as [string, string],
  ])
  return {
    pattern: endpoint.pattern,
    segments: endpoint.segments,
    methods: methodsOf(endpoint),
    module: -1,
    folder: endpoint.folder,
    mount: endpoint.mount,
    ...(match.length > 0 && { match: Object.fromEntries(match) }),
  }
}
