// The fetch host has no socket: calls dist/fetch.js in a loop and prints, for each line `{ paths,
// bodies, seconds }` that comes in, the number of answers and the microseconds of CPU they took.

import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const { default: app } = await import(pathToFileURL(join(process.argv[2], 'dist/fetch.js')).href)
const headers = { accept: 'text/html,*/*;q=0.8', 'accept-encoding': 'gzip, deflate, br' }
const BATCH = 256

console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const { paths, bodies, seconds } = JSON.parse(line)
  const requests = paths.map(path => new Request(`http://localhost${path}`, { headers }))
  for (const [i, path] of paths.entries()) {
    const body = await (await app.fetch(new Request(`http://localhost${path}`))).text()
    if (body !== bodies[i]) throw new Error(`${paths[i]} answered ${body.slice(0, 80)}`)
  }
  const end = performance.now() + seconds * 1000
  const before = process.cpuUsage()
  let answers = 0
  while (performance.now() < end)
    for (let i = 0; i < BATCH; i++) {
      const response = await app.fetch(requests[answers++ % requests.length])
      if (response.status !== 200) throw new Error(`${response.status}`)
    }
  const { user, system } = process.cpuUsage(before)
  console.log(JSON.stringify({ answers, cpu: user + system }))
}
