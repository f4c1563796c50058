// Calls of what the language and its hosts provide, by the path of a global: each does what is known of
// that path, and one that is not known may do anything.

import { all, type Call, mixed, OF_LANGUAGE, unwrap } from './call.ts'
import { type Slot, Thing } from './graph.ts'
import { effectOf } from './names.ts'
import type { Place, World } from './world.ts'

/** A global by its path. */
export function viaPath(world: World, call: Call, path: string): void {
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
