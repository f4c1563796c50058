// One worker process: started, spoken to, killed; says why it ended where it did so by itself. Knows
// nothing of jobs.

import { spawn, type ChildProcess } from 'node:child_process'
import { encodeFrame, frameReader } from './frames.ts'
import type { FromWorker, Start, ToWorker } from './protocol.ts'

export interface ChildOptions {
  /** Path of the bundled worker. */
  worker: string
  start: Start
  cwd: string
  env: Record<string, string | undefined>
  /** Megabytes of heap, where the host lets itself be told. */
  memory: number
  /** Whether it gets half of the stack that Node and Deno have when they serve. */
  isShallow: boolean
  /** Whether what user code prints is passed on. */
  prints: boolean
}

export interface Message {
  header: FromWorker
  body: Uint8Array
}

const STDERR_KEPT = 4096
/** Messages held before the pipe is left to fill, which makes the worker wait. */
const HELD = 16

export class Child {
  readonly #process: ChildProcess
  readonly #inbox: Message[] = []
  readonly #closed: Promise<void>
  #ended: string | null = null
  #wake: (() => void) | undefined

  /** Starts the process and prepares it; messages can be posted at once. */
  constructor(options: ChildOptions) {
    const child = spawn(process.execPath, argumentsOf(options), {
      cwd: options.cwd,
      env: { ...options.env, ...(options.isShallow && SHALLOW_BUN) } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#process = child
    hold(child)
    const { stdin, stdout, stderr } = child
    const read = frameReader()
    let tail = ''
    stdin!.on('error', () => {})
    stdout!.on('data', (chunk: Uint8Array) => {
      try {
        for (const frame of read(chunk)) this.#inbox.push(frame as Message)
      } catch {
        this.#end('changes what all code shares, or writes to standard output past the console')
      }
      if (this.#inbox.length >= HELD) stdout!.pause()
      this.#wake?.()
    })
    stderr!.on('data', (chunk: Uint8Array) => {
      if (options.prints) process.stderr.write(chunk)
      tail = (tail + Buffer.from(chunk).toString()).slice(-STDERR_KEPT)
    })
    this.#closed = new Promise(resolve => {
      const close = (why: string): void => {
        this.#end(why)
        resolve()
      }
      child.on('error', error => close(`could not be run: ${error.message}`))
      child.on('close', (code, signal) => close(whyEnded(code, signal, tail)))
    })
    this.post(options.start)
  }

  post(message: ToWorker): void {
    this.#process.stdin!.write(encodeFrame(message))
  }

  /** The next message, or why there will be none: it ended, or said nothing for `limit` milliseconds. */
  async receive(limit: number): Promise<Message | string> {
    const timer = setTimeout(() => this.#end(`did not answer within ${limit / 1000} s`), limit)
    try {
      for (;;) {
        const message = this.#inbox.shift()
        if (message) return message
        if (this.#ended !== null) return this.#ended
        this.#process.stdout!.resume()
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Resolves once it is gone. */
  async kill(): Promise<void> {
    this.#end('was ended')
    await this.#closed
    release(this.#process)
  }

  #end(why: string): void {
    this.#ended ??= why
    this.#process.kill('SIGKILL')
    this.#wake?.()
  }
}

/** Kilobytes; V8's own default is 984. */
const SHALLOW = '--stack-size=492'
/** Bytes; measured, as many calls as V8 has with that. */
const SHALLOW_BUN = { BUN_JSC_maxPerThreadStackUsage: '700000' }

function argumentsOf({ worker, memory, isShallow }: ChildOptions): string[] {
  const flags = [`--max-old-space-size=${memory}`, ...(isShallow ? [SHALLOW] : [])]
  const { versions } = process
  if (versions.bun) return ['run', worker]
  if (versions.deno) return ['run', '-A', '--no-lock', '--quiet', `--v8-flags=${flags}`, worker]
  return [...flags, worker]
}

function whyEnded(code: number | null, signal: string | null, tail: string): string {
  if (/heap out of memory|out of memory/i.test(tail))
    return 'used up the memory that one process may have'
  return signal ? `crashed the process (${signal})` : `ended the process (exit code ${code})`
}

// ---------------------------------------------------------------- none outlives us

const alive = new Set<ChildProcess>()
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

// Workers end by themselves when their input does, unless user code keeps them busy.
function killAll(): void {
  for (const child of alive) child.kill('SIGKILL')
}

function onSignal(signal: NodeJS.Signals): void {
  killAll()
  alive.clear()
  unlisten()
  // Whoever else listens decides; where nobody does, the default is due.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

function hold(child: ChildProcess): void {
  if (alive.size === 0) {
    process.on('exit', killAll)
    for (const signal of SIGNALS) process.on(signal, onSignal)
  }
  alive.add(child)
}

function release(child: ChildProcess): void {
  if (alive.delete(child) && alive.size === 0) unlisten()
}

function unlisten(): void {
  process.off('exit', killAll)
  for (const signal of SIGNALS) process.off(signal, onSignal)
}
