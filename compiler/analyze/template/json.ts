// A value -> the JSON text that `JSON.stringify` makes of it, with values of the request in it.

import type { Hole, Part } from '../../../runtime/artifact.ts'
import {
  checked,
  escaped,
  holeOf,
  isString,
  joined,
  partsOf,
  type Primitive,
  refuse,
  type Value,
} from './value.ts'

/** The parts of the text; null where there is none, as of undefined. */
export function jsonOf(value: Value): Part[] | null {
  switch (value.kind) {
    case 'constant': {
      const text = jsonText(value.value)
      return text === undefined ? null : joined([text])
    }
    case 'text':
      return joined(['"', ...escaped(value.parts, 'json'), '"'])
    case 'input': {
      if (isString(value)) return joined(['"', ...escaped(partsOf(value), 'json'), '"'])
      const hole = holeOf(value, one => jsonText(one) ?? refuse('JSON that may be missing'))
      return [quoted(hole)]
    }
    case 'array':
      return joined([
        '[',
        ...value.items.flatMap((item, index) => [index === 0 ? '' : ',', ...inArray(item)]),
        ']',
      ])
    case 'object':
      return objectOf(value.props)
    default:
      return refuse('makes JSON of something that is no plain data')
  }
}

/** In an array, what JSON does not know is null. */
function inArray(item: Value): Part[] {
  if (item.kind === 'input' && !isString(item))
    return [quoted(holeOf(item, one => jsonText(one) ?? 'null'))]
  return jsonOf(item) ?? ['null']
}

/** A member whose value may be undefined is left out with its comma. */
function objectOf(props: Record<string, Value>): Part[] {
  const members: { key: string; parts: Part[]; mayLack: boolean }[] = []
  for (const [name, value] of Object.entries(props)) {
    const key = `${jsonText(checked(name))}:`
    if (value.kind === 'input' && !isString(value)) {
      const hole = holeOf(value, one => {
        const text = jsonText(one)
        return text === undefined ? '' : key + text
      })
      const mayLack = hole.absent === '' || hole.empty === ''
      members.push({ key, parts: [{ ...quoted(hole), before: `${key}"` }], mayLack })
      continue
    }
    const parts = jsonOf(value)
    if (parts) members.push({ key, parts: [key, ...parts], mayLack: false })
  }
  // The comma goes with the member that may lack, on the side of one that is always there.
  const anchor = members.findIndex(one => !one.mayLack)
  if (anchor < 0 && members.length > 1) return refuse('JSON of which every member may be missing')
  const parts = members.flatMap(({ parts: own, mayLack }, index): Part[] => {
    if (index === Math.max(anchor, 0)) return own
    const [left, right] = index < anchor ? ['', ','] : [',', '']
    if (!mayLack) return [left, ...own, right]
    const hole = own[0] as Hole
    const around = (text: string): string => (text === '' ? '' : left + text + right)
    const { absent, empty } = hole
    const [before, after] = [left + hole.before, hole.after + right]
    return [{ ...hole, before, after, absent: around(absent), empty: around(empty) }]
  })
  return joined(['{', ...parts, '}'])
}

function quoted(hole: Hole): Hole {
  return { ...hole, escapes: [...hole.escapes, 'json'], before: '"', after: '"' }
}

function jsonText(value: Primitive): string | undefined {
  return typeof value === 'string' ? JSON.stringify(checked(value)) : JSON.stringify(value)
}
