// One request, as far as a concrete run may see it: the methods of Hono's context that make a response,
// and `new Response`. What is read of the request, and whatever else there is, ends the run.

import { jsonText } from './json.ts'
import { copyMembers } from './members.ts'
import { get } from './objects.ts'
import { isObject } from './kinds.ts'
import type { Key, World } from './world.ts'

/** A response as it was asked for: two that are equal are the same bytes. */
interface Answer {
  parts: string[]
}

const answers = new WeakMap<object, Answer>()

/** Makes a stand-in whose members `member` knows. */
function exotic(w: World, kind: string, member: (key: Key) => unknown): object {
  const made = Object.freeze({ kind })
  w.exotics.set(made, member)
  return made
}

function native(w: World, run: (args: unknown[]) => unknown): () => void {
  const made = (): void => {}
  w.natives.set(made, run)
  return made
}

/** A response made of `parts`. */
export function response(w: World, parts: string[]): object {
  const made = exotic(w, 'response', key =>
    key === 'then' || typeof key === 'symbol' ? undefined : w.unsupported('reads its response'),
  )
  answers.set(made, { parts })
  return made
}

/** `new Response(body, init)`. */
export function newResponse(w: World, args: unknown[]): object {
  return response(w, ['Response', bodyOf(w, args[0]), ...initOf(w, args[1])])
}

/** A body: text, bytes or nothing. */
function bodyOf(w: World, value: unknown): string {
  if (value === undefined || value === null) return 'none'
  if (typeof value === 'string') return `text ${value}`
  if (value instanceof Uint8Array) {
    w.look(value)
    return `bytes ${Array.prototype.join.call(value, ',')}`
  }
  return w.unsupported('answers with another kind of body')
}

function textOf(w: World, value: unknown): string {
  // How often, and how, an object is asked for its text is Hono's affair.
  return typeof value === 'string' ? value : w.unsupported('answers with what is no text')
}

/** The value of a header, as no host refuses it. */
function headerValue(w: World, value: unknown): string {
  const text = textOf(w, value)
  return /^[\t\x20-\x7e]*$/.test(text) ? text : w.unsupported('sets a header to unusual text')
}

function statusOf(w: World, value: unknown): string {
  if (value === undefined) return ''
  // Others may throw, with a body or without.
  const isPlain =
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= 200 &&
    value <= 599 &&
    ![204, 205, 304].includes(value)
  return isPlain ? String(value) : w.unsupported('sets a status in another way')
}

function headersOf(w: World, value: unknown): string[] {
  if (value === undefined || value === null) return []
  if (!isObject(value) || Array.isArray(value) || Object.getPrototypeOf(value) !== Object.prototype)
    return w.unsupported('sets headers in another way')
  const out: string[] = []
  copyMembers(w, value, (key, one) => {
    const name = textOf(w, key).toLowerCase()
    if (name.startsWith('set-cookie')) w.unsupported('sets a cookie')
    const list = Array.isArray(one) ? one : [one]
    w.look(one)
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) w.unsupported('sets a header of an unusual name')
    for (const text of list) out.push(`${name}: ${headerValue(w, text)}`)
  })
  return out
}

/** The second argument: a status, or an object with status and headers. */
function initOf(w: World, value: unknown, headers?: unknown): string[] {
  if (value === undefined || value === null || typeof value === 'number')
    return [`status ${statusOf(w, value ?? undefined)}`, ...headersOf(w, headers)]
  if (!isObject(value)) return w.unsupported('sets a status in another way')
  w.look(value)
  return [
    `status ${statusOf(w, get(w, value, 'status'))} ${headerValue(w, get(w, value, 'statusText') ?? '')}`,
    ...headersOf(w, get(w, value, 'headers')),
  ]
}

function jsonOf(w: World, value: unknown): string {
  return String(jsonText(w, value))
}

/** The context of one request. */
export function contextOf(w: World): object {
  const sets: string[] = []
  const method = (run: (args: unknown[]) => unknown) => native(w, run)
  const done = (...parts: string[]): object => response(w, [...sets, ...parts])
  const html = (value: unknown): string =>
    typeof value === 'string' ? value : w.unsupported('renders what is no text')
  const methods = new Map<Key, unknown>([
    [
      'text',
      method(([body, init, headers]) => done('text', textOf(w, body), ...initOf(w, init, headers))),
    ],
    [
      'json',
      method(([body, init, headers]) => done('json', jsonOf(w, body), ...initOf(w, init, headers))),
    ],
    [
      'html',
      method(([body, init, headers]) => done('html', html(body), ...initOf(w, init, headers))),
    ],
    [
      'body',
      method(([body, init, headers]) => done('body', bodyOf(w, body), ...initOf(w, init, headers))),
    ],
    [
      'redirect',
      method(([to, status]) => done('redirect', headerValue(w, to), statusOf(w, status))),
    ],
    [
      'status',
      method(([status]) => {
        sets.push(`status ${statusOf(w, status)}`)
      }),
    ],
    [
      'header',
      method(([name, value, options]) => {
        if (options !== undefined) w.unsupported('adds a header')
        if (value !== undefined) sets.push(...headersOf(w, { [textOf(w, name)]: value }))
        else w.unsupported('takes away a header')
      }),
    ],
  ])
  return exotic(w, 'context', key => {
    if (key === 'then' || typeof key === 'symbol') return undefined
    return methods.get(key) ?? w.unsupported(`uses c.${key}`)
  })
}

/** What a handler gets beside the context. */
export function nextOf(w: World): object {
  return native(w, () => w.unsupported('calls next()'))
}

/** What a handler's result is made into, as one text; two runs with the same text answer the same. */
export function settled(w: World, value: unknown): string {
  const known = isObject(value) ? answers.get(value) : undefined
  if (known) return JSON.stringify(known.parts)
  if (value === undefined || value === null) return 'none'
  if (typeof value === 'string') return `text ${value}`
  if (value instanceof Uint8Array) return bodyOf(w, value)
  if (typeof value === 'function') return w.unsupported('answers with a function')
  if (isObject(value) && 'then' in value) return w.unsupported('answers with a promise')
  return `json ${jsonOf(w, value)}`
}
