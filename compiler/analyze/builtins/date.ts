// Date: the clock and the machine's time zone apart, it depends on its arguments alone.

import { ambient } from './ambient.ts'
import { arg, callBack, changes, pure, used } from './call.ts'
import { contentTaint, put } from './contents.ts'
import { localized } from './locale.ts'
import { fresh } from './make.ts'
import { before, type Call, define } from './registry.ts'
import { NO_ARGS } from '../machine/args.ts'
import { BOTTOM, join, NUM, of, STR, tainted, UNDEFINED, Value } from '../value.ts'

define(': Date', call => {
  const { machine, frame, site } = call
  if (!call.options.construct)
    return ambient({ ...call, args: NO_ARGS }, 'reads the clock: Date()', STR)
  const made = fresh(call, 'date')
  const isEmpty = call.args.list.length === 0
  if (isEmpty) {
    if (call.args.rest !== BOTTOM) machine.convert(frame, call.args.rest, 'number', site)
    machine.init(
      made,
      '[]',
      ambient({ ...call, args: NO_ARGS }, 'reads the clock: new Date()', NUM),
    )
    return tainted(of(made), machine.get(frame, machine.prop(made, '[]')).taint)
  }
  const taint = used(call, 'number', false)
  if (call.args.list.length > 1) {
    machine.init(
      made,
      '[]',
      ambient(
        { ...call, args: NO_ARGS },
        "uses the machine's time zone: new Date(year, month, …)",
        NUM,
      ),
    )
    return tainted(of(made), machine.get(frame, machine.prop(made, '[]')).taint)
  }
  const first = arg(call, 0)
  if (
    first.bits & UNDEFINED &&
    !(first.bits & ~UNDEFINED) &&
    first.tokens.length + first.strings.length === 0
  )
    machine.convert(frame, first, 'number', site)
  if (first.strings.some(one => !isZoned(one))) {
    machine.init(
      made,
      '[]',
      ambient(
        { ...call, args: NO_ARGS },
        "uses the machine's time zone: new Date() of text without a zone",
        NUM,
      ),
    )
    return tainted(of(made), machine.get(frame, machine.prop(made, '[]')).taint)
  }
  machine.init(made, '[]', tainted(NUM, taint), frame.under)
  return tainted(of(made), taint)
})
define('Date: UTC', pure(NUM, 'number', false))
define('Date: parse', call => {
  const taint = used(call, 'string', false)
  if (arg(call, 0).strings.some(one => !isZoned(one)))
    return ambient(
      { ...call, args: NO_ARGS },
      "uses the machine's time zone: Date.parse() of text without a zone",
      NUM,
    )
  return tainted(NUM, taint)
})
define(
  'Date.prototype: getTime valueOf getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds',
  call => tainted(NUM, contentTaint(call)),
)
define('Date.prototype: toISOString toJSON toUTCString toGMTString', call =>
  tainted(STR, contentTaint(call)),
)
define(
  'Date.prototype: setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds',
  call => {
    changes(call)
    const taint = used(call, 'number', false)
    put(call, tainted(NUM, taint))
    return tainted(NUM, taint)
  },
)
define('Date.prototype: toLocaleDateString toLocaleTimeString toLocaleString', call =>
  tainted(localized({ ...call, self: BOTTOM }, 0, true), contentTaint(call)),
)
define(
  'Date.prototype: getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getYear getTimezoneOffset',
  call => localTime(call, NUM),
)
define('Date.prototype: toString toDateString toTimeString', call => localTime(call, STR))
define(
  'Date.prototype: setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setYear',
  call => {
    changes(call)
    const value = localTime(call, NUM)
    put(call, value)
    return value
  },
)

/** These call other methods of the date, which may be the user's. */
for (const [name, names] of [
  ['toJSON', ['toISOString']],
  ['@@toPrimitive', ['toString', 'valueOf']],
] as const)
  before(`Date.prototype.${name}`, call => {
    const { machine, frame, site, self } = call
    for (const one of names) {
      const method = machine.read(frame, self, one, site)
      const own = method.tokens.filter(({ path }) => path !== `Date.prototype.${one}`)
      if (own.length > 0) callBack(call, new Value(0, [], own), [], self)
    }
  })

define('Date.prototype: @@toPrimitive', call => localTime(call, join(STR, NUM)))

function localTime(call: Call, value: Value): Value {
  const name = call.token.path!.split('.').at(-1)
  return ambient({ ...call, args: NO_ARGS }, `uses the machine's time zone: ${name}()`, value)
}

/** Whether a date written out says its zone; a date alone is UTC. */
function isZoned(text: string): boolean {
  return (
    /^(\d{4}|[+-]\d{6})(-\d\d(-\d\d)?)?$/.test(text) ||
    /^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ||
    /GMT$/.test(text)
  )
}
