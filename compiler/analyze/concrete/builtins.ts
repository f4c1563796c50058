// Calls of what the language provides: what it would look at or change is noted first, then the real
// function runs. What could do more than that is refused.

import type { Closure } from './closure.ts'
import { checkStored, checkText, define, get, has, remove, set, toKey } from './objects.ts'
import { PATHS } from './realm.ts'
import { ruleOf } from './rules.ts'
import { isObject, type World } from './world.ts'

type Fn = (...args: unknown[]) => unknown
type Own = (w: World, call: NativeCall) => unknown

interface NativeCall {
  fn: Fn
  path: string
  self: unknown
  args: unknown[]
  /** After `new`. */
  newTarget: unknown
}

/** Longer texts and lists than this are not made. */
const MAX_LENGTH = 1_000_000

/** Code from text and other calls need the interpreter; it puts itself here. */
export interface Caller {
  call(callee: unknown, self: unknown, args: unknown[]): unknown
  construct(callee: unknown, args: unknown[], newTarget: unknown): unknown
  bind(target: unknown, self: unknown, args: unknown[]): unknown
  fromText(params: string[], body: string): unknown
}

const callers = new WeakMap<World, Caller>()

export function setCaller(w: World, caller: Caller): void {
  callers.set(w, caller)
}

/** Calls, or with `newTarget` constructs, a function of the language. */
export function callNative(
  w: World,
  fn: Fn,
  self: unknown,
  args: unknown[],
  newTarget?: unknown,
): unknown {
  const path = PATHS.get(fn)!
  const rule = ruleOf(path)
  w.step()
  if (!rule) w.unsupported(`calls ${path}()`)
  const call = { fn, path, self, args, newTarget }
  if (rule === 'own') return checked(w, OWN.get(path)!(w, call))
  if (newTarget !== undefined) throw new TypeError(`${path} is not a constructor`)
  if (rule === 'text') {
    if (/^Date/.test(path)) w.look(self)
    else if (path.includes('.prototype.')) checkText(w, self)
    for (const one of args) checkText(w, one)
  } else look(w, call)
  if (rule === 'change' && isObject(self)) changing(w, call, self)
  return run(w, call)
}

function checked(w: World, value: unknown): unknown {
  if (w.failed) throw w.failed
  return value
}

function run(w: World, { fn, self, args }: NativeCall): unknown {
  return checked(w, Reflect.apply(fn, self, args))
}

/** Notes what a call looks at; what it may call itself must be the code's own or harmless. */
function look(w: World, { path, self, args }: NativeCall): void {
  if (isObject(self)) {
    // `Object.keys(…)` is called on its namespace, which it does not look at.
    if (PATHS.has(self) && path !== `${PATHS.get(self)}.${path.split('.').at(-1)}`)
      w.unsupported(`calls ${path}() on a builtin`)
    if (!PATHS.has(self)) w.look(self)
  }
  for (const one of args) {
    if (!isObject(one)) continue
    if (!PATHS.has(one)) w.look(one)
    else if (typeof one === 'function') {
      const rule = ruleOf(PATHS.get(one)!)
      const isHarmless =
        rule === 'text' ||
        /^(Boolean|String|Number|Array\.isArray|Object\.(keys|values|entries))$/.test(
          PATHS.get(one)!,
        )
      if (!isHarmless && !KEEPS.test(path)) w.unsupported(`hands a builtin to ${path}()`)
    } else if (/^Object\.(getOwn|keys|values|entries)|^Reflect\.own/.test(path))
      w.unsupported('lists a builtin')
  }
  if (/^(Object|Reflect)\.getOwn/.test(path) && args[0] instanceof Error)
    w.unsupported('lists the members of an error')
  if (/^(Array\.prototype\.flat|Object\.fromEntries|Map|Set)$/.test(path)) {
    if (isObject(self) && !PATHS.has(self)) w.lookDeep(self)
    for (const one of args) w.lookDeep(one)
  }
  if (path === 'Array.from')
    limit(w, isObject(args[0]) ? Number(get(w, args[0], 'length') ?? 0) : 0)
}

