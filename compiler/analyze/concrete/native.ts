// What every call of a builtin goes through: noting what it looks at, refusing what it could call
// unseen, running it. Rules of single builtins are kept here and stand in natives/.

import { get, refuseUnusual } from './objects.ts'
import { PATHS } from './realm.ts'
import { ruleOf } from './rules.ts'
import { isMap, isObject, isSet } from './kinds.ts'
import type { World } from './world.ts'

export type Fn = (...args: unknown[]) => unknown
type Own = (w: World, call: NativeCall) => unknown

export interface NativeCall {
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

export const callers = new WeakMap<World, Caller>()

export function setCaller(w: World, caller: Caller): void {
  callers.set(w, caller)
}

export function checked(w: World, value: unknown): unknown {
  if (w.failed) throw w.failed
  return value
}

export function run(w: World, { fn, self, args }: NativeCall): unknown {
  const made = checked(w, Reflect.apply(fn, self, args))
  w.spend(made)
  return made
}

/** Notes what a call looks at; what it may call itself must be the code's own or harmless. */
export function look(w: World, { path, self, args }: NativeCall): void {
  if (isObject(self)) {
    if (path.startsWith('Object.prototype.')) refuseUnusual(w, self)
    // `Object.keys(…)` is called on its namespace, which it does not look at.
    if (PATHS.has(self) && path !== `${PATHS.get(self)}.${path.split('.').at(-1)}`)
      w.unsupported(`calls ${path}() on a builtin`)
    if (!PATHS.has(self)) w.look(self)
    if (Array.isArray(self)) lookSpecies(w, self)
  }
  for (const one of args) {
    if (!isObject(one)) continue
    if (ITERATES.test(path)) refuseIterable(w, one)
    if (KINDS.test(path)) refuseUnusual(w, one)
    if (!PATHS.has(one)) w.look(one)
    else if (typeof one === 'function') {
      const rule = ruleOf(PATHS.get(one)!)
      const isHarmless =
        rule === 'text' ||
        /^(Boolean|String|Number|Array\.isArray|Object\.(keys|values|entries))$/.test(
          PATHS.get(one)!,
        )
      if (!isHarmless && !KEEPS.test(path)) w.unsupported(`hands a builtin to ${path}()`)
    } else if (/^Object\.(getOwn|hasOwn|keys|values|entries)|^Reflect\.(own|getOwn)/.test(path))
      w.unsupported('lists a builtin')
  }
  const owner = path.startsWith('Object.prototype.') ? self : args[0]
  if (ASKS.test(path) && owner instanceof Error) w.unsupported('lists the members of an error')
  if (/^(Array\.prototype\.flat|Object\.fromEntries|Map|Set)$/.test(path)) {
    if (isObject(self) && !PATHS.has(self)) w.lookDeep(self)
    for (const one of args) w.lookDeep(one)
  }
  if (path === 'Array.from')
    limit(w, isObject(args[0]) ? Number(get(w, args[0], 'length') ?? 0) : 0)
}

/** Calls that go through what they are given by the protocol, which is then not followed. */
const ITERATES = /^(Array\.from|Object\.fromEntries|Map|Set)$/

/** Calls that tell one kind of function from another. */
const KINDS = /^(Object|Reflect)\.(get|has|own)/

/** Refuses what says by code of its own how it is gone through. */
export function refuseIterable(w: World, value: unknown): void {
  if (!isObject(value) || PATHS.has(value) || w.exotics.has(value)) return
  const method = get(w, value, Symbol.iterator)
  if (method === undefined && 'length' in value) return
  if (typeof method === 'function' && !PATHS.has(method))
    w.unsupported('goes through an iterable of its own')
  if (Object.hasOwn(value, 'next')) w.unsupported('goes through an iterator of its own')
}

/** What a list is asked for the class of lists made from it. */
function lookSpecies(w: World, list: object): void {
  const proto: unknown = Object.getPrototypeOf(list)
  if (proto === Array.prototype && !Object.hasOwn(list, 'constructor')) return
  const made = get(w, list, 'constructor')
  if (isObject(made) && !PATHS.has(made)) w.look(made)
}

/** Calls that tell which members there are, those the engine adds to an error too. */
const ASKS = /^(Object|Reflect)\.(getOwn|hasOwn|ownKeys)|^Object\.prototype\.(hasOwn|property)/

/** Calls that only store or compare what they are given. */
const KEEPS =
  /^(Array\.prototype\.(push|unshift|includes|indexOf|lastIndexOf|concat|fill|splice)|(Map|Set)\.prototype\.(get|set|has|add|delete)|Array\.of|Object\.(is|getPrototypeOf))$|^Object\.prototype\.isPrototypeOf$/

export function changing(w: World, { path, args }: NativeCall, self: object): void {
  if (/^(Map|Set)/.test(path)) {
    w.noteWrite(self, '*')
    // What is there already is no change.
    if (path.endsWith('.add') && isSet(self) && Set.prototype.has.call(self, args[0])) return
    if (
      path.endsWith('.set') &&
      isMap(self) &&
      Map.prototype.has.call(self, args[0]) &&
      Object.is(Map.prototype.get.call(self, args[0]), args[1])
    )
      return
  }
  w.touchAll(self)
}

export function limit(w: World, length: number): void {
  if (length > MAX_LENGTH) w.unsupported('makes a long text or list')
}

export const OWN = new Map<string, Own>()

export function own(paths: string, rule: Own): void {
  for (const path of paths.split(' ')) OWN.set(path, rule)
}

export const constructed = (w: World, { fn, args, newTarget }: NativeCall): object => {
  const made = Reflect.construct(fn, args, newTarget as Fn) as object
  if (w.failed) throw w.failed
  w.spend(made)
  return made
}

export function listOf(w: World, value: unknown): unknown[] {
  if (value === undefined || value === null) return []
  w.look(value)
  return Array.prototype.slice.call(value) as unknown[]
}
