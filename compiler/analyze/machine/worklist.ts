// Frames and the cells they read: whoever read a cell that grows is run again, until nothing grows.
// What a frame does that matters to a verdict is kept as its events.

import type { Frame } from './frame.ts'
import { MAX_STEPS } from './limits.ts'
import type { ParsedProgram } from '../program.ts'
import { type Cell, type Context, join, type Mark, type Site, type Value } from '../value.ts'

export abstract class Worklist {
  readonly program: ParsedProgram
  readonly tops = new Map<string, Frame>()
  private readonly queue: Frame[] = []
  /** Set once the code that runs is no longer that of loading. */
  serving = false
  /** By chunk: what its loading does that others in its process would notice. */
  readonly noise = new Map<string, { message: string; site: Site }>()
  /** Contexts that took too many steps: what they do is not known. */
  readonly givenUp: Context[] = []
  /** By chunk: the chunks it loads, itself included. */
  closures = new Map<string, Set<string>>()
  /** By chunk: where loading reads what differs between two starts. What it got is followed. */
  readonly followed = new Map<string, Set<number>>()
  /** What was read while loading, to be looked at again once all that loading changes is known. */
  readonly loadReads = new Map<Frame, Map<string, () => Mark[] | null>>()

  constructor(program: ParsedProgram) {
    this.program = program
  }

  /** Runs a frame once. */
  abstract evaluate(frame: Frame): void

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
  spent(frame: Frame): boolean {
    const { context } = frame
    if (context.givenUp) return true
    if (++context.steps <= MAX_STEPS) return false
    this.giveUp(context)
    return true
  }

  /** Nothing that `context` does is known from here on. */
  giveUp(context: Context): void {
    if (context.givenUp) return
    context.givenUp = true
    this.givenUp.push(context)
  }
}
