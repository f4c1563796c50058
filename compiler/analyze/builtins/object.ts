// Object and Object.prototype.

import { ambient } from './ambient.ts'
import { arg, changes, pure } from './call.ts'
import { each, put } from './contents.ts'
import { localized } from './locale.ts'
import { fresh, listOf } from './make.ts'
import {
  copyInto,
  defineAll,
  defineOne,
  descriptor,
  has,
  keyOfMember,
  keysOf,
  prototypeOf,
  valuesOf,
} from './property.ts'
import { before, define } from './registry.ts'
import { NO_ARGS } from '../machine/args.ts'
import { BOOL, BOTTOM, join, of, STR, strongerTaint, SYM, tainted, UNDEF } from '../value.ts'

define(': Object', call => {
  const value = arg(call, 0)
  const made = fresh(call, 'object')
  return call.args.list.length === 0 && call.args.rest === BOTTOM
    ? of(made)
    : join(value, value.bits || value.strings.length ? of(made) : BOTTOM)
})
define('Object: is', pure(BOOL, 'number', false))
define('Object: keys getOwnPropertyNames', call => listOf(call, keysOf(call, arg(call, 0))))
for (const path of [
  'Object.getOwnPropertyNames',
  'Object.getOwnPropertyDescriptors',
  'Object.getOwnPropertyDescriptor',
  'Object.hasOwn',
  'Object.prototype.hasOwnProperty',
  'Object.prototype.propertyIsEnumerable',
  'Reflect.ownKeys',
  'Reflect.getOwnPropertyDescriptor',
  'Reflect.has',
])
  before(path, call => {
    const owner = path.includes('prototype') ? call.self : arg(call, 0)
    const names = path.includes('prototype') ? arg(call, 0) : arg(call, 1)
    const builtin = owner.tokens.find(
      ({ kind, path }) => kind === 'builtin' && path !== 'globalThis',
    )
    if (builtin) ambient({ ...call, args: NO_ARGS }, `asks which members ${builtin.path} has`)
    // Its own `name` and `cause` are the language's affair.
    const isPlain =
      names.strings.length > 0 && names.strings.every(one => /^(name|cause)$/.test(one))
    if (owner.tokens.some(token => token.kind === 'error') && !isPlain)
      ambient({ ...call, args: NO_ARGS }, 'asks which members an error has, as engines differ in')
  })
define('Object: getOwnPropertySymbols', call =>
  arg(call, 0).tokens.some(token => token.kind !== 'object' && token.kind !== 'array')
    ? ambient(call, 'lists the symbols of what the language provides')
    : listOf(call, SYM),
)
define('Object: values', call => listOf(call, valuesOf(call, arg(call, 0))))
define('Object: entries', call => {
  const { machine } = call
  const pair = fresh(call, 'array', 'pair')
  const value = valuesOf(call, arg(call, 0))
  const keys = keysOf(call, arg(call, 0))
  machine.init(pair, '0', keys)
  machine.init(pair, '1', value)
  machine.init(pair, '[]', join(keys, value))
  return listOf(call, of(pair))
})
define('Object: assign', call => {
  for (let i = 1; i < call.args.list.length; i++) copyInto(call, arg(call, 0), arg(call, i))
  if (call.args.rest !== BOTTOM) copyInto(call, arg(call, 0), call.args.rest)
  return arg(call, 0)
})
define('Object: freeze seal preventExtensions', call => {
  const { machine, frame } = call
  // What a module itself made it may freeze while it loads: nobody has seen it otherwise.
  if (arg(call, 0).tokens.some(token => machine.outlives(frame, token)))
    changes(call, '*', arg(call, 0))
  if (call.frame.under) put(call, BOTTOM, '*', arg(call, 0))
  return arg(call, 0)
})
define('Object: isFrozen isSealed isExtensible', call => {
  for (const token of arg(call, 0).tokens) call.machine.namesOf(call.frame, token)
  return BOOL
})
define('Object: create', call => {
  const made = fresh(call, 'object')
  call.machine.setProto(made, arg(call, 0))
  defineAll(call, of(made), arg(call, 1))
  return of(made)
})
define('Object: defineProperty', call => {
  defineOne(call, arg(call, 0), arg(call, 1), arg(call, 2))
  return arg(call, 0)
})
define('Object: defineProperties', call => {
  defineAll(call, arg(call, 0), arg(call, 1))
  return arg(call, 0)
})
define('Object: getOwnPropertyDescriptor', call => descriptor(call, arg(call, 0), arg(call, 1)))
define('Object: getOwnPropertyDescriptors', call => {
  const { machine, frame } = call
  const made = fresh(call, 'object', 'all')
  for (const token of arg(call, 0).tokens) {
    if (token.kind === 'error' || token.kind === 'data' || token.kind === 'builtin')
      machine.init(made, '*', descriptor(call, of(token), STR))
    for (const name of machine.namesOf(frame, token))
      machine.init(made, name, descriptor(call, of(token), keyOfMember(call, name)))
  }
  return of(made)
})
define('Object: getPrototypeOf', call => prototypeOf(call, arg(call, 0)))
define('Object: setPrototypeOf', call => {
  changes(call, '*', arg(call, 0))
  for (const token of arg(call, 0).tokens) call.machine.setProto(token, arg(call, 1))
  return arg(call, 0)
})
define('Object: fromEntries', call => {
  const { machine, frame, site } = call
  const made = fresh(call, 'object')
  const pairs = each(call, arg(call, 0))
  const keys = machine.read(frame, pairs, '0', site)
  machine.writeAny(frame, of(made), keys, machine.read(frame, pairs, '1', site), site)
  return of(made)
})
define('Object: hasOwn', call => has(call, arg(call, 0), arg(call, 1)))
define('Object.prototype: hasOwnProperty propertyIsEnumerable', call =>
  has(call, call.self, arg(call, 0)),
)
define('Object.prototype: isPrototypeOf', () => BOOL)
define('Object.prototype: valueOf', call => call.self)
define('Object.prototype: toString', call => {
  const { machine, frame, site } = call
  let taint = call.self.taint
  for (const token of call.self.tokens)
    taint = strongerTaint(
      taint,
      machine.convert(
        frame,
        machine.readToken(frame, token, '@@toStringTag', of(token), site),
        'string',
        site,
      ),
    )
  return tainted(STR, taint)
})
define('Object.prototype: toLocaleString', call => localized(call, 0, false))
define('Object.prototype: __defineGetter__ __defineSetter__', call => {
  changes(call, '*')
  for (const token of call.self.tokens)
    call.machine.initAccessor(
      token,
      call.token.path!.includes('Getter') ? 'getters' : 'setters',
      '*',
      arg(call, 1),
    )
  return UNDEF
})
// One of the language's own, `__proto__`, changes whatever it is called on.
define('Object.prototype: __lookupGetter__ __lookupSetter__', call =>
  ambient(call, 'takes an accessor by its name'),
)
