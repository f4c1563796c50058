// The syntactic witness: bundle -> for each handler why it cannot be static, or null. Reads syntax,
// runs nothing and imports nothing of the bundle. Every module's top level is interpreted over
// abstract values, then everything that may run afterwards; what a handler may read or do decides.

import * as builtins from './analyze/builtins.ts'
import { exportOf } from './analyze/builtins/modules.ts'
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
import { Places, reasonOf } from './analyze/reasons.ts'
import { templateOf } from './analyze/template/handler.ts'
import {
  BOTTOM,
  type Context,
  doubtful,
  join,
  of,
  type Token,
  UNDEF,
  type Value,
} from './analyze/value.ts'
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
  const machine = new Machine(program, { ...builtins, construct, run })
  const closures = closuresOf(machine)
  machine.closures = closures
  load(machine)

  const analysis: Analysis = {
    modules: new Map(),
    reasons: new Map(),
    reasonsWithParams: new Map(),
    candidates: new Map(),
  }
  const positionOf = places.positionOf.bind(places)
  for (const module of bundle.modules.values())
    analysis.modules.set(
      module.file,
      factsOf(machine, module.chunk, module.exports, closures.get(module.chunk)!, positionOf),
    )

  machine.serving = true
  for (const token of [...machine.escaped.keys()]) runLater(machine, token)
  const roots = new Map(handlers.map(handler => [handler, handlerRoot(machine, bundle, handler)]))
  for (const root of otherRoots(machine, bundle, handlers)) machine.enqueue(root)
  for (const root of roots.values()) machine.enqueue(root)
  machine.settle()
  for (const context of machine.givenUp) {
    const handler = handlers.find(({ id }) => id === context.root)
    const files = handler ? [handler.file, ...handler.middleware] : [context.root.split('#')[0]!]
    const chunks = files.map(file => bundle.modules.get(file)?.chunk ?? context.root)
    for (const chunk of chunks) poison(machine, context, closures.get(chunk) ?? [])
  }

  for (const [handler, root] of roots) {
    const at = analysis.modules.get(handler.file)!.positions.get(handler.name) ?? {
      file: handler.file,
      line: 1,
      column: 1,
    }
    const files = [handler.file, ...handler.middleware]
    const search = {
      root,
      closures: files.map(file => closures.get(bundle.modules.get(file)!.chunk)!),
      places,
      at,
    }
    const fixed = givenUpOn(machine, root, search.closures, at)
    analysis.reasons.set(handler.id, fixed ?? reasonOf({ ...search, allowed: [] }))
    analysis.reasonsWithParams.set(handler.id, fixed ?? reasonOf({ ...search, allowed: ['param'] }))
    if (fixed || reasonOf({ ...search, allowed: ['param', 'input'] })) continue
    const found = templateOf(machine, bundle, handler)
    if (found) {
      const { holes, site, ...parts } = found
      const place = site ? places.positionOf(site.chunk, site.at) : at
      analysis.candidates.set(handler.id, { ...parts, reason: { ...place, message: holes } })
    }
  }
  const tampering = tamperingOf(machine, analysis, places)
  if (tampering) {
    analysis.candidates.clear()
    for (const reasons of [analysis.reasons, analysis.reasonsWithParams])
      for (const [id, reason] of reasons) if (!reason) reasons.set(id, tampering)
  }
  return analysis
}

