// Starts a built project on a host, pinned to the first core, and reads what it costs from /proc.

import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { PRECAST } from './project.mjs'

const pins = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0

/** Whether server and client each get a core of their own. */
export const pinned = pins

/** The command with its arguments, bound to a core where that can be done. */
export const pin = (core, command, args) =>
  pins ? ['taskset', ['-c', String(core), command, ...args]] : [command, args]

/** Serves a built project; as `startCommand`. */
export function startServer(dir, host) {
  const args = ['start', dir, '--host', host, '--port', '0', '--hostname', '127.0.0.1']
  return startCommand(process.execPath, [PRECAST, ...args])
}

/** Resolves once the server listens; rejects with what it said where it does not. */
export function startCommand(command, args) {
  const child = spawn(...pin(0, command, args), { stdio: ['ignore', 'pipe', 'pipe'] })
  const began = performance.now()
  return new Promise((resolve, reject) => {
    let out = ''
    let errors = ''
    child.stderr.on('data', chunk => {
      errors += chunk
    })
    child.stdout.on('data', chunk => {
      out += chunk
      const url = /Listening on (http:\/\/\S+)/.exec(out)?.[1]
      if (!url) return
      const ms = performance.now() - began
      resolve({ url, ms, cpu: () => cpuOf(child.pid), stop: () => stop(child) })
    })
    child.on('error', reject)
    child.on('exit', code => reject(new Error(errors.trim() || `ended with ${code}`)))
  })
}

function stop(child) {
  const gone = new Promise(resolve => child.on('exit', resolve))
  child.kill('SIGTERM')
  return gone
}

// Ticks of utime and stime are 1/100 s on every Linux that matters (USER_HZ).
const TICK = 10_000

/** Microseconds of user and system time of a process and all below it. */
function cpuOf(root) {
  const parents = new Map()
  const ticks = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      // The command in parentheses may hold spaces; fields are counted from behind it.
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      parents.set(Number(name), Number(fields[1]))
      ticks.set(Number(name), Number(fields[11]) + Number(fields[12]))
    } catch {
      // It ended between the two calls.
    }
  }
  let sum = 0
  for (const pid of ticks.keys()) {
    let up = pid
    while (up > 1 && up !== root) up = parents.get(up) ?? 0
    if (up === root) sum += ticks.get(pid)
  }
  return sum * TICK
}
