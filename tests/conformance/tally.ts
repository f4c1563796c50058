// How many cases of each rule were asked of a server, and how many held.

import type { RuleId } from './rules.ts'

export interface Count {
  asked: number
  held: number
}

export class Tally {
  private readonly counts = new Map<string, Count>()

  /** The count of a rule for a server; live, so that it may be read when all is done. */
  of(server: string, rule: RuleId): Count {
    const key = `${server} ${rule}`
    let count = this.counts.get(key)
    if (!count) {
      count = { asked: 0, held: 0 }
      this.counts.set(key, count)
    }
    return count
  }

  asked(server: string, rule: RuleId): void {
    this.of(server, rule).asked++
  }

  held(server: string, rule: RuleId): void {
    this.of(server, rule).held++
  }
}
