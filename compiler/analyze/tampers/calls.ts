// Calls: what they do by who is called. A function of the program gets its arguments; of the language's
// own only those known to be harmless pass, and then only with what they cannot harm.

import type { Element, Slot } from './graph.ts'
import { Thing } from './graph.ts'
import {
  CHANGES_SELF,
  effectOf,
  GIVES_TEXT,
  isMethod,
  OF_ITEMS,
  ONLY_ANSWERS,
  ONLY_KEEPS,
  ONLY_LOOKS,
} from './names.ts'
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

const OF_LANGUAGE: Element[] = ['lang', 'safe', 'host', 'inherited']

/** Follows a call to wherever it may lead. */
export function follow(world: World, call: Call): void {
  const { graph } = world
  const target = call.path === null ? null : prototypeMethod(call.path)
  if (target?.via) {
    indirect(world, call, target.name, target.via)
    return
  }
  if (call.path !== null && !target) {
    viaPath(world, call, call.path)
    return
  }
  const isMethodCall = call.method !== null && isMethod(call.method) && !call.isNew
  let isForeign = false
  graph.each(call.callee, element => {
    if (element instanceof Thing) {
      world.invoke(element, call.place.by, {
        self: call.self,
        list: call.args.list,
        any: call.args.any,
        out: call.out,
        isNew: call.isNew,
      })
      return
    }
    if (element === 'prim' || element === 'text' || element === 'word') return
    if ((element === 'lang' || element === 'safe' || element === 'inherited') && isMethodCall)
      return
    if (isForeign) return
    isForeign = true
    foreign(world, call)
  })
  world.check(call.place, () => {
    if (isMethodCall) return false
    if (call.method !== null && ONLY_ANSWERS.has(call.method)) return call.callee.has('lang')
    return world.may(call.callee, 'lang', 'inherited')
  })
  if (isMethodCall) method(world, call, call.method!, call.self, call.args)
}

/** A function of the host or of Hono: it keeps what it gets, and may call it. */
function foreign(world: World, { args, self, out, place, callee, method: name }: Call): void {
  const { graph } = world
  if (name !== null && ONLY_ANSWERS.has(name)) {
    graph.flow(world.ext, out)
    graph.flow(world.text, out)
    return
  }
  // What a method of a list calls it does not give back.
  const isCalling = name !== null && isMethod(name) && !ONLY_KEEPS.has(name)
  for (const value of all(args))
    if (!isCalling) graph.flow(value, world.handed)
    else
      graph.each(value, element => {
        if (element !== 'safe') graph.add(world.handed, element)
      })
  graph.each(self, element => {
    if (element instanceof Thing) graph.add(world.handed, element)
  })
  graph.flow(world.ext, out)
  graph.flow(world.text, out)
  world.check(
    place,
    () =>
      callee.has('host', 'ext', 'part', 'safe') &&
      all(args).some(value => value.has('lang', 'inherited')),
  )
}

