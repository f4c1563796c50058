// The one limit that is no count: the stack of the engine the compiler runs on.

/**
 * Whether the engine's own stack ended. How deep that is differs between engines, and no count could
 * stand for it: what a level costs depends on the syntax.
 */
export function isOverflow(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    (error instanceof RangeError && /call stack/i.test(error.message)) ||
    // acorn's own words for it.
    (error instanceof SyntaxError && /^Not enough stack space/.test(error.message))
  )
}
