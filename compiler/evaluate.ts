// Verdict -> Snapshot: runs modules in processes of their own, where everything ambient is watched,
// and says what each URL answers or why that cannot be kept. The processes never outlive the build.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runIn, type ChildOptions, type Handlers, type Work } from './evaluate/child.ts'
import { positionOfExport } from './evaluate/exports.ts'
import { locator, type Locator } from './evaluate/positions.ts'
import { prepare, type Prepared } from './evaluate/prepare.ts'
import { differenceOf } from './evaluate/response.ts'
import { VARIATIONS, type Variation } from './evaluate/variation.ts'
import type { Head, RunInspect, RunJob, Trace } from './evaluate/protocol.ts'
import type { Bundle, Job, Outcome, Position, Reason, Shape } from './stages.ts'

interface CommonOptions {
  /** Absolute path of the project folder. */
  root: string
  /** How many processes run at a time; 1 where it is left out. */
  concurrency?: number
  /** Milliseconds that loading a module, or answering one URL, may take; 10,000. */
  timeout?: number
  /** Megabytes of heap a process may use; 2,048. */
  memory?: number
  /** Path of the worker's file; beside this one where it is left out. */
  worker?: string
}

export interface EvaluateOptions extends CommonOptions {
  /** Bytes that a body may have. */
  maxBody: number
  /**
   * Whether what a module reads while it loads counts against its handlers (the default). Where the
   * analyzer has shown that it reaches no response, comparing the answers is enough.
   */
  countLoads?: boolean
  /** Told how many of the jobs have their outcome. */
  onProgress?(done: number): void
  /**
   * Gets each outcome as soon as it is certain; evaluation waits for it. The returned Map then holds
   * no snapshots, so that memory stays flat.
   */
  onOutcome?(outcome: Outcome): void | Promise<void>
}

/** Loads modules and says what their exports are. `config.params` runs where `wantsParams`. */
export async function inspect(
  bundle: Bundle,
  modules: { file: string; quiet: boolean; wantsParams: boolean }[],
  options: CommonOptions,
): Promise<Map<string, Shape>> {
  const shapes = new Map<string, Shape>()
  if (modules.length === 0) return shapes
  const prepared = await prepare(bundle)
  try {
    const locate = locator(bundle, options.root, chunk => prepared.shifts.get(chunk))
    const reasonOf = (file: string, trace: Trace): Reason =>
      locate.reason(trace, positionOfExport(bundle, locate, file, 'config'))
    const handlers: Handlers = {
      result(work, result) {
        if (work.type !== 'inspect' || result.type !== 'shape') return
        const { file } = work.module
        const needs = prepared.missing(file)
        const failed = result.failed && reasonOf(file, needs ?? result.failed)
        shapes.set(file, {
          exports: result.exports as Shape['exports'],
          config: result.config as Shape['config'],
          failed,
          files: result.files,
        })
      },
      lost(work, message) {
        if (work.type !== 'inspect') return
        const { file } = work.module
        shapes.set(file, {
          exports: {},
          config: null,
          failed: reasonOf(file, { message, places: [] }),
          files: [],
        })
      },
      late() {},
    }
    const works = modules.map(
      ({ file, wantsParams, quiet }): { quiet: boolean; work: RunInspect } => ({
        quiet,
        work: { type: 'inspect', module: prepared.ref(file), wantsParams },
      }),
    )
    const shared = works.filter(({ quiet }) => quiet).map(({ work }) => work)
    const own = works.filter(({ quiet }) => !quiet).map(({ work }) => [work])
    const batches = [...slices(shared, options.concurrency ?? 1), ...own]
    await inLanes(
      batches,
      options.concurrency ?? 1,
      async (batch, exclusive) => {
        let todo = batch
        while (todo.length > 0)
          todo = await runIn(
            childOptions(prepared, VARIATIONS.real, options, exclusive),
            todo,
            handlers,
            () => false,
          )
      },
      batch => own.includes(batch),
    )
    return shapes
  } finally {
    prepared.remove()
  }
}

/**
 * Evaluates each job: in mode `prove` in two processes whose surroundings differ, in mode `keep` in
 * one as it is. `facts` says which modules may share a process.
 */
export async function evaluate(
  bundle: Bundle,
  jobs: Job[],
  facts: Map<string, { quiet: boolean }>,
  options: EvaluateOptions,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  if (jobs.length === 0) return outcomes
  const prepared = await prepare(bundle)
  try {
    const locate = locator(bundle, options.root, chunk => prepared.shifts.get(chunk))
    const evaluation = new Evaluation(bundle, jobs, facts, options, prepared, locate, outcomes)
    await evaluation.run()
    return outcomes
  } finally {
    prepared.remove()
  }
}

/** Objections that a handler may raise by ending or spoiling its process before the rest is not tried. */
const STRIKES = 3

class Evaluation {
  readonly #jobs = new Map<string, Job>()
  readonly #first = new Map<string, { head: Head; files: string[] }>()
  /** What holds for all jobs of a module or of a handler. */
  readonly #verdicts = new Map<string, { kind: 'dynamic' | 'failed'; trace: Trace }>()
  readonly #strikes = new Map<string, number>()
  readonly #bundle: Bundle
  readonly #facts: Map<string, { quiet: boolean }>
  readonly #options: EvaluateOptions
  readonly #prepared: Prepared
  readonly #locate: Locator
  readonly #outcomes: Map<string, Outcome>
  #done = 0

