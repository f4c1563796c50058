// Symbol.

import { pure } from './call.ts'
import { define, NAMESPACES } from './registry.ts'
import { STR, SYM } from '../value.ts'

define(': Symbol', pure(SYM, 'string', false))
define('Symbol: for', pure(SYM, 'string', false))
for (const name of [
  'iterator',
  'asyncIterator',
  'toPrimitive',
  'toStringTag',
  'hasInstance',
  'species',
  'isConcatSpreadable',
  'split',
  'match',
  'matchAll',
  'replace',
  'search',
  'unscopables',
  'dispose',
  'asyncDispose',
])
  NAMESPACES.add(`Symbol.${name}`)

define('Symbol.prototype: toString description', pure(STR, 'number'))
