// What Hono does, as far as handlers see it: the context, the request, JSX, `html`, and the
// middleware that depends on nothing. All else of Hono is ambient, as any unknown import.

import {
  ambient,
  type Call,
  HONO,
  isCallable,
  isCookie,
  members,
  noteCookieNames,
  noteCookies,
  type Summary,
} from './builtins.ts'
import { argument, type Frame, type Machine } from './machine.ts'
import {
  BOOL,
  BOTTOM,
  doubtful,
  join,
  NUL,
  NUM,
  of,
  type Site,
  STR,
  strongerTaint,
  tainted,
  type Token,
  UNDEF,
  Value,
} from './value.ts'

function define(owner: string, names: string, summary: Summary): void {
  for (const name of names.split(' ')) HONO.set(`${owner}.${name}`, summary)
}

function arg(call: Call, index: number): Value {
  return argument(call.args, index)
}

function fresh(call: Call, kind: Token['kind'], tag = ''): Token {
  return call.machine.make(
    call.frame,
    `hono${call.token.id}@${call.site.chunk}:${call.site.at}`,
    kind,
    tag,
    call.site,
  )
}

function use(call: Call, how: 'string' | 'json' | 'render' | 'deep', ...values: Value[]): void {
  for (const value of values) call.machine.convert(call.frame, value, how, call.site)
}

const PLAIN_CONTEXT = new Set(['finalized'])
const REQUEST_CONTEXT = new Set(['env', 'executionCtx', 'event'])
const TEXT_OF_REQUEST = new Set(['url', 'path', 'method', 'routePath', 'baseRoutePath'])

/** Members of Hono's own objects; null where the usual rules hold. */
function honoMember(m: Machine, f: Frame, token: Token, key: string, site: Site): Value | null {
  switch (token.kind) {
    case 'context': {
      if (key === 'req') return of(m.part(token, 'req', 'request', site))
      if (REQUEST_CONTEXT.has(key)) {
        m.effect(f, `reads the request: c.${key}`, site)
        return doubtful(`reads the request: c.${key}`, site)
      }
      if (key === 'var') return of(m.part(token, 'var', 'object', site))
      if (key === 'res')
        return join(of(m.part(token, 'res', 'response', site)), m.get(f, m.prop(token, 'res')))
      if (PLAIN_CONTEXT.has(key)) return BOOL
      if (key === 'error') return UNDEF
      const own = m.get(f, m.prop(token, key))
      if (HONO.has(`Context.${key}`)) return join(own, of(method(m, token, `Context.${key}`, site)))
      if (own !== BOTTOM) return own
      if (key === 'then' || key.startsWith('@@')) return UNDEF
      m.effect(
        f,
        key === '*'
          ? 'reads a member of the request context whose name is only known at run time'
          : `uses c.${key}, which the compiler does not know`,
        site,
      )
      return doubtful('uses a member of the context that the compiler does not know', site)
    }
    case 'request': {
      if (key === 'then' || key.startsWith('@@')) return UNDEF
      if (key === 'param') return of(method(m, token, 'Request.param', site))
      const kind = key === 'query' || key === 'header' ? 'input' : 'effect'
      m.effect(f, `reads the request: c.req${key === '*' ? '' : `.${key}`}`, site, kind)
      if (TEXT_OF_REQUEST.has(key)) return STR
      if (HONO.has(`Request.${key}`)) return of(method(m, token, `Request.${key}`, site))
      return doubtful('reads the request', site)
    }
    case 'response':
      if (key === 'headers') {
        if (token.context !== f.context && f.context.kind === 'call')
          m.effect(f, 'uses one Response for several requests', site)
        return of(m.part(token, 'headers', 'headers', site))
      }
      if (key === 'status') return NUM
      if (key === 'ok' || key === 'redirected' || key === 'bodyUsed') return BOOL
      if (key === 'body') return join(of(m.part(token, 'body', 'stream', site)), NUL)
      if (key === 'statusText' || key === 'type' || key === 'url') return STR
      return null
    case 'jsx':
      if (key === 'props') return m.partsOf(f, token)[1]!
      if (key === 'tag' || key === 'type') return m.partsOf(f, token)[0]!
      if (key === 'children') return m.read(f, m.partsOf(f, token)[1]!, 'children', site)
      return null
    case 'app':
      if (key === 'then' || key.startsWith('@@')) return UNDEF
      return of(method(m, token, 'App.method', site))
    default:
      return null
  }
}

/** A method that keeps its object when it is taken off. */
function method(m: Machine, owner: Token, path: string, site: Site): Token {
  const token = m.part(owner, path, 'middleware', site)
  token.path = path
  return token
}

function owner(call: Call): Token {
  return call.token.parts![0]!.tokens[0]!
}

