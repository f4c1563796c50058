// Names of members: which are numbers, which a key that is no text stands for, and where what is written
// under a name that is not known is kept.

import { BOOLEAN, NULL, UNDEFINED, type Value } from '../value.ts'

/** A number, as a key. */
export function isIndex(key: string): boolean {
  return /^\d+$/.test(key) || /^-?(\d+(\.\d+)?(e[+-]?\d+)?|Infinity)$|^NaN$/.test(key)
}

/** The names that a key stands for which is no text: `list[done]` reads `true` or `false`. */
export function wordsOf(key: Value): string[] {
  const words: string[] = []
  if (key.bits & BOOLEAN) words.push('true', 'false')
  if (key.bits & NULL) words.push('null')
  if (key.bits & UNDEFINED) words.push('undefined')
  return words
}

/** Where what was written under an unknown key is kept: text and symbols never meet. */
export function anyOf(key: string): string {
  return key.startsWith('@') ? '@*' : '*'
}
