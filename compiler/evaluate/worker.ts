// The process in which user code runs at build: reads messages on standard input, loads modules, runs
// jobs one at a time and answers on standard output. Knows nothing of verdicts, and must not import
// what touches the project's files.

import { encodeFrame, frameReader } from './frames.ts'
import { evaluator } from './run.ts'
import type { FromWorker, Start, ToWorker } from './protocol.ts'

const { stdin, stdout } = process
// Taken before user code can: waiting for what a job leaves behind must not be seen by it.
const exit = process.exit.bind(process)

const queue: ToWorker[] = []
let wake: (() => void) | undefined
const read = frameReader()

stdin.on('data', (chunk: Buffer) => {
  for (const { header } of read(chunk)) queue.push(header as ToWorker)
  wake?.()
})
// The build is gone: so is the reason to be.
stdin.on('end', () => exit(0))
stdin.on('error', () => exit(0))
stdout.on('error', () => exit(0))

async function next(): Promise<ToWorker> {
  while (queue.length === 0) {
    await new Promise<void>(resolve => {
      wake = resolve
    })
  }
  return queue.shift()!
}

/** Resolves once the pipe has room: a slow reader holds the jobs up, not the memory. */
function send(message: FromWorker, body?: Uint8Array): Promise<void> {
  return new Promise(resolve => {
    stdout.write(encodeFrame(message, body), () => resolve())
  })
}

const evaluation = await evaluator((await next()) as Start, send)
await send({ type: 'ready' })
for (;;) {
  const message = await next()
  if (message.type === 'run') await evaluation.run(message)
  else if (message.type === 'inspect') await evaluation.inspect(message)
}
