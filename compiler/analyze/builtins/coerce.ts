// Arguments that become numbers or text on the way, where the summaries look at what they stand for
// alone: the user's own `valueOf` and `toString` run.

import { use } from './call.ts'
import { before } from './registry.ts'
import { allArguments } from '../machine/args.ts'

const COERCING: Record<string, string> = {
  'Array.prototype': 'copyWithin fill splice flat with toSpliced',
  'Uint8Array.prototype': 'subarray',
  'String.prototype': 'split',
  'Headers.prototype': 'get getAll has getSetCookie',
  'URLSearchParams.prototype': 'get getAll has',
  'Intl.prototype': 'format select of formatToParts formatRange segment',
}

for (const [owner, names] of Object.entries(COERCING))
  for (const name of names.split(' '))
    before(`${owner}.${name}`, call => use(call, 'number', allArguments(call.args)))
