// Frozen responses -> the families of like pages among them, each with the bytes that its members share:
// the dictionary they are compressed with (RFC 9842). Only where it saves more than it costs.

import { createHash } from 'node:crypto'
import { dictionaryPath } from '../../runtime/dictionary.ts'
import { compress, isPlain } from '../compress.ts'
import type { Frozen } from '../stages.ts'

export interface Family {
  /** Where the dictionary is to be had. */
  path: string
  bytes: Uint8Array
  /** Media type of its members, and so of it: it is one of them. */
  type: string
  /** URLPattern of the URLs it is for. */
  match: string
}

/** Fewer members than this hardly pay for a dictionary, which a visitor fetches beside a page. */
const FEWEST = 8

/** Bytes above which a page is no dictionary: a visitor fetches it for what may come. */
const LARGEST = 256 << 10

/** Members that are compressed to see whether it pays. */
const SAMPLE = 8

/** Bytes of the fields that a family costs each of its answers: `Link`, and the longer `Vary`. */
const FIELDS = 120

/** The family of each response that has one. By bodies and their order alone, so deterministic. */
export async function familiesOf(frozen: readonly Frozen[]): Promise<Map<Frozen, Family>> {
  const groups = new Map<string, Frozen[]>()
  for (const one of frozen) {
    const { endpoint, snapshot } = one
    if (endpoint.role !== 'route' || snapshot.status !== 200 || !isPlain(snapshot)) continue
    // What is made anew while it is served has no encoder at hand that knows dictionaries.
    if (endpoint.config.revalidate > 0 || !/[:*]/.test(endpoint.pattern)) continue
    const key = `${endpoint.file}\n${typeOf(one)}`
    const known = groups.get(key)
    if (known) known.push(one)
    else groups.set(key, [one])
  }
  const families = new Map<Frozen, Family>()
  for (const members of groups.values()) {
    const family = members.length < FEWEST ? null : await familyOf(members)
    if (family) for (const one of members) families.set(one, family)
  }
  return families
}

async function familyOf(members: Frozen[]): Promise<Family | null> {
  const sorted = [...members].sort(
    (a, b) => a.snapshot.body.length - b.snapshot.body.length || (a.key < b.key ? -1 : 1),
  )
  // The page of median size: what is common to all is in each, and it is no larger than need be.
  const median = sorted[sorted.length >> 1]!
  const bytes = median.snapshot.body
  if (bytes.length > LARGEST) return null
  let saved = 0
  for (let i = 0; i < SAMPLE; i++) {
    const { snapshot } = sorted[Math.floor(((i + 0.5) * sorted.length) / SAMPLE)]!
    const made = await compress(snapshot.body, 'usual', [], bytes)
    const others = [...made].filter(([encoding]) => encoding !== 'dcz')
    const smallest = Math.min(snapshot.body.length, ...others.map(([, { length }]) => length))
    saved += smallest - Math.min(smallest, made.get('dcz')?.length ?? smallest) - FIELDS
  }
  if (saved <= 0) return null
  const { pattern } = median.endpoint
  const path = dictionaryPath(createHash('sha256').update(bytes).digest())
  return { path, bytes, type: typeOf(median), match: matchOf(pattern) }
}

function typeOf({ snapshot }: Frozen): string {
  return snapshot.headers.find(([name]) => name === 'content-type')?.[1] ?? ''
}

/** Hono's form of a pattern as one of URLPattern, without regular expressions (RFC 9842 section 2.1.1). */
export function matchOf(pattern: string): string {
  return pattern
    .split('/')
    .map(segment =>
      /^[:*]/.test(segment)
        ? '*'
        : encodeURI(segment).replace(/[{}()*+?:\\"]/g, char =>
            char === '"' ? '%22' : `\\${char}`,
          ),
    )
    .join('/')
}

/** What a dictionary says of itself. */
export function useOf({ match }: Family): string {
  return `match="${match.replace(/[\\"]/g, char => `\\${char}`)}"`
}