/** A method of what the language makes, by its name. */
function method(world: World, call: Call, name: string, self: Slot, args: Args): void {
  const { graph } = world
  const { place, out } = call
  if (name === 'call' || name === 'apply' || name === 'bind') {
    if (call.ownerPath !== null) {
      const target = prototypeMethod(call.ownerPath)
      if (name !== 'bind' && target?.via === null) {
        indirect(world, call, target.name, name)
        return
      }
      if (name === 'call') {
        viaPath(
          world,
          { ...call, args: { list: args.list.slice(1), any: args.any } },
          call.ownerPath,
        )
        return
      }
    }
    rebound(world, call, name, self, args)
    return
  }
  const values = all(args)
  world.check(place, () => {
    // A method that is a function of its own has none that changes it, and neither has `Object.prototype`.
    if ((self.has('host') || world.may(self, 'lang')) && !ONLY_LOOKS.has(name)) return true
    if (!ONLY_LOOKS.has(name) && !CHANGES_SELF.has(name)) return true
    return !ONLY_KEEPS.has(name) && values.some(value => world.may(value, 'lang', 'inherited'))
  })
  if (GIVES_TEXT.has(name)) {
    graph.add(out, 'text')
    graph.add(out, 'prim')
    if (/^(split|match|matchAll)$/.test(name)) {
      const parts = graph.thing('native')
      graph.add(parts.star, 'text')
      graph.add(out, parts)
    }
    const given = { self: world.prim, list: [], any: world.text, out: graph.slot() }
    for (const value of values) graph.each(value, element => world.invoke(element, place.by, given))
    return
  }
  if (CHANGES_SELF.has(name))
    graph.each(self, element => {
      if (element instanceof Thing) for (const value of values) graph.flow(value, element.star)
      else if (element === 'ext' || element === 'part')
        for (const value of values) graph.flow(value, world.handed)
    })
  if (name === 'throw') for (const value of values) graph.flow(value, world.thrown)
  if (OF_ITEMS.has(name)) ofItems(world, call, name, self, args)
  else if (name === 'then' || name === 'catch' || name === 'finally') {
    const data = graph.slot('ext', 'text')
    graph.flow(self, data)
    graph.flow(world.thrown, data)
    unwrap(world, data)
    graph.flow(data, out)
    callAll(world, call, values, data, data)
  } else {
    // What does not come by a way of its own is taken to be kept by the host.
    for (const value of [self, ...values]) keep(world, value)
    graph.flow(world.ext, out)
    graph.flow(world.text, out)
    graph.add(out, 'part')
    graph.flow(self, out)
  }
}

/** Methods of lists and collections. */
function ofItems(world: World, call: Call, name: string, self: Slot, args: Args): void {
  const { graph } = world
  const { out } = call
  const values = all(args)
  const items = graph.slot('prim')
  graph.flow(world.contents(self), items)
  if (
    !ONLY_KEEPS.has(name) &&
    !/^(pop|shift|keys|values|entries|join|reverse|toReversed|clear)$/.test(name)
  ) {
    const result = graph.slot()
    const data = graph.slot()
    graph.flow(items, data)
    graph.flow(self, data)
    if (name.startsWith('reduce')) {
      for (const value of values.slice(1)) graph.flow(value, result)
      graph.flow(result, data)
    }
    callAll(world, call, values, data, result)
    graph.flow(result, out)
    if (name === 'flatMap') graph.flow(world.contents(result), items)
    graph.flow(result, items)
  }
  if (/^(forEach|some|every|findIndex|findLastIndex|includes|has|delete|join|clear)$/.test(name)) {
    graph.add(out, name === 'join' ? 'text' : 'prim')
    return
  }
  if (/^(concat|with|toSpliced|splice)$/.test(name))
    for (const value of values) {
      graph.flow(value, items)
      graph.flow(world.contents(value), items)
    }
  graph.flow(items, out)
  if (/^(push|unshift|pop|shift|at|get|find|findLast)$/.test(name)) return
  graph.flow(self, out)
  const made = graph.thing(/^(keys|values|entries)$/.test(name) ? 'native' : 'array')
  graph.flow(items, made.star)
  if (name === 'entries') graph.add(made.star, made)
  graph.add(out, made)
}

/** Calls functions among some values; what follows the first of them may be their `this`. */
function callAll(world: World, call: Call, values: Slot[], given: Slot, out: Slot): void {
  const { graph } = world
  const self = mixed(world, values.slice(1))
  if (call.args.any) graph.flow(call.args.any, self)
  for (const value of values)
    graph.each(value, element =>
      world.invoke(element, call.place.by, { self, list: [], any: given, out }),
    )
}

/** Hands on what has members or may be called; names of methods lead nowhere by themselves. */
function keep(world: World, value: Slot): void {
  world.graph.each(value, element => {
    if (element !== 'safe') world.graph.add(world.handed, element)
  })
}

/** What promises among the values of a slot give reaches it too. */
export function unwrap({ graph }: World, slot: Slot): void {
  graph.each(slot, element => {
    if (element instanceof Thing && element.kind === 'native') graph.flow(element.all, slot)
  })
}

