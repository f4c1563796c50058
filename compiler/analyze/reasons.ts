// What a handler's frames did -> the first reason it cannot be static, in words, at the place in the
// user's own sources.

import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { isAbsolute, relative, sep } from 'node:path'
import type { Bundle, Position, Reason } from '../stages.ts'
import type { Event, Frame } from './machine/frame.ts'
import type { Mark, Site } from './value.ts'

export class Places {
  private readonly bundle: Bundle
  private readonly root: string
  private readonly maps = new Map<string, TraceMap>()
  private readonly lines = new Map<string, number[]>()

  constructor(bundle: Bundle, root: string) {
    this.bundle = bundle
    this.root = root
  }

  /** The line of a place in a chunk, from 1. */
  lineOf(chunk: string, at: number): number {
    this.positionOf(chunk, at)
    return (this.lines.get(chunk)?.findLastIndex(start => start <= at) ?? 0) + 1
  }

  /** A place in a chunk as one in the sources. */
  positionOf(chunk: string, at: number): Position {
    const found = this.bundle.chunks.get(chunk)
    if (!found) return { file: chunk, line: 1, column: 1 }
    let starts = this.lines.get(chunk)
    if (!starts) {
      starts = [0]
      for (let i = found.code.indexOf('\n'); i >= 0; i = found.code.indexOf('\n', i + 1))
        starts.push(i + 1)
      this.lines.set(chunk, starts)
      this.maps.set(chunk, new TraceMap(found.map))
    }
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= at) low = middle
      else high = middle - 1
    }
    const original = originalPositionFor(this.maps.get(chunk)!, {
      line: low + 1,
      column: at - starts[low]!,
    })
    if (original.source === null) return { file: this.ownerOf(chunk), line: 1, column: 1 }
    return { file: this.fileOf(original.source), line: original.line, column: original.column + 1 }
  }

  fileOf(source: string): string {
    const inside = relative(this.root, source)
    return inside.startsWith('..') || isAbsolute(inside) ? source : inside.split(sep).join('/')
  }

  private ownerOf(chunk: string): string {
    for (const module of this.bundle.modules.values())
      if (module.chunk === chunk) return module.file
    return chunk
  }
}

/** The package a file belongs to, null for the project's own. */
export function packageOf(file: string): string | null {
  const at = file.lastIndexOf('node_modules/')
  if (at < 0) return null
  const [scope, name] = file.slice(at + 'node_modules/'.length).split('/')
  return scope!.startsWith('@') ? `${scope}/${name}` : scope!
}

export interface Search {
  root: Frame
  /** Chunks that each of its modules loads, by module. */
  closures: Set<string>[]
  /** Whether two chunks load one after the other in the same order, whatever is asked for first. */
  isOrdered(one: string, other: string): boolean
  /** Reads of the request that do not count. */
  allowed: ('param' | 'input')[]
  places: Places
  /** Where the handler stands. */
  at: Position
}

/** The first reason in the order the code runs; null for none. */
export function reasonOf(search: Search): Reason | null {
  const seen = new Set<Frame>()
  const chain: Site[] = []
  return visit(search.root)

  function visit(frame: Frame): Reason | null {
    if (seen.has(frame)) return null
    seen.add(frame)
    for (const event of frame.events) {
      const found = judge(event)
      if (found) return found
    }
    return null
  }

  function judge(event: Event): Reason | null {
    if (event.kind === 'effect') return told(search, event.message, event.site, chain)
    if (event.kind === 'param' || event.kind === 'input')
      return search.allowed.includes(event.kind)
        ? null
        : told(search, event.message, event.site, chain)
    if (event.kind === 'read') {
      const mark = changedBy(event.marks(), search)
      if (!mark) return null
      const by = search.places.positionOf(mark.site.chunk, mark.site.at)
      const when = mark.context.kind === 'load' ? ' while it loads' : ''
      return told(
        search,
        `reads ${event.what}, which ${by.file}:${by.line} may change${when}`,
        event.site,
        chain,
      )
    }
    chain.push(event.site)
    const found = visit(event.frame)
    chain.pop()
    return found
  }
}

/** A write that other code may do between two requests, or before or after in another start. */
export function changedBy(
  all: Mark[] | null,
  {
    closures,
    root,
    isOrdered,
  }: Pick<Search, 'closures' | 'isOrdered'> & { root: Pick<Frame, 'context'> },
): Mark | null {
  // What the handler itself changes is told where it does so.
  const marks = all?.filter(one => one.context !== root.context) ?? []
  if (marks.length === 0) return null
  const later = marks.find(one => one.context.kind !== 'load' || one.context.isTogether)
  if (later) return later
  if (closures.some(closure => marks.every(one => closure.has(one.context.root)))) {
    const roots = [...new Set(marks.map(one => one.context.root))]
    const other = roots.find((one, i) => roots.slice(0, i).some(before => !isOrdered(before, one)))
    return marks.find(one => one.context.root === other) ?? null
  }
  return marks.find(one => !closures.some(closure => closure.has(one.context.root))) ?? marks[0]!
}

/** A reason in words: where in the user's own code, from where that was called. */
export function told(
  search: Pick<Search, 'places' | 'at'>,
  message: string,
  site: Site,
  chain: readonly Site[],
): Reason {
  const { places } = search
  const sites = [...chain, site]
    .filter(one => one.chunk !== '')
    .map(one => places.positionOf(one.chunk, one.at))
  const own = sites.findLast(one => packageOf(one.file) === null) ?? search.at
  const innermost = sites.at(-1)
  const library = innermost && packageOf(innermost.file)
  let words = message
  if (library) words += ` in the package ${library}`
  if (own.file !== search.at.file) {
    words += ` in ${own.file}:${own.line}:${own.column}`
    const from = sites.find(one => one.file === search.at.file)
    if (from) words += `, called from ${from.file}:${from.line}:${from.column}`
  }
  return { ...own, message: words }
}
