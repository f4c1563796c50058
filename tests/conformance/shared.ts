// Requests that any server of the files in `project/public/` can be asked, and answers that are right
// by the specifications alone: where they leave a choice, each choice is. Our hosts and the servers
// beside them in docs/conformance.md are asked the same.

import type { Case, Row } from './ask.ts'

const PAGE = '/article.html'
const FILE = '/digits.bin'
const LATER = 'Fri, 01 Jan 2100 00:00:00 GMT'
const EARLY = 'Thu, 01 Jan 1970 00:00:10 GMT'
const whole = { status: 200, text: '0123456789' }
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/

const accept = (
  value: string | [string, string][],
  coding: RegExp,
  more?: Partial<Case>,
): Case => ({
  request: PAGE,
  headers: Array.isArray(value) ? value : { 'accept-encoding': value },
  status: 200,
  fields: { 'content-encoding': coding },
  text: /<title>Article</,
  ...more,
})
const range = (value: string, more: Partial<Case>): Case => ({
  request: FILE,
  headers: { range: value },
  ...more,
})
const page = (headers: Record<string, string>, status: number, method = ''): Case => ({
  request: `${method}${PAGE}`,
  headers,
  status,
})

const messages: Row[] = [
  'head',
  { request: `HEAD ${PAGE}`, status: 200, fields: { 'content-type': /^text\/html/ }, text: '' },
  { request: 'HEAD /nope.txt', status: 404, text: '' },
  'longTarget',
  { request: `/${'x'.repeat(7_900)}`, note: '7,900 bytes of path', status: [404, 414] },
  { request: `${PAGE}?${'x'.repeat(7_900)}`, note: '7,900 bytes of query', status: 200 },
]

const methods: Row[] = [
  'allow',
  ...['POST', 'PUT', 'PATCH', 'DELETE'].map(
    (method): Case => ({
      request: `${method} ${PAGE}`,
      body: 'x',
      status: 405,
      fields: { allow: /\bGET\b/ },
    }),
  ),
  'unsafe',
  ...['POST', 'PUT', 'PATCH', 'DELETE'].map(
    (method): Case => ({
      request: `${method} ${PAGE}`,
      note: 'not the page',
      body: 'x',
      text: /^(?![\s\S]*<title>Article<)/,
    }),
  ),
  'unknown',
  { request: `PURGE ${PAGE}`, status: [400, 404, 405, 501] },
  { request: `BREW ${PAGE}`, status: [400, 404, 405, 501] },
  { request: `get ${PAGE}`, note: 'in small letters', status: [400, 404, 405, 501] },
  'options',
  { request: `OPTIONS ${PAGE}`, status: [200, 204], fields: { allow: /\bGET\b/ } },
]

const outside = /^(?![\s\S]*secret of the project)/

const paths: Row[] = [
  'unreserved',
  { request: '/%61rticle.html', status: 200, text: /<title>Article</ },
  { request: '/article%2ehtml', status: 200, text: /<title>Article</ },
  { request: '/stra%c3%9fe.txt', status: 200, text: 'straße\n' },
  'names',
  { request: '/two%20words.txt', status: 200, text: 'hello from a file\n' },
  { request: '/stra%C3%9Fe.txt', status: 200, text: 'straße\n' },
  { request: '/two+words.txt', note: 'a plus is no space', status: 404 },
  'inside',
  ...[
    '/../secret.txt',
    '/manual/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/manual/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e/secret.txt',
    '/%252e%252e%252fsecret.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '/.%00./secret.txt',
    '/..;/secret.txt',
    '//../secret.txt',
    '/./..//../secret.txt',
  ].map((request): Case => ({ request, text: outside })),
  'badPath',
  ...['/%', '/%2', '/%zz', '/a%', '/%ff', '/%c3%28', '/article.html%00', '/%00'].map(
    (request): Case => ({ request, status: [400, 404] }),
  ),
  'caseful',
  { request: '/ARTICLE.html', status: 404 },
  { request: '/article.HTML', status: 404 },
  'redirect',
  ...[
    '//evil.example',
    '//evil.example/',
    '//evil.example/..',
    '//evil.example/%2e%2e',
    '//evil.example/../manual',
    '//evil.example//manual',
    '/.//evil.example/',
    '/%2F%2Fevil.example/',
    '/%2fevil.example/',
    '/\\evil.example/',
    '/%5Cevil.example/',
    '/%5cevil.example/..',
    '/%09/evil.example/',
    '/manual/..//evil.example/..',
    '///evil.example/manual/..',
    '//evil.example/manual/../../manual',
  ].map(
    (request): Case => ({
      request,
      fields: { location: /^(?!(https?:)?[/\\]{2}(?!localhost)|\s*https?:\/\/(?!localhost))/i },
    }),
  ),
  'hidden',
  { request: '/.hidden', status: [403, 404] },
  { request: '/%2ehidden', status: [403, 404] },
  { request: '/.well-known/security.txt', status: 200, text: /^Contact/ },
]

