// Statements -> functions that run them in a scope and say how they ended.

import type { AnyNode } from 'acorn'
import { iterate } from './access.ts'
import { namedValue } from './literals.ts'
import { isHostValue } from './globals.ts'
import { PATHS } from './realm.ts'
import { declareBlock, declarePattern, Place, UNKNOWN, unwrapped } from './scope.ts'
import { type Done, type Expr, Return, siteOf, type Stmt, type Unit } from './unit.ts'
import { isFunctionNode } from '../program/syntax.ts'
import { isFatal } from './objects.ts'
import { isObject } from './kinds.ts'
import type { Scope } from './world.ts'

/** A list of statements, its functions first. */
export function statements(u: Unit, body: readonly AnyNode[], place: Place): Stmt {
  const hoisted: ((s: Scope) => void)[] = []
  const rest: Stmt[] = []
  for (const node of body) {
    const inner = unwrapped(node)
    if (inner.type !== 'FunctionDeclaration') {
      if (inner.type !== 'EmptyStatement') rest.push(u.statement(node, place))
      continue
    }
    const binding = u.program.bindingOf.get(inner)
    const index = binding && place.slots.get(binding)
    if (index === undefined) continue
    const make = u.closure(inner, place)
    const name = inner.id ? inner.id.name : 'default'
    hoisted.push(s => {
      s[index] = make(s, null, name)
    })
  }
  return s => {
    for (const one of hoisted) one(s)
    for (const one of rest) {
      const done = one(s)
      if (done) return done
    }
    return undefined
  }
}

function block(u: Unit, body: readonly AnyNode[], place: Place): Stmt {
  const own = new Place(place, null)
  declareBlock(u.program, own, body)
  if (own.slots.size === 0) return statements(u, body, place)
  const run = statements(u, body, own)
  return s => run(own.open(s))
}

/** Whether a loop goes on after its body ended so; a label that is the loop's own counts. */
function stays(done: Done, labels: readonly string[]): 'on' | 'out' | 'return' {
  if (!done) return 'on'
  const isOwn = done.label === null || labels.includes(done.label)
  if (done.kind === 'continue' && isOwn) return 'on'
  return done.kind === 'break' && isOwn ? 'out' : 'return'
}

