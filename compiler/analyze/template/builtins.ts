// What the language and Hono provide, as far as templates may use it: members of values, methods of
// constants, and the functions on the list.

import type { Part } from '../../../runtime/artifact.ts'
import { stringValue } from './context.ts'
import type { Evaluator } from './evaluator.ts'
import { jsonOf } from './json.ts'
import {
  checked,
  constant,
  escaped,
  joined,
  noProps,
  partsOf,
  refuse,
  textOf,
  UNDEFINED,
  type Value,
} from './value.ts'

/** A member that is read. */
export function memberOf(evaluator: Evaluator, owner: Value, name: string): Value {
  switch (owner.kind) {
    case 'object': {
      const own = owner.props[name]
      if (own) return own
      return name in Object.prototype ? refuse(`the member ${name}`) : UNDEFINED
    }
    case 'array': {
      if (name === 'length') return constant(owner.items.length)
      if (!/^(0|[1-9]\d{0,8})$/.test(name)) return refuse(`the member ${name} of an array`)
      return owner.items[Number(name)] ?? UNDEFINED
    }
    case 'constant':
      if (name === 'length' && typeof owner.value === 'string') return constant(owner.value.length)
      return refuse(`the member ${name}`)
    case 'context':
      if (name === 'req') return { kind: 'request' }
      return METHODS.has(name) ? { kind: 'builtin', name: `c ${name}` } : refuse(`c.${name}`)
    case 'record':
      return evaluator.exchange.input(owner.from, name)
    default:
      return refuse(`the member ${name}`)
  }
}

const METHODS = new Set(['header', 'status', 'text', 'html', 'json', 'body', 'redirect'])

/** `owner.name(...args)`. */
export function callMethod(evaluator: Evaluator, owner: Value, name: string, args: Value[]): Value {
  switch (owner.kind) {
    case 'context':
      return METHODS.has(name) ? evaluator.exchange.call(name, args) : refuse(`c.${name}()`)
    case 'request':
      return read(evaluator, name, args)
    case 'builtin':
      return callBuiltin(evaluator, `${owner.name}.${name}`, args)
    case 'constant':
      return onConstant(owner.value, name, args)
    case 'array':
      return onArray(evaluator, owner.items, name, args)
    case 'markup':
      if (name === 'toString' && args.length === 0) return stringValue(owner, evaluator.markup)
      return refuse(`the method ${name}`)
    case 'text':
      if (name === 'toString' && args.length === 0) return owner
      if (name === 'concat') return textOf(joined([owner, ...args].flatMap(partsOf)))
      return refuse(`the method ${name} on a value of the request`)
    case 'object': {
      // `this` is refused where it is read, so the call is one like any other.
      const own = owner.props[name]
      return own ? evaluator.call(own, args) : refuse(`the method ${name}`)
    }
    default:
      return refuse(`the method ${name}`)
  }
}

/** `c.req.param()`, `c.req.query()` and `c.req.header()`. */
function read(evaluator: Evaluator, method: string, args: Value[]): Value {
  if (method !== 'param' && method !== 'query' && method !== 'header')
    return refuse(`c.req.${method}()`)
  const [name] = args
  if (args.length > 1) return refuse('an argument too many')
  // Where a header has several lines, Deno joins them in one way here and in another there.
  if (!name) return method === 'header' ? refuse('all headers') : { kind: 'record', from: method }
  if (name.kind !== 'constant' || typeof name.value !== 'string' || name.value === '')
    return refuse('a value whose name is not known')
  return evaluator.exchange.input(method, name.value)
}

