// What a module exports -> links of a Hono chain: middleware, handlers and plain values, each in a
// form that Hono runs as it is. Knows one module at a time.

import type { Context, Next } from 'hono'
import type { H } from 'hono/types'
import { completed, isThenable, replyOf, STRING_TYPE } from './reply.ts'

/** A module's exports. */
export type Namespace = Record<string, unknown>

/** `config.headers` of a module, undefined where it has none. */
export function configHeaders(module: Namespace): [string, string][] | undefined {
  const headers = (module.config as { headers?: Record<string, unknown> } | undefined)?.headers
  if (typeof headers !== 'object' || headers === null) return undefined
  return Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])
}

/** An export as a list that ends in a handler or a value; an array of data is one value. */
export function chainOf(value: unknown): unknown[] {
  return Array.isArray(value) && typeof value[0] === 'function' ? [...value] : [value]
}

/** Carries what is no Error through Hono, which passes on to its error handler only what is one. */
class Thrown extends Error {
  readonly value: unknown
  constructor(value: unknown) {
    super('a value that is no Error was thrown')
    this.value = value
  }
}

function rethrow(error: unknown): never {
  throw error instanceof Error ? error : new Thrown(error)
}

/** What the user's code threw. */
export function thrownBy(error: unknown): unknown {
  return error instanceof Thrown ? error.value : error
}

/** Middleware, with whatever it throws as an Error. */
export function guarded(link: unknown): H {
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

/** Middleware of a module's own, whose answers have the module's headers too. */
export function dressed(link: unknown, headers: [string, string][] | undefined): H {
  const run = guarded(link)
  if (!headers) return run
  const finish = (out: unknown): unknown =>
    out instanceof Response ? completed(out, headers) : out
  return (c: Context, next: Next) => {
    const out = run(c, next)
    return (out instanceof Promise ? out.then(finish) : finish(out)) as never
  }
}

/** A handler or a plain value as a handler that returns a Response. */
export function answering(value: unknown, headers: [string, string][] | undefined): H {
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
export function first(handler: H, context: ((c: Context) => void) | undefined): H {
  // Bun's own Response shows the type that a string body gets only once it is sent.
  const hidesType = new Response('').headers.get('content-type') === null
  if (!hidesType && !context) return handler
  return (c: Context, next: Next) => {
    if (hidesType) {
      const text = c.text
      c.text = ((body: string, arg?: never, headers?: Record<string, string>) => {
        const response = text(body, arg, headers) as Response
        // Hono itself names the type wherever there is more than a body.
        if (response.headers.get('content-type') === null)
          response.headers.set('content-type', STRING_TYPE)
        return response
      }) as typeof text
    }
    context?.(c)
    return handler(c, next)
  }
}

/** HEAD: what GET would send, its body let go so that a stream does not run on unread. */
export const bodyless: H = async (c: Context, next: Next) => {
  await next()
  if (c.res.body === null) return
  c.res.body.cancel().catch(() => {})
  replace(c, new Response(null, c.res))
}

/** Around a mounted app, whose own handlers are not wrapped: non-Errors, and HEAD. */
export function outermost(failed: (error: unknown, c: Context) => Response | Promise<Response>): H {
  return async (c: Context, next: Next) => {
    try {
      await (c.req.method === 'HEAD' ? bodyless(c, next) : next())
    } catch (error) {
      replace(c, await failed(error, c))
    }
  }
}

/** `c.res = …` alone would merge the headers of the response that it replaces. */
export function replace(c: Context, response: Response): void {
  if (c.res === response) return
  c.res = undefined
  c.res = response
}
