// JSON, and structuredClone, which goes as deep.

import { ambient } from './ambient.ts'
import { arg, callBack, changes, isCallable, used } from './call.ts'
import { reach } from './contents.ts'
import { fresh } from './make.ts'
import { define } from './registry.ts'
import { allArguments } from '../machine/args.ts'
import {
  BOTTOM,
  join,
  NULL,
  of,
  STR,
  STRING,
  strongerTaint,
  tainted,
  UNDEF,
  UNDEFINED,
  Value,
} from '../value.ts'

define('JSON: parse', call => {
  const taint = call.machine.convert(call.frame, arg(call, 0), 'string', call.site)
  const made = of(fresh(call, 'data'))
  const by = arg(call, 1)
  let out: Value = tainted(join(made, new Value(UNDEFINED | NULL | 4 | 8 | STRING)), taint)
  out = new Value(out.bits & ~UNDEFINED, out.strings, out.tokens, out.taint, out.doubt)
  if (by.tokens.length || by.doubt) out = join(out, callBack(call, by, [STR, out], made))
  if (by.tokens.length) {
    for (const token of made.tokens)
      for (const key of ['[]', '*']) call.machine.init(token, key, out)
    // What it puts in the place of another value may be gone through and filled as well.
    const { tokens } = reach(call, made)
    const put = tokens.filter(token => !made.tokens.includes(token))
    changes(call, '*', new Value(0, [], put))
  }
  return out
})
define('JSON: stringify', call => {
  const { machine, frame, site } = call
  let taint = machine.convert(frame, arg(call, 0), 'json', site)
  const by = arg(call, 1)
  if (by.tokens.some(isCallable) || by.doubt) {
    const out = machine.call(
      frame,
      by,
      reach(call, arg(call, 0)),
      { list: [STR, reach(call, arg(call, 0))], rest: BOTTOM },
      site,
    )
    taint = strongerTaint(taint, machine.convert(frame, out, 'json', site))
  } else taint = strongerTaint(taint, machine.convert(frame, by, 'string', site))
  taint = strongerTaint(taint, machine.convert(frame, arg(call, 2), 'string', site))
  return tainted(join(STR, UNDEF), taint)
})

define(': structuredClone', call => {
  if (call.args.list.length > 1 || call.args.rest !== BOTTOM) {
    const all = reach(call, allArguments(call.args))
    changes(
      call,
      '*',
      new Value(
        0,
        [],
        all.tokens.filter(token => token.kind === 'bytes'),
      ),
    )
  }
  const taint = used(call, 'json', false)
  if (reach(call, arg(call, 0)).tokens.some(token => token.kind === 'error'))
    return ambient(call, 'copies an error with its stack trace')
  return tainted(of(fresh(call, 'data')), taint)
})