export function statement(
  u: Unit,
  node: AnyNode,
  place: Place,
  labels: readonly string[] = [],
): Stmt {
  const { w } = u
  switch (node.type) {
    case 'ExpressionStatement': {
      const run = u.expr(node.expression, place)
      return s => void run(s)
    }
    case 'VariableDeclaration': {
      const parts = node.declarations.map(one => {
        if (isHostValue(u, one)) {
          const to = u.assign(one.id, place)
          return (s: Scope): void => to(s, UNKNOWN, true)
        }
        const to = u.assign(one.id, place)
        if (!one.init) {
          if (node.kind === 'var') return null
          return (s: Scope): void => to(s, undefined, true)
        }
        const value =
          one.id.type === 'Identifier' ? namedValue(u, one.init, place) : u.expr(one.init, place)
        const name = one.id.type === 'Identifier' ? one.id.name : ''
        return (s: Scope): void => to(s, value(s, name), true)
      })
      return s => {
        for (const part of parts) part?.(s)
        return undefined
      }
    }
    case 'ReturnStatement': {
      if (!node.argument) {
        const done = new Return(undefined)
        return () => done
      }
      const run = u.expr(node.argument, place)
      return s => new Return(run(s))
    }
    case 'IfStatement': {
      const test = u.expr(node.test, place)
      const yes = u.statement(node.consequent, place)
      const no = node.alternate ? u.statement(node.alternate, place) : null
      return s => (test(s) ? yes(s) : no?.(s))
    }
    case 'BlockStatement':
      return block(u, node.body, place)
    case 'ForStatement':
      return forLoop(u, node, place, labels)
    case 'WhileStatement':
    case 'DoWhileStatement': {
      const test = u.expr(node.test, place)
      const body = u.statement(node.body, place)
      const isDo = node.type === 'DoWhileStatement'
      return s => {
        let first = isDo
        while (first || test(s)) {
          first = false
          w.step()
          const done = body(s)
          const how = stays(done, labels)
          if (how === 'out') break
          if (how === 'return') return done
        }
        return undefined
      }
    }
    case 'ForOfStatement':
    case 'ForInStatement': {
      if (node.type === 'ForOfStatement' && node.await)
        return () => w.unsupported('awaits in a loop')
      const own = new Place(place, null)
      const { left } = node
      if (left.type === 'VariableDeclaration' && left.kind !== 'var')
        declarePattern(u.program, own, left, true)
      const isDeclared = left.type === 'VariableDeclaration'
      const to = u.assign(isDeclared ? left.declarations[0]!.id : left, own)
      const list = u.expr(node.right, own)
      const body = u.statement(node.body, own)
      const isOf = node.type === 'ForOfStatement'
      return s => {
        const value = list(own.open(s))
        for (const item of isOf ? iterate(u, value) : namesIn(u, value)) {
          w.step()
          const inner = own.open(s)
          to(inner, item, isDeclared)
          const done = body(inner)
          const how = stays(done, labels)
          if (how === 'out') break
          if (how === 'return') return done
        }
        return undefined
      }
    }
    case 'BreakStatement': {
      const done: Done = { kind: 'break', label: node.label?.name ?? null }
      return () => done
    }
    case 'ContinueStatement': {
      const done: Done = { kind: 'continue', label: node.label?.name ?? null }
      return () => done
    }
    case 'ThrowStatement': {
      const run = u.expr(node.argument, place)
      return s => {
        throw run(s)
      }
    }
    case 'TryStatement':
      return attempt(u, node, place)
    case 'SwitchStatement': {
      const on = u.expr(node.discriminant, place)
      const own = new Place(place, null)
      declareBlock(
        u.program,
        own,
        node.cases.flatMap(one => one.consequent),
      )
      const functions = statements(
        u,
        node.cases.flatMap(one => one.consequent).filter(one => one.type === 'FunctionDeclaration'),
        own,
      )
      const cases = node.cases.map(one => ({
        test: one.test ? u.expr(one.test, own) : null,
        run: statements(
          u,
          one.consequent.filter(inner => inner.type !== 'FunctionDeclaration'),
          own,
        ),
      }))
      return s => {
        const inner = own.open(s)
        functions(inner)
        const value = on(s)
        let from = cases.findIndex(one => one.test && one.test(inner) === value)
        if (from < 0) from = cases.findIndex(one => !one.test)
        if (from < 0) return undefined
        for (let i = from; i < cases.length; i++) {
          const done = cases[i]!.run(inner)
          if (!done) continue
          return done.kind === 'break' && done.label === null ? undefined : done
        }
        return undefined
      }
    }
    case 'LabeledStatement': {
      const { name } = node.label
      const run = statement(u, node.body, place, [...labels, name])
      return s => {
        const done = run(s)
        return done?.kind === 'break' && done.label === name ? undefined : done
      }
    }
    case 'ClassDeclaration': {
      const make = u.class(node, place)
      const binding = u.program.bindingOf.get(node)
      const index = binding && place.slots.get(binding)
      return s => {
        const made = make(s, null)
        if (index !== undefined) s[index] = made
        return undefined
      }
    }
    case 'ExportNamedDeclaration':
      return node.declaration ? u.statement(node.declaration, place) : () => undefined
    case 'ExportDefaultDeclaration': {
      const { declaration } = node
      if (isFunctionNode(declaration) || declaration.type === 'ClassDeclaration')
        if (
          declaration.type !== 'FunctionExpression' &&
          declaration.type !== 'ArrowFunctionExpression'
        )
          return u.statement(declaration, place)
      const binding = u.program.bindingOf.get(node)
      const index = binding && place.slots.get(binding)
      const value = namedValue(u, declaration as AnyNode, place)
      return s => {
        const out = value(s, 'default')
        if (index !== undefined) s[index] = out
        return undefined
      }
    }
    case 'EmptyStatement':
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'FunctionDeclaration':
      return () => undefined
    default:
      return () => {
        w.at = siteOf(place, node)
        return w.unsupported(`uses ${node.type}`)
      }
  }
}

