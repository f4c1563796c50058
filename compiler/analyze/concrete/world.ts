// The heap a concrete run works on, and what the run may do to it: every read and write of an object
// that is older than the run passes here and is kept, so that it can be judged and taken back.

import type { Context, Site } from '../value.ts'
import { Bail, type BailKind } from './bail.ts'
import type { Closure } from './closure.ts'
import { isCollection, isMap, isObject, isSet } from './kinds.ts'
import type { Slot } from './privates.ts'
import { PATHS } from './realm.ts'
import { Place } from './scope.ts'

export type Key = string | symbol
/** A scope while the code runs: the one around it, then its variables. */
export type Scope = unknown[]

/** Steps (calls and rounds of loops) one run may take. */
const MAX_STEPS = 400_000
/**
 * Characters and members that one run's builtins and operators may make: a loop that eats memory must
 * not eat the compiler's.
 */
const MAX_MADE = 32 << 20
/** Calls within calls; the run uses the stack of the compiler. */
const MAX_DEPTH = 120

/** What an object was like before a run changed it. */
interface Before {
  members: Map<Key, PropertyDescriptor | undefined>
  /** Of a collection or list that was changed as a whole. */
  content: unknown[] | null
}

export interface ForeignWrite {
  owner: object
  key: Key
  context: Context
  site: Site
}

export class World {
  /** Which literal made an object. */
  readonly sites = new WeakMap<object, Site>()
  /** What loading changed that was there already, by whose literal made it; null: by no literal. */
  readonly changed = new Set<Site | null>()
  /** Which loading made what is older than the current run. */
  readonly owners = new WeakMap<object, Context>()
  readonly closures = new WeakMap<object, Closure>()
  /** Members of WeakMap and WeakSet, which nobody else can list. */
  readonly weak = new WeakMap<object, Map<object, unknown>>()
  /** By key, in which of them it is: to whoever has the key, a member like any other. */
  readonly weakOf = new WeakMap<object, Set<object>>()
  /** Members of WeakMap and WeakSet that are older than the run, each an object that holds `value`. */
  private readonly entries = new WeakMap<object, WeakMap<object, object>>()
  /** By such a member, where it is. */
  readonly entryOf = new WeakMap<object, { holder: object; key: object }>()
  /** Stands for the global object: what the program itself put there. */
  readonly global: Record<string, unknown> = {}
  readonly privates = new WeakMap<object, Map<object, Slot>>()
  /** Objects that are not the program's own (the request context, a response): how a member is read. */
  readonly exotics = new WeakMap<object, (key: Key) => unknown>()
  /** Functions of such objects. */
  readonly natives = new WeakMap<object, (args: unknown[]) => unknown>()
  /** Errors that the code made itself; of others the engine chose the words. */
  readonly thrown = new WeakSet<object>()
  /** What belongs to no module and outlives every call. */
  readonly lasting: Context
  /** Who runs. */
  now: Context
  isLoading = true
  steps = 0
  made = 0
  depth = 0
  /** Where the code is, outermost call first. */
  chain: Site[] = []
  at: Site = { chunk: '', at: 0 }
  /** What ended the run, also where a builtin swallowed it. */
  failed: Bail | null = null
  /** Set where the run can prove nothing any more, but may still meet the cause. */
  doomed = false
  /** What the run read that is older. */
  reads = new Map<object, Set<Key>>()
  /** What it changed that is older. */
  changes = new Map<object, Before>()
  /** Every place it wrote, also where what it wrote is what was there. */
  writes = new Map<object, Set<Key>>()
  /** What loading changed that another module made. */
  foreign: ForeignWrite[] = []

  /** Whether a place is in the project's own code, not in a package. */
  private readonly isOwnCode: (site: Site) => boolean

  constructor(now: Context, isOwnCode: (site: Site) => boolean) {
    this.now = now
    this.lasting = now
    this.isOwnCode = isOwnCode
  }

