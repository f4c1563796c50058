// A template of the manifest + the values of a request -> the response, as the handler would make it
// and without running it. Values are decoded and escaped by the very functions that handlers call;
// what a header cannot carry is left to the handler.

import { escapeToBuffer } from 'hono/utils/html'
import { getQueryParam, tryDecodeURIComponent } from 'hono/utils/url'
import type { Escape, Hole, Part, RouteRecord, Template } from './artifact.ts'
import { writeHead } from './head.ts'
import { Reply } from './static.ts'
import { paramNames } from './table.ts'

/** What the holes of a template are filled from. */
export interface Values {
  /** Path parameters in the route's order, percent-encoded; undefined for an optional rest of none. */
  params: (string | undefined)[]
  /** The request's URL, with origin and query. */
  url: string
  headers: { get(name: string): string | null }
}

/** A filled template. */
export interface Filled {
  status: number
  headers: [string, string][]
  body: string | null
}

/**
 * A field value that every platform sends as it is: visible ASCII with spaces inside. Others are
 * trimmed, refused or sent as other bytes, each of which is the handler's own affair.
 */
const PLAIN_FIELD = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/** Names of a template's parameters are looked up in the route's, once. */
type Read = (values: Values) => string | null | undefined

/** One route's template, made ready once. */
export class Filler {
  readonly #status: number
  readonly #headers: [string, string | ((values: Values) => string)][]
  readonly #body: ((values: Values) => string) | null
  /** All of the head but the length of the body, where no header has a hole. */
  readonly #head: Uint8Array | null
  readonly #fields: [string, string][] = []
  /** Whether a value is one of a request header. */
  readonly readsHeaders: boolean

  constructor(template: Template, params: string[]) {
    this.#status = template.status
    const parts = [...(template.body ?? []), ...template.headers.flatMap(([, own]) => own)]
    this.readsHeaders = parts.some(part => typeof part !== 'string' && part.from === 'header')
    this.#headers = template.headers.map(([name, parts]) => {
      const isFixed = parts.every(part => typeof part === 'string')
      return [name, isFixed ? parts.join('') : writer(parts, params)]
    })
    this.#body = template.body && writer(template.body, params)
    for (const [name, value] of this.#headers)
      if (typeof value === 'string') this.#fields.push([name, value])
    const hasBytes = this.#body !== null && this.#status !== 204 && this.#status !== 304
    const isFixed = this.#fields.length === this.#headers.length
    this.#head = hasBytes && isFixed ? headBefore(this.#status, this.#fields) : null
  }

  /** The response, or null where the handler has to answer: a header cannot have that value. */
  fill(values: Values): Filled | null {
    const headers: [string, string][] = []
    for (const [name, value] of this.#headers) {
      const text = typeof value === 'string' ? value : value(values)
      if (text !== value && !PLAIN_FIELD.test(text)) return null
      headers.push([name, text])
    }
    return { status: this.#status, headers, body: this.#body?.(values) ?? null }
  }

  /** The same for GET and HEAD as a Response, which lacks what the platform adds. */
  respond(values: Values, isHead: boolean): Response | null {
    const filled = this.fill(values)
    if (!filled) return null
    const { status, headers, body } = filled
    return new Response(isHead ? null : body, { status, headers })
  }

  /** The same for GET as bytes; undefined where only `respond` can say it. */
  reply(values: Values): Reply | undefined {
    if (this.#head === null) return undefined
    const body = ENCODER.encode(this.#body!(values))
    const length = String(body.length)
    const head = new Uint8Array(this.#head.length + length.length + 4)
    head.set(this.#head)
    for (let i = 0, at = this.#head.length; i < length.length; i++)
      head[at + i] = length.charCodeAt(i)
    head.set(END, head.length - 4)
    return new Reply(this.#status, head, body, [...this.#fields, ['content-length', length]])
  }
}

/** The fillers of a manifest's routes, by route; null where there is none at all. */
export function fillersOf(routes: RouteRecord[]): (Filler | undefined)[] | null {
  if (!routes.some(({ template }) => template)) return null
  return routes.map(
    ({ template, segments }) => template && new Filler(template, paramNames(segments)),
  )
}

const ENCODER = new TextEncoder()
const END = ENCODER.encode('\r\n\r\n')

function headBefore(status: number, fields: [string, string][]): Uint8Array {
  return writeHead(status, [...fields, ['content-length', '']]).slice(0, -END.length)
}

// ---------------------------------------------------------------- holes

function writer(parts: Part[], params: string[]): (values: Values) => string {
  const steps = parts.map(part => (typeof part === 'string' ? part : holeOf(part, params)))
  return values => {
    let text = ''
    for (const step of steps) text += typeof step === 'string' ? step : step(values)
    return text
  }
}

function holeOf(hole: Hole, params: string[]): (values: Values) => string {
  const { before, after, absent, empty } = hole
  const read = reader(hole, params)
  const escapes = hole.escapes.map(name => ESCAPES[name])
  return values => {
    let value = read(values)
    if (value === undefined || value === null) return absent
    if (value === '') return empty
    for (const write of escapes) value = write(value)
    return before + value + after
  }
}

function reader({ from, name }: Hole, params: string[]): Read {
  if (from === 'header') return ({ headers }) => headers.get(name)
  if (from === 'query') return ({ url }) => getQueryParam(url, name) as string | undefined
  // Of two parameters with one name, Hono knows the last.
  const index = params.lastIndexOf(name)
  return values => {
    const value = values.params[index]
    return value && tryDecodeURIComponent(value)
  }
}

/** What each escaping makes of a text. */
export const ESCAPES: Record<Escape, (text: string) => string> = {
  html(text) {
    const buffer: [string] = ['']
    escapeToBuffer(text, buffer)
    return buffer[0]
  },
  json: text => JSON.stringify(text).slice(1, -1),
  uri: encodeURIComponent,
}
