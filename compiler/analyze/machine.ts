// The store and the calls of the abstract interpreter: frames (a function in a context), cells,
// objects and their members, a worklist that runs every frame again until nothing grows. What a
// frame does that matters to a verdict is kept as its events.

import type { AnyNode } from 'acorn'
import type { Binding, FunctionInfo, ParsedProgram } from './program.ts'
import {
  BOOLEAN,
  BIGINT,
  BOTTOM,
  Cell,
  NULL,
  UNDEFINED,
  doubtful,
  join,
  joinAll,
  memberName,
  NUM,
  NUMBER,
  of,
  PRIMITIVE,
  STR,
  strongerTaint,
  STRING,
  SYMBOL,
  tainted,
  UNDEF,
  Value,
  type Context,
  type Kind,
  type Mark,
  type Site,
  type Taint,
  type Token,
} from './value.ts'

/** Something a frame does that a verdict depends on. */
export type Event =
  /** `param`: reads a path parameter; `input`: a query value or a header. */
  | { kind: 'effect'; message: string; site: Site }
  | { kind: 'param'; message: string; site: Site }
  | { kind: 'input'; message: string; site: Site }
  | { kind: 'read'; marks: () => Mark[] | null; what: string; site: Site }
  | { kind: 'call'; frame: Frame; site: Site }

export interface Args {
  list: Value[]
  /** What may stand at any place from `list.length` on. */
  rest: Value
}

export const NO_ARGS: Args = { list: [], rest: BOTTOM }

export function argument(args: Args, index: number): Value {
  if (index < args.list.length) return args.list[index]!
  return args.rest === BOTTOM ? UNDEF : join(args.rest, UNDEF)
}

export function allArguments(args: Args): Value {
  return join(joinAll(args.list), args.rest)
}

export interface CallOptions {
  /** The class or function after `new`. */
  construct?: boolean
  /** What `new.target` is, where that is another class than the one that runs. */
  newTarget?: Value
  /** Whether the code waits for the outcome before it goes on. */
  awaited?: boolean
  /** Whether it waits for several such calls at once. */
  isTogether?: boolean
}

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

/** A change of what the language itself provides. */
export interface Tampering {
  message: string
  site: Site
  context: Context
  /** Only possible: the name of the member is not known. */
  isGuess?: boolean
}

/** Deeper calls wait in the queue. */
const MAX_DEPTH = 30
/** Builtins that call each other deeper than this are not followed. */
const MAX_NESTING = 150
const TOO_DEEP = 'nests data or calls more deeply than the compiler follows'
/** What unknown code can neither change nor call to any effect on the project. */
const KEPT = new Set<Kind>(['builtin', 'context', 'request', 'inherited', 'namespace'])
/** More steps than this in one context are not taken: a deterministic limit, about a second. */
const MAX_STEPS = 500_000
const GIVEN_UP_MESSAGE = 'does more than the compiler follows'
const GIVEN_UP = doubtful(GIVEN_UP_MESSAGE, { chunk: '', at: 0 })
const NO_TOKENS: readonly Token[] = []

/** What a machine runs: the statements of the language and what it brings along. */
export interface Language {
  /** Runs the body of a frame once. */
  run(machine: Machine, frame: Frame): void
  /** `new callee(...args)`. */
  construct(
    machine: Machine,
    frame: Frame,
    callee: Value,
    args: Args,
    site: Site,
    key: AnyNode | string,
  ): Value
  /** A value that differs between two starts or machines, noted where it is read. */
  ambient(call: { machine: Machine; frame: Frame; site: Site }, message: string): Value
  /** The path of a member that a builtin prototype has or inherits. */
  inheritedFrom(prototype: string, key: string): string | null
  isKnownGlobal(name: string): boolean
  /** Whether a prototype has a member that is not on the list of what is known. */
  isUnlisted(prototype: string, key: string, kind: Kind): boolean
  /** Members of what is not made by the project's own code; null where the usual rules hold. */
  memberOf(machine: Machine, frame: Frame, token: Token, key: string, site: Site): Value | null
  /** What calling a builtin does; null for what is no builtin. */
  summaryOf(
    token: Token,
  ):
    | ((call: {
        machine: Machine
        frame: Frame
        token: Token
        self: Value
        args: Args
        site: Site
        options: CallOptions
      }) => Value)
    | null
}

export class Machine {
  readonly program: ParsedProgram
  readonly globals: Context = {
    kind: 'load',
    root: '*',
    frames: new Map(),
    steps: 0,
    givenUp: false,
  }
  readonly tops = new Map<string, Frame>()
  private readonly queue: Frame[] = []
  private readonly builtins = new Map<string, Token>()
  private tokens = 0
  private depth = 0
  /** Set once the code that runs is no longer that of loading. */
  serving = false
  /** Functions handed to what cannot be followed: it may call them at any time. */
  readonly escaped = new Map<Token, { self: Value; args: Args; context: Context; site: Site }>()
  /** Changes of what the language itself provides, by whom. */
  readonly tampering: Tampering[] = []
  /** By handler's context: what `c.notFound()` runs. */
  readonly notFound = new Map<Context, Value>()
  /** By chunk: what its loading does that others in its process would notice. */
  readonly noise = new Map<string, { message: string; site: Site }>()
  /** Set where loading writes files: then files read are not inputs alone. */
  filesWritten: Taint | null = null

  readonly language: Language

  constructor(program: ParsedProgram, language: Language) {
    this.program = program
    this.language = language
  }

  // ---------------------------------------------------------------- frames

  enqueue(frame: Frame): void {
    if (frame.queued) return
    // Loading is over: what is written now was not there when that code ran.
    if (this.serving && frame.context.kind === 'load') return
    frame.queued = true
    this.queue.push(frame)
  }

  settle(): void {
    for (let frame = this.queue.shift(); frame; frame = this.queue.shift()) {
      frame.queued = false
      this.evaluate(frame)
    }
  }

  evaluate(frame: Frame): void {
    if (frame.context.givenUp) {
      frame.done = true
      this.grow(frame.result, GIVEN_UP)
      return
    }
    if (frame.running) {
      this.enqueue(frame)
      return
    }
    frame.running = true
    frame.done = true
    frame.events = []
    frame.seen.clear()
    frame.gone.clear()
    frame.converted.clear()
    frame.memo.clear()
    frame.under = frame.calledUnder
    frame.tries = 0
    this.depth++
    if (frame.script) frame.script()
    else this.language.run(this, frame)
    this.depth--
    frame.running = false
  }

  /** A cell that `frame` reads: it runs again when the cell grows. */
  get(frame: Frame, cell: Cell): Value {
    ;(cell.readers ??= new Set()).add(frame)
    return cell.value
  }

  /** Adds to a cell; nobody checks here whether `frame` may. */
  grow(cell: Cell, value: Value): boolean {
    const joined = join(cell.value, value)
    if (joined === cell.value) return false
    cell.value = joined
    if (cell.readers) for (const reader of cell.readers) this.enqueue(reader)
    return true
  }

  effect(
    frame: Frame,
    message: string,
    site: Site,
    kind: 'effect' | 'param' | 'input' = 'effect',
  ): void {
    const key = `${kind}${message}@${site.chunk}:${site.at}`
    if (frame.seen.has(key)) return
    frame.seen.add(key)
    frame.events.push({ kind, message, site })
    if (!this.serving && !this.noise.has(frame.context.root))
      this.noise.set(frame.context.root, { message, site })
  }

  /** Counts a step; true once the context has taken too many and is given up. */
  private spent(frame: Frame): boolean {
    const { context } = frame
    if (context.givenUp) return true
    if (++context.steps <= MAX_STEPS) return false
    context.givenUp = true
    this.givenUp.push(context)
    return true
  }

