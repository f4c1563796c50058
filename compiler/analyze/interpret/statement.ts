// Statements.

import type { AnyNode } from 'acorn'
import { nameFunction, writeBinding } from './assign.ts'
import { classValue } from './class.ts'
import type { Run } from './run.ts'
import { BOTTOM, join, of, STR, strongerTaint, tainted, UNDEF, Value } from '../value.ts'

export function statements(run: Run, body: readonly AnyNode[]): void {
  for (const node of body) {
    const inner =
      node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration'
        ? node.declaration
        : node
    if (inner?.type === 'FunctionDeclaration') declareFunction(run, inner)
  }
  for (const node of body) statement(run, node)
}

function declareFunction(run: Run, node: AnyNode): void {
  const binding = run.m.program.bindingOf.get(node)
  if (binding) run.m.grow(run.m.cellOf(run.f, binding)!, of(run.closure(node)))
}

function statement(run: Run, node: AnyNode): void {
  const { m, f } = run
  switch (node.type) {
    case 'ExpressionStatement':
      run.expr(node.expression)
      return
    case 'VariableDeclaration':
      for (const one of node.declarations) {
        const value = one.init ? run.expr(one.init) : node.kind === 'var' ? BOTTOM : UNDEF
        if (!one.init && node.kind === 'var') {
          if (one.id.type === 'Identifier') {
            const binding = m.program.bindingOf.get(one.id)
            if (binding) m.grow(m.cellOf(f, binding)!, UNDEF)
          }
          continue
        }
        nameFunction(run, one.init, one.id)
        run.assign(one.id, value, run.site(one), true)
      }
      return
    case 'ReturnStatement':
      run.give(node.argument ? run.expr(node.argument, run.isAnswer) : UNDEF)
      return
    case 'IfStatement': {
      const test = run.expr(node.test)
      run.under(test, [node.consequent, node.alternate], () => {
        statement(run, node.consequent)
        if (node.alternate) statement(run, node.alternate)
      })
      return
    }
    case 'BlockStatement':
    case 'StaticBlock':
      statements(run, node.body)
      return
    case 'ForStatement': {
      if (node.init?.type === 'VariableDeclaration') statement(run, node.init)
      else if (node.init) run.expr(node.init)
      const test = node.test ? run.expr(node.test) : BOTTOM
      run.under(test, [node.body], () => {
        statement(run, node.body)
        if (node.update) run.expr(node.update)
      })
      return
    }
    case 'WhileStatement':
    case 'DoWhileStatement': {
      const test = run.expr(node.test)
      run.under(test, [node.body], () => statement(run, node.body))
      return
    }
    case 'ForOfStatement': {
      const list = run.expr(node.right, node.await)
      let value = m.iterate(f, list, run.site(node.right))
      if (node.await) value = m.resolved(f, value, run.site(node))
      run.under(new Value(0, [], [], value.taint ?? list.taint), [node.body], () => {
        bindLoop(run, node.left, value)
        statement(run, node.body)
      })
      return
    }
    case 'ForInStatement': {
      const list = run.expr(node.right)
      const keys = keysOf(run, list, node.right)
      run.under(list, [node.body], () => {
        bindLoop(run, node.left, keys)
        statement(run, node.body)
      })
      return
    }
    case 'ThrowStatement':
      m.grow(m.thrown(f.context), tainted(run.expr(node.argument), f.under))
      return
    case 'TryStatement': {
      const branchedBefore = f.branched
      f.branched = null
      f.tries++
      statement(run, node.block)
      f.tries--
      // Where a tainted branch inside may have failed, all that follows depends on it.
      if (f.branched) f.under = strongerTaint(f.under, f.branched)
      f.branched = strongerTaint(branchedBefore, f.branched)
      if (node.handler) {
        if (node.handler.param) {
          const error = m.make(f, node.handler, 'error')
          error.path = 'engine'
          const value = join(of(error), m.get(f, m.thrown(f.context)))
          run.assign(node.handler.param, value, run.site(node.handler), true)
        }
        statement(run, node.handler.body)
      }
      if (node.finalizer) statement(run, node.finalizer)
      return
    }
    case 'SwitchStatement': {
      const on = run.expr(node.discriminant)
      let test = on
      for (const one of node.cases) if (one.test) test = join(test, run.expr(one.test))
      run.under(test, node.cases, () => {
        statements(
          run,
          node.cases.flatMap(one => one.consequent),
        )
      })
      return
    }
    case 'LabeledStatement':
      statement(run, node.body)
      return
    case 'ClassDeclaration': {
      const value = classValue(run, node)
      const binding = m.program.bindingOf.get(node)
      if (binding) writeBinding(run, binding, value, node)
      return
    }
    case 'ExportNamedDeclaration':
      if (node.declaration) statement(run, node.declaration)
      return
    case 'ExportDefaultDeclaration': {
      if (node.declaration.type === 'FunctionDeclaration') return
      if (node.declaration.type === 'ClassDeclaration') {
        statement(run, node.declaration)
        return
      }
      const binding = m.program.bindingOf.get(node)
      const value = run.expr(node.declaration as AnyNode)
      if (binding) writeBinding(run, binding, value, node)
      return
    }
  }
}

function bindLoop(run: Run, left: AnyNode, value: Value): void {
  if (left.type === 'VariableDeclaration')
    run.assign(left.declarations[0]!.id, value, run.site(left), true)
  else run.assign(left, value, run.site(left), false)
}

function keysOf(run: Run, value: Value, node: AnyNode): Value {
  const { m, f } = run
  const owners = value.tokens.filter(token => token.kind !== 'keys')
  if (owners.length === 0) return tainted(STR, value.taint)
  const keys = m.make(f, node, 'keys')
  const above = owners.flatMap(owner => (owner.proto ? m.get(f, owner.proto).tokens : []))
  let taint = value.taint
  for (const owner of owners) {
    for (const name of m.namesOf(f, owner, 'its members'))
      taint = strongerTaint(taint, m.get(f, m.prop(owner, name)).taint)
    if (owner.kind === 'builtin')
      taint = strongerTaint(taint, m.readToken(f, owner, '*', of(owner), run.site(node)).taint)
  }
  let all = new Value(0, [], owners)
  for (const parent of above) all = join(all, of(parent))
  m.addParts(keys, [all])
  const isOpen = all.tokens.some(
    owner =>
      owner.kind === 'data' ||
      owner.kind === 'builtin' ||
      owner.props.get('*')?.value.isBottom === false,
  )
  return tainted(join(of(keys), value.doubt || isOpen ? STR : BOTTOM), taint)
}
