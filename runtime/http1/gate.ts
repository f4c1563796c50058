// Whether a client may send: shut while what came is more than anybody takes. A socket that is not read
// does not say that its client has left, so what is shut is opened from time to time for a look.

import type { Wire } from './wire.ts'

/** What may wait before no more of it is let in by looks, in high waters. */
export const LOOKED = 4

export class Gate {
  readonly #wire: Wire
  isShut = false
  #isLooking = false

  constructor(wire: Wire) {
    this.#wire = wire
  }

  /** To be called with whatever comes: a look is over then. */
  passed(): void {
    this.#isLooking = false
  }

  set(isStuck: boolean): void {
    const isShut = isStuck && !this.#isLooking
    if (isShut === this.isShut) return
    this.isShut = isShut
    if (isShut) this.#wire.pause()
    else this.#wire.resume()
  }

  /** `waiting`: bytes that wait already. */
  mayLook(waiting: number, highWater: number): boolean {
    return this.isShut && waiting < LOOKED * highWater
  }

  /** Opens it until something comes. */
  look(): void {
    this.#isLooking = true
    this.set(true)
  }
}
