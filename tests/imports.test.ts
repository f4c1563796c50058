// The arrows between the sources: reads every import of cli/, compiler/, runtime/ and the root's own
// files, and holds the sixth invariant of the design. Each exception is named here.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import * as acorn from 'acorn'
import { transformSync } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The stages, in the order in which compile.ts and cli/build.ts call them. */
const STAGES = [
  'project',
  'scan',
  'bundle',
  'analyze',
  'evaluate',
  'settle',
  'fill',
  'judge',
  'link',
  'serialize',
  'emit',
  'report',
]

/** Not stages: what several of them share, or one of them hands a part of its work to. */
const SHARED = [
  'stages',
  'packages',
  'source-text',
  'handlers',
  'compress',
  'pack',
  'compare',
  'expect',
  'hints',
  'host-probe',
  'trials',
  'zstd',
]

/** One stage may use another here and nowhere else: esbuild has one user. */
const ALLOWED = [
  'compiler/project.ts > compiler/bundle.ts',
  'compiler/emit.ts > compiler/bundle.ts',
]

const HOSTS = [
  ...['bun', 'deno', 'node', 'uws', 'fetch'],
  ...['bun-serve', 'deno-serve', 'node-http'],
].map(name => `runtime/hosts/${name}.ts`)

/** Where user code meets the terminal or the end of the process, outside cli/. */
const PRINTS = [
  'runtime/serve.ts', // Listening on …, and why it could not
  'runtime/workers.ts', // a worker that died
  'runtime/app.ts', // the one place that logs a handler's error
  'runtime/hosts/body.ts', // a stream that failed after its head was sent
  'runtime/hosts/uws-exchange.ts', // the same on uWebSockets.js
  'runtime/hosts/net.ts', // a file that was cut off while it was sent
  'runtime/http1/connection.ts', // a connection that failed
  'runtime/http1/exchange.ts', // a stream that failed after its head was sent
  'runtime/websocket/hear.ts', // what a handler throws long after its answer
  'compiler/evaluate/worker.ts', // a process of its own, as is all that run.ts does
  'compiler/evaluate/run.ts',
  'compiler/evaluate/child.ts', // what the user's own code wrote there
]

interface Import {
  from: string
  /** Project-relative file, or the name of a package. */
  to: string
  typeOnly: boolean
}

const files = ['cli', 'compiler', 'runtime'].flatMap(folder => sources(join(root, folder)))
files.push('config.ts')
const all = files.flatMap(importsOf)
// A type vanishes before anything is loaded, yet an arrow it is.
const inside = all.filter(({ to }) => to.endsWith('.ts'))

test('every relative import carries its ending and leads to a file', () => {
  assert.ok(files.length > 20, `only ${files.length} sources found`)
  const wrong = all.filter(({ to }) => to.startsWith('?'))
  assert.deepEqual(wrong, [])
})

test('runtime/ never imports compiler/ or cli/', () => {
  const wrong = inside.filter(
    ({ from, to }) => from.startsWith('runtime/') && !to.startsWith('runtime/'),
  )
  assert.deepEqual(wrong.map(arrow), [])
})

test('compiler/ never imports cli/', () => {
  const wrong = inside.filter(
    ({ from, to }) => from.startsWith('compiler/') && to.startsWith('cli/'),
  )
  assert.deepEqual(wrong.map(arrow), [])
})

test('every file of compiler/ is the line, a stage, shared by stages, or inside one stage', () => {
  const known = new Set(['compile', ...STAGES, ...SHARED])
  const loose = files
    .filter(file => file.startsWith('compiler/'))
    .filter(file => !known.has(file.split('/')[1]!.replace(/\.ts$/, '')))
  assert.deepEqual(loose, [])
})

test('stages never import one another', () => {
  const stageOf = (file: string): string | undefined => {
    const name = /^compiler\/([^/.]+)/.exec(file)?.[1]
    return name && STAGES.includes(name) ? name : undefined
  }
  const wrong = inside.filter(({ from, to }) => {
    const [importer, imported] = [stageOf(from), stageOf(to)]
    return importer && imported && importer !== imported
  })
  assert.deepEqual(
    wrong.map(arrow).filter(one => !ALLOWED.includes(one)),
    [],
  )
})

test('what stages share imports no stage', () => {
  const stages = new Set(STAGES.map(name => `compiler/${name}.ts`))
  const shared = new Set(SHARED.map(name => `compiler/${name}.ts`))
  const wrong = inside.filter(({ from, to }) => shared.has(from) && stages.has(to))
  assert.deepEqual(wrong.map(arrow), [])
})

