// Marks: which code may write a cell or a member of an object other than where it was made.

import { isIndex } from './key.ts'
import type { Context, Mark, Site, Token } from '../value.ts'

/** Adds a mark, one for each context. */
export function mark(marks: Mark[], context: Context, site: Site): void {
  if (!marks.some(one => one.context === context)) marks.push({ context, site })
}

/** Marks that concern a member; `null`: any member. */
export function marksOf(token: Token, key: string | null): Mark[] | null {
  if (!token.marks) return null
  if (key === null || key === '*') return [...token.marks.values()].flat()
  const own = token.marks.get(key) ?? []
  const elements =
    isIndex(key) || key === 'length' || key === 'size' ? (token.marks.get('[]') ?? []) : []
  return [...own, ...(token.marks.get('*') ?? []), ...elements]
}

const ids = new WeakMap<object, number>()
let nextId = 0

/** A number for an object, the same as long as it lives. */
export function idOf(object: object): number {
  let id = ids.get(object)
  if (id === undefined) ids.set(object, (id = nextId++))
  return id
}
