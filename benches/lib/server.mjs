// Starts a server on the first core, and reads what it costs from /proc: CPU and memory of the process
// and all below it.

import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { cpus } from 'node:os'
import { PRECAST } from './project.mjs'

const pins = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0

/** Whether server and client each get a core of their own. */
export const pinned = pins

/** The command with its arguments, bound to a core where that can be done. */
export const pin = (core, command, args) =>
  pins ? ['taskset', ['-c', String(core), command, ...args]] : [command, args]

/** Milliseconds until a server that does not listen counts as broken. */
const PATIENCE = 60_000

/**
 * @typedef {object} Server
 * @property {string} url
 * @property {number} ms from starting to listening
 * @property {() => { all: number, kernel: number }} cpu microseconds so far, and how many of them in the kernel
 * @property {() => {now: number, peak: number}} memory bytes that are resident
 * @property {() => void} forgetPeak starts the peak anew
 * @property {() => void} hold stops all that it does
 * @property {() => Promise<void>} release lets it go on; resolves when what was due meanwhile is done
 * @property {() => Promise<void>} stop
 */

/** Serves a built project; as `startCommand`. The process that only watches is not counted. */
export function startServer(dir, host) {
  const args = ['start', dir, '--host', host, '--port', '0', '--hostname', '127.0.0.1']
  return startCommand(process.execPath, [PRECAST, ...args], { isWatched: true })
}

/** Who stops a run must not leave its servers behind. */
const children = new Set()
for (const name of ['SIGINT', 'SIGTERM'])
  process.once(name, () => {
    for (const child of children) signal(processes(child.pid), 'SIGKILL')
    process.exit(1)
  })

/** Milliseconds in which a server does what its timers owe, once it goes on. */
const SETTLED = 30

/**
 * Resolves to a `Server` once it listens; rejects with what it said where it does not.
 * @param options.port where it will listen; without it, it prints `Listening on http://…`
 * @param options.env more variables of the environment
 * @param options.isWatched whether the command only watches the server, its child
 */
export function startCommand(command, args, { port, env, isWatched = false } = {}) {
  const child = spawn(...pin(0, command, args), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  children.add(child)
  child.on('exit', () => children.delete(child))
  const began = performance.now()
  return new Promise((resolve, reject) => {
    let out = ''
    let errors = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error('does not listen'))
    }, PATIENCE)
    const isUp = url => {
      clearTimeout(timer)
      const pids = () => processes(child.pid).filter(pid => !isWatched || pid !== child.pid)
      resolve({
        url,
        ms: performance.now() - began,
        cpu() {
          const [user, kernel] = [11, 12].map(
            field => sum(pids().map(pid => ticksOf(pid, field))) * TICK,
          )
          return { all: user + kernel, kernel }
        },
        memory: () => ({
          now: sum(pids().map(pid => statusOf(pid, 'VmRSS'))),
          peak: sum(pids().map(pid => statusOf(pid, 'VmHWM'))),
        }),
        forgetPeak: () => pids().forEach(forgetPeak),
        hold: () => signal(pids(), 'SIGSTOP'),
        async release() {
          signal(pids(), 'SIGCONT')
          await new Promise(resolve => setTimeout(resolve, SETTLED))
        },
        stop() {
          signal(pids(), 'SIGCONT')
          return stop(child)
        },
      })
    }
    child.stderr.on('data', chunk => {
      errors += chunk
    })
    child.stdout.on('data', chunk => {
      if (port) return
      out += chunk
      const url = /Listening on (http:\/\/\S+)/.exec(out)?.[1]
      if (url) isUp(url)
    })
    child.on('error', reject)
    child.on('exit', code => {
      clearTimeout(timer)
      reject(new Error(errors.trim() || `ended with ${code}`))
    })
    if (port) accepts(port, child).then(() => isUp(`http://127.0.0.1:${port}`))
  })
}

async function accepts(port, child) {
  while (child.exitCode === null) {
    const isOpen = await new Promise(resolve => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (isOpen) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

function signal(pids, name) {
  for (const pid of pids)
    try {
      process.kill(pid, name)
    } catch {
      // It ended meanwhile.
    }
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.on('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(timer)
}

// Ticks of utime and stime are 1/100 s on every Linux that matters (USER_HZ).
const TICK = 10_000

/** Fields of /proc/PID/stat behind the command, whose parentheses may hold spaces. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    // It ended between the two calls.
    return null
  }
}

function ticksOf(pid, field) {
  return Number(statOf(pid)?.[field] ?? 0)
}

/** A process and all below it. */
function processes(root) {
  const parents = new Map()
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(name) : null
    if (fields) parents.set(Number(name), Number(fields[1]))
  }
  return [...parents.keys()].filter(pid => {
    let up = pid
    while (up > 1 && up !== root) up = parents.get(up) ?? 0
    return up === root
  })
}

/** A line of /proc/PID/status, in bytes. */
function statusOf(pid, name) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** proc(5): 5 resets the peak of the resident set. */
function forgetPeak(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Where that is not allowed, the peak is the one since the start.
  }
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
