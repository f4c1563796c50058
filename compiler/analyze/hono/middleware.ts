// Hono's middleware that depends on nothing, `next`, and what asks the request or sets cookies.

import { ambient } from '../builtins/ambient.ts'
import { arg, use } from '../builtins/call.ts'
import { fresh } from '../builtins/make.ts'
import { type Call, HONO } from '../builtins/registry.ts'
import { answered } from '../machine/escape.ts'
import { contextsOf } from '../machine/held.ts'
import { allArguments } from '../machine/args.ts'
import { BOTTOM, doubtful, join, NUM, of, type Site, STR, UNDEF, type Value } from '../value.ts'

HONO.set('next', call => {
  const { machine, frame, token } = call
  // The middleware that passes on is no part of what the next one does.
  const site = { chunk: '', at: 0 }
  const [callee, context, next] = machine.partsOf(frame, token)
  if (!callee!.isBottom) {
    const args = { list: [context!, next!], rest: BOTTOM }
    const out = machine.call(frame, callee!, UNDEF, args, site, call.options)
    answered(machine, frame, context, out, site)
    // What is no function is an answer as it is.
    use(call, 'json', machine.resolved(frame, join(out, callee!), site))
  }
  const made = fresh(call, 'promise')
  machine.init(made, '[]', UNDEF)
  return of(made)
})

function passOn(call: Call): Value {
  const args = { list: [], rest: BOTTOM }
  call.machine.call(call.frame, arg(call, 1), UNDEF, args, call.site, { awaited: true })
  const made = fresh(call, 'promise')
  call.machine.init(made, '[]', UNDEF)
  return of(made)
}

/** Middleware that adds fixed headers. */
for (const path of [
  'hono/secure-headers.secureHeaders',
  'hono/powered-by.poweredBy',
  'hono/pretty-json.prettyJSON',
]) {
  HONO.set(path, call => {
    const made = fresh(call, 'middleware')
    made.path = path.includes('pretty') ? 'asks' : 'passes'
    call.machine.addParts(made, [arg(call, 0)])
    for (const token of arg(call, 0).tokens) call.machine.namesOf(call.frame, token)
    return of(made)
  })
}
HONO.set('passes', call => {
  const options = call.machine.partsOf(call.frame, call.token)[0]!
  use(call, 'deep', options)
  if (
    options.tokens.some(token =>
      [...token.props.values()].some(cell => cell.value.tokens.length > 0),
    )
  )
    ambient(
      { machine: call.machine, frame: call.frame, site: call.site },
      'uses middleware with options the compiler does not follow',
    )
  return passOn(call)
})
HONO.set('asks', call => {
  call.machine.effect(call.frame, 'uses middleware that reads the request', call.token.site)
  return passOn(call)
})
for (const path of [
  'hono/cors.cors',
  'hono/etag.etag',
  'hono/compress.compress',
  'hono/logger.logger',
  'hono/cache.cache',
  'hono/basic-auth.basicAuth',
  'hono/bearer-auth.bearerAuth',
  'hono/csrf.csrf',
  'hono/jwt.jwt',
  'hono/body-limit.bodyLimit',
  'hono/request-id.requestId',
  'hono/timing.timing',
  'hono/timeout.timeout',
  'hono/ip-restriction.ipRestriction',
  'hono/language.languageDetector',
  'hono/trailing-slash.trimTrailingSlash',
  'hono/trailing-slash.appendTrailingSlash',
  'hono/method-override.methodOverride',
  'hono/context-storage.contextStorage',
])
  HONO.set(path, call => {
    const made = fresh(call, 'middleware')
    made.path = 'asks'
    call.machine.escape(call.frame, arg(call, 0), call.site)
    return of(made)
  })
// `upgradeWebSocket` of the package is made by it, at the top of another module.
HONO.set('hono/ws.defineWebSocketHelper', call => {
  call.machine.escape(call.frame, arg(call, 0), call.site)
  const made = fresh(call, 'middleware')
  made.path = 'websocket'
  return of(made)
})
HONO.set('websocket', call => {
  call.machine.escape(call.frame, allArguments(call.args), call.site)
  if (call.frame.context.kind !== 'load') return speaks(call, call.site)
  const made = fresh(call, 'middleware')
  made.path = 'speaks'
  return of(made)
})
HONO.set('speaks', call => speaks(call, call.token.site))

function speaks(call: Call, site: Site): Value {
  call.machine.effect(call.frame, 'speaks WebSocket', site)
  return doubtful('speaks WebSocket', site)
}

HONO.set('hono/factory.createMiddleware', call => arg(call, 0))
HONO.set('hono/jsx-renderer.jsxRenderer', call => {
  const made = fresh(call, 'middleware')
  made.path = 'renders'
  const renderer = fresh(call, 'middleware', 'renderer')
  renderer.path = 'renderer'
  call.machine.addParts(renderer, [arg(call, 0)])
  made.parts = [of(renderer)]
  return of(made)
})
HONO.set('renders', call => {
  for (const token of arg(call, 0).tokens)
    call.machine.grow(call.machine.prop(token, 'renderer'), call.token.parts![0]!)
  return passOn(call)
})
HONO.set('hono/http-exception.HTTPException', call => {
  use(call, 'deep', arg(call, 1))
  const made = fresh(call, 'error')
  call.machine.init(made, 'message', STR)
  call.machine.init(made, 'status', NUM)
  const { machine, frame, site } = call
  for (const name of ['res', 'cause'])
    machine.init(made, name, machine.read(frame, arg(call, 1), name, site))
  return of(made)
})
for (const [path, message] of [
  ['hono/cookie.setCookie', 'sets a cookie'],
  ['hono/cookie.setSignedCookie', 'sets a cookie'],
  ['hono/cookie.deleteCookie', 'sets a cookie'],
  ['hono/cookie.getCookie', 'reads a cookie of the request'],
  ['hono/cookie.getSignedCookie', 'reads a cookie of the request'],
  ['hono/jsx-renderer.useRequestContext', 'reads the request: useRequestContext()'],
  ['hono/context-storage.getContext', 'reads the request: getContext()'],
  ['hono/context-storage.tryGetContext', 'reads the request: tryGetContext()'],
] as const)
  HONO.set(path, call => {
    call.machine.effect(call.frame, message, call.site)
    if (path.endsWith('Context'))
      return join(doubtful(message, call.site), contextsOf(call.machine, call.frame))
    return path.includes('get') ? join(STR, UNDEF) : UNDEF
  })