function forLoop(
  u: Unit,
  node: AnyNode & { type: 'ForStatement' },
  place: Place,
  labels: readonly string[],
): Stmt {
  const { w } = u
  const own = new Place(place, null)
  const { init } = node
  if (init?.type === 'VariableDeclaration' && init.kind !== 'var')
    declarePattern(u.program, own, init, true)
  const start: Expr | null = !init
    ? null
    : init.type === 'VariableDeclaration'
      ? u.statement(init, own)
      : u.expr(init, own)
  const test = node.test ? u.expr(node.test, own) : null
  const update = node.update ? u.expr(node.update, own) : null
  const body = u.statement(node.body, own)
  const hasOwn = own.slots.size > 0
  return s => {
    let scope = own.open(s)
    start?.(scope)
    // What was made so far keeps the variables as they were.
    if (hasOwn) scope = [...scope]
    while (!test || test(scope)) {
      w.step()
      const done = body(scope)
      const how = stays(done, labels)
      if (how === 'out') break
      if (how === 'return') return done
      // Each round has variables of its own.
      if (hasOwn) scope = [...scope]
      update?.(scope)
    }
    return undefined
  }
}

/** What `for (… in value)` goes through. */
function namesIn(u: Unit, value: unknown): Iterable<string> {
  const { w } = u
  if (value === undefined || value === null) return []
  if (!isObject(value)) return Object.keys(value as never)
  for (let at: object | null = value; at && !PATHS.has(at); at = Object.getPrototypeOf(at))
    w.look(at)
  if (PATHS.has(value)) w.unsupported('lists a builtin')
  return membersOf(value)
}

/** One after another, since what is deleted on the way is left out. */
function* membersOf(value: object): Generator<string> {
  for (const name in value) yield name
}

function attempt(u: Unit, node: AnyNode & { type: 'TryStatement' }, place: Place): Stmt {
  const { w } = u
  const body = u.statement(node.block, place)
  const own = new Place(place, null)
  const { handler } = node
  let to: ((s: Scope, value: unknown, isInit: boolean) => void) | null = null
  let caught: Stmt | null = null
  if (handler) {
    if (handler.param) {
      const ids = {
        type: 'VariableDeclaration',
        declarations: [{ id: handler.param }],
        kind: 'let',
      }
      declarePattern(u.program, own, ids as never, true)
      to = u.assign(handler.param, own)
    }
    caught = u.statement(handler.body, own)
  }
  const last = node.finalizer ? u.statement(node.finalizer, place) : null
  const guarded: Stmt = caught
    ? s => {
        const depth = w.depth
        const { length } = w.chain
        try {
          return body(s)
        } catch (error) {
          if (isFatal(error) || w.failed) throw w.failed ?? error
          w.depth = depth
          w.chain.length = length
          // How deep calls may go, and what an engine says of a failure, differs.
          const isEngines = error instanceof Error && !w.thrown.has(error)
          if (isEngines && (to || error instanceof RangeError))
            w.unsupported('catches an error of the engine')
          const inner = own.open(s)
          to?.(inner, error, true)
          return caught(inner)
        }
      }
    : body
  if (!last) return guarded
  return s => {
    let done: Done
    try {
      done = guarded(s)
    } catch (error) {
      if (isFatal(error) || w.failed) throw w.failed ?? error
      const instead = last(s)
      if (instead && error instanceof RangeError && !w.thrown.has(error))
        w.unsupported('swallows an error of the engine')
      if (instead) return instead
      throw error
    }
    return last(s) ?? done
  }
}
