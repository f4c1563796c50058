// A thread of the pool: bodies in, their encodings out, one after the other.

import { parentPort } from 'node:worker_threads'
import type { Encoding } from '../../runtime/artifact.ts'
import { compress } from '../compress.ts'
import type { Answer, Task } from './pool.ts'

parentPort!.on('message', async ({ body, effort, skip, dictionary }: Task) => {
  let answer: Answer
  const buffers: ArrayBuffer[] = []
  try {
    const made: [Encoding, Uint8Array][] = []
    for (const [encoding, bytes] of await compress(body, effort, skip, dictionary)) {
      // Copied, so that no more than these bytes are moved.
      const own = new Uint8Array(bytes)
      buffers.push(own.buffer)
      made.push([encoding, own])
    }
    answer = { made }
  } catch (error) {
    answer = { failed: String(error) }
  }
  parentPort!.postMessage(answer, buffers)
})
