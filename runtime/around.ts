// What a folder brings to all that lies below it, and from it the answers where no handler has one:
// `_404` and `_error`.

import type { Context } from 'hono'
import { routePath } from 'hono/route'
import { answering, configHeaders, thrownBy, type Namespace } from './links.ts'
import { plain, restated } from './reply.ts'

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

/** What `c.notFound()` runs, and an unmatched path: `_404` or the plain 404. */
export function notFoundHandler({
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

/** What runs after a throw: `_error`, an HTTPException's own answer, or the plain 500. */
export function errorHandler({
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
    const error = thrownBy(caught)
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

function whereOf(c: Context): string {
  return `${c.req.method} ${routePath(c, -1)}`
}
