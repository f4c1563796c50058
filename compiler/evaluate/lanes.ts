// Work -> processes: what may share one, how many run at a time, and what surrounds each of them.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Child, type ChildOptions } from './child.ts'
import type { Prepared } from './prepare.ts'
import type { FromWorker, RunInspect, RunJob, Trace } from './protocol.ts'
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
  /**
   * By chunk: lines where loading reads what differs, and where the analyzer followed what it got.
   * Such a read does not count by itself: who uses it is not among the jobs.
   */
  followed?: Map<string, Set<number>>
  /** Whether what user code prints is left out everywhere. */
  silent?: boolean
}

export type Work = RunJob | RunInspect
export type Result = Extract<FromWorker, { type: 'answer' | 'objection' | 'shape' }>

/** Who is told what comes of it. */
export interface Handlers {
  /** Called in the order of the work, one at a time; the next piece waits for it. */
  result(work: Work, result: Result, body: Uint8Array): void | Promise<void>
  /** The process died or hung over this piece. */
  lost(work: Work, message: string): void | Promise<void>
  /** Something that a job did after its answer. */
  late(id: string, trace: Trace): void
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

export interface Pass {
  prepared: Prepared
  variation: Variation
  options: ProcessOptions
}

/**
 * Runs all batches; work for which `isDone` holds by the time it is due is left out. `spare` is a
 * process that was started ahead, and ends here in any case.
 */
export async function runBatches<W extends Work>(
  all: Batch<W>[],
  pass: Pass,
  handlers: Handlers,
  isDone: (work: W) => boolean = () => false,
  spare?: Child,
): Promise<void> {
  const { options } = pass
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < all.length) {
      const { works, isExclusive } = all[next++]!
      let todo = works.filter(work => !isDone(work))
      while (todo.length > 0) {
        const ready = isExclusive ? undefined : spare
        if (ready) spare = undefined
        const child = ready ?? new Child(childOptions(pass, isExclusive))
        todo = await runIn(child, todo, options.timeout ?? 10_000, handlers, isDone)
      }
    }
  }
  const lanes = Array.from({ length: Math.min(options.concurrency ?? 1, all.length) }, lane)
  // No process may outlive the call, also where one lane throws.
  const results = await Promise.allSettled(lanes)
  await spare?.kill()
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

/** Starts a process ahead, while others still work. */
export function spareChild(pass: Pass): Child {
  return new Child(childOptions(pass, false))
}

/** Pieces of work on their way at a time: enough to never wait for the pipe. */
const WINDOW = 8

/** Milliseconds that a process may take to be ready. */
const STARTING = 60_000

/**
 * Does work in one process until all is done, the process is lost, or it is spoilt for others.
 * Returns what is left to do, in order.
 */
async function runIn<W extends Work>(
  child: Child,
  todo: W[],
  timeout: number,
  handlers: Handlers,
  isDone: (work: W) => boolean,
): Promise<W[]> {
  const pending: W[] = []
  let rest = 0
  const fill = (): void => {
    while (pending.length < WINDOW && rest < todo.length) {
      const work = todo[rest++]!
      if (isDone(work)) continue
      pending.push(work)
      child.post(work)
    }
  }
  // Starting is our own affair: a busy machine must not count against anybody's handler.
  let limit = Math.max(timeout, STARTING)
  try {
    fill()
    while (pending.length > 0) {
      const message = await child.receive(limit)
      if (typeof message === 'string') {
        await handlers.lost(pending.shift()!, message)
        break
      }
      const { header, body } = message
      limit = timeout
      if (header.type === 'late') handlers.late(header.id, header.trace)
      if (header.type !== 'answer' && header.type !== 'objection' && header.type !== 'shape')
        continue
      await handlers.result(pending.shift()!, header, body)
      if (header.retire) break
      fill()
    }
  } finally {
    await child.kill()
  }
  return [...pending, ...todo.slice(rest)]
}

function childOptions(pass: Pass, isExclusive: boolean): ChildOptions {
  const { prepared, options } = pass
  const { surroundings, env } = pass.variation
  return {
    worker: options.worker ?? defaultWorker(),
    start: {
      type: 'start',
      dir: prepared.dir,
      surroundings,
      maxBody: options.maxBody ?? 0,
      exclusive: isExclusive,
      followed: [...(options.followed ?? [])].map(([chunk, lines]) => [chunk, [...lines]]),
    },
    // A path that the working directory completes must not find the same file twice.
    cwd: surroundings.kind === 'second' ? prepared.dir : options.root,
    env: { ...process.env, NODE_ENV: process.env.NODE_ENV ?? 'production', ...env },
    memory: options.memory ?? 2048,
    isShallow: surroundings.kind === 'second',
    prints: surroundings.kind === 'real' && !options.silent,
  }
}

/** Beside the bundled command, or in lib/ where the sources themselves run. */
function defaultWorker(): string {
  const candidates = ['./evaluate-worker.js', '../../lib/evaluate-worker.js']
  const paths = candidates.map(path => fileURLToPath(new URL(path, import.meta.url)))
  return paths.find(path => existsSync(path)) ?? paths[0]!
}