test('only the line and the commands import a stage', () => {
  const stages = new Set(STAGES.map(name => `compiler/${name}.ts`))
  const wrong = inside.filter(
    ({ from, to, typeOnly }) =>
      stages.has(to) && !typeOnly && from !== 'compiler/compile.ts' && !from.startsWith('cli/'),
  )
  assert.deepEqual(
    wrong.map(arrow).filter(one => !ALLOWED.includes(one)),
    [],
  )
})

test('hosts never import one another, and nothing else imports a host', () => {
  for (const host of HOSTS) assert.ok(files.includes(host), `${host} is missing`)
  const wrong = inside.filter(({ to }) => HOSTS.includes(to))
  assert.deepEqual(wrong.map(arrow), [])
})

test('the contract between build and serve imports nothing', () => {
  assert.deepEqual(all.filter(({ from }) => from === 'runtime/artifact.ts').map(arrow), [])
})

test('what passes between the stages is types only', () => {
  const stages = all.filter(({ from }) => from === 'compiler/stages.ts')
  assert.deepEqual(stages.filter(({ typeOnly }) => !typeOnly).map(arrow), [])
})

test('only bundle.ts imports esbuild', () => {
  const users = all.filter(({ to }) => to === 'esbuild').map(({ from }) => from)
  assert.deepEqual(users, ['compiler/bundle.ts'])
})

test("runtime/ imports Node's modules only for reading dist/ and in hosts", () => {
  const allowed =
    /^runtime\/(hosts\/(?!fetch)[\w-]+|load|large|serve|workers|options|revalidate|http1\/(?:bytes|websocket))\.ts$/
  const wrong = all.filter(({ from, to }) => from.startsWith('runtime/') && to.startsWith('node:'))
  assert.deepEqual(wrong.filter(({ from }) => !allowed.test(from)).map(arrow), [])
})

test('only cli/ prints or ends the process', () => {
  const wrong: string[] = []
  for (const file of files) {
    if (file.startsWith('cli/') || PRINTS.includes(file) || HOSTS.includes(file)) continue
    walk(parse(file), node => {
      const callee = node.type === 'CallExpression' ? textOf(node.callee) : ''
      if (/^console\.\w+$|^process\.(exit|stdout\.write|stderr\.write)$/.test(callee))
        wrong.push(`${file}: ${callee}`)
    })
  }
  assert.deepEqual(wrong, [])
})

test('there is no import cycle', () => {
  const next = new Map<string, string[]>()
  for (const { from, to, typeOnly } of inside) {
    if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to])
  }
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' > '))
      return
    }
    if (done.has(file)) return
    for (const to of next.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  assert.deepEqual(cycles, [])
})

// ---------------------------------------------------------------- reading sources

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return entry.name.endsWith('.ts') ? [relative(root, path)] : []
  })
}

// biome-ignore lint/suspicious/noExplicitAny: read by `type`, as a syntax tree is
type Node = acorn.Node & Record<string, any>

function parse(file: string): Node {
  const text = readFileSync(join(root, file), 'utf8')
  const { code } = transformSync(text, {
    loader: 'ts',
    tsconfigRaw: '{"compilerOptions":{"verbatimModuleSyntax":true}}',
  })
  return acorn.parse(code, { ecmaVersion: 'latest', sourceType: 'module' }) as Node
}

/** Imports that are left when types are gone, and those that go with them, found by the difference. */
function importsOf(file: string): Import[] {
  const found = new Map<string, Import>()
  walk(parse(file), node => {
    const source = node.source?.type === 'Literal' ? node.source.value : undefined
    if (/^(Import|Export)/.test(node.type) && typeof source === 'string') add(source, false)
  })
  // Types are written in forms of their own, and nothing in these sources writes them in a string.
  const text = readFileSync(join(root, file), 'utf8')
  for (const [, source] of text.matchAll(
    /^(?:import|export) type [^'"]*? from ['"]([^'"]+)['"]/gms,
  ))
    add(source!, true)
  return [...found.values()]

  function add(source: string, typeOnly: boolean): void {
    const to = targetOf(file, source)
    if (!found.get(to) || !typeOnly) found.set(to, { from: file, to, typeOnly })
  }
}

function targetOf(file: string, source: string): string {
  if (!source.startsWith('.')) {
    if (source.startsWith('node:')) return source
    return source
      .split('/')
      .slice(0, source.startsWith('@') ? 2 : 1)
      .join('/')
  }
  const path = resolve(root, dirname(file), source)
  return existsSync(path) && /\.\w+$/.test(source) ? relative(root, path) : `?${source}`
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child.type === 'string') walk(child, visit)
    }
  }
}

function textOf(node: Node): string {
  if (node.type === 'Identifier') return node.name
  return node.type === 'MemberExpression' && !node.computed
    ? `${textOf(node.object)}.${node.property.name}`
    : ''
}

function arrow({ from, to }: Import): string {
  return `${from} > ${to}`
}
