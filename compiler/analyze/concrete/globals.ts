// The global names a concrete run may read, and what it may store unread of what hosts differ in.

import type { AnyNode } from 'acorn'
import { isHostProbe } from '../../host-probe.ts'
import { GLOBALS, PATHS } from './realm.ts'
import { mayHold } from './rules.ts'
import type { Unit } from './unit.ts'
import type { World } from './world.ts'

/** A global by name. */
export function globalValue(w: World, name: string, isTypeof = false): unknown {
  if (name === 'globalThis' || name === 'global') return w.global
  if (Object.hasOwn(w.global, name)) return globalMember(w, name)
  if (name === 'Buffer' && !isTypeof) return bufferOf(w)
  if (isTypeof && NOT_IN_MODULES.has(name)) return undefined
  if (!GLOBALS.has(name)) w.unsupported(`${isTypeof ? 'asks for' : 'reads'} the global \`${name}\``)
  const value = GLOBALS.get(name)
  const refused = mayHold(value, name)
  if (refused) w.bail(refused.kind, refused.message)
  if (typeof value === 'function' && !PATHS.has(value))
    w.unsupported(`reads the global \`${name}\``)
  return value
}

/**
 * Whether a top-level declaration asks what only some hosts have, as esbuild's own `__require` and
 * `typeof self == 'object' && self` of libraries do.
 */
export function isHostValue(u: Unit, node: AnyNode & { type: 'VariableDeclarator' }): boolean {
  if (node.id.type !== 'Identifier' || !node.init) return false
  const owner = u.program.bindingOf.get(node.id)?.owner
  if (!owner || owner.parent) return false
  const code = u.program.chunks.get(owner.chunk)?.code.slice(node.init.start, node.init.end)
  if (/^typeof self ===? ["']object["'] && self\b/.test(code ?? ''))
    return !u.program.chunks.get(owner.chunk)!.bindings.has('self')
  if (node.id.name !== '__require') return false
  return code?.replace(/\s+/g, '').startsWith('((x)=>typeofrequire!=="undefined"?require:') ?? false
}

/**
 * What a pool of bytes is made with, as id generators do before they fill it: its bytes are whatever
 * was there, so that the run proves nothing, but what fills it is the better reason.
 */
function bufferOf(w: World): object {
  const allocate = (): void => {}
  w.natives.set(allocate, ([length]) => {
    w.doomed = true
    if (typeof length !== 'number' || length > 1 << 20) w.unsupported('calls Buffer.allocUnsafe()')
    return new Uint8Array(length as number)
  })
  const made = Object.freeze({ kind: 'Buffer' })
  w.exotics.set(made, key =>
    key === 'allocUnsafe' ? allocate : w.unsupported(`uses Buffer.${String(key)}`),
  )
  return made
}

/** Names that mean nothing in a module, on every host. */
const NOT_IN_MODULES = new Set(['exports', 'module', 'define'])

/** A member of the global object; what only some hosts have may not be asked for. */
export function globalMember(w: World, name: string): unknown {
  w.noteRead(w.global, name)
  if (Object.hasOwn(w.global, name)) return w.global[name]
  if (name === 'globalThis' || name === 'global') return w.global
  if (GLOBALS.has(name)) return globalValue(w, name)
  if (name in globalThis || KNOWN_ELSEWHERE.test(name))
    w.unsupported(`reads the global \`${name}\``)
  return undefined
}

/** What some host or a newer engine has. */
const KNOWN_ELSEWHERE = /^[a-zA-Z]+$/

/** Whether an expression asks of the host what is false on all of them. */
export function isFalseProbe(u: Unit, node: AnyNode): boolean {
  return isHostProbe(node) && !declares(u, node)
}

/** Whether a name below is the program's own `navigator`. */
function declares(u: Unit, node: AnyNode): boolean {
  if (node.type === 'Identifier') return node.name === 'navigator' && u.program.bindingOf.has(node)
  return (Object.values(node) as unknown[]).some(
    one =>
      typeof one === 'object' &&
      one !== null &&
      typeof (one as AnyNode).type === 'string' &&
      declares(u, one as AnyNode),
  )
}
