// The values of the template evaluator: what is known exactly, and text with values of the request in
// it. Texts are lists of parts, and every operation on them is one of this page; where one is missing,
// the handler is no template.

import type { AnyNode } from 'acorn'
import type { Escape, Hole, Part } from '../../../runtime/artifact.ts'
import { ESCAPES } from '../../../runtime/template.ts'
import type { Binding } from '../program.ts'

export type Primitive = string | number | boolean | null | undefined

/** A value of the request as it was read. It need not be a string: `absent` says what it is else. */
export interface Input {
  kind: 'input'
  from: Hole['from']
  name: string
  /** What the value is where the request has none, and where that of the request is empty. */
  absent: Primitive
  empty: Primitive
}

/** A string with values of the request in it. */
export interface Text {
  kind: 'text'
  parts: Part[]
}

/** An answer: headers are only those with values put in. */
export interface Answer {
  kind: 'response'
  body: Part[] | null
  headers: [string, Part[]][]
  /** Whether the handler names the type of its content. */
  isTyped: boolean
}

export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>

export interface Closure {
  kind: 'function'
  node: FunctionNode
  env: Env
}

export type Value =
  | { kind: 'constant'; value: Primitive }
  | Input
  | Text
  /** JSX or escaped HTML, as Hono made it; values of the request are marks in it. */
  | { kind: 'markup'; node: object }
  /** Own members in the order of the language; no prototype. */
  | { kind: 'object'; props: Record<string, Value> }
  | { kind: 'array'; items: Value[] }
  | Closure
  /** Something of the language or of Hono, by name. */
  | { kind: 'builtin'; name: string }
  | { kind: 'context' }
  | { kind: 'request' }
  /** All parameters, or all values of the query, as an object. */
  | { kind: 'record'; from: 'param' | 'query' }
  /** What calls the next link of the chain. */
  | { kind: 'next'; link: number }
  | { kind: 'promise'; value: Value }
  /** What `next()` gives: middleware may hand it on, and nothing else. */
  | { kind: 'passed' }
  | Answer

/** The variables of one call. */
export interface Env {
  chunk: string
  variables: Map<Binding, Value>
  up: Env | null
}

/** Ends the evaluation: the handler is no template, or not known to be one. */
export class Refusal extends Error {}

export function refuse(why: string): never {
  throw new Refusal(why)
}

/** The members of an object that has none yet. */
export function noProps(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>
}

export const UNDEFINED: Value = { kind: 'constant', value: undefined }

export function constant(value: Primitive): Value {
  return { kind: 'constant', value }
}

/** Marks of values inside markup; a constant that holds one could be taken for a value. */
const RESERVED = /[\uE000\uE001]/

/** A constant that may stand in a text: UTF-8 can carry it whatever comes next. */
export function checked(text: string): string {
  if (RESERVED.test(text) || LONE.test(text)) refuse('a character that text cannot carry')
  return text
}

/** Half of a surrogate pair: what it becomes depends on its neighbour. */
const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** Whether it is a string whatever the request says. */
export function isString(value: Value): boolean {
  if (value.kind === 'constant') return typeof value.value === 'string'
  if (value.kind === 'input')
    return typeof value.absent === 'string' && typeof value.empty === 'string'
  return value.kind === 'text'
}

/** The parts of `String(value)`. */
export function partsOf(value: Value): Part[] {
  if (value.kind === 'constant') return joined([checked(String(value.value))])
  if (value.kind === 'text') return value.parts
  if (value.kind === 'input') return [holeOf(value, one => checked(String(one)))]
  return refuse('makes a string of something that is none')
}

/** Parts of a value whose own constants are written by `write`. */
export function holeOf(
  { from, name, absent, empty }: Input,
  write: (value: Primitive) => string,
): Hole {
  return {
    from,
    name,
    escapes: [],
    before: '',
    after: '',
    absent: write(absent),
    empty: write(empty),
  }
}

/** Neighbouring constants as one, empty ones left out. */
export function joined(parts: Part[]): Part[] {
  const out: Part[] = []
  for (const part of parts) {
    const last = out.at(-1)
    if (typeof part !== 'string') out.push(part)
    else if (part === '') continue
    else if (typeof last === 'string') out[out.length - 1] = last + part
    else out.push(part)
  }
  return out
}

export function textOf(parts: Part[]): Value {
  const all = joined(parts)
  if (all.length === 0) return constant('')
  if (all.length === 1 && typeof all[0] === 'string') return constant(all[0])
  return { kind: 'text', parts: all }
}

/** Every escaping works character by character, so it may be applied to the parts of a text. */
export function escaped(parts: Part[], how: Escape): Part[] {
  const apply = ESCAPES[how]
  return parts.map(part =>
    typeof part === 'string'
      ? apply(part)
      : {
          ...part,
          escapes: [...part.escapes, how],
          before: apply(part.before),
          after: apply(part.after),
          absent: apply(part.absent),
          empty: apply(part.empty),
        },
  )
}

/** Whether it counts as true, where the request has no say in that. */
export function truth(value: Value): boolean {
  switch (value.kind) {
    case 'constant':
      return Boolean(value.value)
    case 'object':
    case 'array':
    case 'markup':
    case 'function':
    case 'builtin':
    case 'context':
    case 'request':
    case 'record':
    case 'response':
      return true
    case 'text':
      if (value.parts.some(part => typeof part === 'string' && part !== '')) return true
      return refuse('asks whether a value of the request is empty')
    default:
      return refuse('asks whether there is a value of the request')
  }
}
