// In which context a function runs: a call's own, or that of code which runs on after loading.

import type { Machine } from '../machine.ts'
import type { CallOptions } from './args.ts'
import type { Frame } from './frame.ts'
import type { FunctionInfo } from '../program.ts'
import type { Context, Token } from '../value.ts'

/**
 * Asynchronous code that nobody waits for may run on after loading. A closure that was made by
 * another call runs in that one's context, else contexts would multiply; what reaches it was noted
 * where the call was left. One that was made by code which loads late is as old as one made by
 * loading, and changes what outlives the call that runs it.
 */
export function contextOf(
  m: Machine,
  frame: Frame,
  token: Token,
  info: FunctionInfo,
  options: CallOptions,
): Context {
  if (frame.context.kind === 'load') {
    // The body of a generator runs when somebody asks for more, who may do so later.
    if (info.isGenerator || (info.isAsync && !(options.awaited && frame.tries === 0)))
      return m.lateContext(frame.context.root)
    return info.isAsync && options.isTogether && !frame.context.isTogether
      ? m.togetherContext(frame.context.root)
      : frame.context
  }
  if (
    token.context.kind === 'call' &&
    token.context !== frame.context &&
    frame.context.kind === 'call'
  )
    return token.context
  return frame.context
}