const codings: Row[] = [
  'coded',
  accept('gzip', /^gzip$/),
  accept('gzip, deflate, br, zstd', /^(gzip|br|zstd)$/),
  'refused',
  accept('gzip;q=0', /^(?!gzip)/),
  accept('gzip;q=0.000, br;q=0.0', /^\((none)\)$/),
  accept('br;q=0, gzip', /^(?!br)/),
  accept('gzip; q=0, *;q=0.5', /^(?!gzip)/),
  accept('*;q=0, gzip', /^gzip$/),
  accept('GZIP;Q=0', /^(?!gzip)/),
  'qualities',
  accept('gzip;q=0.8', /^gzip$/),
  accept('gzip;q=0.001', /^(gzip|\(none\))$/),
  accept('br;q=0.1, gzip;q=0.9', /^gzip$/),
  accept('gzip;q=0.1, br;q=0.2', /^br$/),
  accept('gzip;q=1.0, br;q=0.999', /^gzip$/),
  accept('identity;q=0.9, gzip;q=0.1', /^\(none\)$/),
  accept('identity, gzip;q=0.5', /^\(none\)$/),
  'identity',
  accept('', /^\(none\)$/),
  accept('identity', /^\(none\)$/),
  accept('deflate, compress', /^\(none\)$/),
  accept('*;q=0, identity', /^\(none\)$/),
  'notIdentity',
  accept('identity;q=0, gzip', /^gzip$/),
  accept('identity;q=0, *', /^(gzip|br|zstd)$/),
  accept('*;q=0, gzip;q=0.5', /^gzip$/),
  'tokens',
  accept('GZip', /^gzip$/),
  accept('notgzip, xbr', /^\(none\)$/),
  accept('gzip-not, brotli, zstandard', /^\(none\)$/),
  accept('deflate;x=gzip', /^\(none\)$/),
  accept('  gzip  ,', /^gzip$/),
  'lines',
  accept(
    [
      ['Accept-Encoding', 'deflate'],
      ['Accept-Encoding', 'gzip'],
    ],
    /^gzip$/,
  ),
  accept(
    [
      ['Accept-Encoding', 'br;q=0'],
      ['Accept-Encoding', 'gzip;q=0'],
    ],
    /^(?!br|gzip)/,
  ),
  accept(
    [
      ['Accept-Encoding', 'gzip;q=0.2'],
      ['Accept-Encoding', 'br;q=0.1'],
    ],
    /^gzip$/,
  ),
  'vary',
  ...['gzip', 'identity', 'br', ''].map(
    (value): Case => ({
      request: PAGE,
      note: `Vary beside Accept-Encoding: ${value}`,
      headers: { 'accept-encoding': value },
      fields: { vary: /accept-encoding|\*/i },
    }),
  ),
  { request: PAGE, note: 'Vary beside none', fields: { vary: /accept-encoding|\*/i } },
]

const conditions: Row[] = [
  'validators',
  {
    request: PAGE,
    status: 200,
    fields: { etag: /^(W\/)?"[^"]+"$/, 'last-modified': httpDate },
  },
  'noneMatch',
  page({ 'if-none-match': '*' }, 304),
  page({ 'if-none-match': '*' }, 304, 'HEAD '),
  page({ 'if-none-match': '"other"' }, 200),
  page({ 'if-none-match': '"a", W/"b", "c"' }, 200),
  'modified',
  page({ 'if-modified-since': LATER }, 304),
  page({ 'if-modified-since': EARLY }, 200),
  'dates',
  page({ 'if-modified-since': 'tomorrow' }, 200),
  page({ 'if-modified-since': '4102444800' }, 200),
  page({ 'if-unmodified-since': 'yesterday' }, 200),
  'match',
  page({ 'if-match': '*' }, 200),
  page({ 'if-match': '"other"' }, 412),
  page({ 'if-match': '"other", "another"' }, 412),
  page({ 'if-match': '"other"' }, 412, 'HEAD '),
  'unmodified',
  page({ 'if-unmodified-since': EARLY }, 412),
  page({ 'if-unmodified-since': LATER }, 200),
  'order',
  page({ 'if-none-match': '"other"', 'if-modified-since': LATER }, 200),
  page({ 'if-match': '"other"', 'if-unmodified-since': LATER }, 412),
  page({ 'if-match': '*', 'if-unmodified-since': EARLY }, 200),
  page({ 'if-match': '"other"', 'if-none-match': '*' }, 412),
  page({ 'if-match': '*', 'if-none-match': '*' }, 304),
  page({ 'if-unmodified-since': EARLY, 'if-none-match': '*' }, 412),
  'only2xx',
  { request: '/nope.txt', headers: { 'if-none-match': '*' }, status: 404 },
  { request: '/nope.txt', headers: { 'if-match': '"other"' }, status: [404, 412] },
  { request: '/nope.txt', headers: { 'if-modified-since': LATER }, status: 404 },
]

