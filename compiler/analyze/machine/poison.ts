// What code may have changed that does too much to be followed: everything it can reach.

import type { Machine } from '../machine.ts'
import { KEPT } from './escape.ts'
import type { Frame } from './frame.ts'
import { mark } from './mark.ts'
import type { Context, Token } from '../value.ts'

/**
 * Takes it that `context` changes everything the modules in `chunks` can reach, since what it does
 * is not known. The first of these is its own.
 */
export function poison(m: Machine, context: Context, chunks: Iterable<string>): void {
  const seen = new Set<Token | Frame>()
  const open: Token[] = []
  const [first = ''] = chunks
  const site = { chunk: first, at: 0 }
  const add = (frame: Frame | null | undefined): void => {
    if (!frame || seen.has(frame)) return
    seen.add(frame)
    for (const [binding, cell] of frame.cells) {
      if (binding.writes > 0) mark((cell.marks ??= []), context, site)
      open.push(...cell.value.tokens)
    }
    add(frame.parent)
  }
  for (const chunk of chunks) add(m.tops.get(chunk))
  for (let token = open.pop(); token; token = open.pop()) {
    if (seen.has(token) || KEPT.has(token.kind)) continue
    seen.add(token)
    add(token.env)
    token.marks ??= new Map()
    const marks = token.marks.get('*') ?? []
    token.marks.set('*', marks)
    mark(marks, context, site)
    for (const cells of [token.props, token.getters, token.setters])
      if (cells) for (const cell of cells.values()) open.push(...cell.value.tokens)
    if (token.proto) open.push(...token.proto.value.tokens)
    for (const part of token.parts ?? []) open.push(...part.tokens)
  }
}
