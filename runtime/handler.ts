// What a route module may export -> functions from Request to Response, run on Hono: its context,
// helpers, middleware, errors and `notFound` work unchanged. Knows nothing of paths or of bytes
// kept from a build; the same code serves requests and is watched when a build evaluates.

import { Hono, type Context, type MiddlewareHandler, type Next } from 'hono'
import { routePath } from 'hono/route'
import type { Result } from 'hono/router'
import type { H, RouterRoute } from 'hono/types'
import {
  completed,
  isThenable,
  plain,
  replyOf,
  restated,
  FETCH_STRING_TYPE,
  STRING_TYPE,
} from './reply.ts'

/** A module's exports. */
export type Namespace = Record<string, unknown>

/** Answers a request; `values` are the path parameters in the route's order, percent-encoded. */
export type Run = (
  request: Request,
  values: (string | undefined)[],
  env?: unknown,
  ctx?: unknown,
) => Response | Promise<Response>

/** What a folder brings to all that lies below it. */
export interface Around {
  /** `_middleware` modules, outermost first. */
  middleware: Namespace[]
  /** The nearest `_404` and `_error`. */
  notFound?: Namespace | null
  error?: Namespace | null
  /** Told of every error that nobody else answered; the answer is then a plain 500. */
  log(error: unknown, request: Request | undefined, where: string): void
  watch?: Watch
}

/** Lets the build see what a request's answer does not show. */
export interface Watch {
  /** The context, before any code of the user sees it. */
  context?(c: Context): void
  /** Whatever was thrown, also where `_error` or an HTTPException answers. */
  threw?(error: unknown): void
  /** `c.notFound()`, or a chain that ends without an answer. */
  notFound?(): void
}

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