  /** Contexts that took too many steps: what they do is not known. */
  readonly givenUp: Context[] = []

  /**
   * Takes it that `context` changes everything the modules in `chunks` can reach, since what it does
   * is not known.
   */
  poison(context: Context, chunks: Iterable<string>): void {
    const seen = new Set<Token | Frame>()
    const open: Token[] = []
    const site = { chunk: '', at: 0 }
    const add = (frame: Frame | null | undefined): void => {
      if (!frame || seen.has(frame)) return
      seen.add(frame)
      for (const [binding, cell] of frame.cells) {
        if (binding.writes > 0) mark((cell.marks ??= []), context, site)
        open.push(...cell.value.tokens)
      }
      add(frame.parent)
    }
    for (const chunk of chunks) add(this.tops.get(chunk))
    for (let token = open.pop(); token; token = open.pop()) {
      if (seen.has(token) || KEPT.has(token.kind)) continue
      seen.add(token)
      add(token.env)
      if (token.kind !== 'function') {
        token.marks ??= new Map()
        const marks = token.marks.get('*') ?? []
        token.marks.set('*', marks)
        mark(marks, context, site)
      }
      for (const cells of [token.props, token.getters, token.setters])
        if (cells) for (const cell of cells.values()) open.push(...cell.value.tokens)
      if (token.proto) open.push(...token.proto.value.tokens)
      for (const part of token.parts ?? []) open.push(...part.tokens)
    }
  }

  // ---------------------------------------------------------------- variables

  cellOf(frame: Frame, binding: Binding): Cell | null {
    let at: Frame | null = frame
    while (at && at.info !== binding.owner) at = at.parent
    if (!at) return null
    let cell = at.cells.get(binding)
    if (!cell) {
      cell = new Cell(at.context, binding.name)
      at.cells.set(binding, cell)
    }
    return cell
  }

  readCell(frame: Frame, cell: Cell, site: Site): Value {
    const value = this.get(frame, cell)
    if (cell.context !== frame.context)
      this.noteRead(frame, cell, () => cell.marks, cell.name, value, site)
    return value
  }

  private noteRead(
    frame: Frame,
    owner: object,
    marks: () => Mark[] | null,
    key: string,
    value: Value,
    site: Site,
  ): void {
    if (frame.context.kind === 'load') this.noteLoadRead(frame, owner, marks, key, site)
    if (frame.context.kind !== 'call') return
    const what = /^(@?\*|\[k?\]|its members)$/.test(key) ? 'members of an object' : `\`${key}\``
    if (value.taint)
      this.effect(frame, `uses ${what}, which ${value.taint.message} when its module loads`, site)
    const id = `read${idOf(owner)}.${key}`
    if (frame.seen.has(id)) return
    frame.seen.add(id)
    frame.events.push({ kind: 'read', marks, what, site })
  }

  /** By chunk: the chunks it loads, itself included. */
  closures = new Map<string, Set<string>>()
  /** What was read while loading, to be looked at again once all that loading changes is known. */
  private readonly loadReads = new Map<Frame, Map<string, () => Mark[] | null>>()

  /** While modules load, what another one changes depends on which comes first. */
  private noteLoadRead(
    frame: Frame,
    owner: object,
    marks: () => Mark[] | null,
    key: string,
    site: Site,
  ): void {
    if (this.isContested(frame, marks())) {
      const message = 'depends on what else is loaded first'
      frame.under = strongerTaint(frame.under, { kind: 'ambient', message, site })
      return
    }
    let reads = this.loadReads.get(frame)
    if (!reads) this.loadReads.set(frame, (reads = new Map()))
    reads.set(`${idOf(owner)}.${key}`, marks)
  }

  private isContested({ context }: Frame, marks: Mark[] | null): boolean {
    const own = this.closures.get(context.root)
    return !!marks?.some(({ context: other }) => {
      if (other === context || other.kind !== 'load') return false
      if (other.isTogether) return true
      return !own?.has(other.root) && !this.closures.get(other.root)?.has(context.root)
    })
  }

  /** Runs again what read, while loading, what others change while loading. */
  settleLoading(): void {
    this.settle()
    for (let again = true; again; this.settle()) {
      again = false
      for (const [frame, reads] of this.loadReads)
        for (const [key, marks] of reads)
          if (this.isContested(frame, marks())) {
            reads.delete(key)
            this.enqueue(frame)
            again = true
          }
    }
    this.loadReads.clear()
  }

  writeCell(frame: Frame, cell: Cell, value: Value, site: Site): void {
    if (cell.context !== frame.context || frame.context.kind === 'late') {
      if (frame.context.kind === 'call')
        this.effect(frame, `changes \`${cell.name}\`, which outlives the request`, site)
      mark((cell.marks ??= []), frame.context, site)
    }
    this.grow(cell, tainted(value, frame.under))
  }

  // ---------------------------------------------------------------- objects

  token(kind: Kind, context: Context, site: Site): Token {
    return {
      id: this.tokens++,
      kind,
      context,
      site,
      props: new Map(),
      getters: null,
      setters: null,
      proto: null,
      listers: null,
      marks: null,
    }
  }

  /** The object that `node` makes in `frame`; `tag` tells several apart. */
  make(frame: Frame, node: AnyNode | string, kind: Kind, tag = '', site?: Site): Token {
    let tokens = frame.made.get(node)
    if (!tokens) frame.made.set(node, (tokens = new Map()))
    const key = kind + tag
    let token = tokens.get(key)
    if (!token) {
      const at = typeof node === 'string' ? frame.info.node.start : node.start
      token = this.token(kind, frame.context, site ?? { chunk: frame.info.chunk, at })
      tokens.set(key, token)
    }
    return token
  }

  builtin(path: string): Token {
    let token = this.builtins.get(path)
    if (!token) {
      token = this.token('builtin', this.globals, { chunk: '', at: 0 })
      token.path = path
      this.builtins.set(path, token)
    }
    return token
  }

  prop(token: Token, key: string): Cell {
    let cell = token.props.get(key)
    if (!cell) {
      cell = new Cell(token.context, key)
      token.props.set(key, cell)
    }
    return cell
  }

  /** Whether code gave an object a member of that name; who asks runs again when it does. */
  isSet(frame: Frame, token: Token, key: string): boolean {
    return this.get(frame, this.prop(token, key)) !== BOTTOM
  }

  /** Fills a member of an object that is being made. */
  init(token: Token, key: string, value: Value, under: Taint | null = null): void {
    const cell = this.prop(token, key)
    const isNew = cell.value === BOTTOM
    if (this.grow(cell, tainted(value, under)) && isNew) this.listAgain(token)
  }

  initAccessor(token: Token, which: 'getters' | 'setters', key: string, value: Value): void {
    const cells = (token[which] ??= new Map())
    let cell = cells.get(key)
    if (!cell) {
      cells.set(key, (cell = new Cell(token.context, key)))
      this.readAgain(token)
    }
    this.grow(cell, value)
  }

  setProto(token: Token, value: Value): void {
    if (!token.proto) {
      token.proto = new Cell(token.context, '__proto__')
      this.readAgain(token)
    }
    this.grow(token.proto, value)
  }

  /** What an object is made of; who asks runs again when that grows. */
  partsOf(frame: Frame, token: Token): readonly Value[] {
    ;(token.listers ??= new Set()).add(frame)
    return token.parts ?? []
  }

  addParts(token: Token, parts: Value[]): void {
    const before = token.parts ?? []
    let grew = false
    token.parts = parts.map((part, index) => {
      const all = join(before[index] ?? BOTTOM, part)
      grew ||= all !== before[index]
      return all
    })
    token.parts.push(...before.slice(parts.length))
    if (grew) this.listAgain(token)
  }

