// Numbers, big integers and booleans: their functions and methods, and Math.

import { boxed, pure } from './call.ts'
import { localized } from './locale.ts'
import { CONSTANTS, define } from './registry.ts'
import { allArguments } from '../machine/args.ts'
import { BIG, BOOL, NUM, STR, tainted } from '../value.ts'

for (const name of ['PI', 'E', 'LN2', 'LN10', 'LOG2E', 'LOG10E', 'SQRT2', 'SQRT1_2'])
  CONSTANTS.set(`Math.${name}`, NUM)
for (const name of [
  'MAX_SAFE_INTEGER',
  'MIN_SAFE_INTEGER',
  'MAX_VALUE',
  'MIN_VALUE',
  'EPSILON',
  'NaN',
  'POSITIVE_INFINITY',
  'NEGATIVE_INFINITY',
])
  CONSTANTS.set(`Number.${name}`, NUM)
define(
  'Math: abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p log2 max min pow round sign sin sinh sqrt tan tanh trunc',
  pure(NUM, 'number', false),
)
define('Number: isFinite isInteger isNaN isSafeInteger', pure(BOOL, 'number', false))
define('Number: parseFloat parseInt', pure(NUM, 'string', false))
define(': parseFloat parseInt', pure(NUM, 'string', false))
define(': Number', boxed(pure(NUM, 'number', false)))
define(': isFinite isNaN', pure(BOOL, 'number', false))
define(': BigInt', pure(BIG, 'number', false))
define('BigInt: asIntN asUintN', pure(BIG, 'number', false))
define(
  ': Boolean',
  boxed(call => tainted(BOOL, allArguments(call.args).taint)),
)
define('Number.prototype: toFixed toPrecision toExponential toString', pure(STR, 'string'))
define('Number.prototype: valueOf', pure(NUM, 'number'))
define('BigInt.prototype: toString', pure(STR, 'string'))
define('BigInt.prototype: valueOf', pure(BIG, 'number'))
define('Boolean.prototype: toString', pure(STR, 'string'))
define('Boolean.prototype: valueOf', pure(BOOL, 'number'))
define('Number.prototype: toLocaleString', call => localized(call, 0, false))
define('BigInt.prototype: toLocaleString', call => localized(call, 0, false))
