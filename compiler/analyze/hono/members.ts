// Members of Hono's own objects: the context, the request, its answers, JSX nodes and apps.

import { type Call, HONO } from '../builtins/registry.ts'
import type { Machine } from '../machine.ts'
import type { Frame } from '../machine/frame.ts'
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
  type Token,
  UNDEF,
  type Value,
} from '../value.ts'

const PLAIN_CONTEXT = new Set(['finalized'])
const REQUEST_CONTEXT = new Set(['env', 'executionCtx', 'event'])
const TEXT_OF_REQUEST = new Set(['url', 'path', 'method', 'routePath', 'baseRoutePath'])

/** Members of Hono's own objects; null where the usual rules hold. */
export function honoMember(
  m: Machine,
  f: Frame,
  token: Token,
  key: string,
  site: Site,
): Value | null {
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
      if (key === 'error') return join(UNDEF, m.get(f, m.thrown(f.context)))
      const own = join(m.get(f, m.prop(token, key)), m.get(f, m.prop(token, '*')))
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
      const own = join(m.get(f, m.prop(token, key)), m.get(f, m.prop(token, '*')))
      if (TEXT_OF_REQUEST.has(key)) return join(own, STR)
      if (HONO.has(`Request.${key}`)) return join(own, of(method(m, token, `Request.${key}`, site)))
      return join(own, doubtful('reads the request', site))
    }
    case 'response':
      if (key === 'headers') {
        if (token.context !== f.context && f.context.kind === 'call')
          m.effect(f, 'uses one Response for several requests', site)
        return of(m.part(token, 'headers', 'headers', site))
      }
      if ((key === 'bodyUsed' || key === 'body') && token.context !== f.context)
        if (f.context.kind === 'call') m.effect(f, 'uses one Response for several requests', site)
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

export function owner(call: Call): Token {
  return call.token.parts![0]!.tokens[0]!
}