  /** Flags of a regular expression, where more than one may be meant. */
  addFlags(token: Token, flags: string): void {
    const all = [...new Set((token.path ?? '') + flags)].sort().join('')
    if (all === token.path) return
    token.path = all
    this.readAgain(token)
  }

  private readAgain(token: Token): void {
    this.listAgain(token)
    for (const cell of token.props.values())
      if (cell.readers) for (const reader of cell.readers) this.enqueue(reader)
  }

  private listAgain(token: Token): void {
    if (token.listers) for (const lister of token.listers) this.enqueue(lister)
  }

  /** Names of the own members; whoever asks runs again when there are more. */
  namesOf(frame: Frame, token: Token, what = 'its members'): string[] {
    ;(token.listers ??= new Set()).add(frame)
    frame.context.steps += token.props.size >> 3
    if (this.spent(frame)) return []
    if (token.kind === 'builtin') return ['*']
    if (token.kind === 'request') this.effect(frame, 'reads the request', frame.at)
    if (token.kind === 'context') this.effect(frame, 'hands out the request context', frame.at)
    if (token.kind === 'namespace') return [...this.program.chunks.get(token.path!)!.exports.keys()]
    const names: string[] = []
    let taint: Taint | null = null
    for (const [key, cell] of token.props) {
      if (cell.value === BOTTOM || key.startsWith('part ')) continue
      names.push(key)
      taint = strongerTaint(taint, cell.value.taint)
      ;(cell.readers ??= new Set()).add(frame)
    }
    if (token.getters)
      for (const key of token.getters.keys()) if (!names.includes(key)) names.push(key)
    if (token.context !== frame.context) {
      const found = taint ? new Value(0, [], [], taint) : BOTTOM
      this.noteRead(frame, token, () => marksOf(token, null), what, found, frame.at)
    }
    return names
  }

  /** Whether a write to this object could be seen after the call. */
  outlives(frame: Frame, token: Token): boolean {
    return token.context !== frame.context || frame.context.kind === 'late'
  }

  /** Notes that `frame` changes the member `key` (`*`: any) of `token`. */
  noteWrite(frame: Frame, token: Token, key: string, site: Site, what?: string): void {
    // Only stack traces depend on it, and who reads one is never static.
    if (token.path === 'Error' && token.kind === 'builtin' && key === 'stackTraceLimit') return
    const isOwnGlobal =
      token.path === 'globalThis' && key !== '*' && !this.language.isKnownGlobal(key)
    if ((token.kind === 'builtin' && !isOwnGlobal) || token.kind === 'inherited') {
      const isGuess = token.kind === 'inherited'
      const what = isGuess ? 'what every object inherits' : `\`${token.path}\``
      this.tampering.push({ message: `may change ${what}`, site, context: frame.context, isGuess })
      if (isGuess) return
      this.effect(frame, `changes ${what}`, site)
    }
    // Headers of a response, parameters of a URL: what changes them changes that.
    if (token.kind === 'query' || token.kind === 'headers')
      for (const owner of token.parts?.[0]?.tokens ?? [])
        this.noteWrite(frame, owner, key, site, what)
    if (!this.outlives(frame, token)) return
    token.marks ??= new Map()
    let marks = token.marks.get(key)
    if (!marks) token.marks.set(key, (marks = []))
    mark(marks, frame.context, site)
    if (frame.context.kind === 'call')
      this.effect(
        frame,
        what ?? `changes ${nameOfKey(key)} of an object that outlives the request`,
        site,
      )
  }

  read(frame: Frame, base: Value, key: string, site: Site): Value {
    frame.at = site
    let out = BOTTOM
    for (const token of base.tokens)
      out = join(out, this.readToken(frame, token, key, of(token), site))
    if (base.bits & STRING || base.strings.length > 0) {
      if (key === 'length') out = join(out, NUM)
      else if (isIndex(key)) out = join(out, join(STR, UNDEF))
      else out = join(out, this.inherited(frame, 'String.prototype', key, site))
    }
    if (base.bits & NUMBER) out = join(out, this.inherited(frame, 'Number.prototype', key, site))
    if (base.bits & BOOLEAN) out = join(out, this.inherited(frame, 'Boolean.prototype', key, site))
    if (base.bits & SYMBOL) out = join(out, this.inherited(frame, 'Symbol.prototype', key, site))
    if (base.bits & BIGINT) out = join(out, this.inherited(frame, 'BigInt.prototype', key, site))
    if (base.doubt) {
      if (frame.context.kind === 'call') this.effect(frame, base.doubt.message, site)
      out = join(out, new Value(0, [], [], base.taint, base.doubt))
    }
    return tainted(out, base.taint)
  }

  /** An object that belongs to another one, as long as that lives. */
  part(owner: Token, key: string, kind: Kind, site: Site): Token {
    const cell = this.prop(owner, `part ${key}`)
    let token = cell.value.tokens[0]
    if (!token) {
      token = this.token(kind, owner.context, site)
      token.parts = [of(owner)]
      this.grow(cell, of(token))
    }
    return token
  }

  /** Notes a read of a global that code sets. */
  readGlobal(frame: Frame, holder: Token, name: string, value: Value, site: Site): void {
    this.noteRead(frame, holder, () => marksOf(holder, name), name, value, site)
  }

  /** Notes a read of how many members there are; what that depends on. */
  readLength(frame: Frame, token: Token, site: Site): Taint | null {
    let taint: Taint | null = null
    for (const key of ['[]', '[k]', '*'])
      taint = strongerTaint(taint, this.get(frame, this.prop(token, key)).taint)
    if (token.context !== frame.context)
      this.noteRead(
        frame,
        token,
        () => marksOf(token, null),
        'its members',
        new Value(0, [], [], taint),
        site,
      )
    return taint
  }

  /** The builtin prototype at the end of an object's chain. */
  nativePrototype(token: Token): string | null {
    return PROTOTYPES[token.kind] ?? null
  }

  /** Runs a module of the older kind where it is first asked for; its exports. */
  commonJs({ frame, token, site }: { frame: Frame; token: Token; site: Site }): Value {
    const made = this.tops.get(token.site.chunk)!
    const module = this.make(made, `commonjs${token.id}`, 'object', 'module')
    const exports = this.make(made, `commonjs${token.id}`, 'object', 'exports')
    this.init(module, 'exports', of(exports))
    // It runs in the context of the chunk that holds it, once, whoever asks first.
    const runner = frame.context.kind === 'load' ? made : frame
    if (frame.context.kind !== 'load')
      this.effect(frame, 'loads a module while it answers: require()', site)
    this.call(
      runner,
      token.parts![0]!,
      UNDEF,
      { list: [of(exports), of(module)], rest: BOTTOM },
      site,
    )
    return this.read(frame, of(module), 'exports', site)
  }

  inherited(frame: Frame, prototype: string, key: string, site: Site): Value {
    if (key === '__proto__') return of(this.builtin(prototype))
    const path = this.language.inheritedFrom(prototype, key)
    if (path) return of(this.builtin(path))
    if (!this.language.isUnlisted(prototype, key, 'object')) return UNDEF
    return this.language.ambient({ machine: this, frame, site }, `uses ${prototype}.${key}`)
  }

  /** The objects above one, each once. */
  private ancestors(frame: Frame, token: Token): readonly Token[] {
    if (!token.proto) return NO_TOKENS
    const seen = new Set([token])
    for (const one of seen)
      if (one.proto) for (const parent of this.get(frame, one.proto).tokens) seen.add(parent)
    seen.delete(token)
    return [...seen]
  }

