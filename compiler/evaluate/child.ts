// One worker process: started, spoken to, killed. Where user code hangs or ends the process, the work
// in hand is named and the rest handed back.

import { spawn, type ChildProcess } from 'node:child_process'
import { encodeFrame, frameReader } from './frames.ts'
import type { FromWorker, RunInspect, RunJob, Start } from './protocol.ts'

export interface ChildOptions {
  /** Path of the bundled worker. */
  worker: string
  start: Start
  cwd: string
  env: Record<string, string | undefined>
  /** Milliseconds that a piece of work may take. */
  timeout: number
  /** Megabytes of heap, where the host lets itself be told. */
  memory: number
  /** Whether what user code prints is passed on. */
  prints: boolean
}

export type Work = RunJob | RunInspect
export type Result = Extract<FromWorker, { type: 'answer' | 'objection' | 'shape' }>

export interface Handlers {
  /** Called in the order of the work, one at a time; the next piece waits for it. */
  result(work: Work, result: Result, body: Uint8Array): void | Promise<void>
  /** The process died or hung over this piece. */
  lost(work: Work, message: string): void | Promise<void>
  late(id: string, trace: Extract<FromWorker, { type: 'late' }>['trace']): void
}

/** How many pieces are on their way at a time: enough to never wait for the pipe. */
const WINDOW = 8
const STDERR_KEPT = 4096

const alive = new Set<ChildProcess>()
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

// Workers end by themselves when their input does, unless user code keeps them busy.
function killAll(): void {
  for (const child of alive) child.kill('SIGKILL')
}

function onSignal(signal: NodeJS.Signals): void {
  killAll()
  release()
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

function release(child?: ChildProcess): void {
  if (child) alive.delete(child)
  if (child && alive.size > 0) return
  process.off('exit', killAll)
  for (const signal of SIGNALS) process.off(signal, onSignal)
}

/**
 * Does work in one process until all is done, the process is lost, or it is spoilt for others.
 * Returns what is left to do, in order.
 */
export async function runIn<W extends Work>(
  options: ChildOptions,
  todo: W[],
  handlers: Handlers,
  skip: (work: W) => boolean,
): Promise<W[]> {
  const child = start(options)
  const { stdin, stdout, stderr } = child
  const pending: W[] = []
  let rest = 0
  let tail = ''
  let ended: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const read = frameReader()
  const inbox: { header: FromWorker; body: Uint8Array }[] = []
  let wake: (() => void) | undefined
  const stop = (why: string): void => {
    ended ??= why
    child.kill('SIGKILL')
    wake?.()
  }
  const restartTimer = (): void => {
    clearTimeout(timer)
    timer = setTimeout(
      () => stop(`did not answer within ${options.timeout / 1000} s`),
      options.timeout,
    )
  }
  stdin!.on('error', () => {})
  stdout!.on('data', (chunk: Uint8Array) => {
    try {
      for (const frame of read(chunk)) inbox.push(frame as { header: FromWorker; body: Uint8Array })
    } catch {
      stop('changes what all code shares, or writes to standard output past the console')
    }
    if (inbox.length >= WINDOW * 2) stdout!.pause()
    wake?.()
  })
  stderr!.on('data', (chunk: Uint8Array) => {
    if (options.prints) process.stderr.write(chunk)
    tail = (tail + Buffer.from(chunk).toString()).slice(-STDERR_KEPT)
  })
  const closed = new Promise<void>(resolve => {
    child.on('error', error => {
      ended ??= `could not start a process: ${error.message}`
      resolve()
      wake?.()
    })
    child.on('close', (code, signal) => {
      ended ??= whyEnded(code, signal, tail)
      resolve()
      wake?.()
    })
  })

  const fill = (): void => {
    while (pending.length < WINDOW && rest < todo.length) {
      const work = todo[rest++]!
      if (skip(work)) continue
      if (pending.length === 0) restartTimer()
      pending.push(work)
      stdin!.write(encodeFrame(work))
    }
  }

  let retired = false
  try {
    restartTimer()
    stdin!.write(encodeFrame(options.start))
    fill()
    while (pending.length > 0 && !retired) {
      const message = inbox.shift()
      if (!message) {
        if (ended !== null) break
        stdout!.resume()
        await new Promise<void>(resolve => {
          wake = resolve
        })
        wake = undefined
        continue
      }
      const { header, body } = message
      if (header.type === 'late') handlers.late(header.id, header.trace)
      if (header.type === 'ready' || header.type === 'loading') restartTimer()
      if (header.type !== 'answer' && header.type !== 'objection' && header.type !== 'shape')
        continue
      const work = pending.shift()!
      clearTimeout(timer)
      retired = header.retire
      await handlers.result(work, header, body)
      if (retired) break
      fill()
      if (pending.length > 0) restartTimer()
    }
    clearTimeout(timer)
    if (!retired && pending.length > 0) await handlers.lost(pending.shift()!, ended ?? 'ended')
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
    await closed
    release(child)
  }
  return [...pending, ...todo.slice(rest)]
}

function whyEnded(code: number | null, signal: string | null, tail: string): string {
  if (/heap out of memory|out of memory/i.test(tail))
    return 'used up the memory that one process may have'
  return signal ? `crashed the process (${signal})` : `ended the process (exit code ${code})`
}

function start({ worker, cwd, env, memory }: ChildOptions): ChildProcess {
  const { versions, execPath } = process
  const heap = `--max-old-space-size=${memory}`
  const args = versions.bun
    ? ['run', worker]
    : versions.deno
      ? ['run', '-A', '--no-lock', '--quiet', `--v8-flags=${heap}`, worker]
      : [heap, worker]
  const child = spawn(execPath, args, {
    cwd,
    env: env as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  hold(child)
  return child
}
