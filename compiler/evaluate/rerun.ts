// Jobs that are known to answer the same -> their answers again, many times, each time in other
// surroundings and to another request. Compares nothing: who asked for the runs does.

import type { Handlers, ProcessOptions } from './lanes.ts'
import type { RunJob } from './protocol.ts'
import { Runner, type Running } from './runner.ts'
import { requestToVerify, surroundingsToVerify, VARIATIONS, type Variation } from './variation.ts'
import type { Job, Reason, Snapshot } from '../stages.ts'

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

export class Rerun extends Runner<RerunOptions> {
  readonly #onRun: OnRun
  readonly #over = new Set<string>()
  #done = 0

  constructor(running: Running<RerunOptions>, onRun: OnRun) {
    super(running)
    this.#onRun = onRun
  }

  async run(): Promise<void> {
    const { jobs } = this
    const { runs } = this.options
    const kept = jobs.filter(job => job.mode === 'keep')
    await this.#each(kept, VARIATIONS.real, range(0, Math.min(runs, RUNS_KEPT), 1))
    const proved = jobs.filter(job => job.mode !== 'keep')
    for (let number = 0; number < Math.min(runs, SURROUNDINGS); number++) {
      await this.#each(proved, surroundingsToVerify(number), range(number, runs, SURROUNDINGS))
    }
  }

  /** Each job once for each request: all jobs in turn, so that one may disturb another. */
  async #each(jobs: Job[], variation: Variation, requests: number[]): Promise<void> {
    const works = requests.flatMap((request, index) => {
      const isBackwards = variation.reversed !== (index % 2 === 1)
      const inTurn = isBackwards ? [...jobs].reverse() : jobs
      return inTurn.map(job => this.#asked(job, request))
    })
    await this.pass(works, variation, this.#handlers, ({ id }) => this.#over.has(id))
  }

  readonly #handlers: Handlers = {
    result: async (work, result, body) => {
      const job = this.job((work as RunJob).id)
      if (result.type === 'objection') await this.#told(job, this.reason(job, result.trace))
      else if (result.type === 'answer') {
        const { status, headers } = result.head
        await this.#told(job, { status, headers, body })
      }
    },
    lost: (work, message) => {
      const job = this.job((work as RunJob).id)
      return this.#told(job, this.reason(job, { message, places: [] }))
    },
    late: (id, trace) => {
      const job: Job | undefined = this.job(id)
      if (job && job.mode !== 'keep') void this.#told(job, this.reason(job, trace))
    },
  }

  async #told(job: Job, found: Snapshot | Reason): Promise<void> {
    this.options.onProgress?.(++this.#done)
    if (!this.#over.has(job.id) && !(await this.#onRun(job, found))) this.#over.add(job.id)
  }

  #asked(job: Job, request: number): RunJob {
    const work = this.work(job)
    // Where nothing is, nothing may depend on where that is.
    const path = job.role === 'not-found' && request > 0 ? `${job.path}/${request}` : job.path
    return { ...work, path, asked: job.asked ?? requestToVerify(request) }
  }
}

function range(from: number, to: number, step: number): number[] {
  return Array.from(
    { length: Math.max(0, Math.ceil((to - from) / step)) },
    (_, i) => from + i * step,
  )
}
