// JSX and `html` with values of the request in them -> their text in parts. Hono itself renders, with
// a mark in the place of each value; what became of the mark shows how the value is escaped. Refuses
// the few places where Hono looks at what a value is.

import { html, raw } from 'hono/html'
import { Fragment, jsx } from 'hono/jsx/jsx-runtime'
import type { Hole, Part } from '../../../runtime/artifact.ts'
import {
  checked,
  constant,
  escaped,
  holeOf,
  isString,
  joined,
  noProps,
  partsOf,
  type Primitive,
  Refusal,
  refuse,
  type Value,
} from './value.ts'

type Node = ReturnType<typeof jsx>
type Props = Parameters<typeof jsx>[1]

/** Elements that Hono moves into the head, and compares with one another while it does. */
const MOVED = new Set(['title', 'meta', 'link', 'script', 'style'])

/** Attributes of these that Hono only writes. */
const WRITTEN = new Set(['content', 'children', 'href'])

/** What stands for a value: its number, and a character by which escaping shows. */
const MARK = /\uE000(\d+)((?:&(?:amp;)*))\uE001/g
/** By how much each escaping makes `&` longer. */
const AMPERSAND = 'amp;'.length
const ATTRIBUTE = / [^\s"'<>/=]+="$/

/** The marks of one handler and what they stand for. */
export class Markup {
  readonly #marks: { parts: Part[]; isAttribute: boolean }[] = []
  /** Tags of elements with values in them, and elements that were moved: their text by tag. */
  readonly #filled = new Set<string>()
  readonly #moved = new Map<string, string[]>()

  /** `jsx(tag, props)` of an element; components are called by who evaluates. */
  element(tag: string, props: Record<string, Value>): Value {
    const own = noProps() as Record<string, unknown>
    for (const [name, value] of Object.entries(props)) {
      if (name === 'key' || name === 'ref') refuse(`the attribute ${name}`)
      if (MOVED.has(tag) && !WRITTEN.has(name) && !isFixed(value))
        refuse(`a value of the request as ${name} of <${tag}>`)
      own[checked(name)] = name === 'children' ? this.#child(value) : this.#attribute(name, value)
    }
    const node = made(() => jsx(checked(tag), own as Props, undefined))
    if (typeof node.tag === 'function' && MOVED.has(tag)) this.#watch(node, tag)
    return { kind: 'markup', node }
  }

  /** `<>…</>`. */
  fragment({ children }: Record<string, Value>): Value {
    const own = children === undefined ? {} : { children: this.#child(children) }
    return { kind: 'markup', node: jsx(Fragment as never, own as Props, undefined) }
  }

  /** What a component returned, as it shows in its place. */
  shown(value: Value): Value {
    if (value.kind === 'markup') return value
    const isNumber = value.kind === 'constant' && typeof value.value === 'number'
    // As a number it would be a child that Hono takes for none where it is 0.
    return this.fragment({ children: isNumber ? constant(String(value.value)) : value })
  }

  /** The tagged template `html`. */
  html(strings: string[], values: Value[]): Value {
    const texts = Object.assign(strings.map(checked), { raw: strings })
    const children = values.map(value => this.#child(value))
    const node = made(() => html(texts as unknown as TemplateStringsArray, ...children))
    if (node instanceof Promise) refuse('HTML that is made in time')
    return { kind: 'markup', node }
  }

  /** `raw(text)`. */
  raw(parts: Part[]): Value {
    return { kind: 'markup', node: raw(this.#mark(parts, false)) }
  }

  /** The text of some markup. */
  partsOf(node: object): Part[] {
    const text: unknown = made(() => node.toString())
    const { callbacks } = node as { callbacks?: unknown[] }
    if (typeof text !== 'string' || callbacks?.length) return refuse('HTML that is made in time')
    for (const tag of this.#filled)
      if (this.#moved.has(tag)) refuse(`a value of the request in <${tag}>, which Hono moves`)
    const parts: Part[] = []
    let from = 0
    for (const found of text.matchAll(MARK)) {
      const before = text.slice(from, found.index)
      from = found.index + found[0].length
      const { parts: filling, isAttribute } = this.#marks[Number(found[1])]!
      const times = (found[2]!.length - 1) / AMPERSAND
      if (times === 0 && this.#moved.size > 0)
        refuse('a value that is not escaped beside elements that Hono moves')
      if ([...this.#moved.values()].flat().some(own => beginsIn(before, own)))
        refuse('a value of the request in what may spell an element that Hono moves')
      let own = filling
      for (let i = 0; i < times; i++) own = escaped(own, 'html')
      if (!isAttribute) {
        parts.push(before, ...own)
        continue
      }
      const name = ATTRIBUTE.exec(before)?.[0]
      const [hole] = own
      if (!name || text[from] !== '"' || typeof hole !== 'object' || times !== 1)
        return refuse('an attribute in a place of its own')
      from++
      parts.push(before.slice(0, -name.length), attributeHole(hole, name))
    }
    parts.push(text.slice(from))
    if (parts.some(part => typeof part === 'string' && /[\uE000\uE001]/.test(part)))
      refuse('a value of the request in a place that is not known')
    return joined(parts)
  }

  #mark(parts: Part[], isAttribute: boolean): string {
    if (parts.every(part => typeof part === 'string')) return parts.join('')
    return `\uE000${this.#marks.push({ parts, isAttribute }) - 1}&\uE001`
  }

  /** A value between tags, where null, undefined and truth values show nothing. */
  #child(value: Value): unknown {
    switch (value.kind) {
      case 'constant':
        return typeof value.value === 'string' ? checked(value.value) : value.value
      case 'text':
        return this.#mark(value.parts, false)
      case 'input':
        return this.#mark([holeOf(value, shown)], false)
      case 'markup':
        return value.node
      case 'array':
        return value.items.map(item => this.#child(item))
      default:
        return refuse('shows something that is no text')
    }
  }

  #attribute(name: string, value: Value): unknown {
    switch (value.kind) {
      case 'constant':
        return typeof value.value === 'string' ? checked(value.value) : value.value
      case 'text':
        return this.#mark(value.parts, false)
      case 'input':
        if (isString(value)) return this.#mark(partsOf(value), false)
        return this.#mark([holeOf(value, attributeText)], true)
      case 'function':
        // Listeners are for browsers: a server leaves them out.
        return name.startsWith('on') ? () => {} : refuse(`a function as attribute ${name}`)
      case 'object':
        return this.#object(name, value.props)
      default:
        return refuse(`the attribute ${name} of a kind that is not known`)
    }
  }

  /** `style`, of constants, and `dangerouslySetInnerHTML`. */
  #object(name: string, props: Record<string, Value>): unknown {
    if (name === 'dangerouslySetInnerHTML') {
      const inner = props.__html
      if (Object.keys(props).length !== 1 || !inner || !isString(inner))
        return refuse('dangerouslySetInnerHTML of something that is no text')
      return { __html: this.#mark(partsOf(inner), false) }
    }
    if (name !== 'style') return refuse(`an object as attribute ${name}`)
    const made: Record<string, Primitive> = {}
    for (const [key, value] of Object.entries(props)) {
      if (value.kind !== 'constant') return refuse('a value of the request in a style object')
      made[checked(key)] = typeof value.value === 'string' ? checked(value.value) : value.value
    }
    return made
  }

  /** Notes what an element that may be moved turns out to be when it is rendered. */
  #watch(node: Node, tag: string): void {
    const component = node.tag as (props: unknown) => unknown
    node.tag = ((props: unknown) => {
      const out = component(props)
      if (out instanceof Promise) refuse('HTML that is made in time')
      const { callbacks } = out as { callbacks?: unknown[] }
      const text = String(out)
      if (callbacks?.length) this.#moved.set(tag, [...(this.#moved.get(tag) ?? []), text])
      if (text.includes('\uE000')) this.#filled.add(tag)
      return out
    }) as typeof node.tag
  }
}

/**
 * Whether an element's text may begin in `before` and go on in the value that follows. Hono takes
 * what it moves out of the whole page wherever that stands, by its text.
 */
function beginsIn(before: string, element: string): boolean {
  // With another element inside, what is taken out first decides.
  if (element.indexOf('<', 1) !== element.lastIndexOf('</')) return true
  for (let at = before.indexOf('<'); at >= 0; at = before.indexOf('<', at + 1))
    if (element.startsWith(before.slice(at)) && element.length > before.length - at) return true
  return false
}

function isFixed(value: Value): boolean {
  if (value.kind === 'object') return Object.values(value.props).every(isFixed)
  return value.kind === 'constant' || value.kind === 'function'
}

function shown(value: Primitive): string {
  return value === null || value === undefined || typeof value === 'boolean'
    ? ''
    : checked(String(value))
}

/** Hono's own: what it throws, the handler would throw. */
function made<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof Refusal) throw error
    return refuse('markup that throws')
  }
}

/** An attribute that is left out with its name where there is no value. */
function attributeHole(hole: Hole, name: string): Hole {
  const around = (own: string): string => (own === NOTHING ? '' : `${name}${own}"`)
  const { absent, empty } = hole
  return { ...hole, before: name, after: '"', absent: around(absent), empty: around(empty) }
}

/** Stands for an attribute that is left out; escaping does not change it, and no constant has it. */
const NOTHING = '\uE001'

function attributeText(value: Primitive): string {
  if (value === null || value === undefined) return NOTHING
  return typeof value === 'boolean' ? refuse('a truth value as attribute') : checked(String(value))
}
