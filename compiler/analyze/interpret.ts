// One function's body, run over abstract values: every statement once, in order, all branches. What
// it finds goes into the machine's cells and the frame's events.

import type { Function as FunctionNode } from 'acorn'
import { fields, superCall } from './interpret/class.ts'
import { Run } from './interpret/run.ts'
import { statements } from './interpret/statement.ts'
import { endsAlways, isClass } from './interpret/syntax.ts'
import type { Machine } from './machine.ts'
import type { Frame } from './machine/frame.ts'
import { isFunctionNode } from './program/syntax.ts'
import { Cell, join, joinAll, of, UNDEF } from './value.ts'

/** Runs the body of `frame` once. */
export function run(machine: Machine, frame: Frame): void {
  body(new Run(machine, frame))
}

function body(run: Run): void {
  const { m, f } = run
  const { node } = f.info
  if (node.type === 'Program') {
    statements(run, node.body)
    return
  }
  if (node.type === 'PropertyDefinition') {
    run.give(run.expr(node.value))
    return
  }
  if (node.type === 'StaticBlock') {
    statements(run, node.body)
    return
  }
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
    const rest = joinAll(f.params.map(cell => m.get(f, cell)))
    superCall(run, node, { list: [], rest: join(rest, m.get(f, f.restParam)) })
    fields(run, node)
    return
  }
  if (!isFunctionNode(node)) return
  if (f.token?.node && isClass(f.token.node)) fields(run, f.token.node)
  bindParams(run, node)
  if (node.type === 'FunctionExpression' && node.id) {
    const own = m.program.bindingOf.get(node.id)
    if (own && f.token) m.grow(m.cellOf(f, own)!, of(f.token))
  }
  if (node.body.type !== 'BlockStatement') {
    run.give(run.expr(node.body, run.isAnswer))
    return
  }
  statements(run, node.body.body)
  if (!endsAlways(node.body)) run.give(UNDEF)
}

function bindParams(run: Run, node: FunctionNode): void {
  const { m, f } = run
  for (const [index, param] of node.params.entries()) {
    const site = run.site(param)
    if (param.type === 'RestElement') {
      const rest = m.make(f, param, 'array')
      for (let i = index; i < f.params.length; i++) m.init(rest, '[]', m.get(f, f.params[i]!))
      m.init(rest, '[]', m.get(f, f.restParam))
      m.get(f, f.restParam)
      run.assign(param.argument, of(rest), site, true)
      continue
    }
    const cell = (f.params[index] ??= new Cell(f.context, `argument ${index + 1}`))
    run.assign(param, join(m.get(f, cell), m.get(f, f.restParam)), site, true)
  }
}
