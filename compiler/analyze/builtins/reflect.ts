// Reflect.

import { ambient } from './ambient.ts'
import { arg, callBackSpread } from './call.ts'
import { each } from './contents.ts'
import { listOf } from './make.ts'
import { defineOne, descriptor, has, keysOf, prototypeOf } from './property.ts'
import { define } from './registry.ts'
import { BOOL, BOTTOM, join, SYM } from '../value.ts'

define('Reflect: ownKeys', call => listOf(call, join(keysOf(call, arg(call, 0)), SYM)))
define('Reflect: defineProperty', call => {
  defineOne(call, arg(call, 0), arg(call, 1), arg(call, 2))
  return BOOL
})
define('Reflect: getOwnPropertyDescriptor', call => descriptor(call, arg(call, 0), arg(call, 1)))
define('Reflect: getPrototypeOf', call => prototypeOf(call, arg(call, 0)))
define('Reflect: has', call => has(call, arg(call, 0), arg(call, 1)))
// With a receiver of its own a getter or a write concerns that object.
define('Reflect: get', call => {
  if (call.args.list.length > 2 || call.args.rest !== BOTTOM)
    return ambient(call, 'uses Reflect.get() with a receiver')
  return call.machine.readAny(call.frame, arg(call, 0), arg(call, 1), call.site)
})
define('Reflect: set', call => {
  const { machine, frame, site, args } = call
  machine.writeAny(frame, arg(call, 0), arg(call, 1), arg(call, 2), site)
  if (args.list.length > 3 || args.rest !== BOTTOM)
    machine.writeAny(frame, arg(call, 3), arg(call, 1), arg(call, 2), site)
  return BOOL
})
define('Reflect: apply', call =>
  callBackSpread(call, arg(call, 0), arg(call, 1), each(call, arg(call, 2))),
)
define('Reflect: construct', call => {
  const { machine, frame, site } = call
  if (call.args.list.length > 2 || call.args.rest !== BOTTOM)
    return ambient(call, 'uses Reflect.construct() with a class beside')
  return machine.language.construct(
    machine,
    frame,
    arg(call, 0),
    { list: [], rest: each(call, arg(call, 1)) },
    site,
    `reflect@${site.at}`,
  )
})
