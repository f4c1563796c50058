// What may flow where, without regard to order: variables, the values that reach them, and objects by the
// place that makes them. Knows no syntax and no builtin; stops after a fixed number of steps.

import type { FunctionInfo } from '../program.ts'

/**
 * What is no object of the program: `lang` anything of the language, `safe` a function of it that does
 * nothing to what it is given, `inherited` a member of `Object.prototype` that a key may have chosen,
 * `host` what is imported from outside, `ext` what a host or Hono made or was given, `part` a member of that, `text`
 * a string or symbol that may be any, `word` a string that names nothing of the language by itself, `prim`
 * any other primitive.
 */
export type Outside =
  | 'lang'
  | 'safe'
  | 'inherited'
  | 'host'
  | 'ext'
  | 'part'
  | 'text'
  | 'word'
  | 'prim'
export type Element = Outside | Thing

/** More values reaching slots than this are not followed: about a second. */
const MAX_FLOWS = 400_000

export class TooMuch extends Error {}

/** What may hold values: a name, a member, an argument, what an expression gives. */
export class Slot {
  readonly elements = new Set<Element>()
  readonly pending = new Set<Element>()
  readonly to = new Set<Slot>()
  readonly listeners: ((element: Element) => void)[] = []

  has(...elements: Element[]): boolean {
    return elements.some(one => this.elements.has(one))
  }
}

/** All objects made at one place, or a function. */
export class Thing {
  readonly kind: 'object' | 'array' | 'function' | 'native'
  readonly fields = new Map<string, Slot>()
  /** Accessors by name, `*` where it is not known. */
  readonly getters = new Map<string, Slot>()
  readonly setters = new Map<string, Slot>()
  /** Members whose names are not known. */
  readonly star = new Slot()
  /** Those among them whose names may be symbols: an iterator is one. */
  readonly named = new Slot()
  readonly proto = new Slot()
  readonly all = new Slot()
  code: Code | null = null
  /** The host was given it: it is one with all that the host has. */
  isHosts = false

  constructor(kind: Thing['kind']) {
    this.kind = kind
  }
}

/** A function's own slots. */
export class Code {
  readonly info: FunctionInfo
  readonly params: Slot[] = []
  /** What may stand at any place among the arguments. */
  readonly anyParam = new Slot()
  readonly self = new Slot()
  readonly result = new Slot()
  readonly args = new Thing('array')
  /** What `new` makes. */
  readonly instance = new Thing('object')
  readonly isClass: boolean
  /** A class that is made of another one. */
  parent: Slot | null = null
  /** What a generator yields and gets. */
  readonly steps: Thing | null

  constructor(info: FunctionInfo, isClass: boolean) {
    this.info = info
    this.isClass = isClass
    this.steps = info.isGenerator ? new Thing('native') : null
  }

  param(index: number): Slot {
    return (this.params[index] ??= new Slot())
  }
}

export class Graph {
  private readonly queue: [Slot, Element][] = []
  private flows = 0

  slot(...elements: Element[]): Slot {
    const made = new Slot()
    for (const element of elements) this.add(made, element)
    return made
  }

  thing(kind: Thing['kind']): Thing {
    const made = new Thing(kind)
    this.flow(made.named, made.star)
    this.flow(made.star, made.all)
    return made
  }

  add(slot: Slot, value: Element): void {
    const element = value instanceof Thing && value.isHosts ? 'ext' : value
    if (slot.elements.has(element) || slot.pending.has(element)) return
    if (++this.flows > MAX_FLOWS) throw new TooMuch()
    slot.pending.add(element)
    this.queue.push([slot, element])
  }

  /** Whatever reaches `from` reaches `to`. */
  flow(from: Slot, to: Slot): void {
    if (from === to || from.to.has(to)) return
    from.to.add(to)
    for (const element of from.elements) this.add(to, element)
  }

  /** Calls `body` once with each value that reaches a slot, now or later. */
  each(slot: Slot, body: (element: Element) => void): void {
    slot.listeners.push(body)
    for (const element of [...slot.elements]) body(element)
  }

  field(thing: Thing, name: string): Slot {
    let slot = thing.fields.get(name)
    if (!slot) {
      thing.fields.set(name, (slot = new Slot()))
      this.flow(slot, thing.all)
    }
    return slot
  }

  /** Follows all until nothing new reaches anything. */
  settle(): void {
    for (let next = this.queue.pop(); next; next = this.queue.pop()) {
      const [slot, element] = next
      slot.pending.delete(element)
      slot.elements.add(element)
      for (const to of slot.to) this.add(to, element)
      const { length } = slot.listeners
      for (let i = 0; i < length; i++) slot.listeners[i]!(element)
    }
  }
}