  /** Ends the run where the project's own code does what is only let pass as a package's memo. */
  refuseOwn(message: string): void {
    if (!this.isLoading && this.isOwnCode(this.at)) this.bail('state', message)
  }

  /** Begins a run: nothing was read or changed yet. */
  begin(now: Context, isLoading: boolean): void {
    this.now = now
    this.isLoading = isLoading
    this.steps = 0
    this.made = 0
    this.depth = 0
    this.chain = []
    this.at = { chunk: '', at: 0 }
    this.failed = null
    this.doomed = false
    this.reads = new Map()
    this.changes = new Map()
    this.writes = new Map()
    this.foreign = []
  }

  bail(kind: BailKind, message: string): never {
    this.failed ??= new Bail(
      kind,
      message,
      // Code from text has no place of its own.
      [...this.chain, this.at].filter(({ chunk }) => chunk !== '' && !chunk.startsWith('text:')),
    )
    throw this.failed
  }

  unsupported(what: string): never {
    this.bail('unsupported', what)
  }

  step(): void {
    if (this.failed) throw this.failed
    if (++this.steps > MAX_STEPS) this.unsupported('takes more steps than are run')
  }

  /** Counts what a builtin or an operator made. */
  spend(value: unknown): void {
    if (typeof value === 'string' || Array.isArray(value) || ArrayBuffer.isView(value))
      this.made += (value as ArrayLike<unknown>).length ?? 0
    if (this.made > MAX_MADE) this.unsupported('makes more than a run may')
  }

  enter(site: Site): void {
    this.step()
    if (++this.depth > MAX_DEPTH) this.unsupported('calls too deep')
    this.chain.push(site)
  }

  leave(): void {
    this.depth--
    this.chain.pop()
  }

  // ---------------------------------------------------------------- what is older

  isOlder(owner: object): boolean {
    return this.owners.has(owner)
  }

  noteRead(owner: object, key: Key): void {
    if (!this.owners.has(owner)) return
    if (this.isLoading && this.owners.get(owner) === this.now) return
    // What the run itself wrote before is its own.
    const before = this.changes.get(owner)
    if (before && (before.content || before.members.has(key))) return
    let keys = this.reads.get(owner)
    if (!keys) this.reads.set(owner, (keys = new Set()))
    keys.add(key)
  }

  /** Notes that all of an object is looked at. */
  look(value: unknown): void {
    if (isObject(value)) {
      if (this.exotics.has(value)) this.unsupported('looks at all of what it was given')
      if (value === this.global) this.unsupported('lists the globals')
      this.refuseProxy(value)
      if (this.natives.has(value)) this.unsupported('looks at what it was given')
      // What a builtin asks for it may find on a prototype of the program's own.
      for (let at: object | null = value; at && !PATHS.has(at); at = Object.getPrototypeOf(at))
        this.noteRead(at, '*')
    }
  }

  private refuseProxy(value: object): void {
    if (PATHS.has(value) && typeof value !== 'function') this.unsupported('lists a builtin')
  }

  /** Notes that all of an object and of what it holds is looked at. */
  lookDeep(value: unknown, seen = new Set<object>()): void {
    if (!isObject(value) || seen.has(value)) return
    seen.add(value)
    this.look(value)
    for (const key of Reflect.ownKeys(value)) {
      const found = Reflect.getOwnPropertyDescriptor(value, key)!
      if ('value' in found) this.lookDeep(found.value, seen)
    }
    if (isCollection(value)) for (const one of this.contentOf(value)) this.lookDeep(one, seen)
  }

  /** Notes that a place is written, whatever was there. */
  noteWrite(owner: object, key: Key): void {
    if (this.isLoading || !this.owners.has(owner)) return
    let keys = this.writes.get(owner)
    if (!keys) this.writes.set(owner, (keys = new Set()))
    keys.add(key)
  }

  private keep(owner: object): Before {
    let before = this.changes.get(owner)
    if (!before) this.changes.set(owner, (before = { members: new Map(), content: null }))
    return before
  }