  readToken(frame: Frame, token: Token, key: string, self: Value, site: Site): Value {
    if (this.spent(frame)) return GIVEN_UP
    const special = this.language.memberOf(this, frame, token, key, site)
    if (special) return join(special, this.replaced(frame, token, key, self, site))
    if (key === '__proto__') {
      const native = PROTOTYPES[token.kind]
      const own = token.proto ? this.get(frame, token.proto) : BOTTOM
      return join(own, native ? of(this.builtin(native)) : BOTTOM)
    }
    let out = this.readOwn(frame, token, key, self, site)
    const any = key.startsWith('@') ? BOTTOM : this.prop(token, '*').value
    // A key that is not known may have been `__proto__`.
    if (any.tokens.length > 0 && token.kind !== 'array') {
      for (const parent of any.tokens)
        if (parent !== token && parent.kind === 'object')
          out = join(out, this.get(frame, this.prop(parent, key)))
    }
    const above = this.ancestors(frame, token)
    for (const parent of above)
      out = join(
        out,
        this.language.memberOf(this, frame, parent, key, site) ??
          this.readOwn(frame, parent, key, self, site),
      )
    const native = PROTOTYPES[token.kind]
    if (native && hasNativeRoot(token, above)) {
      let path = this.language.inheritedFrom(native, key)
      if (!path && token.kind === 'data') path = this.language.inheritedFrom('Array.prototype', key)
      if (path) out = join(out, of(this.builtin(path)))
      else if (out === UNDEF && this.language.isUnlisted(native, key, token.kind))
        return this.language.ambient({ machine: this, frame, site }, `uses ${native}.${key}`)
    }
    return out
  }

  /** What the user put in place of a member that the language has: `size` of a subclass of Map. */
  private replaced(frame: Frame, token: Token, key: string, self: Value, site: Site): Value {
    let out = BOTTOM
    if (key === '*' || !USER_MADE.has(token.kind)) return out
    for (const one of [token, ...this.ancestors(frame, token)]) {
      if (one.getters?.has(key)) out = join(out, this.readOwn(frame, one, key, self, site))
      const cell = one.props.get(key)
      if (cell) out = join(out, this.get(frame, cell))
    }
    return out
  }

  /** A member of the object itself, its getter run. */
  private readOwn(frame: Frame, token: Token, key: string, self: Value, site: Site): Value {
    const cell = this.prop(token, key)
    let out = join(this.get(frame, cell), this.get(frame, this.prop(token, anyOf(key))))
    if (isIndex(key)) out = join(out, this.get(frame, this.prop(token, '[]')))
    if (token.kind === 'data') out = join(out, join(of(token), PRIMITIVE))
    if (token.context !== frame.context)
      this.noteRead(frame, token, () => marksOf(token, key), key, out, site)
    if (token.getters) {
      for (const name of [key, '*']) {
        const getter = token.getters.get(name)
        if (getter) out = join(out, this.call(frame, this.get(frame, getter), self, NO_ARGS, site))
      }
      if (token.getters.has(key)) return out
    }
    return cell.value === BOTTOM ? join(out, UNDEF) : out
  }

  /** A member whose name is only known when the code runs. */
  readAny(frame: Frame, base: Value, key: Value, site: Site): Value {
    let out = BOTTOM
    for (const name of [...key.strings, ...wordsOf(key)])
      out = join(out, this.read(frame, base, memberName(name), site))
    for (const token of key.tokens) {
      if (token.kind !== 'keys') continue
      for (const owner of this.partsOf(frame, token)[0]!.tokens)
        for (const name of this.namesOf(frame, owner, 'its members'))
          if (name !== '[]' && name !== '*' && name !== '[k]')
            out = join(out, this.read(frame, base, name, site))
          else out = join(out, this.readElements(frame, base, site, name === '*'))
    }
    const symbols = key.tokens.filter(
      token => token.kind === 'builtin' && token.path!.startsWith('Symbol.'),
    )
    for (const token of symbols)
      out = join(out, this.read(frame, base, `@@${token.path!.slice(7)}`, site))
    const isObject = key.tokens.some(token => token.kind !== 'keys' && !symbols.includes(token))
    if (isObject) this.convert(frame, key, 'string', site)
    if (key.bits & SYMBOL) out = join(out, this.readSymbols(frame, base, site))
    if (key.bits & STRING || isObject || key.doubt)
      out = join(out, this.readElements(frame, base, site, true))
    else if (key.bits & (NUMBER | BIGINT))
      out = join(out, this.readElements(frame, base, site, false))
    return tainted(out, key.taint)
  }

  /** Members under symbols that are not known; the language's own symbols are. */
  private readSymbols(frame: Frame, base: Value, site: Site): Value {
    let out = UNDEF
    for (const token of base.tokens) {
      const special = this.language.memberOf(this, frame, token, '*', site)
      if (special) out = join(out, special)
      else
        for (const one of [token, ...this.ancestors(frame, token)])
          for (const name of ['@*', ...this.namesOf(frame, one)])
            if (name.startsWith('@'))
              out = join(out, this.readOwn(frame, one, name, of(token), site))
    }
    if (base.doubt)
      out = join(out, this.read(frame, new Value(0, [], [], null, base.doubt), '@*', site))
    return out
  }

  /** Members by index, and with `named` also any other. */
  readElements(frame: Frame, base: Value, site: Site, named: boolean): Value {
    let out = UNDEF
    for (const token of base.tokens) {
      const special = this.language.memberOf(this, frame, token, '*', site)
      if (special) {
        out = join(out, special)
        continue
      }
      const any = this.get(frame, this.prop(token, '*'))
      const elements = this.get(frame, this.prop(token, '[]'))
      let found = join(any, elements)
      if (token.kind === 'data') found = join(found, of(token))
      if (token.kind === 'bytes') found = join(found, NUM)
      for (const name of this.namesOf(frame, token, 'its members')) {
        if (!named && !isIndex(name)) continue
        if (name !== '[k]') found = join(found, this.readToken(frame, token, name, of(token), site))
      }
      if (token.context !== frame.context)
        this.noteRead(frame, token, () => marksOf(token, null), 'its members', found, site)
      out = join(out, found)
      if (named) {
        const above = this.ancestors(frame, token)
        for (const parent of above) {
          out = join(out, this.language.memberOf(this, frame, parent, '*', site) ?? BOTTOM)
          for (const name of this.namesOf(frame, parent, 'its members'))
            out = join(out, this.readOwn(frame, parent, name, of(token), site))
        }
        if (hasNativeRoot(token, above))
          out = join(out, of(this.anyInherited(token.kind === 'object' ? 'Object' : '')))
      }
    }
    if (base.bits & STRING || base.strings.length) out = join(out, STR)
    if (named && base.bits & ~(1 | 2)) out = join(out, of(this.anyInherited('')))
    if (base.doubt)
      out = join(out, this.read(frame, new Value(0, [], [], null, base.doubt), '*', site))
    return tainted(out, base.taint)
  }

  private readonly inheritedTokens = new Map<string, Token>()

  /** Some member that an object inherits; `Object`: that is no list or text. */
  private anyInherited(path: '' | 'Object'): Token {
    let token = this.inheritedTokens.get(path)
    if (!token) {
      token = this.token('inherited', this.globals, { chunk: '', at: 0 })
      token.path = path
      this.inheritedTokens.set(path, token)
    }
    return token
  }

  write(frame: Frame, base: Value, key: string, value: Value, site: Site): void {
    const stored = tainted(tainted(value, frame.under), base.taint)
    for (const token of base.tokens) {
      if (key === '__proto__') {
        this.noteWrite(frame, token, '*', site)
        this.setProto(token, value)
        continue
      }
      this.runSetters(frame, token, key, of(token), stored, site)
      this.noteWrite(frame, token, isIndex(key) && token.kind === 'array' ? '[]' : key, site)
      const where = isIndex(key) && !token.props.has(key) ? '[]' : key
      this.init(token, where, stored)
    }
    if (base.doubt) {
      if (frame.context.kind === 'call') this.effect(frame, base.doubt.message, site)
      this.escape(frame, value, site)
    }
  }

