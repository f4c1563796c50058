// A chunk's code -> edits to it: where it imports, catches a failure, joins texts or lists members,
// and on Bun where it names `Bun`. Found by parsing, never by pattern; no line moves, and where columns do is told.

import { parse, type Node } from 'acorn'
import { isHostProbe } from '../host-probe.ts'
import type { Shifts } from './positions.ts'

/** How rewritten code finds the worker; see `offer` in run.ts. */
export const API = 'globalThis[Symbol.for("precast.evaluate")]'

export interface Specifier {
  text: string
  /** Offsets of what to replace: the literal, or `import(` with its argument, or that without it. */
  start: number
  end: number
  kind: 'static' | 'dynamic' | 'computed'
  /** Names that are imported; `*` for all. */
  names: string[]
}

export interface Edit {
  start: number
  end: number
  text: string
}

// acorn's own types do not say which node has which members.
// biome-ignore lint/suspicious/noExplicitAny: see above
type AnyNode = Node & Record<string, any>

/** A chunk's syntax, null where nothing in it has to be rewritten. */
export function syntaxOf(code: string, isBun: boolean): AnyNode | null {
  // Data makes up the largest chunks; only what imports, catches or joins has to be parsed.
  if (!/\b(import|from|try|in|navigator)\b|\+|\$\{/.test(code) && !(isBun && /\bBun\b/.test(code)))
    return null
  return parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
}

/** All imports, in the order they stand. */
export function specifiers(syntax: AnyNode): Specifier[] {
  const found: Specifier[] = []
  walk(syntax, node => {
    const { type, source, start } = node
    if (type === 'ImportExpression') {
      if (source.type === 'Literal' && typeof source.value === 'string') {
        found.push({ text: source.value, start, end: source.end, kind: 'dynamic', names: ['*'] })
      } else found.push({ text: '', start, end: source.start, kind: 'computed', names: [] })
    } else if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(type) && source) {
      const names = type === 'ExportAllDeclaration' ? ['*'] : node.specifiers.map(importedName)
      const { value: text, start, end } = source
      found.push({ text, start, end, kind: 'static', names })
    }
  })
  return found.sort((a, b) => a.start - b.start)
}

function importedName(specifier: AnyNode): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  const node = specifier.imported ?? specifier.local
  return node.type === 'Literal' ? String(node.value) : String(node.name)
}

/** Hands in what a chunk catches, and what passes a `finally` by. */
export function catches(syntax: AnyNode, code: string): Edit[] {
  const edits: Edit[] = []
  walk(syntax, ({ type, block, handler }) => {
    if (type !== 'TryStatement') return
    const insert = (at: number, text: string): number => edits.push({ start: at, end: at, text })
    if (!handler) {
      insert(block.end, `catch(${CAUGHT}){${API}.caught(${CAUGHT});throw ${CAUGHT}}`)
      return
    }
    const { param, body } = handler
    const name = param?.type === 'Identifier' ? param.name : CAUGHT
    if (!param) insert(body.start, `(${CAUGHT})`)
    if (!param || param.type === 'Identifier') insert(body.start + 1, `${API}.caught(${name});`)
    else {
      // A pattern reads members: it is told before it does.
      const text = code.slice(param.start, param.end).replaceAll('\n', ' ')
      edits.push({ start: param.start, end: param.end, text: CAUGHT })
      insert(body.start + 1, `${API}.caught(${CAUGHT});let ${text}=${CAUGHT};`)
    }
  })
  return edits
}

const CAUGHT = '__precast_caught'

/** Hands in what is joined by an operator or listed by a loop: neither can be seen from elsewhere. */
export function operators(syntax: AnyNode): Edit[] {
  const edits: Edit[] = []
  const wrap = ({ start, end }: AnyNode, name: string): number =>
    edits.push({ start, end: start, text: `${API}.${name}(` }, { start: end, end, text: ')' })
  walk(syntax, (node, parent) => {
    if (node.type === 'ForInStatement') wrap(node.right, 'listed')
    const isJoin =
      (node.type === 'BinaryExpression' && node.operator === '+' && !isShort(node)) ||
      (node.type === 'AssignmentExpression' && node.operator === '+=' && !isNumber(node.right)) ||
      (node.type === 'TemplateLiteral' &&
        node.expressions.length > 0 &&
        parent?.type !== 'TaggedTemplateExpression')
    if (!isJoin) return
    // The outermost of a chain has it all.
    if (parent?.type === 'BinaryExpression' && parent.operator === '+') return
    wrap(node, 'measured')
  })
  return edits
}

