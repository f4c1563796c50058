// Writing to names, members and patterns.

import type { AnyNode, Pattern } from 'acorn'
import { copyMembers, keyOf } from './member.ts'
import type { Run } from './run.ts'
import { ancestors } from '../machine/read.ts'
import type { Binding } from '../program.ts'
import { BOTTOM, join, of, type Site, tainted, UNDEF, UNDEFINED, Value } from '../value.ts'

export function writeBinding(run: Run, binding: Binding, value: Value, node: AnyNode): void {
  const cell = run.m.cellOf(run.f, binding)
  if (!cell) return
  run.m.writeCell(run.f, cell, value, run.site(node))
}

export function assign(
  run: Run,
  target: AnyNode,
  value: Value,
  site: Site,
  isDeclaration: boolean,
): void {
  const { m, f } = run
  switch (target.type) {
    case 'Identifier': {
      const binding = m.program.bindingOf.get(target)
      if (!binding) {
        m.write(f, of(m.builtin('globalThis')), target.name, value, site)
        return
      }
      const cell = m.cellOf(f, binding)
      if (!cell) return
      if (isDeclaration && cell.context === f.context && f.context.kind !== 'late')
        m.grow(cell, tainted(value, f.under))
      else m.writeCell(f, cell, value, site)
      return
    }
    case 'MemberExpression':
      writeMember(run, target, value)
      return
    case 'AssignmentPattern': {
      const mayMiss = (value.bits & UNDEFINED) !== 0 || value.doubt !== null || value.isBottom
      let out = mayMiss
        ? new Value(value.bits & ~UNDEFINED, value.strings, value.tokens, value.taint, value.doubt)
        : value
      if (mayMiss) {
        run.under(value, [], () => {
          out = join(out, run.expr(target.right))
        })
      }
      assign(run, target.left, out, site, isDeclaration)
      return
    }
    case 'ObjectPattern': {
      const taken: string[] = []
      for (const one of target.properties) {
        if (one.type === 'RestElement') {
          const rest = m.make(f, one, 'object')
          copyMembers(run, rest, value, run.site(one), taken)
          assign(run, one.argument, of(rest), site, isDeclaration)
          continue
        }
        const at = run.site(one)
        if (one.computed) {
          assign(
            run,
            one.value,
            m.readAny(f, value, run.expr(one.key as AnyNode), at),
            at,
            isDeclaration,
          )
          continue
        }
        taken.push(keyOf(one.key as AnyNode))
        assign(run, one.value, m.read(f, value, keyOf(one.key as AnyNode), at), at, isDeclaration)
      }
      return
    }
    case 'ArrayPattern': {
      const each = m.iterate(f, value, site)
      for (const [index, one] of target.elements.entries()) {
        if (!one) continue
        if (one.type === 'RestElement') {
          const rest = m.make(f, one, 'array')
          m.init(rest, '[]', each)
          assign(run, one.argument, of(rest), site, isDeclaration)
        } else {
          const exact = exactElement(run, value, index)
          assign(run, one, exact ?? join(each, UNDEF), site, isDeclaration)
        }
      }
      return
    }
  }
}

/** The element of arrays whose elements are known one by one. */
function exactElement(run: Run, value: Value, index: number): Value | null {
  const { m, f } = run
  if (value.bits !== 0 || value.doubt || value.tokens.length === 0) return null
  for (const token of value.tokens)
    if (token.kind !== 'array' || !token.props.has(String(index))) return null
  let out = BOTTOM
  for (const token of value.tokens)
    out = join(out, m.readToken(f, token, String(index), of(token), run.site(f.info.node)))
  return tainted(out, value.taint)
}

export function writeMember(
  run: Run,
  node: AnyNode & { type: 'MemberExpression' },
  value: Value,
): void {
  const { m, f } = run
  const site = run.site(node)
  const isSuper = node.object.type === 'Super'
  const base = isSuper ? run.self() : run.expr(node.object)
  if (isSuper) settersAbove(run, value, site)
  if (node.computed) m.writeAny(f, base, run.expr(node.property as AnyNode), value, site)
  else m.write(f, base, keyOf(node.property), value, site)
}

/** Setters above the class run on whatever `this` is. */
function settersAbove(run: Run, value: Value, site: Site): void {
  const { m, f } = run
  const home = run.ownFrame().token?.home
  if (!home) return
  m.partsOf(f, home)
  for (const one of ancestors(m, f, home))
    for (const setter of one.setters?.values() ?? [])
      m.call(f, m.get(f, setter), run.self(), { list: [value], rest: BOTTOM }, site)
}

export function nameFunction(run: Run, init: AnyNode | null | undefined, target: Pattern): void {
  if (init && target.type === 'Identifier') {
    const info = run.m.program.infoOf.get(init)
    if (info && !info.name) info.name = target.name
  }
}
