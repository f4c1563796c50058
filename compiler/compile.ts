// The line: a project folder in, a verdict and the bytes for each of its URLs out. Writes nothing but
// a temporary folder, prints nothing; what is wrong with the project comes back as diagnostics.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { analyze } from './analyze.ts'
import { bundleForAnalysis } from './bundle.ts'
import { evaluate, inspect } from './evaluate.ts'
import { fill, trials } from './fill.ts'
import { handlersOf } from './handlers.ts'
import { judge, plan } from './judge.ts'
import { readProject } from './project.ts'
import { scan } from './scan.ts'
import { settle, unsettled } from './settle.ts'
import type { Analysis, Bundle, Compiled, Diagnostic, Job } from './stages.ts'

export interface CompileOptions {
  /** Told what is being done, for a progress line. */
  onProgress?(step: string, done?: number, total?: number): void
  /** Called with the result while what it was made from is still on disk. */
  onJudged?(compiled: Compiled, making: Making): Promise<void>
}

/** What a project's handlers can be run again with. */
export interface Making {
  bundle: Bundle
  /** All that were evaluated. */
  jobs: Job[]
  facts: Map<string, { quiet: boolean }>
  followed: Analysis['followed']
}

/** Thrown where the project has errors; carries all that were found, warnings too. */
export class ProjectError extends Error {
  readonly diagnostics: Diagnostic[]
  constructor(diagnostics: Diagnostic[]) {
    super('the project has errors')
    this.diagnostics = diagnostics
  }
}

/**
 * Compiles a project as far as its verdicts. Warnings go into `diagnostics`.
 * @throws {ProjectError} with every error that could be found.
 */
export async function compile(
  folder: string,
  options: CompileOptions,
  diagnostics: Diagnostic[],
): Promise<Compiled> {
  const step = options.onProgress ?? (() => {})
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'precast-')))
  try {
    step('reading the project')
    const project = await readProject(folder, diagnostics)
    stopOnErrors(diagnostics)
    const { root } = project
    const site = scan(project, diagnostics)
    stopOnErrors(diagnostics)

    step('bundling')
    const bundle = await bundleForAnalysis(root, site, dir, diagnostics)
    stopOnErrors(diagnostics)

    step('analyzing')
    const analysis = analyze(bundle, handlersOf(site, bundle), { root })
    const shapes = await inspect(bundle, unsettled(site, bundle, analysis), { root })
    const endpoints = settle(site, bundle, analysis, shapes, diagnostics)
    stopOnErrors(diagnostics)

    const jobs = plan(site, endpoints, analysis)
    const quiet = new Map(
      [...analysis.modules].map(([file, facts]) => [file, { quiet: facts.loadsQuietly }]),
    )
    const tried = trials(site, endpoints, analysis)
    const all = [...jobs, ...tried.map(({ job }) => job)]
    step('evaluating', 0, all.length)
    const outcomes = await evaluate(bundle, all, quiet, {
      root,
      concurrency: availableParallelism(),
      timeout: 10_000,
      maxBody: 64 << 20,
      followed: analysis.followed,
      onProgress: done => step('evaluating', done, all.length),
    })
    const proved = fill(tried, analysis, outcomes)
    const judgement = judge(root, site, endpoints, analysis, outcomes, proved, diagnostics)
    stopOnErrors(diagnostics)
    const { inputs, websockets } = bundle
    const compiled = { project, site, endpoints, judgement, inputs, websockets }
    await options.onJudged?.(compiled, {
      bundle,
      jobs,
      facts: quiet,
      followed: analysis.followed,
    })
    return compiled
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function stopOnErrors(diagnostics: Diagnostic[]): void {
  if (diagnostics.some(found => found.severity === 'error')) throw new ProjectError(diagnostics)
}
