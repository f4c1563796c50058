// Loads modules and runs jobs in the worker, one at a time, exactly as serving would, and says for
// each what it answered or why that cannot be kept. Judges single runs only: the parent compares.

import type { Context } from 'hono'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compose, type Namespace } from '../../runtime/handler.ts'
import {
  touchGlobals,
  watchAmbient,
  watchExits,
  watchFilesOnly,
  type Replacements,
} from './ambient.ts'
import { canaries } from './canaries.ts'
import { watchContext, watchCopies, watchedRequest } from './request.ts'
import { differenceOf, readAnswer, whyPersonal, whyUnstorable, type Answer } from './response.ts'
import { listed } from './engines.ts'
import { caught } from './failures.ts'
import { measured, withinMemory } from './limits.ts'
import { GIVEN_UP, JobScope } from './job-scope.ts'
import { kindsOf, plainData } from './shape.ts'
import { watchTypes } from './types.ts'
import type { FromWorker, ModuleRef, RunInspect, RunJob, Start, Trace } from './protocol.ts'
import {
  ambient,
  describeThrown,
  placesOf,
  scopeNow,
  traceHere,
  watchStacks,
  inside,
  within,
  type NoteKind,
  type Scope,
} from './watch.ts'

type Send = (message: FromWorker, body?: Uint8Array) => Promise<void>
type Objection = Pick<Extract<FromWorker, { type: 'objection' }>, 'kind' | 'trace' | 'scope'>

interface Loaded {
  namespace: Namespace
  failed: Trace | null
}

// Taken before they are watched.
const turn = globalThis.setImmediate
const NOWHERE: Trace['places'] = []

