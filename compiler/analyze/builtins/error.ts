// Errors.

import { arg, changes, pure } from './call.ts'
import { each, put } from './contents.ts'
import { fresh } from './make.ts'
import { define, NAMESPACES } from './registry.ts'
import { doubtful, of, STR, tainted, UNDEF } from '../value.ts'

for (const name of [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
]) {
  define(`: ${name}`, call => {
    const made = fresh(call, 'error')
    const message = arg(call, name === 'AggregateError' ? 1 : 0)
    const taint = call.machine.convert(call.frame, message, 'string', call.site)
    call.machine.init(made, 'message', tainted(STR, taint), call.frame.under)
    call.machine.init(made, 'name', STR)
    const isList = name === 'AggregateError'
    if (isList) {
      const all = call.machine.make(call.frame, `errors${made.id}`, 'array', '', call.site)
      call.machine.init(all, '[]', each(call, arg(call, 0)))
      call.machine.init(made, 'errors', of(all))
    }
    const cause = call.machine.read(call.frame, arg(call, isList ? 2 : 1), 'cause', call.site)
    if (!cause.isBottom) call.machine.init(made, 'cause', cause)
    return of(made)
  })
  NAMESPACES.add(name)
}
define('Error.prototype: toString', pure(STR, 'string'))
// The trace is written to the object; reading it is what tells.
define('Error: captureStackTrace', call => {
  changes(call, 'stack', arg(call, 0))
  put(
    call,
    tainted(STR, { kind: 'ambient', message: 'holds a stack trace', site: call.site }),
    'stack',
    arg(call, 0),
  )
  if (call.frame.context.kind === 'call')
    put(call, doubtful('reads a stack trace', call.site), 'stack', arg(call, 0))
  return UNDEF
})
