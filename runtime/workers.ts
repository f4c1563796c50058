// Several processes behind one port: starts them, replaces those that die, stops them together.
// Prints only what an operator has to know of a worker's death.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import process from 'node:process'

/** Starts one worker on a port, with a channel to it. Its environment must hold `PRECAST_WORKER`. */
export type Fork = (port: number) => ChildProcess

/** Workers could not be started, or not be kept alive. */
export class WorkersError extends Error {
  override name = 'WorkersError'
}

export interface Group {
  /** Resolves once all workers accept connections. */
  ready: Promise<void>
  stop(): Promise<void>
}

/** What a worker sends when it accepts connections. */
export const READY = 'ready'

/** A worker that lived this long, in milliseconds, was sound: the next death counts from one again. */
const SOUND = 10_000
/** Deaths in a row, over all workers, after which there is no use in another try. */
const LIMIT = 8
/** Milliseconds after which a worker that was told to stop is stuck; it has a bound of its own. */
const PATIENCE = 9_000
/** Longest pause before a try, in milliseconds. */
const LONGEST = 5_000

/**
 * Runs `count` workers. One that dies before all are ready ends the attempt: it has said why itself.
 * @param port not 0: the workers could not agree on one
 */
export function supervise(count: number, port: number, fork: Fork = respawn): Group {
  const alive = new Set<ChildProcess>()
  let waiting = count
  let deaths = 0
  let stopping = false
  let gone: () => void = () => {}
  let ready: () => void
  let failed: (error: Error) => void

  const start = () => {
    const child = fork(port)
    const since = Date.now()
    let accepts = false
    alive.add(child)
    child.on('message', message => {
      if (accepts || message !== READY) return
      accepts = true
      if (waiting > 0 && --waiting === 0) ready()
    })
    const ended = (how: string) => {
      if (!alive.delete(child)) return
      if (stopping) {
        if (alive.size === 0) gone()
        return
      }
      if (waiting > 0) return giveUp(`a worker did not start (${how})`)
      deaths = Date.now() - since > SOUND ? 1 : deaths + 1
      if (deaths > LIMIT) return giveUp(`workers die one after the other (${how})`)
      console.error(`precast: worker ${child.pid} ended (${how}), starting another`)
      setTimeout(() => stopping || start(), Math.min(50 * 2 ** deaths, LONGEST))
    }
    child.on('exit', (code, signal) => ended(signal ?? `exit code ${code}`))
    child.on('error', error => ended(error.message))
  }

  const giveUp = (why: string) => {
    const error = new WorkersError(why)
    if (waiting > 0) return void stop().then(() => failed(error))
    console.error(`precast: ${why}, giving up`)
    stop().then(() => process.exit(1))
  }

  const stop = async () => {
    stopping = true
    if (alive.size === 0) return
    const all = new Promise<void>(resolve => {
      gone = resolve
    })
    for (const child of alive) child.kill('SIGTERM')
    const impatient = setTimeout(() => {
      for (const child of alive) child.kill('SIGKILL')
    }, PATIENCE)
    await all
    clearTimeout(impatient)
  }

  return {
    ready: new Promise((resolve, reject) => {
      ready = resolve
      failed = reject
      for (let i = 0; i < count; i++) start()
    }),
    stop,
  }
}

/** The program that runs now, once more. */
function respawn(port: number): ChildProcess {
  const [program, ...args] = [...command(), ...process.argv.slice(2)]
  return spawn(program, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PRECAST_WORKER: String(port) },
  })
}

/** How this program was started: the program file, its own arguments, the script. */
export function command(): string[] {
  const script = process.argv[1]
  // Deno has ports that are shared behind that flag.
  if ('Deno' in globalThis) return [process.execPath, 'run', '-A', '--unstable-net', script]
  // Node.js on another C library than the system's: execPath is the loader, which alone says
  // nothing about what it ran.
  if (basename(process.execPath).startsWith('ld-')) {
    const whole = readFileSync('/proc/self/cmdline', 'utf8').split('\0').slice(0, -1)
    return whole.slice(0, whole.length - (process.argv.length - 2))
  }
  return [process.execPath, ...process.execArgv, script]
}
