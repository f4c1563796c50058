// Array and the methods of lists.

import { ambient } from './ambient.ts'
import { arg, callBack, changes, joinTaints, pure, used } from './call.ts'
import { each, lengthTaint, put } from './contents.ts'
import { localized } from './locale.ts'
import { fresh, iteratorOf, listOf, pairOf } from './make.ts'
import { BEFORE, type Call, define } from './registry.ts'
import { allArguments } from '../machine/args.ts'
import {
  BOOL,
  BOTTOM,
  join,
  joinAll,
  NUM,
  of,
  STR,
  strongerTaint,
  type Taint,
  tainted,
  UNDEF,
  UNDEFINED,
  Value,
} from '../value.ts'

/** A list of a class of the user's own has that class make its copies, or whatever that says. */
function copies(call: Call): void {
  const { machine, frame, site } = call
  for (const token of call.self.tokens) {
    if (token.kind !== 'array' && token.kind !== 'bytes') continue
    if (!token.proto && !token.getters && !machine.isSet(frame, token, 'constructor')) continue
    const maker = machine.readToken(frame, token, 'constructor', of(token), site)
    machine.escape(frame, join(maker, machine.read(frame, maker, '@@species', site)), site)
    ambient(call, 'copies a list of a class of its own')
  }
}
for (const name of ['slice', 'subarray', 'map', 'filter'])
  BEFORE.set(`Uint8Array.prototype.${name}`, copies)
for (const name of ['concat', 'filter', 'flat', 'flatMap', 'map', 'slice', 'splice'])
  BEFORE.set(`Array.prototype.${name}`, copies)

define(': Array', call => {
  const made = fresh(call, 'array')
  call.machine.init(made, '[]', join(allArguments(call.args), UNDEF), call.frame.under)
  return of(made)
})
define('Array: isArray', call => tainted(BOOL, arg(call, 0).taint))
for (const name of ['Array.from', 'Array.of'])
  BEFORE.set(name, call => {
    if (call.self.tokens.some(token => token.path !== 'Array') || call.self.doubt)
      ambient(call, `makes a list of a class of its own: ${name}()`)
  })
