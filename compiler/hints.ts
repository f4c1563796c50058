// What would make a route static, by the kind of its reason: the one table behind `explain`, the
// errors of `--expect` and the list in docs/verdicts.md.

import type { Reason } from './stages.ts'

export interface Hint {
  /** Stable kebab-case name of the kind. */
  kind: string
  /** A reason of this kind. */
  example: string
  /** What reasons of this kind say; the first kind that fits is theirs. */
  says: RegExp
  /** What to do, as a sentence without its full stop. */
  hint: string
}

export const HINTS: Hint[] = [
  {
    kind: 'opted-out',
    example: 'has prerender: false in its config',
    says: /^has prerender: false/,
    hint: 'take `prerender: false` out of `config`',
  },
  {
    kind: 'method',
    example: 'answers POST; only GET is ever precomputed',
    says: /only GET is ever precomputed/,
    hint: 'nothing to do: a method that is not GET is there to run',
  },
  {
    kind: 'template',
    example: 'puts in :slug (HTML-escaped)',
    says: /^puts in /,
    hint: 'nothing to do: the bytes are made at build and the values put in as they come, without your code',
  },
  {
    kind: 'error-page',
    example: 'runs only when a handler throws, with what it threw',
    says: /^runs only when a handler throws/,
    hint: 'nothing to do: what it answers depends on the error',
  },
  {
    kind: 'websocket',
    example: 'speaks WebSocket',
    says: /^speaks WebSocket/,
    hint: 'nothing to do: a conversation is there to run',
  },
  {
    kind: 'mounted-app',
    example: 'is a Hono app, which runs for each request',
    says: /^is a Hono app/,
    hint: 'give pages that never change a route file of their own beside the app',
  },
  {
    kind: 'any-value',
    example: 'takes any value of its parameters; config.params can name URLs to precompute',
    says: /^(takes any value of its parameters|only the URLs that config\.params names)|path parameter/,
    hint: 'list the values in `config.params`: those URLs are precomputed, all others stay dynamic',
  },
  {
    kind: 'sets-cookie',
    example: 'sets a cookie',
    says: /sets a cookie/,
    hint: 'set the cookie in a route of its own: a response that sets one is never stored',
  },
  {
    kind: 'not-for-all',
    example: 'sends Cache-Control: private',
    says: /^sends (Cache-Control|Vary): /,
    hint: 'take the field out if the response is for everybody: as it stands it says that it is not',
  },
  {
    kind: 'throws',
    example: 'throws Error: not today',
    says: /^throws |^reads what was thrown|an error unhandled|crashed the process|memory that one process/,
    hint: 'mend what throws: `precast build` runs the handler once without a real request',
  },
  {
    kind: 'shared-changes',
    example: 'changes Array.prototype.map, which all code shares',
    says: /which all code shares|^runs beside code that/,
    hint: 'leave the global object and the built-in prototypes as they are, also in packages',
  },
  {
    kind: 'state',
    example: 'reads the variable visits, which routes/visits.ts:6 may change',
    says: /may change|outlives|several requests|it is called again|two evaluations/,
    hint: 'keep what changes inside of the call, or fill it while the module loads and change it nowhere after',
  },
  {
    kind: 'engine',
    example: 'reads a stack trace',
    says: /stack trace|garbage|source text of a function|RegExp\.\$/,
    hint: 'answer with something that the program decides by itself: what the engine tells of itself is another thing elsewhere',
  },
  {
    kind: 'request',
    example: 'reads the request header "accept-language"',
    says: /the request\b|request context|request header|c\.req\b|c\.notFound|hono\/(accepts|bun|deno|cloudflare)/,
    hint: 'give each answer a URL of its own and let a parameter choose: URLs that `config.params` lists are known at build',
  },
  {
    kind: 'time-zone',
    example: 'reads the local time zone: Date.prototype.getHours()',
    says: /time zone/,
    hint: "name the time zone (`timeZone: 'UTC'`), or use the methods with `UTC` in their names",
  },
  {
    kind: 'locale',
    example: 'reads the default locale: Number.prototype.toLocaleString() without a locale',
    says: /locale/,
    hint: "name the locale: `toLocaleString('en')`, `new Intl.NumberFormat('en')`",
  },
  {
    kind: 'clock',
    example: 'reads the clock: Date.now()',
    says: /reads the clock/,
    hint: '`config.prerender: true` keeps the time of the build, `config.revalidate` says how old it may be; or let the browser show the time',
  },
  {
    kind: 'randomness',
    example: 'draws a random number: Math.random()',
    says: /random|memory as it was left/,
    hint: 'use a fixed value, or keep the one of the build with `config.prerender: true`',
  },
  {
    kind: 'network',
    example: 'asks the network: fetch()',
    says: /the network|fetch\(\)|node:(dns|https?|http2|net|tls|dgram|child_process)\b/,
    hint: 'fetch at build with `config.prerender: true`, or from time to time with `config.revalidate`',
  },
  {
    kind: 'console',
    example: 'writes to the log: console.log()',
    says: /writes to the (log|console)/,
    hint: 'take the line out of the handler: nobody would write it once the bytes are stored',
  },
  {
    kind: 'file',
    example: 'reads a file while it answers: fs.readFileSync()',
    says: /file while it answers|facts of a file|files that code/,
    hint: 'read the file when the module loads: it is then an input of the build',
  },
  {
    kind: 'effect',
    example: 'writes a file: fs.appendFileSync()',
    says: /(writes a file|changes or watches files|ends the process)/,
    hint: 'move the effect to another method, such as POST: it would be missed once the bytes are stored',
  },
  {
    kind: 'timer',
    example: 'starts a timer: setTimeout()',
    says: /timer|which promise is first|another thread|did not answer within/,
    hint: 'answer without waiting for time to pass, or keep what it answers at build with `config.prerender: true`',
  },
  {
    kind: 'text-as-code',
    example: 'runs text as code: eval()',
    says: /text as code|eval\(\)/,
    hint: 'write the code into a module: text that runs as code may change everything else',
  },
  {
    kind: 'unknown-module',
    example: 'loads a module whose name is only known at run time: import()',
    says: /module (whose name|by a name|chosen)|imports .* which/,
    hint: 'import by a fixed name, of a module that the host of the build has',
  },
  {
    kind: 'environment',
    example: 'reads the environment: process.env.STAGE',
    says: /environment|the host\b|which host|process|the machine|working directory|import\.meta|uses (Bun|Deno)\.|navigator|node:os|hono\/adapter/,
    hint: 'put configuration into a module, or into a file that is read when the module loads',
  },
  {
    kind: 'size',
    example: 'answers with more than 67108864 bytes',
    says: /answers with (more than|status)/,
    hint: 'answer with a final status and a body that fits, or put the file into `public/`',
  },
  {
    kind: 'not-followed',
    example: 'calls a member whose name is only known at run time',
    says: /./,
    hint: 'write it in a way that can be followed (a call by name, a plain object), or, if you know that it never changes, vouch for it with `config.prerender: true`',
  },
]

/** What would make the route static. */
export function hintFor({ message }: Pick<Reason, 'message'>): Hint {
  return HINTS.find(({ says }) => says.test(message))!
}
