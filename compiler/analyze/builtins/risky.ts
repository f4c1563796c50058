// Members that every object inherits, chosen by a key that is not known: which of their own members lead
// on to code.

import type { Token } from '../value.ts'

/** What functions and prototypes have that leads further than to `undefined`. */
const RISKY = new Set(
  (
    'constructor __proto__ prototype call apply bind toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable name length caller arguments ' +
    '__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ then toJSON ' +
    'assign create defineProperties defineProperty entries freeze fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf groupBy hasOwn is isExtensible isFrozen isSealed keys preventExtensions seal setPrototypeOf values ' +
    'from fromAsync isArray of push pop shift unshift splice sort reverse fill copyWithin raw fromCharCode fromCodePoint'
  ).split(' '),
)
/** What lists and text have, and plain objects have not. */
const OF_LISTS = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin concat join slice map filter raw of'.split(
    ' ',
  ),
)

/** Whether some inherited member has a member `key` that leads on. */
export function isRisky(token: Token, key: string): boolean {
  return RISKY.has(key) && !(token.path === 'Object' && OF_LISTS.has(key))
}
