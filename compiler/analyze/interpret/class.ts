// Classes: their members, the fields of an instance that is being made, and `super()`.

import type { AnyNode } from 'acorn'
import { EXTENDED } from './construct.ts'
import { computedKeys, defineMember, keyOf } from './member.ts'
import type { Run } from './run.ts'
import type { Class } from './syntax.ts'
import type { Machine } from '../machine.ts'
import { allArguments, type Args, argument, NO_ARGS } from '../machine/args.ts'
import type { Frame } from '../machine/frame.ts'
import { noteDoubtfulWrite } from '../machine/write.ts'
import { BOTTOM, join, of, STR, tainted, type Site, type Token, UNDEF, Value } from '../value.ts'

export function classValue(run: Run, node: Class): Value {
  const { m, f } = run
  const parent = node.superClass ? run.expr(node.superClass as AnyNode) : null
  const token = m.make(f, node, 'function', 'class')
  const maker = node.body.body.find(
    one => one.type === 'MethodDefinition' && one.kind === 'constructor',
  )
  if (!token.info) {
    if (maker?.type === 'MethodDefinition') token.info = m.program.infoOf.get(maker.value)!
    else {
      let info = m.program.infoOf.get(node)
      if (!info) {
        info = {
          ...f.info,
          id: -node.start - 1,
          node,
          parent: f.info,
          name: node.id?.name ?? '',
          isArrow: false,
          isAsync: false,
          isGenerator: false,
          usesArguments: false,
        }
        m.program.infoOf.set(node, info)
      }
      token.info = info
    }
    token.env = f
    token.node = node
  }
  const proto = m.make(f, node, 'object', 'prototype')
  m.init(token, 'prototype', of(proto))
  m.init(proto, 'constructor', of(token))
  token.home = proto
  if (parent) {
    // Its members reach that class by `super`.
    noteDoubtfulWrite(m, f, parent, run.site(node))
    m.addParts(token, [parent])
    m.setProto(token, parent)
    m.setProto(proto, m.read(f, parent, 'prototype', run.site(node)))
  }
  const inner = m.program.bindingOf.get(node.body)
  if (inner) m.grow(m.cellOf(f, inner)!, of(token))
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') {
      initializer(run, member, of(token), token)
      continue
    }
    if (member === maker) continue
    const owner = member.static ? token : proto
    const name = member.computed ? run.expr(member.key as AnyNode) : BOTTOM
    const keys = member.computed
      ? computedKeys(run, name, member.key as AnyNode)
      : [keyOf(member.key as AnyNode)]
    if (name.taint) m.init(owner, '*', tainted(BOTTOM, name.taint))
    if (member.type === 'MethodDefinition') {
      const method = of(run.closure(member.value, owner))
      for (const key of keys) defineMember(run, owner, key, method, member.kind)
    } else if (member.static) {
      const value = member.value ? initializer(run, member, of(token), token) : UNDEF
      for (const key of keys) m.init(token, key, tainted(value, f.under))
    }
  }
  return of(token)
}

/** A field's initializer or a static block, run as a method. */
function initializer(run: Run, node: AnyNode, self: Value, home: Token): Value {
  const token = run.closure(node, home)
  return run.m.call(run.f, of(token), self, NO_ARGS, run.site(node))
}

/** The fields of an instance that is being made. */
export function fields(run: Run, node: Class): void {
  const { m, f } = run
  const self = m.get(f, f.self)
  const home = f.token!
  for (const member of node.body.body) {
    if (member.type !== 'PropertyDefinition' || member.static) continue
    const keys = member.computed ? ['*'] : [keyOf(member.key as AnyNode)]
    let value = UNDEF
    if (member.value) {
      // The field closes over what the class does.
      const token = m.make(f, member, 'function')
      token.info ??= m.program.infoOf.get(member)!
      token.env ??= f.token!.env!
      token.home ??= home.home!
      value = m.call(f, of(token), self, NO_ARGS, run.site(member))
    }
    for (const one of self.tokens) {
      for (const key of keys) {
        if (m.outlives(f, one) && one.context !== f.context)
          m.noteWrite(f, one, key, run.site(member))
        m.init(one, key, value, f.under)
      }
    }
  }
}

export function superCall(run: Run, node: Class | null, args: Args): void {
  const { m, f } = run
  const owner = run.ownFrame()
  const token = owner.token
  const parent = token && m.partsOf(f, token)[0]
  if (!parent || !token) return
  const site = run.site(node ?? f.info.node)
  const self = m.get(f, owner.self)
  for (const one of parent.tokens) {
    if (one.kind === 'builtin' && !FILLED.has(one.path!)) {
      // What that makes is the object, and may be made of what it is given.
      const made = m.call(f, of(one), UNDEF, args, site, { construct: true })
      becomes(m, owner, new Value(0, [], made.tokens, null, made.doubt))
      continue
    }
    if (one.kind === 'builtin') {
      const taint = m.convert(f, allArguments(args), 'deep', site)
      for (const made of self.tokens) {
        if (made.kind === 'error') m.init(made, 'message', tainted(STR, taint))
        else {
          const items = m.iterate(f, join(argument(args, 0), args.rest), site)
          const isMap = made.kind === 'map' || made.kind === 'weak'
          if (isMap) {
            m.init(made, '[k]', tainted(m.read(f, items, '0', site), taint))
            m.init(made, '[]', tainted(m.read(f, items, '1', site), taint))
          }
          m.init(made, '[]', tainted(items, taint))
          m.init(made, '[k]', tainted(items, taint))
          fill(run, made, items, isMap, site)
        }
        if (made.kind === 'error') {
          // Of HTTPException all options are kept, of others the cause.
          const options = join(args.list[1] ?? BOTTOM, args.rest)
          if (one.path!.startsWith('hono')) m.init(made, '*', options)
          const cause = m.read(f, options, 'cause', site)
          if (!cause.isBottom) m.init(made, 'cause', cause)
        }
      }
      continue
    }
    const newTarget = m.get(f, owner.newTarget)
    const result = m.call(f, of(one), self, args, site, { construct: true, newTarget })
    const objects = result.tokens.filter(made => made.kind !== 'keys')
    if (objects.length > 0) becomes(m, owner, new Value(0, [], objects))
  }
  if (parent.doubt) {
    const unknown = new Value(0, [], [], null, parent.doubt)
    for (const made of self.tokens) m.init(made, '*', unknown)
    m.call(f, unknown, UNDEF, args, site, { construct: true })
  }
}

/** What the class above makes instead is what the constructor works on, and gives. */
function becomes(m: Machine, frame: Frame, made: Value): void {
  m.grow(frame.self, made)
  m.grow(frame.result, made)
}

/** Builtin classes whose instances a constructor gets as they are, and fills. */
const FILLED = new Set(Object.keys(EXTENDED))

/** A collection is filled by its own methods, which may be the user's (ECMA-262 section 24.1.1.1). */
function fill(run: Run, made: Token, items: Value, isMap: boolean, site: Site): void {
  const { m, f } = run
  const list = isMap ? [m.read(f, items, '0', site), m.read(f, items, '1', site)] : [items]
  for (const name of ['set', 'add'])
    for (const method of m.readToken(f, made, name, of(made), site).tokens)
      if (method.kind !== 'builtin' || !/^(Weak)?(Map|Set)\.prototype\./.test(method.path!))
        m.call(f, of(method), of(made), { list, rest: BOTTOM }, site)
}
