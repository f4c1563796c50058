// Handlers that were each proved alone, side by side: which of them could answer otherwise once another
// one has run. What several keep in one place has to be the same, kept at the first run, all of it or
// nothing, and never written again: then a handler meets it unset or set, and both are run.

import { Bail } from './bail.ts'
import type { Interpreter } from './interpreter.ts'
import { type Proof, prove, type Runnable } from './prove.ts'
import { isSame } from './same.ts'
import type { Key, World } from './world.ts'

interface Proved extends Runnable {
  proof: Proof
}

type Places = Map<object, Set<Key>>

/** Those of `all` whose answers could depend on the others. What they read side by side is added. */
export function disagreeing<P extends Proved>(interpreter: Interpreter, all: P[]): Set<P> {
  const { w } = interpreter
  const kept = keptBy(all)
  const out = new Set<P>()
  const shared = new Map(all.map(one => [one, sharedOf(one, all, kept)]))
  const union: Places = new Map()
  for (const places of shared.values())
    for (const [owner, keys] of places)
      for (const key of keys) union.set(owner, (union.get(owner) ?? new Set()).add(key))
  for (const one of all) {
    const places = shared.get(one)!
    if (places.size === 0) continue
    const others = all.filter(other => other !== one && touches(other.proof.writes, places))
    const misfits = others.filter(other => !isTwin(w, one.proof, other.proof, places))
    if (misfits.length > 0) for (const misfit of [one, ...misfits]) out.add(misfit)
    else if (!isSteady(interpreter, one, others[0]!, places, union, sharedAgain)) out.add(one)
  }
  return out

  function sharedAgain(one: Proved, proof: Proof): Places {
    return sharedOf(
      { ...one, proof },
      all.filter(other => other.context !== one.context),
      kept,
    )
  }
}

/** Every place that is another value after some handler has run. */
function keptBy(all: Proved[]): Places {
  const kept: Places = new Map()
  for (const { proof } of all)
    for (const [owner, values] of proof.kept)
      kept.set(owner, new Set([...(kept.get(owner) ?? []), ...values.keys()]))
  return kept
}

/** What a handler reads and another one writes; a place that nobody leaves changed is none. */
function sharedOf(one: Proved, all: Proved[], kept: Places): Places {
  const shared: Places = new Map()
  for (const [owner, read] of one.proof.reads) {
    if (!kept.has(owner)) continue
    for (const other of all) {
      if (other.context === one.context) continue
      for (const key of other.proof.writes.get(owner) ?? [])
        if (has(read, key) && has(kept.get(owner)!, key))
          shared.set(owner, (shared.get(owner) ?? new Set()).add(key))
    }
  }
  return shared
}

function has(keys: Set<Key>, key: Key): boolean {
  return keys.has(key) || keys.has('*') || (key === '*' && keys.size > 0)
}

function touches(writes: Places, places: Places): boolean {
  for (const [owner, keys] of places)
    for (const key of keys) if (has(writes.get(owner) ?? new Set(), key)) return true
  return false
}

/** Whether both leave the same at `places` when they first run, and never write there again. */
function isTwin(w: World, a: Proof, b: Proof, places: Places): boolean {
  const left: unknown[] = []
  const right: unknown[] = []
  for (const [owner, keys] of places) {
    // A part of what is looked at as a whole cannot be told apart from the rest.
    if (keys.has('*') && keys.size > 1) return false
    for (const key of keys) {
      for (const { reads, writes } of [a, b]) {
        const all = [...(reads.get(owner) ?? []), ...(writes.get(owner) ?? [])]
        if (all.some(one => one !== key && (one === '*' || key === '*'))) return false
      }
      const one = a.kept.get(owner)?.get(key)
      const other = b.kept.get(owner)?.get(key)
      if (!one || !other) return false
      left.push(one)
      right.push(other)
    }
  }
  if (touches(a.rewrites, places) || touches(b.rewrites, places)) return false
  if (a.ripens || b.ripens) return false
  return isSame(w, left, right, value => {
    const by = w.owners.get(value)
    return by !== undefined && by.kind !== 'call'
  })
}

/** Whether a handler does after another one just what it does alone; adds what it reads then. */
function isSteady(
  interpreter: Interpreter,
  one: Proved,
  earlier: Proved,
  places: Places,
  union: Places,
  sharedAgain: (one: Proved, proof: Proof) => Places,
): boolean {
  const after = prove(interpreter, one, earlier)
  const { proof } = one
  if (after instanceof Bail || after.answer !== proof.answer || after.ripens) return false
  if (!isWithin(after.writes, proof.writes)) return false
  if (touches(after.writes, places)) return false
  if (!isWithin(sharedAgain(one, after), places)) return false
  for (const [owner, keys] of union)
    for (const key of keys) {
      if (places.get(owner)?.has(key)) continue
      const alone = proof.kept.get(owner)?.get(key)
      const now = after.kept.get(owner)?.get(key)
      const isOld = (value: object): boolean => {
        const by = interpreter.w.owners.get(value)
        return by !== undefined && by.kind !== 'call'
      }
      if (!isSame(interpreter.w, alone, now, isOld)) return false
    }
  for (const [owner, keys] of after.reads)
    proof.reads.set(owner, new Set([...(proof.reads.get(owner) ?? []), ...keys]))
  return true
}

function isWithin(inner: Places, outer: Places): boolean {
  for (const [owner, keys] of inner)
    for (const key of keys) if (!outer.get(owner)?.has(key)) return false
  return true
}
