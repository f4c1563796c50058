// Jobs that are known to answer the same -> their answers again, many times, each time in other
// surroundings and to another request. Compares nothing: who asked for the runs does.

import { positionOfExport } from './exports.ts'
import { filesOf } from './evaluation.ts'
import { batches, type Handlers, type ProcessOptions, runBatches } from './lanes.ts'
import type { Locator } from './positions.ts'
import type { Prepared } from './prepare.ts'
import type { RunJob, Trace } from './protocol.ts'
import { requestToVerify, surroundingsToVerify, VARIATIONS, type Variation } from './variation.ts'
import type { Bundle, Job, Reason, Snapshot } from '../stages.ts'

export interface RerunOptions extends ProcessOptions {
  /** Calls of each handler. */
  runs: number
  /** Told how many calls were made. */
  onProgress?(done: number): void
}

/** Gets the answer, or why there is none; says whether the job is to be run any further. */
export type OnRun = (job: Job, found: Snapshot | Reason) => boolean | Promise<boolean>

/** Surroundings, each in processes of its own; a call costs less than a process. */
const SURROUNDINGS = 5

/** What a user vouched for may use the network, and differ by now: only the request matters there. */
const RUNS_KEPT = 2

export class Rerun {
  readonly #bundle: Bundle
  readonly #jobs: Map<string, Job>
  readonly #facts: Map<string, { quiet: boolean }>
  readonly #options: RerunOptions
  readonly #prepared: Prepared
  readonly #locate: Locator
  readonly #onRun: OnRun
  readonly #over = new Set<string>()
  #done = 0

  constructor(
    bundle: Bundle,
    jobs: Job[],
    facts: Map<string, { quiet: boolean }>,
    options: RerunOptions,
    prepared: Prepared,
    locate: Locator,
    onRun: OnRun,
  ) {
    this.#bundle = bundle
    this.#jobs = new Map(jobs.map(job => [job.id, job]))
    this.#facts = facts
    this.#options = options
    this.#prepared = prepared
    this.#locate = locate
    this.#onRun = onRun
  }

  async run(): Promise<void> {
    const jobs = [...this.#jobs.values()]
    const { runs } = this.#options
    const kept = jobs.filter(job => job.mode === 'keep')
    await this.#pass(kept, VARIATIONS.real, range(0, Math.min(runs, RUNS_KEPT), 1))
    const proved = jobs.filter(job => job.mode !== 'keep')
    for (let number = 0; number < Math.min(runs, SURROUNDINGS); number++) {
      await this.#pass(proved, surroundingsToVerify(number), range(number, runs, SURROUNDINGS))
    }
  }

  /** Each job once for each request: all jobs in turn, so that one may disturb another. */
  async #pass(jobs: Job[], variation: Variation, requests: number[]): Promise<void> {
    const { options, prepared } = { options: this.#options, prepared: this.#prepared }
    const works = requests.flatMap((request, index) => {
      const isBackwards = variation.reversed !== (index % 2 === 1)
      const inTurn = isBackwards ? [...jobs].reverse() : jobs
      return inTurn.map(job => this.#work(job, request))
    })
    const isQuiet = ({ modules }: RunJob): boolean =>
      modules.every(({ file }) => this.#facts.get(file)?.quiet)
    const all = batches(
      works,
      options.concurrency ?? 1,
      isQuiet,
      work => this.#job(work).handler.file,
    )
    await runBatches(all, { prepared, variation, options }, this.#handlers, work =>
      this.#over.has(work.id),
    )
  }

  readonly #handlers: Handlers = {
    result: async (work, result, body) => {
      const job = this.#job(work as RunJob)
      if (result.type === 'objection') await this.#told(job, this.#reason(job, result.trace))
      else if (result.type === 'answer') {
        const { status, headers } = result.head
        await this.#told(job, { status, headers, body })
      }
    },
    lost: (work, message) => {
      const job = this.#job(work as RunJob)
      return this.#told(job, this.#reason(job, { message, places: [] }))
    },
    late: (id, trace) => {
      const job = this.#jobs.get(id)
      if (job && job.mode !== 'keep') void this.#told(job, this.#reason(job, trace))
    },
  }

  async #told(job: Job, found: Snapshot | Reason): Promise<void> {
    this.#options.onProgress?.(++this.#done)
    if (!this.#over.has(job.id) && !(await this.#onRun(job, found))) this.#over.add(job.id)
  }

  #job({ id }: { id: string }): Job {
    return this.#jobs.get(id)!
  }

  #reason({ handler }: Job, trace: Trace): Reason {
    const { file, name } = handler
    return this.#locate.reason(trace, positionOfExport(this.#bundle, this.#locate, file, name))
  }

  #work(job: Job, request: number): RunJob {
    const { handler, id, path, params, role, mode } = job
    return {
      type: 'run',
      id,
      modules: filesOf(job).map(file => this.#prepared.ref(file)),
      middleware: handler.middleware.length,
      name: handler.name,
      // Where nothing is, nothing may depend on where that is.
      path: role === 'not-found' && request > 0 ? `${path}/${request}` : path,
      params,
      role,
      mode,
      calls: 1,
      wantsBody: true,
      asked: job.asked ?? requestToVerify(request),
      ...(handler.pattern !== undefined && { pattern: handler.pattern }),
      ...(handler.notFound !== undefined && { hasNotFound: handler.notFound !== null }),
    }
  }
}

function range(from: number, to: number, step: number): number[] {
  return Array.from(
    { length: Math.max(0, Math.ceil((to - from) / step)) },
    (_, i) => from + i * step,
  )
}
