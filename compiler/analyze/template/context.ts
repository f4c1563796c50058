// Hono's context and request, as far as templates may use them: reading values by names that are
// known, setting headers and the status, and the answers.

import type { Hole, Part } from '../../../runtime/artifact.ts'
import { jsonOf } from './json.ts'
import type { Markup } from './markup.ts'
import { type Answer, isString, partsOf, refuse, textOf, UNDEFINED, type Value } from './value.ts'

/** A name that a URL carries as it is: no parser rewrites it, and `Object.prototype` has no such. */
const PLAIN_NAME = /^[A-Za-z0-9_.~-]+$/

/** Fields that a host sets, or that say who may have the answer. */
const NOT_THEIRS =
  /^(set-cookie|content-length|content-type|date|connection|keep-alive|te|trailer|transfer-encoding|upgrade)$/

/** One request on its way through the chain. */
export class Exchange {
  readonly #params: string[]
  readonly #optional: string | undefined
  readonly #markup: Markup
  /** Set on the context before there is an answer. */
  readonly #prepared: Fields = { headers: [], isTyped: false }
  /** Set once a link has answered: what is set now goes to that answer. */
  answered: Answer | null = null
  /** How many components are being called: they run when the answer is made, not where they stand. */
  rendering = 0

  /** @param optional name of the optional rest, which may be no segments. */
  constructor(params: string[], optional: string | undefined, markup: Markup) {
    this.#params = params
    this.#optional = optional
    this.#markup = markup
  }

  /** A value of the request. */
  input(from: Hole['from'], name: string): Value {
    if (!PLAIN_NAME.test(name) || name in Object.prototype)
      return refuse(`a value by the name ${JSON.stringify(name)}`)
    if (from === 'header') {
      const key = name.toLowerCase()
      if (key === 'cookie' || key === 'set-cookie') return refuse(`the header ${key}`)
      return this.#read(from, key)
    }
    if (from === 'param' && !this.#params.includes(name)) return UNDEFINED
    return this.#read(from, name)
  }

  #read(from: Hole['from'], name: string): Value {
    const isThere = from === 'param' && name !== this.#optional
    return { kind: 'input', from, name, absent: isThere ? '' : undefined, empty: '' }
  }

  /** A method of the context with its arguments. */
  call(method: string, args: Value[]): Value {
    const [first = UNDEFINED, second, third] = args
    if (args.length > 3) return refuse('an argument too many')
    switch (method) {
      case 'header':
        this.#header(first, second ?? UNDEFINED, third)
        return UNDEFINED
      case 'status':
        if (this.answered || this.rendering > 0) return refuse('a status that is set too late')
        numberOf(first)
        return UNDEFINED
      case 'text':
        return this.#answer(stringOf(first), second, third)
      case 'html':
        if (first.kind === 'markup')
          return this.#answer(this.#markup.partsOf(first.node), second, third)
        return this.#answer(stringOf(first), second, third)
      case 'json':
        return this.#answer(jsonOf(first) ?? refuse('JSON of undefined'), second, third)
      case 'body': {
        const isNothing = first.kind === 'constant' && first.value === null
        const answer = this.#answer(isNothing ? null : stringOf(first), second, third)
        return typed(answer)
      }
      case 'redirect': {
        if (second) numberOf(second)
        const answer = this.#answer(null)
        const location = stringOf(first)
        if (location.some(part => typeof part !== 'string'))
          setField(answer.headers, 'location', location)
        return answer
      }
      default:
        return refuse(`c.${method}()`)
    }
  }

