// How far the machine follows code. Beyond it a verdict is dynamic; every limit is a count, so that the
// outcome is the same on every machine.

import { doubtful } from '../value.ts'

/** Deeper calls wait in the queue. */
export const MAX_DEPTH = 30
/** Builtins that call each other deeper than this are not followed. */
export const MAX_NESTING = 150
export const TOO_DEEP = 'nests data or calls more deeply than the compiler follows'
/** More steps than this in one context are not taken: a deterministic limit, about a second. */
export const MAX_STEPS = 500_000

/** What comes of code that is given up. */
export const GIVEN_UP = doubtful('does more than the compiler follows', { chunk: '', at: 0 })
