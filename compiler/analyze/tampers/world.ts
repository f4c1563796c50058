// The program as slots: who reads, writes and calls what, and which of it must be looked at once all
// values have settled. Members and accessors; what may be called; what is handed to the host.

import { type Code, type Element, Graph, Slot, Thing } from './graph.ts'
import { leadsFar, leadsOn } from './names.ts'
import type { FunctionInfo } from '../program.ts'

/** Who calls: a function, or a name for what begins to run by itself. */
export type Caller = FunctionInfo | string

/** What the host may run at any time. */
export const HOST = '*'

/** Something that must not be, to be asked once all has settled. */
export interface Check {
  by: Caller
  at: number
  chunk: string
  test: () => boolean
}

export interface Place {
  by: Caller
  chunk: string
  at: number
}

export class World {
  readonly graph = new Graph()
  readonly checks: Check[] = []
  readonly calls = new Map<Caller, Set<FunctionInfo>>()
  /** All that the host or Hono was given. */
  readonly handed: Slot
  readonly thrown = new Slot()
  /** What the host calls functions with. */
  readonly hosted: Slot
  /** Never to be added to. */
  readonly prim: Slot
  readonly word: Slot
  readonly text: Slot
  readonly lang: Slot
  readonly ext: Slot
  /** Names under which some code of the program writes. */
  readonly written: Set<string>
  private readonly hasAccessors: boolean
  private readonly lookups = new Map<Thing, Map<string, Slot>>()
  private readonly stores = new Map<Thing, Map<string, Slot>>()
  private readonly held = new Map<Slot, Slot>()

  constructor(written: Set<string>, hasAccessors: boolean) {
    const { graph } = this
    this.written = written
    this.hasAccessors = hasAccessors
    this.prim = graph.slot('prim')
    this.word = graph.slot('word')
    this.text = graph.slot('text')
    this.lang = graph.slot('lang')
    this.ext = graph.slot('ext')
    this.hosted = graph.slot('ext')
    graph.flow(this.thrown, this.hosted)
    this.handed = new Slot()
    const args = graph.slot('ext')
    graph.flow(this.thrown, args)
    graph.flow(this.handed, args)
    graph.flow(this.handed, this.thrown)
    graph.add(this.thrown, 'ext')
    this.open(this.handed, HOST, args)
  }

  check(place: Place, test: () => boolean): void {
    this.checks.push({ ...place, test })
  }

  /** Whether a slot may hold one of these; what is the host's may be what it was given. */
  may(slot: Slot, ...elements: Element[]): boolean {
    return slot.has(...elements) || (slot.has('ext', 'part') && this.handed.has(...elements))
  }

  // ---------------------------------------------------------------- members

  read(base: Slot, name: string, out: Slot): void {
    const { graph } = this
    graph.each(base, element => {
      if (element instanceof Thing) graph.flow(this.lookup(element, name), out)
      else this.readOutside(element, name, out)
    })
  }

  private readOutside(element: Element, name: string, out: Slot): void {
    const { graph } = this
    switch (element) {
      case 'lang':
      case 'safe':
        graph.add(out, 'lang')
        return
      case 'host':
        graph.add(out, 'host')
        if (leadsOn('native', name)) graph.add(out, leadsFar(name) ? 'lang' : 'safe')
        return
      case 'ext':
      case 'part':
        graph.add(out, 'part')
        graph.add(out, 'text')
        if (leadsOn('ext', name)) graph.add(out, leadsFar(name) ? 'lang' : 'safe')
        return
      case 'inherited':
        if (leadsOn('inherited', name)) graph.add(out, 'lang')
        return
      default:
        graph.add(out, name === 'length' || element === 'prim' ? 'prim' : 'text')
        if (leadsOn(element === 'prim' ? 'prim' : 'text', name))
          graph.add(out, leadsFar(name) ? 'lang' : 'safe')
    }
  }

