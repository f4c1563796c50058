// Own members of objects as Object and Reflect see them: keys, values, descriptors, prototypes.

import { fresh } from './make.ts'
import type { Call } from './registry.ts'
import { nativePrototype } from '../machine/prototypes.ts'
import {
  BOOL,
  BOTTOM,
  join,
  memberName,
  NUL,
  NUM,
  of,
  shared,
  STR,
  strongerTaint,
  SYM,
  SYMBOL,
  tainted,
  UNDEF,
  Value,
  doubtful,
} from '../value.ts'

function isInner(name: string): boolean {
  return name === '[]' || name === '[k]' || name === '*' || name === '@*'
}

export function keysOf(call: Call, value: Value): Value {
  const { machine, frame } = call
  const owners = value.tokens.filter(token => token.kind !== 'keys')
  if (owners.length === 0) return tainted(STR, value.taint)
  const keys = fresh(call, 'keys')
  machine.addParts(keys, [new Value(0, [], owners)])
  let open = value.doubt !== null
  let taint = value.taint
  for (const token of owners) {
    if (token.kind === 'builtin')
      taint = strongerTaint(taint, machine.readToken(frame, token, '*', of(token), call.site).taint)
    for (const name of machine.namesOf(frame, token, 'its members')) {
      if (isInner(name) && name !== '@*') open = true
      taint = strongerTaint(taint, machine.get(frame, machine.prop(token, name)).taint)
    }
    if (
      token.kind === 'data' ||
      token.kind === 'error' ||
      token.kind === 'builtin' ||
      token.kind === 'context' ||
      token.kind === 'request'
    )
      open = true
    if (token.kind === 'context' || token.kind === 'request' || token.kind === 'builtin')
      machine.convert(frame, of(token), 'deep', call.site)
  }
  return tainted(join(of(keys), open ? STR : BOTTOM), taint)
}

export function valuesOf(call: Call, value: Value): Value {
  const { machine, frame, site } = call
  let out: Value = value.mayBeString ? STR : BOTTOM
  if (value.doubt) out = join(out, new Value(0, [], [], null, value.doubt))
  for (const token of value.tokens) {
    if (token.kind === 'data') out = join(out, machine.readElements(frame, of(token), site, false))
    if (token.kind === 'namespace' || token.kind === 'builtin')
      out = join(out, machine.readToken(frame, token, '*', of(token), site))
    for (const name of machine.namesOf(frame, token, 'its members'))
      if (name !== '[k]') out = join(out, machine.readToken(frame, token, name, of(token), site))
  }
  return tainted(out, value.taint)
}

export function copyInto(call: Call, target: Value, source: Value): void {
  const { machine, frame, site } = call
  for (const token of source.tokens) {
    if (token.kind === 'data')
      machine.writeAny(
        frame,
        target,
        STR,
        machine.readElements(frame, of(token), site, false),
        site,
      )
    for (const name of machine.namesOf(frame, token, 'its members')) {
      const value = machine.readToken(frame, token, name, of(token), site)
      if (name === '[]') machine.writeAny(frame, target, NUM, value, site)
      else if (name === '*') machine.writeAny(frame, target, STR, value, site)
      else if (name === '@*') machine.writeAny(frame, target, SYM, value, site)
      else if (name !== '[k]') machine.write(frame, target, name, value, site)
    }
  }
  if (source.doubt)
    machine.writeAny(frame, target, STR, new Value(0, [], [], source.taint, source.doubt), site)
}

/** The key under which a member is kept, as the language sees it. */
export function keyOfMember(call: Call, name: string): Value {
  if (isInner(name)) return join(STR, SYM)
  if (name.startsWith('@@')) return of(call.machine.builtin(`Symbol.${name.slice(2)}`))
  return new Value(0, [name])
}

