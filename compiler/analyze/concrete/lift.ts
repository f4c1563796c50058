// The heap after loading, as the abstract run sees it: every object and every call's variables one by
// one, with exactly what they hold.

import { Frame } from '../machine/frame.ts'
import { mark } from '../machine/mark.ts'
import type { Machine } from '../machine.ts'
import type { Activation, Closure } from './closure.ts'
import { infoOfClass } from './construct.ts'
import type { Loaded } from './load.ts'
import { PATHS } from './realm.ts'
import { abstractKey, isScope } from './reach.ts'
import { EMPTY, type Place, UNKNOWN } from './scope.ts'
import {
  BIG,
  BOOL,
  BOTTOM,
  Cell,
  doubtful,
  type Kind,
  type Mark,
  memberName,
  NUL,
  NUM,
  of,
  STR,
  SYM,
  text,
  type Token,
  UNDEF,
  type Value,
} from '../value.ts'
import type { Unit } from './unit.ts'
import { isMap, isObject, isSet } from './kinds.ts'
import type { Key, Scope, World } from './world.ts'

/** Lists longer than this lose the places of what they hold. */
const EXACT_LENGTH = 24
/** Data that is nested more deeply is not looked through. */
const MAX_NESTING = 100
/** More plain data than this is just data. */
const DATA_SIZE = 24

export class Lift {
  private readonly m: Machine
  private readonly w: World
  private readonly u: Unit
  private readonly tokens = new Map<object, Token>()
  private readonly frames = new Map<Scope, Frame>()
  private readonly open: (() => void)[] = []

  constructor(machine: Machine, loaded: Loaded) {
    this.m = machine
    this.w = loaded.world
    this.u = loaded.interpreter
    for (const name of loaded.chunks) {
      const { scope } = loaded.interpreter.tops.get(name)!
      this.frames.set(scope, machine.tops.get(name)!)
      this.variables(scope)
      machine.tops.get(name)!.done = true
    }
    for (const [key, value] of Object.entries(this.w.global))
      machine.init(machine.builtin('globalThis'), key, this.value(value))
    for (let one = this.open.pop(); one; one = this.open.pop()) one()
    for (const site of this.w.changed) machine.changedAt(site)
    for (const { owner, key, context, site } of loaded.foreign) {
      // Whoever shares the process would notice.
      if (owner === this.w.global)
        machine.noise.set(context.root, { message: `sets the global ${String(key)}`, site })
      const marks = this.marksFor(owner, key)
      if (marks) mark(marks, context, site)
    }
  }

  private marksFor(owner: object, key: Key): Mark[] | null {
    if (isScope(owner)) {
      const cell = this.cellAt(owner, Number(key))
      return cell && (cell.marks ??= [])
    }
    const token = owner === this.w.global ? this.m.builtin('globalThis') : this.tokenFor(owner)
    if (!token) return null
    const name = this.keyOn(owner, key)
    token.marks ??= new Map()
    let marks = token.marks.get(name)
    if (!marks) token.marks.set(name, (marks = []))
    return marks
  }

  private keyOn(owner: object, key: Key): string {
    if (this.w.entryOf.has(owner)) return '*'
    const slot = (owner as { name?: unknown }).name
    return this.slots.has(owner) ? `#${String(slot)}` : abstractKey(owner, key, memberName)
  }

  /** The objects that private slots belong to. */
  private readonly slots = new Map<object, object>()

  /** The abstract object of a concrete one; null where the abstract run cannot reach it. */
  tokenFor(owner: object): Token | null {
    if (owner === this.w.global) return this.m.builtin('globalThis')
    const slotOwner = this.slots.get(owner) ?? this.w.entryOf.get(owner)?.holder
    return this.tokens.get(slotOwner ?? owner) ?? null
  }

  /** The key of an abstract object that a concrete read or write is about. */
  nameOf(owner: object, key: Key): string {
    return this.keyOn(owner, key)
  }

  /** The abstract variable of a concrete one; null where the abstract run cannot reach it. */
  cellAt(scope: Scope, index: number): Cell | null {
    const frame = this.frames.get(functionScope(scope))
    const binding = [...(scope[1] as Place).slots].find(([, at]) => at === index)?.[0]
    return (binding && frame?.cells.get(binding)) ?? null
  }

  // ---------------------------------------------------------------- variables

  private frameOf(scope: Scope): Frame {
    const own = functionScope(scope)
    let frame = this.frames.get(own)
    if (!frame) {
      const activation = own[2] as Activation | null
      const up = own[0] as Scope | null
      const { info } = own[1] as Place
      const token = activation ? this.object(activation.callee) : null
      frame = new Frame(info!, token, up ? this.frameOf(up) : null, this.contextOf(own))
      frame.done = true
      this.frames.set(own, frame)
      if (activation) {
        const made = frame
        this.open.push(() => {
          this.m.grow(made.self, this.value(activation.self))
          this.m.grow(made.newTarget, this.value(activation.newTarget))
          for (const [index, one] of activation.args.entries()) {
            const cell = new Cell(made.context, `argument ${index + 1}`)
            made.params[index] = cell
            this.m.grow(cell, this.value(one))
          }
        })
      }
    }
    for (let at: Scope = scope; ; at = at[0] as Scope) {
      this.variables(at)
      if (at === own) break
    }
    return frame
  }

