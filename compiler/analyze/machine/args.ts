// The arguments of a call, as values: those whose places are known, and what may stand behind them.

import { BOTTOM, join, joinAll, UNDEF, type Value } from '../value.ts'

export interface Args {
  list: Value[]
  /** What may stand at any place from `list.length` on. */
  rest: Value
}

export const NO_ARGS: Args = { list: [], rest: BOTTOM }

export function argument(args: Args, index: number): Value {
  if (index < args.list.length) return args.list[index]!
  return args.rest === BOTTOM ? UNDEF : join(args.rest, UNDEF)
}

export function allArguments(args: Args): Value {
  return join(joinAll(args.list), args.rest)
}

export interface CallOptions {
  /** The class or function after `new`. */
  construct?: boolean
  /** What `new.target` is, where that is another class than the one that runs. */
  newTarget?: Value
  /** Whether the code waits for the outcome before it goes on. */
  awaited?: boolean
  /** Whether it waits for several such calls at once. */
  isTogether?: boolean
}
