// Sends requests for a list of paths over keep-alive connections, round and round, from the second
// core, and says how many were answered. Uses wrk where it is installed, otherwise a client of ours.

import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pin } from './server.mjs'

const exec = promisify(execFile)
const CONNECTIONS = 64

export const client = spawnSync('wrk', ['-v']).error ? 'own client' : 'wrk'

export const PLAIN = {
  Accept: 'text/html,*/*;q=0.8',
  'Accept-Encoding': 'gzip, deflate, br',
  'User-Agent': 'bench',
}

/**
 * Resolves to the number of answers in `seconds`. Rejects where any was refused.
 * @param options.headers what each request says
 * @param options.depth requests that are sent at once on a connection
 * @param options.method other than GET or HEAD is not for this
 */
export async function load(url, paths, seconds, options = {}) {
  const { headers = PLAIN, depth = 1, method = 'GET' } = options
  // wrk waits for the body of an answer to HEAD.
  const one = client === 'wrk' && method === 'GET' ? wrk : own
  return await one(url, paths, seconds, { headers, depth, method })
}

const scripts = new Map()

async function wrk(url, paths, seconds, options) {
  const key = JSON.stringify([paths, options])
  const script = scripts.get(key) ?? writeScript(paths, options)
  scripts.set(key, script)
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', script, url]
  const { stdout } = await exec(...pin(1, 'wrk', args))
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk: ${stdout}`)
  return Number(/(\d+) requests in/.exec(stdout)[1])
}

/** Requests are formatted before the run, so that a long list costs the client next to nothing. */
function writeScript(paths, { headers, depth }) {
  const file = join(mkdtempSync(join(tmpdir(), 'precast-wrk-')), 'paths.lua')
  const fields = Object.entries(headers).map(
    ([name, value]) => `wrk.headers["${name}"] = ${JSON.stringify(value)}`,
  )
  writeFileSync(
    file,
    `${fields.join('\n')}
local paths = { ${paths.map(path => `"${path}"`).join(', ')} }
local requests = {}
local last = 0
init = function()
  for i, path in ipairs(paths) do requests[i] = string.rep(wrk.format("GET", path), ${depth}) end
end
request = function()
  last = last % #requests + 1
  return requests[last]
end
`,
  )
  return file
}

async function own(url, paths, seconds, options) {
  const script = fileURLToPath(new URL('client.mjs', import.meta.url))
  const job = JSON.stringify({ url, paths, seconds, connections: CONNECTIONS, ...options })
  const { stdout } = await exec(...pin(1, process.execPath, [script, job]))
  return Number(stdout)
}
