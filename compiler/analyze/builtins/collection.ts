// Map, Set and their weak kin.

import { arg, callBack, changes } from './call.ts'
import { each, held, put } from './contents.ts'
import { fresh, iteratorOf, pairOf } from './make.ts'
import { define, NAMESPACES } from './registry.ts'
import { allArguments } from '../machine/args.ts'
import { BOOL, BOTTOM, join, of, strongerTaint, tainted, UNDEF } from '../value.ts'

for (const name of ['Map', 'WeakMap']) {
  define(`: ${name}`, call => {
    const made = fresh(call, name === 'Map' ? 'map' : 'weak')
    const { machine, frame, site } = call
    const pairs = each(call, arg(call, 0))
    if (!pairs.isBottom) {
      machine.init(made, '[k]', machine.read(frame, pairs, '0', site), frame.under)
      machine.init(made, '[]', machine.read(frame, pairs, '1', site), frame.under)
    }
    return of(made)
  })
  NAMESPACES.add(name)
}
for (const name of ['Set', 'WeakSet']) {
  define(`: ${name}`, call => {
    const made = fresh(call, name === 'Set' ? 'set' : 'weak')
    const items = each(call, arg(call, 0))
    if (!items.isBottom) call.machine.init(made, '[]', items, call.frame.under)
    return of(made)
  })
  NAMESPACES.add(name)
}
for (const owner of ['Map.prototype', 'WeakMap.prototype']) {
  define(`${owner}: get`, call => join(held(call, '[]'), UNDEF))
  define(`${owner}: has`, call => tainted(BOOL, held(call, '[k]').taint))
  define(`${owner}: set`, call => {
    changes(call)
    put(call, arg(call, 1))
    put(call, arg(call, 0), '[k]')
    return call.self
  })
  define(`${owner}: delete clear`, call => {
    changes(call)
    put(call, tainted(BOTTOM, strongerTaint(allArguments(call.args).taint, call.frame.under)))
    return BOOL
  })
  // A set of weak references has these too.
  define(`${owner}: add`, call => {
    changes(call)
    put(call, arg(call, 0))
    return call.self
  })
}
define('Set.prototype: has', call => tainted(BOOL, held(call, '[]').taint))
define('Set.prototype: add', call => {
  changes(call)
  put(call, arg(call, 0))
  return call.self
})
define('Set.prototype: delete clear', call => {
  changes(call)
  put(call, tainted(BOTTOM, strongerTaint(allArguments(call.args).taint, call.frame.under)))
  return BOOL
})
define('Set.prototype: values keys @@iterator', call => iteratorOf(call, held(call, '[]')))
define('Set.prototype: entries', call =>
  iteratorOf(call, pairOf(call, held(call, '[]'), held(call, '[]'))),
)
define('Set.prototype: forEach', call => {
  callBack(call, arg(call, 0), [held(call, '[]'), held(call, '[]'), call.self], arg(call, 1))
  return UNDEF
})
define('Map.prototype: values', call => iteratorOf(call, held(call, '[]')))
define('Map.prototype: keys', call => iteratorOf(call, held(call, '[k]')))
define('Map.prototype: entries @@iterator', call =>
  iteratorOf(call, pairOf(call, held(call, '[k]'), held(call, '[]'))),
)
define('Map.prototype: forEach', call => {
  callBack(call, arg(call, 0), [held(call, '[]'), held(call, '[k]'), call.self], arg(call, 1))
  return UNDEF
})
