// JSX: nodes, components, contexts.

import { arg, use } from '../builtins/call.ts'
import { fresh } from '../builtins/make.ts'
import { type Call, HONO } from '../builtins/registry.ts'
import { BOOL, BOTTOM, join, of, STR, strongerTaint, tainted, UNDEF, Value } from '../value.ts'

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
  const values = fresh(call, 'array', 'values')
  call.machine.init(values, '[]', arg(call, 0))
  call.machine.init(made, 'values', of(values))
  return of(made)
})
HONO.set('provider', call => {
  const { machine, frame, site } = call
  const value = machine.read(frame, arg(call, 0), 'value', site)
  for (const token of call.token.parts![0]!.tokens)
    for (const values of machine.prop(token, 'values').value.tokens)
      machine.grow(machine.prop(values, '[]'), value)
  return machine.read(frame, arg(call, 0), 'children', site)
})
HONO.set('hono/jsx.useContext', call => {
  const { machine, frame, site } = call
  const values = machine.read(frame, arg(call, 0), 'values', site)
  return machine.readElements(frame, values, site, false)
})
HONO.set('JSXNode.prototype.toString', call => {
  use(call, 'render', call.self)
  return STR
})
