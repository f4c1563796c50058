// Reads that a verdict may depend on: noted with the marks of what was read, which are only complete
// once all code has run. While modules load, what others change as they load is contested.

import type { Frame } from './frame.ts'
import { idOf } from './mark.ts'
import type { Worklist } from './worklist.ts'
import { type Mark, type Site, strongerTaint, type Value } from '../value.ts'

/** Notes that `frame` reads `key` of `owner` (an object or a variable), whose `marks` count at the end. */
export function noteRead(
  m: Worklist,
  frame: Frame,
  owner: object,
  marks: () => Mark[] | null,
  key: string,
  value: Value,
  site: Site,
): void {
  if (frame.context.kind === 'load') noteLoadRead(m, frame, owner, marks, key, site)
  if (frame.context.kind !== 'call') return
  const what = /^(@?\*|\[k?\]|its members)$/.test(key) ? 'members of an object' : `\`${key}\``
  if (value.taint)
    m.effect(frame, `uses ${what}, which ${value.taint.message} when its module loads`, site)
  const id = `read${idOf(owner)}.${key}`
  if (frame.seen.has(id)) return
  frame.seen.add(id)
  frame.events.push({ kind: 'read', marks, what, site })
}

/** Something is done to a value that was never found: what that does would be hidden. */
export function lost(m: Worklist, frame: Frame, site: Site): void {
  if (frame.context.kind === 'call') m.effect(frame, 'uses what the compiler cannot find', site)
}

/** While modules load, what another one changes depends on which comes first. */
function noteLoadRead(
  m: Worklist,
  frame: Frame,
  owner: object,
  marks: () => Mark[] | null,
  key: string,
  site: Site,
): void {
  if (isContested(m, frame, marks())) {
    const message = 'depends on what else is loaded first'
    frame.under = strongerTaint(frame.under, { kind: 'ambient', message, site })
    return
  }
  let reads = m.loadReads.get(frame)
  if (!reads) m.loadReads.set(frame, (reads = new Map()))
  reads.set(`${idOf(owner)}.${key}`, marks)
}

/** Whether what was read while loading `context` is changed by loading that may come before or after. */
export function isContested(
  m: Worklist,
  { context }: Pick<Frame, 'context'>,
  marks: Mark[] | null,
): boolean {
  const own = m.closures.get(context.root)
  return !!marks?.some(({ context: other }) => {
    if (other === context || other.kind !== 'load') return false
    if (other.isTogether) return true
    return !own?.has(other.root) && !m.closures.get(other.root)?.has(context.root)
  })
}

/** Runs again what read, while loading, what others change while loading. */
export function settleLoading(m: Worklist): void {
  m.settle()
  for (let again = true; again; m.settle()) {
    again = false
    for (const [frame, reads] of m.loadReads)
      for (const [key, marks] of reads)
        if (isContested(m, frame, marks())) {
          reads.delete(key)
          m.enqueue(frame)
          again = true
        }
  }
  m.loadReads.clear()
}
