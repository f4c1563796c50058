// Modules of the older kind, which esbuild wraps in functions that run them once.

import { type Call, define } from './registry.ts'
import { BOTTOM, of, UNDEF, type Value } from '../value.ts'

define(': @commonjs', exportsOf)

/** Runs a module of the older kind where it is first asked for; its exports. */
function exportsOf({ machine: m, frame, token, site }: Call): Value {
  const made = m.tops.get(token.site.chunk)!
  const module = m.make(made, `commonjs${token.id}`, 'object', 'module')
  const exports = m.make(made, `commonjs${token.id}`, 'object', 'exports')
  m.init(module, 'exports', of(exports))
  // It runs in the context of the chunk that holds it, once, whoever asks first.
  const runner = frame.context.kind === 'load' ? made : frame
  if (frame.context.kind !== 'load')
    m.effect(frame, 'loads a module while it answers: require()', site)
  m.call(runner, token.parts![0]!, UNDEF, { list: [of(exports), of(module)], rest: BOTTOM }, site)
  return m.read(frame, of(module), 'exports', site)
}
