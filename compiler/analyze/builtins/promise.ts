// Promise.

import { ambient } from './ambient.ts'
import { arg } from './call.ts'
import { each } from './contents.ts'
import { fresh, listOf, promiseOf } from './make.ts'
import { before, type Call, define } from './registry.ts'
import { allArguments, NO_ARGS } from '../machine/args.ts'
import { BOTTOM, join, of, STR, tainted, UNDEF, type Value } from '../value.ts'

define(': Promise', call => {
  const made = fresh(call, 'promise')
  const resolve = fresh(call, 'middleware', 'resolve')
  resolve.path = 'resolve'
  resolve.parts = [of(made)]
  const reject = fresh(call, 'middleware', 'reject')
  reject.path = 'reject'
  call.machine.call(
    call.frame,
    arg(call, 0),
    UNDEF,
    { list: [of(resolve), of(reject)], rest: BOTTOM },
    call.site,
  )
  return of(made)
})
define(': @resolve', call => {
  const { machine, frame, site } = call
  for (const token of call.token.parts![0]!.tokens) {
    if (machine.outlives(frame, token))
      machine.noteWrite(frame, token, '[]', site, 'settles a promise that outlives the request')
    machine.init(token, '[]', machine.resolved(frame, arg(call, 0), site), frame.under)
  }
  return UNDEF
})
define(': @reject', call => {
  call.machine.grow(call.machine.thrown(call.frame.context), allArguments(call.args))
  return UNDEF
})
/** The statics make promises of the class they are called on. */
for (const name of ['resolve', 'reject', 'all', 'allSettled', 'race', 'any'])
  before(`Promise.${name}`, call => {
    if (call.self.tokens.some(token => token.path !== 'Promise') || call.self.doubt)
      ambient(call, `makes a promise of a class of its own: Promise.${name}()`)
  })

define('Promise: resolve', call =>
  promiseOf(call, call.args.list.length || call.args.rest !== BOTTOM ? arg(call, 0) : UNDEF),
)
define('Promise: reject', call => {
  call.machine.grow(call.machine.thrown(call.frame.context), allArguments(call.args))
  return promiseOf(call, BOTTOM)
})
define('Promise: all', call =>
  promiseOf(
    call,
    listOf(call, call.machine.resolved(call.frame, each(call, arg(call, 0)), call.site)),
  ),
)
define('Promise: allSettled', call => {
  const result = fresh(call, 'object', 'result')
  call.machine.init(result, 'status', STR)
  call.machine.init(
    result,
    'value',
    call.machine.resolved(call.frame, each(call, arg(call, 0)), call.site),
  )
  call.machine.init(
    result,
    'reason',
    call.machine.get(call.frame, call.machine.thrown(call.frame.context)),
  )
  return promiseOf(call, listOf(call, of(result)))
})
define('Promise: race any', call => {
  const { machine, frame } = call
  const value = machine.resolved(frame, each(call, arg(call, 0)), call.site)
  if (call.token.path!.endsWith('any')) {
    const thrown = machine.thrown(frame.context)
    const error = fresh(call, 'error', 'all')
    machine.init(error, 'errors', listOf(call, machine.get(frame, thrown), 'errors'))
    machine.grow(thrown, of(error))
  }
  return ambient(
    { ...call, args: NO_ARGS },
    `depends on which promise is first: Promise.${call.token.path!.slice(8)}()`,
    promiseOf(call, value),
  )
})
define('Promise.prototype: then', call => {
  const value = call.machine.resolved(call.frame, call.self, call.site)
  let out = BOTTOM
  if (arg(call, 0).tokens.length || arg(call, 0).doubt)
    out = call.machine.callLater(
      call.frame,
      arg(call, 0),
      { list: [value], rest: BOTTOM },
      call.site,
    )
  else out = value
  const { machine, frame } = call
  if (arg(call, 1).tokens.length || arg(call, 1).doubt)
    out = join(
      out,
      machine.callLater(frame, arg(call, 1), { list: [caught(call)], rest: BOTTOM }, call.site),
    )
  return promiseOf(call, tainted(out, value.taint))
})
define('Promise.prototype: catch', call => {
  const value = call.machine.resolved(call.frame, call.self, call.site)
  return promiseOf(
    call,
    join(
      value,
      call.machine.callLater(
        call.frame,
        arg(call, 0),
        { list: [caught(call)], rest: BOTTOM },
        call.site,
      ),
    ),
  )
})
define('Promise.prototype: finally', call => {
  const out = call.machine.callLater(call.frame, arg(call, 0), NO_ARGS, call.site)
  call.machine.resolved(call.frame, out, call.site)
  return promiseOf(call, call.self)
})

function caught(call: Call): Value {
  const error = fresh(call, 'error', 'caught')
  error.path = 'engine'
  return join(of(error), call.machine.get(call.frame, call.machine.thrown(call.frame.context)))
}
