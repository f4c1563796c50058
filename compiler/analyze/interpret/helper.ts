// esbuild's own helpers, which join modules of the older kind: what calling one does, where its text is
// esbuild's own.

import type { AnyNode } from 'acorn'
import { copyMembers, keyOf } from './member.ts'
import type { Run } from './run.ts'
import type { ParsedProgram } from '../program.ts'
import { join, of, UNDEF, type Value } from '../value.ts'

const HELPERS = new Map<string, string[]>([
  [
    '__export',
    ['(target,all)=>{for(varnameinall)__defProp(target,name,{get:all[name],enumerable:true});}'],
  ],
  [
    '__commonJS',
    [
      '(cb,mod)=>function__require(){returnmod||(0,cb[__getOwnPropNames(cb)[0]])((mod={exports:{}}).exports,mod),mod.exports;}',
      '(cb,mod)=>function__require(){try{returnmod||(0,cb[__getOwnPropNames(cb)[0]])((mod={exports:{}}).exports,mod),mod.exports;}catch(e){throwmod=0,e;}}',
    ],
  ],
  [
    '__toESM',
    [
      '(mod,isNodeMode,target)=>(target=mod!=null?__create(__getProtoOf(mod)):{},__copyProps(//IftheimporterisinnodecompatibilitymodeorthisisnotanESM//filethathasbeenconvertedtoaCommonJSfileusingaBabel-//compatibletransform(i.e."__esModule"hasnotbeenset),thenset//"default"totheCommonJS"module.exports"fornodecompatibility.isNodeMode||!mod||!mod.__esModule?__defProp(target,"default",{value:mod,enumerable:true}):target,mod))',
    ],
  ],
  [
    '__toBinaryNode',
    ['Uint8Array.fromBase64||((base64)=>newUint8Array(Buffer.from(base64,"base64")))'],
  ],
  ['__name', ['(target,value)=>__defProp(target,"name",{value,configurable:true})']],
])

/** What the text of a helper uses of the language by name. */
const GLOBALS = ['Uint8Array', 'Buffer']

/** The name of esbuild's helper that is called, where its text is esbuild's own. */
export function helperOf(callee: AnyNode, program: ParsedProgram): string | null {
  if (callee.type !== 'Identifier' || !HELPERS.has(callee.name)) return null
  let binding = program.bindingOf.get(callee)
  if (binding?.kind === 'import') {
    const source = program.chunks.get(binding.owner.chunk)?.importsOf.get(binding)
    const found =
      source && program.chunks.get(source.from.replace(/^\.\//, ''))?.exports.get(source.name)
    binding = found && 'binding' in found ? found.binding : undefined
  }
  if (!binding || binding.writes > 0 || binding.owner.parent) return null
  const chunk = program.chunks.get(binding.owner.chunk)!
  // The text means what it says only with the names of the language.
  if (GLOBALS.some(name => chunk.bindings.has(name))) return null
  for (const node of chunk.tree.body) {
    if (node.type !== 'VariableDeclaration') continue
    for (const one of node.declarations) {
      if (one.id.type !== 'Identifier' || one.id.name !== binding.name || !one.init) continue
      const text = chunk.code.slice(one.init.start, one.init.end).replace(/\s+/g, '')
      return HELPERS.get(callee.name)!.includes(text) ? callee.name : null
    }
  }
  return null
}

/** esbuild's own helpers, which join modules of the older kind. */
export function callHelper(
  run: Run,
  name: string,
  node: AnyNode & { type: 'CallExpression' },
): Value | null {
  const { m, f } = run
  const site = run.site(node)
  const [first, second] = node.arguments
  switch (name) {
    case '__export': {
      // __export(target, { name: () => value })
      if (second?.type !== 'ObjectExpression') return null
      const target = run.expr(first)
      for (const one of second.properties) {
        if (one.type !== 'Property' || one.computed) return null
        const getter = of(run.closure(one.value))
        for (const token of target.tokens)
          m.initAccessor(token, 'getters', keyOf(one.key as AnyNode), getter)
      }
      return UNDEF
    }
    case '__commonJS': {
      // A function that runs the module once, and returns what it exports.
      if (first?.type !== 'ObjectExpression') return null
      const property = first.properties[0]
      if (property?.type !== 'Property') return null
      const loader = m.make(f, node, 'middleware')
      loader.path = 'commonjs'
      loader.parts = [of(run.closure(property.value))]
      return of(loader)
    }
    case '__toESM': {
      const module = run.expr(first)
      const made = m.make(f, node, 'object')
      copyMembers(run, made, module, site)
      m.setProto(made, module)
      m.init(made, 'default', join(module, m.read(f, module, 'default', site)))
      return of(made)
    }
    case '__toBinaryNode':
      // Bytes that were imported: the same, whichever of the two decoders the host has.
      return first?.type === 'Literal' ? of(m.make(f, node, 'bytes')) : null
    case '__name':
      return run.expr(first)
  }
  return null
}
