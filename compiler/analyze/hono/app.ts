// Hono apps: every function one is given may run for any request, later.

import { arg, isCallable } from '../builtins/call.ts'
import { fresh } from '../builtins/make.ts'
import { HONO } from '../builtins/registry.ts'
import { owner } from './members.ts'
import { appContext } from '../machine/held.ts'
import { registered } from '../machine/escape.ts'
import { BOTTOM, doubtful, join, of, type Token, type Value } from '../value.ts'

for (const path of ['hono.Hono', 'hono/tiny.Hono', 'hono/quick.Hono'])
  HONO.set(path, call => {
    call.machine.escape(call.frame, arg(call, 0), call.site)
    return of(fresh(call, 'app'))
  })

/** Every function an app is given may run for any request, later. */
HONO.set('App.method', call => {
  const { machine, frame, site } = call
  const app = owner(call)
  const late =
    frame.context.kind === 'call' ? frame.context : machine.lateContext(frame.context.root)
  // Apps are mounted in one another: what one keeps on the context another one may find there.
  const context = appContext(machine, site)
  machine.requests.set(late, context)
  // What is thrown escapes: see the root for that.
  const thrown = doubtful('reads what was thrown', site)
  const next = machine.token('next', late, site)
  next.path = 'next'
  next.parts = [BOTTOM, BOTTOM, BOTTOM]
  const seen = new Set<Token>()
  const give = (value: Value): void => {
    for (const token of value.tokens) {
      if (seen.has(token)) continue
      seen.add(token)
      if (token.kind === 'function')
        registered(
          machine,
          frame,
          token,
          [join(of(context), thrown), join(of(next), of(context))],
          site,
        )
      else if (token.kind === 'array') give(machine.iterate(frame, of(token), site))
      else if (token.kind === 'bound') {
        give(machine.partsOf(frame, token)[0]!)
        machine.escape(frame, of(token), site)
      } else if (token.kind !== 'app' && !isCallable(token)) machine.escape(frame, of(token), site)
    }
  }
  for (const value of [...call.args.list, call.args.rest]) give(value)
  return join(of(app), doubtful('uses what a Hono app gives', site))
})