  /** What a member of an object may be, its accessors called. */
  private lookup(thing: Thing, name: string): Slot {
    const { graph } = this
    let names = this.lookups.get(thing)
    if (!names) this.lookups.set(thing, (names = new Map()))
    let out = names.get(name)
    if (out) return out
    names.set(name, (out = new Slot()))
    const found = out
    if (leadsOn(thing.kind, name)) graph.add(found, leadsFar(name) ? 'lang' : 'safe')
    if (name === '__proto__') graph.flow(thing.proto, found)
    if (thing.kind === 'native' || (thing.kind === 'function' && name === 'name')) {
      graph.add(found, 'text')
      graph.add(found, 'part')
    }
    this.chain(thing, element => {
      if (element instanceof Thing) {
        graph.flow(graph.field(element, name), found)
        // What has no name is known by it.
        if (!name.startsWith('#')) graph.flow(element.star, found)
        if (this.hasAccessors)
          for (const key of [name, '*'])
            graph.each(this.accessor(element, 'getters', key), getter =>
              this.invoke(getter, HOST, {
                self: graph.slot(thing),
                list: [],
                any: null,
                out: found,
              }),
            )
      } else if (element === 'lang' || element === 'host' || element === 'safe') {
        if (leadsOn('native', name)) graph.add(found, leadsFar(name) ? 'lang' : 'safe')
        else if (element !== 'safe' && !this.written.has(name) && !name.startsWith('#'))
          graph.add(found, element === 'host' ? 'host' : 'lang')
      } else this.readOutside(element, name, found)
    })
    return found
  }

  /** The object and everything it may inherit from. */
  private chain(thing: Thing, body: (element: Element) => void): void {
    const seen = new Set<Element>()
    const visit = (element: Element): void => {
      if (seen.has(element)) return
      seen.add(element)
      body(element)
      if (element instanceof Thing) this.graph.each(element.proto, visit)
    }
    visit(thing)
  }

  accessor(thing: Thing, which: 'getters' | 'setters', name: string): Slot {
    let slot = thing[which].get(name)
    if (!slot) {
      thing[which].set(name, (slot = new Slot()))
      this.graph.flow(slot, thing.all)
    }
    return slot
  }

  /** A member whose name is not written out. */
  readAny(base: Slot, key: Slot, out: Slot): void {
    const { graph } = this
    graph.flow(this.contents(base), out)
    this.whenNamed(key, () =>
      graph.each(base, element => {
        if (element instanceof Thing)
          graph.add(out, element.kind === 'object' ? 'inherited' : 'lang')
        else if (
          element === 'inherited' ||
          element === 'ext' ||
          element === 'part' ||
          element === 'host'
        )
          graph.add(out, 'lang')
        else if (element === 'text' || element === 'word' || element === 'prim')
          graph.add(out, 'lang')
      }),
    )
  }

  /** Runs `body` once a key may be more than a number or a harmless name. */
  private whenNamed(key: Slot, body: () => void): void {
    let isDone = false
    this.graph.each(key, element => {
      if (element === 'prim' || element === 'word' || isDone) return
      isDone = true
      body()
    })
  }

  /** Everything that values hold, one level down. */
  contents(base: Slot): Slot {
    const { graph } = this
    let out = this.held.get(base)
    if (out) return out
    this.held.set(base, (out = new Slot()))
    const found = out
    graph.each(base, element => {
      if (element instanceof Thing) {
        this.chain(element, one => {
          if (one instanceof Thing) graph.flow(one.all, found)
          else if (one === 'ext' || one === 'part') graph.add(found, 'part')
        })
        if (this.hasAccessors)
          graph.each(element.all, getter => {
            if (
              getter instanceof Thing &&
              [...element.getters.values()].some(one => one.elements.has(getter))
            )
              this.invoke(getter, HOST, {
                self: graph.slot(element),
                list: [],
                any: null,
                out: found,
              })
          })
      } else if (element === 'ext' || element === 'part') {
        graph.add(found, 'part')
        graph.add(found, 'text')
      } else if (element === 'safe' || element === 'inherited') graph.add(found, 'lang')
      else if (element === 'word') graph.add(found, 'text')
      else graph.add(found, element)
    })
    return found
  }

  write(base: Slot, name: string, value: Slot, place: Place): void {
    const { graph } = this
    this.check(place, () => {
      if (this.may(base, 'lang', 'safe', 'host', 'inherited')) return true
      return base.has('ext', 'part') && leadsOn('function', name)
    })
    graph.each(base, element => {
      if (!(element instanceof Thing)) {
        if (element === 'ext' || element === 'part') graph.flow(value, this.handed)
        return
      }
      if (name === '__proto__') graph.flow(value, element.proto)
      graph.flow(value, this.store(element, name))
    })
  }

