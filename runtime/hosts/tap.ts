// A request body on platforms that can be told to read no more: opens now and then while nobody takes
// what came, since a socket that is not read does not say that its client has left.

import { LOOKED } from '../http1/gate.ts'
import { LIMITS } from '../http1/limits.ts'
import { Body, type Source } from '../light/body.ts'

/** Bytes that may wait before no more is let in for a look. */
const MOST = LOOKED * LIMITS.highWater

/** Milliseconds from one look to the next. */
const PAUSE = 1_000

export class Tap implements Source {
  readonly body: Body
  readonly #halt: (on: boolean) => void
  #look: NodeJS.Timeout | undefined

  /** `halt`: stops the body, or lets it go on; called also where that is so already, or over. */
  constructor(halt: (on: boolean) => void) {
    this.#halt = halt
    this.body = new Body(this, LIMITS)
  }

  enough(): void {
    this.#halt(true)
    clearTimeout(this.#look)
    if (this.body.waiting < MOST) this.#look = setTimeout(this.#halt, PAUSE, false)
  }

  wanted(): void {
    clearTimeout(this.#look)
    this.#halt(false)
  }
}
