// The head of any Response on the wire, and those that make a connection leave HTTP.

import { reasonPhrase } from '../head.ts'
import { readFields } from '../hosts/body.ts'
import { fromLatin1, latin1 } from './bytes.ts'
import { KeptResponse } from '../light/response.ts'

/** A response's head up to where the framing fields go. */
export interface ResponseHead {
  readonly text: string
  /** What Content-Length says, where it says something. */
  readonly length: number | undefined
  /** The handler wants the connection to end. */
  readonly close: boolean
  /** All of the head up to the length of a body, where many responses have the same. */
  readonly bytes?: Uint8Array
}

/** That of all responses with the same few fields, for as long as the date is the same. */
interface UsualHead extends ResponseHead {
  readonly status: number
  readonly date: string
}

export function responseHead(response: Response, date: string): ResponseHead {
  const usual = KeptResponse.usual(response)
  if (usual === null) return headOf(response, date)
  const { status } = response
  const known = usual.host as UsualHead | undefined
  if (known !== undefined && known.status === status && known.date === date) return known
  const made = headOf(response, date)
  const bytes = fromLatin1(`${made.text}Content-Length: `)
  // One piece of memory: what was put together would be put together again each time it is written.
  const text = latin1(bytes, 0, made.text.length)
  usual.host = { ...made, text, bytes, status, date } satisfies UsualHead
  return made
}

function headOf(response: Response, date: string): ResponseHead {
  const { flat, length, close } = readFields(response)
  let text = ''
  let ownDate = date
  for (let i = 0; i < flat.length; i += 2) {
    if (flat[i] === 'date') ownDate = flat[i + 1]!
    else text += `${flat[i]}: ${flat[i + 1]}\r\n`
  }
  return { text: `${statusLine(response.status)}Date: ${ownDate}\r\n${text}`, length, close }
}

const lines: string[] = []

function statusLine(status: number): string {
  return (lines[status] ??= `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`)
}

/** 101 with the fields of the response as they are. */
export function switchHead(response: Response): string {
  let text = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n'
  response.headers.forEach((value, name) => {
    if (name !== 'connection') text += `${name}: ${value}\r\n`
  })
  return `${text}\r\n`
}
