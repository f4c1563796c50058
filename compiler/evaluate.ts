// Verdict -> Snapshot: runs modules in processes of their own, where everything ambient is watched,
// and says what each URL answers or why that cannot be kept. The processes never outlive the build.

import { Evaluation, type EvaluationOptions } from './evaluate/evaluation.ts'
import { positionOfExport } from './evaluate/exports.ts'
import { batches, runBatches, type Handlers, type ProcessOptions } from './evaluate/lanes.ts'
import { locator } from './evaluate/positions.ts'
import { prepare } from './evaluate/prepare.ts'
import { type OnRun, Rerun, type RerunOptions } from './evaluate/rerun.ts'
import { filesOf } from './evaluate/runner.ts'
import { VARIATIONS } from './evaluate/variation.ts'
import type { RunInspect, Trace } from './evaluate/protocol.ts'
import type { Bundle, Job, Outcome, Reason, Shape } from './stages.ts'

export interface EvaluateOptions extends EvaluationOptions {
  /** Bytes that a body may have. */
  maxBody: number
}

/** Loads modules and says what their exports are. `config.params` runs where `wantsParams`. */
export async function inspect(
  bundle: Bundle,
  modules: { file: string; quiet: boolean; wantsParams: boolean }[],
  options: ProcessOptions,
): Promise<Map<string, Shape>> {
  const shapes = new Map<string, Shape>()
  if (modules.length === 0) return shapes
  const prepared = await prepare(
    bundle,
    modules.map(({ file }) => file),
  )
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
    const quiet = new Set(modules.filter(module => module.quiet).map(({ file }) => file))
    const works = modules.map(
      ({ file, wantsParams }): RunInspect => ({
        type: 'inspect',
        module: prepared.ref(file),
        wantsParams,
      }),
    )
    const all = batches(
      works,
      options.concurrency ?? 1,
      work => quiet.has(work.module.file),
      work => work.module.file,
    )
    await runBatches(all, { prepared, variation: VARIATIONS.real, options }, handlers)
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
  const prepared = await prepare(bundle, jobs.flatMap(filesOf))
  try {
    const locate = locator(bundle, options.root, chunk => prepared.shifts.get(chunk))
    await new Evaluation({ bundle, jobs, facts, options, prepared, locate }, outcomes).run()
    return outcomes
  } finally {
    prepared.remove()
  }
}

/** Runs jobs again and again, each time surrounded and asked in another way; see `evaluate/rerun.ts`. */
export async function rerun(
  bundle: Bundle,
  jobs: Job[],
  facts: Map<string, { quiet: boolean }>,
  options: RerunOptions,
  onRun: OnRun,
): Promise<void> {
  if (jobs.length === 0) return
  const prepared = await prepare(bundle, jobs.flatMap(filesOf))
  try {
    const locate = locator(bundle, options.root, chunk => prepared.shifts.get(chunk))
    await new Rerun({ bundle, jobs, facts, options, prepared, locate }, onRun).run()
  } finally {
    prepared.remove()
  }
}
