// Variables and objects: makes them, fills them, lists their members, and runs again whoever looked. Runs
// no code of its own: getters, setters and conversions are for those who build on it.

import type { AnyNode } from 'acorn'
import type { Frame } from './frame.ts'
import { mark, marksOf } from './mark.ts'
import { noteRead } from './notes.ts'
import { Worklist } from './worklist.ts'
import type { Binding } from '../program.ts'
import {
  BOTTOM,
  Cell,
  type Context,
  join,
  type Kind,
  of,
  type Site,
  strongerTaint,
  type Taint,
  tainted,
  type Token,
  Value,
} from '../value.ts'

export abstract class Store extends Worklist {
  readonly globals: Context = {
    kind: 'load',
    root: '*',
    frames: new Map(),
    steps: 0,
    givenUp: false,
  }
  private readonly builtins = new Map<string, Token>()
  private tokens = 0
  readonly inheritedTokens = new Map<string, Token>()

  cellOf(frame: Frame, binding: Binding): Cell | null {
    let at: Frame | null = frame
    while (at && at.info !== binding.owner) at = at.parent
    if (!at) return null
    let cell = at.cells.get(binding)
    if (!cell) {
      cell = new Cell(at.context, binding.name)
      at.cells.set(binding, cell)
    }
    return cell
  }

  readCell(frame: Frame, cell: Cell, site: Site): Value {
    const value = this.get(frame, cell)
    if (cell.context !== frame.context)
      noteRead(this, frame, cell, () => cell.marks, cell.name, value, site)
    return value
  }

  writeCell(frame: Frame, cell: Cell, value: Value, site: Site): void {
    if (cell.context !== frame.context || frame.context.kind === 'late') {
      if (frame.context.kind === 'call')
        this.effect(frame, `changes \`${cell.name}\`, which outlives the request`, site)
      mark((cell.marks ??= []), frame.context, site)
    }
    this.grow(cell, tainted(value, frame.under))
  }

  token(kind: Kind, context: Context, site: Site): Token {
    return {
      id: this.tokens++,
      kind,
      context,
      site,
      props: new Map(),
      getters: null,
      setters: null,
      proto: null,
      listers: null,
      marks: null,
    }
  }

  /** The object that `node` makes in `frame`; `tag` tells several apart. */
  make(frame: Frame, node: AnyNode | string, kind: Kind, tag = '', site?: Site): Token {
    let tokens = frame.made.get(node)
    if (!tokens) frame.made.set(node, (tokens = new Map()))
    const key = kind + tag
    let token = tokens.get(key)
    if (!token) {
      const at = typeof node === 'string' ? frame.info.node.start : node.start
      token = this.token(kind, frame.context, site ?? { chunk: frame.info.chunk, at })
      tokens.set(key, token)
    }
    return token
  }

  builtin(path: string): Token {
    let token = this.builtins.get(path)
    if (!token) {
      token = this.token('builtin', this.globals, { chunk: '', at: 0 })
      token.path = path
      this.builtins.set(path, token)
    }
    return token
  }

  prop(token: Token, key: string): Cell {
    let cell = token.props.get(key)
    if (!cell) {
      cell = new Cell(token.context, key)
      token.props.set(key, cell)
    }
    return cell
  }

  /** Whether code gave an object a member of that name; who asks runs again when it does. */
  isSet(frame: Frame, token: Token, key: string): boolean {
    return this.get(frame, this.prop(token, key)) !== BOTTOM
  }

  /** Fills a member of an object that is being made. */
  init(token: Token, key: string, value: Value, under: Taint | null = null): void {
    const cell = this.prop(token, key)
    const isNew = cell.value === BOTTOM
    if (this.grow(cell, tainted(value, under)) && isNew) this.listAgain(token)
  }

  initAccessor(token: Token, which: 'getters' | 'setters', key: string, value: Value): void {
    const cells = (token[which] ??= new Map())
    let cell = cells.get(key)
    if (!cell) {
      cells.set(key, (cell = new Cell(token.context, key)))
      this.readAgain(token)
    }
    this.grow(cell, value)
  }

