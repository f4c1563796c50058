// The head of a request -> what it asks for and how its body is framed, or the status that refuses
// it. Strict by RFC 9112: what two readers could take for two different messages is refused.

import { isAuthority } from '../hosts/authority.ts'
import { Fields } from '../light/fields.ts'
import type { Limits } from './limits.ts'
import { TARGET, TOKEN, VALUE } from './syntax.ts'

/** `length` of a body in chunks. */
export const CHUNKED = -1

/** All of a request but its target, so that the next request may share it. */
export interface Head {
  method: string
  /** 0 or 1, of HTTP/1.x. */
  minor: number
  fields: Fields
  /** Bytes of the body; 0 where it has none, `CHUNKED` where only its end will tell. */
  length: number
  /** Whether the connection may go on after the answer. */
  keepAlive: boolean
  /** Whether the client waits for 100 (Continue). */
  expect: boolean
  /** Value of Upgrade, where Connection names it. */
  upgrade: string | null
  /** The same for heads that select the same of any stored response; null as long as none was asked. */
  key: object | null
}

/** The status of a refusal. */
export type Refusal = 400 | 413 | 414 | 417 | 431 | 501 | 505

export interface Parsed extends Head {
  target: string
}

const SPACE = 32
const TAB = 9
const CR = 13
const LF = 10
const COLON = 58

const FRAMING = /^(?:content-length|transfer-encoding)$/

/** Reads a whole head, its empty line included; one character a byte. */
export function parseHead(text: string, limits: Limits): Parsed | Refusal {
  const methodEnd = afterToken(text, 0)
  if (methodEnd === 0 || text.charCodeAt(methodEnd) !== SPACE) return 400
  let targetEnd = methodEnd + 1
  while (TARGET[text.charCodeAt(targetEnd)] === 1) targetEnd++
  if (targetEnd === methodEnd + 1 || text.charCodeAt(targetEnd) !== SPACE) return 400
  const lineEnd = text.indexOf('\r', targetEnd)
  const version = text.slice(targetEnd + 1, lineEnd)
  if (!/^HTTP\/\d\.\d$/.test(version) || text.charCodeAt(lineEnd + 1) !== LF) return 400
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') return 505

  const lines = readLines(text, lineEnd + 2, limits.fields)
  if (typeof lines === 'number') return lines
  const target = text.slice(methodEnd + 1, targetEnd)
  return understand(text.slice(0, methodEnd), target, version === 'HTTP/1.1' ? 1 : 0, lines)
}

/** Reads field lines up to the empty line, with which `text` ends. */
export function readLines(text: string, start: number, most: number): string[] | 400 | 431 {
  const lines: string[] = []
  const end = text.length - 2
  for (let at = start; at < end; ) {
    const colon = afterToken(text, at)
    if (colon === at || text.charCodeAt(colon) !== COLON) return 400
    const name = text.slice(at, colon).toLowerCase()
    let from = colon + 1
    while (isBlank(text.charCodeAt(from))) from++
    let to = from
    while (VALUE[text.charCodeAt(to)] === 1) to++
    if (text.charCodeAt(to) !== CR || text.charCodeAt(to + 1) !== LF) return 400
    at = to + 2
    while (to > from && isBlank(text.charCodeAt(to - 1))) {
      // Some readers leave a tab there, and see no length or no coding that they know.
      if (text.charCodeAt(to - 1) === TAB && FRAMING.test(name)) return 400
      to--
    }
    if (lines.length === most * 2) return 431
    lines.push(name, text.slice(from, to))
  }
  return lines
}

function afterToken(text: string, at: number): number {
  while (TOKEN[text.charCodeAt(at)] === 1) at++
  return at
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

function understand(
  method: string,
  target: string,
  minor: number,
  lines: string[],
): Parsed | Refusal {
  let hosts = 0
  let host = ''
  let contentLength: string | undefined
  let transferEncoding: string | undefined
  let connection = ''
  let expect: string | undefined
  for (let i = 0; i < lines.length; i += 2) {
    const value = lines[i + 1]!
    switch (lines[i]) {
      case 'host':
        hosts++
        host = value
        break
      case 'content-length':
        // Equal values may be merged (RFC 9112 section 6.3), but no sound client sends two.
        if (contentLength !== undefined) return 400
        contentLength = value
        break
      case 'transfer-encoding':
        transferEncoding = transferEncoding === undefined ? value : `${transferEncoding},${value}`
        break
      case 'connection':
        connection += `,${value.toLowerCase()}`
        break
      case 'expect':
        expect = value
        break
    }
  }
  if (hosts > 1 || (hosts === 0 && minor === 1)) return 400
  if (host !== '' && !isAuthority(host)) return 400
  if (!isTarget(method, target)) return 400
  // It has no path and asks for a tunnel, which is nothing a site has.
  if (method === 'CONNECT') return 501

  let length = 0
  if (transferEncoding !== undefined) {
    // RFC 9112 section 6.1: both together, or a coding in HTTP/1.0, are how requests are smuggled.
    if (contentLength !== undefined || minor === 0) return 400
    if (transferEncoding.toLowerCase() !== 'chunked') return refuseCoding(transferEncoding)
    length = CHUNKED
  } else if (contentLength !== undefined) {
    if (!/^\d{1,15}$/.test(contentLength)) return 400
    length = Number(contentLength)
  }
  if (expect !== undefined && minor === 1 && expect.toLowerCase() !== '100-continue') return 417

  const options = connection === '' ? [] : connection.split(',').map(option => option.trim())
  const fields = new Fields(lines)
  return {
    method,
    target,
    minor,
    fields,
    length,
    keepAlive: !options.includes('close') && (minor === 1 || options.includes('keep-alive')),
    expect: expect !== undefined && minor === 1,
    upgrade: minor === 1 && options.includes('upgrade') ? fields.get('upgrade') : null,
    key: null,
  }
}

/** A coding before `chunked` is one that is not known here; what does not end in it has no end. */
function refuseCoding(value: string): 400 | 501 {
  const codings = value.split(',').map(coding => coding.trim().toLowerCase())
  const isChunkedOnce = codings.indexOf('chunked') === codings.length - 1
  return isChunkedOnce && codings.every(coding => /^[\w!#$%&'*+.^`|~-]+$/.test(coding)) ? 501 : 400
}

/** RFC 9112 section 3.2: which form of target belongs to which method. */
export function isTarget(method: string, target: string): boolean {
  if (method === 'CONNECT') return isAuthority(target)
  if (target.charCodeAt(0) === 47) return true
  if (target === '*') return method === 'OPTIONS'
  const absolute = /^https?:\/\/([^/?]*)/i.exec(target)
  return absolute !== null && absolute[1] !== '' && isAuthority(absolute[1]!)
}
