// The abstract machine: frames, cells and objects, and what code does with them. Runs every frame again
// until nothing grows. What it does is in machine/, a verb a file; those reach one another through it.

import type { Args, CallOptions } from './machine/args.ts'
import { call } from './machine/call.ts'
import { type Conversion, convert } from './machine/convert.ts'
import { readAny, readElements } from './machine/elements.ts'
import { callLater, letEscape } from './machine/escape.ts'
import type { Frame } from './machine/frame.ts'
import { iterate } from './machine/iterate.ts'
import type { Language } from './machine/language.ts'
import { GIVEN_UP } from './machine/limits.ts'
import { inherited, read, readToken } from './machine/read.ts'
import { resolved } from './machine/resolve.ts'
import { Store } from './machine/store.ts'
import { noteDoubtfulWrite, noteWrite, write, writeAny } from './machine/write.ts'
import { isOverflow } from './overflow.ts'
import type { ParsedProgram } from './program.ts'
import { Cell, type Context, type Site, type Taint, type Token, type Value } from './value.ts'

/** A change of what the language itself provides. */
interface Tampering {
  message: string
  site: Site
  context: Context
  /** Only possible: the name of the member is not known. */
  isGuess?: boolean
}

/** How a function is called that runs on its own. */
interface Escape {
  self: Value
  args: Args
  context: Context
  site: Site
  /** By what cannot be followed: that gets what it returns, too. */
  isUnknown?: boolean
}

export class Machine extends Store {
  readonly language: Language
  /** How deep calls are nested just now. */
  depth = 0
  /** Functions handed to what cannot be followed: it may call them at any time. */
  readonly escaped = new Map<Token, Escape>()
  /** Changes of what the language itself provides, by whom. */
  readonly tampering: Tampering[] = []
  /** Places where objects are made that code changes once they are there. */
  private readonly changed = new Set<string>()
  /** Objects of which it is not known which literal made them, if any. */
  readonly unsited = new Set<Token>()
  /** Whether loading changes an object of which that is not known. */
  changesOthers = false
  /** By the context it runs in: the request context (Hono's) that a handler is given. */
  readonly requests = new Map<Context, Token>()
  /** By handler's context: what `c.notFound()` runs. */
  readonly notFound = new Map<Context, Value>()
  /** Set where loading writes files: then files read are not inputs alone. */
  filesWritten: Taint | null = null
  private readonly thrownBy = new Map<Context, Cell>()
  private readonly lates = new Map<string, Context>()
  private readonly togethers = new Map<string, Context>()

  constructor(program: ParsedProgram, language: Language) {
    super(program)
    this.language = language
  }

  override evaluate(frame: Frame): void {
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
    const { depth } = this
    this.depth++
    try {
      if (frame.script) frame.script()
      else this.language.run(this, frame)
    } catch (error) {
      if (!isOverflow(error)) throw error
      this.giveUp(frame.context)
    }
    this.depth = depth
    frame.running = false
  }

  /** What `throw` throws, and `catch` may get. */
  thrown(context: Context): Cell {
    const key = context.kind === 'call' ? context : this.globals
    let cell = this.thrownBy.get(key)
    if (!cell) this.thrownBy.set(key, (cell = new Cell(key, 'error')))
    return cell
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

  togetherContext(root: string): Context {
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

  /** The member `key` of a value. */
  read(frame: Frame, base: Value, key: string, site: Site): Value {
    return read(this, frame, base, key, site)
  }

  /** The member `key` of an object, where getters see `self`. */
  readToken(frame: Frame, token: Token, key: string, self: Value, site: Site): Value {
    return readToken(this, frame, token, key, self, site)
  }

  /** A member whose name is only known when the code runs. */
  readAny(frame: Frame, base: Value, key: Value, site: Site): Value {
    return readAny(this, frame, base, key, site)
  }

  /** Members by index, and with `named` also any other. */
  readElements(frame: Frame, base: Value, site: Site, named: boolean): Value {
    return readElements(this, frame, base, site, named)
  }

  /** What a builtin prototype has under `key`. */
  inherited(frame: Frame, prototype: string, key: string, site: Site): Value {
    return inherited(this, frame, prototype, key, site)
  }

  /** Writes the member `key` of a value. */
  write(frame: Frame, base: Value, key: string, value: Value, site: Site): void {
    write(this, frame, base, key, value, site)
  }

  /** Writes a member whose name is only known when the code runs. */
  writeAny(frame: Frame, base: Value, key: Value, value: Value, site: Site): void {
    writeAny(this, frame, base, key, value, site)
  }

  /** Notes that `frame` changes the member `key` (`*`: any) of `token`. */
  noteWrite(frame: Frame, token: Token, key: string, site: Site, what?: string): void {
    noteWrite(this, frame, token, key, site, what)
  }

  /** Notes that `frame` changes what is not known of a value. */
  noteDoubtfulWrite(frame: Frame, base: Value, site: Site): void {
    noteDoubtfulWrite(this, frame, base, site)
  }

  /** Notes that an object that `frame` got may be another one than its maker made. */
  noteChange(frame: Frame, token: Token): void {
    // What a request makes and changes is of no concern to others.
    if (frame.context.kind === 'call' && !this.outlives(frame, token)) return
    if (token.kind === 'builtin' || token.kind === 'function') return
    this.changedAt(this.unsited.has(token) ? null : token.site)
  }

  /** The same, of what was made at a place; null: not known where. */
  changedAt(site: Site | null): void {
    if (site) this.changed.add(`${site.chunk}:${site.at}`)
    else this.changesOthers = true
  }

  /** Whether an object made at a place may hold other members than it was made with. */
  isChanged({ chunk, at }: Site): boolean {
    return this.changed.has(`${chunk}:${at}`)
  }

  /** What calling a value gives. */
  call(
    frame: Frame,
    callee: Value,
    self: Value,
    args: Args,
    site: Site,
    options: CallOptions = {},
  ): Value {
    return call(this, frame, callee, self, args, site, options)
  }

  /** A function that something calls later: a timer, a listener, `then` while loading. */
  callLater(frame: Frame, callee: Value, args: Args, site: Site): Value {
    return callLater(this, frame, callee, args, site)
  }

  /** Hands values to what cannot be followed. */
  escape(frame: Frame, value: Value, site: Site, keepsLanguage = true): void {
    letEscape(this, frame, value, site, keepsLanguage)
  }

  /** What `await` makes of a value. */
  resolved(frame: Frame, value: Value, site: Site): Value {
    return resolved(this, frame, value, site)
  }

  /** What looking at a whole value depends on; the user's own conversions run. */
  convert(
    frame: Frame,
    value: Value,
    how: Conversion,
    site: Site,
    seen = new Set<Token>(),
  ): Taint | null {
    return convert(this, frame, value, how, site, seen)
  }

  /** What a loop over a value gets. */
  iterate(frame: Frame, value: Value, site: Site, seen = new Set<Token>()): Value {
    return iterate(this, frame, value, site, seen)
  }
}