  constructor(
    bundle: Bundle,
    jobs: Job[],
    facts: Map<string, { quiet: boolean }>,
    options: EvaluateOptions,
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
      const files = this.#files(job)
      const missing = files.map(file => this.#prepared.missing(file)).find(Boolean)
      if (missing)
        await this.#settle(
          job,
          this.#objection(job, job.mode === 'keep' ? 'failed' : 'dynamic', missing),
        )
      else if (job.mode === 'prove' && this.#options.countLoads !== false) {
        const imports = files.map(file => this.#prepared.imports(file)).find(Boolean)
        if (imports) await this.#settle(job, this.#objection(job, 'dynamic', imports))
      }
    }
    const open = jobs.filter(job => !this.#outcomes.has(job.id))
    await this.#pass(
      open.filter(job => job.mode === 'keep'),
      VARIATIONS.real,
    )
    const toProve = open.filter(job => job.mode === 'prove')
    await this.#pass(toProve, VARIATIONS.first)
    await this.#pass(
      toProve.filter(job => this.#first.has(job.id)),
      VARIATIONS.second,
    )
  }

  async #pass(jobs: Job[], variation: Variation): Promise<void> {
    const concurrency = this.#options.concurrency ?? 1
    const ordered = variation.reversed ? [...jobs].reverse() : jobs
    const shared: Job[] = []
    const own = new Map<string, Job[]>()
    for (const job of ordered) {
      if (this.#files(job).every(file => this.#facts.get(file)?.quiet)) shared.push(job)
      else if (own.has(job.handler.file)) own.get(job.handler.file)!.push(job)
      else own.set(job.handler.file, [job])
    }
    const exclusive = [...own.values()]
    const batches = [...slices(shared, concurrency), ...exclusive]
    await inLanes(
      batches,
      concurrency,
      async (batch, isOwn) => {
        const called = new Set<string>()
        let todo = batch.map((job): RunJob => {
          const isFirst = !called.has(job.handler.id)
          called.add(job.handler.id)
          return this.#work(job, variation, isFirst ? variation.calls : 1)
        })
        const child = childOptions(this.#prepared, variation, this.#options, isOwn)
        while (todo.length > 0)
          todo = await runIn(child, todo, this.#handlers(variation), work => this.#skip(work))
        for (const job of batch)
          if (!this.#outcomes.has(job.id) && !this.#isHalfway(job, variation))
            await this.#conclude(job)
      },
      batch => exclusive.includes(batch),
    )
  }

  /** The modules that a job runs. */
  #files({ handler }: Job): string[] {
    return [
      ...handler.middleware,
      handler.file,
      ...(handler.notFound && handler.notFound !== handler.file ? [handler.notFound] : []),
    ]
  }

  #work(job: Job, { surroundings }: Variation, calls: number): RunJob {
    const { handler, id, path, params, role, mode } = job
    return {
      type: 'run',
      id,
      modules: this.#files(job).map(file => this.#prepared.ref(file)),
      middleware: handler.middleware.length,
      name: handler.name,
      path,
      params,
      role,
      mode,
      calls,
      wantsBody: surroundings.kind !== 'first',
      ...(handler.pattern !== undefined && { pattern: handler.pattern }),
      ...(handler.notFound !== undefined && { hasNotFound: handler.notFound !== null }),
    }
  }

  #handlers({ surroundings }: Variation): Handlers {
    const jobOf = (work: Work): Job => this.#jobs.get((work as RunJob).id)!
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
        if (job?.mode === 'prove') this.#late.set(id, trace)
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

  #skip({ id }: RunJob): boolean {
    return this.#known(this.#jobs.get(id)!) !== undefined
  }

  #known({ handler }: Job): { kind: 'dynamic' | 'failed'; trace: Trace } | undefined {
    return this.#verdicts.get(handler.id) ?? this.#verdicts.get(handler.file)
  }

  #isHalfway(job: Job, { surroundings }: Variation): boolean {
    return surroundings.kind === 'first' && this.#first.has(job.id) && !this.#known(job)
  }

  /** A job that was not run, because its fate is known. */
  async #conclude(job: Job): Promise<void> {
    const known = this.#known(job)
    this.#first.delete(job.id)
    if (known) await this.#settle(job, this.#objection(job, known.kind, known.trace))
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

// ---------------------------------------------------------------- processes

function childOptions(
  prepared: Prepared,
  variation: Variation,
  options: CommonOptions & Partial<EvaluateOptions>,
  exclusive: boolean,
): ChildOptions {
  const isReal = variation.surroundings.kind === 'real'
  return {
    worker: options.worker ?? defaultWorker(),
    start: {
      type: 'start',
      dir: prepared.dir,
      surroundings: variation.surroundings,
      maxBody: options.maxBody ?? 0,
      exclusive,
      countLoads: options.countLoads ?? true,
    },
    // A path that the working directory completes must not find the same file twice.
    cwd: variation.surroundings.kind === 'second' ? prepared.dir : options.root,
    env: { ...process.env, NODE_ENV: process.env.NODE_ENV ?? 'production', ...variation.env },
    timeout: options.timeout ?? 10_000,
    memory: options.memory ?? 2048,
    prints: isReal,
  }
}

/** Beside the bundled command, or in lib/ where the sources themselves run. */
function defaultWorker(): string {
  const beside = fileURLToPath(new URL('./evaluate-worker.js', import.meta.url))
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL('../lib/evaluate-worker.js', import.meta.url))
}

function slices<T>(items: T[], count: number): T[][] {
  const size = Math.ceil(items.length / count)
  const found: T[][] = []
  for (let at = 0; at < items.length; at += size) found.push(items.slice(at, at + size))
  return found
}

async function inLanes<T>(
  batches: T[],
  lanes: number,
  work: (batch: T, exclusive: boolean) => Promise<void>,
  isOwn: (batch: T) => boolean,
): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < batches.length) {
      const batch = batches[next++]!
      await work(batch, isOwn(batch))
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, batches.length) }, lane))
}
