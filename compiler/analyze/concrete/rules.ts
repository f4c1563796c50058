// Which builtins a concrete run may call, and what kind each is of. An allow-list: what is not on it
// ends the run before it is called.

import type { BailKind } from './bail.ts'
import { PATHS } from './realm.ts'

/**
 * `text`: makes text or numbers of what it gets. `look`: looks at what it gets, may call what it is
 * given. `change`: changes the object it is called on. `own`: has a rule of its own.
 */
export type Rule = 'text' | 'look' | 'change' | 'own'

const RULES = new Map<string, Rule>()

function allow(rule: Rule, lists: string[]): void {
  for (const list of lists) {
    const colon = list.indexOf(': ')
    const owner = list.slice(0, Math.max(colon, 0))
    for (const name of list.slice(colon + 2).split(' '))
      RULES.set(owner ? `${owner}.${name}` : name, rule)
  }
}

allow('text', [
  // What engines round in their own way is left to the abstract run.
  'Math: abs ceil clz32 floor fround imul max min round sign sqrt trunc',
  'Number: isFinite isInteger isNaN isSafeInteger parseFloat parseInt',
  ': parseFloat parseInt isFinite isNaN encodeURIComponent encodeURI decodeURIComponent decodeURI escape unescape',
  'String: fromCharCode fromCodePoint',
  'Number.prototype: toFixed toPrecision toExponential toString valueOf',
  'BigInt.prototype: toString valueOf',
  'Boolean.prototype: toString valueOf',
  'String.prototype: at charAt charCodeAt codePointAt concat endsWith includes indexOf isWellFormed lastIndexOf normalize slice startsWith substr substring toLowerCase toString toUpperCase toWellFormed trim trimEnd trimStart valueOf @@iterator',
  'Symbol.prototype: toString valueOf',
  'Symbol: for keyFor',
  'Date: UTC',
  'Date.prototype: getTime valueOf getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds toISOString toJSON toUTCString',
  'RegExp.prototype: toString',
  'Error.prototype: toString',
])

allow('look', [
  'Array: isArray of from',
  'Array.prototype: at concat entries every filter find findIndex findLast findLastIndex flat flatMap forEach includes indexOf keys lastIndexOf map reduce reduceRight slice some toReversed toSpliced values with',
  'Uint8Array.prototype: at every filter find findIndex forEach includes indexOf map reduce slice some values keys entries',
  'Object: is keys values entries fromEntries isFrozen isSealed isExtensible getOwnPropertyNames getOwnPropertySymbols hasOwn getPrototypeOf getOwnPropertyDescriptor getOwnPropertyDescriptors',
  'Object.prototype: hasOwnProperty propertyIsEnumerable isPrototypeOf valueOf toString',
  'Reflect: ownKeys getPrototypeOf getOwnPropertyDescriptor isExtensible',
  'Map.prototype: get has keys values entries forEach',
  'Set.prototype: has keys values entries forEach',
  'Generator.prototype: next',
  'Iterator.prototype: @@iterator',
  'ArrayBuffer: isView',
])

allow('change', [
  'Array.prototype: copyWithin fill pop push reverse shift splice unshift',
  'Map.prototype: set delete clear',
  'Set.prototype: add delete clear',
  'Date.prototype: setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds',
])

allow('own', [
  ': Object Function Array Number Boolean String Symbol BigInt Map Set WeakMap WeakSet RegExp Date',
  ': Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError',
  ': Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float64Array Float32Array',
  'Array.prototype: join toString sort toSorted',
  'String: raw',
  'String.prototype: match matchAll replace replaceAll search split padStart padEnd repeat',
  'RegExp.prototype: exec test',
  'Object: assign create defineProperty defineProperties freeze seal preventExtensions setPrototypeOf',
  'Reflect: get set has apply construct defineProperty deleteProperty',
  'Function.prototype: call apply bind @@hasInstance',
  'WeakMap.prototype: get set has delete',
  'WeakSet.prototype: add has delete',
  'JSON: parse stringify',
  'Math: pow',
  'Error: captureStackTrace',
  'Date: parse',
])

const LOCAL =
  /^Date\.prototype\.(get|set)(Date|Day|FullYear|Hours|Milliseconds|Minutes|Month|Seconds|Year|TimezoneOffset)$/

/** What differs each time, in words. */
function ambient(path: string): string | null {
  if (path === 'Date.now') return 'reads the clock: Date.now()'
  if (path === 'Math.random') return 'draws a random number: Math.random()'
  if (LOCAL.test(path)) return `uses the machine's time zone: ${path.split('.').at(-1)}()`
  if (/^Date\.prototype\.to(String|DateString|TimeString)$/.test(path))
    return 'shows a date in the local time zone'
  return null
}

/** What a builtin may do; null for one that may not be called. */
export function ruleOf(path: string): Rule | null {
  return RULES.get(path) ?? null
}

/** Why a builtin may not even be held; null where it may. */
export function mayHold(value: unknown, full: string): { kind: BailKind; message: string } | null {
  if (typeof value !== 'function') return null
  const path = PATHS.get(value)
  if (path === undefined) return { kind: 'unsupported', message: `uses ${full}` }
  const differs = ambient(path)
  if (differs) return { kind: 'ambient', message: differs }
  // Classes are held to ask what something is.
  if (RULES.has(path) || /^[A-Z]\w+(\.prototype)?$/.test(path)) return null
  return { kind: 'unsupported', message: `uses ${path}` }
}