  setProto(token: Token, value: Value): void {
    if (!token.proto) {
      token.proto = new Cell(token.context, '__proto__')
      this.readAgain(token)
    }
    this.grow(token.proto, value)
  }

  /** What an object is made of; who asks runs again when that grows. */
  partsOf(frame: Frame, token: Token): readonly Value[] {
    ;(token.listers ??= new Set()).add(frame)
    return token.parts ?? []
  }

  addParts(token: Token, parts: Value[]): void {
    const before = token.parts ?? []
    let grew = false
    token.parts = parts.map((part, index) => {
      const all = join(before[index] ?? BOTTOM, part)
      grew ||= all !== before[index]
      return all
    })
    token.parts.push(...before.slice(parts.length))
    if (grew) this.listAgain(token)
  }

  /** Flags of a regular expression, where more than one may be meant. */
  addFlags(token: Token, flags: string): void {
    const all = [...new Set((token.path ?? '') + flags)].sort().join('')
    if (all === token.path) return
    token.path = all
    this.readAgain(token)
  }

  private readAgain(token: Token): void {
    this.listAgain(token)
    for (const cell of token.props.values())
      if (cell.readers) for (const reader of cell.readers) this.enqueue(reader)
  }

  private listAgain(token: Token): void {
    if (token.listers) for (const lister of token.listers) this.enqueue(lister)
  }

  /** An object that belongs to another one, as long as that lives. */
  part(owner: Token, key: string, kind: Kind, site: Site): Token {
    const cell = this.prop(owner, `part ${key}`)
    let token = cell.value.tokens[0]
    if (!token) {
      token = this.token(kind, owner.context, site)
      token.parts = [of(owner)]
      this.grow(cell, of(token))
    }
    return token
  }

  /** Names of the own members; whoever asks runs again when there are more. */
  namesOf(frame: Frame, token: Token, what = 'its members'): string[] {
    ;(token.listers ??= new Set()).add(frame)
    frame.context.steps += token.props.size >> 3
    if (this.spent(frame)) return []
    if (token.kind === 'builtin') return ['*']
    if (token.kind === 'request') this.effect(frame, 'reads the request', frame.at)
    if (token.kind === 'context') this.effect(frame, 'hands out the request context', frame.at)
    if (token.kind === 'namespace') return [...this.program.chunks.get(token.path!)!.exports.keys()]
    const names: string[] = []
    let taint: Taint | null = null
    for (const [key, cell] of token.props) {
      if (cell.value === BOTTOM || key.startsWith('part ')) continue
      names.push(key)
      taint = strongerTaint(taint, cell.value.taint)
      ;(cell.readers ??= new Set()).add(frame)
    }
    if (token.getters)
      for (const key of token.getters.keys()) if (!names.includes(key)) names.push(key)
    if (token.context !== frame.context) {
      const found = taint ? new Value(0, [], [], taint) : BOTTOM
      noteRead(this, frame, token, () => marksOf(token, null), what, found, frame.at)
    }
    return names
  }

  /** Notes a read of how many members there are; what that depends on. */
  readLength(frame: Frame, token: Token, site: Site): Taint | null {
    let taint: Taint | null = null
    for (const key of ['[]', '[k]', '*', 'length'])
      taint = strongerTaint(taint, this.get(frame, this.prop(token, key)).taint)
    if (token.context !== frame.context)
      noteRead(
        this,
        frame,
        token,
        () => marksOf(token, null),
        'its members',
        new Value(0, [], [], taint),
        site,
      )
    return taint
  }

  /** What generators return in the end. */
  returned(frame: Frame, value: Value): Value {
    let out = BOTTOM
    for (const token of value.tokens)
      if (token.kind === 'generator')
        out = join(out, this.get(frame, this.prop(token, 'part returned')))
    return out
  }

  /** Whether a write to this object could be seen after the call. */
  outlives(frame: Frame, token: Token): boolean {
    return token.context !== frame.context || frame.context.kind === 'late'
  }
}
