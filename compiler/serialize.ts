// Frozen responses and public files -> Entry after Entry: encodings, ETag, head bytes. Several are in
// the making at once, yet they come out in a fixed order.

import { isUtf8 } from 'node:buffer'
import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { lookup } from 'mrmime'
import {
  type Encoding,
  FLAG_FOLDER,
  FLAG_PUBLIC,
  FLAG_RANGES,
  METHODS,
} from '../runtime/artifact.ts'
import { selectors } from '../runtime/dictionary.ts'
import {
  etagOf,
  hasRanges,
  IMMUTABLE,
  type Stored,
  staticFields,
  tagOf,
  writeHead,
} from '../runtime/head.ts'
import { type Effort, encoders, isCompressible, isPlain } from './compress.ts'
import { allowOf } from './handlers.ts'
import { openCache } from './serialize/cache.ts'
import { familiesOf, type Family, useOf } from './serialize/families.ts'
import { ownEncodings, readPublic } from './serialize/files.ts'
import { plan } from './serialize/plan.ts'
import { createPool, type Made, type Task } from './serialize/pool.ts'
import type {
  Compiled,
  Diagnostic,
  Entry,
  EntryVariant,
  Frozen,
  Linked,
  PublicFile,
  Snapshot,
  Unread,
} from './stages.ts'

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

/** What making one response takes. */
interface Making {
  now: number
  firstMade: FirstMade
  linked: Linked
  root: string
  diagnostics: Diagnostic[]
  encode(task: Task): Promise<Made>
}

/** Serializes all that is static. What is worth a warning goes into `diagnostics`. */
export async function* serialize(
  compiled: Compiled,
  linked: Linked,
  { now, firstMade, onDone }: SerializeOptions,
  diagnostics: Diagnostic[],
): AsyncGenerator<Entry> {
  const { site, judgement, project } = compiled
  // Public files first: pages share them.
  const bodies = [
    ...site.publicFiles.map(({ source }) => ({
      length: statSync(source).size,
      isPlain: isCompressible(mediaTypeOf(source)),
    })),
    ...judgement.frozen.map(({ snapshot }) => ({
      length: snapshot.body.length,
      isPlain: isPlain(snapshot),
    })),
  ].map(({ length, isPlain }) => (isPlain ? length : 0))
  const efforts = plan(bodies, project.config.compression)
  const [files, frozen] = [site.publicFiles, judgement.frozen]

  const pool = createPool(estimate(bodies, efforts))
  const families = project.config.dictionary ? await familiesOf(frozen) : new Map<Frozen, Family>()
  const cache = openCache(project.root, encoders())
  const encode = async (task: Task): Promise<Made> => {
    // The usual levels cost about what reading a file does.
    if (!cache || task.effort === 'usual') return pool.run(task)
    const known = await cache.get(task)
    if (known) return known
    const made = await pool.run(task)
    await cache.set(task, made)
    return made
  }
  const making = { now, firstMade, linked, root: project.root, diagnostics, encode }
  const makers: (() => Promise<Entry>)[] = []
  for (const [number, one] of frozen.entries())
    makers.push(() => ofRoute(one, efforts[files.length + number]!, families.get(one), making))
  for (const [number, file] of files.entries())
    makers.push(() => ofFile(file, efforts[number]!, making))
  for (const path of site.publicFolders) makers.push(async () => ofFolder(path))
  for (const family of new Map([...families.values()].map(one => [one.path, one])).values())
    makers.push(() => ofDictionary(family, making))
  try {
    for await (const entry of inOrder(makers, pool.width)) {
      onDone()
      yield entry
    }
  } finally {
    pool.close()
  }
  await cache?.prune()
}

/** Milliseconds of one core: 1 for each body and 0.2 for each KB, ten times that at best. */
function estimate(lengths: number[], efforts: Effort[]): number {
  return lengths.reduce(
    (sum, length, number) =>
      length === 0 ? sum : sum + (1 + length / 5_000) * (efforts[number] === 'best' ? 10 : 1),
    0,
  )
}

async function ofRoute(
  { key, endpoint, snapshot }: Frozen,
  effort: Effort,
  family: Family | undefined,
  { now, firstMade, linked, encode }: Making,
): Promise<Entry> {
  const { status, headers, body } = snapshot
  const lastModified = firstMade(key, await etagOf(body, 'identity', ownTag(snapshot))) ?? now
  const ranges = hasRanges(status, headers, body.length)
  const dictionary = family?.bytes
  const others = isPlain(snapshot)
    ? await encode({ body, effort, skip: [], dictionary })
    : new Map()
  return {
    key,
    status,
    allow: allowOf(endpoint),
    flags: ranges ? FLAG_RANGES : 0,
    revalidate: endpoint.config.revalidate,
    route: linked.routeOf.get(endpoint.file) ?? -1,
    lastModified,
    variants: await variantsOf(snapshot, others, {
      lastModified,
      ranges,
      dictionary: family?.path,
    }),
  }
}

