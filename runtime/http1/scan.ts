// Bytes of a connection between two requests -> the next head, whole, or that more is needed, or the
// status that refuses what cannot become one.

import { latin1 } from './bytes.ts'
import type { Limits } from './limits.ts'

export interface Scanned {
  /** Where it starts, empty lines before it left out. */
  start: number
  /** The head with its empty line, one character a byte; null where more is needed. */
  text: string | null
  /** 0, or the status that refuses it. */
  status: 0 | 400 | 414 | 431
}

const CR = 13
const LF = 10
/** What no head can have, whatever follows: a lone CR or LF, or a control character. */
const BROKEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?:^|[^\r])\n|\r[^\n]/

export function scanHead(bytes: Uint8Array, at: number, end: number, limits: Limits): Scanned {
  // A recipient should ignore an empty line before the request line (RFC 9112 section 2.2).
  let start = at
  while (bytes[start] === CR && bytes[start + 1] === LF && start - at < limits.headSize) start += 2
  if (start === end || (bytes[start] === CR && start + 1 === end))
    return { start, text: null, status: 0 }
  const text = latin1(bytes, start, Math.min(end, start + limits.headSize))
  const empty = text.indexOf('\r\n\r\n')
  if (empty >= 0) return { start, text: text.slice(0, empty + 4), status: 0 }
  const isFull = text.length === limits.headSize
  if (isFull) return { start, text: null, status: text.includes('\r\n') ? 431 : 414 }
  // Not to wait for the end of what cannot be right.
  return { start, text: null, status: BROKEN.test(text) ? 400 : 0 }
}
