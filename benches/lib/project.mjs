// Makes a project with a given number of static routes in a folder of its own and builds it. Bodies
// have one length, so that sizes differ in nothing but the number of routes.

import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const PRECAST = fileURLToPath(new URL('../../bin/precast', import.meta.url))

const DIGITS = 6

/** Path of route number `i`. All have one length. */
export const pathOf = i => `/p/${String(i).padStart(DIGITS, '0')}`

/** What route number `i` answers. */
export const bodyOf = i => `page ${String(i).padStart(DIGITS, '0')} ${'.'.repeat(180)}`

/** Writes and builds the project. Returns the seconds of the build. Throws where it fails. */
export function makeProject(dir, count) {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(join(dir, 'routes/p'), { recursive: true })
  writeFileSync(
    join(dir, 'routes/p/[id].ts'),
    `import type { Context } from 'hono'
const ids = Array.from({ length: ${count} }, (_, i) => String(i).padStart(${DIGITS}, '0'))
export const config = { params: () => ids.map(id => ({ id })) }
export default (c: Context) => c.text(\`page \${c.req.param('id')} ${'.'.repeat(180)}\`)
`,
  )
  const began = performance.now()
  const build = spawnSync(process.execPath, [PRECAST, 'build', dir], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (build.status !== 0) throw new Error(`build of ${count} routes failed: ${build.stderr}`)
  return (performance.now() - began) / 1000
}

/** `n` route numbers spread evenly over a project of `count` routes, the first and last included. */
export function spread(count, n) {
  const size = Math.min(count, n)
  return Array.from({ length: size }, (_, i) =>
    Math.round((i * (count - 1)) / Math.max(1, size - 1)),
  )
}