/** Prepares this process for user code, for good. */
export async function evaluator(
  start: Start,
  send: Send,
): Promise<{
  run(job: RunJob): Promise<void>
  inspect(message: RunInspect): Promise<void>
}> {
  const { surroundings, dir } = start
  const isReal = surroundings.kind === 'real'
  const modules = new Map<string, Loaded>()
  /** What loading did, by the chunk whose top level did it. */
  const loadNotes = new Map<string, Trace>()
  /** The same, of what no analysis of values can excuse. */
  const loadFaults = new Map<string, Trace>()
  const loadFiles = new Map<string, Set<string>>()
  const followed = new Map(start.followed.map(([chunk, lines]) => [chunk, new Set(lines)]))
  let spoilt = false

  redirectOutput()
  touchGlobals()
  const replacements = isReal ? watchFilesOnly() : watchAmbient(surroundings)
  watchExits()
  watchCopies()
  watchTypes(surroundings.kind === 'second')
  watchStacks(dir, !isReal)
  // What a chunk imports while it runs loads like any other module.
  offer(replacements, isReal ? () => {} : caught, url =>
    inside(new LoadScope(url.split('/').at(-1)!), () => import(url)),
  )
  catchStray()
  let guard = canaries()

  class LoadScope implements Scope {
    readonly loading = true
    readonly entry: string
    failed: Trace | undefined
    constructor(entry: string) {
      this.entry = entry
    }
    note(kind: NoteKind, message: string): Trace | undefined {
      if (isReal && kind !== 'exit') return undefined
      const trace = traceHere(message)
      if (kind === 'exit') this.failed ??= trace
      const [innermost] = trace.places
      // Only what is a value can be followed: what loading does (listen, start a timer) is not, and
      // which host it runs on decides what is run at all.
      const isFollowed =
        innermost &&
        followed.get(innermost.chunk)?.has(innermost.line) &&
        /^reads (the (clock|environment|local time zone|default locale)|randomness)/.test(message)
      if (kind === 'ambient' && isFollowed) return undefined
      const chunk = trace.places.at(-1)?.chunk ?? this.entry
      const notes = kind === 'ambient' ? loadNotes : loadFaults
      if (!notes.has(chunk)) notes.set(chunk, trace)
      return undefined
    }
    file(path: string): void {
      const chunk = traceHere('').places.at(-1)?.chunk ?? this.entry
      if (!loadFiles.has(chunk)) loadFiles.set(chunk, new Set())
      loadFiles.get(chunk)!.add(path)
    }
  }

  async function loaded({ chunk }: ModuleRef): Promise<Loaded> {
    const known = modules.get(chunk)
    if (known) return known
    await send({ type: 'loading' })
    const scope = new LoadScope(chunk)
    const result: Loaded = { namespace: {}, failed: null }
    modules.set(chunk, result)
    try {
      result.namespace = (await within(
        scope,
        () => import(pathToFileURL(join(dir, chunk)).href),
      )) as Namespace
      await settled()
    } catch (error) {
      const text = describeThrown(error)
      const needed = /^ReferenceError: (Bun|Deno) is not defined/.exec(text)?.[1]
      const message = needed
        ? `needs ${needed}, which is not the host of this build`
        : `throws ${text}`
      result.failed = { message, places: placesOf(error) }
    }
    result.failed = scope.failed ?? result.failed
    const change = guard.inspect()
    if (change) {
      if (!start.exclusive) {
        spoilt = true
        loadFaults.set(chunk, {
          message: `changes ${change}, which all code shares`,
          places: NOWHERE,
        })
      }
      guard = canaries()
    }
    await send({ type: 'loading' })
    return result
  }

  return { run, inspect }

  async function run(job: RunJob): Promise<void> {
    const namespaces: Namespace[] = []
    const chunks = new Set<string>()
    const object = (objection: Objection, retire = spoilt): Promise<void> =>
      send({ type: 'objection', id: job.id, ...objection, retire })

    for (const ref of job.modules) {
      const { namespace, failed } = await loaded(ref)
      if (failed) {
        // Often it fails because what it looked for is another host's.
        const needs = ref.chunks
          .map(name => loadNotes.get(name))
          .find(note => note?.message.startsWith('looks for '))
        return object({
          kind: 'failed',
          trace: (job.mode !== 'keep' && needs) || failed,
          scope: 'module',
        })
      }
      namespaces.push(namespace)
      for (const chunk of ref.chunks) chunks.add(chunk)
    }
    const loadNote = (): Trace | undefined => {
      if (job.mode === 'keep') return undefined
      for (const chunk of chunks) {
        const found = loadFaults.get(chunk) ?? loadNotes.get(chunk)
        if (found) return found
      }
      return undefined
    }
    const before = loadNote()
    if (before) return object({ kind: 'dynamic', trace: before, scope: 'module' })
    const files = new Set<string>()
    let answer: Answer | undefined
    for (let call = 0; call < job.calls; call++) {
      const result = await answerOf(job, namespaces, files)
      const change = guard.glance()
      if (change) {
        guard = canaries()
        // Deno makes some of its globals when they are first used, where nobody watches them.
        if (job.mode !== 'keep' && !isReal) {
          const trace = { message: `changes ${change}, which all code shares`, places: NOWHERE }
          return object({ kind: 'dynamic', trace, scope: 'job' }, true)
        }
        spoilt ||= !start.exclusive
      }
      if ('trace' in result) return object(result)
      const difference =
        answer && differenceOf(answer.head, result.head, [answer.body, result.body])
      if (difference) {
        const trace = {
          message: `answers differently when it is called again: ${difference}`,
          places: NOWHERE,
        }
        return object({ kind: 'dynamic', trace, scope: 'job' })
      }
      answer = result
    }
    const during = loadNote()
    if (during) return object({ kind: 'dynamic', trace: during, scope: 'handler' })
    for (const chunk of chunks) for (const path of loadFiles.get(chunk) ?? []) files.add(path)
    const { head, body } = answer!
    await send(
      { type: 'answer', id: job.id, head, files: [...files], retire: spoilt },
      job.wantsBody ? body : undefined,
    )
  }

  async function answerOf(
    job: RunJob,
    namespaces: Namespace[],
    files: Set<string>,
  ): Promise<Answer | Objection> {
    const isKept = job.mode === 'keep'
    const scope = new JobScope(job, files, send)
    const { origin, search, requestHeaders } = job.asked ?? surroundings
    const request = watchedRequest(origin + job.path + search, requestHeaders)
    const notesParams = job.role === 'not-found' && Object.keys(job.params).length === 0
    let calledNotFound = false
    let body: Answer | null = null
    try {
      const respond = compose({
        middleware: namespaces.slice(0, job.middleware),
        module: namespaces[job.middleware]!,
        name: job.name,
        params: job.params,
        role: job.role,
        ...(job.pattern !== undefined && { pattern: job.pattern }),
        notFound: namespaces[job.middleware + 1] ?? null,
        watch: {
          context: (c: Context) => watchContext(c, notesParams, job.pattern !== undefined),
          threw: error => scope.threw(error),
          notFound() {
            calledNotFound = job.role === 'route'
          },
        },
      })
      const work = within(scope, async () =>
        withinMemory(async () => readAnswer(await respond(request, {}, undefined), start.maxBody)),
      )
      // A stream of events would never end, and a slow network is not worth waiting for.
      const result = await Promise.race([work, scope.offence])
      if (result === GIVEN_UP) {
        work.catch(() => {})
        spoilt = true
      } else body = result
      await settled()
    } catch (error) {
      scope.threw(error)
    }
    scope.finish()
    const say = (
      message: string,
      kind: Objection['kind'] = isKept ? 'failed' : 'dynamic',
    ): Objection => ({
      kind,
      trace: { message, places: NOWHERE },
      scope: 'job',
    })
    if (scope.first)
      return {
        kind: scope.kind === 'exit' || isKept ? 'failed' : 'dynamic',
        trace: scope.first,
        scope: 'job',
      }
    if (scope.thrown) return { kind: 'failed', trace: scope.thrown, scope: 'job' }
    // A `_404` is no part of what was proven about this handler.
    if (calledNotFound && !(isKept ? job.hasNotFound !== undefined : job.hasNotFound === false)) {
      return say('answers with c.notFound(), which a _404 may answer')
    }
    if (!body) return say(`answers with more than ${start.maxBody} bytes`)
    // Each host does something else with such a field, and a template is to do the same.
    if (job.mode === 'fill' && body.dropped) return say(`sets the header ${body.dropped}`)
    const why = whyUnstorable(body.head) ?? (job.mode === 'prove' ? whyPersonal(body.head) : null)
    return why ? say(why) : body
  }

  async function inspect({ module, wantsParams }: RunInspect): Promise<void> {
    let { namespace, failed } = await loaded(module)
    let config: unknown = null
    try {
      const found = failed ? undefined : (namespace.config as Record<string, unknown> | undefined)
      if (found !== undefined) {
        const { params } = found ?? {}
        const isCalled = wantsParams && typeof params === 'function'
        const list = isCalled
          ? await within(new LoadScope(module.chunk), () => params.call(found))
          : params
        config = plainData(
          typeof found === 'object' && found !== null ? { ...found, params: list } : found,
        )
      }
    } catch (error) {
      failed = {
        message: `throws ${describeThrown(error)} in config.params`,
        places: placesOf(error),
      }
    }
    const files = new Set<string>()
    for (const chunk of module.chunks)
      for (const path of loadFiles.get(chunk) ?? []) files.add(path)
    const exports = failed ? {} : kindsOf(namespace)
    await send({
      type: 'shape',
      file: module.file,
      exports,
      config,
      failed,
      files: [...files],
      retire: spoilt,
    })
  }
}