/** `Response.headers` does not show the type that a string body gets (Bun). */
const HIDES_TYPE = new Response('').headers.get('content-type') === null

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
  const hono = new Hono({ router: { name: 'precast', add() {}, match: () => pending } })
  const notFound = notFoundHandler(around)
  const failed = errorHandler(around)
  hono.notFound(notFound)
  hono.onError(failed)
  const middleware = around.middleware.flatMap(module => chainOf(module.default)).map(guarded)

  const runner = (own: H[], place: Place): Run => {
    const links = [...middleware, ...own]
    links[0] = first(links[0]!, around.watch)
    const indices: Record<string, number> = Object.create(null)
    for (const [index, name] of place.params.entries()) indices[name] = index
    const route = { basePath: '/', path: place.pattern, method: place.method }
    const entries = links.map(handler => [[handler, { ...route, handler }], indices] as const)
    const headEntries = [
      [[bodyless, { ...route, handler: bodyless }], indices] as const,
      ...entries,
    ]
    const where = `${place.method} ${place.pattern}`
    return (request, values, env, ctx) => {
      // Hono asks its router before it first waits, so a request cannot get another's match.
      pending = [request.method === 'HEAD' ? headEntries : entries, values] as unknown as Matched
      return settled(() => hono.fetch(request, env as object, ctx as never), request, where, around)
    }
  }

  const anywhere = (method: string): Place => ({ pattern: '/*', method, params: [] })
  return {
    route(module, name, place) {
      const links = chainOf(module[name])
      const headers = configHeaders(module)
      const handler = answering(links.pop(), headers)
      return runner([...links.map(guarded), handler], place)
    },
    mount(module, prefix) {
      const outer = new Hono()
      outer.use(first(outermost(failed), around.watch) as MiddlewareHandler)
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
        settled(
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

/** `config.headers` of a module, undefined where it has none. */
function configHeaders(module: Namespace): [string, string][] | undefined {
  const headers = (module.config as { headers?: Record<string, unknown> } | undefined)?.headers
  if (typeof headers !== 'object' || headers === null) return undefined
  return Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])
}

/** An export as a list that ends in a handler or a value; an array of data is one value. */
function chainOf(value: unknown): unknown[] {
  return Array.isArray(value) && typeof value[0] === 'function' ? [...value] : [value]
}

class Thrown extends Error {
  readonly value: unknown
  constructor(value: unknown) {
    super('a value that is no Error was thrown')
    this.value = value
  }
}

/** Hono passes on to its error handler only what is an Error. */
function rethrow(error: unknown): never {
  throw error instanceof Error ? error : new Thrown(error)
}

function guarded(link: unknown): H {
  if (typeof link !== 'function') {
    return () => {
      throw new TypeError('what stands for middleware is no function')
    }
  }
  return (c: Context, next: Next) => {
    try {
      const out = link(c, next)
      return out instanceof Promise ? out.catch(rethrow) : out
    } catch (error) {
      rethrow(error)
    }
  }
}

/** A handler or a plain value as a handler that returns a Response. */
function answering(value: unknown, headers: [string, string][] | undefined): H {
  const type = headers?.find(([name]) => name === 'content-type')?.[1]
  const finish = (result: unknown, c: Context): Response | Promise<Response> => {
    const reply = replyOf(result, c, type)
    if (!headers) return reply
    return reply instanceof Promise
      ? reply.then(res => completed(res, headers))
      : completed(reply, headers)
  }
  if (typeof value !== 'function') {
    // A Response kept in a module is sent many times, and a body can be read but once.
    const copy = (result: unknown): unknown =>
      result instanceof Response ? result.clone() : result
    return (c: Context) =>
      (isThenable(value)
        ? value.then(out => finish(copy(out), c))
        : finish(copy(value), c)) as never
  }
  return (c: Context, next: Next) => {
    try {
      const out = value(c, next)
      return (
        isThenable(out) ? out.then(result => finish(result, c), rethrow) : finish(out, c)
      ) as never
    } catch (error) {
      rethrow(error)
    }
  }
}

/** Wraps what runs first, so that the context is ready before any code of the user sees it. */
function first(handler: H, watch: Watch | undefined): H {
  if (!HIDES_TYPE && !watch?.context) return handler
  return (c: Context, next: Next) => {
    if (HIDES_TYPE) {
      const text = c.text
      c.text = ((body: string, arg?: never, headers?: Record<string, string>) => {
        const response = text(body, arg, headers) as Response
        // Hono itself names the type wherever there is more than a body.
        if (response.headers.get('content-type') === null)
          response.headers.set('content-type', STRING_TYPE)
        return response
      }) as typeof text
    }
    watch?.context?.(c)
    return handler(c, next)
  }
}

/** HEAD: what GET would send, its body let go so that a stream does not run on unread. */
const bodyless: H = async (c: Context, next: Next) => {
  await next()
  if (c.res.body === null) return
  c.res.body.cancel().catch(() => {})
  replace(c, new Response(null, c.res))
}

/** Around a mounted app, whose own handlers are not wrapped: non-Errors, and HEAD. */
function outermost(failed: (error: unknown, c: Context) => Response | Promise<Response>): H {
  return async (c: Context, next: Next) => {
    try {
      await (c.req.method === 'HEAD' ? bodyless(c, next) : next())
    } catch (error) {
      replace(c, await failed(error, c))
    }
  }
}

/** `c.res = …` alone would merge the headers of the response that it replaces. */
function replace(c: Context, response: Response): void {
  if (c.res === response) return
  c.res = undefined
  c.res = response
}

function notFoundHandler({
  notFound,
  watch,
}: Around): (c: Context) => Response | Promise<Response> {
  if (!notFound) {
    return () => {
      watch?.notFound?.()
      return plain(404, 'Not Found')
    }
  }
  const handler = answering(notFound.default, configHeaders(notFound))
  const found404 = (response: Response): Response =>
    response.status === 200 ? restated(response, 404) : response
  return c => {
    watch?.notFound?.()
    c.status(404)
    const out = handler(c, async () => {}) as Response | Promise<Response>
    return out instanceof Promise ? out.then(found404) : found404(out)
  }
}

function errorHandler({
  error: module,
  log,
  watch,
}: Around): (error: unknown, c: Context) => Response | Promise<Response> {
  const headers = module ? configHeaders(module) : undefined
  const found500 = (response: Response): Response =>
    response.status === 200 ? restated(response, 500) : response

  const unanswered = (error: unknown, c: Context): Response => {
    log(error, c.req.raw, whereOf(c))
    return plain(500, 'Internal Server Error')
  }
  return (caught, c) => {
    const error = caught instanceof Thrown ? caught.value : caught
    c.error = error as Error
    watch?.threw?.(error)
    try {
      if (module) {
        c.status(500)
        const out = answering(
          () => (module.default as (error: unknown, c: Context) => unknown)(error, c),
          headers,
        )(c, async () => {}) as Response | Promise<Response>
        return out instanceof Promise
          ? out.then(found500).catch(second => unanswered(thrownBy(second), c))
          : found500(out)
      }
      if (typeof error === 'object' && error !== null && 'getResponse' in error) {
        const response = (error as { getResponse(): Response }).getResponse()
        return c.newResponse(response.body, response)
      }
    } catch (second) {
      return unanswered(thrownBy(second), c)
    }
    return unanswered(error, c)
  }
}

function thrownBy(error: unknown): unknown {
  return error instanceof Thrown ? error.value : error
}

function whereOf(c: Context): string {
  return `${c.req.method} ${routePath(c, -1)}`
}

/** Nothing that goes wrong below leaves this function other than as a plain 500. */
function settled(
  answer: () => Response | Promise<Response>,
  request: Request,
  where: string,
  around: Around,
): Response | Promise<Response> {
  const broken = (error: unknown): Response => {
    around.watch?.threw?.(thrownBy(error))
    around.log(thrownBy(error), request, where)
    return plain(500, 'Internal Server Error')
  }
  const sound = (response: Response): Response => {
    const fault = faultOf(response)
    return fault ? broken(new Error(fault)) : response
  }
  try {
    const out = answer()
    return out instanceof Promise ? out.then(sound).catch(broken) : sound(out)
  } catch (error) {
    return broken(error)
  }
}

/**
 * Why a response cannot be sent, or undefined. Headers lets control characters through that are no
 * field value (RFC 9110 section 5.5); Deno's server panics on one of them.
 */
function faultOf(response: Response): string | undefined {
  if (!(response instanceof Response)) return 'the handler chain ended without a Response'
  if (response.bodyUsed) return 'the response has a body that was already read'
  if (response.status < 200 && response.status !== 101)
    return `the response has status ${response.status}`
  fault = undefined
  // Cheaper than iterating, which makes an array for each field.
  response.headers.forEach(inspect)
  if (response.headers.get('content-type') === FETCH_STRING_TYPE) retype(response)
  return fault
}

let fault: string | undefined

function inspect(value: string, name: string): void {
  if (CONTROL.test(value))
    fault = `the value of the response header ${name} has a control character`
}

const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/

function retype(response: Response): void {
  try {
    response.headers.set('content-type', STRING_TYPE)
  } catch {
    // Immutable: it came from fetch(), where the type is the other server's own.
  }
}
