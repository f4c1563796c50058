// Text and patterns: what is made into text is looked at first, and a pattern's place is put back.

import { callers, limit, look, own, run } from '../native.ts'
import { checkText } from '../objects.ts'
import { power } from '../power.ts'
import { PATHS } from '../realm.ts'
import { isObject } from '../kinds.ts'
import type { World } from '../world.ts'

own('Math.pow', (w, { args }) => power(w, args[0], args[1]))

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

/** What a builtin asks a pattern for: one that is its own takes the place of the language's. */
const OF_PATTERNS = [
  'exec',
  'flags',
  'global',
  'unicode',
  'constructor',
  'compile',
  Symbol.match,
  Symbol.matchAll,
  Symbol.replace,
  Symbol.search,
  Symbol.split,
]

/** Runs `act`, which may move the `lastIndex` of a pattern that is older. */
function withPattern(w: World, pattern: unknown, reads: boolean, act: () => unknown): unknown {
  if (!(pattern instanceof RegExp)) {
    // It may say by code of its own how it is used.
    if (isObject(pattern)) w.unsupported('uses an object as a pattern')
    return act()
  }
  if (
    Object.getPrototypeOf(pattern) !== RegExp.prototype ||
    Reflect.ownKeys(pattern).length > 1 ||
    PATHS.has(pattern)
  )
    w.unsupported('uses a pattern of a class of its own')
  for (const key of OF_PATTERNS) w.noteRead(pattern, key)
  if (!pattern.global && !pattern.sticky) return act()
  if (reads || pattern.sticky) w.noteRead(pattern, 'lastIndex')
  if (!w.isOlder(pattern)) return act()
  w.noteWrite(pattern, 'lastIndex')
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