/** Lets microtasks and what they queued run out. */
function settled(): Promise<void> {
  return new Promise(resolve => turn(resolve))
}

/** Errors that nobody awaits belong to what is running. */
function catchStray(): void {
  const stray = (error: unknown): void => {
    const scope = scopeNow()
    if (scope instanceof JobScope) scope.threw(error)
    else ambient(`leaves an error unhandled: ${describeThrown(error)}`)
  }
  process.on('unhandledRejection', stray)
  process.on('uncaughtException', stray)
}

/** Standard output carries messages; what user code prints goes to standard error. */
function redirectOutput(): void {
  for (const name of ['log', 'info', 'debug', 'dir', 'table', 'group', 'groupCollapsed'] as const) {
    console[name] = (...args: unknown[]) => console.error(...args)
  }
  Object.defineProperty(process, 'stdout', { configurable: true, value: process.stderr })
}

/** Where rewritten chunks and the modules in the place of built-ins find us; see prepare.ts. */
function offer(
  { builtin, Bun }: Replacements,
  caught: (error: unknown) => void,
  load: (url: string) => Promise<unknown>,
): void {
  const ghost = (specifier: string): unknown => {
    const inert: unknown = new Proxy(function ghost() {}, {
      get: (_, key) => (key === 'then' ? undefined : key === Symbol.toPrimitive ? () => '' : inert),
      apply: () => inert,
      construct: () => inert as object,
    })
    ambient(`imports ${specifier}, which this host has not`)
    return inert
  }
  const api = {
    Bun,
    get bareBun() {
      ambient('reads the host: the global Bun')
      return Bun
    },
    builtin,
    caught,
    measured: (made: unknown) => measured(made),
    listed,
    ghost,
    import(specifier: unknown, isKnown = false) {
      if (isKnown) return load(String(specifier))
      ambient('imports a module by a name that is computed')
      return import(String(specifier))
    },
  }
  Object.defineProperty(globalThis, Symbol.for('precast.evaluate'), {
    value: Object.freeze(api),
    enumerable: false,
  })
}
