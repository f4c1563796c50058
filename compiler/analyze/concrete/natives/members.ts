// What works on the members of objects, on functions and on JSON.

import { jsonText } from '../json.ts'
import { copyMembers } from '../members.ts'
import { callers, listOf, look, own, run } from '../native.ts'
import { checkStored, checkText, define, get, has, remove, set, toKey } from '../objects.ts'
import { PATHS } from '../realm.ts'
import { isObject } from '../kinds.ts'
import type { World } from '../world.ts'

own('Object.assign', (w, { args }) => {
  const [target, ...sources] = args
  if (!isObject(target)) w.unsupported('assigns to a primitive')
  for (const source of sources) {
    if (source === undefined || source === null) continue
    copyMembers(w, source, (key, value) => set(w, target, key, value))
  }
  return target
})

own('Object.create', (w, { args }) => {
  const [proto, members] = args
  if (isObject(proto) && w.exotics.has(proto)) w.unsupported('inherits from what it was given')
  if (members !== undefined) {
    const made = Object.create(proto as object | null) as object
    defineAll(w, made, members)
    return made
  }
  return Object.create(proto as object | null)
})

function descriptorOf(w: World, value: unknown): PropertyDescriptor {
  if (!isObject(value)) throw new TypeError('Property description must be an object')
  const out: Record<string, unknown> = {}
  for (const key of ['value', 'writable', 'enumerable', 'configurable', 'get', 'set'])
    if (has(w, value, key)) out[key] = get(w, value, key)
  return out
}

function defineAll(w: World, target: object, members: unknown): void {
  copyMembers(w, members, (key, value) => define(w, target, key, descriptorOf(w, value)))
}

own('Object.defineProperty', (w, { args }) => {
  const [target, key, how] = args
  if (!isObject(target)) throw new TypeError('Object.defineProperty called on non-object')
  w.noteChange(target)
  define(w, target, toKey(w, key), descriptorOf(w, how))
  return target
})
own('Reflect.defineProperty', (w, { args }) => {
  const [target, key, how] = args
  if (!isObject(target)) throw new TypeError('Reflect.defineProperty called on non-object')
  const found = descriptorOf(w, how)
  const name = toKey(w, key)
  checkStored(w, name, found.value)
  w.touch(target, name)
  if (found.get || found.set) w.unsupported('defines an accessor by Reflect')
  return Reflect.defineProperty(target, name, found)
})
own('Object.defineProperties', (w, { args }) => {
  if (!isObject(args[0])) throw new TypeError('Object.defineProperties called on non-object')
  w.noteChange(args[0])
  defineAll(w, args[0], args[1])
  return args[0]
})
own('Object.freeze Object.seal Object.preventExtensions', (w, call) => {
  const [target] = call.args
  if (isObject(target)) {
    if (PATHS.has(target)) w.unsupported('freezes a builtin')
    if (w.isOlder(target)) w.unsupported('freezes what outlives the call')
  }
  return run(w, call)
})
own('Object.setPrototypeOf', (w, call) => {
  const [target, proto] = call.args
  if (isObject(proto) && w.exotics.has(proto)) w.unsupported('inherits from what it was given')
  if (isObject(target)) {
    if (PATHS.has(target) || w.isOlder(target))
      w.unsupported('changes the prototype of what outlives the call')
    if (isObject(proto) && Object.getPrototypeOf(target) === proto) return target
    w.noteChange(target)
  }
  return run(w, call)
})
own('Reflect.get', (w, { args }) =>
  get(w, args[0], toKey(w, args[1]), args.length > 2 ? args[2] : args[0]),
)
own('Reflect.set', (w, { args }) => {
  if (args.length > 3) w.unsupported('uses Reflect.set() with a receiver')
  try {
    set(w, args[0], toKey(w, args[1]), args[2])
  } catch (error) {
    if (w.failed) throw w.failed
    w.unsupported('Reflect.set() that fails')
    throw error
  }
  return true
})
own('Reflect.has', (w, { args }) => has(w, args[0], toKey(w, args[1])))
own('Reflect.deleteProperty', (w, { args }) => remove(w, args[0], toKey(w, args[1])))
own('Reflect.apply', (w, { args }) => callers.get(w)!.call(args[0], args[1], listOf(w, args[2])))
own('Reflect.construct', (w, { args }) =>
  callers.get(w)!.construct(args[0], listOf(w, args[1]), args.length > 2 ? args[2] : args[0]),
)

own('Function.prototype.call', (w, { self, args }) =>
  callers.get(w)!.call(self, args[0], args.slice(1)),
)
own('Function.prototype.apply', (w, { self, args }) =>
  callers.get(w)!.call(self, args[0], listOf(w, args[1])),
)
own('Function.prototype.bind', (w, { self, args }) =>
  callers.get(w)!.bind(self, args[0], args.slice(1)),
)
own('Function.prototype.@@hasInstance', (w, call) => run(w, call))

own('JSON.parse', (w, call) => {
  checkText(w, call.args[0])
  if (call.args[1] !== undefined) look(w, { ...call, args: [call.args[1]] })
  return run(w, call)
})
own('JSON.stringify', (w, { args: [value, replacer, space] }) => {
  if (isObject(space) || (isObject(replacer) && typeof replacer !== 'function'))
    w.unsupported('makes JSON in an unusual way')
  const by = typeof replacer === 'function' ? replacer : null
  return jsonText(
    w,
    value,
    by && ((holder, key, one) => callers.get(w)!.call(by, holder, [key, one])),
    space as string | number | undefined,
  )
})
