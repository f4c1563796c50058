// Function and the methods of functions.

import { ambient } from './ambient.ts'
import { arg, callBackSpread } from './call.ts'
import { each } from './contents.ts'
import { fresh } from './make.ts'
import { define, NAMESPACES, SUMMARIES } from './registry.ts'
import { allArguments } from '../machine/args.ts'
import { BOOL, BOTTOM, doubtful, of, STR, tainted } from '../value.ts'

define('Function.prototype: call', call => {
  const { machine, frame, site } = call
  const self = arg(call, 0)
  return machine.call(
    frame,
    call.self,
    self,
    { list: call.args.list.slice(1), rest: call.args.rest },
    site,
    call.options,
  )
})
define('Function.prototype: apply', call =>
  callBackSpread(
    call,
    call.self,
    arg(call, 0),
    call.args.list.length > 1 || call.args.rest !== BOTTOM ? each(call, arg(call, 1)) : BOTTOM,
  ),
)
define('Function.prototype: bind', call => {
  const made = fresh(call, 'bound')
  call.machine.addParts(made, [call.self, arg(call, 0), ...call.args.list.slice(1)])
  if (call.args.rest !== BOTTOM) return doubtful('binds a list of arguments', call.site)
  return of(made)
})
define('Function.prototype: @@hasInstance', call => {
  call.machine.read(call.frame, call.self, 'prototype', call.site)
  return tainted(BOOL, allArguments(call.args).taint)
})
define('Function.prototype: toString', call =>
  ambient({ ...call, args: undefined }, 'shows the source text of a function', STR),
)
NAMESPACES.add('Function')
/** How libraries ask for the global object where it may have any name. */
const GLOBAL_OBJECT = 'return this'
SUMMARIES.set(GLOBAL_OBJECT, ({ machine }) => of(machine.builtin('globalThis')))
define(': Function AsyncFunction GeneratorFunction AsyncGeneratorFunction', call => {
  const text = arg(call, 0)
  const isText = text.bits === 0 && text.tokens.length === 0 && !text.doubt
  if (
    call.token.path === 'Function' &&
    isText &&
    call.args.list.length === 1 &&
    call.args.rest === BOTTOM &&
    text.strings.length === 1 &&
    text.strings[0] === GLOBAL_OBJECT
  )
    return of(call.machine.builtin(GLOBAL_OBJECT))
  const message = 'makes code from text: Function()'
  call.machine.tampering.push({ message, site: call.site, context: call.frame.context })
  return ambient(call, message)
})
