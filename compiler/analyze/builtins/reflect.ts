// Reflect.

import { ambient } from './ambient.ts'
import { arg, callBack, callBackSpread } from './call.ts'
import { each } from './contents.ts'
import { listOf } from './make.ts'
import { defineOne, descriptor, has, keysOf, prototypeOf } from './property.ts'
import { define } from './registry.ts'
import { ancestors } from '../machine/read.ts'
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
  if (args.list.length > 3 || args.rest !== BOTTOM) {
    const receiver = arg(call, 3)
    machine.writeAny(frame, receiver, arg(call, 1), arg(call, 2), site)
    // Setters of the target run on the receiver.
    for (const token of arg(call, 0).tokens)
      for (const one of [token, ...ancestors(machine, frame, token)])
        for (const setter of one.setters?.values() ?? [])
          callBack(call, machine.get(frame, setter), [arg(call, 2)], receiver)
  }
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
