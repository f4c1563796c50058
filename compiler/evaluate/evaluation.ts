// The jobs of one evaluation on their way to an outcome: which processes they run in, in what order,
// and what two answers of one job mean.

import { spareChild, type Handlers, type ProcessOptions } from './lanes.ts'
import type { Child } from './child.ts'
import type { Head, RunJob, Trace } from './protocol.ts'
import { differenceOf } from './response.ts'
import { filesOf, Runner, type Running } from './runner.ts'
import { VARIATIONS, type Variation } from './variation.ts'
import type { Job, Outcome } from '../stages.ts'

export interface EvaluationOptions extends ProcessOptions {
  /** Told how many of the jobs have their outcome. */
  onProgress?(done: number): void
  /**
   * Gets each outcome as soon as it is certain; evaluation waits for it. The bodies of snapshots are
   * then not kept, so that memory stays flat.
   */
  onOutcome?(outcome: Outcome): void | Promise<void>
}

/** Objections that a handler may raise by ending or spoiling its process before the rest is not tried. */
const STRIKES = 3

export class Evaluation extends Runner<EvaluationOptions> {
  readonly #first = new Map<string, { head: Head; files: string[] }>()
  /** What holds for all jobs of a module or of a handler. */
  readonly #verdicts = new Map<string, { kind: 'dynamic' | 'failed'; trace: Trace }>()
  readonly #strikes = new Map<string, number>()
  readonly #outcomes: Map<string, Outcome>
  #done = 0

  constructor(running: Running<EvaluationOptions>, outcomes: Map<string, Outcome>) {
    super(running)
    this.#outcomes = outcomes
  }

  async run(): Promise<void> {
    const { jobs, prepared, options } = this
    for (const job of jobs) {
      const files = filesOf(job)
      const missing = files.map(file => prepared.missing(file)).find(Boolean)
      if (missing)
        await this.#settle(
          job,
          this.#objection(job, job.mode === 'keep' ? 'failed' : 'dynamic', missing),
        )
      else if (job.mode !== 'keep') {
        const imports = files.map(file => prepared.imports(file)).find(Boolean)
        if (imports) await this.#settle(job, this.#objection(job, 'dynamic', imports))
      }
    }
    const open = jobs.filter(job => !this.#outcomes.has(job.id))
    const toKeep = open.filter(job => job.mode === 'keep')
    if (toKeep.length > 0) await this.#run(toKeep, VARIATIONS.real)
    const toProve = open.filter(job => job.mode !== 'keep')
    if (toProve.length === 0) return
    // A process takes longer to start than a small site to evaluate.
    const spare = spareChild({ prepared, variation: VARIATIONS.second, options })
    try {
      await this.#run(toProve, VARIATIONS.first)
      const again = toProve.filter(job => this.#first.has(job.id))
      await this.#run(again, VARIATIONS.second, spare)
    } finally {
      await spare.kill()
    }
  }

  async #run(jobs: Job[], variation: Variation, spare?: Child): Promise<void> {
    const called = new Set<string>()
    const works = (variation.reversed ? [...jobs].reverse() : jobs).map(job => {
      const isFirst = !called.has(job.handler.id)
      called.add(job.handler.id)
      return {
        ...this.work(job),
        calls: isFirst ? variation.calls : 1,
        wantsBody: variation.surroundings.kind !== 'first',
      }
    })
    const isKnown = ({ id }: RunJob): boolean => this.#isKnown(this.job(id))
    await this.pass(works, variation, this.#handlers(variation), isKnown, spare)
    for (const job of jobs) if (this.#isKnown(job)) await this.#conclude(job)
  }

  #handlers({ surroundings }: Variation): Handlers {
    const jobOf = (work: unknown): Job => this.job((work as RunJob).id)
    return {
      result: async (work, result, body) => {
        const job = jobOf(work)
        if (result.type === 'objection') {
          const { kind, trace, scope, retire } = result
          if (scope === 'module') this.#verdicts.set(job.handler.file, { kind, trace })
          if (scope === 'handler') this.#verdicts.set(job.handler.id, { kind, trace })
          if (retire) this.#strike(job, kind, trace)
          await this.#settle(job, this.#objection(job, kind, trace))
        } else if (result.type === 'answer') {
          if (surroundings.kind === 'first') {
            this.#first.set(job.id, result)
            return
          }
          const before = this.#first.get(job.id)
          this.#first.delete(job.id)
          const difference = before && differenceOf(before.head, result.head)
          const { status, headers } = result.head
          const files = [...new Set([...(before?.files ?? []), ...result.files])].sort()
          await this.#settle(
            job,
            difference
              ? this.#objection(job, 'dynamic', {
                  message: `answers differently in two evaluations: ${difference}`,
                  places: [],
                })
              : { id: job.id, kind: 'snapshot', snapshot: { status, headers, body }, files },
          )
        }
      },
      lost: async (work, message) => {
        const job = jobOf(work)
        const trace = { message, places: [] }
        this.#strike(job, 'failed', trace)
        await this.#settle(job, this.#objection(job, 'failed', trace))
      },
      late: (id, trace) => {
        const job: Job | undefined = this.job(id)
        if (job && job.mode !== 'keep') this.#late.set(id, trace)
      },
    }
  }

  /** What a job did after it had answered, until its outcome is settled. */
  readonly #late = new Map<string, Trace>()

  #strike({ handler }: Job, kind: 'dynamic' | 'failed', trace: Trace): void {
    const strikes = (this.#strikes.get(handler.id) ?? 0) + 1
    this.#strikes.set(handler.id, strikes)
    if (strikes >= STRIKES) this.#verdicts.set(handler.id, { kind, trace })
  }

  /** What is known of a job without running it. */
  #known({ handler }: Job): { kind: 'dynamic' | 'failed'; trace: Trace } | undefined {
    return this.#verdicts.get(handler.id) ?? this.#verdicts.get(handler.file)
  }

  #isKnown(job: Job): boolean {
    return this.#known(job) !== undefined
  }

  /** A job that need not run (again), because its fate is known. */
  async #conclude(job: Job): Promise<void> {
    if (this.#outcomes.has(job.id)) return
    const { kind, trace } = this.#known(job)!
    this.#first.delete(job.id)
    await this.#settle(job, this.#objection(job, kind, trace))
  }

  #objection(job: Job, kind: 'dynamic' | 'failed', trace: Trace): Outcome {
    return { id: job.id, kind, reason: this.reason(job, trace) }
  }

  async #settle(job: Job, outcome: Outcome): Promise<void> {
    const late = this.#late.get(job.id)
    const settled =
      late && outcome.kind === 'snapshot' ? this.#objection(job, 'dynamic', late) : outcome
    const { onOutcome, onProgress } = this.options
    if (onOutcome && settled.kind === 'snapshot') {
      const { snapshot, ...rest } = settled
      this.#outcomes.set(job.id, { ...rest, snapshot: { ...snapshot, body: new Uint8Array(0) } })
    } else this.#outcomes.set(job.id, settled)
    await onOutcome?.(settled)
    onProgress?.(++this.#done)
  }
}
