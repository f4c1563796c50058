// Random requests at the project of the suite, as fast-check arbitraries that shrink to what a person
// can read. Each is one that every platform's parser takes: what they refuse is a matter of limits.ts.

import fc from 'fast-check'

export interface RandomRequest {
  method: string
  target: string
  headers: [name: string, value: string][]
  body?: string
}

/** Stand in values for what the target itself says: ETags by coding, and its date. */
export const VALIDATORS = ['<identity>', '<gzip>', '<br>', '<zstd>', '<date>'] as const

const TARGETS = [
  '/',
  '/about',
  '/style.css',
  '/article.html',
  '/digits.bin',
  '/movie.mp4',
  '/script.js',
  '/own.css',
  '/two%20words.txt',
  '/stra%C3%9Fe.txt',
  '/app-3f9a1c2b.js',
  '/.well-known/security.txt',
  '/.hidden',
  '/manual',
  '/manual/',
  '/manual/page.html',
  '/wire/long',
  '/wire/large',
  '/wire/short',
  '/wire/empty',
  '/wire/gone',
  '/wire/redirect',
  '/wire/own-headers',
  '/wire/configured',
  '/wire/dynamic',
  '/wire/cookies',
  '/wire/status/204',
  '/wire/control/10',
  '/blog/first',
  '/blog/a%2Fb',
  '/blog/other',
  '/blog/pinned',
  '/files/a/b',
  '/docs',
  '/docs/x/y',
  '/order/lit/other',
  '/order/lit/end',
  '/match/12',
  '/match/abc',
  '/strict/7',
  '/prerender/one',
  '/seen',
  '/methods',
  '/only-post',
  '/own-head',
  '/own-options',
  '/static-and-post',
  '/area/inner/page',
  '/area/inner/fixed',
  '/area/throw/message',
  '/area/nope',
  '/guard/secret',
  '/cors/data',
  '/chain',
  '/app',
  '/app/items/7',
  '/app/boom',
  '/mounted/deep/a%20b',
  '/returns/jsx',
  '/returns/nothing',
  '/values/bytes',
  '/values/null',
  '/stream/down?parts=1,2,3',
  '/nope',
]

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', 'PROPFIND', 'REPORT']

/** What one step does to a target. */
type Step = (target: string, at: number) => string

const hex = (code: number): string => `%${code.toString(16).padStart(2, '0')}`

const splice =
  (piece: string): Step =>
  (target, at) =>
    `${target.slice(0, 1 + at)}${piece}${target.slice(1 + at)}`

const PIECES = [
  '/',
  '//',
  './',
  '../',
  '/..',
  '/.',
  '%2e%2e/',
  '%2E',
  '%2F',
  '%2f',
  '%5C',
  '\\',
  '%',
  '%zz',
  '%C3',
  '%C3%A9',
  '%00',
  '%0A',
  '%20',
  '+',
  '%25',
  '%FF',
  ';',
  ':',
  '@',
  '~',
  '!',
  "'",
  '(',
  '*',
  ',',
  '=',
  '&',
  '$',
  '|',
  '^',
  '_',
  '-',
  'x',
  'X',
]

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...PIECES).map(splice),
  fc.constant<Step>((target, at) => {
    const char = target[1 + at]
    return char && /[a-z]/.test(char)
      ? `${target.slice(0, 1 + at)}${hex(char.charCodeAt(0))}${target.slice(2 + at)}`
      : target
  }),
  fc.constant<Step>((target, at) => target.slice(0, 1 + at) + target.slice(2 + at)),
  fc.constant<Step>(
    (target, at) =>
      target.slice(0, 1 + at) + target.slice(1 + at, 2 + at).toUpperCase() + target.slice(2 + at),
  ),
  fc.constant<Step>(target => `${target}/`),
)

const query = fc.constantFrom(
  '',
  '?',
  '?q=1',
  '?q=%20two&r',
  '?%zz',
  '?a=b?c=d',
  '?//evil',
  '?q=%C3%A9',
)

