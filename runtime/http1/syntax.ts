// The character classes of RFC 9110 section 5.6 and RFC 9112, as tables by byte.

function table(isIn: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (isIn(code) ? 1 : 0))
}

const MARKS = "!#$%&'*+-.^_`|~"

export const TOKEN = table(
  code =>
    /[0-9A-Za-z]/.test(String.fromCharCode(code)) || MARKS.includes(String.fromCharCode(code)),
)

/** field-vchar, space and tab. */
export const VALUE = table(code => code === 9 || (code >= 32 && code !== 127))

/**
 * What a request target may hold. More than RFC 3986 has, since browsers leave `|`, `{`, `"` and the
 * like as they are; no `#`, which would make two readers see two paths.
 */
export const TARGET = table(code => code > 32 && code < 127 && code !== 35)

/** Value of a hexadecimal digit, 255 for what is none. */
export const HEX = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(value) ? 255 : value
})