  writeAny(frame: Frame, base: Value, key: Value, value: Value, site: Site): void {
    for (const name of [...key.strings, ...wordsOf(key)])
      this.write(frame, base, memberName(name), value, site)
    const symbols = key.tokens.filter(
      token => token.kind === 'builtin' && token.path!.startsWith('Symbol.'),
    )
    for (const token of symbols) this.write(frame, base, `@@${token.path!.slice(7)}`, value, site)
    const others = key.tokens.length > symbols.length
    if (others) this.convert(frame, key, 'string', site)
    if (!(key.bits & ~(UNDEFINED | NULL | BOOLEAN) || others || key.doubt)) return
    const isIndexOnly = !(key.bits & (STRING | SYMBOL)) && !others && !key.doubt
    const stored = tainted(tainted(tainted(value, frame.under), key.taint), base.taint)
    for (const token of base.tokens) {
      if (
        token.kind === 'inherited' &&
        frame.context.kind === 'load' &&
        !mayHoldCode(stored) &&
        !stored.taint
      )
        continue
      for (const one of [token, ...this.ancestors(frame, token)])
        for (const name of one.setters?.keys() ?? [])
          this.runSetters(frame, token, name, of(token), stored, site)
      this.noteWrite(frame, token, isIndexOnly ? '[]' : '*', site)
      if (isIndexOnly) this.init(token, '[]', stored)
      else {
        if (key.bits & SYMBOL || others || key.doubt) this.init(token, '@*', stored)
        if (key.bits & ~SYMBOL || others || key.doubt) this.init(token, '*', stored)
      }
    }
    if (base.doubt) {
      if (frame.context.kind === 'call') this.effect(frame, base.doubt.message, site)
      this.escape(frame, value, site)
    }
  }

  private runSetters(
    frame: Frame,
    token: Token,
    key: string,
    self: Value,
    value: Value,
    site: Site,
  ): void {
    for (const one of [token, ...this.ancestors(frame, token)]) {
      if (!one.setters) continue
      for (const name of [key, '*']) {
        const setter = one.setters.get(name)
        if (setter)
          this.call(frame, this.get(frame, setter), self, { list: [value], rest: BOTTOM }, site)
      }
    }
  }

  // ---------------------------------------------------------------- calls

  call(
    frame: Frame,
    callee: Value,
    self: Value,
    args: Args,
    site: Site,
    options: CallOptions = {},
  ): Value {
    frame.at = site
    let out = BOTTOM
    for (const token of callee.tokens)
      out = join(out, this.callToken(frame, token, self, args, site, options))
    if (callee.doubt) {
      if (frame.context.kind === 'call') this.effect(frame, callee.doubt.message, site)
      else if (!this.noise.has(frame.context.root)) this.noise.set(frame.context.root, callee.doubt)
      this.escape(frame, join(allArguments(args), self), site)
      out = join(out, new Value(0, [], [], callee.taint, callee.doubt))
    }
    return tainted(out, strongerTaint(callee.taint, frame.under))
  }

  private callToken(
    frame: Frame,
    token: Token,
    self: Value,
    args: Args,
    site: Site,
    options: CallOptions,
  ): Value {
    if (this.spent(frame)) return GIVEN_UP
    switch (token.kind) {
      case 'function':
        return this.callFunction(frame, token, self, args, site, options)
      case 'bound':
        return this.callBound(frame, token, self, args, site, options)
      case 'inherited':
        if (frame.context.kind === 'call' && (args.list.length > 1 || args.rest !== BOTTOM))
          this.effect(frame, 'calls a member whose name is only known at run time', site)
        return join(
          allArguments(args),
          join(self, doubtful('calls a member whose name is only known at run time', site)),
        )
      default: {
        const summary = this.language.summaryOf(token)
        if (!summary) return BOTTOM
        if (this.depth > MAX_NESTING) {
          this.effect(frame, TOO_DEEP, site)
          return tainted(doubtful(TOO_DEEP, site), { kind: 'ambient', message: TOO_DEEP, site })
        }
        this.depth++
        const out = summary({ machine: this, frame, token, self, args, site, options })
        this.depth--
        return out
      }
    }
  }

  private callBound(
    frame: Frame,
    token: Token,
    self: Value,
    args: Args,
    site: Site,
    options: CallOptions,
  ): Value {
    // What is bound may have been bound before, in a loop even: then its arguments lose their places.
    const chain = new Set([token])
    let targets = BOTTOM
    let selves = options.construct ? self : BOTTOM
    let given = BOTTOM
    for (const one of chain) {
      const [target, boundSelf, ...bound] = this.partsOf(frame, one)
      for (const inner of target!.tokens) {
        if (inner.kind === 'bound') chain.add(inner)
        else targets = join(targets, of(inner))
      }
      if (target!.doubt) targets = join(targets, new Value(0, [], [], null, target!.doubt))
      if (!options.construct) selves = join(selves, boundSelf!)
      given = join(given, joinAll(bound))
    }
    const [, , ...first] = this.partsOf(frame, token)
    const passed =
      chain.size === 1
        ? { list: [...first, ...args.list], rest: args.rest }
        : { list: [], rest: join(given, allArguments(args)) }
    return this.call(frame, targets, selves, passed, site, options)
  }

  private callFunction(
    frame: Frame,
    token: Token,
    self: Value,
    args: Args,
    site: Site,
    options: CallOptions,
  ): Value {
    const info = token.info!
    const context = this.contextOf(frame, token, info, options)
    let callee = context.frames.get(token)
    if (!callee) {
      callee = new Frame(info, token, token.env ?? null, context)
      context.frames.set(token, callee)
    }
    let grew = false
    if (!info.isArrow) grew = this.grow(callee.self, self) || grew
    if (options.construct)
      grew = this.grow(callee.newTarget, options.newTarget ?? of(token)) || grew
    const params = paramCount(info)
    for (let i = 0; i < Math.max(params, args.list.length); i++) {
      callee.params[i] ??= new Cell(context, `argument ${i + 1}`)
      const value = i < args.list.length ? args.list[i]! : argument(args, i)
      grew = this.grow(callee.params[i]!, tainted(value, frame.under)) || grew
    }
    if (args.rest !== BOTTOM) grew = this.grow(callee.restParam, args.rest) || grew
    const under = strongerTaint(callee.calledUnder, frame.under)
    if (under !== callee.calledUnder) {
      callee.calledUnder = under
      grew = true
    }
    const key = `call${callee.info.id}@${site.chunk}:${site.at}/${token.id}`
    if (!frame.seen.has(key)) {
      frame.seen.add(key)
      frame.events.push({ kind: 'call', frame: callee, site })
    }
    if (callee === frame && frame.tries > 0 && frame.context.kind === 'call')
      this.effect(frame, 'calls itself in a try block: how deep that goes differs', site)
    if (!callee.done && this.depth < MAX_DEPTH) this.evaluate(callee)
    else if (grew || !callee.done) this.enqueue(callee)
    if (callee.branched) {
      frame.branched = strongerTaint(frame.branched, callee.branched)
    }
    const result = this.get(frame, callee.result)
    if (info.isGenerator) {
      const made = this.make(frame, `generator${token.id}@${site.at}`, 'generator')
      this.grow(this.prop(made, '[]'), this.get(frame, callee.yields))
      this.grow(this.prop(made, 'part returned'), result)
      if (info.isAsync) made.path = 'async'
      made.env = callee
      return of(made)
    }
    if (info.isAsync) {
      const made = this.make(frame, `promise${token.id}@${site.at}`, 'promise')
      this.init(made, '[]', this.resolved(frame, result, site))
      return of(made)
    }
    return result
  }