/** Whether a sum cannot be long: one side is a number, or all of it stands in the source. */
function isShort({ left, right }: AnyNode): boolean {
  return isNumber(left) || isNumber(right) || (left.type === 'Literal' && right.type === 'Literal')
}

function isNumber(node: AnyNode): boolean {
  return node.type === 'Literal' && typeof node.value === 'number'
}

/**
 * Bun's global can be neither replaced nor watched, so code is given another in its place: one that
 * watches its members where it takes one, one whose being read is noted anywhere else.
 */
export function bunReads(syntax: AnyNode): Edit[] {
  const edits: Edit[] = []
  let isDeclared = false
  walk(syntax, (node, parent, key) => {
    if (node.type === 'Identifier' && node.name === 'Bun') {
      const isKey = (key === 'property' || key === 'key') && !parent!.computed
      if (/^(Import|Export)\w*Specifier$/.test(parent!.type)) isDeclared = true
      if (
        /Declarator$|Function|Class|Catch|Pattern$/.test(parent!.type) &&
        key !== 'init' &&
        key !== 'body'
      )
        isDeclared = true
      if (parent!.shorthand) isDeclared = true
      if (!isKey) edits.push({ start: node.start, end: node.end, text: access(parent, key) })
    } else if (
      node.type === 'MemberExpression' &&
      /^(globalThis|global|self)$/.test(node.object.name ?? '') &&
      (node.computed ? node.property.value === 'Bun' : node.property.name === 'Bun')
    ) {
      edits.push({ start: node.start, end: node.end, text: access(parent, key) })
    }
  })
  return isDeclared ? [] : edits
}

/** Questions about the host that are false on every host: no read of what the host is. */
export function hostProbes(code: string, syntax: AnyNode): Edit[] {
  if (!code.includes('navigator')) return []
  const edits: Edit[] = []
  let isDeclared = false
  walk(syntax, (node, parent, key) => {
    if (node.type === 'Identifier' && node.name === 'navigator') {
      const holder = parent!.type
      if (/Declarator$|Function|Class|Catch|Pattern$|Specifier$/.test(holder))
        isDeclared ||= key !== 'init' && key !== 'body'
    }
    if (node.type !== 'LogicalExpression' || !isHostProbe(node)) return
    // As long as it was, on as many lines.
    const rest = code.slice(node.start + 5, node.end).replace(/[^\n]/g, ' ')
    edits.push({ start: node.start, end: node.end, text: `false${rest}` })
  })
  return isDeclared ? [] : edits
}

function access(parent: AnyNode | null, key: string): string {
  return `${API}.${parent?.type === 'MemberExpression' && key === 'object' ? 'Bun' : 'bareBun'}`
}

function walk(
  node: AnyNode,
  visit: (node: AnyNode, parent: AnyNode | null, key: string) => void,
  parent: AnyNode | null = null,
  key = '',
): void {
  visit(node, parent, key)
  for (const name in node) {
    const child = node[name]
    if (Array.isArray(child)) {
      for (const one of child) if (typeof one?.type === 'string') walk(one, visit, node, name)
    } else if (typeof child?.type === 'string') walk(child, visit, node, name)
  }
}

/** `edits` in the order of their offsets, none of which overlap. */
export function rewritten(code: string, edits: Edit[]): string {
  let text = ''
  let at = 0
  for (const edit of edits) {
    text += code.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return text + code.slice(at)
}

/** What the edits moved. */
export function shiftsOf(code: string, edits: Edit[]): Shifts {
  const shifts: Shifts = new Map()
  for (const { start, end, text } of edits) {
    // An argument on another line than its `import(` keeps its column.
    if (code.slice(start, end).includes('\n')) continue
    const { line, column } = lineOf(code, end)
    const list = shifts.get(line) ?? []
    const by = (list.at(-1)?.by ?? 0) + text.length - (end - start)
    list.push({ column: column - 1 + by, by })
    shifts.set(line, list)
  }
  return shifts
}

/** Line and column of an offset, from 1. */
export function lineOf(code: string, offset: number): { line: number; column: number } {
  const before = code.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