  private readonly filled = new Set<Scope>()

  private variables(scope: Scope): void {
    if (this.filled.has(scope)) return
    this.filled.add(scope)
    this.open.push(() => {
      const frame = this.frames.get(functionScope(scope))!
      for (const [binding, index] of (scope[1] as Place).slots) {
        let cell = frame.cells.get(binding)
        if (!cell) frame.cells.set(binding, (cell = new Cell(frame.context, binding.name)))
        this.m.grow(cell, this.value(scope[index]))
      }
    })
  }

  private contextOf(owner: object) {
    return this.w.owners.get(owner) ?? this.m.globals
  }

  // ---------------------------------------------------------------- values

  private value(value: unknown): Value {
    switch (typeof value) {
      case 'undefined':
        return UNDEF
      case 'boolean':
        return BOOL
      case 'number':
        return NUM
      case 'string':
        return text(value)
      case 'bigint':
        return BIG
      case 'symbol': {
        if (value === EMPTY) return BOTTOM
        if (value === UNKNOWN) return doubtful('asks which host it runs on', { chunk: '', at: 0 })
        const name = abstractKey({}, value, memberName)
        return name.startsWith('@@') ? of(this.m.builtin(`Symbol.${name.slice(2)}`)) : SYM
      }
    }
    if (value === null) return NUL
    return of(this.object(value as object))
  }

  private object(value: object): Token {
    const path = PATHS.get(value)
    if (path !== undefined) return this.m.builtin(path)
    if (value === this.w.global) return this.m.builtin('globalThis')
    let token = this.tokens.get(value)
    if (token) return token
    const kind = this.kindOf(value)
    const context = this.contextOf(value)
    token = this.m.token(kind, context, this.w.sites.get(value) ?? { chunk: context.root, at: 0 })
    if (!this.w.sites.has(value)) this.m.unsited.add(token)
    this.tokens.set(value, token)
    if (kind === 'data') this.claim(value, token)
    const made = token
    this.open.push(() => this.fill(value, made))
    return token
  }

  /** Of data, all that it holds is one: a change of any part is a change of it. */
  private claim(value: object, token: Token): void {
    for (const one of Object.values(value) as unknown[]) {
      if (!isObject(one)) continue
      this.tokens.set(one, token)
      this.claim(one, token)
    }
  }

  /** Whether it is no more than data, of which no part is known by itself. */
  private isTable(value: object): boolean {
    return isData(value, inner => this.tokens.has(inner)) && sizeOf(value) > DATA_SIZE
  }

  private kindOf(value: object): Kind {
    const closure = this.w.closures.get(value)
    if (closure) return closure.bound ? 'bound' : 'function'
    if (Array.isArray(value)) return this.isTable(value) ? 'data' : 'array'
    if (isMap(value)) return 'map'
    if (isSet(value)) return 'set'
    if (this.w.weak.has(value)) return 'weak'
    if (value instanceof RegExp) return 'regexp'
    if (value instanceof Date) return 'date'
    if (value instanceof Error) return 'error'
    if (ArrayBuffer.isView(value)) return 'bytes'
    return this.isTable(value) ? 'data' : 'object'
  }

  private fill(value: object, token: Token): void {
    const { m } = this
    const { kind } = token
    if (kind === 'data') return
    const closure = this.w.closures.get(value)
    if (closure?.bound) {
      const { target, self, args } = closure.bound
      m.addParts(token, [this.value(target), this.value(self), ...args.map(one => this.value(one))])
      return
    }
    if (closure) this.fillFunction(value, token, closure)
    else this.fillProto(value, token)
    if (kind === 'regexp') m.addFlags(token, (value as RegExp).flags)
    if (kind === 'date' || kind === 'bytes') m.init(token, '[]', NUM)
    if (kind === 'map' || (kind === 'weak' && !(value instanceof WeakSet))) {
      const content = this.w.contentOf(value)
      for (let i = 0; i < content.length; i += 2) {
        m.init(token, '[k]', this.value(content[i]))
        m.init(token, '[]', this.value(content[i + 1]))
      }
    } else if (kind === 'set' || kind === 'weak')
      for (const one of this.w.contentOf(value).filter((_, i) => kind === 'set' || i % 2 === 0))
        m.init(token, '[]', this.value(one))
    if (kind !== 'bytes') this.members(value, token)
    for (const slot of this.w.privates.get(value)?.values() ?? []) {
      this.slots.set(slot, value)
      const name = `#${slot.name}`
      if (slot.kind !== 'accessor') m.init(token, name, this.value(slot.value))
      if (slot.get) m.initAccessor(token, 'getters', name, this.value(slot.get))
      if (slot.set) m.initAccessor(token, 'setters', name, this.value(slot.set))
    }
  }

