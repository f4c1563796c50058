import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Encoding } from '../../runtime/artifact.ts'
import {
  choose,
  evaluate,
  ifRangeHolds,
  matches,
  parseDate,
  parseRange,
  qualities,
  type Conditions,
} from '../../runtime/negotiate.ts'

const SIZES: Record<Encoding, number> = { identity: 100, br: 10, zstd: 20, gzip: 30, dcz: 5 }
const variants = (...names: Encoding[]) =>
  names.map(encoding => ({ encoding, etag: `"${encoding}"`, length: SIZES[encoding] }))
const ALL = variants('identity', 'br', 'zstd', 'gzip')

const encodings: [field: string | null, chosen: Encoding | null, among?: typeof ALL][] = [
  [null, 'identity'],
  ['', 'identity'],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['x-gzip', 'gzip'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, zstd', 'zstd'],
  ['br;q=0.5, gzip', 'gzip'],
  ['br;q=0.5, gzip;q=0.5', 'br'],
  ['br;q=0.001', 'br'],
  ['br;q=0', 'identity'],
  ['br;q=0.000', 'identity'],
  ['gzip;q=0.8', 'gzip'],
  ['gzip ; q=0.8 ', 'gzip'],
  ['gzip;Q=1.000', 'gzip'],
  ['identity', 'identity'],
  ['identity, gzip;q=0.5', 'identity'],
  ['identity;q=0.5, gzip;q=0.4', 'identity'],
  ['identity;q=0.4, gzip;q=0.5', 'gzip'],
  ['*', 'br'],
  ['*;q=0', null],
  ['*;q=0, gzip', 'gzip'],
  ['*;q=0, identity', 'identity'],
  ['br;q=0, *', 'zstd'],
  ['gzip;q=0.2, *;q=0.5', 'br'],
  ['identity;q=0', null],
  ['identity;q=0, gzip', 'gzip'],
  ['identity;q=0, *;q=0', null],
  ['identity;q=0, deflate', null],
  ['gzip', 'identity', variants('identity')],
  ['gzip, identity;q=0', null, variants('identity', 'br')],
  ['gzip, *;q=0', null, variants('identity')],
  // Unknown codings and members that are malformed count for nothing.
  ['deflate', 'identity'],
  ['compress, exi', 'identity'],
  ['gzip;q=2', 'identity'],
  ['gzip;q=', 'identity'],
  ['gzip;q=0.1234', 'identity'],
  ['gzip;q=-1', 'identity'],
  ['gzip;q=abc, br', 'br'],
  ['gzip;q', 'identity'],
  ['gzip;level=9', 'identity'],
  [',,, ,gzip,', 'gzip'],
  [';q=1', 'identity'],
  ['gzip br', 'identity'],
  // The first of two counts.
  ['gzip;q=0, gzip', 'identity'],
]

for (const [field, chosen, among = ALL] of encodings) {
  const names = among.map(({ encoding }) => encoding).join(', ')
  test(`Accept-Encoding ${JSON.stringify(field)} gets ${chosen ?? '406'} among ${names}`, () => {
    for (let turn = 0; turn < 2; turn++) {
      const index = choose(qualities(field), among)
      assert.equal(index < 0 ? null : among[index]!.encoding, chosen)
    }
  })
}

test('many different Accept-Encoding values do not grow the memory of them without bound', () => {
  for (let i = 0; i < 10_000; i++) qualities(`gzip, x-${i}`)
  assert.equal(choose(qualities('gzip, x-1'), ALL), 3)
  assert.equal(choose(qualities(`${'x'.repeat(10_000)}, br`), ALL), 1)
})

test('dcz is for those who name it and hold the dictionary', () => {
  const family = variants('identity', 'dcz', 'br')
  const chosen = (field: string, held: boolean) =>
    family[choose(qualities(field), family, held)]!.encoding
  assert.equal(chosen('br, dcz', true), 'dcz')
  assert.equal(chosen('br, dcz', false), 'br')
  assert.equal(chosen('br, dcz;q=0.5', true), 'br')
  assert.equal(chosen('br, dcz;q=0', true), 'br')
  assert.equal(chosen('*', true), 'br')
  assert.equal(chosen('dcz', false), 'identity')
  assert.equal(choose(qualities('dcz, identity;q=0'), family), -1)
})

const ETAG = '"abc"'
const MODIFIED = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000
const AT = 'Fri, 02 Jan 2026 03:04:05 GMT'
const BEFORE = 'Fri, 02 Jan 2026 03:04:04 GMT'
const AFTER = 'Fri, 02 Jan 2026 03:04:06 GMT'

const conditions: [
  title: string,
  fields: Partial<Conditions>,
  status: 200 | 304 | 412,
  etag?: string,
][] = [
  ['none', {}, 200],
  ['If-None-Match with the tag', { ifNoneMatch: ETAG }, 304],
  ['If-None-Match with another', { ifNoneMatch: '"abd"' }, 200],
  ['If-None-Match with the weak tag', { ifNoneMatch: 'W/"abc"' }, 304],
  ['If-None-Match in a list', { ifNoneMatch: '"x", "abc" , "y"' }, 304],
  ['If-None-Match in a list with a comma in a tag', { ifNoneMatch: '"x,\\", W/"abc"' }, 304],
  ['If-None-Match inside of another tag', { ifNoneMatch: '"x,"abc"' }, 200],
  ['If-None-Match *', { ifNoneMatch: '*' }, 304],
  ['If-None-Match with a tag that has no quotes', { ifNoneMatch: 'abc' }, 200],
  ['If-None-Match empty', { ifNoneMatch: '' }, 200],
  ['If-None-Match with empty members', { ifNoneMatch: ', ,"abc"' }, 304],
  ['If-None-Match with a prefix of the tag', { ifNoneMatch: '"ab"' }, 200],
  ['If-None-Match in another case', { ifNoneMatch: '"ABC"' }, 200],
  ['a weak tag of ours', { ifNoneMatch: '"abc"' }, 304, 'W/"abc"'],
  ['If-Modified-Since then', { ifModifiedSince: AT }, 304],
  ['If-Modified-Since later', { ifModifiedSince: AFTER }, 304],
  ['If-Modified-Since before', { ifModifiedSince: BEFORE }, 200],
  ['If-Modified-Since malformed', { ifModifiedSince: '2026-01-02' }, 200],
  [
    'If-None-Match that fails goes before If-Modified-Since',
    { ifNoneMatch: '"x"', ifModifiedSince: AFTER },
    200,
  ],
  [
    'If-None-Match that holds goes before If-Modified-Since',
    { ifNoneMatch: ETAG, ifModifiedSince: BEFORE },
    304,
  ],
  ['If-Match with the tag', { ifMatch: ETAG }, 200],
  ['If-Match with another', { ifMatch: '"x"' }, 412],
  ['If-Match with the weak tag', { ifMatch: 'W/"abc"' }, 412],
  ['If-Match *', { ifMatch: '*' }, 200],
  ['If-Match in a list', { ifMatch: '"x", "abc"' }, 200],
  ['If-Match with garbage', { ifMatch: 'abc' }, 412],
  ['If-Match never holds for a weak tag of ours', { ifMatch: 'W/"abc"' }, 412, 'W/"abc"'],
  ['If-Match that holds, then If-None-Match', { ifMatch: ETAG, ifNoneMatch: ETAG }, 304],
  ['If-Match that fails goes before If-None-Match', { ifMatch: '"x"', ifNoneMatch: ETAG }, 412],
  ['If-Unmodified-Since then', { ifUnmodifiedSince: AT }, 200],
  ['If-Unmodified-Since before', { ifUnmodifiedSince: BEFORE }, 412],
  ['If-Unmodified-Since malformed', { ifUnmodifiedSince: 'yesterday' }, 200],
  ['If-Match goes before If-Unmodified-Since', { ifMatch: ETAG, ifUnmodifiedSince: BEFORE }, 200],
]

for (const [title, fields, status, etag = ETAG] of conditions) {
  test(`conditions: ${title} gives ${status}`, () => {
    const none = {
      ifMatch: null,
      ifUnmodifiedSince: null,
      ifNoneMatch: null,
      ifModifiedSince: null,
    }
    assert.equal(evaluate({ ...none, ...fields }, etag, MODIFIED), status)
  })
}

test('a long hostile list of tags is read in linear time', () => {
  // Anything worse than linear would not come back within the time a test has.
  for (const unit of ['"', ',', ' ', 'W/', '"x",', 'W/"', '\t,'])
    assert.equal(matches(unit.repeat(2_000_000), ETAG, false), false)
})

const dates: [text: string, seconds: number | null][] = [
  ['Sun, 06 Nov 1994 08:49:37 GMT', 784111777],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 784111777],
  ['Sun Nov  6 08:49:37 1994', 784111777],
  ['  Sun, 06 Nov 1994 08:49:37 GMT ', 784111777],
  ['Thu, 29 Feb 2024 00:00:00 GMT', 1709164800],
  ['Wed, 29 Feb 2023 00:00:00 GMT', null],
  ['Sun, 06 Nov 1994 24:00:00 GMT', null],
  ['Sun, 06 Nov 1994 08:60:00 GMT', null],
  ['Sun, 06 nov 1994 08:49:37 GMT', null],
  ['Sun, 06 Foo 1994 08:49:37 GMT', null],
  ['Sun, 6 Nov 1994 08:49:37 GMT', null],
  ['Sun, 06 Nov 1994 08:49:37 +0000', null],
  ['Sun, 06 Nov 1994 08:49:37', null],
  ['784111777', null],
  ['', null],
]
for (const [text, seconds] of dates) {
  test(`the date ${JSON.stringify(text)} is ${seconds}`, () =>
    assert.equal(parseDate(text), seconds))
}

