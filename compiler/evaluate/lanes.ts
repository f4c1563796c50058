// Work -> processes: what may share one, how many run at a time, and what surrounds each of them.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runIn, type ChildOptions, type Handlers, type Work } from './child.ts'
import type { Prepared } from './prepare.ts'
import type { Variation } from './variation.ts'

export interface ProcessOptions {
  /** Absolute path of the project folder. */
  root: string
  /** How many processes run at a time; 1 where it is left out. */
  concurrency?: number
  /** Milliseconds that loading a module, or answering one URL, may take; 10,000. */
  timeout?: number
  /** Megabytes of heap a process may use, on Node and Deno; 2,048. */
  memory?: number
  /** Path of the worker's file; found by itself where it is left out. */
  worker?: string
  /** Bytes that a body may have. */
  maxBody?: number
  /** See `EvaluateOptions`. */
  countLoads?: boolean
}

/** Work for one process, and for others after it where that one is lost. */
export interface Batch<W extends Work> {
  works: W[]
  /** Whether all of it is of one module. */
  isExclusive: boolean
}

/** Starting a process costs what some dozens of pages do. */
const SMALLEST_SHARE = 64

/** Work that may share processes in one batch a lane, the rest in batches of its own by `keyOf`. */
export function batches<W extends Work>(
  works: W[],
  lanes: number,
  isShared: (work: W) => boolean,
  keyOf: (work: W) => string,
): Batch<W>[] {
  const shared: W[] = []
  const own = new Map<string, W[]>()
  for (const work of works) {
    if (isShared(work)) shared.push(work)
    else if (own.has(keyOf(work))) own.get(keyOf(work))!.push(work)
    else own.set(keyOf(work), [work])
  }
  const found: Batch<W>[] = []
  const size = Math.max(SMALLEST_SHARE, Math.ceil(shared.length / lanes))
  for (let at = 0; at < shared.length; at += size) {
    found.push({ works: shared.slice(at, at + size), isExclusive: false })
  }
  for (const works of own.values()) found.push({ works, isExclusive: true })
  return found
}

/** Runs all batches; work for which `isDone` holds by the time it is due is left out. */
export async function runBatches<W extends Work>(
  all: Batch<W>[],
  prepared: Prepared,
  variation: Variation,
  options: ProcessOptions,
  handlers: Handlers,
  isDone: (work: W) => boolean,
): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < all.length) {
      const { works, isExclusive } = all[next++]!
      const child = childOptions(prepared, variation, options, isExclusive)
      let todo = works.filter(work => !isDone(work))
      while (todo.length > 0) {
        todo = (await runIn(child, todo, handlers, isDone)).filter(work => !isDone(work))
      }
    }
  }
  const lanes = Array.from({ length: Math.min(options.concurrency ?? 1, all.length) }, lane)
  // No process may outlive the call, also where one lane throws.
  for (const result of await Promise.allSettled(lanes))
    if (result.status === 'rejected') throw result.reason
}

function childOptions(
  prepared: Prepared,
  { surroundings, env }: Variation,
  options: ProcessOptions,
  isExclusive: boolean,
): ChildOptions {
  return {
    worker: options.worker ?? defaultWorker(),
    start: {
      type: 'start',
      dir: prepared.dir,
      surroundings,
      maxBody: options.maxBody ?? 0,
      exclusive: isExclusive,
      countLoads: options.countLoads ?? true,
    },
    // A path that the working directory completes must not find the same file twice.
    cwd: surroundings.kind === 'second' ? prepared.dir : options.root,
    env: { ...process.env, NODE_ENV: process.env.NODE_ENV ?? 'production', ...env },
    timeout: options.timeout ?? 10_000,
    memory: options.memory ?? 2048,
    prints: surroundings.kind === 'real',
  }
}

/** Beside the bundled command, or in lib/ where the sources themselves run. */
function defaultWorker(): string {
  const candidates = ['./evaluate-worker.js', '../../lib/evaluate-worker.js']
  const paths = candidates.map(path => fileURLToPath(new URL(path, import.meta.url)))
  return paths.find(path => existsSync(path)) ?? paths[0]!
}
