// Frozen responses and public files -> Entry after Entry: encodings, ETag, head bytes. Several are in
// the making at once, yet they come out in a fixed order.

import { readFile, stat } from 'node:fs/promises'
import { lookup } from 'mrmime'
import {
  type Encoding,
  FLAG_FOLDER,
  FLAG_PUBLIC,
  FLAG_RANGES,
  METHODS,
} from '../runtime/artifact.ts'
import {
  etagOf,
  hasRanges,
  IMMUTABLE,
  type Stored,
  staticFields,
  writeHead,
} from '../runtime/head.ts'
import { compress, isCompressible } from './compress.ts'
import { allowOf } from './handlers.ts'
import type {
  Compiled,
  Entry,
  EntryVariant,
  Frozen,
  Linked,
  PublicFile,
  Snapshot,
} from './stages.ts'

/** Responses in the making at once: enough for the thread pool that compresses. */
const WIDTH = 8

/** A name that carries a hash of its content: `app.3f2a9c1b.css`, `chunk-5XK2PQ7A.js`. */
const HASHED = /[.-](?=[A-Za-z0-9_]*\d)[A-Za-z0-9_]{8,}\.\w+$/

/** When a response was first made, by key and ETag, as an earlier build knows it. */
export type FirstMade = (key: string, etag: string) => number | undefined

export interface SerializeOptions {
  /** Unix seconds: the time of this build. */
  now: number
  firstMade: FirstMade
  /** Called after each. */
  onDone(): void
}

/** Serializes all that is static. */
export async function* serialize(
  compiled: Compiled,
  linked: Linked,
  { now, firstMade, onDone }: SerializeOptions,
): AsyncGenerator<Entry> {
  const { site, judgement } = compiled
  const makers: (() => Promise<Entry>)[] = []
  for (const frozen of judgement.frozen) makers.push(() => ofRoute(frozen, linked, now, firstMade))
  for (const file of site.publicFiles) makers.push(() => ofFile(file, now))
  for (const path of site.publicFolders) makers.push(async () => ofFolder(path))
  for await (const entry of inOrder(makers)) {
    onDone()
    yield entry
  }
}

async function ofRoute(
  { key, endpoint, snapshot }: Frozen,
  linked: Linked,
  now: number,
  firstMade: FirstMade,
): Promise<Entry> {
  const lastModified =
    firstMade(key, await etagOf(snapshot.body, 'identity', ownTag(snapshot))) ?? now
  const ranges = hasRanges(snapshot.status, snapshot.headers, snapshot.body.length)
  return {
    key,
    status: snapshot.status,
    allow: allowOf(endpoint),
    flags: ranges ? FLAG_RANGES : 0,
    revalidate: endpoint.config.revalidate,
    route: linked.routeOf.get(endpoint.file) ?? -1,
    lastModified,
    variants: await variantsOf(snapshot, { lastModified, ranges }),
  }
}

async function ofFile({ source, path }: PublicFile, now: number): Promise<Entry> {
  const [body, { mtimeMs }] = await Promise.all([readFile(source), stat(source)])
  // Never later than the build, so that SOURCE_DATE_EPOCH makes fresh checkouts equal.
  const lastModified = Math.min(Math.floor(mtimeMs / 1000), now)
  const headers: Snapshot['headers'] = [['content-type', mediaType(source)]]
  const cacheControl = HASHED.test(path) ? IMMUTABLE : undefined
  return {
    key: path,
    status: 200,
    allow: METHODS.reduce((mask, method, index) => mask | (READ.has(method) ? 1 << index : 0), 0),
    flags: FLAG_PUBLIC | FLAG_RANGES,
    revalidate: 0,
    route: -1,
    lastModified,
    variants: await variantsOf(
      { status: 200, headers, body },
      { lastModified, cacheControl, ranges: true },
    ),
  }
}

const READ = new Set<string>(['GET', 'HEAD', 'OPTIONS'])

// The target keeps the query of the request, so there are no bytes to prepare.
function ofFolder(key: string): Entry {
  return {
    key,
    status: 308,
    allow: 0,
    flags: FLAG_FOLDER,
    revalidate: 0,
    route: -1,
    lastModified: 0,
    variants: [],
  }
}

async function variantsOf(
  snapshot: Snapshot,
  rest: Pick<Stored, 'lastModified' | 'cacheControl' | 'ranges'>,
): Promise<EntryVariant[]> {
  const { status, headers, body } = snapshot
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  // What the handler encoded itself stays as it is.
  const isPlain = !headers.some(([name]) => name === 'content-encoding')
  const others =
    isPlain && isCompressible(type) ? await compress(body) : new Map<Encoding, Uint8Array>()
  const bodies: [Encoding, Uint8Array][] = [
    ['identity', body],
    ...[...others].sort((a, b) => a[1].length - b[1].length),
  ]
  const varies = bodies.length > 1
  return Promise.all(
    bodies.map(async ([encoding, bytes]) => {
      const etag = await etagOf(bytes, encoding, ownTag(snapshot))
      const stored: Stored = {
        ...rest,
        status,
        headers,
        encoding,
        varies,
        etag,
        length: bytes.length,
      }
      return { encoding, etag, head: writeHead(status, staticFields(stored)), body: bytes }
    }),
  )
}

function ownTag({ headers }: Snapshot): string | undefined {
  return headers.find(([name]) => name === 'etag')?.[1]
}

/** A file's media type by its name; text is UTF-8, as everything a project's editor writes. */
function mediaType(name: string): string {
  const type = lookup(name) ?? 'application/octet-stream'
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type
}

/** Runs up to `WIDTH` at once, yields in the given order. */
async function* inOrder<T>(makers: (() => Promise<T>)[]): AsyncGenerator<T> {
  const running: Promise<T>[] = []
  for (const make of makers) {
    const made = make()
    // Looked at below, in its turn; until then a failure is no unhandled rejection.
    made.catch(() => {})
    running.push(made)
    if (running.length >= WIDTH) yield await running.shift()!
  }
  while (running.length > 0) yield await running.shift()!
}
