// Calls of what the language provides: what it would look at or change is noted first, then the real
// function runs. What could do more than that is refused.

import { changing, checked, type Fn, look, OWN, run } from './native.ts'
import './natives/make.ts'
import './natives/members.ts'
import './natives/text.ts'
import { checkText } from './objects.ts'
import { PATHS } from './realm.ts'
import { ruleOf } from './rules.ts'
import { isObject } from './kinds.ts'
import type { World } from './world.ts'

/** What `new` may be put before. */
const MAKERS = /^(?!Symbol$|BigInt$)[A-Z]\w*$/

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
  if (newTarget !== undefined && !MAKERS.test(path))
    throw new TypeError(`${path} is not a constructor`)
  if (rule === 'own') return checked(w, OWN.get(path)!(w, call))
  if (rule === 'text') {
    if (/^Date/.test(path)) w.look(self)
    else if (path.includes('.prototype.')) checkText(w, self)
    for (const one of args) checkText(w, one)
  } else look(w, call)
  if (rule === 'change' && isObject(self)) changing(w, call, self)
  return run(w, call)
}
