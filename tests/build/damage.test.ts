// A `dist/` that is damaged, cut off or of another version is refused before anything listens, with
// the file's name and what to do.

import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { describe } from 'node:test'
import type { Manifest } from '../../runtime/artifact.ts'
import { build, fetched, precast, project } from '../lib/project.ts'

describe('a dist/ that is damaged', () => {
  const size = (dist: string): number => readFileSync(join(dist, 'static.bin')).length
  const flip = (at: (size: number) => number) => (dist: string) => {
    const bytes = readFileSync(join(dist, 'static.bin'))
    bytes[at(bytes.length)]! ^= 1
    writeFileSync(join(dist, 'static.bin'), bytes)
  }
  const manifest = (change: (manifest: Manifest) => void) => (dist: string) => {
    const value: Manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'))
    change(value)
    writeFileSync(join(dist, 'manifest.json'), JSON.stringify(value))
  }
  const damages: [string, string, (dist: string) => void][] = [
    ['the first byte of the bytes', 'static.bin', flip(() => 0)],
    ['a byte in the middle', 'static.bin', flip(length => length >> 1)],
    ['the last byte', 'static.bin', flip(length => length - 1)],
    [
      'bytes that are cut off',
      'static.bin',
      dist => truncateSync(join(dist, 'static.bin'), size(dist) - 1),
    ],
    ['bytes that are empty', 'static.bin', dist => truncateSync(join(dist, 'static.bin'), 0)],
    [
      'bytes with something after them',
      'static.bin',
      dist => appendFileSync(join(dist, 'static.bin'), 'x'),
    ],
    ['bytes that are missing', 'static.bin', dist => rmSync(join(dist, 'static.bin'))],
    [
      'a manifest that is cut off',
      'manifest.json',
      dist => truncateSync(join(dist, 'manifest.json'), 100),
    ],
    [
      'a manifest that is no object',
      'manifest.json',
      dist => writeFileSync(join(dist, 'manifest.json'), '[]'),
    ],
    ['a manifest that is missing', 'dist', dist => rmSync(join(dist, 'manifest.json'))],
    ['another version of the format', 'manifest.json', manifest(value => value.format++)],
    [
      'no version of the format',
      'manifest.json',
      manifest(value => Reflect.deleteProperty(value, 'format')),
    ],
    ['another checksum', 'static.bin', manifest(value => (value.bytes.crc32 ^= 1))],
  ]
  for (const [name, file, damage] of damages) {
    test(`is refused: ${name}`, async () => {
      const folder = project({ 'routes/index.ts': "export const GET = 'x'.repeat(500)\n" })
      await build(folder)
      damage(join(folder, 'dist'))
      for (const host of name.startsWith('a byte') ? ['node', 'bun', 'deno'] : ['node']) {
        const { code, stdout, stderr } = await precast([
          'start',
          folder,
          '--host',
          host,
          '--port',
          '0',
        ])
        assert.equal(code, 1, stdout + stderr)
        assert.doesNotMatch(stdout, /Listening/)
        assert.ok(stderr.includes(file), `${file} is not named:\n${stderr}`)
        assert.match(stderr, /precast build/)
        assert.doesNotMatch(stderr, /^\s+at .+:\d+/m, 'a stack trace')
      }
      await build(folder)
      assert.equal((await fetched(folder, '/')).status, 200)
    })
  }

  test('start without a build says what to do', async () => {
    const folder = project({ 'routes/index.ts': 'export const GET = 1\n' })
    const { code, stderr } = await precast(['start', folder])
    assert.equal(code, 1)
    assert.match(stderr, /precast build/)
  })
})
