// Private members: one slot for each object and each evaluation of the class that names it.

import type { Place } from './scope.ts'
import type { Unit } from './unit.ts'
import { isObject } from './kinds.ts'
import type { Scope, World } from './world.ts'

export interface Slot {
  name: string
  value: unknown
  get: unknown
  set: unknown
  kind: 'value' | 'method' | 'accessor'
}

export interface Access {
  read(): unknown
  write(value: unknown): void
}

/** Finds what `#name` is on an object; null (where `mayMiss`) if it has none. */
export function privateSlot(
  u: Unit,
  name: string,
  place: Place,
): (s: Scope, owner: unknown, mayMiss: boolean) => Access | null {
  let depth = 0
  let at: Place | null = place
  for (; at && !at.privates?.has(name); at = at.up) depth++
  const { w } = u
  return (s, owner, mayMiss) => {
    let scope = s
    for (let i = depth; i > 0; i--) scope = scope[0] as Scope
    const key = (scope[2] as Map<string, object>).get(name)!
    const slot = isObject(owner) ? slotsOf(w, owner).get(key) : undefined
    if (!slot) {
      // Code elsewhere may give it one.
      if (isObject(owner) && w.isOlder(owner)) w.unsupported(`asks for #${name}`)
      if (mayMiss) return null
      throw new TypeError(`Cannot read private member #${name}`)
    }
    return {
      read() {
        w.noteRead(slot, 'value')
        if (slot.kind !== 'accessor') return slot.value
        if (!slot.get) throw new TypeError('no getter')
        return u.call(slot.get, owner, [])
      },
      write(value) {
        if (slot.kind === 'method') throw new TypeError('Private method is not writable')
        if (slot.kind === 'accessor') {
          if (!slot.set) throw new TypeError('no setter')
          u.call(slot.set, owner, [value])
          return
        }
        if (!w.isLoading && w.isOlder(slot)) w.bail('state', 'changes what outlives the request')
        w.touch(slot, 'value')
        slot.value = value
      },
    }
  }
}

/** Gives an object a private member; one that is older than the call would be seen with it. */
export function stamp(w: World, owner: object, key: object, slot: Slot): void {
  const slots = slotsOf(w, owner)
  if (w.isOlder(owner)) w.unsupported('gives a private member to what is older')
  if (slots.has(key) && slot.kind !== 'accessor')
    throw new TypeError('Cannot initialize a private member twice on the same object')
  slots.set(key, slot)
}

export function slotsOf(w: World, owner: object): Map<object, Slot> {
  let slots = w.privates.get(owner)
  if (!slots) w.privates.set(owner, (slots = new Map()))
  return slots
}