  /** `new Response(body, init)`: what was set on the context does not reach it. */
  response(args: Value[]): Answer {
    const [first = UNDEFINED, init] = args
    if (this.#prepared.headers.length > 0) return refuse('headers that a Response of its own drops')
    const isNothing = first.kind === 'constant' && (first.value ?? null) === null
    const body = isNothing ? null : stringOf(first)
    const answer: Answer = { kind: 'response', body, headers: [], isTyped: false }
    if (init) this.#init(answer, init)
    return typed(answer)
  }

  /** What a handler returned, as `replyOf` of the runtime makes an answer of it. */
  answerOf(value: Value): Answer {
    switch (value.kind) {
      case 'response':
        return value
      case 'markup':
        return this.#answer(this.#markup.partsOf(value.node))
      case 'constant':
        if (value.value === null || value.value === undefined) return this.#answer(null)
        break
      case 'input':
      case 'text':
        return this.#answer(stringOf(value))
    }
    if (isString(value)) return this.#answer(stringOf(value))
    return this.#answer(jsonOf(value) ?? refuse('an answer that is nothing'))
  }

  #answer(body: Part[] | null, status?: Value, headers?: Value): Answer {
    const { headers: before, isTyped } = this.#prepared
    const answer: Answer = { kind: 'response', body, headers: [...before], isTyped }
    if (status?.kind === 'object') this.#init(answer, status)
    else if (status && status !== UNDEFINED) numberOf(status)
    if (headers) this.#fields(answer, headers)
    return answer
  }

  /** `{ status, headers }`. */
  #init(into: Fields, init: Value): void {
    if (init.kind !== 'object') refuse('an init that is no plain object')
    for (const [key, value] of Object.entries(init.props)) {
      if (key === 'status') numberOf(value)
      else if (key === 'statusText') refuse('a status text')
      else if (key === 'headers') this.#fields(into, value)
      else refuse(`${key} of an init`)
    }
  }

  #fields(into: Fields, fields: Value): void {
    if (fields.kind === 'constant' && fields.value === undefined) return
    if (fields.kind !== 'object') refuse('headers that are no plain object')
    for (const [name, value] of Object.entries(fields.props)) this.#field(into, name, value)
  }

  #header(name: Value, value: Value, options: Value | undefined): void {
    if (this.rendering > 0) refuse('a header that is set while the answer is made')
    if (name.kind !== 'constant' || typeof name.value !== 'string')
      refuse('a header whose name is not known')
    if (options && (value.kind !== 'constant' || !isPlainData(options)))
      refuse('options of a header')
    this.#field(this.answered ?? this.#prepared, name.value, value)
  }

  #field(into: Fields, name: string, value: Value): void {
    const key = name.toLowerCase()
    if (into.headers.some(([known]) => known === key)) refuse(`the header ${key} set twice`)
    if (key === 'set-cookie') refuse('a cookie')
    if (value.kind === 'constant') {
      if (key === 'content-type') into.isTyped = typeof value.value === 'string'
      return
    }
    if (this.answered) refuse('a header that is set after the answer')
    if (NOT_THEIRS.test(key)) refuse(`a value of the request in the header ${key}`)
    setField(into.headers, key, stringOf(value))
  }
}

/** Where headers go. */
type Fields = Pick<Answer, 'headers' | 'isTyped'>

/** A Response of text that names no type has another one on each platform. */
function typed(answer: Answer): Answer {
  return answer.body && !answer.isTyped ? refuse('a body without a type') : answer
}

function setField(into: [string, Part[]][], name: string, parts: Part[]): void {
  // Beyond ASCII, `c.redirect` and the platforms differ in what they send.
  for (const part of parts)
    if (/[^\x20-\x7e]/.test(typeof part === 'string' ? part : part.before + part.after))
      refuse(`characters beyond ASCII in the header ${name}`)
  if (into.some(([known]) => known === name)) refuse(`the header ${name} set twice`)
  into.push([name, parts])
}

function stringOf(value: Value): Part[] {
  return isString(value) ? partsOf(value) : refuse('a text that may be none')
}

function numberOf(value: Value): void {
  if (value.kind !== 'constant' || typeof value.value !== 'number') refuse('a status not known')
}

function isPlainData(value: Value): boolean {
  return value.kind === 'object' && Object.values(value.props).every(one => one.kind === 'constant')
}

/** `String(value)`. */
export function stringValue(value: Value, markup: Markup): Value {
  return textOf(value.kind === 'markup' ? markup.partsOf(value.node) : partsOf(value))
}
