// Chunks -> a folder of chunks that the worker can load: imports of built-ins go to modules that
// watch them, imports of Hono to Precast's own. Specifiers are found by parsing, never by pattern.

import { parse, type Node } from 'acorn'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Bundle } from '../stages.ts'
import { valuesDiffer } from './builtins.ts'
import type { ModuleRef, Trace } from './protocol.ts'
import type { Shifts } from './positions.ts'

/** A bundle, ready to be run. */
export interface Prepared {
  /** Absolute path, links resolved. */
  dir: string
  shifts: Map<string, Shifts>
  /** The chunks of a module's graph. */
  ref(file: string): ModuleRef
  /** Why a module cannot be run on this host, or null. */
  missing(file: string): Trace | null
  /** What importing its built-ins alone reads, or null. */
  imports(file: string): Trace | null
  remove(): void
}

interface Specifier {
  text: string
  /** Offsets of the literal, or for a computed import() of what stands before its argument. */
  start: number
  end: number
  kind: 'static' | 'dynamic' | 'computed'
  /** Names that are imported; `*` for all. */
  names: string[]
}

interface Edit {
  start: number
  end: number
  text: string
}

const HOSTS: [RegExp, string][] = [
  [/^bun(:|$)/, 'Bun'],
  [/^(jsr|npm|https?|deno):/, 'Deno'],
  [/^cloudflare:/, 'Cloudflare Workers'],
  [/^uWebSockets\.js$/, 'uWebSockets.js'],
]

const API = 'globalThis[Symbol.for("precast.evaluate")]'
const isBun = 'Bun' in globalThis
const isDeno = 'Deno' in globalThis
const host = isBun ? 'Bun' : isDeno ? 'Deno' : 'Node'

/** Writes the chunks of a bundle, rewritten, to a new temporary folder. */
export async function prepare(bundle: Bundle): Promise<Prepared> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'precast-run-')))
  mkdirSync(join(dir, 'shim'))
  const shifts = new Map<string, Shifts>()
  const edges = new Map<string, string[]>()
  const missing = new Map<string, Trace>()
  const imports = new Map<string, Trace>()
  const shims = new Map<
    string,
    { file: string; names: Set<string>; real: Record<string, unknown> | null }
  >()

  const shimOf = async (
    specifier: string,
  ): Promise<{ file: string; names: Set<string>; real: Record<string, unknown> | null }> => {
    const known = shims.get(specifier)
    if (known) return known
    const real = await builtin(specifier)
    const made = {
      file: `shim/${specifier.replace(/[^\w]/g, '_')}_${shims.size}.mjs`,
      names: new Set<string>(),
      real,
    }
    shims.set(specifier, made)
    return made
  }

  for (const { name, code } of bundle.chunks.values()) {
    const edits: Edit[] = []
    const targets: string[] = []
    for (const found of specifiers(code)) {
      const { text, start, end, kind, names } = found
      if (kind === 'computed') {
        edits.push({ start, end, text: `${API}.import(` })
        continue
      }
      let url: string | undefined
      if (text.startsWith('.')) {
        targets.push(posix.join(posix.dirname(name), text))
        if (kind === 'dynamic') url = pathToFileURL(join(dir, dirname(name), text)).href
      } else if (/^hono(\/|$)/.test(text)) {
        url = import.meta.resolve(text)
      } else if (text.startsWith('file:') || (isDeno && HOSTS[1]![0].test(text))) {
        url = text
      } else {
        const shim = await shimOf(text)
        const at = lineOf(code, start)
        if (!shim.real) {
          for (const one of names) shim.names.add(one)
          if (kind === 'static')
            missing.set(name, { message: lacking(text), places: [{ chunk: name, ...at }] })
        } else if (kind === 'static' && valuesDiffer(text.replace(/^node:/, ''))) {
          const read = names.find(
            one => one === '*' || !/^(function|object)$/.test(typeof shim.real![one]),
          )
          if (read)
            imports.set(name, {
              message: `imports ${read === '*' ? 'all' : read} of ${text}`,
              places: [{ chunk: name, ...at }],
            })
        }
        url = pathToFileURL(join(dir, shim.file)).href
      }
      if (kind === 'dynamic')
        edits.push({
          start: found.start,
          end: found.end,
          text: `${API}.import(${JSON.stringify(url ?? text)}, true`,
        })
      else if (url) edits.push({ start, end, text: JSON.stringify(url) })
    }
    edges.set(name, targets)
    // Bun's global cannot be replaced, so chunks see another one by that name.
    if (isBun && /\bBun\b/.test(code))
      edits.unshift({ start: 0, end: 0, text: `const Bun = ${API}.Bun;` })
    const target = join(dir, name)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, rewrite(code, edits))
    // Traces of imports are made here and stand where they stood before.
    shifts.set(name, shiftsOf(code, edits))
  }
  for (const [specifier, { file, names, real }] of shims) {
    writeFileSync(
      join(dir, file),
      real ? shimCode(specifier, Object.keys(real)) : ghostCode(specifier, [...names]),
    )
  }

  const closures = new Map<string, string[]>()
  const closure = (chunk: string): string[] => {
    if (!closures.has(chunk)) {
      const seen = new Set([chunk])
      for (const one of seen) for (const target of edges.get(one) ?? []) seen.add(target)
      closures.set(chunk, [...seen])
    }
    return closures.get(chunk)!
  }
  const ref = (file: string): ModuleRef => {
    const { chunk } = bundle.modules.get(file)!
    return { file, chunk, chunks: closure(chunk) }
  }
  const first = (traces: Map<string, Trace>, file: string): Trace | null => {
    if (traces.size === 0) return null
    const found = ref(file).chunks.find(chunk => traces.has(chunk))
    return found === undefined ? null : traces.get(found)!
  }
  return {
    dir,
    shifts,
    ref,
    missing: file => first(missing, file),
    imports: file => first(imports, file),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

function lacking(specifier: string): string {
  const needed = HOSTS.find(([pattern]) => pattern.test(specifier))?.[1]
  return `imports ${specifier}, ${needed ? `which needs ${needed}; the build ran on ${host}` : `which ${host} has not`}`
}

/** A built-in's exports, or null where this host has no such module. */
async function builtin(specifier: string): Promise<Record<string, unknown> | null> {
  if (!isBuiltin(specifier) && !(isBun && /^bun(:|$)/.test(specifier))) return null
  try {
    return (await import(specifier)) as Record<string, unknown>
  } catch {
    return null
  }
}

// ---------------------------------------------------------------- code

function specifiers(code: string): Specifier[] {
  // Data makes up the largest chunks; only what imports has to be parsed.
  if (!/\b(import|from)\b/.test(code)) return []
  const found: Specifier[] = []
  const visit = (node: AnyNode): void => {
    if (node.type === 'ImportExpression') {
      const { source } = node
      const text =
        source.type === 'Literal' && typeof source.value === 'string' ? source.value : null
      if (text === null)
        found.push({ text: '', start: node.start, end: source.start, kind: 'computed', names: [] })
      else found.push({ text, start: node.start, end: source.end, kind: 'dynamic', names: ['*'] })
    } else if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type) && node.source) {
      const { source, specifiers = [] } = node
      const names = specifiers.map((one: AnyNode) =>
        one.type === 'ImportDefaultSpecifier'
          ? 'default'
          : one.type === 'ImportNamespaceSpecifier'
            ? '*'
            : nameOf(one.imported ?? one.local),
      )
      if (node.type === 'ExportAllDeclaration') names.push('*')
      found.push({
        text: source.value,
        start: source.start,
        end: source.end,
        kind: 'static',
        names,
      })
    }
    for (const key in node) {
      const child = node[key]
      if (Array.isArray(child))
        for (const one of child) one && typeof one.type === 'string' && visit(one)
      else if (child && typeof child.type === 'string') visit(child)
    }
  }
  visit(
    parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      allowHashBang: true,
    }) as unknown as AnyNode,
  )
  return found.sort((a, b) => a.start - b.start)
}

