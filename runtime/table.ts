// Routes and folders of the manifest -> look-ups by canonical path. A literal path is one hash
// look-up; a pattern costs its segments, however many routes there are. Runs no code of the user.

import type { FolderRecord, RouteRecord, Segment } from './artifact.ts'
import { decodeSegment, encodeSegment } from './path.ts'

/** A route that matches a path. */
export interface Match {
  /** Index into `Manifest.routes`. */
  route: number
  /**
   * The path parameters in the route's order, percent-encoded as in the path. A rest holds its
   * slashes; an optional rest of no segments is undefined.
   */
  values: (string | undefined)[]
}

export interface Table {
  /** The route that matches best: literal, parameter, rest, optional rest, mount, by segment. */
  match(path: string): Match | null
  /** The folder that an unmatched path belongs to; -1 where there is none. */
  folder(path: string): number
}

interface Node {
  literals: Map<string, Node>
  /** The first few of `literals`, as two lists. */
  texts: string[]
  nodes: Node[]
  param: Node | null
  /** Routes that end here, or take all that is left; -1 for none. */
  end: number
  rest: number
  optionalRest: number
  mount: number
}

/** Names of a route's parameters, in the order of `Match.values`. */
export function paramNames(segments: Segment[]): string[] {
  return segments.flatMap(segment => (segment.kind === 'literal' ? [] : [segment.name]))
}

export function createTable(routes: RouteRecord[], folders: FolderRecord[]): Table {
  const literals = new Map<string, Match>()
  const root = node()
  for (const [number, route] of routes.entries()) {
    if (!route.mount && route.segments.every(segment => segment.kind === 'literal')) {
      literals.set(literalPath(route.segments), { route: number, values: [] })
    } else insert(root, route, number)
  }
  const tests = routes.map(route => testOf(route))

  const accept = (route: number, values: (string | undefined)[]): Match | null =>
    route < 0 || tests[route]?.(values) === false ? null : { route, values }

  /** `start`: of the next segment; behind the path where none is left. `values`: of those before. */
  const walk = (at: Node, path: string, start: number, values: string[]): Match | null => {
    if (start > path.length) {
      const mount =
        at.mount >= 0 && routes[at.mount]!.segments.at(-1)?.kind === 'rest' ? -1 : at.mount
      return (
        accept(at.end, values) ??
        (at.optionalRest < 0 ? null : accept(at.optionalRest, [...values, undefined])) ??
        accept(mount, values)
      )
    }
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    const literal = literalOf(at, path, start, end)
    let found = literal ? walk(literal, path, end + 1, values) : null
    if (found) return found
    if (at.param && end > start) {
      values.push(path.slice(start, end))
      found = walk(at.param, path, end + 1, values)
      if (found) return found
      values.pop()
    }
    // A lone empty segment is a slash at the end, not a value.
    if ((at.rest >= 0 || at.optionalRest >= 0) && start < path.length) {
      const all = [...values, path.slice(start)]
      found = accept(at.rest, all) ?? accept(at.optionalRest, all)
    }
    return found ?? accept(at.mount, values)
  }

  const match = (path: string): Match | null =>
    // The root is no segments; otherwise empty ones are kept.
    literals.get(path) ?? walk(root, path, path === '/' ? path.length + 1 : 1, [])

  const tree = folderTree(folders)
  return { match, folder: path => tree(split(path)) }
}

function node(): Node {
  return {
    literals: new Map(),
    texts: [],
    nodes: [],
    param: null,
    end: -1,
    rest: -1,
    optionalRest: -1,
    mount: -1,
  }
}

function split(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/')
}

function literalPath(segments: Segment[]): string {
  return `/${segments.map(segment => (segment.kind === 'literal' ? encodeSegment(segment.value) : '')).join('/')}`
}

/** So few are compared where they stand: a hash is of a string of its own, which has to be made first. */
const FEW = 4

function literalOf(at: Node, path: string, start: number, end: number): Node | undefined {
  const { texts } = at
  if (texts.length > FEW) return at.literals.get(path.slice(start, end))
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!
    if (text.length === end - start && isAt(text, path, start)) return at.nodes[i]
  }
  return undefined
}

function isAt(text: string, path: string, start: number): boolean {
  for (let i = 0; i < text.length; i++)
    if (text.charCodeAt(i) !== path.charCodeAt(start + i)) return false
  return true
}

function insert(root: Node, route: RouteRecord, number: number): void {
  let at = root
  for (const segment of route.segments) {
    if (segment.kind === 'rest' || segment.kind === 'optional-rest') {
      if (route.mount) at.mount = number
      else if (segment.kind === 'rest') at.rest = number
      else at.optionalRest = number
      return
    }
    at = child(at, segment)
  }
  if (route.mount) at.mount = number
  else at.end = number
}

function child(at: Node, segment: Segment): Node {
  if (segment.kind !== 'literal') return (at.param ??= node())
  const key = encodeSegment(segment.value)
  const known = at.literals.get(key)
  if (known) return known
  const made = node()
  at.literals.set(key, made)
  if (at.texts.length <= FEW) {
    at.texts.push(key)
    at.nodes.push(made)
  }
  return made
}

/** `config.match` of a route as one test of all its values; undefined where it has none. */
function testOf(route: RouteRecord): ((values: (string | undefined)[]) => boolean) | undefined {
  if (!route.match) return undefined
  const tests: [number, RegExp][] = []
  for (const [index, name] of paramNames(route.segments).entries()) {
    const [source, flags] = route.match[name] ?? []
    // `g` and `y` carry a position from one test to the next.
    if (source !== undefined)
      tests.push([index, new RegExp(`^(?:${source})$`, flags!.replace(/[gym]/g, ''))])
  }
  return values =>
    tests.every(([index, test]) => {
      const value = values[index]
      return value === undefined || test.test(value.split('/').map(decodeSegment).join('/'))
    })
}

interface FolderNode {
  literals: Map<string, FolderNode>
  param: FolderNode | null
  rest: FolderNode | null
  folder: number
}

/** Greedy: what lies in a literal folder never belongs to a parameter beside it. */
function folderTree(folders: FolderRecord[]): (segments: string[]) => number {
  const make = (): FolderNode => ({ literals: new Map(), param: null, rest: null, folder: -1 })
  const root = make()
  for (const [number, { segments, shadowed }] of folders.entries()) {
    if (shadowed) continue
    let at = root
    for (const segment of segments) {
      if (segment.kind === 'literal') {
        const key = encodeSegment(segment.value)
        let next = at.literals.get(key)
        if (!next) at.literals.set(key, (next = make()))
        at = next
      } else if (segment.kind === 'param') at = at.param ??= make()
      else at = at.rest ??= make()
    }
    at.folder = number
  }
  return segments => {
    let at = root
    let folder = root.folder
    for (const segment of segments) {
      const next = at.literals.get(segment) ?? (segment === '' ? null : at.param)
      if (!next) {
        if (at.rest && at.rest.folder >= 0) folder = at.rest.folder
        break
      }
      at = next
      if (at.folder >= 0) folder = at.folder
    }
    return folder
  }
}
