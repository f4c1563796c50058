// A function in a context: its variables, what it was given, what it returns, and what it does that a
// verdict depends on.

import type { AnyNode } from 'acorn'
import type { Binding, FunctionInfo } from '../program.ts'
import {
  Cell,
  type Context,
  type Mark,
  type Site,
  type Taint,
  type Token,
  type Value,
} from '../value.ts'

/** Something a frame does that a verdict depends on. */
export type Event =
  /** `param`: reads a path parameter; `input`: a query value or a header. */
  | { kind: 'effect'; message: string; site: Site }
  | { kind: 'param'; message: string; site: Site }
  | { kind: 'input'; message: string; site: Site }
  | { kind: 'read'; marks: () => Mark[] | null; what: string; site: Site }
  | { kind: 'call'; frame: Frame; site: Site }

export class Frame {
  readonly info: FunctionInfo
  readonly token: Token | null
  readonly parent: Frame | null
  readonly context: Context
  readonly cells = new Map<Binding, Cell>()
  readonly params: Cell[] = []
  readonly restParam: Cell
  readonly self: Cell
  readonly newTarget: Cell
  /** What it returns (or, where it is asynchronous, what its promise gives). */
  readonly result: Cell
  readonly yields: Cell
  readonly sent: Cell
  /** `generator`: what may be thrown into it. */
  readonly failed: Cell
  readonly made = new Map<AnyNode | string, Map<string, Token>>()
  events: Event[] = []
  seen = new Set<string>()
  /** What its being called depends on. */
  calledUnder: Taint | null = null
  /** What the code that runs now depends on. */
  under: Taint | null = null
  /** Whether some branch below it was chosen by a tainted value. */
  branched: Taint | null = null
  /** Whether it may run beside other code of the same request: nobody waits for it. */
  isBeside = false
  queued = false
  running = false
  done = false
  /** In a `try` block: a failure does not end the loading. */
  tries = 0
  /** What it has handed to unknown code, and what conversions it has run, this time. */
  readonly gone = new Set<Token>()
  readonly converted = new Map<string, Map<Token, Taint | null>>()
  readonly memo = new Map<string, Map<Token, Value>>()
  convertedUnder: Taint | null = null
  /** Where it is just now. */
  at: Site = { chunk: '', at: 0 }
  /** What it does, where that is no code of the user. */
  script: (() => void) | null = null

  constructor(info: FunctionInfo, token: Token | null, parent: Frame | null, context: Context) {
    this.info = info
    this.token = token
    this.parent = parent
    this.context = context
    this.restParam = new Cell(context, 'arguments')
    this.self = new Cell(context, 'this')
    this.newTarget = new Cell(context, 'new.target')
    this.result = new Cell(context, 'result')
    this.yields = new Cell(context, 'yield')
    this.sent = new Cell(context, 'next')
    this.failed = new Cell(context, 'error')
  }
}
