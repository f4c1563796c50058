// Names: variables of the scopes around, imports, globals, `arguments`.

import type { AnyNode } from 'acorn'
import { activationOf } from './access.ts'
import { globalValue } from './globals.ts'
import { EMPTY, find, type Place, UNKNOWN } from './scope.ts'
import { type Expr, siteOf, type Unit } from './unit.ts'
import type { Scope } from './world.ts'

/** Reads a name. */
export function identifier(u: Unit, node: AnyNode & { type: 'Identifier' }, place: Place): Expr {
  const { w, program } = u
  const binding = program.bindingOf.get(node)
  const { name } = node
  if (!binding) {
    if (name === 'arguments')
      return s => {
        const call = activationOf(place, s)
        if (!call) return w.unsupported('reads arguments')
        return ((call as { list?: unknown }).list ??= argumentsOf(call.args))
      }
    const site = siteOf(place, node)
    return () => {
      w.at = site
      return globalValue(w, name)
    }
  }
  if (binding.kind === 'import') {
    const source = program.chunks.get(binding.owner.chunk)!.importsOf.get(binding)
    const site = siteOf(place, node)
    return () => {
      w.at = site
      return source ? u.imported(binding.owner, source.from, source.name) : undefined
    }
  }
  const found = find(place, binding)
  if (!found) return () => w.unsupported(`reads \`${name}\``)
  const { depth, index } = found
  const key = String(index)
  const mayChange = binding.writes > 0
  return s => {
    let at = s
    for (let i = depth; i > 0; i--) at = at[0] as Scope
    const value = at[index]
    if (value === EMPTY) throw new ReferenceError(`Cannot access '${name}' before initialization`)
    if (value === UNKNOWN) return w.unsupported('asks which host it runs on')
    if (mayChange) w.noteRead(at, key)
    return value
  }
}

/** An `arguments` object; no builtin makes one from outside. */
function argumentsOf(args: unknown[]): unknown {
  return (function make(..._: unknown[]) {
    // biome-ignore lint/complexity/noArguments: the object itself is wanted
    return arguments
  })(...args)
}

/** Writes a variable. */
export function writer(u: Unit, node: AnyNode & { type: 'Identifier' }, place: Place) {
  const { w, program } = u
  const binding = program.bindingOf.get(node)
  const found = binding && binding.kind !== 'import' ? find(place, binding) : null
  const site = siteOf(place, node)
  if (!found)
    return () => {
      w.at = site
      w.unsupported(`sets \`${node.name}\``)
    }
  const isFixed = binding?.kind === 'name'
  const { depth, index } = found
  const key = String(index)
  return (s: Scope, value: unknown, isInit: boolean): void => {
    let at = s
    for (let i = depth; i > 0; i--) at = at[0] as Scope
    // The name a function expression has for itself cannot be set.
    if (isFixed && !isInit) w.unsupported(`sets \`${node.name}\``)
    if (!isInit && at[index] === EMPTY)
      throw new ReferenceError('Cannot access before initialization')
    if (w.isOlder(at)) {
      w.at = site
      w.touch(at, key)
    }
    at[index] = value
  }
}
