// The abstract values of the analyzer: which primitives, which objects (by where they are made) an
// expression may be, and whether it was taken from something that differs between two starts. Joins
// only grow, so that the machine reaches a fixed point.

import type { AnyNode } from 'acorn'
import type { Frame } from './machine/frame.ts'
import type { FunctionInfo } from './program.ts'

/** A place in a chunk. */
export interface Site {
  chunk: string
  /** Offset in the chunk's code. */
  at: number
}

/** Where code runs: while a module loads, later on its own, or for one handler. */
export interface Context {
  kind: 'load' | 'late' | 'call'
  /** `load`, `late`: the chunk whose loading it is; `call`: the handler. */
  root: string
  /** Loading that goes on side by side, under one `Promise.all`: in which order is not known. */
  isTogether?: boolean
  frames: Map<Token, Frame>
  /** Steps taken in it; what takes too many is given up. */
  steps: number
  givenUp: boolean
}

/** Something a value depends on that is not the same everywhere. */
export interface Taint {
  /** `location`: where the project lies, harmless in the path of a file to read. */
  kind: 'ambient' | 'location'
  message: string
  site: Site
}

/** Why a value cannot be followed. */
export interface Doubt {
  message: string
  site: Site
  /** It may be a class or a prototype that other code has too, by its name; or anything of one. */
  isShared?: 'class' | 'any'
}

export const UNDEFINED = 1
export const NULL = 2
export const BOOLEAN = 4
export const NUMBER = 8
export const STRING = 16
export const SYMBOL = 32
export const BIGINT = 64

export type Kind =
  | 'object'
  | 'array'
  | 'function'
  | 'bound'
  /** Plain data of unknown shape: any member of it is a primitive or itself. */
  | 'data'
  | 'builtin'
  | 'map'
  | 'set'
  | 'weak'
  | 'promise'
  | 'generator'
  | 'regexp'
  | 'date'
  | 'error'
  | 'bytes'
  | 'intl'
  | 'response'
  | 'headers'
  | 'url'
  | 'query'
  | 'hash'
  | 'stats'
  | 'stream'
  | 'codec'
  | 'jsx'
  | 'context'
  | 'request'
  | 'next'
  | 'app'
  | 'middleware'
  | 'namespace'
  /** The names of the own properties of another object, as strings. */
  | 'keys'
  /** Some member that every object inherits, chosen by a key that is not known. */
  | 'inherited'

/** A store for values, and who has to run again when it grows. */
export class Cell {
  value: Value = BOTTOM
  readers: Set<Frame> | null = null
  /** The context it was made in: what outlives a call is of another one. */
  readonly context: Context
  /** Name for messages. */
  readonly name: string
  /** Code that may write it after loading, or while another module loads. */
  marks: Mark[] | null = null

  constructor(context: Context, name: string) {
    this.context = context
    this.name = name
  }
}

/** A write that code outside of the place of birth may do. */
export interface Mark {
  context: Context
  site: Site
}

/** An abstract object: all the objects made at one place in one context. */
export interface Token {
  readonly id: number
  readonly kind: Kind
  readonly context: Context
  readonly site: Site
  props: Map<string, Cell>
  getters: Map<string, Cell> | null
  setters: Map<string, Cell> | null
  proto: Cell | null
  /** Who lists its members. */
  listers: Set<Frame> | null
  /** By member name, `*` for any: who may change it after it could be seen. */
  marks: Map<string, Mark[]> | null
  /** `function`: its code and the frame it closes over. */
  info?: FunctionInfo
  env?: Frame
  /** `builtin`: its path; `context`, `next`, `middleware`, `intl`: what it is. */
  path?: string
  /** Other values it is made of: the target of a bound function, the owner of keys. */
  parts?: Value[]
  /** `function`: `this` of an arrow function and the class it belongs to. */
  home?: Token
  node?: AnyNode
}

const NO_TOKENS: readonly Token[] = []
const NO_STRINGS: readonly string[] = []
/** More string constants than this in one value are just a string. */
const MAX_STRINGS = 12

/** An immutable set of possible values. */
export class Value {
  readonly bits: number
  readonly strings: readonly string[]
  readonly tokens: readonly Token[]
  readonly taint: Taint | null
  readonly doubt: Doubt | null

  constructor(
    bits: number,
    strings: readonly string[] = NO_STRINGS,
    tokens: readonly Token[] = NO_TOKENS,
    taint: Taint | null = null,
    doubt: Doubt | null = null,
  ) {
    this.bits = bits
    this.strings = strings
    this.tokens = tokens
    this.taint = taint
    this.doubt = doubt
  }

  get isBottom(): boolean {
    return (
      this.bits === 0 &&
      this.strings.length === 0 &&
      this.tokens.length === 0 &&
      !this.doubt &&
      !this.taint
    )
  }