  /** What generators return in the end. */
  returned(frame: Frame, value: Value): Value {
    let out = BOTTOM
    for (const token of value.tokens)
      if (token.kind === 'generator')
        out = join(out, this.get(frame, this.prop(token, 'part returned')))
    return out
  }

  /** What `throw` throws, and `catch` may get. */
  thrown(context: Context): Cell {
    const key = context.kind === 'call' ? context : this.globals
    let cell = this.thrownBy.get(key)
    if (!cell) this.thrownBy.set(key, (cell = new Cell(key, 'error')))
    return cell
  }

  private readonly thrownBy = new Map<Context, Cell>()
  private readonly lates = new Map<string, Context>()

  private readonly togethers = new Map<string, Context>()

  private togetherContext(root: string): Context {
    let together = this.togethers.get(root)
    if (!together) {
      together = {
        kind: 'load',
        root,
        isTogether: true,
        frames: new Map(),
        steps: 0,
        givenUp: false,
      }
      this.togethers.set(root, together)
    }
    return together
  }

  lateContext(root: string): Context {
    let late = this.lates.get(root)
    if (!late)
      this.lates.set(
        root,
        (late = { kind: 'late', root, frames: new Map(), steps: 0, givenUp: false }),
      )
    return late
  }

  /**
   * Asynchronous code that nobody waits for may run on after loading. A closure that was made by
   * another call runs in that one's context, else contexts would multiply.
   */
  private contextOf(frame: Frame, token: Token, info: FunctionInfo, options: CallOptions): Context {
    if (frame.context.kind === 'load') {
      // The body of a generator runs when somebody asks for more, who may do so later.
      if (info.isGenerator || (info.isAsync && !(options.awaited && frame.tries === 0)))
        return this.lateContext(frame.context.root)
      return info.isAsync && options.isTogether && !frame.context.isTogether
        ? this.togetherContext(frame.context.root)
        : frame.context
    }
    if (
      token.context.kind !== 'load' &&
      token.context !== frame.context &&
      frame.context.kind === 'call'
    )
      return token.context
    return frame.context
  }

  /** What `await` makes of a value. */
  resolved(frame: Frame, value: Value, site: Site): Value {
    if (value.tokens.length === 0) return value
    let out = new Value(value.bits, value.strings, [], value.taint, value.doubt)
    for (const token of value.tokens)
      out = join(
        out,
        this.memo(frame, 'resolved', token, () => this.resolvedToken(frame, token, site)),
      )
    return tainted(out, value.taint)
  }

  private resolvedToken(frame: Frame, token: Token, site: Site): Value {
    let given = of(token)
    if (token.kind === 'promise') {
      given = this.get(frame, this.prop(token, '[]'))
      if (token.context !== frame.context)
        this.noteRead(frame, token, () => marksOf(token, null), 'promise', given, site)
    }
    const isPlain = token.kind !== 'function'
    const mayHaveThen =
      isPlain && (token.kind === 'object' || token.kind === 'namespace')
        ? true
        : token.kind === 'function' ||
          token.proto ||
          this.isSet(frame, token, 'then') ||
          token.getters
    if (!mayHaveThen) return given
    const then = this.read(frame, of(token), 'then', site)
    // A builtin here is no promise's method: it was only stored under a name that is not known.
    const called = isPlain ? then.tokens.filter(one => one.kind !== 'builtin') : then.tokens
    if (called.length === 0 && !then.doubt) return given
    const settled = this.make(frame, 'thenable', 'promise')
    const resolver = this.make(frame, 'resolver', 'middleware')
    resolver.path = 'resolve'
    resolver.parts = [of(settled)]
    const args = { list: [of(resolver), of(resolver)], rest: BOTTOM }
    this.call(frame, new Value(0, [], called, then.taint, then.doubt), of(token), args, site)
    const out = this.get(frame, this.prop(settled, '[]'))
    // It may as well have been rejected with that.
    this.grow(this.thrown(frame.context), out)
    return join(given, out)
  }

  /**
   * Hands values to what cannot be followed: it may keep them, change them, and call every function
   * it can reach, now or later.
   */
  escape(frame: Frame, value: Value, site: Site): void {
    const open = [...value.tokens]
    const add = (more: Value): void => {
      for (const token of more.tokens) if (!frame.gone.has(token)) open.push(token)
    }
    for (let token = open.pop(); token; token = open.pop()) {
      if (frame.gone.has(token) || KEPT.has(token.kind)) continue
      frame.gone.add(token)
      if (token.kind === 'function') {
        this.escapeFunction(
          frame,
          token,
          doubtful('uses a value that code outside of the project made', site),
          site,
        )
      } else if (this.outlives(frame, token) || frame.context.kind === 'load') {
        token.marks ??= new Map()
        const marks = token.marks.get('*') ?? []
        token.marks.set('*', marks)
        const isLoading = frame.context.kind === 'load'
        mark(marks, isLoading ? this.lateContext(frame.context.root) : frame.context, site)
      }
      if (token.kind === 'middleware' || token.kind === 'bound')
        for (const part of this.partsOf(frame, token)) add(part)
      for (const name of this.namesOf(frame, token)) add(this.get(frame, this.prop(token, name)))
      for (const cells of [token.getters, token.setters])
        if (cells) for (const cell of cells.values()) add(this.get(frame, cell))
      if (token.proto) add(this.get(frame, token.proto))
    }
  }

  private escapeFunction(frame: Frame, token: Token, doubt: Value, site: Site): void {
    if (frame.context.kind === 'call') {
      this.call(frame, of(token), doubt, { list: [], rest: doubt }, site)
      return
    }
    if (this.escaped.has(token)) return
    this.escaped.set(token, {
      self: doubt,
      args: { list: [], rest: doubt },
      context: this.lateContext(frame.context.root),
      site,
    })
    if (this.serving) this.runLater(token)
  }

  /** A function that a Hono app was given. */
  registered(frame: Frame, token: Token, list: Value[], site: Site): void {
    if (frame.context.kind === 'call') {
      this.call(frame, of(token), UNDEF, { list, rest: BOTTOM }, site)
      return
    }
    if (this.escaped.has(token)) return
    this.escaped.set(token, {
      self: UNDEF,
      args: { list, rest: BOTTOM },
      context: this.lateContext(frame.context.root),
      site,
    })
    if (this.serving) this.runLater(token)
  }

  /** Runs an escaped function as code that runs on its own, after loading. */
  runLater(token: Token): void {
    const how = this.escaped.get(token)!
    const root = new Frame(token.info!, null, null, how.context)
    root.done = true
    this.call(root, of(token), how.self, how.args, how.site)
  }

  /** A function that something calls later: a timer, a listener, `then` while loading. */
  callLater(frame: Frame, callee: Value, args: Args, site: Site): Value {
    if (frame.context.kind !== 'load') return this.call(frame, callee, UNDEF, args, site)
    const late = this.lateContext(frame.context.root)
    const proxy = new Frame(frame.info, null, null, late)
    proxy.done = true
    const out = this.call(proxy, callee, UNDEF, args, site)
    for (const event of proxy.events)
      if (event.kind === 'call') {
        event.frame.result.readers ??= new Set()
        event.frame.result.readers.add(frame)
      }
    return out
  }

  // ---------------------------------------------------------------- conversions