  private members(value: object, token: Token): void {
    const { m } = this
    const isLong = Array.isArray(value) && value.length > EXACT_LENGTH
    for (const key of Reflect.ownKeys(value)) {
      const found = Reflect.getOwnPropertyDescriptor(value, key)!
      if (
        SKIPPED[token.kind]?.includes(key as string) &&
        'value' in found &&
        !isObject(found.value)
      )
        continue
      const isIndex = Array.isArray(value) && typeof key === 'string' && /^\d+$/.test(key)
      const name = isIndex ? key : abstractKey(value, key, memberName)
      if (!('value' in found)) {
        if (found.get) m.initAccessor(token, 'getters', name, this.value(found.get))
        if (found.set) m.initAccessor(token, 'setters', name, this.value(found.set))
        continue
      }
      const inner = this.value(found.value)
      if (!isIndex || !isLong) m.init(token, name, inner)
      if (isIndex) m.init(token, '[]', inner)
    }
    if (Array.isArray(value) && Object.keys(value).length < value.length) m.init(token, '[]', UNDEF)
    if (token.kind === 'error') {
      m.init(token, 'name', STR)
      m.init(token, 'message', STR)
    }
  }

  private fillFunction(value: object, token: Token, closure: Closure): void {
    const { m } = this
    const scope = closure.scope!
    const env = this.frameOf(scope)
    token.env = env
    if (closure.class) {
      const { node, isDerived, hidden } = closure.class
      token.info = closure.code?.info ?? infoOfClass(this.u, node, env.info)
      token.node = node
      token.home = this.object(Reflect.get(value, 'prototype') as object)
      for (const { name, kind, fn } of hidden) {
        const method = this.value(fn)
        if (kind === 'method') m.init(token.home, `#${name}`, method)
        else m.initAccessor(token.home, kind === 'get' ? 'getters' : 'setters', `#${name}`, method)
      }
      if (isDerived) {
        const parent = this.value(Object.getPrototypeOf(value))
        m.addParts(token, [parent])
        m.setProto(token, parent)
      }
      return
    }
    token.info = closure.code!.info
    if (closure.home) token.home = this.object(closure.home)
    const proto: unknown = Object.getPrototypeOf(value)
    if (proto !== Function.prototype) m.setProto(token, this.value(proto))
  }

  private fillProto(value: object, token: Token): void {
    const proto: unknown = Object.getPrototypeOf(value)
    const usual = isObject(proto) ? PATHS.get(proto) : undefined
    if (usual && USUAL[token.kind]?.test(usual)) return
    this.m.setProto(token, this.value(proto))
  }
}

/** What the abstract object says by itself. */
const SKIPPED: Partial<Record<Kind, string[]>> = {
  array: ['length'],
  function: ['length', 'name'],
  regexp: [],
  error: ['stack', 'name', 'message'],
}

const USUAL: Partial<Record<Kind, RegExp>> = {
  object: /^Object\.prototype$/,
  array: /^Array\.prototype$/,
  map: /^Map\.prototype$/,
  set: /^Set\.prototype$/,
  weak: /^Weak(Map|Set)\.prototype$/,
  regexp: /^RegExp\.prototype$/,
  date: /^Date\.prototype$/,
  error: /Error\.prototype$/,
  bytes: /Array\.prototype$/,
}

/** The scope of the function, or module, that a block's belongs to. */
function functionScope(scope: Scope): Scope {
  let at = scope
  while (!(at[1] as Place).info) at = at[0] as Scope
  return at
}

function isData(
  value: unknown,
  isTaken: (value: object) => boolean,
  seen = new Set<object>(),
  depth = 0,
): boolean {
  if (typeof value === 'symbol' || typeof value === 'function') return false
  if (!isObject(value)) return true
  if (seen.has(value) || depth > MAX_NESTING || isTaken(value)) return false
  seen.add(value)
  const proto: unknown = Object.getPrototypeOf(value)
  if (proto !== Object.prototype && proto !== Array.prototype) return false
  for (const key of Reflect.ownKeys(value)) {
    const found = Reflect.getOwnPropertyDescriptor(value, key)!
    if (
      typeof key === 'symbol' ||
      !('value' in found) ||
      !isData(found.value, isTaken, seen, depth + 1)
    )
      return false
  }
  return true
}

function sizeOf(value: unknown): number {
  if (!isObject(value)) return 1
  let size = 1
  for (const key of Object.keys(value)) size += sizeOf((value as Record<string, unknown>)[key])
  return size
}