/** Calls that only store or compare what they are given. */
const KEEPS =
  /^(Array\.prototype\.(push|unshift|includes|indexOf|lastIndexOf|concat|fill|splice)|(Map|Set)\.prototype\.(get|set|has|add|delete)|Array\.of|Object\.(is|hasOwn|getPrototypeOf|getOwnPropertyDescriptor))$|^Object\.prototype\.(isPrototypeOf|hasOwnProperty)$/

function changing(w: World, { path, args }: NativeCall, self: object): void {
  if (/^(Map|Set)/.test(path)) {
    // What is there already is no change.
    const isMap = path.startsWith('Map')
    if (path.endsWith('.add') && self instanceof Set && Set.prototype.has.call(self, args[0]))
      return
    if (
      isMap &&
      path.endsWith('.set') &&
      self instanceof Map &&
      Map.prototype.has.call(self, args[0]) &&
      Object.is(Map.prototype.get.call(self, args[0]), args[1])
    )
      return
  }
  w.touchAll(self)
}

function limit(w: World, length: number): void {
  if (length > MAX_LENGTH) w.unsupported('makes a long text or list')
}

// ---------------------------------------------------------------- rules of their own

const OWN = new Map<string, Own>()

function own(paths: string, rule: Own): void {
  for (const path of paths.split(' ')) OWN.set(path, rule)
}

const constructed = (w: World, { fn, args, newTarget }: NativeCall): object => {
  const made = Reflect.construct(fn, args, newTarget as Fn) as object
  if (w.failed) throw w.failed
  return made
}

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
own('Error.captureStackTrace', () => undefined)
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
  w.look(call.self)
  return run(w, call)
})
own('WeakMap.prototype.set WeakSet.prototype.add', (w, call) => {
  const { self, args } = call
  const members = isObject(self) && w.weak.get(self)
  if (!members) return w.unsupported('changes a WeakMap of unknown origin')
  const key = args[0] as object
  w.look(self)
  if (members.has(key) && Object.is(members.get(key), args[1])) return self
  w.touchAll(self as object)
  const out = run(w, call)
  members.set(key, args[1])
  return out
})
own('WeakMap.prototype.delete WeakSet.prototype.delete', (w, call) => {
  const members = isObject(call.self) && w.weak.get(call.self)
  if (!members) return w.unsupported('changes a WeakMap of unknown origin')
  w.touchAll(call.self as object)
  members.delete(call.args[0] as object)
  return run(w, call)
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
  for (const one of call.args) checkText(w, one)
  const texts = call.args.map(String)
  return callers.get(w)!.fromText(texts.slice(0, -1), texts.at(-1) ?? '')
})

const ZONED = /^[+-]?\d{4,6}(-\d\d(-\d\d)?)?$|(Z|[+-]\d\d:?\d\d|GMT|UTC)$/

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

own('Array.prototype.join Array.prototype.toString', (w, call) => {
  checkText(w, call.self)
  checkText(w, call.args[0])
  return run(w, call)
})
own('Array.prototype.sort Array.prototype.toSorted', (w, call) => {
  look(w, call)
  if (call.args[0] === undefined) checkText(w, call.self)
  if (call.path.endsWith('sort') && isObject(call.self)) w.touchAll(call.self)
  return run(w, call)
})
own('String.prototype.padStart String.prototype.padEnd String.prototype.repeat', (w, call) => {
  checkText(w, call.self)
  for (const one of call.args) checkText(w, one)
  const count = Number(call.args[0])
  limit(w, call.path.endsWith('repeat') ? count * String(call.self).length : count)
  return run(w, call)
})
own('String.raw', (w, call) => {
  w.lookDeep(call.args[0])
  for (const one of call.args.slice(1)) checkText(w, one)
  return run(w, call)
})

