// What a connection has to say -> writes on its wire: answers that are ready together go out
// together. Nothing is held back longer than the call that made it.

import { fromLatin1, Scratch, SPARE, utf8, writeAscii, writeUtf8 } from './bytes.ts'
import type { Reply } from '../app.ts'
import type { FilePart } from '../disk.ts'
import { type Form, headWith } from './form.ts'
import type { Steady, Wire } from './wire.ts'

/** Shared by all connections: it is empty whenever none of them is corked. */
const shared = new Scratch(65_536)
const scratch = shared.bytes
let owner: Output | null = null

export class Output {
  readonly #wire: Wire
  #corked = false
  /** In `scratch`. */
  #used = 0
  /** The first answer, as long as it is the only one. */
  #single: Uint8Array | null = null
  #form: Form | null = null
  /** The client has to catch up. */
  blocked = false

  constructor(wire: Wire) {
    this.#wire = wire
  }

  /** Collects until `uncork`, which is to be called where this returns true. */
  cork(): boolean {
    if (owner !== null) return false
    owner = this
    this.#corked = true
    return true
  }

  uncork(): void {
    // Dropped meanwhile: somebody else may be collecting.
    if (!this.#corked) return
    this.flush()
    this.#corked = false
    owner = null
  }

  /** Forgets what was collected: the wire is gone, or has thrown, and others are to have their turn. */
  drop(): void {
    this.#used = 0
    this.#single = this.#form = null
    this.#corked = false
    if (owner === this) owner = null
  }

  /** A prebuilt answer. */
  form(form: Form, date: string): void {
    const bytes = form.dated(date)
    if (form.rest === null && this.#corked) {
      if (this.#used === 0 && this.#single === null) {
        this.#single = bytes
        this.#form = form
      } else this.#append(bytes)
      return
    }
    this.flush()
    this.#writeForm(form, bytes)
    if (form.rest !== null) this.#write(form.rest, true)
  }

  /** A prebuilt answer `count` times in one write; false where that cannot be, and nothing was done. */
  forms(form: Form, date: string, count: number): boolean {
    const bytes = form.dated(date)
    const size = bytes.length
    const total = size * count
    if (form.rest !== null || total > scratch.length || !this.cork()) return false
    scratch.set(bytes)
    // Each copy as long as all before it.
    for (let used = size; used < total; used *= 2)
      scratch.copyWithin(used, 0, Math.min(used, total - used))
    this.#used = total
    this.uncork()
    return true
  }

  /** A prebuilt answer with a field that only this connection needs. */
  once(reply: Reply, date: string, field: string): void {
    this.bytes(headWith(reply, date, field))
    if (reply.body !== null) this.bytes(reply.body)
  }

  /** Bytes that nobody changes. */
  bytes(bytes: Uint8Array): void {
    if (!this.#corked) this.#write(bytes, true)
    else if (this.#used === 0 && this.#single === null) this.#single = bytes
    else this.#append(bytes)
  }

  /** A head, one character a byte, and its body, which has `size` bytes in UTF-8. */
  answer(head: string, body: string, size: number): void {
    const length = head.length + size
    if (!this.#corked || length > scratch.length) {
      const bytes = new Uint8Array(length)
      write(head, body, bytes, length)
      this.bytes(bytes)
      return
    }
    this.#take()
    if (this.#used + length > scratch.length) this.flush()
    const end = this.#used + length
    write(head, body, this.#used === 0 ? scratch : scratch.subarray(this.#used), length)
    this.#used = end
  }

  /**
   * A head up to the value of Content-Length, and its body; false where that is not ASCII, or too
   * long, and nothing was done.
   */
  usual(head: Uint8Array, body: string): boolean {
    const { length } = body
    if (head.length + length + ROOM > scratch.length) return false
    const isCork = this.cork()
    if (!this.#corked) return false
    this.#take()
    if (this.#used + head.length + length + ROOM > scratch.length) this.flush()
    scratch.set(head, this.#used)
    const from = writeLength(length, this.#used + head.length)
    const isDone = writeAscii(body, scratch, from)
    if (isDone) this.#used = from + length
    if (isCork) this.uncork()
    return isDone
  }

  /** Part of a file, by a wire that takes one. */
  file(part: FilePart): void {
    this.flush()
    if (!this.#wire.writeFile!(part)) this.blocked = true
  }

  #append(bytes: Uint8Array): void {
    this.#take()
    if (this.#used + bytes.length > scratch.length) this.flush()
    if (bytes.length > scratch.length) {
      this.#write(bytes, true)
      return
    }
    scratch.set(bytes, this.#used)
    this.#used += bytes.length
  }

  /** Moves a single answer to where others can follow it. */
  #take(): void {
    const single = this.#single
    if (single === null) return
    this.#single = this.#form = null
    if (single.length > scratch.length) this.#write(single, true)
    else {
      scratch.set(single)
      this.#used = single.length
    }
  }

  /** Writes what was collected. */
  flush(): void {
    const single = this.#single
    if (single !== null) {
      const form = this.#form
      this.#single = this.#form = null
      if (form === null) this.#write(single, true)
      else this.#writeForm(form, single)
    } else if (this.#used > 0) {
      const used = this.#used
      this.#used = 0
      this.#write(shared.first(used), false, shared)
    }
  }

  #writeForm(form: Form, bytes: Uint8Array): void {
    if (!this.#write(bytes, true, form) || this.#wire.keeps) form.held = true
  }

  #write(bytes: Uint8Array, lasting: boolean, from?: Steady): boolean {
    const isSent = this.#wire.write(bytes, lasting, from)
    if (!isSent) this.blocked = true
    return isSent
  }
}

/** Digits of a length, the end of its line and of the head, and what `writeAscii` needs. */
const ROOM = 5 + 4 + SPARE

/** Puts a length below 65,536 at `at` of `scratch`, and ends the head; gives where the body goes. */
function writeLength(length: number, at: number): number {
  let end = at + 1
  for (let rest = length; rest > 9; rest = Math.trunc(rest / 10)) end++
  let rest = length
  for (let i = end - 1; i >= at; i--) {
    scratch[i] = 48 + (rest % 10)
    rest = Math.trunc(rest / 10)
  }
  scratch[end] = scratch[end + 2] = 13
  scratch[end + 1] = scratch[end + 3] = 10
  return end + 4
}

function write(head: string, body: string, into: Uint8Array, length: number): void {
  if (writeUtf8(head + body, into, length)) return
  // Field values may have bytes above 127, each of which came out as two.
  into.set(fromLatin1(head))
  into.set(utf8(body), head.length)
}
