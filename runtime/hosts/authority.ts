// The authority of a request: the value of its Host field in, whether it can be one out (RFC 9112
// section 3.2 has a server answer 400 otherwise). Request URLs are built from it, so what is not a
// host and a port must not get that far.

/** RFC 3986 section 3.2.2 without percent-encoding, which no URL parser takes in a host either. */
const FORM = /^(?:[\w.~!$&'()*+,;=-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i

/** The last one that was sound: nearly each request names the same host. */
let last = 'localhost'

/** Several Host lines, which platforms join by a comma and a space, are refused too. */
export function isAuthority(value: string): boolean {
  if (value === last) return true
  if (!FORM.test(value) || !URL.canParse(`http://${value}/`)) return false
  last = value
  return true
}
