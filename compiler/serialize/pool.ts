// Bodies -> their encodings, by as many threads as there are cores. What a thread makes is what this
// one would make, so their number shows in the time alone.

import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Encoding } from '../../runtime/artifact.ts'
import { compress, type Effort } from '../compress.ts'

export interface Task {
  body: Uint8Array
  effort: Effort
  skip: readonly Encoding[]
  /** Raw bytes that `dcz` is made with. */
  dictionary?: Uint8Array | undefined
}

export type Answer = { made: [Encoding, Uint8Array][] } | { failed: string }

export type Made = Map<Encoding, Uint8Array>

export interface Pool {
  /** How many bodies can be in the making at once. */
  width: number
  run(task: Task): Promise<Made>
  close(): void
}

/** Each thread holds a copy of all it works on, and more than this are no faster for the disk. */
const MOST_THREADS = 16

/** Milliseconds of work below which starting threads costs more than they save. */
const WORTHWHILE = 400

/** @param work what is to come, in milliseconds of one core */
export function createPool(work: number): Pool {
  const threads = Math.min(availableParallelism(), MOST_THREADS)
  const file = threads > 1 && work > WORTHWHILE ? workerFile() : undefined
  // Brotli and gzip run on the platform's own threads.
  if (!file) return { width: 8, run: inPlace, close() {} }

  const all: Thread[] = []
  const idle: Thread[] = []
  const waiting: (() => void)[] = []
  const free = async (): Promise<Thread> => {
    for (;;) {
      const thread = idle.pop()
      if (thread) return thread
      if (all.length < threads) return all[all.push(createThread(file)) - 1]!
      await new Promise<void>(resolve => waiting.push(resolve))
    }
  }
  return {
    width: threads * 2,
    async run(task) {
      const thread = await free()
      try {
        return await thread.run(task)
      } finally {
        idle.push(thread)
        waiting.shift()?.()
      }
    },
    close() {
      for (const thread of all) thread.close()
    },
  }
}

function inPlace({ body, effort, skip, dictionary }: Task): Promise<Made> {
  return compress(body, effort, skip, dictionary)
}

interface Thread {
  run(task: Task): Promise<Made>
  close(): void
}

function createThread(file: string): Thread {
  const worker = new Worker(file)
  // A build that fails elsewhere must not wait for what nobody wants any more.
  worker.unref()
  let settle: ((answer: Answer) => void) | undefined
  worker.on('message', answer => settle?.(answer))
  worker.on('error', error => settle?.({ failed: String(error) }))
  return {
    async run(task) {
      worker.ref()
      const answer = await new Promise<Answer>(resolve => {
        settle = resolve
        // Copied first: a clone of a view takes along all of the buffer below it.
        const body = new Uint8Array(task.body)
        const dictionary = task.dictionary && new Uint8Array(task.dictionary)
        worker.postMessage({ ...task, body, dictionary }, [body.buffer])
      })
      worker.unref()
      if ('failed' in answer) throw new Error(`cannot compress: ${answer.failed}`)
      return new Map(answer.made)
    },
    close: () => void worker.terminate(),
  }
}

/** The bundled worker, or undefined where there is none, as in a test of the sources. */
function workerFile(): string | undefined {
  const file = fileURLToPath(new URL('./compress-worker.js', import.meta.url))
  return existsSync(file) ? file : undefined
}
