// What differs between the processes in which one job is evaluated: everything that an answer may
// not depend on and that we can choose.

import type { Asked } from '../stages.ts'
import type { Surroundings } from './protocol.ts'

/** Surroundings, and the environment of the process that has them. */
export interface Variation {
  surroundings: Surroundings
  env: Record<string, string>
  /** Whether jobs run from the last to the first. */
  reversed: boolean
  /** Calls of the first job of each handler. */
  calls: number
}

/** No time of day is the same, nor the day of the week. */
const FIRST: Variation = {
  surroundings: {
    kind: 'first',
    clock: Date.UTC(2031, 0, 2, 3, 4, 5, 678),
    seed: 1,
    origin: 'http://localhost:3000',
    search: '',
    requestHeaders: [],
  },
  env: {
    TZ: 'Pacific/Kiritimati',
    LANG: 'en_US.UTF-8',
    LC_ALL: 'en_US.UTF-8',
    PRECAST_CANARY: 'first',
  },
  reversed: false,
  calls: 1,
}

const SECOND: Variation = {
  surroundings: {
    kind: 'second',
    clock: Date.UTC(1997, 10, 28, 21, 49, 37, 111),
    seed: 0x9e3779b9,
    origin: 'https://precast.example:8443',
    search: '?precast=1&q=%C3%A9&page=2&lang=tr&preview=1&debug=1&format=json',
    requestHeaders: [
      ['accept', 'application/json;q=0.9, text/plain;q=0.2'],
      ['accept-encoding', 'gzip;q=0.5, br'],
      ['accept-language', 'tr-TR, ar;q=0.5'],
      ['authorization', 'Bearer precast'],
      ['cookie', 'session=precast; theme=dark; lang=tr'],
      ['if-modified-since', 'Fri, 01 Jan 2038 00:00:00 GMT'],
      ['if-none-match', '*'],
      ['origin', 'https://elsewhere.example'],
      ['range', 'bytes=1-2'],
      ['referer', 'https://elsewhere.example/page'],
      ['user-agent', 'Precast/0 (Mobile; iPhone)'],
      ['x-forwarded-for', '203.0.113.7'],
      ['x-forwarded-host', 'elsewhere.example'],
      ['x-forwarded-proto', 'https'],
      ['x-requested-with', 'XMLHttpRequest'],
      ['hx-request', 'true'],
    ],
  },
  env: {
    TZ: 'America/St_Johns',
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
    PRECAST_CANARY: 'second',
    PRECAST_CANARY_2: 'second',
  },
  reversed: true,
  calls: 2,
}

/** Nothing is made up but the request. */
const REAL: Variation = {
  surroundings: {
    kind: 'real',
    clock: 0,
    seed: 0,
    origin: 'http://localhost:3000',
    search: '',
    requestHeaders: [],
  },
  env: {},
  reversed: false,
  calls: 1,
}

export const VARIATIONS = { first: FIRST, second: SECOND, real: REAL }

// ---------------------------------------------------------------- any number of them, to verify with

const ZONES = [
  'Asia/Kathmandu',
  'America/St_Johns',
  'UTC',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
]
const LOCALES = ['tr_TR', 'de_DE', 'C', 'ar_EG', 'ja_JP']

/** Before 1970, a leap day, a change of the year, past 2038, far off. */
const CLOCKS = [
  Date.UTC(2024, 1, 29, 12, 0, 1, 7),
  Date.UTC(1969, 11, 31, 23, 59, 58, 900),
  Date.UTC(2026, 11, 31, 23, 59, 59, 999),
  Date.UTC(2038, 0, 19, 3, 14, 8, 1),
  Date.UTC(9998, 5, 15, 6, 7, 8, 9),
]

/** The `number`th of the surroundings to verify in; every third is real but for its environment. */
export function surroundingsToVerify(number: number): Variation {
  const of = <T>(list: readonly T[]): T => list[number % list.length]!
  const locale = `${of(LOCALES)}.UTF-8`
  return {
    surroundings: {
      kind: number % 3 === 2 ? 'real' : number % 2 === 0 ? 'first' : 'second',
      clock: of(CLOCKS) + number,
      seed: Math.imul(number + 1, 0x85ebca6b) >>> 0,
      ...requestToVerify(number),
    },
    env: { TZ: of(ZONES), LANG: locale, LC_ALL: locale, [`PRECAST_VERIFY_${number}`]: `${number}` },
    reversed: number % 2 === 1,
    calls: 1,
  }
}

const ORIGINS = ['http://localhost:3000', 'https://precast.example', 'http://[::1]:8080']
const ACCEPT_ENCODING = ['gzip', 'br', 'zstd, gzip;q=0.3', '*', 'identity', 'br;q=0, gzip']
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
  'curl/8.9.1',
  'Googlebot/2.1 (+http://www.google.com/bot.html)',
]
const LANGUAGES = ['de-AT, de;q=0.8', 'tr', 'ja;q=0.9, *;q=0.1', 'ar-EG']
const QUERIES = [
  '',
  '?',
  '?q=%C3%BC&page=2',
  '?debug',
  '?lang=de&preview=true',
  '?format=json&a=1&a=2',
]
/** Names that applications look at, and one that no handler can have foreseen. */
const FIELDS = [
  ['authorization', 'Bearer verify'],
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-for', '198.51.100.7'],
  ['hx-request', 'true'],
  ['x-requested-with', 'XMLHttpRequest'],
  ['sec-gpc', '1'],
  ['dnt', '1'],
  ['referer', 'https://elsewhere.example/'],
  ['save-data', 'on'],
  ['if-none-match', '"verify"'],
  ['range', 'bytes=0-1'],
] as const

/** The `number`th of the requests to verify with: each has another query, other headers and cookies. */
export function requestToVerify(number: number): Asked {
  const of = <T>(list: readonly T[]): T => list[number % list.length]!
  if (number === 0) return { origin: ORIGINS[0]!, search: '', requestHeaders: [] }
  const some = FIELDS.filter((_, index) => (index + number) % 3 === 0)
  return {
    origin: of(ORIGINS),
    search: of(QUERIES),
    requestHeaders: [
      ['accept', number % 2 === 0 ? 'text/html,*/*;q=0.8' : 'application/json'],
      ['accept-encoding', of(ACCEPT_ENCODING)],
      ['accept-language', of(LANGUAGES)],
      ['cookie', `session=verify-${number}; theme=${number % 2 === 0 ? 'dark' : 'light'}`],
      ['user-agent', of(AGENTS)],
      [`x-verify-${number}`, `${number}`],
      ...some.map(([name, value]): [string, string] => [name, value]),
    ],
  }
}
