// What user code does is noted here, while it goes on as if nobody looked: a note is never thrown,
// so no try/catch can swallow it. Each note goes to the scope (a module that loads, a job that runs)
// whose asynchronous context it is made in.

import { AsyncLocalStorage } from 'node:async_hooks'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place, Trace } from './protocol.ts'

/**
 * `ambient`: reads what differs between two requests, starts or machines, or does what can be seen
 * outside. `engine`: does what the language leaves to its engines. `request`: reads the request. `exit`: tries to end the process. `folder`: an input of the
 * build is found by the working directory, which may be another when it is served.
 */
export type NoteKind = 'ambient' | 'engine' | 'request' | 'exit' | 'folder'

/** Where notes go. */
export interface Scope {
  /** Whether code that loads is running, which may read files. */
  readonly loading: boolean
  /** Returns the trace that was kept, if one was. */
  note(kind: NoteKind, message: string): Trace | undefined
  /** Absolute path of a file that was read. */
  file(path: string): void
}

const storage = new AsyncLocalStorage<Scope>()
let current: Scope | undefined

/** Runs `work` with notes going to `scope`, also those of what it leaves running. */
export function within<T>(scope: Scope, work: () => T): T {
  current = scope
  return storage.run(scope, work)
}

/** The same for work inside of other work, which stays the one in hand. */
export function inside<T>(scope: Scope, work: () => T): T {
  return storage.run(scope, work)
}

/**
 * The scope that a note belongs to. Where the context was lost, that of the work in hand: rather the
 * wrong one is blamed than nobody.
 */
export function scopeNow(): Scope | undefined {
  return storage.getStore() ?? current
}

/** Notes a read or an effect; `message` is a plain predicate: `reads the clock: Date.now()`. */
export function note(kind: NoteKind, message: string): Trace | undefined {
  return scopeNow()?.note(kind, message)
}

export function ambient(message: string): void {
  scopeNow()?.note('ambient', message)
}

/** Notes what the language leaves to its engines: no analysis of values follows where that goes. */
export function ofEngine(message: string): void {
  scopeNow()?.note('engine', message)
}

// ---------------------------------------------------------------- stacks

const NativeError = Error
// Frames of a deep recursion would hide the module that it began in.
const DEPTH = 100
const self = fileURLToPath(import.meta.url)
/** Where the worker's own code lies: bundled, or as Deno names it by its source map. */
const own = [self, ...['compiler', 'runtime'].map(name => join(dirname(self), '..', name, '/'))]
let capturing = false
let pattern = /$^/g

/** Names the folder of chunks, as it stands in stacks. */
export function watchStacks(dir: string, noteReads: boolean): void {
  const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  pattern = new RegExp(`(?:${quoted(dir)}|${quoted(encodeURI(dir))})/([\\w.-]+):(\\d+):(\\d+)`, 'g')
  if (!noteReads) return
  // Engines format a stack when it is first read, so that being asked to is the sign of a read.
  NativeError.prepareStackTrace = (error, sites) => {
    if (!capturing) ambient('reads a stack trace')
    let text = 'Error'
    try {
      text = `${error.name}: ${error.message}`
    } catch {}
    return `${text}\n${sites.map(site => `    at ${site}`).join('\n')}`
  }
}

/** Whether the worker itself is reading an error just now. */
export function isTracing(): boolean {
  return capturing
}

/** The stack of a thrown value, or null where it has none. */
export function placesOf(error: unknown): Place[] {
  capturing = true
  try {
    const text = error instanceof NativeError ? error.stack : undefined
    return typeof text === 'string' ? parse(text) : []
  } catch {
    return []
  } finally {
    capturing = false
  }
}

/** Whether a chunk itself, and not the host on its behalf, called what is being watched. */
export function calledByChunk(): boolean {
  capturing = true
  const lines = (new NativeError().stack ?? '').split('\n').filter(line => /:\d+:\d+/.test(line))
  capturing = false
  const caller = lines.find(line => !own.some(folder => line.includes(folder)))
  return caller !== undefined && parse(caller).length > 0
}

/** A trace of where we are now. */
export function traceHere(message: string): Trace {
  const limit = NativeError.stackTraceLimit
  try {
    NativeError.stackTraceLimit = DEPTH
  } catch {}
  const places = placesOf(new NativeError())
  try {
    NativeError.stackTraceLimit = limit
  } catch {}
  return { message, places }
}

function parse(text: string): Place[] {
  const places: Place[] = []
  for (const [, chunk, line, column] of text.matchAll(pattern)) {
    places.push({ chunk: chunk!, line: Number(line), column: Number(column) })
  }
  return places
}

/** `TypeError: x is no function`, of anything that can be thrown. */
export function describeThrown(error: unknown): string {
  const before = capturing
  capturing = true
  try {
    if (error instanceof NativeError) {
      const text = error.message ? `${error.name}: ${error.message}` : error.name
      return text.length > 500 ? `${text.slice(0, 500)}…` : text
    }
    if (typeof error === 'string') return JSON.stringify(error.slice(0, 500))
    if (typeof error === 'object' && error !== null) return Object.prototype.toString.call(error)
    return String(error)
  } catch {
    return 'something that cannot be shown'
  } finally {
    capturing = before
  }
}
