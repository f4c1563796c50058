// Calls: what they do by who is called. A function of the program gets its arguments; of the language's
// own only those known to be harmless pass, and then only with what they cannot harm.

import { viaPath } from './by-path.ts'
import { all, type Args, type Call, mixed, OF_LANGUAGE, unwrap } from './call.ts'
import { type Slot, Thing } from './graph.ts'
import {
  CHANGES_SELF,
  GIVES_TEXT,
  isMethod,
  OF_ITEMS,
  ONLY_ANSWERS,
  ONLY_KEEPS,
  ONLY_LOOKS,
} from './names.ts'
import type { World } from './world.ts'

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