/** Names a key may stand for; a key that is an object is made text first. */
function keyNames(call: Call, key: Value): string[] {
  const objects = key.tokens.filter(token => token.kind !== 'builtin' && token.kind !== 'keys')
  if (objects.length > 0)
    call.machine.convert(call.frame, new Value(0, [], objects), 'string', call.site)
  const names = key.strings.map(memberName)
  for (const token of key.tokens)
    names.push(
      token.kind === 'builtin' && token.path!.startsWith('Symbol.')
        ? `@@${token.path!.slice(7)}`
        : '*',
    )
  if (key.bits & ~SYMBOL || key.doubt) names.push('*')
  if (key.bits & SYMBOL || key.doubt) names.push('@*')
  return [...new Set(names)]
}

export function defineOne(call: Call, target: Value, key: Value, how: Value): void {
  const { machine, frame, site } = call
  if (how.doubt && frame.context.kind === 'call') machine.effect(frame, how.doubt.message, site)
  const names = keyNames(call, key)
  // Flags may be getters of the user's own.
  let taint = key.taint
  for (const flag of ['enumerable', 'configurable', 'writable'])
    taint = strongerTaint(taint, machine.read(frame, how, flag, site).taint)
  const value = machine.read(frame, how, 'value', site)
  const getter = machine.read(frame, how, 'get', site)
  const setter = machine.read(frame, how, 'set', site)
  machine.noteDoubtfulWrite(frame, target, site)
  if (target.doubt) machine.escape(frame, how, site)
  for (const token of target.tokens) {
    for (const name of names) {
      machine.noteWrite(frame, token, name, site)
      machine.init(token, name, tainted(value, taint), frame.under)
      if (getter.tokens.length) machine.initAccessor(token, 'getters', name, getter)
      if (setter.tokens.length) machine.initAccessor(token, 'setters', name, setter)
    }
  }
}

export function defineAll(call: Call, target: Value, all: Value): void {
  const { machine, frame, site } = call
  for (const token of all.tokens)
    for (const name of machine.namesOf(frame, token, 'its members'))
      defineOne(
        call,
        target,
        keyOfMember(call, name),
        machine.readToken(frame, token, name, of(token), site),
      )
}

export function descriptor(call: Call, target: Value, key: Value): Value {
  const { machine, frame, site } = call
  const made = fresh(call, 'object', 'descriptor')
  machine.init(made, 'value', machine.readAny(frame, target, key, site))
  for (const token of target.tokens) {
    // What takes an accessor of the language calls it on anything: `__proto__` is one.
    if (token.kind === 'builtin')
      for (const name of ['get', 'set'])
        machine.init(made, name, doubtful(`takes an accessor of ${token.path}`, site))
    for (const [which, name] of [
      ['getters', 'get'],
      ['setters', 'set'],
    ] as const)
      for (const cell of token[which]?.values() ?? [])
        machine.init(made, name, machine.get(frame, cell))
  }
  for (const name of ['writable', 'enumerable', 'configurable']) machine.init(made, name, BOOL)
  return join(of(made), UNDEF)
}

export function prototypeOf(call: Call, value: Value): Value {
  const { machine, frame } = call
  let out: Value = NUL
  for (const token of value.tokens) {
    if (token.proto) out = join(out, machine.get(frame, token.proto))
    // Above a prototype there may be one of the same family, and the one of all objects.
    if (token.kind === 'builtin')
      out = join(join(out, of(token)), machine.read(frame, of(token), '__proto__', call.site))
    const native = nativePrototype(token)
    if (native) out = join(out, of(machine.builtin(native)))
  }
  if (value.mayBeString) out = join(out, of(machine.builtin('String.prototype')))
  if (value.doubt) out = join(out, shared(new Value(0, [], [], null, value.doubt), '__proto__'))
  return out
}

export function has(call: Call, target: Value, key: Value): Value {
  const { machine, frame, site } = call
  let taint = strongerTaint(target.taint, key.taint)
  keyNames(call, key)
  for (const token of target.tokens) {
    if (token.kind === 'context' || token.kind === 'request')
      machine.convert(frame, of(token), 'deep', site)
    for (const name of machine.namesOf(frame, token, 'its members'))
      taint = strongerTaint(taint, machine.get(frame, machine.prop(token, name)).taint)
  }
  return tainted(BOOL, taint)
}
