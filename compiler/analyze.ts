// The syntactic witness: bundle -> for each handler why it cannot be static, or null. Interprets syntax
// and lets no code of the bundle reach the host. What depends on nothing but its text is run exactly,
// everything else that may run over abstract values; what a handler may read or do decides.

import * as builtins from './analyze/builtins.ts'
import type { Bail } from './analyze/concrete/bail.ts'
import { Lift } from './analyze/concrete/lift.ts'
import { loadAll } from './analyze/concrete/load.ts'
import { factsOf } from './analyze/facts.ts'
import './analyze/hono.ts'
import { run } from './analyze/interpret.ts'
import { construct } from './analyze/interpret/construct.ts'
import { Machine } from './analyze/machine.ts'
import { runLater } from './analyze/machine/escape.ts'
import { Frame } from './analyze/machine/frame.ts'
import { settleLoading } from './analyze/machine/notes.ts'
import { poison } from './analyze/machine/poison.ts'
import { parseProgram } from './analyze/program.ts'
import { Proofs } from './analyze/proofs.ts'
import { errorsRoot, handlerRoot, headersRoot, newContext, otherRoots } from './analyze/roots.ts'
import { packageOf, Places, reasonOf, type Search, told } from './analyze/reasons.ts'
import { tampersAt } from './analyze/tampers.ts'
import { templateOf } from './analyze/template/handler.ts'
import type { Context, Site } from './analyze/value.ts'
import type { Analysis, Bundle, Handler, Position, Reason } from './stages.ts'

export interface AnalyzeOptions {
  /** Absolute path of the project folder: positions are relative to it. */
  root: string
}

/** Judges every handler by the syntax of what it can reach. Pure. */
export function analyze(bundle: Bundle, handlers: Handler[], options: AnalyzeOptions): Analysis {
  const places = new Places(bundle, options.root)
  const program = parseProgram(bundle)
  if (typeof program === 'string') return unread(bundle, handlers, places, program)
  // Each round leaves more chunks to the abstract run; without any, all are.
  const excluded = new Set<string>()
  for (;;) {
    const machine = new Machine(program, { ...builtins, construct, run })
    machine.closures = closuresOf(machine)
    const proofs = load(machine, places, excluded)
    if (proofs) return judged(machine, proofs, bundle, handlers, places)
  }
}

function judged(
  machine: Machine,
  proofs: Proofs,
  bundle: Bundle,
  handlers: Handler[],
  places: Places,
): Analysis {
  const { closures } = machine
  const analysis: Analysis = {
    modules: new Map(),
    reasons: new Map(),
    reasonsWithParams: new Map(),
    candidates: new Map(),
    followed: new Map(),
  }
  const positionOf = places.positionOf.bind(places)
  for (const module of bundle.modules.values())
    analysis.modules.set(
      module.file,
      factsOf(machine, module.chunk, module.exports, closures.get(module.chunk)!, positionOf),
    )

  machine.serving = true
  for (const token of [...machine.escaped.keys()]) runLater(machine, token)
  const isOrdered = orderOf(closures, bundle)
  const roots = new Map(
    handlers.map(handler => {
      const root = handlerRoot(machine, bundle, handler)
      proofs.try(handler, bundle.modules.get(handler.file)!.chunk, root.context)
      return [handler, root]
    }),
  )
  proofs.settleAmong()
  const headers = new Map(handlers.map(handler => [handler, headersRoot(machine, bundle, handler)]))
  for (const root of headers.values()) machine.enqueue(root)
  const searchOf = (handler: Handler) => {
    const at = analysis.modules.get(handler.file)!.positions.get(handler.name)
    const files = [handler.file, ...handler.middleware]
    return {
      isOrdered,
      closures: files.map(file => closures.get(bundle.modules.get(file)!.chunk)!),
      places,
      at: at ?? { file: handler.file, line: 1, column: 1 },
    }
  }
  for (const root of otherRoots(machine, bundle, handlers)) machine.enqueue(root)
  const [first] = bundle.modules.values()
  const errors = first && errorsRoot(machine, first.chunk)
  let running = handlers.filter(handler => !proofs.has(handler))
  do {
    for (const handler of running) machine.enqueue(roots.get(handler)!)
    if (errors) machine.enqueue(errors)
    machine.settle()
    poisonAll(machine, bundle, handlers)
    running = proofs.dropDisturbed(searchOf)
  } while (running.length > 0)

  for (const [handler, root] of roots) {
    const search = { ...searchOf(handler), root }
    const isProved = proofs.has(handler)
    const fixed = isProved ? null : givenUpOn(machine, root, search)
    const reason = (...allowed: Search['allowed']): Reason | null => {
      const found = isProved ? null : (fixed ?? reasonOf({ ...search, allowed }))
      if (!found) return reasonOf({ ...search, root: headers.get(handler)!, allowed: [] })
      return (isVague(found) && metBy(proofs.stopped.get(handler), search)) || found
    }
    analysis.reasons.set(handler.id, reason())
    analysis.reasonsWithParams.set(handler.id, reason('param'))
    if (reason('param', 'input')) continue
    const found = templateOf(machine, bundle, handler)
    if (!found) continue
    const { holes, site, ...parts } = found
    const place = site ? places.positionOf(site.chunk, site.at) : search.at
    analysis.candidates.set(handler.id, { ...parts, reason: { ...place, message: holes } })
  }
  for (const [chunk, offsets] of machine.followed)
    analysis.followed.set(chunk, new Set([...offsets].map(at => places.lineOf(chunk, at))))
  const tampering = tamperingOf(machine, analysis, places)
  if (tampering) {
    analysis.candidates.clear()
    for (const reasons of [analysis.reasons, analysis.reasonsWithParams])
      for (const [id, reason] of reasons) if (!reason) reasons.set(id, tampering)
  }
  return analysis
}