  /** Whether it may be a string, known or not. */
  get mayBeString(): boolean {
    return (this.bits & STRING) !== 0 || this.strings.length > 0
  }
}

/** No value: nothing was found yet, or ever. */
export const BOTTOM = new Value(0)
/** No value, and that is known: an item of an empty list, a member of `undefined`. */
export const NOTHING = new Value(0)
export const UNDEF = new Value(UNDEFINED)
export const NUL = new Value(NULL)
export const BOOL = new Value(BOOLEAN)
export const NUM = new Value(NUMBER)
export const STR = new Value(STRING)
export const SYM = new Value(SYMBOL)
export const BIG = new Value(BIGINT)
export const PRIMITIVE = new Value(UNDEFINED | NULL | BOOLEAN | NUMBER | STRING | BIGINT)

export function text(value: string): Value {
  return value.length > 60 ? STR : new Value(0, [value])
}

export function of(token: Token): Value {
  return new Value(0, NO_STRINGS, [token])
}

export function doubtful(message: string, site: Site): Value {
  return new Value(0, NO_STRINGS, NO_TOKENS, null, { message, site })
}

export function tainted(value: Value, taint: Taint | null): Value {
  if (!taint || strongerTaint(value.taint, taint) === value.taint) return value
  return new Value(
    value.bits,
    value.strings,
    value.tokens,
    strongerTaint(value.taint, taint),
    value.doubt,
  )
}

export function strongerTaint(a: Taint | null, b: Taint | null): Taint | null {
  if (!a) return b
  if (!b || a.kind === 'ambient') return a
  return b.kind === 'ambient' ? b : a
}

/** A member of what is not known, where its name leads to a class or a prototype: all code has that. */
export function shared(value: Value, key: string): Value {
  if (!value.doubt) return value
  const { isShared } = value.doubt
  const isClass = /^(prototype|constructor|__proto__)$/.test(key)
  const found = isClass ? 'class' : isShared || key === '*' ? 'any' : undefined
  if (found === isShared) return value
  const doubt: Doubt = { ...value.doubt, isShared: found }
  return new Value(value.bits, value.strings, value.tokens, value.taint, doubt)
}

const RANKS: Doubt['isShared'][] = [undefined, 'any', 'class']

/** The union; `a` itself where it already has all of `b`. */
export function join(a: Value, b: Value): Value {
  if (a === b || b === BOTTOM) return a
  if (a === BOTTOM || a === NOTHING) return b
  if (b === NOTHING) return a
  const bits = a.bits | b.bits
  let strings = joinStrings(a.strings, b.strings)
  let allBits = bits
  if (bits & STRING) strings = NO_STRINGS
  else if (strings.length > MAX_STRINGS) {
    strings = NO_STRINGS
    allBits |= STRING
  }
  const tokens = joinTokens(a.tokens, b.tokens)
  const taint = strongerTaint(a.taint, b.taint)
  const rank = (one: Doubt | null): number => (one ? 1 + RANKS.indexOf(one.isShared) : 0)
  const doubt = rank(b.doubt) > rank(a.doubt) ? b.doubt : a.doubt
  if (
    allBits === a.bits &&
    (strings === a.strings || (strings.length === 0 && a.strings.length === 0)) &&
    tokens === a.tokens &&
    taint === a.taint &&
    doubt === a.doubt
  )
    return a
  return new Value(allBits, strings, tokens, taint, doubt)
}

export function joinAll(values: Iterable<Value>): Value {
  let out = BOTTOM
  for (const value of values) out = join(out, value)
  return out
}

function joinStrings(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.length === 0) return a
  if (a.length === 0) return b
  const missing = b.filter(one => !a.includes(one))
  return missing.length === 0 ? a : [...a, ...missing]
}

/** Both are sorted by id. */
function joinTokens(a: readonly Token[], b: readonly Token[]): readonly Token[] {
  if (b.length === 0 || a === b) return a
  if (a.length === 0) return b
  let missing = 0
  for (let i = 0, j = 0; j < b.length; j++) {
    while (i < a.length && a[i]!.id < b[j]!.id) i++
    if (i >= a.length || a[i]!.id !== b[j]!.id) missing++
  }
  if (missing === 0) return a
  const out: Token[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (j >= b.length) out.push(a[i++]!)
    else if (i >= a.length) out.push(b[j++]!)
    else if (a[i]!.id === b[j]!.id) {
      out.push(a[i++]!)
      j++
    } else out.push(a[i]!.id < b[j]!.id ? a[i++]! : b[j++]!)
  }
  return out
}

/** A member's name as the user wrote it, kept apart from the names the analyzer itself uses. */
export function memberName(name: string): string {
  return /^(\*|@|\[|part )/.test(name) ? `\u0000${name}` : name
}