define('Array: of', call => listOf(call, allArguments(call.args)))
define('Array: from', call => {
  const source = arg(call, 0)
  let items = each(call, source)
  items = join(items, call.machine.readElements(call.frame, source, call.site, false))
  const by = arg(call, 1)
  if (by.tokens.length || by.doubt) items = callBack(call, by, [items, NUM], arg(call, 2))
  return tainted(listOf(call, tainted(items, lengthTaint(call, source))), source.taint)
})
define('Array.prototype: map', call =>
  tainted(
    listOf(
      call,
      tainted(
        callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1)),
        lengthTaint(call),
      ),
    ),
    call.self.taint,
  ),
)
define('Array.prototype: flatMap', call => {
  const out = callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1))
  return listOf(call, tainted(flattened(call, out), lengthTaint(call)))
})
define('Array.prototype: flat', call => {
  let items = each(call)
  for (let before = BOTTOM; before !== items; ) {
    before = items
    items = join(items, flattened(call, items))
  }
  return listOf(call, tainted(items, arg(call, 0).taint))
})
define('Array.prototype: filter', call => {
  const kept = callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1))
  return listOf(call, tainted(each(call), kept.taint))
})
define('Array.prototype: find findLast', call => {
  const kept = callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1))
  return tainted(join(each(call), UNDEF), kept.taint)
})
define('Array.prototype: findIndex findLastIndex', call =>
  tainted(
    NUM,
    strongerTaint(
      lengthTaint(call),
      callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1)).taint,
    ),
  ),
)
define('Array.prototype: some every', call =>
  tainted(
    BOOL,
    strongerTaint(
      lengthTaint(call),
      callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1)).taint,
    ),
  ),
)
define('Array.prototype: forEach', call => {
  callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1))
  return UNDEF
})
define('Array.prototype: reduce reduceRight', call => {
  const items = each(call)
  let so = call.args.list.length > 1 ? arg(call, 1) : join(items, call.args.rest)
  for (let i = 0; i < 3; i++)
    so = join(so, callBack(call, arg(call, 0), [so, items, NUM, call.self]))
  const cell = call.machine.prop(fresh(call, 'object', 'reduced'), 'so')
  call.machine.grow(cell, so)
  call.machine.get(call.frame, cell)
  callBack(call, arg(call, 0), [cell.value, items, NUM, call.self])
  return tainted(cell.value, lengthTaint(call))
})
define('Array.prototype: includes', call => {
  const taint = call.machine.convert(call.frame, arg(call, 1), 'number', call.site)
  return tainted(BOOL, joinTaints(taint, allArguments(call.args).taint, each(call).taint))
})
define('Array.prototype: indexOf lastIndexOf', call => {
  const taint = call.machine.convert(call.frame, arg(call, 1), 'number', call.site)
  return tainted(NUM, joinTaints(taint, allArguments(call.args).taint, each(call).taint))
})
define('Array.prototype: join toString', pure(STR))
define('Array.prototype: toLocaleString', call => localized(call, 0, true))
define('Array.prototype: slice toReversed', call =>
  tainted(listOf(call, tainted(each(call), used(call, 'number', false))), call.self.taint),
)
define('Array.prototype: toSorted', call => sorted(call, listOf(call, each(call))))
define('Array.prototype: sort', call => {
  changes(call)
  return sorted(call, call.self)
})
define('Array.prototype: reverse copyWithin', call => {
  changes(call)
  put(call, tainted(BOTTOM, strongerTaint(allArguments(call.args).taint, call.frame.under)))
  return call.self
})
define('Array.prototype: concat', call => {
  let items = each(call)
  const { machine, frame, site } = call
  for (const value of [...call.args.list, call.args.rest]) {
    // What says it may be spread is spread, list or not.
    for (const token of value.tokens)
      if (isOwn(machine.read(frame, of(token), '@@isConcatSpreadable', site)))
        items = join(items, each(call, of(token)))
    items = join(
      items,
      new Value(
        value.bits,
        value.strings,
        value.tokens.filter(token => token.kind !== 'array'),
        value.taint,
        value.doubt,
      ),
    )
    const lists = value.tokens.filter(token => token.kind === 'array' || token.kind === 'data')
    if (lists.length > 0) items = join(items, each(call, new Value(0, [], lists)))
  }
  return listOf(call, items)
})
define('Array.prototype: with toSpliced', call =>
  listOf(call, join(each(call), allArguments(call.args))),
)
define('Array.prototype: at', call => tainted(join(each(call), UNDEF), used(call, 'number', false)))
define('Array.prototype: push unshift', call => {
  changes(call)
  put(call, allArguments(call.args))
  return tainted(NUM, lengthTaint(call))
})
define('Array.prototype: pop shift', call => {
  changes(call)
  put(call, tainted(BOTTOM, call.frame.under))
  return join(each(call), UNDEF)
})
define('Array.prototype: splice', call => {
  changes(call)
  const removed = listOf(call, each(call))
  put(call, joinAll([...call.args.list.slice(2), call.args.rest]))
  put(call, tainted(BOTTOM, allArguments(call.args).taint))
  return removed
})
define('Array.prototype: fill', call => {
  changes(call)
  put(call, tainted(arg(call, 0), allArguments(call.args).taint))
  return call.self
})
define('Array.prototype: keys', call => tainted(iteratorOf(call, NUM), lengthTaint(call)))
define('Array.prototype: values @@iterator', call => iteratorOf(call, each(call)))
define('Array.prototype: entries', call => iteratorOf(call, pairOf(call, NUM, each(call))))

/** Whether a member that the language has nowhere of itself may be there. */
function isOwn(value: Value): boolean {
  return (value.bits & ~UNDEFINED) !== 0 || value.tokens.length > 0 || value.doubt !== null
}

function flattened(call: Call, items: Value): Value {
  const lists = items.tokens.filter(token => token.kind === 'array' || token.kind === 'data')
  const rest = new Value(
    items.bits,
    items.strings,
    items.tokens.filter(token => token.kind !== 'array'),
    items.taint,
    items.doubt,
  )
  return lists.length > 0 ? join(rest, each(call, new Value(0, [], lists))) : rest
}

function sorted(call: Call, list: Value): Value {
  const items = each(call)
  const by = arg(call, 0)
  let taint: Taint | null = null
  if (by.tokens.length || by.doubt) taint = callBack(call, by, [items, items]).taint
  else call.machine.convert(call.frame, items, 'string', call.site)
  if (taint) for (const token of list.tokens) call.machine.init(token, '[]', tainted(BOTTOM, taint))
  return list
}
