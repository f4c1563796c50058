// Chunks -> a folder of chunks that the worker can load: imports of built-ins go to modules that
// watch them, imports of Hono to Precast's own. Specifiers are found by parsing, never by pattern.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Bundle } from '../stages.ts'
import { valuesDiffer } from './builtins.ts'
import type { ModuleRef, Trace } from './protocol.ts'
import type { Shifts } from './positions.ts'
import {
  API,
  bunReads,
  catches,
  hostProbes,
  operators,
  lineOf,
  rewritten,
  shiftsOf,
  specifiers,
  syntaxOf,
  type Edit,
  type Specifier,
} from './rewrite.ts'

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

/** A module in the place of a built-in; `real` is null where this host has none such. */
interface Shim {
  file: string
  /** What is imported of it. */
  names: Set<string>
  real: Record<string, unknown> | null
}

/** What Deno loads by itself. */
const FETCHED = /^(jsr|npm|https?|deno):/

const HOSTS: [RegExp, string][] = [
  [/^bun(:|$)/, 'Bun'],
  [FETCHED, 'Deno'],
  [/^cloudflare:/, 'Cloudflare Workers'],
  [/^uWebSockets\.js$/, 'uWebSockets.js'],
]

const isBun = 'Bun' in globalThis
const isDeno = 'Deno' in globalThis
const host = isBun ? 'Bun' : isDeno ? 'Deno' : 'Node'

/** Writes the chunks of a bundle's modules, rewritten, to a new temporary folder. */
export async function prepare(bundle: Bundle, files: string[]): Promise<Prepared> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'precast-run-')))
  mkdirSync(join(dir, 'shim'))
  const shifts = new Map<string, Shifts>()
  const edges = new Map<string, string[]>()
  const missing = new Map<string, Trace>()
  const imports = new Map<string, Trace>()
  const shims = new Map<string, Shim>()

  const shimOf = async (specifier: string): Promise<Shim> => {
    const known = shims.get(specifier)
    if (known) return known
    const file = `shim/${specifier.replace(/[^\w]/g, '_')}_${shims.size}.mjs`
    const made: Shim = { file, names: new Set(), real: await builtin(specifier) }
    shims.set(specifier, made)
    return made
  }

  /** Where a built-in is imported from instead; says too what importing it means. */
  const watchedImport = async (chunk: string, code: string, found: Specifier): Promise<string> => {
    const { text, start, kind, names } = found
    const shim = await shimOf(text)
    const trace = (message: string): Trace => ({
      message,
      places: [{ chunk, ...lineOf(code, start) }],
    })
    if (!shim.real) {
      for (const one of names) shim.names.add(one)
      if (kind === 'static') missing.set(chunk, trace(lacking(text)))
    } else if (kind === 'static' && valuesDiffer(text.replace(/^node:/, ''))) {
      const isValue = (one: string): boolean => !/^(function|object)$/.test(typeof shim.real![one])
      const read = names.find(one => one === '*' || isValue(one))
      if (read) imports.set(chunk, trace(`imports ${read === '*' ? 'all' : read} of ${text}`))
    }
    return pathToFileURL(join(dir, shim.file)).href
  }

  const wanted = new Set(files.map(file => bundle.modules.get(file)!.chunk))
  for (const name of wanted) {
    const { code } = bundle.chunks.get(name)!
    const syntax = syntaxOf(code, isBun)
    const edits: Edit[] = syntax ? catches(syntax, code) : []
    if (syntax && isBun) edits.push(...bunReads(syntax))
    if (syntax) edits.push(...hostProbes(code, syntax))
    const targets: string[] = []
    for (const found of syntax ? specifiers(syntax) : []) {
      const { text, start, end, kind } = found
      let url: string | undefined
      if (kind === 'computed') {
        edits.push({ start, end, text: `${API}.import(` })
        continue
      } else if (text.startsWith('.')) {
        targets.push(posix.join(posix.dirname(name), text))
        if (kind === 'dynamic') url = pathToFileURL(join(dir, dirname(name), text)).href
      } else if (/^hono(\/|$)/.test(text)) {
        url = import.meta.resolve(text)
      } else if (text.startsWith('file:') || (isDeno && FETCHED.test(text))) {
        url = text
      } else {
        url = await watchedImport(name, code, found)
      }
      if (!url) continue
      const quoted = JSON.stringify(url)
      edits.push({
        start,
        end,
        text: kind === 'dynamic' ? `${API}.import(${quoted}, true` : quoted,
      })
    }
    const isInside = ({ start }: Edit): boolean =>
      edits.some(other => other.start < start && start < other.end)
    if (syntax) edits.push(...operators(syntax).filter(edit => !isInside(edit)))
    edits.sort((a, b) => a.start - b.start || a.end - b.end)
    edges.set(name, targets)
    for (const target of targets) wanted.add(target)
    shifts.set(name, shiftsOf(code, edits))
    const target = join(dir, name)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, rewritten(code, edits))
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

// ---------------------------------------------------------------- shims

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
