// Runs the top level of every chunk that depends on nothing but its text, what it imports first. Any
// other chunk is left to the abstract run, and so is what imports it.

import { Bail } from './bail.ts'
import { Interpreter } from './interpreter.ts'
import { isOpaque, visit } from './reach.ts'
import type { ParsedProgram } from '../program.ts'
import type { Context, Site } from '../value.ts'
import { type ForeignWrite, type Key, World } from './world.ts'

export interface Loaded {
  world: World
  interpreter: Interpreter
  /** Chunks whose top level has run. */
  chunks: Set<string>
  /** By chunk: what its loading read of others. */
  reads: Map<string, Map<object, Set<Key>>>
  foreign: ForeignWrite[]
}

/** Runs all of `order` but what is `excluded` or needs what is. */
export function loadAll(
  program: ParsedProgram,
  order: readonly string[],
  contexts: Map<string, Context>,
  globals: Context,
  excluded: Set<string>,
  isOwnCode: (site: Site) => boolean,
): Loaded {
  for (;;) {
    const world = new World(globals, isOwnCode)
    const loaded = attempt(world, program, order, contexts, excluded)
    if (loaded) return loaded
  }
}

/** Null where a chunk has to be excluded first: it changed others before it failed. */
function attempt(
  world: World,
  program: ParsedProgram,
  order: readonly string[],
  contexts: Map<string, Context>,
  excluded: Set<string>,
): Loaded | null {
  world.owners.set(world.global, world.lasting)
  const interpreter = new Interpreter(world, program)
  const loaded: Loaded = { world, interpreter, chunks: new Set(), reads: new Map(), foreign: [] }
  for (const name of order) {
    const needed = program.chunks.get(name)!.imports.map(from => from.replace(/^\.\//, ''))
    if (needed.some(from => program.chunks.has(from) && !loaded.chunks.has(from)))
      excluded.add(name)
    if (excluded.has(name)) continue
    const context = contexts.get(name)!
    world.begin(context, true)
    if (
      !hasRun(interpreter, name) ||
      !adopt(
        world,
        [interpreter.tops.get(name)!.scope, ...world.foreign.map(one => one.owner)],
        context,
      )
    ) {
      excluded.add(name)
      interpreter.tops.delete(name)
      if (world.foreign.length > 0) return null
      continue
    }
    loaded.chunks.add(name)
    loaded.reads.set(name, world.reads)
    loaded.foreign.push(...world.foreign)
  }
  return loaded
}

function hasRun(interpreter: Interpreter, name: string): boolean {
  try {
    interpreter.load(name)
    return !interpreter.w.doomed
  } catch (error) {
    if (error instanceof Bail || interpreter.w.failed) return false
    // The module fails to load; what that means is for the evaluation to show.
    return false
  }
}

/** Takes everything reachable that is nobody's yet; false where something cannot be looked into. */
export function adopt(world: World, roots: unknown[], context: Context): boolean {
  const first = new Set(roots)
  const seen = new Set<object>()
  let isKnown = true
  visit(world, roots, value => {
    if (seen.has(value)) return false
    seen.add(value)
    const isOld = world.owners.has(value)
    if (!isOld) {
      if (isOpaque(world, value)) {
        isKnown = false
        return false
      }
      world.owners.set(value, context)
    }
    return !isOld || first.has(value)
  })
  return isKnown
}
