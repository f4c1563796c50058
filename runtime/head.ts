// A response's status and fields <-> the bytes of its head on the wire, and the one rule for which
// fields a stored response has. The build writes with it; serving reads, and writes 304 and 206.

import type { Encoding } from './artifact.ts'
import { linkTo } from './dictionary.ts'

/** What stands for the date until a host puts in the real one: 29 bytes, as every IMF-fixdate. */
export const DATE_PLACEHOLDER = 'Thu, 01 Jan 1970 00:00:00 GMT'

/** Default for what has to be asked for again each time, cheaply. */
export const REVALIDATED = 'public, max-age=0, must-revalidate'

/** For files whose name changes with their content. */
export const IMMUTABLE = 'public, max-age=31536000, immutable'

const REASONS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a Teapot",
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  511: 'Network Authentication Required',
}

/** RFC 9110 section 15; empty for a status that has no name there, which RFC 9112 allows. */
export function reasonPhrase(status: number): string {
  return REASONS[status] ?? ''
}

/** Status line, `Date` with its placeholder, `fields` in their order, the empty line. */
export function writeHead(status: number, fields: [string, string][]): Uint8Array {
  let text = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nDate: ${DATE_PLACEHOLDER}\r\n`
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`
  text += '\r\n'
  // Field values are bytes, which Fetch shows as one character each.
  const head = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) head[i] = text.charCodeAt(i)
  return head
}

/** Where the 29 bytes of the date begin. */
export function dateOffset(head: Uint8Array): number {
  return head.indexOf(10) + 1 + 'Date: '.length
}

/** The fields of a head, without `Date`. */
export function readFields(head: Uint8Array): [string, string][] {
  let text = ''
  // In pieces: a call takes only so many arguments.
  for (let i = 0; i < head.length; i += 4096)
    text += String.fromCharCode(...head.subarray(i, i + 4096))
  const fields: [string, string][] = []
  for (const line of text.split('\r\n').slice(2)) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.push([line.slice(0, colon), line.slice(colon + 2)])
  }
  return fields
}

/** A stored response, as far as its fields depend on it. */
export interface Stored {
  status: number
  /** What the handler set: lower-case names, any order. */
  headers: [string, string][]
  encoding: Encoding
  /** The fields of a request that choose among its encodings. */
  varies: readonly string[]
  /** Path of a dictionary that a client does well to fetch. */
  dictionary?: string | undefined
  /** With its quotes. */
  etag: string
  /** Unix seconds; 0 where unknown. */
  lastModified: number
  /** Of the encoded body, in bytes. */
  length: number
  /** Whether byte ranges are served. */
  ranges?: boolean
  /** Where the handler set none; `REVALIDATED` by default. */
  cacheControl?: string
}

/**
 * The fields of a stored response in their order on the wire, without Date. A value of the handler's
 * own goes before a default; framing is never the handler's.
 */
export function staticFields(stored: Stored): [string, string][] {
  const own = new Map<string, string[]>()
  for (const [name, value] of stored.headers) own.set(name, [...(own.get(name) ?? []), value])
  const take = (name: string): string | undefined => {
    const values = own.get(name)
    own.delete(name)
    return values?.join(', ')
  }
  for (const name of FRAMING) own.delete(name)
  take('etag')
  if (stored.ranges) take('accept-ranges')
  const type = take('content-type')
  const ownEncoding = take('content-encoding')
  const encoding = stored.encoding === 'identity' ? ownEncoding : stored.encoding
  const vary = varyOf(take('vary'), stored.varies)
  const lastModified =
    take('last-modified') ?? (stored.lastModified > 0 ? httpDate(stored.lastModified) : undefined)
  const cacheControl = take('cache-control') ?? stored.cacheControl ?? REVALIDATED

  const fields: [string, string][] = []
  if (type) fields.push(['Content-Type', type])
  // RFC 9110 section 8.6: a 204 must not have it, and that of a 304 would speak of a 200.
  if (stored.status !== 204 && stored.status !== 304)
    fields.push(['Content-Length', String(stored.length)])
  if (encoding) fields.push(['Content-Encoding', encoding])
  if (vary) fields.push(['Vary', vary])
  fields.push(['ETag', stored.etag])
  if (lastModified) fields.push(['Last-Modified', lastModified])
  fields.push(['Cache-Control', cacheControl])
  if (stored.ranges) fields.push(['Accept-Ranges', 'bytes'])
  for (const [name, values] of own) for (const value of values) fields.push([name, value])
  if (stored.dictionary) fields.push(['Link', linkTo(stored.dictionary)])
  return fields
}

/**
 * Bytes from which a route's response is served in parts too: below, a part saves a client less than
 * the round trip costs that asks for it.
 */
const RANGED = 65_536

/** Whether byte ranges of a route's response are served; a handler that speaks of ranges has its own. */
export function hasRanges(status: number, headers: [string, string][], length: number): boolean {
  return status === 200 && length >= RANGED && !headers.some(([name]) => name === 'accept-ranges')
}

/** Set by the host, or meaningful for one connection only (RFC 9110 section 7.6.1). */
const FRAMING = [
  'content-length',
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'proxy-connection',
]

/**
 * The entity tag of one representation, from the SHA-256 of its encoded bytes.
 * @param own The handler's, kept where it is well-formed; every encoding needs one of its own.
 */
export async function etagOf(body: Uint8Array, encoding: Encoding, own?: string): Promise<string> {
  if (own && /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(own))
    return `${own.slice(0, -1)}${suffixOf(encoding)}"`
  const digest = await crypto.subtle.digest('SHA-256', body as Uint8Array<ArrayBuffer>)
  return tagOf(new Uint8Array(digest), encoding)
}

/** The same from the SHA-256 itself. */
export function tagOf(digest: Uint8Array, encoding: Encoding): string {
  const text = btoa(String.fromCharCode(...digest.subarray(0, 12)))
  return `"${text.replaceAll('+', '-').replaceAll('/', '_')}${suffixOf(encoding)}"`
}

function suffixOf(encoding: Encoding): string {
  return encoding === 'identity' ? '' : `-${encoding}`
}

/** Unix seconds as an IMF-fixdate (RFC 9110 section 5.6.7). */
export function httpDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString()
}

function varyOf(own: string | undefined, varies: readonly string[]): string | undefined {
  const names = own?.split(',').map(name => name.trim().toLowerCase()) ?? []
  if (names.includes('*')) return own
  const others = varies.filter(name => !names.includes(name.toLowerCase()))
  return [...(own ? [own] : []), ...others].join(', ') || undefined
}
