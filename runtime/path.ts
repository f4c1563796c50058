// A request target as it came on the wire -> the canonical form of its path, or a refusal. Callers
// look the raw path up first and come here only when that misses.
//
// Canonical: dot segments removed; each segment fully decoded, then encoded again with only the
// `pchar` of RFC 3986 section 3.3 left raw. So `/a%2Cb` and `/a,b` are one path, and `%2F` stays.

/** Where the query or fragment of a target begins, or its length. */
export function pathEnd(target: string): number {
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i)
    if (code === 63 /* ? */ || code === 35 /* # */) return i
  }
  return target.length
}

/** The query of a target, with its `?`; empty where it has none. */
export function queryOf(target: string): string {
  const start = pathEnd(target)
  if (target.charCodeAt(start) !== 63) return ''
  const end = target.indexOf('#', start)
  return end === -1 ? target.slice(start) : target.slice(start, end)
}

/**
 * The target in origin-form: without scheme and authority where it is in absolute-form (RFC 9112
 * section 3.2.2), `/` where that leaves nothing.
 */
export function originForm(target: string): string {
  if (target.charCodeAt(0) === 47 /* / */) return target
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/.exec(target)
  if (!scheme) return target
  const rest = target.slice(scheme[0].length)
  return rest.charCodeAt(0) === 47 ? rest : `/${rest}`
}

/**
 * The canonical path of a target, without query and fragment; null where it has to be refused with
 * 400: no path, an incomplete percent escape, or bytes that are not UTF-8.
 */
export function canonicalPath(target: string): string | null {
  if (CANONICAL.test(target)) return target
  const origin = originForm(target)
  if (origin.charCodeAt(0) !== 47) return null
  // The URL standard reads `\\` as `/`; otherwise hosts that hand on a parsed URL would differ.
  const path = origin.slice(0, pathEnd(origin)).replaceAll('\\', '/')
  if (PLAIN.test(path) && !path.includes('/.')) return path
  const out: string[] = []
  const segments = path.split('/')
  const last = segments.length - 1
  for (let i = 1; i <= last; i++) {
    const segment = canonicalSegment(segments[i]!)
    if (segment === null) return null
    // RFC 3986 section 5.2.4; after decoding, so that `%2e%2e` climbs no further than `..`.
    if (segment === '..') out.pop()
    else if (segment !== '.') {
      out.push(segment)
      continue
    }
    if (i === last) out.push('')
  }
  return `/${out.join('/')}`
}

/** One decoded segment as it stands in a canonical path. */
export function encodeSegment(decoded: string): string {
  if (!/[^A-Za-z0-9\-._~!$&'()*+,;=:@]/.test(decoded)) return decoded
  // What encodeURIComponent escapes and `pchar` allows.
  return encodeURIComponent(decoded).replace(/%(?:2[46BC]|3[ABD]|40)/g, decodeURIComponent)
}

/** One segment of a canonical path, decoded. */
export function decodeSegment(encoded: string): string {
  return encoded.includes('%') ? decodeURIComponent(encoded) : encoded
}

/** Nearly all targets without a query: one test costs less than the steps below. */
const CANONICAL = /^(?:\/(?!\.)[A-Za-z0-9\-._~!$&'()*+,;=:@]*)+$/

/** Characters that are canonical as they stand. */
const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/

function canonicalSegment(segment: string): string | null {
  if (PLAIN.test(segment)) return segment
  try {
    return encodeSegment(decodeURIComponent(segment))
  } catch {
    return null
  }
}
