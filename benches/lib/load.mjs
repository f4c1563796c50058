// Sends requests over keep-alive connections, round and round, from the second core, by the client in
// load.c, and says what came back. Also compiles what is in C.

import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { pin } from './server.mjs'

const exec = promisify(execFile)

/** A folder of this run, gone with it. */
export const scratch = mkdtempSync(join(tmpdir(), 'precast-bench-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

const built = new Map()

/** Compiles `benches/NAME.c`, once. Throws with the compiler's words. */
export function compiled(name) {
  if (built.has(name)) return built.get(name)
  const file = join(scratch, name)
  const source = fileURLToPath(new URL(`../${name}.c`, import.meta.url))
  const cc = spawnSync('cc', ['-O2', '-o', file, source], { encoding: 'utf8' })
  if (cc.error) throw new Error('the bench needs a C compiler: there is no cc')
  if (cc.status !== 0) throw new Error(cc.stderr)
  built.set(name, file)
  return file
}

const DEFAULTS = { method: 'GET', headers: {}, connections: 64, depth: 1, status: 200 }

/** The bytes of a request without a body. */
export function requestText(host, { method, path, headers }) {
  const fields = Object.entries({ Host: host, ...headers })
  return `${method} ${path} HTTP/1.1\r\n${fields.map(field => `${field.join(': ')}\r\n`).join('')}\r\n`
}

/**
 * Resolves to `{ answers, bytes, seconds, p50, p90, p99, p999 }`, times in microseconds. Rejects where
 * an answer has another status or no length.
 * @param work.headers what each request says
 * @param work.depth requests that are sent at once on a connection
 * @param work.connections how many there are (64)
 * @param work.status of all answers (200)
 * @param work.slow bytes that each connection takes every 10 ms; without it, as fast as they come
 */
export async function load(url, paths, seconds, work = {}) {
  const { method, headers, connections, depth, status, slow } = { ...DEFAULTS, ...work }
  const { host, port } = new URL(url)
  const file = join(scratch, `requests-${port}`)
  writeFileSync(file, paths.map(path => requestText(host, { method, path, headers })).join(''))
  const args = ['-p', port, '-t', String(seconds), '-c', String(connections), '-d', String(depth)]
  args.push('-s', String(status))
  if (method === 'HEAD' || status === 304) args.push('-h')
  if (slow) args.push('-r', String(slow))
  const options = { timeout: seconds * 1000 + 30_000 }
  const { stdout } = await exec(...pin(1, compiled('load'), [...args, file]), options).catch(
    error => {
      throw new Error(error.stderr?.trim() || error.message)
    },
  )
  return JSON.parse(stdout)
}
