// Regular expressions, and what the methods of text do with a pattern.

import { ambient } from './ambient.ts'
import { arg, pure, used } from './call.ts'
import { fresh } from './make.ts'
import { type Call, define, NAMESPACES } from './registry.ts'
import {
  BOOL,
  BOTTOM,
  join,
  NUL,
  NUM,
  of,
  STR,
  STRING,
  strongerTaint,
  type Taint,
  tainted,
  type Token,
  UNDEF,
  type Value,
} from '../value.ts'

export function matched(call: Call): Value {
  const made = fresh(call, 'array', 'match')
  const { machine } = call
  const groups = fresh(call, 'object', 'groups')
  machine.init(groups, '*', join(STR, UNDEF))
  machine.init(made, '[]', join(STR, UNDEF))
  machine.init(made, 'index', NUM)
  machine.init(made, 'input', STR)
  machine.init(made, 'groups', join(of(groups), UNDEF))
  return of(made)
}

/** A string's method is given a pattern: text, an expression or an object with its own protocol. */
export function patternUsed(call: Call): Taint | null {
  const { machine, frame, site, self } = call
  const pattern = arg(call, 0)
  let taint = strongerTaint(pattern.taint, machine.convert(frame, self, 'string', site))
  if (pattern.doubt && frame.context.kind === 'call')
    machine.effect(frame, pattern.doubt.message, site)
  for (const token of pattern.tokens) {
    if (token.kind === 'regexp') {
      if (isChanged(call, token)) return ambient(call, CHANGED).taint
      startOf(call, token)
      // A global one is set to its start, which only shows where something else had moved it.
      const isMoved = token.path!.includes('g') && machine.isSet(frame, token, 'lastIndex')
      if (token.path!.includes('y') || isMoved)
        machine.noteWrite(frame, token, 'lastIndex', site, MOVES)
      continue
    }
    for (const name of ['@@split', '@@match', '@@matchAll', '@@replace', '@@search']) {
      const method = machine.readToken(frame, token, name, of(token), site)
      for (const one of method.tokens)
        if (one.path?.startsWith('RegExp.prototype.')) machine.escape(frame, of(token), site)
        else
          taint = strongerTaint(
            taint,
            machine.call(
              frame,
              of(one),
              of(token),
              { list: [self, arg(call, 1)], rest: BOTTOM },
              site,
            ).taint,
          )
    }
    taint = strongerTaint(taint, machine.convert(frame, of(token), 'string', site))
  }
  return taint
}

/** Where it begins is asked for each time, and may be an object that becomes a number. */
function startOf({ machine, frame, site }: Call, token: Token): void {
  machine.convert(frame, machine.get(frame, machine.prop(token, 'lastIndex')), 'number', site)
}

const MOVES = 'moves `lastIndex` of a regular expression that outlives the request'

const CHANGED = 'uses a regular expression whose own methods were changed'

/** Whether it has members of the user's own: the builtin methods may call them. */
function isChanged(call: Call, token: Token): boolean {
  call.machine.partsOf(call.frame, token)
  if (token.proto || token.getters) return true
  for (const [key, { value }] of token.props)
    if (key !== 'lastIndex' && value !== BOTTOM && !value.isBottom) return true
  return false
}

define(': RegExp', call => {
  // What says it is an expression is asked for more.
  for (const token of arg(call, 0).tokens)
    if (token.kind !== 'regexp')
      for (const key of ['@@match', 'constructor', 'source', 'flags'])
        call.machine.read(call.frame, of(token), key, call.site)
  const taint = used(call, 'string', false)
  const flags = arg(call, 1)
  const made = fresh(call, 'regexp')
  const known = flags.tokens.length === 0 && !flags.doubt && !(flags.bits & STRING)
  call.machine.addFlags(made, known ? flags.strings.join('') : 'gy')
  if (known && flags.strings.length === 0)
    for (const token of arg(call, 0).tokens)
      if (token.kind === 'regexp') call.machine.addFlags(made, token.path!)
  return tainted(of(made), taint)
})
NAMESPACES.add('RegExp')
define('RegExp.prototype: exec test', call => {
  const taint = used(call, 'string')
  const { machine, frame, site } = call
  for (const token of call.self.tokens) {
    if (token.kind !== 'regexp' || isChanged(call, token)) ambient(call, CHANGED)
    if (token.kind === 'regexp') startOf(call, token)
    if (token.kind !== 'regexp' || !/[gy]/.test(token.path!)) continue
    machine.init(token, 'lastIndex', NUM)
    machine.noteWrite(frame, token, 'lastIndex', site, MOVES)
  }
  if (call.token.path!.endsWith('test')) return tainted(BOOL, taint)
  return tainted(join(matched(call), NUL), taint)
})
define('RegExp.prototype: toString', pure(STR))
// It changes what every other user of the expression gets, and no read of its text is noted.
define('RegExp.prototype: compile', call => {
  const { machine, frame, site } = call
  machine.tampering.push({
    message: 'compiles a regular expression anew',
    site,
    context: frame.context,
  })
  return ambient(call, 'compiles a regular expression anew')
})
define('RegExp.prototype: @@match @@matchAll @@replace @@search @@split', call =>
  ambient(call, 'calls a method of RegExp by its symbol'),
)
