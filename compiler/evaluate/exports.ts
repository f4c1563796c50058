// Where an export stands in the user's sources, for messages that have no better place.

import { parse } from 'acorn'
import type { Bundle, Position } from '../stages.ts'
import type { Locator } from './positions.ts'

/** The members of acorn's nodes that count here; its own types do not say which node has which. */
interface Statement {
  type: string
  source?: unknown
  id?: Name | null
  specifiers: { local: Name; exported: Name }[]
  declarations: { id: Name }[]
}

interface Name {
  name: string
  loc: { start: { line: number; column: number } }
}

/** None where the code nests more deeply than acorn's stack allows: a place is not worth failing for. */
function statementsOf(code: string): Statement[] {
  try {
    const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
    return (tree as unknown as { body: Statement[] }).body
  } catch {
    return []
  }
}

/** The place of `name` in a module, or the top of its file. */
export function positionOfExport(
  bundle: Bundle,
  { original }: Locator,
  file: string,
  name: string,
): Position {
  const top = { file, line: 1, column: 1 }
  const chunk = bundle.chunks.get(bundle.modules.get(file)?.chunk ?? '')
  if (!chunk) return top
  const body = statementsOf(chunk.code)
  let local = name
  for (const node of body) {
    if (node.type !== 'ExportNamedDeclaration' || node.source) continue
    for (const { local: inner, exported } of node.specifiers)
      if (exported.name === name) local = inner.name
  }
  for (const node of body) {
    const found =
      node.type === 'VariableDeclaration'
        ? node.declarations.find(({ id }) => id.name === local)?.id
        : /^(Function|Class)Declaration$/.test(node.type) && node.id?.name === local
          ? node.id
          : undefined
    if (!found) continue
    const { line, column } = found.loc.start
    const position = original(chunk.name, line, column)
    return position?.file === file ? position : top
  }
  return top
}
