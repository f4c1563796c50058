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

const HEADERS = {
  Accept: 'text/html,*/*;q=0.8',
  'Accept-Encoding': 'gzip, deflate, br',
  'User-Agent': 'bench',
}

/** Resolves to the number of answers in `seconds`. Rejects where any was not 2xx. */
export async function load(url, paths, seconds) {
  return client === 'wrk' ? await wrk(url, paths, seconds) : await own(url, paths, seconds)
}

const scripts = new Map()

async function wrk(url, paths, seconds) {
  const script = scripts.get(paths) ?? writeScript(paths)
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', script, url]
  const { stdout } = await exec(...pin(1, 'wrk', args))
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk: ${stdout}`)
  return Number(/(\d+) requests in/.exec(stdout)[1])
}

/** Requests are formatted before the run, so that a long list costs the client next to nothing. */
function writeScript(paths) {
  const file = join(mkdtempSync(join(tmpdir(), 'precast-wrk-')), 'paths.lua')
  const fields = Object.entries(HEADERS).map(
    ([name, value]) => `wrk.headers["${name}"] = "${value}"`,
  )
  writeFileSync(
    file,
    `${fields.join('\n')}
local paths = { ${paths.map(path => `"${path}"`).join(', ')} }
local requests = {}
local last = 0
init = function()
  for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end
end
request = function()
  last = last % #requests + 1
  return requests[last]
end
`,
  )
  scripts.set(paths, file)
  return file
}

async function own(url, paths, seconds) {
  const script = fileURLToPath(new URL('client.mjs', import.meta.url))
  const job = JSON.stringify({ url, paths, seconds, headers: HEADERS, connections: CONNECTIONS })
  const { stdout } = await exec(...pin(1, process.execPath, [script, job]))
  return Number(stdout)
}