  /**
   * What a builtin does that looks at a whole value: runs the user's own conversions, and says what
   * the result depends on. `json` goes into members, `string` makes text of it, `deep` both.
   */
  convert(
    frame: Frame,
    value: Value,
    how: 'string' | 'number' | 'json' | 'deep' | 'render',
    site: Site,
    seen = new Set<Token>(),
  ): Taint | null {
    frame.at = site
    let taint = value.taint
    if (value.doubt && frame.context.kind === 'call') this.effect(frame, value.doubt.message, site)
    if (value.tokens.length === 0) return taint
    if (this.depth > MAX_NESTING) {
      this.effect(frame, TOO_DEEP, site)
      return { kind: 'ambient', message: TOO_DEEP, site }
    }
    if (frame.convertedUnder !== frame.under) {
      frame.convertedUnder = frame.under
      frame.converted.clear()
      frame.memo.clear()
    }
    const isTop = seen.size === 0
    let known = frame.converted.get(how)
    if (!known) frame.converted.set(how, (known = new Map()))
    this.depth++
    for (const token of value.tokens) {
      if (seen.has(token)) continue
      const before = known.get(token)
      if (before !== undefined) {
        taint = strongerTaint(taint, before)
        continue
      }
      seen.add(token)
      taint = strongerTaint(taint, this.convertToken(frame, token, how, site, seen))
    }
    this.depth--
    // What was met on the way may lead back to any of the rest: it depends on as much.
    if (isTop) for (const token of seen) known.set(token, taint)
    return taint
  }

  private convertToken(
    frame: Frame,
    token: Token,
    how: 'string' | 'number' | 'json' | 'deep' | 'render',
    site: Site,
    seen: Set<Token>,
  ): Taint | null {
    if (this.spent(frame)) return null
    const self = of(token)
    let taint: Taint | null = null
    const go = (value: Value, next = how): void => {
      taint = strongerTaint(taint, this.convert(frame, value, next, site, seen))
    }
    const isText = how === 'string' || how === 'render' || how === 'deep'
    const impure = (message: string): void => {
      if (frame.context.kind === 'call') this.effect(frame, message, site)
      else taint = strongerTaint(taint, { kind: 'ambient', message, site })
    }
    switch (token.kind) {
      case 'keys':
        for (const owner of this.partsOf(frame, token)[0]!.tokens) this.namesOf(frame, owner)
        return taint
      case 'builtin':
      case 'bound':
      case 'middleware':
      case 'next':
        if (how === 'string') impure('shows the source text of a function')
        return taint
      case 'inherited':
        return taint
      case 'function':
        if (how === 'string') impure('shows the source text of a function')
        if (how === 'render') go(this.call(frame, self, UNDEF, NO_ARGS, site))
        for (const name of ['toJSON', ...CONVERSIONS])
          if (token.props.get(name)?.value.tokens.length)
            go(this.call(frame, this.get(frame, this.prop(token, name)), self, NO_ARGS, site))
        return taint
      case 'date':
        this.runConversions(frame, token, how, site, go)
        if (isText) impure('shows a date in the local time zone')
        taint = strongerTaint(taint, this.get(frame, this.prop(token, '[]')).taint)
        if (token.context !== frame.context) this.readToken(frame, token, '[]', self, site)
        return taint
      case 'request':
        this.effect(frame, 'reads the request', site)
        return taint
      case 'context':
        this.effect(frame, 'hands out the request context', site)
        return taint
      case 'app':
        impure('is a Hono app, which runs for each request')
        return taint
      case 'stats':
        impure('reads the facts of a file')
        return taint
      case 'generator':
      case 'stream':
        this.runConversions(frame, token, how, site, go)
        if (this.outlives(frame, token))
          this.noteWrite(
            frame,
            token,
            '[]',
            site,
            'takes from an iterator that outlives the request',
          )
        go(this.iterate(frame, self, site))
        return taint
      case 'error':
        // Its text is made of these.
        for (const name of ['name', 'message']) go(this.readToken(frame, token, name, self, site))
        break
      case 'response':
        if (token.context !== frame.context && frame.context.kind === 'call')
          this.effect(frame, 'uses one Response for several requests', site)
        return taint
      case 'jsx': {
        // What was made while loading is rendered now.
        if (token.context !== frame.context) {
          const [tag, props] = this.partsOf(frame, token) as [Value, Value]
          const made = this.call(frame, tag, UNDEF, { list: [props], rest: BOTTOM }, site)
          go(made, 'render')
          go(props, 'render')
        }
        return taint
      }
    }
    // Data, arrays, collections, instances.
    if (token.context !== frame.context)
      this.noteRead(frame, token, () => marksOf(token, null), 'its members', BOTTOM, site)
    const isList = token.kind === 'array' || token.kind === 'data' || token.kind === 'promise'
    this.runConversions(frame, token, how, site, go)
    const isInside =
      how === 'json' ||
      how === 'deep' ||
      how === 'render' ||
      isList ||
      token.kind === 'map' ||
      token.kind === 'set'
    if (isInside) {
      for (const name of this.namesOf(frame, token, 'its members')) {
        if (how === 'string' && name !== '[]' && name !== '*') continue
        go(this.readToken(frame, token, name, self, site))
      }
    }
    return taint
  }

  /** Runs the conversions that are the user's own, on the object or above it. */
  private runConversions(
    frame: Frame,
    token: Token,
    how: 'string' | 'number' | 'json' | 'deep' | 'render',
    site: Site,
    go: (value: Value) => void,
  ): void {
    const self = of(token)
    const names = how === 'json' ? [...OF_JSON] : [...CONVERSIONS, ...(OF_TEXT[token.kind] ?? [])]
    if (how === 'deep') names.push('then', ...OF_JSON)
    for (const name of names) {
      if (name === 'toISOString' && token.kind !== 'date') continue
      const method = this.readToken(frame, token, name, self, site)
      for (const one of method.tokens) {
        if (one.kind === 'builtin' && one.path!.endsWith(`.prototype.${name}`)) continue
        go(this.call(frame, of(one), self, { list: [STR], rest: BOTTOM }, site))
      }
      if (method.doubt) go(new Value(0, [], [], null, method.doubt))
    }
    // Who takes a whole value may loop over it.
    if (how === 'deep' && LOOPED.has(token.kind)) go(this.iterate(frame, self, site))
  }

  /** What a loop over a value gets. */
  iterate(frame: Frame, value: Value, site: Site, seen = new Set<Token>()): Value {
    let out = BOTTOM
    if (value.mayBeString) out = join(out, STR)
    if (value.doubt) {
      if (frame.context.kind === 'call') this.effect(frame, value.doubt.message, site)
      out = join(out, new Value(0, [], [], null, value.doubt))
    }
    for (const token of value.tokens) {
      if (seen.has(token)) continue
      seen.add(token)
      out = join(
        out,
        this.memo(frame, 'iterate', token, () => this.iterateToken(frame, token, site, seen)),
      )
    }
    return tainted(out, value.taint)
  }

  /**
   * Asks once in a run of the frame: what the answer was read from runs the frame again when it
   * grows.
   */
  private memo(frame: Frame, what: string, token: Token, make: () => Value): Value {
    if (frame.convertedUnder !== frame.under) {
      frame.convertedUnder = frame.under
      frame.converted.clear()
      frame.memo.clear()
    }
    let known = frame.memo.get(what)
    if (!known) frame.memo.set(what, (known = new Map()))
    let out = known.get(token)
    if (!out) known.set(token, (out = make()))
    return out
  }

  /** The steps of an iterator that the user wrote. */
  private steps(frame: Frame, iterator: Value, site: Site, isAsync: boolean): Value {
    const next = this.read(frame, iterator, 'next', site)
    let step = this.call(frame, next, iterator, NO_ARGS, site)
    if (isAsync) step = this.resolved(frame, step, site)
    this.read(frame, step, 'done', site)
    this.call(frame, this.read(frame, iterator, 'return', site), iterator, NO_ARGS, site)
    return this.read(frame, step, 'value', site)
  }