/** `call`, `apply` and `bind` of whatever `self` may be. */
function rebound(world: World, call: Call, name: string, self: Slot, args: Args): void {
  const { graph } = world
  const [first, ...rest] = args.list
  const list = name === 'apply' ? [] : rest
  const any = graph.slot()
  if (args.any) graph.flow(args.any, any)
  if (name === 'apply') for (const one of rest) graph.flow(world.contents(one), any)
  const newSelf = graph.slot()
  if (first) graph.flow(first, newSelf)
  if (args.any) graph.flow(args.any, newSelf)
  if (name === 'bind') graph.flow(self, call.out)
  let isForeign = false
  graph.each(self, element => {
    if (element instanceof Thing) {
      const out = name === 'bind' ? graph.slot() : call.out
      world.invoke(element, call.place.by, { self: newSelf, list, any, out })
    } else if (element !== 'prim' && element !== 'text' && element !== 'word' && !isForeign) {
      isForeign = true
      foreign(world, { ...call, self: newSelf, args: { list, any } })
    }
  })
  world.check(call.place, () => {
    if (self.has('lang', 'inherited')) return true
    return (
      self.has('safe', 'host', 'ext', 'part') &&
      [newSelf, any, ...list].some(one => world.may(one, ...OF_LANGUAGE))
    )
  })
}

/** `Array.prototype.slice.call(…)` as `slice` of what it is given. */
function indirect(world: World, call: Call, name: string, via: string): void {
  const { graph } = world
  const [first, ...rest] = call.args.list
  const self = graph.slot()
  if (first) graph.flow(first, self)
  if (call.args.any) graph.flow(call.args.any, self)
  const args: Args =
    via === 'call' ? { list: rest, any: call.args.any } : { list: [], any: graph.slot() }
  if (via !== 'call') for (const one of rest) graph.flow(world.contents(one), args.any!)
  if (via === 'call' || via === 'apply')
    method(world, { ...call, ownerPath: null }, name, self, args)
}

/** `Array.prototype.slice` and the like: the name, and `call` or `apply` behind it. */
function prototypeMethod(path: string): { name: string; via: string | null } | null {
  const [, name, via] = /^\w+\.prototype\.(\w+)(?:\.(call|apply))?$/.exec(path) ?? []
  if (!name || !(ONLY_LOOKS.has(name) || CHANGES_SELF.has(name))) return null
  return { name, via: via ?? null }
}

