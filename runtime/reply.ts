// Any value that a handler may return, or a module may export in a handler's place -> Response.
// Status and headers that were set on the context are kept.

import type { Context } from 'hono'
import { HtmlEscapedCallbackPhase, resolveCallback, type HtmlEscapedString } from 'hono/utils/html'

/** The type every host gives a string body that has none of its own. */
export const STRING_TYPE = 'text/plain;charset=utf-8'

/** What Fetch names as that type; rewritten, so that all hosts send the same bytes. */
const implicit = new Set<string | null>(['text/plain;charset=UTF-8'])

/** Whether a response has `type` because nobody gave it one. */
export function isImplicit(type: string | null): boolean {
  return implicit.has(type)
}

/** Has `type` mean the same: the compiler spells it in another way, to see who reads it. */
export function spellImplicit(type: string): void {
  implicit.add(type)
}

const TEXT = 'text/plain; charset=utf-8'
const HTML = 'text/html; charset=utf-8'

/** `type` replaces the default type of what is no Response. Throws where nothing can be sent. */
export function replyOf(value: unknown, c: Context, type?: string): Response | Promise<Response> {
  if (value instanceof Response) return value
  if (typeof value === 'string') return send(c, value, type ?? TEXT)
  if (value === null || value === undefined) return nothing(c)
  if (value instanceof Uint8Array)
    return send(c, value as Uint8Array<ArrayBuffer>, type ?? 'application/octet-stream')
  if (isHtml(value)) return html(value, c, type ?? HTML)
  const json = JSON.stringify(value)
  if (json === undefined)
    throw new TypeError(`a handler returned a ${typeof value}, which cannot be sent`)
  return send(c, json, type ?? 'application/json')
}

/** `response` with the headers of `config.headers` that it does not have itself. */
export function completed(response: Response, headers: [string, string][]): Response {
  const missing = headers.filter(([name]) => {
    const own = response.headers.get(name)
    return own === null || (name === 'content-type' && isImplicit(own))
  })
  if (missing.length === 0) return response
  try {
    for (const [name, value] of missing) response.headers.set(name, value)
    return response
  } catch {
    // A Response of fetch() or Response.redirect() is immutable.
    const copy = new Response(response.body, response)
    for (const [name, value] of missing) copy.headers.set(name, value)
    return copy
  }
}

/** `response` under another status. */
export function restated(response: Response, status: number): Response {
  return new Response(response.body, { status, headers: response.headers })
}

/** A short text of Precast's own. */
export function plain(status: number, text: string, headers?: Record<string, string>): Response {
  return new Response(text, { status, headers: { 'content-type': TEXT, ...headers } })
}

export function isThenable(value: unknown): value is Promise<unknown> {
  return value instanceof Promise || typeof (value as Promise<unknown> | null)?.then === 'function'
}

function send(c: Context, body: string | Uint8Array<ArrayBuffer>, type: string): Response {
  const response = c.newResponse(body)
  const own = response.headers.get('content-type')
  if (own === null || isImplicit(own)) response.headers.set('content-type', type)
  return response
}

/** 204, unless the context says another status or was already given a response. */
function nothing(c: Context): Response {
  if (c.finalized) return c.res
  const response = c.newResponse(null)
  return response.status === 200 ? c.newResponse(null, 204) : response
}

type Html = (string | { toString(): string | Promise<string> }) & {
  isEscaped: true
  callbacks?: unknown[]
}

/** Hono's mark on escaped strings and JSX nodes. Data cannot carry it: that is a plain object. */
function isHtml(value: unknown): value is Html {
  if (typeof value !== 'object' || (value as Html).isEscaped !== true) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype !== Object.prototype && prototype !== null
}

/** Synchronous unless a component is asynchronous, as rendering itself. */
function html(value: Html, c: Context, type: string): Response | Promise<Response> {
  const text = value.toString() as string | Promise<string>
  if (typeof text === 'string' && !value.callbacks?.length) return send(c, text, type)
  const source = value.callbacks?.length ? (value as unknown as HtmlEscapedString) : text
  return resolveCallback(
    source as HtmlEscapedString,
    HtmlEscapedCallbackPhase.Stringify,
    false,
    {},
  ).then(resolved => send(c, resolved.toString(), type))
}
