// The fields of a request as a host read them: what negotiation asks and what a handler sees.

import type { HeaderSource, Wishes } from '../static.ts'
import type { FieldSource } from './headers.ts'

/** Field lines in their order: name in lower case, value, name, value. */
export class Fields implements HeaderSource, FieldSource {
  readonly lines: string[]
  wishes: Wishes | null = null
  readonly #byName = new Map<string, string>()

  constructor(lines: string[]) {
    this.lines = lines
    for (let i = 0; i < lines.length; i += 2) {
      const name = lines[i]!
      const known = this.#byName.get(name)
      // RFC 6265 section 5.4 and Fetch: cookies are pairs between semicolons.
      const between = name === 'cookie' ? '; ' : ', '
      this.#byName.set(name, known === undefined ? lines[i + 1]! : known + between + lines[i + 1]!)
    }
  }

  get(name: string): string | null {
    return this.#byName.get(name) ?? null
  }

  /** Names and combined values, in the order of Fetch: by name. */
  sorted(): [string, string][] {
    return [...this.#byName].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  each(callback: (value: string, name: string) => void): void {
    for (const [name, value] of this.sorted()) callback(value, name)
  }
}
