// What begins to run: a frame for each handler behind its middleware, and one for every other export.

import { exportOf } from './builtins/modules.ts'
import type { Machine } from './machine.ts'
import { Frame } from './machine/frame.ts'
import { appContext, heldBy, holders } from './machine/held.ts'
import {
  BOTTOM,
  type Context,
  doubtful,
  join,
  of,
  shared,
  type Site,
  type Token,
  UNDEF,
  type Value,
} from './value.ts'
import type { Bundle, Handler } from '../stages.ts'

/** A context that nothing has run in yet. */
export function newContext(kind: Context['kind'], root: string): Context {
  return { kind, root, frames: new Map(), steps: 0, givenUp: false }
}

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

/** The request context of what runs in a context. */
function requestOf(machine: Machine, context: Context, site: Site): Token {
  const c = machine.token('context', context, site)
  machine.requests.set(context, c)
  return c
}

/** A frame that answers one request: middleware, handler, and what its result is made into. */
export function handlerRoot(machine: Machine, bundle: Bundle, handler: Handler): Frame {
  const { chunk } = bundle.modules.get(handler.file)!
  const context = newContext('call', handler.id)
  const site = { chunk: '', at: 0 }
  const c = requestOf(machine, context, site)
  const nexts: Token[] = []
  return rootFrame(machine, chunk, context, frame => {
    machine.notFound.set(context, notFoundOf(machine, bundle, frame, handler.file))
    const links: Value[] = []
    for (const file of handler.middleware)
      links.push(
        ...chainOf(machine, frame, exported(machine, bundle, frame, file, 'default'), true),
      )
    const own = exported(machine, bundle, frame, handler.file, handler.name)
    if (own.tokens.some(token => token.kind === 'app'))
      inherit(machine, frame, appContext(machine, site), BOTTOM)
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
  const out = machine.call(frame, link, UNDEF, { list: [c, next], rest: BOTTOM }, site, {
    awaited: true,
  })
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

/** A frame that takes the headers that a module's `config` adds to every answer of a handler. */
export function headersRoot(machine: Machine, bundle: Bundle, handler: Handler): Frame {
  const { chunk, exports } = bundle.modules.get(handler.file)!
  const site = { chunk: '', at: 0 }
  return rootFrame(machine, chunk, newContext('call', `${handler.id} headers`), frame => {
    if (!exports.includes('config')) return
    const config = exported(machine, bundle, frame, handler.file, 'config')
    machine.convert(frame, machine.read(frame, config, 'headers', site), 'json', site)
  })
}

/** What is thrown gets to whoever handles errors: of a folder, of an app, of the process. */
export function errorsRoot(machine: Machine, chunk: string): Frame {
  const context = newContext('late', 'errors')
  const site = { chunk: '', at: 0 }
  return rootFrame(machine, chunk, context, frame => {
    machine.escape(frame, machine.get(frame, machine.thrown(machine.globals)), site)
    for (const one of machine.requests.keys())
      machine.escape(frame, machine.get(frame, machine.thrown(one)), site)
  })
}

/** An error handler and a mounted app get the context that others had, with all they kept on it. */
function inherit(machine: Machine, frame: Frame, c: Token, more: Value): void {
  const site = { chunk: '', at: 0 }
  let held = more
  for (const other of machine.requests.values())
    if (other !== c) held = join(held, heldBy(machine, frame, other, site))
  for (const holder of holders(machine, c, site)) machine.init(holder, '*', held)
}

/** All else that runs after loading: what it changes counts, what it answers does not. */
export function* otherRoots(
  machine: Machine,
  bundle: Bundle,
  handlers: Handler[],
): Generator<Frame> {
  const judged = new Set(handlers.map(handler => `${handler.file}#${handler.name}`))
  for (const { file, chunk, exports } of bundle.modules.values()) {
    const isError = /(^|\/)_error\.\w+$/.test(file)
    for (const name of exports) {
      if (judged.has(`${file}#${name}`)) continue
      const context = newContext('call', `${file}#${name}`)
      const site = { chunk: '', at: 0 }
      const c = requestOf(machine, context, site)
      const end = machine.token('next', context, site)
      end.path = 'next'
      end.parts = [BOTTOM, of(c), UNDEF]
      yield rootFrame(machine, chunk, context, frame => {
        const value = exported(machine, bundle, frame, file, name)
        // What any handler has thrown or kept on its context may be a class or a prototype.
        const thrown = doubtful('reads what was thrown', site)
        const error = shared(thrown, 'constructor')
        if (isError) inherit(machine, frame, c, error)
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
