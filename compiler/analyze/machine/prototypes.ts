// Which builtin prototype an object's chain ends in, by its kind.

import type { Kind, Token } from '../value.ts'

/** By kind of object, the builtin prototype below which its own chain ends. */
export const PROTOTYPES: Partial<Record<Kind, string>> = {
  object: 'Object.prototype',
  array: 'Array.prototype',
  function: 'Function.prototype',
  bound: 'Function.prototype',
  middleware: 'Function.prototype',
  next: 'Function.prototype',
  data: 'Object.prototype',
  map: 'Map.prototype',
  set: 'Set.prototype',
  weak: 'WeakMap.prototype',
  promise: 'Promise.prototype',
  generator: 'Generator.prototype',
  regexp: 'RegExp.prototype',
  date: 'Date.prototype',
  error: 'Error.prototype',
  bytes: 'Uint8Array.prototype',
  intl: 'Intl.prototype',
  response: 'Response.prototype',
  headers: 'Headers.prototype',
  url: 'URL.prototype',
  query: 'URLSearchParams.prototype',
  hash: 'Hash.prototype',
  stats: 'Stats.prototype',
  stream: 'ReadableStream.prototype',
  codec: 'Codec.prototype',
  jsx: 'JSXNode.prototype',
  app: 'Hono.prototype',
  keys: 'String.prototype',
  context: 'Context.prototype',
  request: 'Request.prototype',
}

/** The builtin prototype at the end of an object's chain. */
export function nativePrototype(token: Token): string | null {
  return PROTOTYPES[token.kind] ?? null
}

/** Whether an object's chain ends in what the language provides; `Object.create(null)` does not. */
export function hasNativeRoot(token: Token, above: readonly Token[]): boolean {
  if (PROTOTYPES[token.kind] === undefined) return false
  if (token.kind !== 'object' || !token.proto) return true
  return above.some(one => one.kind !== 'object' || !one.proto)
}
