// Projects on disk and the command, as a user runs it: files in, exit code and output out.

import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const binary = join(root, 'bin', 'precast')

export interface Ran {
  /** null where a signal ended it. */
  code: number | null
  stdout: string
  stderr: string
}

const made: string[] = []
process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** A new folder outside of the checkout, gone when the tests end. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'precast-test-'))
  made.push(folder)
  return folder
}

/** Writes a project, by default into a new folder, and returns its path. */
export function project(files: Record<string, string | Uint8Array>, folder = temporary()): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return folder
}

export interface RunOptions {
  cwd?: string
  env?: Record<string, string | undefined>
  /** What runs `bin/precast`; by default this Node. */
  command?: string[]
  /** Aborting kills the process. */
  signal?: AbortSignal
}

/** Runs `precast` to its end. */
export function precast(args: string[], options: RunOptions = {}): Promise<Ran> {
  const [file, ...before] = options.command ?? [process.execPath]
  const env: Record<string, string | undefined> = { ...process.env, ...options.env }
  // tsx's own settings are not a user's.
  delete env.NODE_OPTIONS
  const child = spawn(file!, [...before, binary, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: options.signal,
    killSignal: 'SIGKILL',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', error => {
      if (error.name !== 'AbortError') reject(error)
    })
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}

/** Builds a project that is expected to build. */
export async function build(folder: string, options: RunOptions = {}): Promise<Ran> {
  const ran = await precast(['build', folder], options)
  if (ran.code !== 0) throw new Error(`build exits ${ran.code}:\n${ran.stderr}${ran.stdout}`)
  return ran
}

export interface ExplainRow {
  path: string
  method: string
  verdict: string
  reason: { message: string; file: string; line: number; column: number } | null
  role?: string
}

/** `explain --json` of a project that is expected to compile. */
export async function explain(
  folder: string,
  url?: string,
  options: RunOptions = {},
): Promise<ExplainRow[]> {
  const what = url === undefined ? [folder] : [url, folder]
  const ran = await precast(['explain', ...what, '--json'], options)
  if (ran.code !== 0) throw new Error(`explain exits ${ran.code}:\n${ran.stderr}`)
  return JSON.parse(ran.stdout)
}

/** Every file below a folder with a hash of its bytes, to compare two folders or two moments. */
export function fingerprint(folder: string): Record<string, string> {
  const found: Record<string, string> = {}
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const full = join(path, entry.name)
      if (entry.isDirectory()) visit(full)
      else {
        const hash = createHash('sha256').update(readFileSync(full)).digest('hex').slice(0, 16)
        found[relative(folder, full)] = hash
      }
    }
  }
  visit(folder)
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A response of `dist/fetch.js`, in this process. */
export async function fetched(folder: string, path: string): Promise<Response> {
  const url = `${pathToFileURL(join(folder, 'dist', 'fetch.js')).href}?${randomUUID()}`
  const { default: site } = await import(url)
  return site.fetch(new Request(`http://localhost${path}`))
}
