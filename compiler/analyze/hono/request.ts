// The request's methods. A path parameter is noted apart from all else that is read of a request.

import { arg } from '../builtins/call.ts'
import { fresh } from '../builtins/make.ts'
import { type Call, defineHono } from '../builtins/registry.ts'
import { BOTTOM, join, of, STR, UNDEF, Value } from '../value.ts'

defineHono('Request', 'param', call => {
  const name = arg(call, 0).strings[0]
  call.machine.effect(
    call.frame,
    `reads a path parameter: c.req.param(${name === undefined ? '' : `'${name}'`})`,
    call.site,
    'param',
  )
  return call.args.list.length === 0 ? of(fresh(call, 'data')) : join(STR, UNDEF)
})
defineHono('Request', 'query header', call =>
  call.args.list.length === 0 ? of(fresh(call, 'data')) : join(STR, UNDEF),
)
defineHono('Request', 'queries', call => join(of(fresh(call, 'data')), UNDEF))
defineHono('Request', 'text', call => promised(call, STR))
defineHono('Request', 'json parseBody valid', call =>
  promised(call, join(of(fresh(call, 'data')), new Value(127))),
)
defineHono('Request', 'arrayBuffer bytes blob', call => promised(call, of(fresh(call, 'bytes'))))

function promised(call: Call, value: Value): Value {
  const made = fresh(call, 'promise', 'promised')
  call.machine.init(made, '[]', value)
  return join(of(made), call.token.path === 'Request.valid' ? value : BOTTOM)
}
