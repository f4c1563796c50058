// Intl.

import { ambient } from './ambient.ts'
import { arg, used } from './call.ts'
import { hasZone, isGiven } from './locale.ts'
import { fresh } from './make.ts'
import { define } from './registry.ts'
import { allArguments, NO_ARGS } from '../machine/args.ts'
import { NUM, of, STR, strongerTaint, tainted, UNDEFINED } from '../value.ts'

for (const name of [
  'DateTimeFormat',
  'NumberFormat',
  'PluralRules',
  'ListFormat',
  'RelativeTimeFormat',
  'Collator',
  'DisplayNames',
  'Segmenter',
]) {
  define(`Intl: ${name}`, call => {
    const made = fresh(call, 'intl')
    made.path = name
    const taint = used(call, 'json', false)
    if (!isGiven(arg(call, 0)))
      return ambient(
        { ...call, args: NO_ARGS },
        `uses the machine's locale: Intl.${name}()`,
        of(made),
      )
    if (name === 'DateTimeFormat' && !hasZone(call, arg(call, 1)))
      return ambient(
        { ...call, args: NO_ARGS },
        "uses the machine's time zone: Intl.DateTimeFormat()",
        of(made),
      )
    return tainted(of(made), taint)
  })
}
define('Intl.prototype: format select of', call => {
  const { machine, frame, site } = call
  // Without a date it takes the present one.
  const isDate = call.self.tokens.some(token => token.path === 'DateTimeFormat')
  const taint = machine.convert(frame, allArguments(call.args), 'json', site)
  if (
    isDate &&
    (call.args.list.length === 0 ||
      (arg(call, 0).bits & UNDEFINED &&
        arg(call, 0).tokens.length === 0 &&
        !(arg(call, 0).bits & 8)))
  )
    return ambient({ ...call, args: NO_ARGS }, 'reads the clock: format() of no date', STR)
  return tainted(STR, strongerTaint(taint, call.self.taint))
})
define('Intl.prototype: compare', call =>
  tainted(NUM, strongerTaint(used(call, 'string', false), call.self.taint)),
)
define('Intl.prototype: formatToParts formatRange segment', call => {
  const isDate = call.self.tokens.some(token => token.path === 'DateTimeFormat')
  if (isDate && call.args.list.length === 0)
    return ambient({ ...call, args: NO_ARGS }, 'reads the clock: format() of no date', STR)
  return tainted(of(fresh(call, 'data')), strongerTaint(used(call, 'json', false), call.self.taint))
})
