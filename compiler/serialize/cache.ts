// Encodings that were dear to make, kept between builds: a file for each body, named by all that its
// encodings depend on. Whatever is wrong with one, it counts as not there. Safe to delete at any time.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ENCODINGS, type Encoding } from '../../runtime/artifact.ts'
import type { Made, Task } from './pool.ts'

/** Bytes that are kept; what was not asked for the longest goes first. */
const MOST = 256 << 20

export interface Cache {
  get(task: Task): Promise<Made | undefined>
  set(task: Task, made: Made): Promise<void>
  /** Deletes what is above the limit. */
  prune(): Promise<void>
}

/**
 * The cache in the nearest `node_modules` at or above `root`; none where there is no such folder.
 * @param encoders what bytes depend on besides the body and the effort
 */
export function openCache(root: string, encoders: string, most = MOST): Cache | undefined {
  const folder = folderFor(root)
  if (!folder) return undefined
  const fileOf = ({ body, effort, skip, dictionary }: Task): string => {
    const key = createHash('sha256').update(`${encoders}\n${effort}\n${skip.join()}\n`)
    key.update(dictionary ? createHash('sha256').update(dictionary).digest('hex') : '').update(body)
    return join(folder, key.digest('hex'))
  }
  return {
    async get(task) {
      const file = fileOf(task)
      try {
        const made = unpack(await readFile(file))
        const now = new Date()
        await utimes(file, now, now)
        return made
      } catch {
        return undefined
      }
    },
    async set(task, made) {
      const file = fileOf(task)
      const next = `${file}.${process.pid}`
      try {
        await mkdir(folder, { recursive: true })
        await writeFile(next, pack(made))
        // Another build may be at the same; a reader sees the old file or a whole new one.
        await rename(next, file)
      } catch {
        // A disk that is full or read-only makes builds slower, no more.
        await rm(next, { force: true }).catch(() => {})
      }
    },
    prune: () => prune(folder, most).catch(() => {}),
  }
}

function folderFor(root: string): string | undefined {
  for (let at = root; ; at = dirname(at)) {
    const found = join(at, 'node_modules')
    if (existsSync(found)) return join(found, '.cache', 'precast', 'encodings')
    if (at === dirname(at)) return undefined
  }
}

async function prune(folder: string, most: number): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async name => {
      const file = join(folder, name)
      const { size, mtimeMs } = await stat(file)
      return { file, size, mtimeMs }
    }),
  )
  let left = files.reduce((sum, { size }) => sum + size, 0) - most
  for (const { file, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (left <= 0) return
    await rm(file, { force: true })
    left -= size
  }
}

const DIGEST = 32

/** Digest of all that follows; then number, length and bytes of each encoding. */
function pack(made: Made): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [encoding, bytes] of made) {
    const head = Buffer.alloc(5)
    head.writeUInt8(ENCODINGS.indexOf(encoding))
    head.writeUInt32LE(bytes.length, 1)
    parts.push(head, bytes)
  }
  const content = Buffer.concat(parts)
  return Buffer.concat([createHash('sha256').update(content).digest(), content])
}

function unpack(file: Buffer): Made {
  const content = file.subarray(DIGEST)
  if (!createHash('sha256').update(content).digest().equals(file.subarray(0, DIGEST)))
    throw new Error('damaged')
  const made = new Map<Encoding, Uint8Array>()
  for (let at = 0; at < content.length; ) {
    const encoding = ENCODINGS[content.readUInt8(at)]!
    const start = at + 5
    at = start + content.readUInt32LE(at + 1)
    made.set(encoding, new Uint8Array(content.subarray(start, at)))
  }
  return made
}