/** Runs `act`, which may move the `lastIndex` of a pattern that is older. */
function withPattern(w: World, pattern: unknown, reads: boolean, act: () => unknown): unknown {
  if (!(pattern instanceof RegExp)) {
    checkText(w, pattern)
    return act()
  }
  if (Object.getPrototypeOf(pattern) !== RegExp.prototype || Object.hasOwn(pattern, 'exec'))
    w.unsupported('uses a pattern of a class of its own')
  if (!pattern.global && !pattern.sticky) return act()
  if (reads || pattern.sticky) w.noteRead(pattern, 'lastIndex')
  if (!w.isOlder(pattern)) return act()
  const before = pattern.lastIndex
  const out = act()
  const after = pattern.lastIndex
  if (after !== before) {
    pattern.lastIndex = before
    w.touch(pattern, 'lastIndex')
    pattern.lastIndex = after
  }
  return out
}

own('RegExp.prototype.exec RegExp.prototype.test', (w, call) => {
  checkText(w, call.args[0])
  return withPattern(w, call.self, true, () => run(w, call))
})
own('String.prototype.match String.prototype.search', (w, call) => {
  checkText(w, call.self)
  return withPattern(w, call.args[0], false, () => run(w, call))
})
own('String.prototype.matchAll', (w, call) => {
  checkText(w, call.self)
  return withPattern(w, call.args[0], true, () => run(w, call))
})
own('String.prototype.split', (w, call) => {
  checkText(w, call.self)
  const [pattern] = call.args
  return withPattern(w, pattern, false, () => run(w, call))
})
own('String.prototype.replace String.prototype.replaceAll', (w, call) => {
  checkText(w, call.self)
  const [pattern, by] = call.args
  let given = by
  if (typeof by === 'function') {
    const caller = callers.get(w)!
    given = (...args: unknown[]) => {
      const out = caller.call(by, undefined, args)
      checkText(w, out)
      return out
    }
  } else checkText(w, by)
  return withPattern(w, pattern, false, () => run(w, { ...call, args: [pattern, given] }))
})

own('Object.assign', (w, { args }) => {
  const [target, ...sources] = args
  if (!isObject(target)) w.unsupported('assigns to a primitive')
  for (const source of sources) {
    if (source === undefined || source === null) continue
    copyMembers(w, source, (key, value) => set(w, target, key, value))
  }
  return target
})

/** Hands out the own enumerable members of a value, as a spread does. */
export function copyMembers(
  w: World,
  source: unknown,
  put: (key: string | symbol, value: unknown) => void,
  without?: Set<string | symbol>,
): void {
  if (source === undefined || source === null) return
  w.look(source)
  if (isObject(source) && PATHS.has(source)) w.unsupported('lists a builtin')
  for (const key of Reflect.ownKeys(Object(source) as object)) {
    if (without?.has(key)) continue
    if (!Object.prototype.propertyIsEnumerable.call(source, key)) continue
    put(key, get(w, source, key))
  }
}

own('Object.create', (w, { args }) => {
  const [proto, members] = args
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
  if (isObject(target)) {
    if (PATHS.has(target) || w.isOlder(target))
      w.unsupported('changes the prototype of what outlives the call')
    if (isObject(proto) && Object.getPrototypeOf(target) === proto) return target
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

function listOf(w: World, value: unknown): unknown[] {
  if (value === undefined || value === null) return []
  w.look(value)
  return Array.prototype.slice.call(value) as unknown[]
}

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
own('JSON.stringify', (w, call) => {
  w.lookDeep(call.args[0])
  look(w, { ...call, args: call.args.slice(1) })
  return run(w, call)
})

/** Whether a function is one of the code that is run. */
export function closureOf(w: World, value: unknown): Closure | null {
  return typeof value === 'function' ? (w.closures.get(value) ?? null) : null
}
