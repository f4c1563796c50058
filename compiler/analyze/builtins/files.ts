// node:fs: files read while loading are inputs of the build, all else is not.

import { ambient } from './ambient.ts'
import { arg, used } from './call.ts'
import { fresh, listOf, promiseOf } from './make.ts'
import { type Call, define, NAMESPACES, SUMMARIES, type Summary } from './registry.ts'
import { BOOL, BOTTOM, join, of, STR, strongerTaint, tainted, UNDEF, Value } from '../value.ts'

/** Files read while loading are inputs of the build, whatever path they were found at. */
function reads(call: Call, value: (call: Call) => Value): Value {
  const { machine, frame, site } = call
  const name = call.token.path!.split('.').at(-1)
  let taint = used({ ...call, self: BOTTOM }, 'deep', false)
  if (taint?.kind === 'location') taint = null
  taint = strongerTaint(taint, machine.filesWritten)
  if (frame.context.kind !== 'load')
    return ambient(
      { machine, frame, site },
      `reads a file while it answers: ${name}()`,
      value(call),
    )
  return tainted(value(call), taint)
}

/** Text where an encoding is given, else bytes. */
const content: Summary = call =>
  reads(call, () => {
    const { machine, frame, site } = call
    const how = arg(call, 1)
    const named = join(
      new Value(0, how.strings),
      machine.read(frame, new Value(0, [], how.tokens), 'encoding', site),
    )
    const isText = named.strings.length > 0 && !named.bits && !how.bits && !how.doubt
    return isText ? STR : join(STR, of(fresh(call, 'bytes')))
  })
const names: Summary = call => reads(call, () => listOf(call, STR))
const stats: Summary = call => reads(call, () => join(of(fresh(call, 'stats')), UNDEF))
const exists: Summary = call => reads(call, () => BOOL)
const promised =
  (summary: Summary): Summary =>
  call => {
    const value = summary(call)
    return tainted(promiseOf(call, value, 'promised'), value.taint)
  }

for (const owner of ['node:fs']) {
  define(`${owner}: readFileSync`, content)
  define(`${owner}: readdirSync`, names)
  define(`${owner}: statSync lstatSync`, stats)
  define(`${owner}: existsSync`, exists)
  for (const name of [
    'writeFileSync',
    'appendFileSync',
    'mkdirSync',
    'rmSync',
    'renameSync',
    'unlinkSync',
    'copyFileSync',
    'utimesSync',
  ])
    SUMMARIES.set(`${owner}.${name}`, wroteFile)
}
NAMESPACES.add('node:fs.promises')
for (const owner of ['node:fs/promises', 'node:fs.promises']) {
  define(`${owner}: readFile`, promised(content))
  define(`${owner}: readdir`, promised(names))
  define(`${owner}: stat lstat`, promised(stats))
}
define('Stats.prototype: isFile isDirectory isSymbolicLink', call => tainted(BOOL, call.self.taint))

function wroteFile(call: Call): Value {
  const { machine, frame, site } = call
  const message = 'reads files that code of the project writes'
  if (frame.context.kind !== 'call') machine.filesWritten ??= { kind: 'ambient', message, site }
  return ambient(call, `writes a file: ${call.token.path!.split('.').at(-1)}()`)
}
