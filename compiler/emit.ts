// Entries and modules -> `dist/`: the manifest, the file of bytes, the modules that run, one entry a
// host. Everything is written beside `dist/` first and takes its place in the end, so that a build
// that fails or is killed leaves the old one whole.

import { createHash } from 'node:crypto'
import {
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type FileRecord, FORMAT, type Manifest } from '../runtime/artifact.ts'
import { bundleForServing, type ServingEntry } from './bundle.ts'
import { pack, type Store } from './pack.ts'
import type { Compiled, Diagnostic, Entry, Linked } from './stages.ts'

/**
 * Up to this many bytes `dist/fetch.js` carries them itself, for hosts without a file system: first
 * `static.bin`, then the large files too.
 */
const EMBED = 8 << 20

const HOSTS = ['bun', 'deno', 'node', 'uws', 'bun-serve', 'deno-serve', 'node-http']

/**
 * Writes the whole of `dist/` and puts it in place.
 * @param version Precast's own.
 * @returns the size of the file of bytes, or null where a module could not be bundled.
 */
export async function emit(
  compiled: Compiled,
  linked: Linked,
  entries: AsyncIterable<Entry>,
  version: string,
  diagnostics: Diagnostic[],
): Promise<number | null> {
  const { root, config } = compiled.project
  const dist = join(root, 'dist')
  const next = join(root, `.dist-next-${process.pid}`)
  sweep(root)
  mkdirSync(next)
  try {
    const files: FileRecord[] = []
    const bytes = await pack(entries, join(next, 'static.bin'), filesIn(next, files))
    const manifest: Manifest = {
      format: FORMAT,
      precast: version,
      build: '',
      bytes: { file: 'static.bin', size: bytes.size, crc32: bytes.crc32 },
      files,
      trailingSlash: config.trailingSlash,
      modules: linked.modules,
      routes: linked.routes,
      folders: linked.folders,
    }
    manifest.build = createHash('sha256')
      .update(JSON.stringify(manifest))
      .digest('hex')
      .slice(0, 16)
    writeFileSync(join(next, 'manifest.json'), JSON.stringify(manifest))
    writeFileSync(join(next, 'explain.json'), JSON.stringify(compiled.judgement.rows))
    writeFileSync(join(next, 'package.json'), '{"type":"module"}\n')
    if (
      !(await bundleForServing(
        root,
        servingEntries(manifest, next, compiled.websockets),
        next,
        diagnostics,
      ))
    )
      return null
    replace(dist, next)
    return allBytes(manifest)
  } finally {
    rmSync(next, { recursive: true, force: true })
  }
}

/** Of everything stored. */
function allBytes({ bytes, files }: Manifest): number {
  return files.reduce((sum, { size }) => sum + size, bytes.size)
}

/** Stores bodies under `files/`, each content once, and notes them in the order they come. */
function filesIn(next: string, files: FileRecord[]): Store {
  return async body => {
    const isRead = body instanceof Uint8Array
    const digest = isRead ? createHash('sha256').update(body).digest() : body.digest
    const file = `files/${Buffer.from(digest).toString('hex').slice(0, 32)}`
    const known = files.findIndex(one => one.file === file)
    if (known >= 0) return known
    const path = join(next, file)
    mkdirSync(join(next, 'files'), { recursive: true })
    if (isRead) writeFileSync(path, body)
    else {
      await copyFile(body.source, path, constants.COPYFILE_FICLONE)
      if (statSync(path).size !== body.length)
        throw new Error(`${body.source} changed while it was built: build again`)
    }
    const record = { file, size: body.length, crc32: isRead ? crc32(body) : body.crc32 }
    return files.push(record) - 1
  }
}

function servingEntries(manifest: Manifest, next: string, websockets: boolean): ServingEntry[] {
  const loaders = manifest.modules.map(file => `() => import(${JSON.stringify(`./${file}`)})`)
  const app = `export const modules = [${loaders.join(',\n')}]
    export const websockets = ${websockets}`
  const hosts = HOSTS.map(name => ({
    name,
    code: `
      import { start } from 'precast/hosts/${name}'
      import { modules, websockets } from 'precast-entry:app'
      await start({ dir: new URL('.', import.meta.url), modules, websockets })`,
  }))
  const embedded = ({ file }: FileRecord): string => {
    const text = readFileSync(join(next, file)).toString('base64')
    return `Uint8Array.from(atob(${JSON.stringify(text)}), char => char.charCodeAt(0))`
  }
  const bytes =
    manifest.bytes.size <= EMBED
      ? `const bytes = ${embedded(manifest.bytes)}`
      : `import { readFileSync } from 'node:fs'
         const bytes = new Uint8Array(readFileSync(new URL('./static.bin', import.meta.url)))`
  const files =
    allBytes(manifest) <= EMBED
      ? `[${manifest.files.map(embedded).join(', ')}]`
      : "new URL('.', import.meta.url)"
  const fetch = `
    import { createFetch } from 'precast/hosts/fetch'
    import { modules, websockets } from 'precast-entry:app'
    ${bytes}
    const files = ${files}
    const manifest = ${JSON.stringify(manifest)}
    export default createFetch({ manifest, bytes, files, modules, websockets })`
  return [{ name: 'app', code: app }, ...hosts, { name: 'fetch', code: fetch }]
}

// Two renames, since no host can exchange two folders in one call. What a kill between them leaves
// behind, `restore` puts right.
function replace(dist: string, next: string): void {
  const previous = join(dist, '..', `.dist-previous-${process.pid}`)
  if (existsSync(dist)) renameSync(dist, previous)
  renameSync(next, dist)
  rmSync(previous, { recursive: true, force: true })
}

/** Removes what builds that were killed left behind, after putting back a `dist/` they had moved. */
function sweep(root: string): void {
  restore(root)
  for (const name of readdirSync(root)) {
    const pid = /^\.dist-(?:next|previous)-(\d+)$/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) rmSync(join(root, name), { recursive: true, force: true })
  }
}

/** Puts `dist/` back where a build was killed between its two renames. */
export function restore(root: string): void {
  if (existsSync(join(root, 'dist'))) return
  const left = readdirSync(root)
    .filter(name => /^\.dist-previous-\d+$/.test(name))
    .sort((a, b) => statSync(join(root, b)).ctimeMs - statSync(join(root, a)).ctimeMs)[0]
  if (left && !isAlive(Number(left.split('-').at(-1))))
    renameSync(join(root, left), join(root, 'dist'))
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
