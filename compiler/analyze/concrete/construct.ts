// `new`: what is made, and which code fills it.

import type { AnyNode } from 'acorn'
import type { Closure } from './closure.ts'
import { type Fn, invoke } from './functions.ts'
import { get } from './objects.ts'
import type { FunctionInfo } from '../program.ts'
import { EMPTY } from './scope.ts'
import type { Unit } from './unit.ts'
import { isObject } from './kinds.ts'

/** `new callee(...args)`. */
export function construct(
  u: Unit,
  callee: Fn,
  made: Closure,
  args: unknown[],
  newTarget: unknown,
): unknown {
  const { w } = u
  if (made.bound) {
    const { target, args: first } = made.bound
    return u.construct(target, [...first, ...args], newTarget === callee ? target : newTarget)
  }
  const kind = made.class
  if (
    !kind &&
    (!made.code ||
      made.code.info.isArrow ||
      made.code.info.isAsync ||
      made.code.info.isGenerator ||
      !made.isPlain)
  )
    throw new TypeError('not a constructor')
  if (kind?.isDerived) {
    if (made.code) return invoke(u, callee, made, EMPTY, args, newTarget)
    w.noteRead(callee, '__proto__')
    const self = u.construct(Object.getPrototypeOf(callee), args, newTarget) as object
    kind.fields?.(self)
    return self
  }
  const proto = get(w, newTarget, 'prototype')
  const self = Object.create(isObject(proto) ? proto : Object.prototype) as object
  kind?.fields?.(self)
  if (!made.code) return self
  return invoke(u, callee, made, self, args, newTarget)
}

/** The information about a function that is only there where it stands in a class without one. */
export function infoOfClass(u: Unit, node: AnyNode, around: FunctionInfo): FunctionInfo {
  let info = u.program.infoOf.get(node)
  if (!info) {
    info = {
      ...around,
      id: -node.start - 1,
      node,
      parent: around,
      name: '',
      isArrow: false,
      isAsync: false,
      isGenerator: false,
      usesArguments: false,
    }
    u.program.infoOf.set(node, info)
  }
  return info
}