const target = fc
  .tuple(
    fc.constantFrom(...TARGETS),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.array(fc.tuple(step, fc.nat(12)), { minLength: 1, maxLength: 3 }),
      },
    ),
    query,
  )
  .map(([base, steps, tail]) => {
    const path = steps.reduce(
      (text, [apply, at]) => apply(text, Math.min(at, text.length - 1)),
      base,
    )
    return path.includes('?') ? path : path + tail
  })

const quality = fc.constantFrom(
  '',
  ';q=0',
  ';q=1',
  ';q=0.5',
  '; q=0.001',
  ';Q=0.8',
  ';q=2',
  ';q=',
  ';x=1',
)
const coding = fc.constantFrom(
  'gzip',
  'br',
  'zstd',
  'identity',
  '*',
  'deflate',
  'x-gzip',
  'BR',
  'gzipp',
  '',
)
const accept = fc
  .array(fc.tuple(coding, quality), { maxLength: 4 })
  .map(members => members.map(pair => pair.join('')).join(', '))

const tag = fc.constantFrom(
  ...VALIDATORS.slice(0, 4),
  'W/<identity>',
  '"other"',
  'W/"x"',
  '"a,b"',
  '*',
  'bare',
  '"open',
)
const tags = fc.array(tag, { minLength: 1, maxLength: 3 }).map(list => list.join(', '))
const date = fc.constantFrom(
  '<date>',
  'Thu, 01 Jan 1970 00:00:10 GMT',
  'Fri, 01 Jan 2100 00:00:00 GMT',
  'Thursday, 01-Jan-70 00:00:10 GMT',
  'Thu Jan  1 00:00:10 1970',
  'tomorrow',
  '0',
)
const bound = fc.constantFrom('', '0', '1', '4', '9', '10', '99', '70000', '00', '-1', 'x')
const range = fc
  .tuple(
    fc.constantFrom('bytes=', 'bytes=', 'bytes=', 'Bytes=', 'lines=', 'bytes '),
    fc.array(fc.tuple(bound, bound), { minLength: 1, maxLength: 3 }),
  )
  .map(([unit, specs]) => unit + specs.map(pair => pair.join('-')).join(', '))

const field: fc.Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(fc.constant('Accept-Encoding'), accept),
  fc.tuple(fc.constant('If-None-Match'), tags),
  fc.tuple(fc.constant('If-Match'), tags),
  fc.tuple(fc.constantFrom('If-Modified-Since', 'If-Unmodified-Since'), date),
  fc.tuple(fc.constant('Range'), range),
  fc.tuple(fc.constant('If-Range'), fc.oneof(tag, date)),
  fc.tuple(
    fc.constantFrom('X-Single', 'Cookie', 'Origin', 'Accept', 'Accept-Language', 'Cache-Control'),
    fc.constantFrom('a', 'a, b', 'a=1; b=2', '*', 'no-cache', 'x'.repeat(300)),
  ),
  fc.constantFrom<[string, string]>(
    ['Authorization', 'Bearer key'],
    ['Access-Control-Request-Method', 'PUT'],
    ['X-Stop', '1'],
    ['Content-Type', 'application/json'],
  ),
)

/** Fields that mean one thing only once; a second line of them is no valid request. */
const SINGLE = new Set([
  'Range',
  'If-Modified-Since',
  'If-Unmodified-Since',
  'If-Range',
  'Authorization',
  'Origin',
  'Content-Type',
])

/** Whether a line may stand where it does: an empty one beside others of its name says nothing. */
function isSound([name, value]: [string, string], index: number, all: [string, string][]): boolean {
  const first = all.findIndex(([own]) => own === name)
  if (SINGLE.has(name)) return first === index
  return value !== '' || all.filter(([own]) => own === name).length === 1
}

const headers = fc.array(field, { maxLength: 4 }).map(all => all.filter(isSound))

const get: fc.Arbitrary<RandomRequest> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
  target,
  headers,
})

const other: fc.Arbitrary<RandomRequest> = fc.record({
  method: fc.constantFrom(...METHODS),
  target,
  headers,
  body: fc.constantFrom('', 'x', 'name=value&é=1', '{"a":1}'),
})

/** One to three requests that follow one another on a connection. */
export const conversation: fc.Arbitrary<RandomRequest[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: get }, { weight: 1, arbitrary: other }),
  { minLength: 1, maxLength: 3 },
)
