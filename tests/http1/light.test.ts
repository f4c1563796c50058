// Requests and responses of the raw hosts beside the platform's own, on each platform.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { build } from 'esbuild'
import { program } from '../../cli/hosts.ts'
import { root } from '../hosts/harness.ts'

describe('light requests and kept responses are as the platform has them', () => {
  let folder: string
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'precast-light-'))
    await build({
      entryPoints: [join(import.meta.dirname, 'light.ts')],
      outfile: join(folder, 'light.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      logLevel: 'error',
    })
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  for (const host of ['bun', 'deno', 'node'] as const) {
    const found = program(host, root)
    it(`on ${host}`, { skip: typeof found === 'string' ? found : false, timeout: 60_000 }, () => {
      if (typeof found === 'string') return
      const [file, ...args] = found.command
      const out = execFileSync(file!, [...args, join(folder, 'light.mjs')], { encoding: 'utf8' })
      assert.equal(out, 'done\n')
    })
  }
})
