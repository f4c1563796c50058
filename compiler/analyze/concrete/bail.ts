// How a concrete run ends where it cannot be exact: with what it met and where.

import type { Site } from '../value.ts'

/**
 * `ambient`: what it met differs between requests, starts or machines; `state`: it changes what
 * outlives the call; `unsupported`: nothing is known, the abstract run has to tell.
 */
export type BailKind = 'ambient' | 'state' | 'unsupported'

/** Thrown through the code that is run, whose own `catch` never sees it. */
export class Bail {
  readonly kind: BailKind
  readonly message: string
  /** Where, and from where that was called, outermost first. */
  readonly chain: readonly Site[]

  constructor(kind: BailKind, message: string, chain: readonly Site[]) {
    this.kind = kind
    this.message = message
    this.chain = chain
  }
}
