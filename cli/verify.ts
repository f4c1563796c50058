// `precast verify`: runs the handlers behind all that `dist/` stores, many times over, and says where
// they would answer something else.

import { createReadStream, existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { crc32 } from 'node:zlib'
import {
  dictionaryOf,
  differenceAmongVariants,
  differenceFromAnswer,
  differenceOfBodies,
} from '../compiler/compare.ts'
import { compile, type Making, ProjectError } from '../compiler/compile.ts'
import { restore } from '../compiler/emit.ts'
import { rerun } from '../compiler/evaluate.ts'
import { place } from '../compiler/report.ts'
import type { Compiled, Diagnostic, Frozen, Job, Site } from '../compiler/stages.ts'
import { type FileRecord, FLAG_FOLDER, FLAG_PUBLIC } from '../runtime/artifact.ts'
import { isDictionary } from '../runtime/dictionary.ts'
import type { LargeFile } from '../runtime/large.ts'
import { type Loaded, LoadError, load } from '../runtime/load.ts'
import { count, type Finding, printFindings } from './findings.ts'
import { printDiagnostics, progress } from './terminal.ts'
import { runTemplates } from './verify-templates.ts'
import { verifyUrl } from './verify-url.ts'

export interface VerifyFlags {
  /** Calls of each handler, or requests for each URL. */
  runs: number
  /** A running server to ask in the place of the handlers. */
  url?: URL
}

/** @returns the exit code. */
export async function verify(folder: string, { runs, url }: VerifyFlags): Promise<number> {
  const root = resolve(folder)
  const started = performance.now()
  const stored = await stores(root)
  if (typeof stored === 'string') {
    console.error(`precast: ${stored}`)
    return 1
  }
  if (url) return verifyUrl(stored, url, runs)
  const diagnostics: Diagnostic[] = []
  const spinner = progress()
  const found = new Map<string, Finding>()
  let compiled: Compiled
  let files = 0
  let done = { checked: 0, runs: 0, changed: 0 }
  try {
    compiled = await compile(
      root,
      {
        onProgress: spinner.step,
        async onJudged(judged, making) {
          done = await runAll(judged, making, stored, runs, found, spinner.step)
          const filled = await runTemplates(judged, making, stored, runs, found)
          done.checked += filled.checked
          done.runs += filled.runs
          files = await compareFiles(judged, stored, found)
        },
      },
      diagnostics,
    )
  } catch (error) {
    spinner.stop()
    if (!(error instanceof ProjectError)) throw error
    printDiagnostics(error.diagnostics)
    return 1
  } finally {
    spinner.stop()
  }
  for (const warning of stale(root, compiled, stored, found)) diagnostics.push(warning)
  printDiagnostics(diagnostics)
  if (found.size > 0) {
    printFindings([...found.values()], 'dist/')
    return 1
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const changed =
    done.changed > 0
      ? `; ${done.changed} kept by prerender or revalidate would answer something newer`
      : ''
  console.log(
    `${count(done.checked, 'response')} verified in ${count(done.runs, 'run')}, ${count(files, 'public file')} compared: no difference${changed} (${seconds} s)`,
  )
  return 0
}

/** What `dist/` holds, or why there is nothing to verify. */
async function stores(root: string): Promise<Loaded | string> {
  if (!existsSync(root)) return `there is no folder ${root}`
  restore(root)
  const dist = join(root, 'dist')
  if (!existsSync(join(dist, 'manifest.json')))
    return `${dist} holds no build: run \`precast build\` first`
  try {
    return await load(pathToFileURL(`${dist}/`))
  } catch (error) {
    if (error instanceof LoadError) return error.message
    throw error
  }
}

/** Runs what is static now and was stored, and notes the first difference of each. */
async function runAll(
  { project, site, judgement }: Compiled,
  { bundle, jobs, facts, followed }: Making,
  { statics }: Loaded,
  runs: number,
  found: Map<string, Finding>,
  onProgress: (step: string, done: number, total: number) => void,
): Promise<{ checked: number; runs: number; changed: number }> {
  // One `_404` speaks for several folders.
  const frozen = new Map<string, Frozen[]>()
  for (const one of judgement.frozen) {
    if (statics.get(one.key) === undefined) continue
    const known = frozen.get(one.job)
    if (known) known.push(one)
    else frozen.set(one.job, [one])
  }
  const todo = [...new Map(jobs.map(job => [job.id, job])).values()].filter(job =>
    frozen.has(job.id),
  )
  const total = todo.reduce(
    (sum, { mode }) => sum + (mode === 'keep' ? Math.min(runs, 2) : runs),
    0,
  )
  const changed = new Set<string>()
  let made = 0
  const note = (one: Frozen, why: string): void =>
    void found.set(one.key, { what: nameOf(one.key, site), why })
  for (const one of [...frozen.values()].flat()) {
    const entry = statics.get(one.key)!
    const dictionary = dictionaryOf(entry)
    const shared = dictionary === undefined ? undefined : statics.get(dictionary)
    const difference = await differenceAmongVariants(entry, shared?.variants[0]?.body)
    if (difference) note(one, difference)
  }
  const isKept = (job: Job): boolean => job.mode === 'keep'
  await rerun(
    bundle,
    todo,
    facts,
    {
      root: project.root,
      concurrency: availableParallelism(),
      timeout: 10_000,
      maxBody: 64 << 20,
      silent: true,
      followed,
      runs,
      onProgress: done => onProgress('verifying', done, total),
    },
    async (job, answer) => {
      made++
      for (const one of frozen.get(job.id)!) {
        const isObjection = 'message' in answer
        const difference = isObjection
          ? `its handler ${answer.message}\n  at ${place(answer)}`
          : await differenceFromAnswer(statics.get(one.key)!, answer)
        if (!difference) continue
        if (isKept(job) && !isObjection) changed.add(one.key)
        else note(one, difference)
      }
      return isKept(job) || !frozen.get(job.id)!.some(one => found.has(one.key))
    },
  )
  return { checked: [...frozen.values()].flat().length, runs: made, changed: changed.size }
}

/** Compares the files of `public/` with what is stored of them. */
async function compareFiles(
  { site }: Compiled,
  { manifest, statics, files }: Loaded,
  found: Map<string, Finding>,
): Promise<number> {
  let compared = 0
  for (const { source, path } of site.publicFiles) {
    const stored = statics.get(path)
    if (!stored) continue
    compared++
    const identity = stored.variants[0]!
    const { file } = identity
    const why =
      file >= 0
        ? await differenceOfFiles(source, manifest.files[file]!, files[file]!)
        : (differenceOfBodies(identity.body, await readFile(source)) ??
          (await differenceAmongVariants(stored)))
    if (why) found.set(path, { what: `GET ${path}`, why })
  }
  return compared
}

/** The same of a file that is too large to hold. */
async function differenceOfFiles(
  source: string,
  { size, crc32: expected }: FileRecord,
  stored: LargeFile,
): Promise<string | null> {
  let sum = 0
  let length = 0
  for await (const chunk of createReadStream(source, { highWaterMark: 1 << 20 })) {
    sum = crc32(chunk, sum)
    length += chunk.length
  }
  if (length !== size) return `body: stored ${size} bytes, the file has ${length}`
  if (sum !== expected) return 'body: as long as the file, but not the same'
  try {
    await stored.verify()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** What the sources say that `dist/` does not: it is to be built again. */
function stale(
  root: string,
  { inputs, site, judgement }: Compiled,
  { statics }: Loaded,
  found: Map<string, Finding>,
): Diagnostic[] {
  const warnings: Diagnostic[] = []
  const hint = 'precast build'
  const built = statSync(join(root, 'dist', 'manifest.json')).mtimeMs
  const read = judgement.frozen.flatMap(one => one.files)
  const files = [...inputs, ...read, ...site.publicFiles.map(file => file.source)]
  const newer = [...new Set(files)].filter(
    file => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > built,
  )
  if (newer.length > 0) {
    const shown = newer.slice(0, 3).map(file => relative(root, file))
    const more = newer.length > 3 ? ` and ${newer.length - 3} more` : ''
    const message = `dist/ is older than ${shown.join(', ')}${more}`
    warnings.push({ severity: 'warning', code: 'stale-dist', message, hint })
  }
  const known = new Set([
    ...judgement.frozen.map(one => one.key),
    ...site.publicFiles.map(file => file.path),
    ...site.publicFolders,
  ])
  const rows = new Map(judgement.rows.filter(row => !row.role).map(row => [row.path, row]))
  for (const key of statics.keys()) {
    // Each was held against the members of its family.
    if (known.has(key) || found.has(key) || isDictionary(key)) continue
    const { reason, verdict } = rows.get(key) ?? {}
    const { flags } = statics.get(key)!
    const why =
      flags & (FLAG_PUBLIC | FLAG_FOLDER)
        ? 'is stored, but public/ has it no longer'
        : reason
          ? `is stored, but is ${verdict} now: ${reason.message}\n  at ${place(reason)}`
          : 'is stored, but the sources have no such static route now'
    found.set(key, { what: nameOf(key, site), why })
  }
  const missing = [...known].filter(key => statics.get(key) === undefined)
  if (missing.length > 0) {
    const message = `dist/ lacks ${count(missing.length, 'response')} that would be static now: ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}`
    warnings.push({ severity: 'warning', code: 'stale-dist', message, hint })
  }
  return warnings
}

function nameOf(key: string, { folders }: Site): string {
  if (!key.startsWith('404:')) return `GET ${key}`
  return `_404 below /${folders[Number(key.slice('404:'.length))]?.path ?? ''}`
}
