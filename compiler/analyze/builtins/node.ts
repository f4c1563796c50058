// Modules of Node that depend on their arguments: paths, URLs, hashes, assertions.

import { arg, changes, pure, used } from './call.ts'
import { contentTaint, put } from './contents.ts'
import { fresh } from './make.ts'
import { CONSTANTS, define } from './registry.ts'
import { join, of, STR, strongerTaint, tainted, UNDEF } from '../value.ts'

for (const owner of ['node:path', 'node:path/posix', 'node:path.posix']) {
  define(`${owner}: basename dirname extname isAbsolute`, pure(STR, 'json', false))
  // Windows separates otherwise.
  define(`${owner}: join normalize format`, call => {
    const taint = used(call, 'json', false)
    if (owner !== 'node:path') return tainted(STR, taint)
    const { machine, frame, site, token } = call
    const message = `depends on the system: ${token.path!.split('.').at(-1)}() of paths`
    if (frame.context.kind === 'call') machine.effect(frame, message, site)
    return tainted(STR, strongerTaint(taint, { kind: 'location', message, site }))
  })
  define(`${owner}: parse`, call => tainted(of(fresh(call, 'data')), used(call, 'json', false)))
  define(`${owner}: resolve relative`, call => {
    if (call.frame.context.kind === 'call')
      call.machine.effect(
        call.frame,
        `depends on the working directory: ${call.token.path!.split('.').at(-1)}()`,
        call.site,
      )
    const taint = used(call, 'string', false)
    return tainted(
      STR,
      strongerTaint(taint, {
        kind: 'location',
        message: 'depends on the working directory',
        site: call.site,
      }),
    )
  })
}
for (const name of ['sep', 'delimiter']) CONSTANTS.set(`node:path.${name}`, STR)
define('node:url: fileURLToPath', pure(STR, 'string', false))
define('node:url: pathToFileURL', call =>
  tainted(of(fresh(call, 'url')), used(call, 'string', false)),
)
define('node:crypto: createHash createHmac', call =>
  tainted(of(fresh(call, 'hash')), used(call, 'deep', false)),
)
define('Hash.prototype: update', call => {
  changes(call)
  put(call, tainted(STR, used(call, 'deep', false)))
  return call.self
})
define('Hash.prototype: digest', call => {
  changes(call)
  const taint = contentTaint(call)
  return tainted(arg(call, 0).strings.length ? STR : join(STR, of(fresh(call, 'bytes'))), taint)
})
define('node:assert: ok equal strictEqual deepEqual deepStrictEqual', call => {
  used(call, 'json', false)
  return UNDEF
})
