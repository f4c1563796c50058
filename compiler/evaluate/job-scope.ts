// What one call of a handler did, as far as it decides what is said of it.

import type { FromWorker, RunJob, Trace } from './protocol.ts'
import { describeThrown, placesOf, traceHere, type NoteKind, type Scope } from './watch.ts'

// Taken before it is watched.
const wait = globalThis.setTimeout

/** Milliseconds that a job may still take once it is known what to say of it. */
const GRACE = 20

/** What `JobScope.offence` resolves to. */
export const GIVEN_UP = Symbol('given up')

/** What one call of a handler did: its first offence is enough. */
export class JobScope implements Scope {
  readonly loading = false
  readonly #job: RunJob
  readonly #files: Set<string>
  readonly #send: (message: FromWorker) => unknown
  #isOver = false
  /** Resolves some time after the first offence. */
  readonly offence: Promise<typeof GIVEN_UP>
  #offend!: (value: typeof GIVEN_UP) => void
  first: Trace | undefined
  kind: NoteKind = 'ambient'
  thrown: Trace | undefined

  constructor(job: RunJob, files: Set<string>, send: (message: FromWorker) => unknown) {
    this.#job = job
    this.#files = files
    this.#send = send
    this.offence = new Promise(resolve => {
      this.#offend = resolve
    })
  }

  note(kind: NoteKind, message: string): Trace | undefined {
    // What answers after an error is no longer the handler.
    if (this.first || this.thrown) return undefined
    const { mode } = this.#job
    if (mode === 'keep' && /^(ambient|engine|folder)$/.test(kind)) return undefined
    if (mode === 'fill' && kind === 'request') return undefined
    const trace = traceHere(message)
    this.first = trace
    this.kind = kind
    if (!this.#isOver) wait(this.#offend, GRACE, GIVEN_UP)
    if (this.#isOver) this.#send({ type: 'late', id: this.#job.id, trace })
    return trace
  }

  file(path: string): void {
    this.#files.add(path)
  }

  threw(error: unknown): void {
    this.thrown ??= { message: `throws ${describeThrown(error)}`, places: placesOf(error) }
  }

  /** What is noted from now on comes too late for the answer, and is sent after it. */
  finish(): void {
    this.#isOver = true
  }
}
