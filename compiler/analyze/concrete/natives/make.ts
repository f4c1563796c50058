// What makes new objects: constructors, collections, dates, code from text.

import { callers, constructed, limit, look, own, run } from '../native.ts'
import { checkText, get } from '../objects.ts'
import { isObject } from '../kinds.ts'

own('Object', (w, call) => {
  if (call.newTarget !== undefined && call.newTarget !== call.fn) return constructed(w, call)
  return run(w, call)
})
own('Array', (w, call) => {
  if (call.args.length === 1 && typeof call.args[0] === 'number') limit(w, call.args[0])
  return call.newTarget === undefined ? run(w, call) : constructed(w, call)
})
own('Number Boolean String BigInt', (w, call) => {
  if (call.path !== 'Boolean') for (const one of call.args) checkText(w, one)
  return call.newTarget === undefined ? run(w, call) : constructed(w, call)
})
own('Symbol', (w, call) => {
  for (const one of call.args) checkText(w, one)
  return run(w, call)
})
own(
  'Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError',
  (w, call) => {
    checkText(w, call.args[call.path === 'AggregateError' ? 1 : 0])
    for (const one of call.args) w.look(one)
    const made = constructed(w, { ...call, newTarget: call.newTarget ?? call.fn })
    w.thrown.add(made)
    return made
  },
)
// An error has its trace already, and reading that ends the run.
own('Error.captureStackTrace', (w, { args }) =>
  w.thrown.has(args[0] as object) ? undefined : w.unsupported('captures a stack trace'),
)
own('Map Set', (w, call) => {
  look(w, call)
  return constructed(w, call)
})
own('WeakMap WeakSet', (w, call) => {
  const made = constructed(w, { ...call, args: [] })
  const members = new Map<object, unknown>()
  w.weak.set(made, members)
  if (call.args[0] !== undefined && call.args[0] !== null) {
    w.look(call.args[0])
    const isMap = call.path === 'WeakMap'
    for (const one of call.args[0] as Iterable<unknown>)
      callers
        .get(w)!
        .call(
          get(w, made, isMap ? 'set' : 'add'),
          made,
          isMap ? [get(w, one, '0'), get(w, one, '1')] : [one],
        )
  }
  return made
})
own('WeakMap.prototype.get WeakMap.prototype.has WeakSet.prototype.has', (w, call) => {
  if (isObject(call.self)) w.lookWeak(call.self, call.args[0])
  return run(w, call)
})
own('WeakMap.prototype.set WeakSet.prototype.add', (w, call) => {
  const { self, args } = call
  const members = isObject(self) && w.weak.get(self)
  const [key, value] = args
  if (!members || !isObject(key)) return w.unsupported('changes a WeakMap of unknown origin')
  w.lookWeak(self, key)
  if (members.has(key) && Object.is(members.get(key), value)) return self
  w.touchWeak(self, key)
  const out = run(w, call)
  members.set(key, value)
  w.changedWeak(self, key)
  return out
})
own('WeakMap.prototype.delete WeakSet.prototype.delete', (w, call) => {
  const { self, args } = call
  const members = isObject(self) && w.weak.get(self)
  const [key] = args
  if (!members || !isObject(key)) return w.unsupported('changes a WeakMap of unknown origin')
  w.lookWeak(self, key)
  if (members.has(key)) w.touchWeak(self, key)
  const out = run(w, call)
  members.delete(key)
  w.changedWeak(self, key)
  return out
})
own(
  'Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float64Array Float32Array',
  (w, call) => {
    const [from] = call.args
    if (typeof from === 'number') limit(w, from)
    else if (from !== undefined && !Array.isArray(from) && !ArrayBuffer.isView(from))
      w.unsupported('shares bytes')
    w.look(from)
    return constructed(w, call)
  },
)
own('RegExp', (w, call) => {
  const isPattern = call.args[0] instanceof RegExp
  if (isPattern) w.look(call.args[0])
  else checkText(w, call.args[0])
  checkText(w, call.args[1])
  return call.newTarget === undefined ? run(w, call) : constructed(w, call)
})
own('Function', (w, call) => {
  if (call.newTarget !== undefined && call.newTarget !== call.fn) w.unsupported('extends Function')
  for (const one of call.args) checkText(w, one)
  w.refuseOwn('makes code from text: Function()')
  const texts = call.args.map(String)
  return callers.get(w)!.fromText(texts.slice(0, -1), texts.at(-1) ?? '')
})

// A day alone is taken as UTC; all else has to say its zone after a time of day.
const ZONED =
  /^(\d{4}|[+-]\d{6})(-\d\d(-\d\d)?)?$|^.*\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d:?\d\d|GMT|UTC)$/

own('Date', (w, call) => {
  const { args, newTarget } = call
  if (newTarget === undefined) w.bail('ambient', 'reads the clock: Date()')
  if (args.length === 0) w.bail('ambient', 'reads the clock: new Date()')
  if (args.length > 1) w.bail('ambient', "uses the machine's time zone: new Date(year, month, …)")
  const [from] = args
  if (from instanceof Date) w.look(from)
  else if (isObject(from)) checkText(w, from)
  if (isObject(from) && !(from instanceof Date)) w.unsupported('makes a date of an object')
  if (typeof from === 'string' && !ZONED.test(from.trim()))
    w.bail('ambient', "uses the machine's time zone: new Date() of text without a zone")
  return constructed(w, call)
})
own('Date.parse', (w, call) => {
  if (typeof call.args[0] !== 'string' || !ZONED.test(call.args[0].trim()))
    w.bail('ambient', "uses the machine's time zone: Date.parse() of text without a zone")
  return run(w, call)
})
