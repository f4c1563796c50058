// The jobs of one evaluation on their way to an outcome: which processes they run in, in what order,
// and what two answers of one job mean.

import type { Child } from './child.ts'
import { positionOfExport } from './exports.ts'
import {
  batches,
  runBatches,
  spareChild,
  type Handlers,
  type Pass,
  type ProcessOptions,
} from './lanes.ts'
import type { Locator } from './positions.ts'
import type { Prepared } from './prepare.ts'
import type { Head, RunJob, Trace } from './protocol.ts'
import { differenceOf } from './response.ts'
import { VARIATIONS, type Variation } from './variation.ts'
import type { Bundle, Job, Outcome, Position } from '../stages.ts'

export interface EvaluationOptions extends ProcessOptions {
  /**
   * Whether what a module reads while it loads counts against its handlers (the default). Where the
   * analyzer has shown that it reaches no response, comparing the answers is enough.
   */
  countLoads?: boolean
  /** Told how many of the jobs have their outcome. */
  onProgress?(done: number): void
  /**
   * Gets each outcome as soon as it is certain; evaluation waits for it. The bodies of snapshots are
   * then not kept, so that memory stays flat.
   */
  onOutcome?(outcome: Outcome): void | Promise<void>
}

/** The modules that a job runs: middleware, its own, the `_404` that may answer. */
export function filesOf({ handler: { middleware, file, notFound } }: Job): string[] {
  return [...middleware, file, ...(notFound && notFound !== file ? [notFound] : [])]
}

/** Objections that a handler may raise by ending or spoiling its process before the rest is not tried. */
const STRIKES = 3

export class Evaluation {
  readonly #jobs = new Map<string, Job>()
  readonly #first = new Map<string, { head: Head; files: string[] }>()
  /** What holds for all jobs of a module or of a handler. */
  readonly #verdicts = new Map<string, { kind: 'dynamic' | 'failed'; trace: Trace }>()
  readonly #strikes = new Map<string, number>()
  readonly #bundle: Bundle
  readonly #facts: Map<string, { quiet: boolean }>
  readonly #options: EvaluationOptions
  readonly #prepared: Prepared
  readonly #locate: Locator
  readonly #outcomes: Map<string, Outcome>
  #done = 0

  constructor(
    bundle: Bundle,
    jobs: Job[],
    facts: Map<string, { quiet: boolean }>,
    options: EvaluationOptions,
    prepared: Prepared,
    locate: Locator,
    outcomes: Map<string, Outcome>,
  ) {
    for (const job of jobs) this.#jobs.set(job.id, job)
    this.#bundle = bundle
    this.#facts = facts
    this.#options = options
    this.#prepared = prepared
    this.#locate = locate
    this.#outcomes = outcomes
  }

  async run(): Promise<void> {
    const jobs = [...this.#jobs.values()]
    for (const job of jobs) {
      const files = filesOf(job)
      const missing = files.map(file => this.#prepared.missing(file)).find(Boolean)
      if (missing)
        await this.#settle(
          job,
          this.#objection(job, job.mode === 'keep' ? 'failed' : 'dynamic', missing),
        )
      else if (job.mode !== 'keep' && this.#options.countLoads !== false) {
        const imports = files.map(file => this.#prepared.imports(file)).find(Boolean)
        if (imports) await this.#settle(job, this.#objection(job, 'dynamic', imports))
      }
    }
    const open = jobs.filter(job => !this.#outcomes.has(job.id))
    const toKeep = open.filter(job => job.mode === 'keep')
    if (toKeep.length > 0) await this.#run(toKeep, VARIATIONS.real)
    const toProve = open.filter(job => job.mode !== 'keep')
    if (toProve.length === 0) return
    // A process takes longer to start than a small site to evaluate.
    const spare = spareChild(this.#pass(VARIATIONS.second))
    try {
      await this.#run(toProve, VARIATIONS.first)
      const again = toProve.filter(job => this.#first.has(job.id))
      await this.#run(again, VARIATIONS.second, spare)
    } finally {
      await spare.kill()
    }
  }

  #pass(variation: Variation): Pass {
    return { prepared: this.#prepared, variation, options: this.#options }
  }

  async #run(jobs: Job[], variation: Variation, spare?: Child): Promise<void> {
    const called = new Set<string>()
    const works = (variation.reversed ? [...jobs].reverse() : jobs).map(job => {
      const isFirst = !called.has(job.handler.id)
      called.add(job.handler.id)
      return this.#work(job, variation, isFirst ? variation.calls : 1)
    })
    const isQuiet = ({ modules }: RunJob): boolean =>
      modules.every(({ file }) => this.#facts.get(file)?.quiet)
    const fileOf = (work: RunJob): string => this.#job(work).handler.file
    const isKnown = (work: RunJob): boolean => this.#isKnown(this.#job(work))
    const all = batches(works, this.#options.concurrency ?? 1, isQuiet, fileOf)
    await runBatches(all, this.#pass(variation), this.#handlers(variation), isKnown, spare)
    for (const job of jobs) if (this.#isKnown(job)) await this.#conclude(job)
  }

  #job({ id }: { id: string }): Job {
    return this.#jobs.get(id)!
  }

  #work(job: Job, { surroundings }: Variation, calls: number): RunJob {
    const { handler, id, path, params, role, mode, asked } = job
    return {
      type: 'run',
      id,
      modules: filesOf(job).map(file => this.#prepared.ref(file)),
      middleware: handler.middleware.length,
      name: handler.name,
      path,
      params,
      role,
      mode,
      calls,
      wantsBody: surroundings.kind !== 'first',
      ...(asked && { asked }),
      ...(handler.pattern !== undefined && { pattern: handler.pattern }),
      ...(handler.notFound !== undefined && { hasNotFound: handler.notFound !== null }),
    }
  }

  #handlers({ surroundings }: Variation): Handlers {
    const jobOf = (work: unknown): Job => this.#job(work as RunJob)
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
        const job = this.#jobs.get(id)
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
    return { id: job.id, kind, reason: this.#locate.reason(trace, this.#positionOf(job)) }
  }

  readonly #positions = new Map<string, Position>()

  #positionOf({ handler: { file, name, id } }: Job): Position {
    const known = this.#positions.get(id)
    if (known) return known
    const position = positionOfExport(this.#bundle, this.#locate, file, name)
    this.#positions.set(id, position)
    return position
  }

  async #settle(job: Job, outcome: Outcome): Promise<void> {
    const late = this.#late.get(job.id)
    const settled =
      late && outcome.kind === 'snapshot' ? this.#objection(job, 'dynamic', late) : outcome
    const { onOutcome, onProgress } = this.#options
    if (onOutcome && settled.kind === 'snapshot') {
      const { snapshot, ...rest } = settled
      this.#outcomes.set(job.id, { ...rest, snapshot: { ...snapshot, body: new Uint8Array(0) } })
    } else this.#outcomes.set(job.id, settled)
    await onOutcome?.(settled)
    onProgress?.(++this.#done)
  }
}
