// Places in chunks -> places in the user's own sources, through the chunks' source maps.

import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { isAbsolute, relative, sep } from 'node:path'
import type { Bundle, Position, Reason } from '../stages.ts'
import type { Place, Trace } from './protocol.ts'

/** For each line of a rewritten chunk (from 1) what was shifted: new column (from 0) and by how much. */
export type Shifts = Map<number, { column: number; by: number }[]>

export interface Locator {
  /** What a trace says, at the innermost of its places in the project's own code. */
  reason(trace: Trace, fallback: Position): Reason
  /** Where a place of a chunk as it was bundled stands: line from 1, column from 0. */
  original(chunk: string, line: number, column: number): Position | null
}

/** `shiftsOf` gives what rewriting a chunk moved. */
export function locator(
  bundle: Bundle,
  root: string,
  shiftsOf: (chunk: string) => Shifts | undefined,
): Locator {
  const maps = new Map<string, TraceMap>()

  const original = (chunk: string, line: number, column: number): Position | null => {
    if (!maps.has(chunk)) {
      const text = bundle.chunks.get(chunk)?.map
      if (!text) return null
      maps.set(chunk, new TraceMap(text))
    }
    const found = originalPositionFor(maps.get(chunk)!, { line, column })
    if (found.source === null) return null
    const inside = relative(root, found.source)
    const isOutside = inside.startsWith('..') || isAbsolute(inside)
    const file = (isOutside ? found.source : inside).split(sep).join('/')
    return { file, line: found.line, column: found.column + 1 }
  }

  const locate = ({ chunk, line, column }: Place): Position | null => {
    let shift = 0
    for (const { column: from, by } of shiftsOf(chunk)?.get(line) ?? [])
      if (column - 1 >= from) shift = by
    return original(chunk, line, Math.max(0, column - 1 - shift))
  }

  return {
    original,
    reason({ message, places }, fallback) {
      let library: string | undefined
      for (const place of places) {
        const position = locate(place)
        if (!position) continue
        const found = packageOf(position.file)
        if (!found)
          return {
            message: library ? `${message}, in the package ${library}` : message,
            ...position,
          }
        library ??= found
      }
      return { message: library ? `${message}, in the package ${library}` : message, ...fallback }
    },
  }
}

function packageOf(file: string): string | undefined {
  const at = file.lastIndexOf('node_modules/')
  if (at < 0) return undefined
  const [scope, name] = file.slice(at + 'node_modules/'.length).split('/')
  return scope!.startsWith('@') ? `${scope}/${name}` : scope
}