  /** What is written to a member: it is kept, and setters get it. */
  private store(thing: Thing, name: string): Slot {
    const { graph } = this
    let names = this.stores.get(thing)
    if (!names) this.stores.set(thing, (names = new Map()))
    let slot = names.get(name)
    if (slot) return slot
    names.set(name, (slot = new Slot()))
    const value = slot
    graph.flow(value, name === '*' ? thing.star : graph.field(thing, name))
    if (this.hasAccessors)
      this.chain(thing, element => {
        if (!(element instanceof Thing)) return
        const call = (setter: Element): void =>
          this.invoke(setter, HOST, {
            self: graph.slot(thing),
            list: [value],
            any: null,
            out: new Slot(),
          })
        if (name !== '*')
          for (const key of [name, '*']) graph.each(this.accessor(element, 'setters', key), call)
        else
          graph.each(element.all, setter => {
            if (
              setter instanceof Thing &&
              [...element.setters.values()].some(one => one.elements.has(setter))
            )
              call(setter)
          })
      })
    return value
  }

  writeAny(base: Slot, key: Slot, value: Slot, place: Place): void {
    const { graph } = this
    this.check(place, () => {
      if (this.may(base, 'lang', 'safe', 'host', 'inherited')) return true
      return base.has('part') && [...key.elements].some(one => one !== 'prim' && one !== 'word')
    })
    graph.each(base, element => {
      if (element instanceof Thing) graph.flow(value, this.store(element, '*'))
      else if (element === 'ext' || element === 'part') graph.flow(value, this.handed)
    })
    this.whenNamed(key, () =>
      graph.each(base, element => {
        if (!(element instanceof Thing)) return
        graph.flow(value, element.proto)
        graph.flow(value, element.named)
      }),
    )
  }

  /** What iterating over a value gives, by iterators of the program's own too. */
  items(list: Slot, by: Caller): Slot {
    const { graph } = this
    const out = graph.slot()
    graph.flow(this.contents(list), out)
    const mixed = graph.slot()
    let isOpen = false
    const open = (element: Thing): void => {
      graph.add(mixed, element)
      if (isOpen) return
      isOpen = true
      this.open(mixed, by, mixed, false)
      graph.flow(mixed, out)
    }
    graph.each(list, element => {
      if (!(element instanceof Thing) || element.kind === 'native') return
      this.chain(element, one => {
        if (!(one instanceof Thing)) return
        graph.each(one.named, method => {
          if (method instanceof Thing && method.code) open(element)
        })
      })
    })
    return out
  }

  // ---------------------------------------------------------------- calls

  /** Calls what is a function of the program. */
  invoke(
    element: Element,
    by: Caller,
    call: { self: Slot; list: Slot[]; any: Slot | null; out: Slot; isNew?: boolean },
  ): void {
    if (!(element instanceof Thing) || !element.code) return
    const { graph } = this
    const { code } = element
    let callees = this.calls.get(by)
    if (!callees) this.calls.set(by, (callees = new Set()))
    callees.add(code.info)
    for (const [index, value] of call.list.entries()) {
      graph.flow(value, code.param(index))
      graph.flow(value, code.args.star)
    }
    if (call.any) graph.flow(call.any, code.anyParam)
    if (code.isClass || call.isNew) {
      graph.add(code.self, code.instance)
      graph.add(call.out, code.instance)
    }
    if (!call.isNew && !code.isClass) graph.flow(call.self, code.self)
    graph.flow(code.result, call.out)
  }

  /** Takes it that some code looks into all that reaches a slot, mixes it, and calls what it finds. */
  open(slot: Slot, by: Caller, args: Slot = slot, isChanged = true): void {
    const { graph } = this
    const seen = new Set<Element>()
    graph.each(slot, element => {
      if (!(element instanceof Thing) || seen.has(element)) return
      seen.add(element)
      if (slot === this.handed) element.isHosts = true
      graph.flow(element.all, slot)
      graph.each(element.proto, above => {
        if (above instanceof Thing) graph.add(slot, above)
      })
      if (isChanged) graph.flow(args, element.star)
      const call = { self: args, list: [], any: args, out: slot }
      this.invoke(element, by, call)
      this.invoke(element, by, { ...call, isNew: true })
    })
  }
}

/** A function's object with its own code. */
export function functionOf(graph: Graph, code: Code): Thing {
  const made = graph.thing('function')
  made.code = code
  for (const one of [code.args, code.instance, ...(code.steps ? [code.steps] : [])]) {
    graph.flow(one.named, one.star)
    graph.flow(one.star, one.all)
  }
  graph.flow(code.anyParam, code.args.star)
  const proto = graph.thing('object')
  graph.add(graph.field(made, 'prototype'), proto)
  graph.add(graph.field(proto, 'constructor'), made)
  graph.flow(graph.field(made, 'prototype'), code.instance.proto)
  if (code.steps) graph.add(code.result, code.steps)
  return made
}
