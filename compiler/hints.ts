// What would make a route static, by the kind of its reason: the one table behind `explain`, the
// errors of `--expect` and the list in docs/verdicts.md.

import type { Reason } from './stages.ts'

export interface Hint {
  /** Stable kebab-case name of the kind. */
  kind: string
  /** What reasons of this kind say; the first kind that fits is theirs. */
  says: RegExp
  /** What to do, as a sentence without its full stop. */
  hint: string
}

export const HINTS: Hint[] = [
  {
    kind: 'opted-out',
    says: /^has prerender: false/,
    hint: 'take `prerender: false` out of `config`',
  },
  {
    kind: 'method',
    says: /only GET is ever precomputed/,
    hint: 'nothing to do: a method that is not GET is there to run',
  },
  {
    kind: 'error-page',
    says: /^runs only when a handler throws/,
    hint: 'nothing to do: what it answers depends on the error',
  },
  {
    kind: 'mounted-app',
    says: /^is a Hono app/,
    hint: 'give pages that never change a route file of their own beside the app',
  },
  {
    kind: 'any-value',
    says: /^(takes any value of its parameters|only the URLs that config\.params names)|path parameter/,
    hint: 'list the values in `config.params`: those URLs are precomputed, all others stay dynamic',
  },
  {
    kind: 'sets-cookie',
    says: /sets a cookie/,
    hint: 'set the cookie in a route of its own: a response that sets one is never stored',
  },
  {
    kind: 'not-for-all',
    says: /^sends (Cache-Control|Vary): /,
    hint: 'take the field out if the response is for everybody: as it stands it says that it is not',
  },
  {
    kind: 'request',
    says: /the request\b|request context|request header|c\.req\b|c\.notFound/,
    hint: 'give each answer a URL of its own and let a parameter choose: URLs that `config.params` lists are known at build',
  },
  {
    kind: 'time-zone',
    says: /time zone/,
    hint: "name the time zone (`timeZone: 'UTC'`), or use the methods with `UTC` in their names",
  },
  {
    kind: 'locale',
    says: /default locale/,
    hint: "name the locale: `toLocaleString('en')`, `new Intl.NumberFormat('en')`",
  },
  {
    kind: 'clock',
    says: /reads the clock/,
    hint: '`config.prerender: true` keeps the time of the build, `config.revalidate` says how old it may be; or let the browser show the time',
  },
  {
    kind: 'randomness',
    says: /randomness|memory as it was left/,
    hint: 'use a fixed value, or keep the one of the build with `config.prerender: true`',
  },
  {
    kind: 'network',
    says: /uses the network|fetch\(\)/,
    hint: 'fetch at build with `config.prerender: true`, or from time to time with `config.revalidate`',
  },
  {
    kind: 'console',
    says: /writes to the (log|console)/,
    hint: 'take the line out of the handler: nobody would write it once the bytes are stored',
  },
  {
    kind: 'file',
    says: /file while it answers|facts of a file|files that code/,
    hint: 'read the file when the module loads: it is then an input of the build',
  },
  {
    kind: 'effect',
    says: /(writes a file|changes or watches files|ends the process)/,
    hint: 'move the effect to another method, such as POST: it would be missed once the bytes are stored',
  },
  {
    kind: 'timer',
    says: /timer|which promise is first|another thread|did not answer within/,
    hint: 'answer without waiting for time to pass, or keep what it answers at build with `config.prerender: true`',
  },
  {
    kind: 'text-as-code',
    says: /text as code|eval\(\)/,
    hint: 'write the code into a module: text that runs as code may change everything else',
  },
  {
    kind: 'unknown-module',
    says: /module (whose name|by a name|chosen)|imports .* which/,
    hint: 'import by a fixed name, of a module that the host of the build has',
  },
  {
    kind: 'shared-changes',
    says: /which all code shares|runs beside code that|the global `/,
    hint: 'leave the global object and the built-in prototypes as they are, also in packages',
  },
  {
    kind: 'throws',
    says: /throws |what was thrown|an error unhandled|crashed the process|memory that one process/,
    hint: 'mend what throws: `precast build` runs the handler once without a real request',
  },
  {
    kind: 'environment',
    says: /environment|the host\b|the process\b|process\.|the machine|working directory|import\.meta|uses (Bun|Deno)\.|is not the host|stack trace|garbage/,
    hint: 'put configuration into a module, or into a file that is read when the module loads',
  },
  {
    kind: 'state',
    says: /may change|outlives|^changes |several requests|it is called again|two evaluations/,
    hint: 'keep what changes inside of the call, or fill it while the module loads and change it nowhere after',
  },
  {
    kind: 'size',
    says: /answers with (more than|status)/,
    hint: 'answer with a final status and a body that fits, or put the file into `public/`',
  },
  {
    kind: 'not-followed',
    says: /./,
    hint: 'write it in a way that can be followed (a call by name, a plain object), or, if you know that it never changes, vouch for it with `config.prerender: true`',
  },
]

/** What would make the route static. */
export function hintFor({ message }: Pick<Reason, 'message'>): Hint {
  return HINTS.find(({ says }) => says.test(message))!
}