/** Takes it that what was given up changes all it can reach, and runs whatever it may call. */
function poisonAll(machine: Machine, bundle: Bundle, handlers: Handler[]): void {
  for (const context of machine.givenUp) {
    const handler = handlers.find(({ id }) => id === context.root)
    const files = handler ? [handler.file, ...handler.middleware] : [context.root.split('#')[0]!]
    const chunks = files.map(file => bundle.modules.get(file)?.chunk ?? context.root)
    const reached = reachedFrom(machine, chunks)
    poison(machine, context, reached)
    tamper(machine, context, chunks, handler ? reached : new Set(machine.program.chunks.keys()))
  }
}

/** The chunks that these load, at once or by `import()`. */
function reachedFrom({ program, closures }: Machine, chunks: string[]): Set<string> {
  const reached = new Set(chunks)
  for (const name of reached) {
    for (const one of closures.get(name) ?? []) reached.add(one)
    for (const from of program.chunks.get(name)?.loads ?? []) reached.add(from.replace(/^\.\//, ''))
  }
  return reached
}

/**
 * Takes it that code which was given up changes what the language provides, where it may. What `near`
 * holds may be where it finds it.
 */
function tamper(machine: Machine, context: Context, chunks: string[], near: Set<string>): void {
  if (machine.tampering.some(({ isGuess }) => !isGuess)) return
  const { program, closures } = machine
  const isLoading = context.kind !== 'call'
  const site = tampersAt(program, {
    // What loading leaves behind is not known either: whatever uses it runs.
    modules: isLoading
      ? [...program.chunks.keys()].filter(name => chunks.some(one => closures.get(name)!.has(one)))
      : chunks,
    tops: isLoading ? reachedFrom(machine, chunks) : [],
    beside: [...program.chunks.keys()].filter(name =>
      [...reachedFrom(machine, [name])].some(one => near.has(one)),
    ),
  })
  if (site)
    machine.tampering.push({ message: 'may change what the language provides', site, context })
}

/** Says of two chunks whether one loads the other, or both are loaded by one module alone. */
function orderOf(closures: Map<string, Set<string>>, bundle: Bundle): Search['isOrdered'] {
  const entries = [...new Set([...bundle.modules.values()].map(({ chunk }) => chunk))]
  return (one, other) =>
    closures.get(one)!.has(other) ||
    closures.get(other)!.has(one) ||
    entries.filter(entry => closures.get(entry)!.has(one) || closures.get(entry)!.has(other))
      .length < 2
}

/** Of code that cannot even be parsed nothing is known, nor of what it does to all else. */
function unread(bundle: Bundle, handlers: Handler[], places: Places, chunk: string): Analysis {
  const analysis: Analysis = {
    modules: new Map(),
    reasons: new Map(),
    reasonsWithParams: new Map(),
    candidates: new Map(),
    followed: new Map(),
  }
  for (const { file, exports } of bundle.modules.values()) {
    const at = { file, line: 1, column: 1 }
    analysis.modules.set(file, {
      exports: new Map(exports.map(name => [name, 'unknown'])),
      config: exports.includes('config') ? { kind: 'computed', at } : { kind: 'absent' },
      positions: new Map(exports.map(name => [name, at])),
      loadsQuietly: false,
    })
  }
  const at = places.positionOf(chunk, 0)
  const reason = {
    ...at,
    message: `runs beside code that nests more deeply than the compiler can read`,
  }
  for (const { id } of handlers) {
    analysis.reasons.set(id, reason)
    analysis.reasonsWithParams.set(id, reason)
  }
  return analysis
}

/** What every chunk loads, itself included. */
function closuresOf(machine: Machine): Map<string, Set<string>> {
  const closures = new Map<string, Set<string>>()
  for (const name of machine.program.chunks.keys()) {
    const closure = new Set<string>()
    const open = [name]
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      if (closure.has(one)) continue
      const chunk = machine.program.chunks.get(one)
      if (!chunk) continue
      closure.add(one)
      for (const from of chunk.imports) open.push(from.replace(/^\.\//, ''))
    }
    closures.set(name, closure)
  }
  return closures
}

/**
 * Runs every module's top level, what it imports first: for real where it depends on nothing but its
 * text, else over abstract values. Null where a chunk that was run has to be `excluded` first.
 */
function load(machine: Machine, places: Places, excluded: Set<string>): Proofs | null {
  const done = new Set<string>()
  const order: string[] = []
  const visit = (name: string): void => {
    const chunk = machine.program.chunks.get(name)
    if (!chunk || done.has(name)) return
    done.add(name)
    for (const from of chunk.imports) visit(from.replace(/^\.\//, ''))
    order.push(name)
  }
  for (const name of machine.program.chunks.keys()) visit(name)
  const contexts = new Map<string, Context>()
  for (const name of order) {
    const context = newContext('load', name)
    contexts.set(name, context)
    machine.tops.set(name, new Frame(machine.program.chunks.get(name)!.top, null, null, context))
  }
  const isOwn = ({ chunk, at }: Site): boolean =>
    packageOf(places.positionOf(chunk, at).file) === null
  const loaded = loadAll(machine.program, order, contexts, machine.globals, excluded, isOwn)
  const proofs = new Proofs(loaded, new Lift(machine, loaded))
  for (const name of order) if (!loaded.chunks.has(name)) machine.evaluate(machine.tops.get(name)!)
  settleLoading(machine)
  const contested = proofs.contested(machine, contexts)
  for (const name of contested) excluded.add(name)
  return contested.length === 0 ? proofs : null
}

/** Whether a reason is about what may happen in code that the abstract run could not tell apart. */
function isVague({ message }: Reason): boolean {
  return / in the package |does? more than|only known at run time|outside of the project/.test(
    message,
  )
}

/** What the run for real met is the first cause, whatever else the abstract run thinks possible. */
function metBy(stopped: Bail | undefined, search: Omit<Search, 'allowed'>): Reason | null {
  if (!stopped || stopped.kind === 'unsupported' || stopped.chain.length === 0) return null
  return told(search, stopped.message, stopped.chain.at(-1)!, stopped.chain.slice(0, -1))
}

/** A handler that does too much to be followed, or whose modules do while loading. */
function givenUpOn(machine: Machine, root: Frame, search: Omit<Search, 'allowed'>): Reason | null {
  for (const context of machine.givenUp) {
    const isOwn = context === root.context
    const isLoading =
      context.kind === 'load' && search.closures.some(closure => closure.has(context.root))
    if (!isOwn && !isLoading) continue
    const what = isOwn ? 'does more than' : 'loads modules that do more than'
    return { ...search.at, message: `${what} the compiler follows` }
  }
  return null
}

/** Once the language itself may have been changed, nothing known of it holds. */
function tamperingOf(machine: Machine, { reasons }: Analysis, places: Places): Reason | null {
  // What a handler does that depends on nothing is seen when it is evaluated: it is not guessed here.
  const first = machine.tampering.find(
    ({ isGuess, context }) => !(isGuess && reasons.get(context.root) === null),
  )
  if (!first) return null
  const at: Position = places.positionOf(first.site.chunk, first.site.at)
  return { ...at, message: `runs beside code that ${first.message}` }
}