/** A global by its path. */
function viaPath(world: World, call: Call, path: string): void {
  const { graph } = world
  const { place, out, args } = call
  const values = all(args)
  const owner = /^(.+)\.(call|apply)$/.exec(path)
  if (owner && effectOf(owner[1]!) !== null) {
    viaPath(
      world,
      owner[2] === 'call'
        ? { ...call, args: { list: args.list.slice(1), any: args.any } }
        : {
            ...call,
            args: {
              list: [],
              any: mixed(
                world,
                args.list.slice(1).map(one => world.contents(one)),
              ),
            },
          },
      owner[1]!,
    )
    return
  }
  if (/^(setTimeout|setInterval|setImmediate|queueMicrotask|process\.nextTick)$/.test(path)) {
    for (const value of values) graph.flow(value, world.handed)
    graph.flow(world.ext, out)
    world.check(place, () =>
      values.some(
        (value, index) =>
          value.has('lang', 'inherited') || (index === 0 && value.has('text', 'word')),
      ),
    )
    return
  }
  const effect = effectOf(path)
  if (effect === null) {
    world.check(place, () => true)
    graph.flow(world.lang, out)
    for (const value of values) graph.flow(value, world.handed)
    return
  }
  graph.add(out, 'text')
  graph.add(out, 'prim')
  if (effect === 'plain') return
  const data = mixed(world, values)
  graph.add(data, 'text')
  const made = graph.thing(
    /^Array\b|^Object\.(keys|values|entries)/.test(path) ? 'array' : 'native',
  )
  graph.add(out, made)
  if (effect === 'makes') {
    graph.flow(data, made.star)
    const items = world.items(data, place.by)
    graph.flow(items, made.star)
    graph.flow(world.items(items, place.by), made.star)
    return
  }
  if (effect === 'creates') {
    const object = graph.thing('object')
    graph.add(out, object)
    if (args.list[0]) graph.flow(args.list[0], object.proto)
    if (args.any) graph.flow(args.any, object.proto)
    const how = args.list[1] ?? args.any
    if (how) describe(world, graph.slot(object), world.contents(how), '*', place)
    return
  }
  if (effect === 'lang') {
    graph.flow(data, out)
    graph.add(out, 'lang')
    if (path === 'Proxy') graph.flow(data, world.handed)
    else
      graph.each(data, element => {
        if (element instanceof Thing) graph.flow(element.proto, out)
      })
    return
  }
  if (effect === 'asks') {
    for (const value of values) graph.flow(value, world.handed)
    graph.flow(world.ext, out)
    world.check(place, () => values.some(value => value.has('lang', 'inherited')))
    return
  }
  if (path === 'Reflect.get') {
    world.readAny(data, world.text, out)
    return
  }
  if (effect === 'holds') {
    const items = world.items(data, place.by)
    graph.flow(data, made.star)
    graph.flow(items, made.star)
    graph.flow(world.items(items, place.by), made.star)
    graph.add(made.star, made)
    graph.flow(data, out)
    if (path.startsWith('Promise.')) unwrap(world, made.star)
    if (path === 'Promise.reject') graph.flow(data, world.thrown)
    return
  }
  if (effect === 'writes') {
    writes(world, call, path)
    graph.flow(data, out)
    return
  }
  for (const value of values) graph.flow(value, world.handed)
  if (args.list[0]) graph.flow(args.list[0], out)
  graph.add(out, 'ext')
  world.check(place, () =>
    values.some(
      (value, index) =>
        (index > 0 || path === 'Promise') && effect === 'mixes' && value.has('lang', 'inherited'),
    ),
  )
}

/** Functions that change their first argument. */
function writes(world: World, { args, place }: Call, path: string): void {
  const { graph } = world
  const target = graph.slot()
  if (args.list[0]) graph.flow(args.list[0], target)
  if (args.any) graph.flow(args.any, target)
  world.check(place, () => world.may(target, ...OF_LANGUAGE))
  if (/defineProperty$/.test(path)) {
    const how = graph.slot()
    for (const one of args.list.slice(2)) graph.flow(one, how)
    if (args.any) graph.flow(args.any, how)
    describe(world, target, how, '*', place)
  } else if (path === 'Object.defineProperties') {
    for (const one of args.list.slice(1)) describe(world, target, world.contents(one), '*', place)
    if (args.any) describe(world, target, world.contents(args.any), '*', place)
  } else if (path.endsWith('setPrototypeOf')) {
    const above = mixed(world, [...args.list.slice(1), ...(args.any ? [args.any] : [])])
    graph.each(target, element => {
      if (element instanceof Thing) graph.flow(above, element.proto)
    })
  } else {
    const rest = [...args.list.slice(1), ...(args.any ? [args.any] : [])]
    for (const one of rest) {
      world.writeAny(target, world.text, world.contents(one), place)
      if (!path.endsWith('assign')) world.writeAny(target, world.text, one, place)
    }
  }
}

/** Defines members by descriptors. */
function describe(world: World, target: Slot, how: Slot, name: string, place: Place): void {
  const { graph } = world
  const value = graph.slot()
  world.read(how, 'value', value)
  world.writeAny(target, world.text, value, place)
  for (const [member, which] of [
    ['get', 'getters'],
    ['set', 'setters'],
  ] as const) {
    const found = graph.slot()
    world.read(how, member, found)
    graph.each(target, element => {
      if (element instanceof Thing) graph.flow(found, world.accessor(element, which, name))
    })
    world.check(place, () => world.may(found, 'lang', 'inherited'))
  }
}

function all({ list, any }: Args): Slot[] {
  return any ? [...list, any] : list
}

function mixed(world: World, slots: Slot[]): Slot {
  const out = world.graph.slot()
  for (const slot of slots) world.graph.flow(slot, out)
  return out
}
