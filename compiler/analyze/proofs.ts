// Handlers that were run for real, against everything else the project may do: which of them stand as
// proved. What other code may change of what one read, or see of what it keeps, takes the proof away.

import { Bail } from './concrete/bail.ts'
import type { Lift } from './concrete/lift.ts'
import type { Loaded } from './concrete/load.ts'
import { type Proof, prove, type Runnable } from './concrete/prove.ts'
import { isScope } from './concrete/reach.ts'
import { disagreeing } from './concrete/together.ts'
import type { Key } from './concrete/world.ts'
import { marksOf } from './machine/mark.ts'
import { isContested } from './machine/notes.ts'
import type { Worklist } from './machine/worklist.ts'
import { changedBy, type Search } from './reasons.ts'
import type { Cell, Context, Mark, Token } from './value.ts'
import type { Handler } from '../stages.ts'

/** A handler that was run, in the context that is its own. */
interface Candidate extends Runnable {
  handler: Handler
  proof: Proof
}

export class Proofs {
  private readonly loaded: Loaded
  private readonly lift: Lift
  private readonly candidates = new Map<Handler, Candidate>()
  /** What stopped the run of the others. */
  readonly stopped = new Map<Handler, Bail>()

  constructor(loaded: Loaded, lift: Lift) {
    this.loaded = loaded
    this.lift = lift
  }

  /** Chunks whose loading read what other modules change as they load, before or after. */
  contested(m: Worklist, contexts: Map<string, Context>): string[] {
    return [...this.loaded.reads].flatMap(([name, reads]) => {
      const context = contexts.get(name)!
      for (const [owner, keys] of reads)
        for (const key of keys)
          if (isContested(m, { context }, this.marks(owner, key))) return [name]
      return []
    })
  }

  /** Runs a handler, if all that leads to it was run. */
  try(handler: Handler, chunk: string, context: Context): void {
    if (handler.middleware.length > 0 || !this.loaded.chunks.has(chunk)) return
    const runnable = { chunk, name: handler.name, context }
    const found = prove(this.loaded.interpreter, runnable)
    if (found instanceof Bail) this.stopped.set(handler, found)
    else this.candidates.set(handler, { handler, ...runnable, proof: found })
  }

  has(handler: Handler): boolean {
    return this.candidates.has(handler)
  }

  /** Drops those whose answer could depend on which of the others have run before. */
  settleAmong(): void {
    for (;;) {
      const dropped = disagreeing(this.loaded.interpreter, [...this.candidates.values()])
      if (dropped.size === 0) return
      for (const { handler } of dropped) this.candidates.delete(handler)
    }
  }

  /**
   * Drops those that other code interferes with, as far as the abstract run knows it by now.
   * @returns the dropped ones, which then count as code that runs.
   */
  dropDisturbed(search: (handler: Handler) => Omit<Search, 'root' | 'allowed'>): Handler[] {
    const dropped: Handler[] = []
    for (const { handler, context, proof } of this.candidates.values()) {
      const { closures, isOrdered } = search(handler)
      const isDisturbed =
        some(proof.reads, (owner, keys) =>
          [...keys].some(key =>
            changedBy(this.marks(owner, key), { closures, isOrdered, root: { context } }),
          ),
        ) ||
        some(proof.kept, (owner, values) => [...values.keys()].some(key => this.isSeen(owner, key)))
      if (isDisturbed) dropped.push(handler)
    }
    for (const handler of dropped) this.candidates.delete(handler)
    return dropped
  }

  private marks(owner: object, key: Key): Mark[] | null {
    if (isScope(owner)) return this.lift.cellAt(owner, Number(key))?.marks ?? null
    const token = this.lift.tokenFor(owner)
    return token && marksOf(token, this.lift.nameOf(owner, key))
  }

  /** Whether the abstract run reads or changes a member or variable after loading. */
  private isSeen(owner: object, key: Key): boolean {
    if (isScope(owner)) {
      const cell = this.lift.cellAt(owner, Number(key))
      return !!cell && (isRead(cell) || !!cell.marks?.length)
    }
    const token = this.lift.tokenFor(owner)
    if (!token) return false
    if (marksOf(token, this.lift.nameOf(owner, key))?.length) return true
    return (
      cellsOf(token).some(isRead) ||
      [...(token.listers ?? [])].some(({ context }) => context.kind !== 'load')
    )
  }
}

function cellsOf(token: Token): Cell[] {
  return [token.props, token.getters, token.setters].flatMap(cells => [...(cells?.values() ?? [])])
}

function isRead(cell: Cell): boolean {
  return [...(cell.readers ?? [])].some(({ context }) => context.kind !== 'load')
}

function some<K, V>(map: Map<K, V>, test: (key: K, value: V) => boolean): boolean {
  for (const [key, value] of map) if (test(key, value)) return true
  return false
}
