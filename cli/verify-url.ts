// `precast verify --url`: asks a server that runs for all that `dist/` stores, in many ways, and
// compares what it sends with the stored bytes.

import { basename } from 'node:path'
import {
  type Digest,
  differenceOfBodies,
  differenceOfDigests,
  differenceOfFields,
  type Fields,
} from '../compiler/compare.ts'
import {
  ENCODINGS,
  FLAG_FOLDER,
  FLAG_PUBLIC,
  METHODS,
  type Static,
  type Variant,
} from '../runtime/artifact.ts'
import { readFields } from '../runtime/head.ts'
import type { Loaded } from '../runtime/load.ts'
import { qualities } from '../runtime/negotiate.ts'
import { encodeSegment } from '../runtime/path.ts'
import { createTable } from '../runtime/table.ts'
import { type Answer, client, type Probe } from './client.ts'
import { count, type Finding, printFindings } from './findings.ts'
import { progress } from './terminal.ts'
import { templateTargets } from './verify-templates.ts'

/** URLs that are asked for at a time. */
const WIDTH = 16

/** A way to ask for what is stored. */
interface StoredProbe extends Probe {
  headers: Record<string, string>
  /** What is to be answered: the whole, or that nothing changed. */
  expects: 'whole' | 'not-modified'
}

/** What is asked, and in what the answer is not what `dist/` says. */
interface Question {
  path: string
  probe: Probe
  judge(answer: Answer): string | null
}

/** A response to ask for in many ways. */
export interface Target {
  what: string
  /** Null where there is nothing to ask this time. */
  question(run: number): Question | null
}

const ACCEPTED = [
  undefined,
  'br',
  'gzip',
  'zstd',
  'gzip;q=0.5, br',
  'identity',
  '*',
  'br;q=0, gzip, zstd;q=0',
  'deflate, gzip;q=1.0, *;q=0.5',
]

