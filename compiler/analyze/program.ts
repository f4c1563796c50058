// Chunks -> syntax trees in which every identifier knows its binding and every function its own.
// Names are resolved once, here; what runs on the trees never looks a name up.

import type { AnyNode, Program as Tree } from 'acorn'
import type { Bundle } from '../stages.ts'
import { isOverflow } from './overflow.ts'
import { Resolver } from './program/resolve.ts'

/** A declared name. */
export interface Binding {
  name: string
  owner: FunctionInfo
  /** `import`: the value lives in another chunk or outside. */
  kind: 'var' | 'param' | 'import' | 'name'
  /** How many places assign it, its declaration not counted. */
  writes: number
  at: number
}

/** A function, a class body's initializer or a module's top level. */
export interface FunctionInfo {
  id: number
  chunk: string
  node: AnyNode
  parent: FunctionInfo | null
  name: string
  isArrow: boolean
  isAsync: boolean
  isGenerator: boolean
  usesArguments: boolean
}

export interface ParsedChunk {
  name: string
  code: string
  tree: Tree
  top: FunctionInfo
  /** Import specifiers in order, static ones only. */
  imports: string[]
  /** What `import()` loads, where that is written out. */
  loads: string[]
  /** Exported name -> local binding or what another chunk exports. */
  exports: Map<string, { binding: Binding } | { from: string; name: string }>
  starExports: string[]
  bindings: Map<string, Binding>
  importsOf: Map<Binding, { from: string; name: string }>
}

export interface ParsedProgram {
  chunks: Map<string, ParsedChunk>
  bindingOf: Map<AnyNode, Binding>
  infoOf: Map<AnyNode, FunctionInfo>
}

/**
 * Parses every chunk of a bundle and resolves its names. Gives the name of the first chunk that nests
 * more deeply than the stack allows, where there is one.
 */
export function parseProgram(bundle: Bundle): ParsedProgram | string {
  const program: ParsedProgram = { chunks: new Map(), bindingOf: new Map(), infoOf: new Map() }
  for (const { name, code } of bundle.chunks.values()) {
    try {
      program.chunks.set(name, new Resolver(program, name, code).run())
    } catch (error) {
      if (isOverflow(error)) return name
      throw error
    }
  }
  return program
}

/** Code from text, resolved on its own; null where it cannot be parsed. It is no chunk of the program. */
export function resolveText(
  program: ParsedProgram,
  name: string,
  code: string,
): ParsedChunk | null {
  try {
    return new Resolver(program, name, code).run()
  } catch {
    return null
  }
}
