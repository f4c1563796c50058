// Stored responses with `revalidate` -> newer ones, computed in the background while the old bytes
// go on being served. Whatever goes wrong leaves the old ones in place.

import { type Encoding, FLAG_RANGES, type Static, type Variant } from './artifact.ts'
import { selectors } from './dictionary.ts'
import { etagOf, hasRanges, staticFields, writeHead } from './head.ts'
import { Page } from './static.ts'

/** Milliseconds after which a recomputation counts as failed. */
const PATIENCE = 30_000

export interface Source {
  /** Runs what answers GET at a path; a status of 500 and above counts as failed. */
  compute(path: string): Response | Promise<Response>
  swap(path: string, page: Page): void
  log(message: string, error: unknown): void
}

export interface Revalidator {
  /** Called for each request of a page that has `revalidate`; returns at once. */
  touch(page: Page, path: string): void
}

/** One recomputation runs at a time, so that many pages that age together do not crowd out requests. */
export function createRevalidator({ compute, swap, log }: Source): Revalidator {
  let queue: Promise<void> = Promise.resolve()

  const recompute = async (page: Page, path: string): Promise<void> => {
    const { stored } = page
    let next = page
    try {
      const fresh = await within(PATIENCE, async () => restore(stored, await compute(path)))
      if (fresh) next = new Page(fresh)
    } catch (error) {
      log(`${path} could not be recomputed and stays as it was:`, error)
    }
    next.staleAt = Date.now() + stored.revalidate * 1000
    if (next !== page) swap(path, next)
  }

  return {
    touch(page, path) {
      if (Date.now() < page.staleAt) return
      page.staleAt = Number.POSITIVE_INFINITY
      queue = queue.then(() => recompute(page, path))
    },
  }
}

function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no answer in ${milliseconds} ms`)),
      milliseconds,
    )
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}

/** The response in stored form; null where it is what is stored already. */
async function restore(old: Static, response: Response): Promise<Static | null> {
  if (response.status >= 500) throw new Error(`the handler answered ${response.status}`)
  if (response.headers.has('set-cookie'))
    throw new Error('the response sets a cookie, which nobody else may get')
  const { status } = response
  const headers = [...response.headers]
  const own = response.headers.get('etag') ?? undefined
  const body = new Uint8Array(await response.arrayBuffer())
  const lastModified = Math.floor(Date.now() / 1000)
  const encodings = response.headers.has('content-encoding')
    ? []
    : old.variants.map(variant => variant.encoding)
  const bodies: [Encoding, Uint8Array][] = [['identity', body]]
  for (const encoding of encodings) {
    const encoded = await encode(body, encoding)
    if (encoded && encoded.length < body.length) bodies.push([encoding, encoded])
  }
  bodies.sort(
    (a, b) =>
      Number(b[0] === 'identity') - Number(a[0] === 'identity') || a[1].length - b[1].length,
  )

  const varies = selectors(bodies.map(([encoding]) => encoding))
  const ranges = hasRanges(status, headers, body.length)
  const describe = async (
    encoding: Encoding,
    bytes: Uint8Array,
    modified: number,
  ): Promise<Variant> => {
    const etag = await etagOf(bytes, encoding, own)
    const stored = {
      status,
      headers,
      encoding,
      varies,
      etag,
      lastModified: modified,
      length: bytes.length,
      ranges,
    }
    const head = writeHead(status, staticFields(stored))
    return { encoding, etag, head, body: bytes, length: bytes.length, file: -1 }
  }
  const unchanged = await describe('identity', body, old.lastModified)
  const before = old.variants[0]!
  if (same(unchanged.head, before.head) && same(unchanged.body, before.body)) return null
  const variants = await Promise.all(
    bodies.map(([encoding, bytes]) => describe(encoding, bytes, lastModified)),
  )
  const flags = ranges ? old.flags | FLAG_RANGES : old.flags & ~FLAG_RANGES
  return { ...old, status, lastModified, flags, variants }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Null where the host cannot encode it. */
async function encode(body: Uint8Array, encoding: Encoding): Promise<Uint8Array | null> {
  if (encoding === 'identity') return null
  try {
    const { brotliCompressSync, gzipSync, zstdCompressSync, constants } = (await import(
      'node:zlib'
    )) as Zlib
    if (encoding === 'gzip') return gzipSync(body)
    if (encoding === 'zstd') return zstdCompressSync?.(body) ?? null
    if (encoding !== 'br') return null
    // Level 5 costs what gzip does.
    return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
  } catch {
    return null
  }
}

type Zlib = typeof import('node:zlib') & { zstdCompressSync?(body: Uint8Array): Uint8Array }
