// All connections of one server: how many there may be, what time it is, which of them have taken too
// long, and what they said lately. One timer for all, of a second, so that no request starts one.

import { type Limits, LIMITS } from './limits.ts'
import { Recent } from './recent.ts'

/** Whatever has a time by which it must have moved on. */
export interface Member {
  /** Second, by `Pool.now`, at which `expire` is due; `Infinity` for none. */
  deadline: number
  expire(): void
  /** The server stops: end as soon as nothing is owed. */
  retire(): void
}

export class Pool {
  readonly limits: Limits
  readonly recent = new Recent()
  readonly #members = new Set<Member>()
  readonly #timer: ReturnType<typeof setInterval>
  #onEmpty: (() => void) | undefined
  /** Seconds since some start; moves while the event loop does. */
  now = 0
  /** Value of Date. */
  date = ''
  /** The server takes no more requests than those that have begun. */
  stopping = false

  constructor(limits: Partial<Limits> = {}) {
    this.limits = { ...LIMITS, ...limits }
    this.date = new Date().toUTCString()
    this.#timer = setInterval(() => this.tick(), 1000)
    this.#timer.unref?.()
  }

  /** False where there are too many already. */
  add(member: Member): boolean {
    if (this.stopping || this.#members.size >= this.limits.connections) return false
    this.#members.add(member)
    return true
  }

  remove(member: Member): void {
    this.#members.delete(member)
    if (this.#members.size === 0) this.#onEmpty?.()
  }

  get size(): number {
    return this.#members.size
  }

  /** A second has passed. */
  tick(): void {
    this.now++
    this.date = new Date().toUTCString()
    for (const member of this.#members) if (member.deadline <= this.now) member.expire()
  }

  /** Resolves once the last connection is gone. */
  stop(): Promise<void> {
    this.stopping = true
    return new Promise(resolve => {
      this.#onEmpty = () => {
        clearInterval(this.#timer)
        resolve()
      }
      for (const member of [...this.#members]) member.retire()
      if (this.#members.size === 0) this.#onEmpty()
    })
  }
}