const ranges: [field: string, size: number, parts: ReturnType<typeof parseRange>][] = [
  ['bytes=0-0', 10, [[0, 0]]],
  ['bytes=0-9', 10, [[0, 9]]],
  ['bytes=0-99', 10, [[0, 9]]],
  ['bytes=5-', 10, [[5, 9]]],
  ['bytes=-3', 10, [[7, 9]]],
  ['bytes=-30', 10, [[0, 9]]],
  ['Bytes=1-2', 10, [[1, 2]]],
  [
    'bytes=0-1,4-5',
    10,
    [
      [0, 1],
      [4, 5],
    ],
  ],
  [
    'bytes= 0-1 , ,4-5',
    10,
    [
      [0, 1],
      [4, 5],
    ],
  ],
  [
    'bytes=4-5,0-1',
    10,
    [
      [4, 5],
      [0, 1],
    ],
  ],
  ['bytes=0-1,20-30', 10, [[0, 1]]],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=10-20,30-40', 10, 'unsatisfiable'],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  [`bytes=0-${'9'.repeat(400)}`, 10, [[0, 9]]],
  [`bytes=${'9'.repeat(400)}-`, 10, 'unsatisfiable'],
  ['bytes=2-1', 10, null],
  ['bytes=a-b', 10, null],
  ['bytes=1', 10, null],
  ['bytes=-', 10, null],
  ['bytes=', 10, null],
  ['bytes=,', 10, null],
  ['bytes=0-1;4-5', 10, null],
  ['bytes=0x1-2', 10, null],
  ['bytes=--1', 10, null],
  ['lines=0-1', 10, null],
  ['bytes 0-1', 10, null],
  ['', 10, null],
  [`bytes=${Array(17).fill('0-0').join(',')}`, 100, null],
  ['bytes=0-,0-,0-', 10, [[0, 9]]],
  ['bytes=0-8,1-9', 10, [[0, 9]]],
  ['bytes=5-6,0-1,2-4', 10, [[0, 6]]],
  [
    'bytes=8-9,0-1,3-4,1-3',
    10,
    [
      [8, 9],
      [0, 4],
    ],
  ],
]
for (const [field, size, parts] of ranges) {
  test(`Range ${field.slice(0, 40)} of ${size} bytes`, () =>
    assert.deepEqual(parseRange(field, size), parts))
}