/** What members of a family are compressed with, as a file that is kept for ever. */
async function ofDictionary(family: Family, { now, firstMade, encode }: Making): Promise<Entry> {
  const { path: key, bytes: body, type } = family
  const lastModified = firstMade(key, await etagOf(body, 'identity')) ?? now
  const headers: [string, string][] = [
    ['content-type', type],
    ['use-as-dictionary', useOf(family)],
  ]
  const others = await encode({ body, effort: 'best', skip: [] })
  return {
    key,
    status: 200,
    allow: allowsReading,
    flags: FLAG_PUBLIC,
    revalidate: 0,
    route: -1,
    lastModified,
    variants: await variantsOf({ status: 200, headers, body }, others, {
      lastModified,
      cacheControl: IMMUTABLE,
    }),
  }
}

async function ofFile(
  file: PublicFile,
  effort: Effort,
  { now, root, diagnostics, encode }: Making,
): Promise<Entry> {
  const { source, path } = file
  const body = await readPublic(source, isCompressible(mediaTypeOf(source)))
  // Never later than the build, so that SOURCE_DATE_EPOCH makes fresh checkouts equal.
  const lastModified = Math.min(Math.floor(statSync(source).mtimeMs / 1000), now)
  const type = mediaTypeOf(source, body)
  const own = await ownEncodings(file, body, encoded =>
    diagnostics.push(stale(relative(root, encoded), relative(root, source))),
  )
  const skip = [...own.keys()]
  const made =
    body instanceof Uint8Array && isCompressible(type)
      ? await encode({ body, effort, skip })
      : new Map<Encoding, Uint8Array>()
  return {
    key: path,
    status: 200,
    allow: allowsReading,
    flags: FLAG_PUBLIC | FLAG_RANGES,
    revalidate: 0,
    route: -1,
    lastModified,
    variants: await variantsOf(
      { status: 200, headers: [['content-type', type]], body },
      new Map([...own, ...made]),
      { lastModified, cacheControl: HASHED.test(path) ? IMMUTABLE : undefined, ranges: true },
    ),
  }
}

function stale(encoded: string, file: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'stale-encoding',
    message: `${encoded} does not decode to ${file}, so it is not sent in its place`,
    at: { file: encoded, line: 1, column: 1 },
    hint: `make it anew, or delete it: precast build encodes ${file} by itself`,
  }
}

const READ = new Set<string>(['GET', 'HEAD', 'OPTIONS'])
const allowsReading = METHODS.reduce(
  (mask, method, index) => mask | (READ.has(method) ? 1 << index : 0),
  0,
)

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
  { status, headers, body }: Omit<Snapshot, 'body'> & { body: Uint8Array | Unread },
  others: Map<Encoding, Uint8Array | Unread>,
  rest: Pick<Stored, 'lastModified' | 'cacheControl' | 'ranges' | 'dictionary'>,
): Promise<EntryVariant[]> {
  const bodies: [Encoding, Uint8Array | Unread][] = [
    ['identity', body],
    ...[...others].sort((a, b) => a[1].length - b[1].length || (a[0] < b[0] ? -1 : 1)),
  ]
  const varies = selectors(bodies.map(([encoding]) => encoding))
  const own = ownTag({ headers })
  return Promise.all(
    bodies.map(async ([encoding, bytes]) => {
      const { length } = bytes
      const etag =
        bytes instanceof Uint8Array
          ? await etagOf(bytes, encoding, own)
          : tagOf(bytes.digest, encoding)
      const stored: Stored = { ...rest, status, headers, encoding, varies, etag, length }
      return { encoding, etag, head: writeHead(status, staticFields(stored)), body: bytes, length }
    }),
  )
}

function ownTag({ headers }: Pick<Snapshot, 'headers'>): string | undefined {
  return headers.find(([name]) => name === 'etag')?.[1]
}

/**
 * A file's media type by its name. Text is UTF-8 where its bytes are; of others the author's `<meta>`
 * or `@charset` tells, which a charset here would overrule.
 */
function mediaTypeOf(name: string, body?: Uint8Array | Unread): string {
  const type = lookup(name) ?? 'application/octet-stream'
  if (!type.startsWith('text/')) return type
  return body instanceof Uint8Array && !isUtf8(body) ? type : `${type}; charset=utf-8`
}

/** Runs up to `width` at once, yields in the given order. */
async function* inOrder<T>(makers: (() => Promise<T>)[], width: number): AsyncGenerator<T> {
  const running: Promise<T>[] = []
  for (const make of makers) {
    const made = make()
    // Looked at below, in its turn; until then a failure is no unhandled rejection.
    made.catch(() => {})
    running.push(made)
    if (running.length >= width) yield await running.shift()!
  }
  while (running.length > 0) yield await running.shift()!
}
