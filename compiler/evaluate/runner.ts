// What every evaluation of jobs has: the jobs by their ids, the modules they run, the batches of a
// pass, and where a trace stands in the user's sources. Decides nothing.

import type { Child } from './child.ts'
import { positionOfExport } from './exports.ts'
import { batches, type Handlers, type ProcessOptions, runBatches } from './lanes.ts'
import type { Locator } from './positions.ts'
import type { Prepared } from './prepare.ts'
import type { RunJob, Trace } from './protocol.ts'
import type { Variation } from './variation.ts'
import type { Bundle, Job, Position, Reason } from '../stages.ts'

/** What a runner is given. */
export interface Running<Options extends ProcessOptions> {
  bundle: Bundle
  jobs: Job[]
  /** Which modules may share a process, by file. */
  facts: Map<string, { quiet: boolean }>
  options: Options
  prepared: Prepared
  locate: Locator
}

/** The modules that a job runs: middleware, its own, the `_404` that may answer. */
export function filesOf({ handler: { middleware, file, notFound } }: Job): string[] {
  return [...middleware, file, ...(notFound && notFound !== file ? [notFound] : [])]
}

export abstract class Runner<Options extends ProcessOptions> {
  protected readonly options: Options
  protected readonly prepared: Prepared
  readonly #bundle: Bundle
  readonly #jobs: Map<string, Job>
  readonly #facts: Running<Options>['facts']
  readonly #locate: Locator
  readonly #positions = new Map<string, Position>()

  constructor({ bundle, jobs, facts, options, prepared, locate }: Running<Options>) {
    this.options = options
    this.prepared = prepared
    this.#bundle = bundle
    this.#jobs = new Map(jobs.map(job => [job.id, job]))
    this.#facts = facts
    this.#locate = locate
  }

  protected get jobs(): Job[] {
    return [...this.#jobs.values()]
  }

  /** The job of that id; there may be none for what comes late. */
  protected job(id: string): Job {
    return this.#jobs.get(id)!
  }

  protected reason({ handler: { file, name, id } }: Job, trace: Trace): Reason {
    let position = this.#positions.get(id)
    if (!position)
      this.#positions.set(id, (position = positionOfExport(this.#bundle, this.#locate, file, name)))
    return this.#locate.reason(trace, position)
  }

  /** A job as the work of a process, called once and with its body wanted. */
  protected work(job: Job): RunJob {
    const { handler, id, path, params, role, mode, asked } = job
    return {
      type: 'run',
      id,
      modules: filesOf(job).map(file => this.prepared.ref(file)),
      middleware: handler.middleware.length,
      name: handler.name,
      path,
      params,
      role,
      mode,
      calls: 1,
      wantsBody: true,
      ...(asked && { asked }),
      ...(handler.pattern !== undefined && { pattern: handler.pattern }),
      ...(handler.notFound !== undefined && { hasNotFound: handler.notFound !== null }),
    }
  }

  /** Runs work in the surroundings of `variation`; what `isDone` holds of by then is left out. */
  protected pass(
    works: RunJob[],
    variation: Variation,
    handlers: Handlers,
    isDone: (work: RunJob) => boolean,
    spare?: Child,
  ): Promise<void> {
    const { prepared, options } = this
    const isQuiet = ({ modules }: RunJob): boolean =>
      modules.every(({ file }) => this.#facts.get(file)?.quiet)
    const fileOf = ({ id }: RunJob): string => this.job(id).handler.file
    const all = batches(works, options.concurrency ?? 1, isQuiet, fileOf)
    return runBatches(all, { prepared, variation, options }, handlers, isDone, spare)
  }
}
