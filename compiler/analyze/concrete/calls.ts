// Calls and members as expressions.

import type { AnyNode } from 'acorn'
import { activationOf, argsOf, calleeOf, SKIP } from './access.ts'
import { get, toKey } from './objects.ts'
import { privateSlot } from './privates.ts'
import { nameOf } from '../program/syntax.ts'
import { EMPTY, type Place } from './scope.ts'
import { type Expr, siteOf, type Unit } from './unit.ts'

/** `callee(args)`. */
export function call(u: Unit, node: AnyNode & { type: 'CallExpression' }, place: Place): Expr {
  const { w } = u
  const site = siteOf(place, node)
  const args = argsOf(u, node.arguments, place)
  if (node.callee.type === 'Super')
    return s => {
      const frame = activationOf(place, s)
      if (!frame) return w.unsupported('calls super()')
      w.noteRead(frame.callee, '__proto__')
      const parent: unknown = Object.getPrototypeOf(frame.callee)
      const given = args(s)
      w.at = site
      const made = u.construct(parent, given, frame.newTarget)
      if (frame.self !== EMPTY)
        throw new ReferenceError('Super constructor may only be called once')
      frame.self = made
      frame.closure.class?.fields?.(made as object)
      return made
    }
  if (
    node.callee.type === 'Identifier' &&
    node.callee.name === 'eval' &&
    !u.program.bindingOf.has(node.callee)
  )
    return () => w.unsupported('runs text as code: eval()')
  const [callee, self] = calleeOf(u, node.callee as AnyNode, place)
  return s => {
    const base = self?.(s)
    const fn = callee(s, base)
    if (fn === SKIP || (node.optional && (fn === undefined || fn === null))) return SKIP
    const given = args(s)
    w.at = site
    return u.call(fn, base, given)
  }
}

/** `base.key`, `base[key]`, `super.key`, `base.#key`. */
export function member(u: Unit, node: AnyNode & { type: 'MemberExpression' }, place: Place): Expr {
  const { w } = u
  const site = siteOf(place, node)
  const fixed = node.computed ? null : nameOf(node.property)
  const key = node.computed ? u.expr(node.property as AnyNode, place) : null
  if (node.object.type === 'Super')
    return s => {
      const frame = activationOf(place, s)
      const home = frame?.closure.home
      if (!home) return w.unsupported('uses super')
      w.noteRead(home, '__proto__')
      w.at = site
      const parent: unknown = Object.getPrototypeOf(home)
      return get(w, parent, key ? toKey(w, key(s)) : fixed!, frame.self)
    }
  const base = u.expr(node.object, place)
  if (node.property.type === 'PrivateIdentifier') {
    const slot = privateSlot(u, node.property.name, place)
    return s => {
      const owner = base(s)
      if (owner === SKIP || (node.optional && (owner === undefined || owner === null))) return SKIP
      return slot(s, owner, false)!.read()
    }
  }
  return s => {
    const owner = base(s)
    if (owner === SKIP || (node.optional && (owner === undefined || owner === null))) return SKIP
    const name = key ? toKey(w, key(s)) : fixed!
    w.at = site
    return get(w, owner, name)
  }
}
