// Statements -> what flows where: names that are given values, what is returned and thrown, loops.

import type { AnyNode } from 'acorn'
import type { Walker } from './walk.ts'
import { childrenOf } from '../program/syntax.ts'

export function statement(w: Walker, node: AnyNode | null | undefined): void {
  if (!node) return
  const { world } = w
  const { graph } = world
  switch (node.type) {
    case 'VariableDeclaration':
      for (const one of node.declarations)
        if (one.init) w.assign(one.id, w.expr(one.init), one)
        else w.assign(one.id, world.prim, one)
      return
    case 'FunctionDeclaration': {
      const made = w.expr(node)
      const binding = w.program.bindingOf.get(node.id ?? node)
      if (binding) graph.flow(made, w.slotOf(binding))
      return
    }
    case 'ClassDeclaration': {
      const made = w.expr(node)
      const binding = w.program.bindingOf.get(node.id ?? node)
      if (binding) graph.flow(made, w.slotOf(binding))
      return
    }
    case 'ExportNamedDeclaration':
      statement(w, node.declaration)
      return
    case 'ExportDefaultDeclaration':
      if (
        node.declaration.type === 'FunctionDeclaration' ||
        node.declaration.type === 'ClassDeclaration'
      ) {
        statement(w, node.declaration)
        return
      }
      graph.flow(w.expr(node.declaration), w.slotOf(w.program.bindingOf.get(node)!))
      return
    case 'ReturnStatement':
      if (node.argument)
        graph.flow(w.expr(node.argument), w.code.steps ? w.code.steps.star : w.code.result)
      return
    case 'ThrowStatement':
      graph.flow(w.expr(node.argument), world.thrown)
      return
    case 'CatchClause':
      if (node.param) w.assign(node.param, world.thrown, node)
      statement(w, node.body)
      return
    case 'ForInStatement':
    case 'ForOfStatement': {
      const list = w.expr(node.right)
      const items = node.type === 'ForInStatement' ? world.text : world.items(list, w.code.info)
      const head = node.left
      if (head.type === 'VariableDeclaration') w.assign(head.declarations[0]!.id, items, head)
      else w.assign(head, items, head)
      statement(w, node.body)
      return
    }
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'EmptyStatement':
    case 'DebuggerStatement':
      return
    case 'LabeledStatement':
      statement(w, node.body)
      return
  }
  if (/Statement$|^SwitchCase$/.test(node.type)) {
    for (const child of childrenOf(node))
      if (/Statement$|Declaration$|^SwitchCase$|^CatchClause$/.test(child.type)) statement(w, child)
      else w.expr(child)
    return
  }
  w.expr(node)
}
