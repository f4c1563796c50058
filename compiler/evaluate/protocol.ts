// What the build and its evaluation workers say to one another. Types only.

import type { Asked, Job } from '../stages.ts'

/** How a worker's surroundings look to user code; see `variation.ts`. */
export interface Surroundings {
  /** Real ones, where only reads of the request count; else number of the variation. */
  kind: 'real' | 'first' | 'second'
  /** Unix milliseconds at which its clock starts. */
  clock: number
  seed: number
  /** Origin and headers of the requests it makes. */
  origin: string
  search: string
  requestHeaders: [string, string][]
}

/** First message to a worker. */
export interface Start {
  type: 'start'
  /** Absolute path of the folder of chunks, links resolved. */
  dir: string
  surroundings: Surroundings
  /** Bytes a body may have. */
  maxBody: number
  /** Whether all jobs are of one module, which may then change what modules share. */
  exclusive: boolean
  /** Lines of chunks where the analyzer followed what loading reads. */
  followed: [chunk: string, lines: number[]][]
}

/** A module with the chunks its graph is made of. */
export interface ModuleRef {
  file: string
  chunk: string
  chunks: string[]
}

export interface RunJob {
  type: 'run'
  id: string
  /** Middleware, outermost first, the handler's module, and the `_404` where one is known. */
  modules: ModuleRef[]
  /** How many of `modules` are middleware. */
  middleware: number
  /** The route's pattern, where the parent knows it. */
  pattern?: string
  /** Whether a `_404` applies, where the parent knows. */
  hasNotFound?: boolean
  name: string
  path: string
  params: Record<string, string>
  role: 'route' | 'not-found'
  mode: Job['mode']
  /** How often it is called; the answers are compared. */
  calls: number
  /** Whether the parent wants the body; its hash is always sent. */
  wantsBody: boolean
  /** In the place of what the surroundings say of requests. */
  asked?: Asked
}

export interface RunInspect {
  type: 'inspect'
  module: ModuleRef
  wantsParams: boolean
}

export type ToWorker = Start | RunJob | RunInspect

/** A place in a chunk: line and column as the engine says them, from 1. */
export interface Place {
  chunk: string
  line: number
  column: number
}

/** Something that was done or read, with where: innermost frame first. */
export interface Trace {
  message: string
  places: Place[]
}

export interface Head {
  status: number
  headers: [string, string][]
  length: number
  /** Hex, SHA-256 of the body. */
  hash: string
}

export type FromWorker =
  | { type: 'ready' }
  /** Sent before a module is loaded and when it is: time starts anew. */
  | { type: 'loading' }
  /** With the body as the message's bytes, where it was wanted. */
  | { type: 'answer'; id: string; head: Head; files: string[]; retire: boolean }
  | {
      type: 'objection'
      id: string
      kind: 'dynamic' | 'failed'
      trace: Trace
      /** `module`: loading is the cause, so it holds for each job of the module. */
      scope: 'job' | 'handler' | 'module'
      /** Whether the process is spoilt for others. */
      retire: boolean
    }
  /** Something that a job did after its answer was sent. */
  | { type: 'late'; id: string; trace: Trace }
  | {
      type: 'shape'
      file: string
      exports: Record<string, string>
      config: unknown
      failed: Trace | null
      files: string[]
      retire: boolean
    }
