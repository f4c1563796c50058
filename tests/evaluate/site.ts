// Small sites for the evaluator's tests: sources in, a bundle as the build makes it out. The worker
// is bundled once a process into a folder from which Precast's packages resolve.

import * as esbuild from 'esbuild'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { evaluate, inspect, type EvaluateOptions } from '../../compiler/evaluate.ts'
import type { Bundle, Handler, Job, Outcome, Shape } from '../../compiler/stages.ts'

const precast = fileURLToPath(new URL('../..', import.meta.url))
let worker: Promise<string> | undefined

/** Bundles the worker, as build.js does. */
export function workerFile(): Promise<string> {
  worker ??= (async () => {
    const folder = mkdtempSync(join(precast, 'node_modules', '.precast-test-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    const outfile = join(folder, 'evaluate-worker.js')
    await esbuild.build({
      absWorkingDir: precast,
      entryPoints: ['compiler/evaluate/worker.ts'],
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      logLevel: 'error',
    })
    return outfile
  })()
  return worker
}

export interface Site {
  root: string
  bundle: Bundle
  remove(): void
}

/** Bundles sources by project-relative name; those under `routes/` become modules. */
export async function site(files: Record<string, string>): Promise<Site> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'precast-site-')))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  const dir = join(root, '.bundle')
  const modules = Object.keys(files).filter(
    name => name.startsWith('routes/') && /\.[jt]sx?$/.test(name),
  )
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: modules.map((file, index) => ({ in: join(root, file), out: `m${index}` })),
    outdir: dir,
    chunkNames: 'chunk-[hash]',
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    splitting: true,
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'external',
    external: ['hono', 'hono/*', 'node:*', 'bun', 'bun:*', 'jsr:*', 'cloudflare:*'],
    metafile: true,
    logLevel: 'silent',
  })
  const texts = new Map(result.outputFiles.map(file => [relative(dir, file.path), file.text]))
  const bundle: Bundle = {
    dir,
    chunks: new Map(),
    modules: new Map(),
    inputs: [],
    websockets: false,
  }
  for (const [name, code] of texts) {
    if (!name.endsWith('.js')) continue
    const map = JSON.parse(texts.get(`${name}.map`)!)
    map.sources = map.sources.map((source: string) => resolve(dir, source))
    bundle.chunks.set(name, { name, code, map: JSON.stringify(map) })
  }
  for (const [index, file] of modules.entries()) {
    const output = Object.entries(result.metafile.outputs).find(([path]) =>
      path.endsWith(`/m${index}.js`),
    )!
    bundle.modules.set(file, { file, chunk: `m${index}.js`, exports: output[1].exports })
  }
  return { root, bundle, remove: () => rmSync(root, { recursive: true, force: true }) }
}

/** A job for the default export, or GET, of a module. */
export function jobFor(
  bundle: Bundle,
  file: string,
  more: Partial<Job> & { middleware?: string[]; notFound?: string | null } = {},
): Job {
  const { middleware = [], notFound = null, ...rest } = more
  const name = bundle.modules.get(file)!.exports.includes('GET') ? 'GET' : 'default'
  const path = `/${file.replace(/^routes\//, '').replace(/(index)?\.[jt]sx?$/, '')}`
  const handler: Handler = {
    id: `${file}#${name}`,
    file,
    name,
    middleware,
    params: Object.keys(rest.params ?? {}),
    pattern: path,
    notFound,
  }
  return {
    id: `${handler.id} ${rest.path ?? path}`,
    handler,
    path,
    params: {},
    mode: 'prove',
    role: 'route',
    headers: {},
    ...rest,
  }
}

/** Evaluates jobs; every module counts as quiet unless `loud` names it. */
export async function run(
  { root, bundle }: Site,
  jobs: Job[],
  options: Partial<EvaluateOptions> & { loud?: string[] } = {},
): Promise<Outcome[]> {
  const { loud = [], ...rest } = options
  const facts = new Map(
    [...bundle.modules.keys()].map(file => [file, { quiet: !loud.includes(file) }]),
  )
  const outcomes = await evaluate(bundle, jobs, facts, {
    root,
    concurrency: 1,
    maxBody: 1 << 20,
    worker: await workerFile(),
    ...rest,
  })
  return jobs.map(job => outcomes.get(job.id)!)
}

/** Evaluates one source as `routes/a.ts`. */
export async function runOne(
  source: string,
  job: Partial<Job> & { middleware?: string[] } = {},
  options: Parameters<typeof run>[2] = {},
  files: Record<string, string> = {},
): Promise<Outcome> {
  const made = await site({ 'routes/a.tsx': source, ...files })
  try {
    return (await run(made, [jobFor(made.bundle, 'routes/a.tsx', job)], options))[0]!
  } finally {
    made.remove()
  }
}

/** The shape of one source as `routes/a.ts`. */
export async function shapeOf(
  source: string,
  files: Record<string, string> = {},
  quiet = true,
): Promise<Shape> {
  const made = await site({ 'routes/a.tsx': source, ...files })
  try {
    const modules = [{ file: 'routes/a.tsx', quiet, wantsParams: true }]
    return (
      await inspect(made.bundle, modules, {
        root: made.root,
        worker: await workerFile(),
        timeout: 3000,
      })
    ).get('routes/a.tsx')!
  } finally {
    made.remove()
  }
}

export function bodyOf(outcome: Outcome): string {
  if (outcome.kind !== 'snapshot')
    throw new Error(
      `${outcome.kind}: ${outcome.reason.message} at ${outcome.reason.file}:${outcome.reason.line}:${outcome.reason.column}`,
    )
  return new TextDecoder().decode(outcome.snapshot.body)
}