  private iterateOwn(frame: Frame, token: Token, site: Site, seen: Set<Token>): Value {
    let out = BOTTOM
    const own = this.readToken(frame, token, '@@iterator', of(token), site)
    const ownAsync = this.readToken(frame, token, '@@asyncIterator', of(token), site)
    for (const method of [...own.tokens, ...ownAsync.tokens]) {
      // Lists of the language's own kinds are read by themselves.
      if (method.kind === 'builtin' && token.kind !== 'object') continue
      if (method.path?.startsWith('Array.prototype.')) {
        out = join(out, this.readElements(frame, of(token), site, false))
        continue
      }
      const iterator = this.call(frame, of(method), of(token), NO_ARGS, site)
      for (const one of iterator.tokens)
        if (ITERATED.has(one.kind)) out = join(out, this.iterate(frame, of(one), site, seen))
      out = join(out, this.steps(frame, iterator, site, ownAsync.tokens.includes(method)))
    }
    const doubt = own.doubt ?? ownAsync.doubt
    return doubt ? join(out, new Value(0, [], [], null, doubt)) : out
  }

  private iterateToken(frame: Frame, token: Token, site: Site, seen: Set<Token>): Value {
    let out = BOTTOM
    if (
      token.proto ||
      token.getters ||
      this.isSet(frame, token, '@@iterator') ||
      this.isSet(frame, token, '@*')
    )
      if (token.kind !== 'array' && token.kind !== 'object' && token.kind !== 'set')
        out = this.iterateOwn(frame, token, site, seen)
    // A generator's own `next` is what a loop calls.
    if (token.kind === 'generator' && this.isSet(frame, token, 'next'))
      out = join(out, this.steps(frame, of(token), site, false))
    switch (token.kind) {
      case 'keys':
        out = join(out, join(STR, of(token)))
        return out
      case 'map':
      case 'headers':
      case 'query': {
        const pair = this.make(frame, `entry${token.id}`, 'array')
        this.init(pair, '0', this.readToken(frame, token, '[k]', of(token), site))
        this.init(pair, '1', this.readToken(frame, token, '[]', of(token), site))
        this.init(pair, '[]', BOTTOM)
        if (token.kind !== 'map') this.init(pair, '[]', STR)
        out = join(out, of(pair))
        return out
      }
      case 'bytes':
        out = join(out, NUM)
        return out
      case 'data':
        out = join(out, this.readToken(frame, token, '[]', of(token), site))
        return out
      case 'generator':
        if (this.outlives(frame, token))
          this.noteWrite(
            frame,
            token,
            '[]',
            site,
            'takes from an iterator that outlives the request',
          )
        if (token.env) {
          out = join(out, this.get(frame, token.env.yields))
          return out
        }
        out = join(out, this.get(frame, this.prop(token, '[]')))
        return out
    }
    out = join(out, this.iterateOwn(frame, token, site, seen))
    if (token.kind === 'array' || token.kind === 'set' || token.kind === 'stream') {
      out = join(out, this.readToken(frame, token, '[]', of(token), site))
      for (const name of this.namesOf(frame, token))
        if (isIndex(name) || name === '*')
          out = join(out, this.readToken(frame, token, name, of(token), site))
    }
    return out
  }
}

/** Kinds that may be of a class of the user's own, or be changed by hand. */
const USER_MADE = new Set<Kind>(['function', 'array', 'map', 'set', 'regexp', 'error', 'promise'])

/** Called on the way to JSON; the second by the first, where that is a date's own. */
const OF_JSON = ['toJSON', 'toISOString']
/** Called on the way to text, by kind. */
const OF_TEXT: Partial<Record<Kind, string[]>> = {
  array: ['join', 'toLocaleString'],
  object: ['toLocaleString'],
}
/** Kinds that are iterators themselves, or made of one. */
const ITERATED = new Set<Kind>(['generator', 'array', 'set', 'map'])
/** Kinds that may have an iterator of the user's own. */
const LOOPED = new Set<Kind>(['object', 'map', 'set', 'array'])

const CONVERSIONS = ['toString', 'valueOf', '@@toPrimitive', '@@toStringTag']

/** By kind of object, the builtin prototype below which its own chain ends. */
const PROTOTYPES: Partial<Record<Kind, string>> = {
  object: 'Object.prototype',
  array: 'Array.prototype',
  function: 'Function.prototype',
  bound: 'Function.prototype',
  middleware: 'Function.prototype',
  next: 'Function.prototype',
  data: 'Object.prototype',
  map: 'Map.prototype',
  set: 'Set.prototype',
  weak: 'WeakMap.prototype',
  promise: 'Promise.prototype',
  generator: 'Generator.prototype',
  regexp: 'RegExp.prototype',
  date: 'Date.prototype',
  error: 'Error.prototype',
  bytes: 'Uint8Array.prototype',
  intl: 'Intl.prototype',
  response: 'Response.prototype',
  headers: 'Headers.prototype',
  url: 'URL.prototype',
  query: 'URLSearchParams.prototype',
  hash: 'Hash.prototype',
  stats: 'Stats.prototype',
  stream: 'ReadableStream.prototype',
  codec: 'Codec.prototype',
  jsx: 'JSXNode.prototype',
  app: 'Hono.prototype',
  keys: 'String.prototype',
  context: 'Context.prototype',
  request: 'Request.prototype',
}

/** Whether an object's chain ends in what the language provides; `Object.create(null)` does not. */
function hasNativeRoot(token: Token, above: readonly Token[]): boolean {
  if (PROTOTYPES[token.kind] === undefined) return false
  if (token.kind !== 'object' || !token.proto) return true
  return above.some(one => one.kind !== 'object' || !one.proto)
}

function mayHoldCode(value: Value): boolean {
  return value.doubt !== null || value.tokens.length > 0
}

/** A number, as a key. */
export function isIndex(key: string): boolean {
  return /^\d+$/.test(key) || /^-?(\d+(\.\d+)?(e[+-]?\d+)?|Infinity)$|^NaN$/.test(key)
}

/** The names that a key stands for which is no text: `list[done]` reads `true` or `false`. */
function wordsOf(key: Value): string[] {
  const words: string[] = []
  if (key.bits & BOOLEAN) words.push('true', 'false')
  if (key.bits & NULL) words.push('null')
  if (key.bits & UNDEFINED) words.push('undefined')
  return words
}

/** Where what was written under an unknown key is kept: text and symbols never meet. */
function anyOf(key: string): string {
  return key.startsWith('@') ? '@*' : '*'
}

function nameOfKey(key: string): string {
  return key === '*' || key === '@*' || key === '[]' || key === '[k]' ? 'a member' : `\`${key}\``
}

function mark(marks: Mark[], context: Context, site: Site): void {
  if (!marks.some(one => one.context === context)) marks.push({ context, site })
}

/** Marks that concern a member; `null`: any member. */
export function marksOf(token: Token, key: string | null): Mark[] | null {
  if (!token.marks) return null
  if (key === null || key === '*') return [...token.marks.values()].flat()
  const own = token.marks.get(key) ?? []
  const elements =
    isIndex(key) || key === 'length' || key === 'size' ? (token.marks.get('[]') ?? []) : []
  return [...own, ...(token.marks.get('*') ?? []), ...elements]
}

function paramCount(info: FunctionInfo): number {
  const { node } = info
  return 'params' in node ? node.params.length : 0
}

const ids = new WeakMap<object, number>()
let nextId = 0

function idOf(object: object): number {
  let id = ids.get(object)
  if (id === undefined) ids.set(object, (id = nextId++))
  return id
}