  /** Notes that loading changes an object that was made before. */
  noteChange(owner: object): void {
    const isVariables = Array.isArray(owner) && owner[1] instanceof Place
    if (this.isLoading && !isVariables && typeof owner !== 'function')
      this.changed.add(this.sites.get(owner) ?? null)
  }

  /** Has to be called before one member of an object, or one variable, changes. */
  touch(owner: object, key: Key, isMade = false): void {
    if (!isMade) this.noteChange(owner)
    if (PATHS.has(owner)) this.bail('unsupported', `changes \`${PATHS.get(owner)}\``)
    if (this.exotics.has(owner)) this.unsupported('changes what it was given')
    const by = this.owners.get(owner)
    if (!by) return
    // A shorter list has lost members, which nobody names.
    if (key === 'length' && Array.isArray(owner)) {
      this.touchAll(owner)
      return
    }
    if (this.isLoading) {
      if (by !== this.now) this.foreign.push({ owner, key, context: this.now, site: this.at })
      return
    }
    this.refuseOwn(changeOf(owner, key))
    this.noteWrite(owner, key)
    const before = this.keep(owner)
    if (before.content || before.members.has(key)) return
    const isLonger = Array.isArray(owner) && key !== 'length' && !Object.hasOwn(owner, key)
    if (isLonger) this.noteWrite(owner, 'length')
    if (isLonger) before.members.set('length', Reflect.getOwnPropertyDescriptor(owner, 'length'))
    before.members.set(key, Reflect.getOwnPropertyDescriptor(owner, key))
  }

  /** Has to be called before a list or collection changes as a whole. */
  touchAll(owner: object): void {
    this.noteChange(owner)
    if (PATHS.has(owner)) this.bail('unsupported', `changes \`${PATHS.get(owner)}\``)
    if (this.exotics.has(owner)) this.unsupported('changes what it was given')
    const by = this.owners.get(owner)
    if (!by) return
    if (this.isLoading) {
      if (by !== this.now) this.foreign.push({ owner, key: '*', context: this.now, site: this.at })
      return
    }
    if (!(Array.isArray(owner) || isCollection(owner)))
      this.unsupported('changes an object as a whole')
    this.refuseOwn('changes a member of an object that outlives the request')
    this.noteWrite(owner, '*')
    if (Array.isArray(owner) && Object.keys(owner).length !== owner.length)
      this.unsupported('changes a list with holes')
    const before = this.keep(owner)
    if (before.members.size > 0) this.unsupported('changes an object in two ways')
    before.content ??= this.contentOf(owner)
  }

  /** Has to be called before a WeakMap or WeakSet is asked for `key`. */
  lookWeak(owner: object, key: unknown): void {
    if (this.isLoading) this.look(owner)
    const entry = this.entry(owner, key)
    if (entry) this.noteRead(entry, 'value')
  }

  /** Has to be called before a WeakMap or WeakSet changes; where nobody else has the key, nobody sees. */
  touchWeak(owner: object, key: object): void {
    const holders = this.weakOf.get(key)
    if (holders) holders.add(owner)
    else this.weakOf.set(key, new Set([owner]))
    if (this.isLoading) this.touchAll(owner)
    const entry = this.entry(owner, key)
    if (entry) this.touch(entry, 'value')
  }

  /** Has to be called after such a change. */
  changedWeak(owner: object, key: object): void {
    const entry = this.entry(owner, key)
    if (entry) this.mirror(entry)
  }

  /**
   * A member of a WeakMap or WeakSet as an object of its own: nobody can list them, so that each is
   * only seen by who has its key. Null while loading, and where the key or the collection is the run's
   * own.
   */
  private entry(holder: object, key: unknown): object | null {
    const by = this.owners.get(holder)
    if (this.isLoading || !by || !isObject(key)) return null
    if (!this.owners.has(key) && !PATHS.has(key)) return null
    let entries = this.entries.get(holder)
    if (!entries) this.entries.set(holder, (entries = new WeakMap()))
    let entry = entries.get(key)
    if (!entry) {
      entries.set(key, (entry = Object.create(null) as object))
      this.entryOf.set(entry, { holder, key })
      this.mirror(entry)
    }
    this.owners.set(entry, this.owners.get(key) === this.now ? this.now : by)
    return entry
  }

