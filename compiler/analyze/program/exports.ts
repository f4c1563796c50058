// What a module's statements import and export, once its names are resolved.

import type { AnyNode, Identifier } from 'acorn'
import type { ParsedChunk } from '../program.ts'
import { identifiersOf, nameOf } from './syntax.ts'

/** Notes what a statement of a module imports and exports. */
export function moduleItem(chunk: ParsedChunk, node: AnyNode): void {
  if (node.type === 'ImportDeclaration') chunk.imports.push(String(node.source.value))
  else if (node.type === 'ExportAllDeclaration') {
    const from = String(node.source.value)
    chunk.imports.push(from)
    if (node.exported) chunk.exports.set(nameOf(node.exported), { from, name: '*' })
    else chunk.starExports.push(from)
  } else if (node.type === 'ExportNamedDeclaration') {
    if (node.source) {
      const from = String(node.source.value)
      chunk.imports.push(from)
      for (const one of node.specifiers)
        chunk.exports.set(nameOf(one.exported), { from, name: nameOf(one.local) })
      return
    }
    for (const one of node.specifiers) {
      const binding = chunk.bindings.get(nameOf(one.local))
      if (binding) chunk.exports.set(nameOf(one.exported), { binding })
    }
    const { declaration } = node
    if (declaration?.type === 'VariableDeclaration') {
      for (const one of declaration.declarations)
        for (const id of identifiersOf(one.id))
          chunk.exports.set(id.name, { binding: chunk.bindings.get(id.name)! })
    } else if (declaration?.id)
      chunk.exports.set(declaration.id.name, {
        binding: chunk.bindings.get(declaration.id.name)!,
      })
  } else if (node.type === 'ExportDefaultDeclaration') {
    const { declaration } = node
    const named =
      'id' in declaration && declaration.id ? (declaration.id as Identifier).name : '*default*'
    chunk.exports.set('default', { binding: chunk.bindings.get(named)! })
  }
}
