// `html`, `raw` and `css`: text of all they are given.

import { arg } from '../builtins/call.ts'
import { HONO } from '../builtins/registry.ts'
import { STR, strongerTaint, tainted } from '../value.ts'

HONO.set('hono/html.html', call => {
  const { machine, frame, site } = call
  let taint = null
  for (const value of [...call.args.list, call.args.rest])
    taint = strongerTaint(
      taint,
      machine.convert(frame, machine.resolved(frame, value, site), 'render', site),
    )
  return tainted(STR, taint)
})
HONO.set('hono/html.raw', call =>
  tainted(STR, call.machine.convert(call.frame, arg(call, 0), 'string', call.site)),
)
for (const name of ['css', 'cx', 'keyframes', 'rawCssText', 'Style'])
  HONO.set(`hono/css.${name}`, call => {
    let taint = null
    for (const value of [...call.args.list, call.args.rest])
      taint = strongerTaint(taint, call.machine.convert(call.frame, value, 'render', call.site))
    return tainted(STR, taint)
  })
