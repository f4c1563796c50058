// What run.mjs and check.mjs share: where Precast is, and how to build a project and start its server.

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const here = dirname(fileURLToPath(import.meta.url))

export const precast = binary()

/** In a checkout of Precast the one beside us, otherwise the installed package's. */
function binary() {
  const checkout = join(here, '../../bin/precast')
  if (existsSync(checkout)) return checkout
  const manifest = createRequire(import.meta.url).resolve('precast/package.json')
  return join(dirname(manifest), 'bin/precast')
}

/** Runs a Node script to its end. Rejects where it does not exit with 0. Resolves to seconds. */
export function run(script, args, options = {}) {
  const began = performance.now()
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit', ...options })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', code =>
      code === 0
        ? resolve((performance.now() - began) / 1000)
        : reject(new Error(`${script} ${args.join(' ')} ended with ${code}`)),
    )
  })
}

/** Starts `precast start`; resolves once it accepts connections. `ms` is the time that took. */
export function start(project, args) {
  const began = performance.now()
  const child = spawn(process.execPath, [precast, 'start', project, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let out = ''
    let errors = ''
    child.stderr.on('data', chunk => {
      errors += chunk
    })
    child.stdout.on('data', chunk => {
      out += chunk
      const url = /Listening on (http:\/\/\S+)/.exec(out)?.[1]
      if (url) resolve({ child, url, ms: performance.now() - began, notes: errors.trim() })
    })
    child.on('error', reject)
    child.on('exit', code => reject(new Error(`start ended with ${code}: ${errors.trim()}`)))
  })
}

/** Ends a server that `start` made and waits until it is gone. */
export function stop({ child }) {
  const gone = new Promise(resolve => child.on('exit', resolve))
  child.kill('SIGTERM')
  return gone
}

/** Bytes of all files below a folder. */
export function sizeOf(folder) {
  let sum = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    sum += entry.isDirectory() ? sizeOf(path) : statSync(path).size
  }
  return sum
}
