// Generators and the iterators of builtins.

import { arg, changes } from './call.ts'
import { each } from './contents.ts'
import { fresh, promiseOf } from './make.ts'
import { define } from './registry.ts'
import { BOOL, BOTTOM, join, joinAll, of, UNDEF } from '../value.ts'

define('Generator.prototype: next', call => {
  const { machine, frame, site } = call
  for (const token of call.self.tokens) {
    machine.noteWrite(frame, token, '[]', site, 'takes from an iterator that outlives the request')
    if (token.env) machine.grow(token.env.sent, arg(call, 0))
  }
  const step = fresh(call, 'object', 'step')
  machine.init(
    step,
    'value',
    join(join(each(call), machine.returned(frame, call.self)), UNDEF),
    frame.under,
  )
  machine.init(step, 'done', BOOL)
  if (!call.self.tokens.some(token => token.path === 'async')) return of(step)
  const promise = fresh(call, 'promise', 'step')
  machine.init(promise, '[]', of(step))
  return of(promise)
})
define('Generator.prototype: @@iterator @@asyncIterator', call => call.self)
define('Generator.prototype: return throw', call => {
  const { machine, frame } = call
  changes(call)
  const isThrow = call.token.path!.endsWith('throw')
  for (const token of call.self.tokens)
    if (token.env && isThrow) machine.grow(token.env.failed, arg(call, 0))
  if (isThrow) machine.grow(machine.thrown(frame.context), arg(call, 0))
  const step = fresh(call, 'object', 'step')
  const given = isThrow ? BOTTOM : machine.resolved(frame, arg(call, 0), call.site)
  const value = joinAll([each(call), machine.returned(frame, call.self), given, UNDEF])
  machine.init(step, 'value', value, frame.under)
  machine.init(step, 'done', BOOL)
  if (!call.self.tokens.some(token => token.path === 'async')) return of(step)
  return promiseOf(call, of(step), 'step')
})
