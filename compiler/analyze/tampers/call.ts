// One call as the search sees it, and what the files about calls share.

import { type Element, type Slot, Thing } from './graph.ts'
import type { Place, World } from './world.ts'

export interface Args {
  list: Slot[]
  /** What is spread into them, each at any place. */
  any: Slot | null
}

export interface Call {
  place: Place
  callee: Slot
  self: Slot
  args: Args
  out: Slot
  isNew?: boolean
  /** Of `x.name(…)`: the name. */
  method: string | null
  /** Of a global: its path. */
  path: string | null
  /** The path of `x` in `x.call(…)`. */
  ownerPath: string | null
}

export const OF_LANGUAGE: Element[] = ['lang', 'safe', 'host', 'inherited']

/** What promises among the values of a slot give reaches it too. */
export function unwrap({ graph }: World, slot: Slot): void {
  graph.each(slot, element => {
    if (element instanceof Thing && element.kind === 'native') graph.flow(element.all, slot)
  })
}

export function all({ list, any }: Args): Slot[] {
  return any ? [...list, any] : list
}

export function mixed(world: World, slots: Slot[]): Slot {
  const out = world.graph.slot()
  for (const slot of slots) world.graph.flow(slot, out)
  return out
}