test('parts are the bytes that were asked for, each once, in the order asked for', () => {
  const spec = fc
    .tuple(fc.nat(40), fc.nat(12))
    .map(([first, more]) => [first, first + more] as const)
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 16 }), fc.nat(40), (specs, size) => {
      const wanted = specs.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, i) => first + i).filter(byte => byte < size),
      )
      const parts = parseRange(`bytes=${specs.map(one => one.join('-')).join(',')}`, size)
      if (wanted.length === 0) return assert.equal(parts, 'unsatisfiable')
      assert.ok(Array.isArray(parts))
      const bytes = parts.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, i) => first + i),
      )
      assert.deepEqual([...bytes].sort(byNumber), [...new Set(wanted)].sort(byNumber))
      for (const [first] of parts) assert.ok(!bytes.includes(first - 1), 'parts that touch are one')
      const places = parts.map(([first, last]) =>
        specs.findIndex(([from]) => from >= first && from <= last),
      )
      assert.deepEqual(places, [...places].sort(byNumber))
    }),
    { numRuns: 2_000 },
  )
})

const byNumber = (a: number, b: number): number => a - b

test('If-Range holds for the strong tag or the very date only', () => {
  assert.equal(ifRangeHolds(null, ETAG, MODIFIED), true)
  assert.equal(ifRangeHolds(ETAG, ETAG, MODIFIED), true)
  assert.equal(ifRangeHolds('"x"', ETAG, MODIFIED), false)
  assert.equal(ifRangeHolds('W/"abc"', ETAG, MODIFIED), false)
  assert.equal(ifRangeHolds('W/"abc"', 'W/"abc"', MODIFIED), false)
  assert.equal(ifRangeHolds(AT, ETAG, MODIFIED), true)
  assert.equal(ifRangeHolds(AFTER, ETAG, MODIFIED), false)
  assert.equal(ifRangeHolds('garbage', ETAG, MODIFIED), false)
})
