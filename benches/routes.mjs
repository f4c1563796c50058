// Does a request cost more the more routes there are? Builds projects of 10, 10,000 and 100,000
// static routes, serves each on each host, asks all for the same number of paths, and compares the
// CPU a request costs the server with what it costs with 10 routes.
//   node benches/routes.mjs [--brief] [--hosts bun,deno,node,uws,fetch] [--sizes 10,10000,100000]
//     [--seconds N] [--rounds N] [--paths N] [--reuse] [--assert 1.1]
// --brief: a few seconds, for CI. --paths: how many different paths are asked for (default 10).
// --reuse: takes the projects of the last run. --assert: exits 1 where a ratio is above.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { client, load } from './lib/load.mjs'
import { bodyOf, makeProject, pathOf, spread } from './lib/project.mjs'
import { pin, pinned, startServer } from './lib/server.mjs'

const { values } = parseArgs({
  options: {
    brief: { type: 'boolean', default: false },
    hosts: { type: 'string', default: 'bun,deno,node,uws,fetch' },
    sizes: { type: 'string' },
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    paths: { type: 'string', default: '10' },
    reuse: { type: 'boolean', default: false },
    assert: { type: 'string' },
  },
})
const sizes = (values.sizes ?? (values.brief ? '10,10000' : '10,10000,100000'))
  .split(',')
  .map(Number)
const seconds = Number(values.seconds ?? (values.brief ? 1 : 3))
const rounds = Number(values.rounds ?? (values.brief ? 3 : 7))

console.log(
  `${rounds} rounds of ${seconds} s, ${values.paths} paths, ${client}, ` +
    (pinned ? 'server on core 0, client on core 1' : 'not pinned'),
)

const projects = sizes.map(size => {
  const dir = join(tmpdir(), `precast-bench-${size}`)
  const took =
    values.reuse && existsSync(join(dir, 'dist/manifest.json')) ? null : makeProject(dir, size)
  if (took !== null) console.log(`built ${size} routes in ${took.toFixed(1)} s`)
  const numbers = spread(size, Number(values.paths))
  return { size, dir, numbers, paths: numbers.map(pathOf) }
})

let failed = false
console.log('host   routes   CPU us/request   ratio   requests/s   start ms')
for (const host of values.hosts.split(',')) {
  const running = []
  try {
    for (const project of projects)
      running.push(await (host === 'fetch' ? fetchRunner(project) : serverRunner(project, host)))
    report(host, await measure(running))
  } catch (error) {
    failed = true
    console.log(`${host.padEnd(6)} cannot be measured: ${error.message}`)
  }
  for (const runner of running) await runner.stop()
}
process.exit(failed ? 1 : 0)

/** Every round asks each contestant once, so that what disturbs one disturbs all. */
async function measure(running) {
  for (const runner of running) await runner.run(1)
  for (let round = 0; round < rounds; round++)
    for (const runner of running) {
      const { answers, cpu } = await runner.run(seconds)
      runner.costs.push(cpu / answers)
      runner.rates.push(answers / seconds)
    }
  return running
}

function report(host, running) {
  const base = median(running[0].costs)
  for (const { size, costs, rates, ms } of running) {
    const cost = median(costs)
    const ratio = cost / base
    if (values.assert && ratio > Number(values.assert)) failed = true
    console.log(
      [
        host.padEnd(5),
        String(size).padStart(7),
        cost.toFixed(2).padStart(16),
        ratio.toFixed(3).padStart(7),
        median(rates).toFixed(0).padStart(12),
        ms.toFixed(0).padStart(10),
      ].join(' '),
    )
  }
}

async function serverRunner(project, host) {
  const server = await startServer(project.dir, host)
  for (const number of project.numbers) {
    const response = await fetch(server.url + pathOf(number))
    const body = await response.text()
    if (response.status !== 200 || body !== bodyOf(number))
      throw new Error(`${pathOf(number)} answered ${response.status} ${body.slice(0, 80)}`)
  }
  const run = async time => {
    const before = server.cpu()
    const answers = await load(server.url, project.paths, time)
    return { answers, cpu: server.cpu() - before }
  }
  return { size: project.size, ms: server.ms, costs: [], rates: [], run, stop: server.stop }
}

async function fetchRunner(project) {
  const script = fileURLToPath(new URL('lib/fetch-loop.mjs', import.meta.url))
  const began = performance.now()
  const child = spawn(...pin(0, process.execPath, [script, project.dir]), {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const read = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the fetch host ended')
    return value
  }
  await read()
  const ms = performance.now() - began
  const bodies = project.numbers.map(bodyOf)
  const run = async time => {
    child.stdin.write(`${JSON.stringify({ paths: project.paths, bodies, seconds: time })}\n`)
    return JSON.parse(await read())
  }
  const stop = () => child.kill()
  return { size: project.size, ms, costs: [], rates: [], run, stop }
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
}
