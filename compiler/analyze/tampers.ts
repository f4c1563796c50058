// The program -> where code that is given up, whose run nobody has followed to its end, may change what
// the language provides. Follows what may be of the language through names, members, calls and keys,
// in no order and without an end of steps per run; what it cannot tell may be.

import type { AnyNode } from 'acorn'
import { isOverflow } from './overflow.ts'
import { childrenOf, nameOf } from './program/syntax.ts'
import type { FunctionInfo, ParsedProgram } from './program.ts'
import { TooMuch } from './tampers/graph.ts'
import { Paths } from './tampers/paths.ts'
import { Walker } from './tampers/walk.ts'
import { type Caller, HOST, World } from './tampers/world.ts'
import type { Site } from './value.ts'

/** What begins to run in code that is given up. */
export interface Beginnings {
  /** Chunks of modules whose exports the host calls. */
  modules: Iterable<string>
  /** Chunks whose top levels run. */
  tops: Iterable<string>
  /** Chunks that may leave something where that code finds it: those that load one that it loads. */
  beside: Iterable<string>
}

interface Found extends Site {
  by: Caller
}

interface Searched {
  found: Found[]
  calls: Map<Caller, Set<FunctionInfo>>
}

const known = new WeakMap<ParsedProgram, Map<string, Searched | null>>()

/**
 * The first place where what begins so, or anything it may call, may change what the language provides;
 * null for none.
 */
export function tampersAt(
  program: ParsedProgram,
  { modules, tops, beside }: Beginnings,
): Site | null {
  let searches = known.get(program)
  if (!searches) known.set(program, (searches = new Map()))
  const chunks = [...new Set([...modules, ...tops, ...beside])].sort()
  const key = chunks.join()
  let searched = searches.get(key)
  if (searched === undefined) searches.set(key, (searched = search(program, chunks)))
  const beginnings: Caller[] = [HOST, ...[...modules].map(rootOf)]
  for (const name of tops) {
    const top = program.chunks.get(name)?.top
    if (top) beginnings.push(top)
  }
  // More than is followed: nothing is known of any of it.
  if (!searched) return { chunk: [...modules][0] ?? [...tops][0] ?? '', at: 0 }
  const running = new Set<Caller>(beginnings)
  for (const one of running) for (const callee of searched.calls.get(one) ?? []) running.add(callee)
  const first = searched.found.find(({ by }) => running.has(by))
  return first ? { chunk: first.chunk, at: first.at } : null
}

function rootOf(chunk: string): string {
  return `exports of ${chunk}`
}

function search(program: ParsedProgram, chunks: string[]): Searched | null {
  try {
    const world = new World(...writtenIn(program))
    const walker = new Walker(program, world, new Paths(program))
    const all = new Set(chunks)
    for (const name of all) {
      const chunk = program.chunks.get(name)
      if (!chunk) continue
      walker.walk(chunk)
      for (const from of [...chunk.imports, ...chunk.loads]) all.add(from.replace(/^\.\//, ''))
      const exported = world.graph.slot(walker.namespaceOf(name)!)
      world.open(exported, rootOf(name), world.hosted, false)
    }
    world.graph.settle()
    const found = world.checks
      .filter(({ test }) => test())
      .map(({ by, chunk, at }) => ({ by, chunk, at }))
    return { found, calls: world.calls }
  } catch (error) {
    if (error instanceof TooMuch || isOverflow(error)) return null
    throw error
  }
}

/** Names under which code writes members, and whether it may define accessors. */
function writtenIn(program: ParsedProgram): [Set<string>, boolean] {
  const names = new Set<string>()
  let hasAccessors = false
  for (const { tree } of program.chunks.values()) {
    // A list of its own: trees may be deeper than the stack.
    const open: AnyNode[] = [tree]
    for (let node = open.pop(); node; node = open.pop()) {
      if (
        node.type === 'Property' ||
        node.type === 'MethodDefinition' ||
        node.type === 'PropertyDefinition'
      ) {
        names.add(nameOf(node.key as AnyNode))
        if ('kind' in node && (node.kind === 'get' || node.kind === 'set')) hasAccessors = true
      }
      if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression')
        names.add(nameOf(node.left.property as AnyNode))
      if (node.type === 'Identifier' && /^(definePropert(y|ies)|create)$/.test(node.name))
        hasAccessors = true
      for (const child of childrenOf(node)) open.push(child)
    }
  }
  return [names, hasAccessors]
}