/** A function of the language or of Hono. */
export function callBuiltin(evaluator: Evaluator, name: string, args: Value[]): Value {
  const [first = UNDEFINED, second] = args
  const { markup } = evaluator
  if (name.startsWith('c ')) return evaluator.exchange.call(name.slice(2), args)
  switch (name) {
    case 'String':
      return args.length === 0 ? constant('') : stringValue(first, markup)
    case 'encodeURIComponent':
      return textOf(joined(escaped(partsOf(stringValue(first, markup)), 'uri')))
    case 'JSON.stringify': {
      if (args.length !== 1) return refuse('JSON in a form of its own')
      const parts = jsonOf(first)
      return parts ? textOf(parts) : UNDEFINED
    }
    case 'Object.keys':
    case 'Object.values':
    case 'Object.entries':
      if (first.kind !== 'object') return refuse(name)
      return {
        kind: 'array',
        items: Object.entries(first.props).map(([key, value]): Value => {
          if (name === 'Object.keys') return constant(key)
          if (name === 'Object.values') return value
          return { kind: 'array', items: [constant(key), value] }
        }),
      }
    case 'Array.isArray':
      return first.kind === 'array' || first.kind === 'constant' || first.kind === 'object'
        ? constant(first.kind === 'array')
        : refuse(name)
    case 'hono/html raw':
      return args.length === 1 ? markup.raw(partsOf(first)) : refuse('raw with callbacks')
    case 'hono/jsx/jsx-runtime jsx':
    case 'hono/jsx/jsx-runtime jsxs':
      return element(evaluator, first, second ?? { kind: 'object', props: noProps() })
    case 'hono/factory createMiddleware':
      return first
    case 'hono/secure-headers secureHeaders':
    case 'hono/powered-by poweredBy':
      // Without options they add the same headers to every answer.
      return args.length === 0
        ? { kind: 'builtin', name: 'passes on' }
        : refuse(`${name} with options`)
    case 'passes on':
      return second ? evaluator.call(second, []) : refuse('a chain that ends')
    default:
      return refuse(`calls ${name}`)
  }
}

function element(evaluator: Evaluator, tag: Value, props: Value): Value {
  const { markup } = evaluator
  if (props.kind !== 'object') return refuse('an element without plain attributes')
  if (tag.kind === 'function') {
    return markup.shown(evaluator.component(tag, props.props))
  }
  if (tag.kind === 'builtin' && tag.name.endsWith(' Fragment')) return markup.fragment(props.props)
  if (tag.kind !== 'constant' || typeof tag.value !== 'string')
    return refuse('an element whose name is not known')
  return markup.element(tag.value, props.props)
}

/** Methods of strings and numbers that give the same everywhere. */
const PURE: Record<string, Set<string>> = {
  string: new Set(['toUpperCase', 'toLowerCase', 'trim', 'slice', 'concat', 'repeat', 'toString']),
  number: new Set(['toFixed', 'toString']),
  boolean: new Set(['toString']),
}

function onConstant(owner: unknown, name: string, args: Value[]): Value {
  if (!PURE[typeof owner]?.has(name)) return refuse(`the method ${name}`)
  const given = args.map(one =>
    one.kind === 'constant' ? one.value : refuse(`${name} of a value`),
  )
  if (name === 'repeat' && !(Number(given[0]) <= 1000)) return refuse('a text that is too long')
  try {
    const method = (owner as Record<string, (...args: unknown[]) => unknown>)[name]!
    const value = method.apply(owner, given) as string
    return constant(checked(value))
  } catch {
    return refuse(`${name}, which throws`)
  }
}

function onArray(evaluator: Evaluator, items: Value[], name: string, args: Value[]): Value {
  const [first] = args
  if (name === 'map' && args.length === 1 && first) {
    const list: Value = { kind: 'array', items }
    const made = items.map((item, index) => {
      const out = evaluator.call(first, [item, constant(index), list])
      return out.kind === 'promise' ? refuse('a promise that is kept') : out
    })
    return { kind: 'array', items: made }
  }
  if (name === 'join' && args.length <= 1) {
    const comma = first === undefined || first === UNDEFINED ? [','] : partsOf(first)
    const parts = items.flatMap((item, index): Part[] => [
      ...(index === 0 ? [] : comma),
      ...inJoin(item),
    ])
    return textOf(joined(parts))
  }
  return refuse(`the method ${name} of an array`)
}

/** `join` shows nothing for null and undefined. */
function inJoin(item: Value): Part[] {
  if (item.kind === 'constant' && (item.value ?? null) === null) return []
  if (item.kind === 'input' && ((item.absent ?? null) === null || (item.empty ?? null) === null))
    return refuse('join of a value that may be missing')
  return partsOf(item)
}
