// The few fields of a usual response, made of what `Response` is given. What it takes the platform to
// read, such as a value beyond ASCII, is not for here.

import { isImplicit } from '../reply.ts'
import { type FieldSource, NativeHeaders } from './headers.ts'

/** Fields that many responses have alike: one field, or none. */
export class Usual {
  /** Name and value. */
  readonly lines: readonly string[]
  /** Whether all there is is a type that nobody gave. */
  readonly isImplicit: boolean
  /** What is made of them once for all; undefined at first. */
  host: unknown = undefined

  constructor(lines: readonly string[]) {
    this.lines = lines
    this.isImplicit = lines[0] === TYPE && isImplicit(lines[1]!)
  }
}

const TYPE = 'content-type'

/** The one name that may come more than once, and in an order that platforms do not agree on. */
const COOKIE = 'set-cookie'

/** Programs have a handful; the bounds are for those that make them up. */
const MOST = 256
const LONGEST = 128

const none = new Usual([])
let count = 0
const usuals = new Map<string, Map<string, Usual>>()

function usualOf(name: string, value: unknown): Usual | undefined {
  if (typeof value !== 'string') return undefined
  const known = usuals.get(name)?.get(value)
  if (known !== undefined) return known
  const lower = nameOf(name)
  if (lower === undefined || lower === COOKIE || !isPlain(value)) return undefined
  const made = new Usual([lower, value])
  if (value.length > LONGEST) return made
  if (count++ === MOST) {
    count = 0
    usuals.clear()
  }
  let values = usuals.get(name)
  if (values === undefined) usuals.set(name, (values = new Map()))
  values.set(value, made)
  return made
}

export class PlainFields implements FieldSource {
  #usual: Usual | null = none
  /** Name, value, name, value; those of `#usual` where there is one. */
  #lines: readonly string[] = none.lines

  /** Undefined where it takes the platform to read them. */
  static from(headers: unknown): PlainFields | undefined {
    const fields = new PlainFields()
    if (headers instanceof NativeHeaders) {
      // In the platform's own order.
      const lines: string[] = []
      headers.forEach((value, name) => void lines.push(name, value))
      fields.#usual = null
      fields.#lines = lines
      return fields
    }
    if (typeof headers !== 'object' || headers === null) return undefined
    const parent = Object.getPrototypeOf(headers)
    if (parent !== Object.prototype && parent !== null) return undefined
    for (const name in headers) {
      const value = (headers as Record<string, unknown>)[name]
      const known = nameOf(name)
      if (known === undefined || fields.get(known) !== null || !fields.#put(name, value))
        return undefined
    }
    return fields
  }

  /** Null where they are its own. */
  get usual(): Usual | null {
    return this.#usual
  }

  get(name: string): string | null {
    const lines = this.#lines
    let found: string | null = null
    for (let i = 0; i < lines.length; i += 2)
      if (lines[i] === name) found = found === null ? lines[i + 1]! : `${found}, ${lines[i + 1]}`
    return found
  }

  set(name: string, value: string): boolean {
    return !this.#lines.includes(COOKIE) && this.#put(name, value)
  }

  sorted(): [string, string][] {
    const lines = this.#lines
    const pairs: [string, string][] = []
    for (let i = 0; i < lines.length; i += 2) pairs.push([lines[i]!, lines[i + 1]!])
    return pairs
  }

  each(callback: (value: string, name: string) => void): void {
    const lines = this.#lines
    for (let i = 0; i < lines.length; i += 2) callback(lines[i + 1]!, lines[i]!)
  }

  #put(name: string, value: unknown): boolean {
    const usual = usualOf(name, value)
    if (usual === undefined) return false
    const lower = usual.lines[0]!
    const lines = this.#lines
    if (lines.length === 0 || (lines.length === 2 && lines[0] === lower)) {
      this.#usual = usual
      this.#lines = usual.lines
      return true
    }
    let i = 0
    while (i < lines.length && lines[i]! < lower) i += 2
    const rest = lines[i] === lower ? i + 2 : i
    this.#usual = null
    this.#lines = [...lines.slice(0, i), ...usual.lines, ...lines.slice(rest)]
    return true
  }
}

/** What every platform takes for a value as it is. */
const PLAIN = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/

function isPlain(value: string): boolean {
  return PLAIN.test(value)
}

const names = new Map<string, string>()

/** In lower case; undefined where it is none. */
function nameOf(name: string): string | undefined {
  const known = names.get(name)
  if (known !== undefined) return known
  if (typeof name !== 'string' || !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return undefined
  if (names.size === MOST) names.clear()
  const lower = name.toLowerCase()
  names.set(name, lower)
  return lower
}