/** Of code that cannot even be parsed nothing is known, nor of what it does to all else. */
function unread(bundle: Bundle, handlers: Handler[], places: Places, chunk: string): Analysis {
  const analysis: Analysis = {
    modules: new Map(),
    reasons: new Map(),
    reasonsWithParams: new Map(),
    candidates: new Map(),
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

/** Interprets every module's top level, what it imports first. */
function load(machine: Machine): void {
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
  for (const name of order) {
    const context: Context = {
      kind: 'load',
      root: name,
      frames: new Map(),
      steps: 0,
      givenUp: false,
    }
    machine.tops.set(name, new Frame(machine.program.chunks.get(name)!.top, null, null, context))
  }
  for (const name of order) machine.evaluate(machine.tops.get(name)!)
  settleLoading(machine)
}

// ---------------------------------------------------------------- roots

function rootFrame(
  machine: Machine,
  chunk: string,
  context: Context,
  script: (frame: Frame) => void,
): Frame {
  const frame = new Frame(machine.program.chunks.get(chunk)!.top, null, null, context)
  frame.script = () => script(frame)
  return frame
}

/** A frame that answers one request: middleware, handler, and what its result is made into. */
function handlerRoot(machine: Machine, bundle: Bundle, handler: Handler): Frame {
  const { chunk } = bundle.modules.get(handler.file)!
  const context: Context = {
    kind: 'call',
    root: handler.id,
    frames: new Map(),
    steps: 0,
    givenUp: false,
  }
  const site = { chunk: '', at: 0 }
  const c = machine.token('context', context, site)
  const nexts: Token[] = []
  return rootFrame(machine, chunk, context, frame => {
    machine.notFound.set(context, notFoundOf(machine, bundle, frame, handler.file))
    const links: Value[] = []
    for (const file of handler.middleware)
      links.push(
        ...chainOf(machine, frame, exported(machine, bundle, frame, file, 'default'), true),
      )
    const own = exported(machine, bundle, frame, handler.file, handler.name)
    links.push(...chainOf(machine, frame, own, false))
    let next: Value = UNDEF
    for (let i = links.length - 1; i > 0; i--) {
      const token = (nexts[i] ??= machine.token('next', context, site))
      token.path = 'next'
      machine.addParts(token, [links[i]!, of(c), next])
      next = of(token)
    }
    // After the last one, `next` finds nothing more.
    const end = (nexts[0] ??= machine.token('next', context, site))
    end.path = 'next'
    machine.addParts(end, [machine.notFound.get(context)!, of(c), UNDEF])
    const nextOf = (index: number): Value =>
      index < links.length - 1 ? of(nexts[index + 1]!) : of(end)
    const last = nexts[links.length - 1]
    if (last) machine.addParts(last, [links.at(-1)!, of(c), of(end)])
    const out = answer(machine, frame, links[0] ?? UNDEF, of(c), nextOf(0))
    machine.convert(frame, machine.resolved(frame, out, site), 'json', site)
  })
}

/** Calls what can be called; anything else is an answer as it is. */
function answer(machine: Machine, frame: Frame, link: Value, c: Value, next: Value): Value {
  const site = { chunk: '', at: 0 }
  const out = machine.call(frame, link, UNDEF, { list: [c, next], rest: BOTTOM }, site)
  return join(out, link)
}

/** An array of middleware as its links; where it is not known which is which, all at each place. */
function chainOf(machine: Machine, frame: Frame, value: Value, isMiddleware: boolean): Value[] {
  const arrays = value.tokens.filter(token => token.kind === 'array')
  if (arrays.length === 0 || arrays.length < value.tokens.length) return [value]
  const site = { chunk: '', at: 0 }
  const items = machine.iterate(frame, value, site)
  if (
    !isMiddleware &&
    !items.tokens.some(
      token => token.kind === 'function' || token.kind === 'middleware' || token.kind === 'bound',
    ) &&
    !items.doubt
  )
    return [value]
  let length = 0
  for (const array of arrays)
    for (const name of array.props.keys())
      if (/^\d+$/.test(name)) length = Math.max(length, Number(name) + 1)
  if (length === 0) return [items, items]
  const links: Value[] = []
  for (let i = 0; i < length; i++) links.push(machine.read(frame, value, String(i), site))
  return links
}

function exported(
  machine: Machine,
  bundle: Bundle,
  frame: Frame,
  file: string,
  name: string,
): Value {
  const { chunk } = bundle.modules.get(file)!
  return (
    exportOf(machine, frame, chunk, name, { chunk: '', at: 0 }) ??
    doubtful(`has no export ${name}`, { chunk: '', at: 0 })
  )
}

/** The `_404` that answers where a handler says `c.notFound()`. */
function notFoundOf(machine: Machine, bundle: Bundle, frame: Frame, file: string): Value {
  let folder = file
  while (folder.includes('/')) {
    folder = folder.slice(0, folder.lastIndexOf('/'))
    for (const ending of ['ts', 'tsx', 'js', 'jsx', 'mts', 'mjs']) {
      const found = `${folder}/_404.${ending}`
      if (found !== file && bundle.modules.has(found))
        return exported(machine, bundle, frame, found, 'default')
    }
  }
  return BOTTOM
}

/** All else that runs after loading: what it changes counts, what it answers does not. */
function* otherRoots(machine: Machine, bundle: Bundle, handlers: Handler[]): Generator<Frame> {
  const judged = new Set(handlers.map(handler => `${handler.file}#${handler.name}`))
  for (const { file, chunk, exports } of bundle.modules.values()) {
    const isError = /(^|\/)_error\.\w+$/.test(file)
    for (const name of exports) {
      if (judged.has(`${file}#${name}`)) continue
      const context: Context = {
        kind: 'call',
        root: `${file}#${name}`,
        frames: new Map(),
        steps: 0,
        givenUp: false,
      }
      const site = { chunk: '', at: 0 }
      const c = machine.token('context', context, site)
      const end = machine.token('next', context, site)
      end.path = 'next'
      end.parts = [BOTTOM, of(c), UNDEF]
      yield rootFrame(machine, chunk, context, frame => {
        const value = exported(machine, bundle, frame, file, name)
        const error = doubtful('reads what was thrown', site)
        if (name === 'config') {
          machine.call(
            frame,
            machine.read(frame, value, 'params', site),
            UNDEF,
            { list: [], rest: BOTTOM },
            site,
          )
          return
        }
        for (const link of chainOf(machine, frame, value, true))
          machine.call(
            frame,
            link,
            UNDEF,
            { list: isError ? [error, of(c)] : [of(c), of(end)], rest: BOTTOM },
            site,
          )
      })
    }
  }
}

/** A handler that does too much to be followed, or whose modules do while loading. */
function givenUpOn(
  machine: Machine,
  root: Frame,
  closures: Set<string>[],
  at: Position,
): Reason | null {
  for (const context of machine.givenUp) {
    const isOwn = context === root.context
    const isLoading = context.kind === 'load' && closures.some(closure => closure.has(context.root))
    if (isOwn) return { ...at, message: 'does more than the compiler follows' }
    if (isLoading) return { ...at, message: 'loads modules that do more than the compiler follows' }
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
