// One command for the whole example: prepares the data, builds, starts, and says what each took.
//   node run.mjs [--limit N] [--host bun|deno|uws|node] [--port N] [--workers N] [--build-only]

import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { here, precast, run, sizeOf, start } from './lib.mjs'

const { values } = parseArgs({
  options: {
    limit: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string', default: process.env.PORT ?? '3000' },
    workers: { type: 'string' },
    'build-only': { type: 'boolean', default: false },
  },
})

const MB = 1024 * 1024
const dist = join(here, 'dist')

await run(join(here, 'prepare.mjs'), values.limit ? ['--limit', values.limit] : [])
const built = await run(precast, ['build', here], { stdio: ['ignore', 'ignore', 'inherit'] })
console.log(`built in ${built.toFixed(1)} s: ${await lines('data/features.txt')} entries of data`)
console.log(
  `dist/ ${(sizeOf(dist) / MB).toFixed(1)} MB, of it static.bin ${(statSync(join(dist, 'static.bin')).size / MB).toFixed(1)} MB`,
)
if (!values['build-only']) {
  const args = ['--port', values.port]
  if (values.host) args.push('--host', values.host)
  if (values.workers) args.push('--workers', values.workers)
  const server = await start(here, args)
  console.log(`started in ${server.ms.toFixed(0)} ms`)
  console.log(`Listening on ${server.url}`)
  server.child.stdout.on('data', chunk => process.stdout.write(chunk))
  server.child.stderr.on('data', chunk => process.stderr.write(chunk))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.child.kill(signal))
  server.child.on('exit', code => process.exit(code ?? 0))
}

async function lines(file) {
  let count = 0
  for await (const _ of createInterface({ input: createReadStream(join(here, file)) })) count++
  return count
}