/** @returns the exit code. */
export async function verifyUrl(stored: Loaded, url: URL, runs: number): Promise<number> {
  const started = performance.now()
  const spinner = progress()
  const ask = client(url, WIDTH)
  const found: Finding[] = []
  const pages = [...targetsOf(stored)]
  const targets = [...pages, ...templateTargets(stored)]
  let next = 0
  let requests = 0
  const lane = async (): Promise<void> => {
    while (next < targets.length) {
      const number = next++
      const { what, question } = targets[number]!
      for (let run = 0; run < runs; run++) {
        const asked = question(run)
        if (!asked) continue
        const { path, probe, judge } = asked
        requests++
        const why = judge(await ask(path, probe))
        if (!why) continue
        found.push({ what, why: `${why}\n  asked ${shown(path, probe)}` })
        break
      }
      spinner.step('asking', number, targets.length)
    }
  }
  try {
    await ask('/', { method: 'HEAD', search: '', headers: {} })
    await Promise.all(Array.from({ length: WIDTH }, lane))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    spinner.stop()
    console.error(`precast: ${url.origin} does not answer: ${message || code}`)
    return 1
  } finally {
    spinner.stop()
    ask.close()
  }
  if (found.length > 0) {
    printFindings(found, url.origin)
    return 1
  }
  const left = stored.statics.size - pages.length
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${count(targets.length, 'response')} of ${url.origin} verified in ${count(requests, 'request')}: no difference${left > 0 ? `; ${left} that may change (revalidate), or have no URL of their own, left out` : ''} (${seconds} s)`,
  )
  return 0
}

/** All that is stored and has bytes that last, with a URL at which it is to be had. */
function* targetsOf(stored: Loaded): Generator<Target> {
  const { manifest, statics } = stored
  const target = (what: string, path: string, entry: Static): Target => ({
    what,
    question(run) {
      const probe = probeOf(entry, run, hasOwnHead(entry, stored))
      return { path, probe, judge: answer => difference(stored, entry, path, probe, answer) }
    },
  })
  const { routes, folders, trailingSlash } = manifest
  const table = createTable(routes, folders)
  for (const key of statics.keys()) {
    const entry = statics.get(key)!
    if (entry.revalidate > 0) continue
    if (!key.startsWith('/')) {
      const folder = Number(key.slice('404:'.length))
      const path = nowhere(folders[folder]!.segments)
      const isFree = statics.get(path) === undefined && table.match(path) === null
      if (isFree && table.folder(path) === folder) yield target(`GET ${path} (_404)`, path, entry)
      continue
    }
    const isRoute = (entry.flags & (FLAG_PUBLIC | FLAG_FOLDER)) === 0
    const isBare = key !== '/' && !key.includes('.', key.lastIndexOf('/'))
    const path = isRoute && isBare && trailingSlash === 'always' ? `${key}/` : key
    yield target(`GET ${path}`, path, entry)
  }
}

/** A path in a folder at which nothing should be. */
function nowhere(segments: Loaded['manifest']['folders'][number]['segments']): string {
  const folder = segments.map(one => (one.kind === 'literal' ? encodeSegment(one.value) : 'x'))
  return `/${[...folder, 'precast-verify', 'no-such-page'].join('/')}`
}

// A handler of its own for HEAD may say anything.
function hasOwnHead({ route }: Static, { manifest }: Loaded): boolean {
  return route >= 0 && (manifest.routes[route]!.methods & (1 << METHODS.indexOf('HEAD'))) !== 0
}

function probeOf({ status, variants, flags }: Static, run: number, ownHead: boolean): StoredProbe {
  // A large file is fetched once in each coding that it has, and a folder has no representation.
  const isLarge = variants.some(({ file }) => file >= 0)
  const isEnough = isLarge && run >= (variants.length > 1 ? ACCEPTED.length : 1)
  const accepted = ACCEPTED[run % ACCEPTED.length]
  const headers: Record<string, string> = {
    'user-agent': run % 2 === 0 ? 'precast-verify' : 'Mozilla/5.0 (Mobile; precast-verify)',
    'accept-language': run % 3 === 0 ? 'en' : 'tr, de;q=0.5',
    ...(accepted !== undefined && { 'accept-encoding': accepted }),
    ...(run % 2 === 1 && { cookie: `session=verify-${run}` }),
    ...(run % 5 === 4 && { authorization: 'Bearer verify', 'x-forwarded-proto': 'https' }),
  }
  const search = run === 0 ? '' : `?verify=${run}&r=${Math.random().toString(36).slice(2)}`
  const isConditional = status >= 200 && status < 300 && (flags & FLAG_FOLDER) === 0
  const probe: StoredProbe = {
    method: (isEnough || run % 7 === 3) && !ownHead ? 'HEAD' : 'GET',
    search,
    headers,
    expects: 'whole',
  }
  if (run % 6 === 2) headers['if-none-match'] = '"precast-verify"'
  if (run % 6 === 4 && isConditional) {
    // Weak comparison, and any of a list (RFC 9110 section 13.1.2).
    headers['if-none-match'] = `"precast-verify", W/${variants.map(one => bare(one)).join(', ')}`
    probe.expects = 'not-modified'
  }
  return probe
}

function bare({ etag }: Variant): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag
}

/** In what an answer is not what is stored, or null. */
function difference(
  { manifest }: Loaded,
  entry: Static,
  path: string,
  probe: StoredProbe,
  answer: Answer,
): string | null {
  const { status, headers, body } = answer
  if (headers['set-cookie']) return 'header set-cookie: a stored response never has it'
  if (entry.flags & FLAG_FOLDER) {
    const location = `${path}/${probe.search}`
    return status === 308 && headers.location === location
      ? null
      : `status ${status}, location ${headers.location}, where 308 to ${location} is stored`
  }
  const expected = probe.expects === 'not-modified' ? 304 : entry.status
  if (status !== expected) return `status: stored ${expected}, answered ${status}`
  if (probe.expects === 'not-modified') {
    const isKnown = entry.variants.some(one => one.etag === headers.etag)
    if (!isKnown) return `header etag of a 304: ${headers.etag} is none of the stored ones`
    return body.length === 0 ? null : `a 304 with ${body.length} bytes of body`
  }
  const encoding = headers['content-encoding'] ?? 'identity'
  // What a handler encoded by itself is stored as identity.
  const variant = entry.variants.find(one => one.encoding === encoding) ?? entry.variants[0]!
  const accepted = qualities(probe.headers['accept-encoding'] ?? null)
  if (accepted[ENCODINGS.indexOf(variant.encoding)] === 0)
    return `content-encoding ${encoding}, which was not accepted`
  const stored = readFields(variant.head)
  const names = new Set(stored.map(([name]) => name.toLowerCase()))
  // A proxy may add fields, and frame the body in its own way.
  if (headers['transfer-encoding']) names.delete('content-length')
  const answered: Fields = Object.entries(headers).map(([name, value]) => [name, String(value)])
  const fields = differenceOfFields(
    stored.filter(([name]) => names.has(name.toLowerCase())),
    answered.filter(([name]) => names.has(name)),
  )
  if (fields) return fields
  if (probe.method === 'HEAD')
    return body.length === 0 ? null : `HEAD with ${body.length} bytes of body`
  return differenceOfContent(variant, manifest.files[variant.file]?.file, body)
}

/** @param file where the variant is in `dist/`, if it is too large to hold; its name is its SHA-256 */
function differenceOfContent(
  variant: Variant,
  file: string | undefined,
  body: Buffer | Digest,
): string | null {
  if (file === undefined) return differenceOfBodies(variant.body, body)
  return differenceOfDigests({ length: variant.length, sha256: basename(file) }, body)
}

function shown(path: string, { method, search, headers }: Probe): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${path}${search} with ${fields.join('; ')}`
}
