// Response, Headers, URL and its query.

import { arg, callBack, changes, pure, use, used } from './call.ts'
import { contentTaint, held, put } from './contents.ts'
import { isCookie, noteCookieNames, noteCookies } from './cookie.ts'
import { fresh, hostPromise, iteratorOf, listOf, pairOf } from './make.ts'
import { type Call, define, NAMESPACES } from './registry.ts'
import { BOOL, BOTTOM, join, NUL, of, STR, tainted, UNDEF, type Value } from '../value.ts'

define(': Response', call => {
  const taint = used(call, 'deep', false)
  const made = fresh(call, 'response')
  call.machine.init(made, '[]', tainted(BOTTOM, taint))
  noteCookies(call, arg(call, 1))
  return tainted(of(made), taint)
})
define('Response: json', call => {
  use(call, 'deep', arg(call, 1))
  noteCookies(call, arg(call, 1))
  return tainted(of(fresh(call, 'response')), used(call, 'json', false))
})
define('Response: redirect error', call =>
  tainted(of(fresh(call, 'response')), used(call, 'string', false)),
)
define('Response.prototype: clone', call => responseUse(call, of(fresh(call, 'response', 'clone'))))
define('Response.prototype: text', call => responseUse(call, hostPromise(call, STR)))
define('Response.prototype: json', call =>
  responseUse(call, hostPromise(call, of(fresh(call, 'data', 'body')))),
)
define('Response.prototype: arrayBuffer bytes', call =>
  responseUse(call, hostPromise(call, of(fresh(call, 'bytes', 'body')))),
)

function responseUse(call: Call, value: Value): Value {
  for (const token of call.self.tokens)
    if (token.context !== call.frame.context && call.frame.context.kind === 'call')
      call.machine.effect(call.frame, 'uses one Response for several requests', call.site)
  return value
}

define(': Headers', call => {
  const made = fresh(call, 'headers')
  const taint = used(call, 'deep', false)
  call.machine.init(made, '[]', tainted(STR, taint))
  call.machine.init(made, '[k]', tainted(STR, taint))
  for (const token of arg(call, 0).tokens) noteCookieNames(call, token)
  return of(made)
})
NAMESPACES.add('Headers')
define(': URLSearchParams', call => {
  const made = fresh(call, 'query')
  const taint = used(call, 'deep', false)
  call.machine.init(made, '[]', tainted(STR, taint))
  call.machine.init(made, '[k]', tainted(STR, taint))
  return of(made)
})
NAMESPACES.add('URLSearchParams')
define(': URL', call => {
  const taint = used(call, 'string', false)
  const made = fresh(call, 'url')
  call.machine.init(made, '[]', tainted(STR, taint))
  return tainted(of(made), taint)
})
define('URL: canParse', pure(BOOL, 'string', false))
define('URL.prototype: toString toJSON', call => tainted(STR, contentTaint(call)))
for (const owner of ['Headers.prototype', 'URLSearchParams.prototype']) {
  define(`${owner}: get`, call => join(held(call, '[]'), join(STR, NUL)))
  define(`${owner}: getAll getSetCookie`, call => listOf(call, held(call, '[]')))
  define(`${owner}: has`, call => tainted(BOOL, held(call, '[]').taint))
  define(`${owner}: toString`, call => tainted(STR, held(call, '[]').taint))
  define(`${owner}: set append delete sort`, call => {
    if (owner.startsWith('Headers') && isCookie(arg(call, 0)) && call.frame.context.kind === 'call')
      call.machine.effect(call.frame, 'sets a cookie', call.site)
    changes(call)
    const taint = used(call, 'string', false)
    put(call, tainted(STR, taint))
    put(call, tainted(STR, taint), '[k]')
    // The parameters of a URL are part of its text.
    for (const token of call.self.tokens)
      for (const whole of token.parts?.[0]?.tokens ?? [])
        call.machine.init(whole, '[]', tainted(BOTTOM, taint), call.frame.under)
    return UNDEF
  })
  define(`${owner}: keys values`, call => iteratorOf(call, tainted(STR, held(call, '[]').taint)))
  define(`${owner}: entries @@iterator`, call => iteratorOf(call, pairOf(call, STR, STR)))
  define(`${owner}: forEach`, call => {
    callBack(call, arg(call, 0), [STR, STR, call.self], arg(call, 1))
    return UNDEF
  })
}
