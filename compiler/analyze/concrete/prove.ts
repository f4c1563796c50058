// Handlers that read nothing of the request are run for real, until nothing changes: what such a run reads and changes
// is exactly what every request would. One that changes nothing, or only keeps for later what it would
// compute again just so, is proved as long as no other code has a hand in what it read.

import { Bail } from './bail.ts'
import { contextOf, nextOf, settled } from './answer.ts'
import type { Interpreter } from './interpreter.ts'
import { adopt } from './load.ts'
import { isSame } from './same.ts'
import type { Context } from '../value.ts'
import type { Key, World } from './world.ts'

export interface Proof {
  /** What the handler read that is older than the call. */
  reads: Map<object, Set<Key>>
  /** All it wrote that is older than the call, also where that came to nothing. */
  writes: Map<object, Set<Key>>
  /** What of that it wrote in a later run than the first. */
  rewrites: Map<object, Set<Key>>
  /** Whether a later run changed what an earlier one had made. */
  ripens: boolean
  /** Its answer, as one text. */
  answer: string
  /** What it keeps for later calls, by owner and key: by run, the value it left there. */
  kept: Map<object, Map<Key, unknown[]>>
}

/** Runs after which nothing may change any more. */
const MAX_RUNS = 4

/** An export of a chunk, run in a context of its own. */
export interface Runnable {
  chunk: string
  name: string
  context: Context
}

/**
 * Runs a handler; what stopped the run where it is no proof.
 * @param earlier a handler that has answered a request before
 */
export function prove(
  interpreter: Interpreter,
  { chunk, name, context }: Runnable,
  earlier: Runnable | null = null,
): Proof | Bail {
  const { w } = interpreter
  const done: World['changes'][] = []
  const reads: Proof['reads'] = new Map()
  const writes: Proof['writes'] = new Map()
  const rewrites: Proof['rewrites'] = new Map()
  const kept: Proof['kept'] = new Map()
  let ripens = false
  let answer: string | null = null
  const proof = (): Proof => ({ reads, writes, rewrites, ripens, kept, answer: answer! })
  try {
    if (earlier) {
      runOnce(interpreter, earlier.chunk, earlier.name, earlier.context)
      done.push(w.changes)
      if (!adopt(w, [...w.changes.keys()], earlier.context))
        w.unsupported('keeps what cannot be looked into')
    }
    for (let runs = 0; ; runs++) {
      const now = runOnce(interpreter, chunk, name, context)
      for (const [owner, keys] of w.reads)
        if (w.owners.get(owner) !== context) addAll(reads, owner, keys)
      for (const [owner, keys] of w.writes) {
        if (w.owners.get(owner) === context) {
          ripens = true
          continue
        }
        addAll(writes, owner, keys)
        if (runs > 0) addAll(rewrites, owner, keys)
      }
      done.push(w.changes)
      if ((answer ??= now) !== now || runs === MAX_RUNS)
        w.bail('state', 'changes what outlives the request')
      if (w.changes.size === 0) return proof()
      // What it left behind is old for the next run.
      if (!adopt(w, [...w.changes.keys()], context))
        w.unsupported('keeps what cannot be looked into')
      if (runs > 0 && isRenewed(w, kept, w.changes, context)) return proof()
      note(w, kept, w.changes, context, runs)
    }
  } catch (error) {
    if (done.at(-1) !== w.changes) done.push(w.changes)
    if (error instanceof Bail) return error
    return new Bail('unsupported', 'throws', [])
  } finally {
    for (const changes of done.reverse()) w.undo(changes)
  }
}

function addAll(to: Map<object, Set<Key>>, owner: object, keys: Iterable<Key>): void {
  to.set(owner, new Set([...(to.get(owner) ?? []), ...keys]))
}

function runOnce(interpreter: Interpreter, chunk: string, name: string, context: Context): string {
  const { w } = interpreter
  w.begin(context, false)
  const handler = interpreter.exported(chunk, name)
  if (typeof handler !== 'function') w.unsupported('is no function')
  const out = settled(w, interpreter.call(handler, undefined, [contextOf(w), nextOf(w)]))
  if (w.failed) throw w.failed
  if (w.doomed) w.unsupported('reads memory as others left it')
  w.settleChanges()
  return out
}

/**
 * Whether a run left everything just as it found it, but for objects made anew: then so will every
 * later one.
 */
function isRenewed(
  w: World,
  kept: Proof['kept'],
  changes: World['changes'],
  context: Context,
): boolean {
  const before: unknown[] = []
  const after: unknown[] = []
  const add = (owner: object, key: Key): void => {
    const changed = changes.get(owner)
    const isWhole = key === '*' && !!changed?.content
    const now = isWhole ? w.contentOf(owner) : memberOf(owner, key)
    after.push(now)
    if (isWhole) before.push(changed.content)
    else before.push(changed?.members.has(key) ? heldBy(changed.members.get(key)) : now)
  }
  for (const [owner, { members, content }] of changes) {
    if (w.owners.get(owner) === context) return false
    for (const key of [...members.keys(), ...(content ? ['*'] : [])]) add(owner, key)
  }
  // What did not change hangs on the same objects still.
  for (const [owner, values] of kept)
    for (const key of values.keys()) {
      const changed = changes.get(owner)
      if (changed?.content || changed?.members.has(key)) continue
      const now = key === '*' ? w.contentOf(owner) : memberOf(owner, key)
      before.push(now)
      after.push(now)
    }
  return isSame(w, before, after, value => {
    const by = w.owners.get(value)
    return by !== undefined && by !== context
  })
}

/** Adds what a run leaves in what was there before all runs, one value a run. */
function note(
  w: World,
  kept: Proof['kept'],
  changes: World['changes'],
  context: Context,
  run: number,
): void {
  for (const [owner, { members, content }] of changes) {
    if (w.owners.get(owner) === context) continue
    let values = kept.get(owner)
    if (!values) kept.set(owner, (values = new Map()))
    for (const key of [...members.keys(), ...(content ? ['*'] : [])])
      values.set(key, [
        ...(values.get(key) ?? []),
        [run, key === '*' && content ? w.contentOf(owner) : memberOf(owner, key)],
      ])
  }
}

function memberOf(owner: object, key: Key): unknown {
  return heldBy(Reflect.getOwnPropertyDescriptor(owner, key))
}

function heldBy(found: PropertyDescriptor | undefined): unknown {
  return found && ('value' in found ? [found.value] : [found.get, found.set])
}