  /** Has an entry hold what its collection does. */
  private mirror(entry: object): void {
    const { holder, key } = this.entryOf.get(entry)!
    const members = this.weak.get(holder)!
    if (members.has(key)) Reflect.set(entry, 'value', members.get(key))
    else Reflect.deleteProperty(entry, 'value')
  }

  /** Has a collection hold what an entry does. */
  private restore(entry: object): void {
    const { holder, key } = this.entryOf.get(entry)!
    const members = this.weak.get(holder)!
    const value: unknown = Reflect.get(entry, 'value')
    const isSet = holder instanceof WeakSet
    if (Object.hasOwn(entry, 'value')) {
      members.set(key, value)
      if (isSet) WeakSet.prototype.add.call(holder, key)
      else WeakMap.prototype.set.call(holder, key, value)
    } else {
      members.delete(key)
      if (isSet) WeakSet.prototype.delete.call(holder, key)
      else WeakMap.prototype.delete.call(holder, key)
    }
  }

  contentOf(owner: object): unknown[] {
    const weak = this.weak.get(owner)
    if (weak) return [...weak].flat()
    if (isMap(owner)) return [...Map.prototype.entries.call(owner)].flat()
    if (isSet(owner)) return [...Set.prototype.values.call(owner)]
    return [...(owner as unknown[])]
  }

  /** Forgets changes that have come to nothing. */
  settleChanges(): void {
    for (const [owner, { members, content }] of this.changes) {
      for (const [key, before] of members)
        if (sameMember(before, Reflect.getOwnPropertyDescriptor(owner, key))) members.delete(key)
      const now = content && this.contentOf(owner)
      const isSame =
        now?.length === content?.length && now?.every((one, i) => Object.is(one, content![i]))
      if (members.size === 0 && (!content || isSame)) this.changes.delete(owner)
    }
  }

  /** Takes back all that the run changed. */
  undo(changes = this.changes): void {
    for (const [owner, { members, content }] of changes) {
      for (const [key, before] of members)
        if (before) Reflect.defineProperty(owner, key, before)
        else Reflect.deleteProperty(owner, key)
      if (this.entryOf.has(owner)) this.restore(owner)
      if (content) this.refill(owner, content)
    }
  }

  private refill(owner: object, content: unknown[]): void {
    if (isMap(owner)) {
      Map.prototype.clear.call(owner)
      for (let i = 0; i < content.length; i += 2)
        Map.prototype.set.call(owner, content[i], content[i + 1])
    } else if (isSet(owner)) {
      Set.prototype.clear.call(owner)
      for (const one of content) Set.prototype.add.call(owner, one)
    } else {
      const list = owner as unknown[]
      list.length = 0
      list.push(...content)
    }
  }
}

/** A change in words. */
function changeOf(owner: object, key: Key): string {
  const place: unknown = Array.isArray(owner) ? owner[1] : null
  if (place instanceof Place)
    for (const [binding, index] of place.slots)
      if (String(index) === key) return `changes \`${binding.name}\`, which outlives the request`
  const what = typeof key === 'string' && !/^\d+$/.test(key) ? `\`${key}\`` : 'a member'
  return `changes ${what} of an object that outlives the request`
}

function sameMember(a: PropertyDescriptor | undefined, b: PropertyDescriptor | undefined): boolean {
  if (!a || !b) return a === b
  return (
    Object.is(a.value, b.value) &&
    a.get === b.get &&
    a.set === b.set &&
    a.writable === b.writable &&
    a.enumerable === b.enumerable &&
    a.configurable === b.configurable
  )
}
