// Text: its functions and methods, and the global functions that make text of text.

import { arg, boxed, isCallable, pure } from './call.ts'
import { localized } from './locale.ts'
import { fresh, iteratorOf, listOf } from './make.ts'
import { matched, patternUsed } from './regexp.ts'
import { before, define } from './registry.ts'
import {
  BOOL,
  join,
  NUL,
  NUM,
  of,
  STR,
  STRING,
  strongerTaint,
  tainted,
  UNDEF,
  UNDEFINED,
  Value,
} from '../value.ts'

define(': String', boxed(pure(STR, 'string', false)))
define(
  ': encodeURIComponent encodeURI decodeURIComponent decodeURI escape unescape btoa atob',
  pure(STR, 'string', false),
)
define('String: fromCharCode fromCodePoint raw', pure(STR, 'deep', false))
define(
  'String.prototype: at charAt concat normalize padEnd padStart repeat slice substr substring toLowerCase toUpperCase toString trim trimEnd trimStart trimLeft trimRight valueOf toWellFormed anchor big bold link small sub sup',
  pure(join(STR, UNDEF)),
)
define(
  'String.prototype: charAt concat normalize padEnd padStart repeat slice substr substring toLowerCase toUpperCase toString trim trimEnd trimStart valueOf',
  pure(STR),
)
define('String.prototype: charCodeAt codePointAt indexOf lastIndexOf', pure(join(NUM, UNDEF)))
define('String.prototype: indexOf lastIndexOf charCodeAt', pure(NUM))
define('String.prototype: includes startsWith endsWith isWellFormed', pure(BOOL))
// Whether what they are given is an expression is asked of it (ECMA-262 section 7.2.8).
for (const name of ['includes', 'startsWith', 'endsWith'])
  before(`String.prototype.${name}`, call => {
    call.machine.read(call.frame, arg(call, 0), '@@match', call.site)
  })
define('String.prototype: toLocaleLowerCase toLocaleUpperCase', call => localized(call, 0, false))
define('String.prototype: localeCompare', call => tainted(NUM, localized(call, 1, false).taint))
define('String.prototype: split', call => {
  const taint = patternUsed(call)
  return tainted(listOf(call, tainted(STR, taint)), taint)
})
define('String.prototype: @@iterator', call => iteratorOf(call, STR))
define('String.prototype: search', call => tainted(NUM, patternUsed(call)))
define('String.prototype: match', call => {
  const taint = patternUsed(call)
  return join(tainted(matched(call), taint), NUL)
})
define('String.prototype: matchAll', call => {
  const taint = patternUsed(call)
  for (const token of arg(call, 0).tokens)
    if (token.kind === 'regexp') call.machine.read(call.frame, of(token), 'lastIndex', call.site)
  return tainted(iteratorOf(call, matched(call)), taint)
})
define('String.prototype: replace replaceAll', call => {
  let taint = patternUsed(call)
  const by = arg(call, 1)
  for (const token of by.tokens) {
    if (isCallable(token)) {
      // What matched, the groups (perhaps none), the place, the text, the named groups.
      const groups = fresh(call, 'data', 'groups')
      const given: Value = join(new Value(STRING | UNDEFINED), join(NUM, of(groups)))
      const { machine, frame, site } = call
      const out = machine.call(frame, of(token), UNDEF, { list: [STR], rest: given }, site)
      taint = strongerTaint(taint, machine.convert(frame, out, 'string', site))
    } else
      taint = strongerTaint(taint, call.machine.convert(call.frame, of(token), 'string', call.site))
  }
  if (by.doubt && call.frame.context.kind === 'call')
    call.machine.effect(call.frame, by.doubt.message, call.site)
  return tainted(STR, strongerTaint(taint, by.taint))
})
