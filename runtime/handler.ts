// What a route module may export -> functions from Request to Response, run on Hono: its context,
// helpers, middleware, errors and `notFound` work unchanged. Knows nothing of paths or of bytes
// kept from a build; the same code serves requests and is watched when a build evaluates.

import { Hono, type MiddlewareHandler } from 'hono'
import type { Result } from 'hono/router'
import type { H, RouterRoute } from 'hono/types'
import { getPath } from 'hono/utils/url'
import { errorHandler, notFoundHandler, type Around, type Watch } from './around.ts'
import {
  answering,
  bodyless,
  chainOf,
  configHeaders,
  dressed,
  first,
  guarded,
  outermost,
  replace,
  type Namespace,
} from './links.ts'
import { completed } from './reply.ts'
import { sound } from './sound.ts'

export type { Around, Watch } from './around.ts'
export type { Namespace } from './links.ts'

/**
 * Answers a request; `values` are the path parameters in the route's order, percent-encoded. `path` is
 * `c.req.path`, where it is known without taking the request's URL apart.
 */
export type Run = (
  request: Request,
  values: (string | undefined)[],
  env?: unknown,
  ctx?: unknown,
  path?: string,
) => Response | Promise<Response>

/** Where a handler stands, as `c.req.routePath` and messages show it. */
export interface Place {
  pattern: string
  method: string
  /** Names of the path parameters, in the order of `values`. */
  params: string[]
}

export interface Folder {
  /** The export `name` of a module behind the folder's middleware. */
  route(module: Namespace, name: string, place: Place): Run
  /** A module's default export, a Hono app, mounted at `prefix` (Hono's form) with all its paths. */
  mount(module: Namespace, prefix: string): Run
  /** The folder's middleware, then `_404`. */
  unmatched: Run
  /** The folder's middleware, then this response: the automatic OPTIONS and 405, a failed load. */
  answer(make: () => Response): Run
}

type Link = [H, RouterRoute]
type Matched = Result<Link>

/** Whether an export is a Hono app, whichever copy of Hono made it. */
export function isApp(value: unknown): value is Hono {
  const app = value as Hono | null
  return (
    typeof app === 'object' &&
    app !== null &&
    typeof app.fetch === 'function' &&
    Array.isArray(app.routes)
  )
}

/** Builds what one folder needs to answer requests; made once, at start. */
export function folder(around: Around): Folder {
  let pending: Matched
  let pendingPath: string | undefined
  const hono = new Hono({
    router: { name: 'precast', add() {}, match: () => pending },
    getPath: request => pendingPath ?? getPath(request),
  })
  const notFound = notFoundHandler(around)
  const failed = errorHandler(around)
  hono.notFound(notFound)
  hono.onError(failed)
  const middleware = around.middleware.flatMap(module => chainOf(module.default)).map(guarded)

  const runner = (own: H[], place: Place): Run => {
    const links = [...middleware, ...own]
    links[0] = first(links[0]!, around.watch?.context)
    const indices: Record<string, number> = Object.create(null)
    for (const [index, name] of place.params.entries()) indices[name] = index
    const route = { basePath: '/', path: place.pattern, method: place.method }
    const entries = links.map(handler => [[handler, { ...route, handler }], indices] as const)
    const headEntries = [
      [[bodyless, { ...route, handler: bodyless }], indices] as const,
      ...entries,
    ]
    const where = `${place.method} ${place.pattern}`
    return (request, values, env, ctx, path) => {
      // Hono asks for both before it first waits, so a request cannot get another's.
      pendingPath = path
      pending = [request.method === 'HEAD' ? headEntries : entries, values] as unknown as Matched
      return sound(() => hono.fetch(request, env as object, ctx as never), request, where, around)
    }
  }

  const anywhere = (method: string): Place => ({ pattern: '/*', method, params: [] })
  return {
    route(module, name, place) {
      const links = chainOf(module[name])
      const headers = configHeaders(module)
      const handler = answering(links.pop(), headers)
      return runner([...links.map(link => dressed(link, headers)), handler], place)
    },
    mount(module, prefix) {
      const outer = new Hono()
      outer.use(first(outermost(failed), around.watch?.context) as MiddlewareHandler)
      for (const link of middleware) outer.use(link as MiddlewareHandler)
      const headers = configHeaders(module)
      if (headers) {
        outer.use(async (c, next) => {
          await next()
          replace(c, completed(c.res, headers))
        })
      }
      outer.route(prefix, module.default as Hono)
      outer.notFound(notFound)
      outer.onError(failed)
      return (request, _values, env, ctx) =>
        sound(
          () => outer.fetch(request, env as object, ctx as never),
          request,
          `ALL ${prefix}`,
          around,
        )
    },
    unmatched: runner([c => c.notFound()], anywhere('ALL')),
    answer: make => runner([make], anywhere('ALL')),
  }
}

/** What `compose` puts together. */
export interface Parts {
  /** `_middleware` modules, outermost first. */
  middleware: Namespace[]
  module: Namespace
  /** Name of the export: `GET`, `default`. */
  name: string
  /** Percent-encoded path parameters. */
  params?: Record<string, string>
  pattern?: string
  /** `not-found`: the module is a `_404`, answered as for an unmatched path. */
  role?: 'route' | 'not-found'
  notFound?: Namespace | null
  error?: Namespace | null
  watch?: Watch
  log?: Around['log']
}

/** One handler behind its middleware, with no table around it: for evaluation and recomputation. */
export function compose(
  parts: Parts,
): (request: Request, env?: unknown, ctx?: unknown) => Response | Promise<Response> {
  const { module, name, params = {} } = parts
  const isNotFound = parts.role === 'not-found'
  const around = folder({
    middleware: parts.middleware,
    notFound: isNotFound ? module : parts.notFound,
    error: parts.error,
    log: parts.log ?? (() => {}),
    watch: parts.watch,
  })
  const place = {
    pattern: parts.pattern ?? '/',
    method: name === 'default' ? 'GET' : name,
    params: Object.keys(params),
  }
  const run = isNotFound ? around.unmatched : around.route(module, name, place)
  const values = Object.values(params)
  return (request, env, ctx) => run(request, values, env, ctx)
}
