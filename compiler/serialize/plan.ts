// The sizes of all that is compressed -> what to spend on each. By sizes and their order alone, so
// that the same inputs give the same bytes on every machine.

import type { Effort } from '../compress.ts'
import type { ProjectConfig } from '../stages.ts'

/**
 * Bytes that get the best levels by default. Those take some 2 ms of a core for each KB, thirty times
 * what the usual ones take, and save a tenth: so a build spends two seconds on it and no more.
 */
const BUDGET = 1 << 20

/** What to spend on bodies of these lengths, in bytes; those that come first have the first claim. */
export function plan(lengths: number[], compression: ProjectConfig['compression']): Effort[] {
  let left = compression === 'best' ? Number.POSITIVE_INFINITY : BUDGET
  return lengths.map(length => {
    if (length > left) return 'usual'
    left -= length
    return 'best'
  })
}