const size = (total: number): Case['fields'] => ({ 'content-range': `bytes */${total}` })

const ranges: Row[] = [
  'range',
  range('bytes=0-3', { status: 206, fields: { 'content-range': 'bytes 0-3/10' }, text: '0123' }),
  range('bytes=4-4', { status: 206, fields: { 'content-range': 'bytes 4-4/10' }, text: '4' }),
  range('bytes=5-', { status: 206, fields: { 'content-range': 'bytes 5-9/10' }, text: '56789' }),
  range('bytes=-3', { status: 206, fields: { 'content-range': 'bytes 7-9/10' }, text: '789' }),
  range('bytes=8-100', { status: 206, fields: { 'content-range': 'bytes 8-9/10' }, text: '89' }),
  range('bytes=-100', { status: 206, text: '0123456789' }),
  range('Bytes=0-0', { note: 'units in any case', status: 206, text: '0' }),
  'unsatisfiable',
  range('bytes=10-', { status: 416, fields: size(10) }),
  range('bytes=10-20', { status: 416, fields: size(10) }),
  range('bytes=-0', { status: 416, fields: size(10) }),
  range('bytes=99999999999999999999-', { status: [416, 200] }),
  'badRange',
  range('lines=1-2', whole),
  range('byte=0-3', whole),
  ...['bytes=a-b', 'bytes=-', 'bytes=1', 'bytes 0-3', 'bytes=3-1', 'bytes=0--1'].map(value =>
    range(value, { status: [200, 400, 416] }),
  ),
  'headRange',
  {
    request: `HEAD ${FILE}`,
    headers: { range: 'bytes=0-3' },
    status: 200,
    fields: { 'content-length': '10', 'content-range': null },
    text: '',
  },
  { request: '/nope.txt', headers: { range: 'bytes=0-3' }, status: 404 },
  'ifRange',
  ...['"other"', 'W/"other"', EARLY, LATER, 'nonsense'].map(value =>
    range('bytes=0-3', { headers: { range: 'bytes=0-3', 'if-range': value }, ...whole }),
  ),
  {
    request: FILE,
    note: 'If-Range without Range',
    headers: { 'if-range': '"other"' },
    ...whole,
  },
  'rangeLast',
  range('bytes=0-3', { headers: { range: 'bytes=0-3', 'if-none-match': '*' }, status: 304 }),
  range('bytes=0-3', { headers: { range: 'bytes=0-3', 'if-match': '"other"' }, status: 412 }),
  range('bytes=0-3', { headers: { range: 'bytes=0-3', 'if-modified-since': LATER }, status: 304 }),
]

const files: Row[] = [
  'types',
  { request: PAGE, status: 200, fields: { 'content-type': /^text\/html; ?charset=utf-8$/i } },
  {
    request: '/style.css',
    status: 200,
    fields: { 'content-type': /^text\/css(; ?charset=utf-8)?$/i },
  },
  { request: '/two%20words.txt', fields: { 'content-type': /^text\/plain; ?charset=utf-8$/i } },
  {
    request: '/app-3f9a1c2b.js',
    fields: { 'content-type': /^(text|application)\/javascript(; ?charset=utf-8)?$/i },
  },
]

export const shared: Record<string, Row[]> = {
  'messages of files': messages,
  'methods of files': methods,
  'paths of files': paths,
  'codings of files': codings,
  'conditions of files': conditions,
  'ranges of files': ranges,
  'types of files': files,
}
