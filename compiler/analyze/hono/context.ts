// The context's methods.

import { arg, use } from '../builtins/call.ts'
import { isCookie, noteCookieNames, noteCookies } from '../builtins/cookie.ts'
import { fresh } from '../builtins/make.ts'
import { defineHono, type Summary } from '../builtins/registry.ts'
import { owner } from './members.ts'
import { BOTTOM, join, of, UNDEF } from '../value.ts'

function answer(how: 'string' | 'json' | 'render' | 'deep'): Summary {
  return call => {
    use(call, how, arg(call, 0))
    for (let i = 1; i < 3; i++) {
      const more = arg(call, i)
      use(call, 'deep', more)
      noteCookies(call, more)
      for (const token of more.tokens) noteCookieNames(call, token)
    }
    if (how !== 'render') return of(fresh(call, 'response'))
    const promise = fresh(call, 'promise')
    const response = of(fresh(call, 'response'))
    call.machine.init(promise, '[]', response)
    return join(response, of(promise))
  }
}

defineHono('Context', 'text', answer('string'))
defineHono('Context', 'json', answer('json'))
defineHono('Context', 'html', answer('render'))
defineHono('Context', 'body newResponse', answer('deep'))
defineHono('Context', 'redirect', answer('string'))
defineHono('Context', 'header', call => {
  use(call, 'string', arg(call, 0), arg(call, 1))
  use(call, 'deep', arg(call, 2))
  if (isCookie(arg(call, 0)) && call.frame.context.kind === 'call')
    call.machine.effect(call.frame, 'sets a cookie', call.site)
  return UNDEF
})
defineHono('Context', 'status', call => {
  use(call, 'number', arg(call, 0))
  return UNDEF
})
defineHono('Context', 'set', call => {
  const { machine, frame, site } = call
  const vars = machine.part(owner(call), 'var', 'object', site)
  machine.writeAny(frame, of(vars), arg(call, 0), arg(call, 1), site)
  return UNDEF
})
defineHono('Context', 'get', call => {
  const { machine, frame, site } = call
  const vars = machine.part(owner(call), 'var', 'object', site)
  return join(machine.readAny(frame, of(vars), arg(call, 0), site), UNDEF)
})
defineHono('Context', 'notFound', call => {
  const { machine, frame, site } = call
  const handler = machine.notFound.get(frame.context) ?? BOTTOM
  if (!handler.isBottom) {
    const args = { list: [of(owner(call))], rest: BOTTOM }
    const result = machine.call(frame, handler, UNDEF, args, site)
    use(call, 'json', machine.resolved(frame, result, site))
  }
  const promise = fresh(call, 'promise')
  const response = of(fresh(call, 'response'))
  machine.init(promise, '[]', response)
  return join(response, of(promise))
})
defineHono('Context', 'setRenderer', call => {
  call.machine.grow(call.machine.prop(owner(call), 'renderer'), arg(call, 0))
  return UNDEF
})
defineHono('Context', 'setLayout', call => {
  call.machine.grow(call.machine.prop(owner(call), 'layout'), arg(call, 0))
  return arg(call, 0)
})
defineHono('Context', 'getLayout', call =>
  join(UNDEF, call.machine.get(call.frame, call.machine.prop(owner(call), 'layout'))),
)
defineHono('Context', 'render', call => {
  const { machine, frame, site } = call
  const content = arg(call, 0)
  use(call, 'render', content)
  for (const token of machine.get(frame, machine.prop(owner(call), 'renderer')).tokens) {
    if (token.path !== 'renderer') {
      const out = machine.call(frame, of(token), UNDEF, call.args, site)
      use(call, 'json', machine.resolved(frame, out, site))
      continue
    }
    const props = fresh(call, 'object', 'props')
    for (const given of arg(call, 1).tokens)
      for (const name of machine.namesOf(frame, given))
        machine.init(props, name, machine.readToken(frame, given, name, of(given), site))
    machine.init(props, 'children', content)
    machine.init(props, 'Layout', of(machine.builtin('hono/jsx.Fragment')))
    const out = machine.call(
      frame,
      machine.partsOf(frame, token)[0]!,
      UNDEF,
      { list: [of(props), of(owner(call))], rest: BOTTOM },
      site,
    )
    use(call, 'render', machine.resolved(frame, out, site))
  }
  return of(fresh(call, 'response'))
})
