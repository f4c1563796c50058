// Calls: of functions of the project, of bound ones, and of what the language provides.

import type { Machine } from '../machine.ts'
import { allArguments, type Args, argument, type CallOptions } from './args.ts'
import { contextOf } from './context.ts'
import { Frame } from './frame.ts'
import { lost } from './notes.ts'
import { GIVEN_UP, MAX_DEPTH, MAX_NESTING, TOO_DEEP } from './limits.ts'
import type { FunctionInfo } from '../program.ts'
import {
  BOTTOM,
  Cell,
  doubtful,
  join,
  joinAll,
  NOTHING,
  of,
  type Site,
  strongerTaint,
  tainted,
  type Token,
  Value,
} from '../value.ts'

function paramCount(info: FunctionInfo): number {
  const { node } = info
  return 'params' in node ? node.params.length : 0
}

export function call(
  m: Machine,
  frame: Frame,
  callee: Value,
  self: Value,
  args: Args,
  site: Site,
  options: CallOptions = {},
): Value {
  frame.at = site
  let out = BOTTOM
  for (const token of callee.tokens)
    out = join(out, callToken(m, frame, token, self, args, site, options))
  if (callee === BOTTOM) lost(m, frame, site)
  if (callee === NOTHING) return NOTHING
  if (callee.doubt) {
    if (frame.context.kind === 'call') m.effect(frame, callee.doubt.message, site)
    else if (!m.noise.has(frame.context.root)) m.noise.set(frame.context.root, callee.doubt)
    const { message: read } = callee.doubt
    const isOwner = self.tokens.every(
      t => t.kind === 'builtin' && read === `reads ${t.path}.${read.split('.').at(-1)}`,
    )
    m.escape(frame, isOwner ? allArguments(args) : join(allArguments(args), self), site)
    // It may be `Function`.
    if (callee.doubt.isShared === 'class') {
      const message = 'calls a class that it does not make, which may run text as code'
      m.tampering.push({ message, site, context: frame.context })
    }
    out = join(out, new Value(0, [], [], callee.taint, callee.doubt))
  }
  return tainted(out, strongerTaint(callee.taint, frame.under))
}

function callToken(
  m: Machine,
  frame: Frame,
  token: Token,
  self: Value,
  args: Args,
  site: Site,
  options: CallOptions,
): Value {
  if (m.spent(frame)) return GIVEN_UP
  switch (token.kind) {
    case 'function':
      return callFunction(m, frame, token, self, args, site, options)
    case 'bound':
      return callBound(m, frame, token, self, args, site, options)
    case 'inherited':
      if (frame.context.kind === 'call' && (args.list.length > 1 || args.rest !== BOTTOM))
        m.effect(frame, 'calls a member whose name is only known at run time', site)
      return join(
        allArguments(args),
        join(self, doubtful('calls a member whose name is only known at run time', site)),
      )
    default: {
      const summary = m.language.summaryOf(token)
      if (!summary) return BOTTOM
      if (m.depth > MAX_NESTING) {
        m.effect(frame, TOO_DEEP, site)
        return tainted(doubtful(TOO_DEEP, site), { kind: 'ambient', message: TOO_DEEP, site })
      }
      // It may throw by what it is given: what follows a `try` then depends on that.
      const given = strongerTaint(allArguments(args).taint, self.taint)
      frame.branched = strongerTaint(frame.branched, given)
      m.depth++
      const out = summary({ machine: m, frame, token, self, args, site, options })
      m.depth--
      return out
    }
  }
}

function callBound(
  m: Machine,
  frame: Frame,
  token: Token,
  self: Value,
  args: Args,
  site: Site,
  options: CallOptions,
): Value {
  // What is bound may have been bound before, in a loop even: then its arguments lose their places.
  const chain = new Set([token])
  let targets = BOTTOM
  let selves = options.construct ? self : BOTTOM
  let given = BOTTOM
  for (const one of chain) {
    const [target, boundSelf, ...bound] = m.partsOf(frame, one)
    for (const inner of target!.tokens) {
      if (inner.kind === 'bound') chain.add(inner)
      else targets = join(targets, of(inner))
    }
    if (target!.doubt) targets = join(targets, new Value(0, [], [], null, target!.doubt))
    if (!options.construct) selves = join(selves, boundSelf!)
    given = join(given, joinAll(bound))
  }
  const [, , ...first] = m.partsOf(frame, token)
  const passed =
    chain.size === 1
      ? { list: [...first, ...args.list], rest: args.rest }
      : { list: [], rest: join(given, allArguments(args)) }
  return call(m, frame, targets, selves, passed, site, options)
}

function callFunction(
  m: Machine,
  frame: Frame,
  token: Token,
  self: Value,
  args: Args,
  site: Site,
  options: CallOptions,
): Value {
  const info = token.info!
  const context = contextOf(m, frame, token, info, options)
  let callee = context.frames.get(token)
  if (!callee) {
    callee = new Frame(info, token, token.env ?? null, context)
    context.frames.set(token, callee)
  }
  let grew = false
  if (!info.isArrow) grew = m.grow(callee.self, self) || grew
  if (options.construct) grew = m.grow(callee.newTarget, options.newTarget ?? of(token)) || grew
  const params = paramCount(info)
  for (let i = 0; i < Math.max(params, args.list.length); i++) {
    callee.params[i] ??= new Cell(context, `argument ${i + 1}`)
    const value = i < args.list.length ? args.list[i]! : argument(args, i)
    grew = m.grow(callee.params[i]!, tainted(value, frame.under)) || grew
  }
  if (args.rest !== BOTTOM) grew = m.grow(callee.restParam, args.rest) || grew
  const under = strongerTaint(callee.calledUnder, frame.under)
  if (under !== callee.calledUnder) {
    callee.calledUnder = under
    grew = true
  }
  const isBeside = frame.isBeside || !options.awaited || !!options.isTogether
  if (isBeside && !callee.isBeside && context.kind === 'call') {
    callee.isBeside = true
    grew = true
  }
  const key = `call${callee.info.id}@${site.chunk}:${site.at}/${token.id}`
  if (!frame.seen.has(key)) {
    frame.seen.add(key)
    frame.events.push({ kind: 'call', frame: callee, site })
  }
  if (callee === frame && frame.tries > 0 && frame.context.kind === 'call')
    m.effect(frame, 'calls itself in a try block: how deep that goes differs', site)
  if (!callee.done && m.depth < MAX_DEPTH) m.evaluate(callee)
  else if (grew || !callee.done) m.enqueue(callee)
  if (callee.branched) {
    frame.branched = strongerTaint(frame.branched, callee.branched)
  }
  const result = m.get(frame, callee.result)
  if (info.isGenerator) {
    const made = m.make(frame, `generator${token.id}@${site.at}`, 'generator')
    m.grow(m.prop(made, '[]'), m.get(frame, callee.yields))
    m.grow(m.prop(made, 'part returned'), result)
    if (info.isAsync) made.path = 'async'
    made.env = callee
    return of(made)
  }
  if (info.isAsync) {
    const made = m.make(frame, `promise${token.id}@${site.at}`, 'promise')
    m.init(made, '[]', m.resolved(frame, result, site))
    return of(made)
  }
  return result
}