// acorn's own types do not say which node has which members.
// biome-ignore lint/suspicious/noExplicitAny: see above
type AnyNode = Node & Record<string, any>

function nameOf(node: AnyNode): string {
  return node.type === 'Literal' ? String(node.value) : String(node.name)
}

function rewrite(code: string, edits: Edit[]): string {
  let text = ''
  let at = 0
  for (const edit of edits) {
    text += code.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return text + code.slice(at)
}

function shiftsOf(code: string, edits: Edit[]): Shifts {
  const shifts: Shifts = new Map()
  for (const { start, end, text } of edits) {
    // An argument on another line than its import( keeps its column, and no map needs to know.
    if (code.slice(start, end).includes('\n')) continue
    const { line, column } = lineOf(code, end)
    const list = shifts.get(line) ?? []
    const by = (list.at(-1)?.by ?? 0) + text.length - (end - start)
    list.push({ column: column - 1 + by, by })
    shifts.set(line, list)
  }
  return shifts
}

function lineOf(code: string, offset: number): { line: number; column: number } {
  const before = code.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}

function shimCode(specifier: string, names: string[]): string {
  const lines = [
    `import * as real from ${JSON.stringify(specifier)}`,
    `const watched = ${API}.builtin(${JSON.stringify(specifier)}, real)`,
  ]
  for (const [index, name] of names.entries()) {
    lines.push(
      `const v${index} = watched[${JSON.stringify(name)}]`,
      `export { v${index} as ${exported(name)} }`,
    )
  }
  return `${lines.join('\n')}\n`
}

function ghostCode(specifier: string, names: string[]): string {
  const all = [...new Set([...names.filter(name => name !== '*'), 'default'])]
  return `const ghost = ${API}.ghost(${JSON.stringify(specifier)})\n${all.map(name => `export { ghost as ${exported(name)} }`).join('\n')}\n`
}

function exported(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name)
}
