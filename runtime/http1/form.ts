// A prebuilt answer in the form a socket takes: head and body in one piece where that is cheap, with
// a date that is at most a second old.

import type { App, Handler, Reply } from '../app.ts'
import { dateOffset } from '../head.ts'
import { copy, fromLatin1 } from './bytes.ts'
import type { Head } from './head.ts'
import { SECRETS } from './heads.ts'
import type { Asked } from './recent.ts'

/** Above this many bytes a copy of the body costs more than a second write. */
const JOINED = 65_536

export class Form {
  /** All of the answer, or its head. */
  bytes: Uint8Array
  /** What follows `bytes`. */
  readonly rest: Uint8Array | null
  /** Somebody may still read `bytes`: the next date goes into a copy. */
  held = false
  /** See `Steady` of wire.ts: of `bytes`. */
  address = 0
  readonly #dateAt: number
  #date = ''

  constructor(reply: Reply) {
    const { head, body } = reply
    this.#dateAt = dateOffset(head)
    this.rest = null
    if (body === null || body.length === 0) this.bytes = copy(head)
    else if (head.length + body.length <= JOINED) {
      this.bytes = new Uint8Array(head.length + body.length)
      this.bytes.set(head)
      this.bytes.set(body, head.length)
    } else {
      this.bytes = copy(head)
      this.rest = body
    }
  }

  /** Puts in the date; `date` is the same string for a second. */
  dated(date: string): Uint8Array {
    if (date !== this.#date) {
      if (this.held) {
        this.bytes = copy(this.bytes)
        this.address = 0
        this.held = false
      }
      for (let i = 0, at = this.#dateAt; i < 29; i++) this.bytes[at + i] = date.charCodeAt(i)
      this.#date = date
    }
    return this.bytes
  }
}

/** The form of a reply; the same one for each request that selects it. */
export function formOf(reply: Reply): Form {
  return (reply.host as Form | undefined) ?? ((reply.host = new Form(reply)) as Form)
}

/** What is stored for `asked`; undefined for nothing. */
export function replyFor(app: App, head: Head, asked: Asked): Reply | undefined {
  return asked.handler ? undefined : app.static(head.method, asked.target, head.fields)
}

/** That of what is stored for `asked`, kept with it where nothing can change it; undefined for none. */
export function formFor(app: App, head: Head, asked: Asked): Form | undefined {
  if (asked.form !== null && asked.key === head.key) return asked.form
  const reply = replyFor(app, head, asked)
  if (reply === undefined) return undefined
  const form = formOf(reply)
  if (reply.isLasting) {
    head.key ??= keyOf(head)
    asked.key = head.key
    asked.form = form
  }
  return form
}

/** What answers requests for a target that nothing is stored for. */
export function handlerFor(app: App, asked: Asked): Handler {
  const handler = asked.handler === undefined ? app.handler(asked.target) : asked.handler
  asked.handler = handler
  return handler ?? ((request, env, ctx) => app.fetch(request, env, ctx, asked.target))
}

/** By what heads say; few say anything but what nearly all do. */
const keys = new Map<string, object>()
const KEYS = 256
/** Characters; who says more gets a key that is nobody else's. */
const LONGEST_KEY = 2048

/**
 * The same for heads that say the same, but for what makes no difference to what is stored: most want the
 * whole in the best coding, and clients differ in their cookies.
 */
function keyOf({ method, fields }: Head): object {
  const { wishes } = fields
  if (method === 'GET' && wishes?.isPlain && wishes.dictionary === null) return wishes.accepted
  let said = method
  for (let i = 0; i < fields.lines.length; i += 2) {
    const name = fields.lines[i]!
    if (!SECRETS.includes(name)) said += `\n${name}:${fields.lines[i + 1]}`
  }
  if (said.length > LONGEST_KEY) return fields
  const known = keys.get(said)
  if (known !== undefined) return known
  if (keys.size === KEYS) keys.clear()
  // Not the fields, which have what only one client says.
  const key = {}
  keys.set(said, key)
  return key
}

/** The head of a reply with one more field, for connections that end or that speak HTTP/1.0. */
export function headWith(reply: Reply, date: string, field: string): Uint8Array {
  const { head } = reply
  const at = dateOffset(head)
  const more = fromLatin1(`${date}\r\n${field}\r\n`)
  const bytes = new Uint8Array(head.length - 31 + more.length)
  bytes.set(head.subarray(0, at))
  bytes.set(more, at)
  bytes.set(head.subarray(at + 31), at + more.length)
  return bytes
}
