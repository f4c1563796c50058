// A case in, one exchange out, and whether the answer is what the case wants. Knows how to ask any
// server over a socket; knows no host.

import assert from 'node:assert/strict'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { loadZstd } from '../../compiler/zstd.ts'
import { exchange, type WireRequest, type WireResponse } from '../lib/wire.ts'
import type { RuleId } from './rules.ts'

export interface Case {
  /** Method and target, `GET` left out: `POST /form`. */
  request: string
  /** What sets it apart from other requests with the same line. */
  note?: string
  headers?: Record<string, string> | [string, string][]
  body?: string | Uint8Array
  /** Several: any of them is right. */
  status?: number | number[]
  /** null: must not be there. A string: equal; `allow` and `vary` as sets. */
  fields?: Record<string, string | RegExp | null>
  /** Of the decoded body. */
  text?: string | RegExp
  json?: unknown
  bytes?: number[]
}

/** Cases, each group of them behind the rule that it shows. */
export type Row = RuleId | Case

/** What takes more than one request, or more than one write, to see. */
export interface Check {
  rule: RuleId
  run(port: number): Promise<void>
}

/** The cases of a group with their rules. */
export function* casesOf(rows: Row[]): Generator<[RuleId, Case]> {
  let rule: RuleId | undefined
  for (const row of rows) {
    if (typeof row === 'string') rule = row
    else if (rule) yield [rule, row]
    else throw new Error(`${nameOf(row)} stands before any rule`)
  }
}

export function nameOf({ request, note, headers }: Case): string {
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers ?? {})
  const more = note ?? pairs.map(pair => pair.join(': ')).join(', ')
  const line = request.length > 80 ? `${request.slice(0, 40)}…` : request
  return more ? `${line} (${more})` : line
}

export function ask(port: number, { request, headers, body }: Case): Promise<WireResponse> {
  const [, method = 'GET', target] = /^(?:([A-Za-z]+) )?(.*)$/.exec(request)!
  const wanted: WireRequest = { method, target: target!, headers, body }
  return exchange(port, wanted)
}

/** Throws where the answer is not what the case wants. */
export function check(answer: WireResponse, one: Case): void {
  const told = `\nanswered: ${answer.status} ${JSON.stringify(answer.headers)} ${answer.text().slice(0, 300)}`
  if (Array.isArray(one.status))
    assert.ok(one.status.includes(answer.status), `status is none of ${one.status}${told}`)
  else if (one.status !== undefined) assert.equal(answer.status, one.status, `status${told}`)
  for (const [name, wanted] of Object.entries(one.fields ?? {})) {
    const value = answer.get(name)
    if (wanted === null) assert.equal(value, null, name + told)
    else if (wanted instanceof RegExp) assert.match(value ?? '(none)', wanted, name + told)
    else if (name === 'allow' || name === 'vary')
      assert.deepEqual(setOf(value), setOf(wanted), name + told)
    else assert.equal(value, wanted, name + told)
  }
  if (one.text === undefined && one.json === undefined && one.bytes === undefined) return
  const body = decode(answer)
  if (typeof one.text === 'string') assert.equal(body.toString(), one.text)
  else if (one.text) assert.match(body.toString(), one.text)
  if (one.json !== undefined) assert.deepEqual(JSON.parse(body.toString()), one.json)
  if (one.bytes) assert.deepEqual([...body], one.bytes)
}

/** The members of a list, lower-case and sorted. */
function setOf(list: string | null): string[] | undefined {
  return list
    ?.toLowerCase()
    .split(',')
    .map(item => item.trim())
    .sort()
}

const zstd = await loadZstd()

/** The body with its content coding undone. */
export function decode(answer: WireResponse): Buffer {
  if (answer.body.length === 0) return answer.body
  switch (answer.get('content-encoding')) {
    case null:
    case 'identity':
      return answer.body
    case 'br':
      return brotliDecompressSync(answer.body)
    case 'gzip':
      return gunzipSync(answer.body)
    case 'zstd':
      return Buffer.from(zstd.decompress(answer.body))
    default:
      throw new Error(`Content-Encoding: ${answer.get('content-encoding')}`)
  }
}

/** Fields that belong to the connection or the moment, not to the answer. */
const OWN = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])

/**
 * What of an answer has to be equal on all hosts. A host may know the length of what another one
 * streams, and may send the lines of a list as one (RFC 9110 section 5.3).
 */
export function comparable(answer: WireResponse, other: WireResponse): unknown {
  const isFramed = answer.get('content-length') !== null && other.get('content-length') !== null
  const fields: Record<string, string | string[]> = {}
  for (const name of new Set(answer.headers.map(([name]) => name.toLowerCase())).values()) {
    if (OWN.has(name) || (name === 'content-length' && !isFramed)) continue
    const lines = answer.headers.filter(([own]) => own.toLowerCase() === name).map(pair => pair[1])
    fields[name] = name === 'set-cookie' ? lines : lines.join(', ')
  }
  return { status: answer.status, fields }
}
