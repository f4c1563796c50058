// What differs between the processes in which one job is evaluated: everything that an answer may
// not depend on and that we can choose.

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