// ---------------------------------------------------------------- the context

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

define('Context', 'text', answer('string'))
define('Context', 'json', answer('json'))
define('Context', 'html', answer('render'))
define('Context', 'body newResponse', answer('deep'))
define('Context', 'redirect', answer('string'))
define('Context', 'header', call => {
  use(call, 'string', arg(call, 0), arg(call, 1))
  if (isCookie(arg(call, 0)) && call.frame.context.kind === 'call')
    call.machine.effect(call.frame, 'sets a cookie', call.site)
  return UNDEF
})
define('Context', 'status', () => UNDEF)
define('Context', 'set', call => {
  const { machine, frame, site } = call
  const vars = machine.part(owner(call), 'var', 'object', site)
  machine.writeAny(frame, of(vars), arg(call, 0), arg(call, 1), site)
  return UNDEF
})
define('Context', 'get', call => {
  const { machine, frame, site } = call
  const vars = machine.part(owner(call), 'var', 'object', site)
  return join(machine.readAny(frame, of(vars), arg(call, 0), site), UNDEF)
})
define('Context', 'notFound', call => {
  const { machine, frame, site } = call
  const handler = machine.notFound.get(frame.context) ?? BOTTOM
  const self = of(owner(call))
  const result = machine.call(frame, handler, UNDEF, { list: [self], rest: BOTTOM }, site)
  use(call, 'json', machine.resolved(frame, result, site))
  const promise = fresh(call, 'promise')
  const response = of(fresh(call, 'response'))
  machine.init(promise, '[]', response)
  return join(response, of(promise))
})
define('Context', 'setRenderer', call => {
  call.machine.grow(call.machine.prop(owner(call), 'renderer'), arg(call, 0))
  return UNDEF
})
define('Context', 'setLayout', call => arg(call, 0))
define('Context', 'getLayout', () => UNDEF)
define('Context', 'render', call => {
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

// ---------------------------------------------------------------- the request

define('Request', 'param', call => {
  const name = arg(call, 0).strings[0]
  call.machine.effect(
    call.frame,
    `reads a path parameter: c.req.param(${name === undefined ? '' : `'${name}'`})`,
    call.site,
    'param',
  )
  return call.args.list.length === 0 ? of(fresh(call, 'data')) : join(STR, UNDEF)
})
define('Request', 'query header', call =>
  call.args.list.length === 0 ? of(fresh(call, 'data')) : join(STR, UNDEF),
)
define('Request', 'queries', call => join(of(fresh(call, 'data')), UNDEF))
define('Request', 'text', call => promised(call, STR))
define('Request', 'json parseBody valid', call =>
  promised(call, join(of(fresh(call, 'data')), new Value(127))),
)
define('Request', 'arrayBuffer bytes blob', call => promised(call, of(fresh(call, 'bytes'))))

function promised(call: Call, value: Value): Value {
  const made = fresh(call, 'promise', 'promised')
  call.machine.init(made, '[]', value)
  return join(of(made), call.token.path === 'Request.valid' ? value : BOTTOM)
}

// ---------------------------------------------------------------- middleware

HONO.set('next', call => {
  const { machine, frame, token } = call
  // The middleware that passes on is no part of what the next one does.
  const site = { chunk: '', at: 0 }
  const [callee, context, next] = machine.partsOf(frame, token)
  const out = machine.call(frame, callee!, UNDEF, { list: [context!, next!], rest: BOTTOM }, site)
  // What is no function is an answer as it is.
  use(call, 'json', machine.resolved(frame, join(out, callee!), site))
  const made = fresh(call, 'promise')
  machine.init(made, '[]', UNDEF)
  return of(made)
})

function passOn(call: Call): Value {
  call.machine.call(call.frame, arg(call, 1), UNDEF, { list: [], rest: BOTTOM }, call.site)
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
  return of(made)
})
for (const [path, message] of [
  ['hono/cookie.setCookie', 'sets a cookie'],
  ['hono/cookie.setSignedCookie', 'sets a cookie'],
  ['hono/cookie.deleteCookie', 'sets a cookie'],
  ['hono/cookie.getCookie', 'reads a cookie of the request'],
  ['hono/cookie.getSignedCookie', 'reads a cookie of the request'],
  ['hono/jsx-renderer.useRequestContext', 'reads the request: useRequestContext()'],
] as const)
  HONO.set(path, call => {
    call.machine.effect(call.frame, message, call.site)
    return path.includes('get')
      ? join(STR, UNDEF)
      : path.includes('use')
        ? doubtful(message, call.site)
        : UNDEF
  })

// ---------------------------------------------------------------- apps

for (const path of ['hono.Hono', 'hono/tiny.Hono', 'hono/quick.Hono'])
  HONO.set(path, call => of(fresh(call, 'app')))

/** Every function an app is given may run for any request, later. */
HONO.set('App.method', call => {
  const { machine, frame, site } = call
  const app = owner(call)
  const late =
    frame.context.kind === 'call' ? frame.context : machine.lateContext(frame.context.root)
  const context = machine.token('context', late, site)
  const next = machine.token('next', late, site)
  next.path = 'next'
  next.parts = [BOTTOM, BOTTOM, BOTTOM]
  const seen = new Set<Token>()
  const give = (value: Value): void => {
    for (const token of value.tokens) {
      if (seen.has(token)) continue
      seen.add(token)
      if (token.kind === 'function') machine.registered(frame, token, [of(context), of(next)], site)
      else if (token.kind === 'array') give(machine.iterate(frame, of(token), site))
      else if (token.kind !== 'app' && !isCallable(token)) machine.escape(frame, of(token), site)
    }
  }
  for (const value of [...call.args.list, call.args.rest]) give(value)
  return join(of(app), doubtful('uses what a Hono app gives', site))
})

// ---------------------------------------------------------------- JSX and html

/** Renders at once what is rendered later: what the component does is done by who makes the node. */
function element(call: Call, positional: boolean): Value {
  const { machine, frame, site } = call
  const tag = arg(call, 0)
  const made = fresh(call, 'jsx')
  let props = arg(call, 1)
  if (positional) {
    const all = fresh(call, 'object', 'props')
    for (const token of props.tokens)
      for (const name of machine.namesOf(frame, token))
        machine.init(all, name, machine.readToken(frame, token, name, of(token), site))
    let children = call.args.rest
    for (const child of call.args.list.slice(2)) children = join(children, child)
    if (!children.isBottom) {
      const list = fresh(call, 'array', 'children')
      machine.init(list, '[]', children)
      machine.init(all, 'children', join(of(list), children))
    }
    props = of(all)
  }
  machine.addParts(made, [tag, props])
  let taint = strongerTaint(tag.taint, props.taint)
  const components = new Value(0, [], tag.tokens, tag.taint, tag.doubt)
  if (components.tokens.length > 0 || components.doubt) {
    const given = props.tokens.length === 0 ? of(fresh(call, 'object', 'none')) : props
    const out = machine.call(frame, components, UNDEF, { list: [given], rest: BOTTOM }, site)
    taint = strongerTaint(
      taint,
      machine.convert(frame, machine.resolved(frame, out, site), 'render', site),
    )
  }
  if (tag.mayBeString || tag.tokens.some(token => token.kind === 'builtin'))
    taint = strongerTaint(taint, machine.convert(frame, props, 'render', site))
  return tainted(of(made), taint)
}

for (const path of ['hono/jsx/jsx-runtime', 'hono/jsx/jsx-dev-runtime', 'hono/jsx']) {
  const isRuntime = path !== 'hono/jsx'
  for (const name of isRuntime ? ['jsx', 'jsxs', 'jsxDEV'] : ['jsx', 'createElement'])
    HONO.set(`${path}.${name}`, call => element(call, !isRuntime))
  HONO.set(`${path}.Fragment`, call => {
    use(call, 'render', arg(call, 0))
    const made = fresh(call, 'jsx', 'fragment')
    call.machine.addParts(made, [STR, arg(call, 0)])
    return of(made)
  })
}

HONO.set('hono/jsx.isValidElement', () => BOOL)
HONO.set('hono/jsx.memo', call => {
  const { machine, frame, site } = call
  machine.call(frame, arg(call, 1), UNDEF, { list: [], rest: of(fresh(call, 'data')) }, site)
  return arg(call, 0)
})
HONO.set('hono/jsx.createContext', call => {
  const made = fresh(call, 'object', 'context')
  const provider = fresh(call, 'middleware', 'provider')
  provider.path = 'provider'
  provider.parts = [of(made)]
  call.machine.init(made, 'Provider', of(provider))
  call.machine.init(made, 'given', arg(call, 0))
  return of(made)
})
HONO.set('provider', call => {
  const { machine, frame, site } = call
  const value = machine.read(frame, arg(call, 0), 'value', site)
  for (const token of call.token.parts![0]!.tokens)
    machine.grow(machine.prop(token, 'given'), value)
  return machine.read(frame, arg(call, 0), 'children', site)
})
HONO.set('hono/jsx.useContext', call => {
  let out = BOTTOM
  for (const token of arg(call, 0).tokens)
    out = join(out, call.machine.get(call.frame, call.machine.prop(token, 'given')))
  return out
})
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
HONO.set('JSXNode.prototype.toString', call => {
  use(call, 'render', call.self)
  return STR
})

members.hono = honoMember
