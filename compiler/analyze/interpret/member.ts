// The members that literals, classes and spreads make, and the names that keys stand for.

import type { AnyNode } from 'acorn'
import type { Run } from './run.ts'
import { nameOf } from '../program/syntax.ts'
import {
  BOOLEAN,
  join,
  memberName,
  NULL,
  NUMBER,
  of,
  type Site,
  STR,
  STRING,
  strongerTaint,
  SYMBOL,
  tainted,
  type Token,
  UNDEFINED,
  Value,
} from '../value.ts'

const DATA_MEMBER = new Value(UNDEFINED | NULL | BOOLEAN | NUMBER | STRING)

/** The member name that a key written out stands for. */
export function keyOf(node: AnyNode): string {
  if (node.type === 'PrivateIdentifier') return `#${node.name}`
  return memberName(nameOf(node))
}

/** `{ ...value }`, and what is like it. */
export function copyMembers(
  run: Run,
  target: Token,
  value: Value,
  site: Site,
  without: readonly string[] = [],
): void {
  const { m, f } = run
  if (value.doubt) m.init(target, '*', new Value(0, [], [], value.taint, value.doubt))
  if (value.doubt && f.context.kind === 'call') m.effect(f, value.doubt.message, site)
  if (value.mayBeString) m.init(target, '[]', STR)
  for (const token of value.tokens) {
    if (token.kind === 'data') m.init(target, '*', join(of(token), DATA_MEMBER))
    for (const name of m.namesOf(f, token, 'its members')) {
      if (without.includes(name)) continue
      m.init(
        target,
        name,
        tainted(m.readToken(f, token, name, of(token), site), strongerTaint(value.taint, f.under)),
      )
    }
  }
  if (value.taint || f.under)
    m.init(target, '*', new Value(0, [], [], strongerTaint(value.taint, f.under)))
}

/** Constant names a computed key may have; `*` where it is not known. */
function keyNames(key: Value): string[] {
  const names = key.strings.map(memberName)
  for (const token of key.tokens)
    if (token.kind === 'builtin' && token.path!.startsWith('Symbol.'))
      names.push(`@@${token.path!.slice(7)}`)
    else names.push('*', '@*')
  if (key.bits & NUMBER) names.push('[]')
  if (key.bits & ~NUMBER & ~SYMBOL || key.doubt) names.push('*')
  if (key.bits & SYMBOL || key.doubt) names.push('@*')
  return names
}

export function computedKeys(run: Run, key: Value, node: AnyNode, site = run.site(node)): string[] {
  const objects = key.tokens.filter(token => token.kind !== 'builtin' && token.kind !== 'keys')
  if (objects.length > 0) run.m.convert(run.f, new Value(0, [], objects, key.taint), 'string', site)
  return keyNames(key)
}

export function defineMember(
  run: Run,
  owner: Token,
  key: string,
  value: Value,
  kind: string,
): void {
  if (kind === 'get') run.m.initAccessor(owner, 'getters', key, value)
  else if (kind === 'set') run.m.initAccessor(owner, 'setters', key, value)
  else run.m.init(owner, key, value, run.f.under)
}
