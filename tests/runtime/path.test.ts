import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  canonicalPath,
  decodeSegment,
  encodeSegment,
  originForm,
  queryOf,
} from '../../runtime/path.ts'

const canonical: [target: string, path: string | null][] = [
  ['/', '/'],
  ['/a', '/a'],
  ['/a/', '/a/'],
  ['/a?b=/c/../d', '/a'],
  ['/a#b', '/a'],
  ['/a#b?c', '/a'],
  ['/?', '/'],
  // One path, however it is written.
  ['/a%2Cb', '/a,b'],
  ['/a,b', '/a,b'],
  ['/%7Euser', '/~user'],
  ['/%41%62', '/Ab'],
  ['/caf%c3%a9', '/caf%C3%A9'],
  ['/café', '/caf%C3%A9'],
  ['/a b', '/a%20b'],
  ['/a+b', '/a+b'],
  ['/"<>^`{|}', '/%22%3C%3E%5E%60%7B%7C%7D'],
  ["/a:b@c$&'()*+;=!", "/a:b@c$&'()*+;=!"],
  ['/a%3Ab%40c%24', '/a:b@c$'],
  ['/100%25', '/100%25'],
  // Escapes that are not what they look like stay escapes.
  ['/a%2Fb', '/a%2Fb'],
  ['/a%2fb', '/a%2Fb'],
  ['/a%5Cb', '/a%5Cb'],
  ['/%00', '/%00'],
  ['/%3F', '/%3F'],
  ['/%23', '/%23'],
  ['/%252e', '/%252e'],
  // Dot segments.
  ['/.', '/'],
  ['/..', '/'],
  ['/a/.', '/a/'],
  ['/a/..', '/'],
  ['/a/../b', '/b'],
  ['/a/./b', '/a/b'],
  ['/../../a', '/a'],
  ['/a/%2e%2E/b', '/b'],
  ['/a/.%2e/b', '/b'],
  ['/a/%2e/b', '/a/b'],
  ['/a/..b', '/a/..b'],
  ['/a/...', '/a/...'],
  ['/a/.b/..', '/a/'],
  ['/..%2f..', '/..%2F..'],
  // Empty segments are segments.
  ['//', '//'],
  ['/a//b', '/a//b'],
  ['//a/..', '//'],
  ['/a//..', '/a/'],
  // As the URL standard reads it.
  ['/a\\b', '/a/b'],
  ['/a/..\\..\\b', '/b'],
  // Absolute form.
  ['http://host', '/'],
  ['http://host/a/b?c', '/a/b'],
  ['HTTPS://user@host:1/a', '/a'],
  ['http://host?a', '/'],
  ['http://host//a', '//a'],
  // Refused.
  ['', null],
  ['*', null],
  ['a', null],
  ['?a', null],
  ['host:80', null],
  ['/%', null],
  ['/%1', null],
  ['/%zz', null],
  ['/a%2', null],
  ['/%ff', null],
  ['/%c3', null],
  ['/%c3/%a9', null],
  ['/%c0%af', null],
  ['/%ed%a0%80', null],
  ['/%u0041', null],
  ['/ok/%e9', null],
]

for (const [target, path] of canonical) {
  test(`${JSON.stringify(target)} is ${path ?? 'refused'}`, () => {
    assert.equal(canonicalPath(target), path)
  })
}

test('a canonical path is its own canonical form', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const path = canonicalPath(`/${text}`)
      if (path !== null) assert.equal(canonicalPath(path), path)
    }),
  )
})

test('any segment survives being encoded, and stays one segment', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      const encoded = encodeSegment(text)
      assert.equal(decodeSegment(encoded), text)
      assert.match(encoded, /^[\x21-\x7e]*$/)
      assert.ok(!/[/?#\\]/.test(encoded))
      if (text !== '.' && text !== '..') assert.equal(canonicalPath(`/${encoded}`), `/${encoded}`)
    }),
  )
})

test('a path reaches the same place through a URL parser as raw', () => {
  const part = fc.constantFrom(
    'a',
    'B',
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '%2F',
    '%41',
    '%c3%a9',
    '',
    ',',
    '%2C',
    '~',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), parts => {
      const path = `/${parts.join('/')}`
      const { pathname } = new URL(`http://host${path}`)
      assert.equal(canonicalPath(pathname), canonicalPath(path))
    }),
  )
})

test('the query is what stands between ? and #', () => {
  assert.equal(queryOf('/a'), '')
  assert.equal(queryOf('/a?'), '?')
  assert.equal(queryOf('/a?b=c?d#e'), '?b=c?d')
  assert.equal(queryOf('/a#b?c'), '')
})

test('only absolute forms lose an authority', () => {
  assert.equal(originForm('http://a/b'), '/b')
  assert.equal(originForm('//a/b'), '//a/b')
  assert.equal(originForm('*'), '*')
})
