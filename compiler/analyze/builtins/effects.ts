// What differs or does something outside: clock, randomness, network, timers, the log.

import { ambient } from './ambient.ts'
import { arg, used } from './call.ts'
import { fresh, hostPromise } from './make.ts'
import { define, SUMMARIES } from './registry.ts'
import { NUM, of, tainted, UNDEF } from '../value.ts'

for (const [path, message] of Object.entries({
  'Date.now': 'reads the clock: Date.now()',
  'Math.random': 'draws a random number: Math.random()',
  'performance.now': 'reads the clock: performance.now()',
  'crypto.randomUUID': 'draws a random number: crypto.randomUUID()',
  'crypto.getRandomValues': 'draws a random number: crypto.getRandomValues()',
  fetch: 'asks the network: fetch()',
  WeakRef: 'depends on garbage collection: WeakRef',
  FinalizationRegistry: 'depends on garbage collection: FinalizationRegistry',
  Proxy: 'uses a Proxy, which the compiler does not follow',
  SharedArrayBuffer: 'shares memory: SharedArrayBuffer',
  WebAssembly: 'runs WebAssembly, which the compiler does not follow',
}))
  SUMMARIES.set(path, call => ambient(call, message))

for (const name of [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process.nextTick',
]) {
  SUMMARIES.set(name, call => {
    const { machine, frame, site } = call
    if (arg(call, 0).mayBeString)
      machine.tampering.push({
        message: 'runs text as code: setTimeout()',
        site,
        context: frame.context,
      })
    machine.callLater(
      frame,
      arg(call, 0),
      // The second of these is how long to wait.
      { list: call.args.list.slice(/Timeout|Interval/.test(name) ? 2 : 1), rest: call.args.rest },
      site,
    )
    return ambient({ machine, frame, site }, `starts a timer: ${name}()`, NUM)
  })
}
define(': clearTimeout clearInterval clearImmediate', call => {
  if (call.frame.context.kind === 'call')
    call.machine.effect(call.frame, 'stops a timer', call.site)
  return UNDEF
})
define(
  'console: log info warn error debug trace table dir group groupEnd groupCollapsed time timeEnd timeLog count countReset assert',
  call => {
    used(call, 'deep', false)
    const name = call.token.path!
    if (call.frame.context.kind === 'call')
      call.machine.effect(call.frame, `writes to the log: ${name}()`, call.site)
    return UNDEF
  },
)
define('crypto.subtle: digest', call =>
  hostPromise(call, tainted(of(fresh(call, 'bytes')), used(call, 'json', false))),
)
