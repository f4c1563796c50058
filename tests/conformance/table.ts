// Requests and the answers that conventions.md promises, as data: every host is asked each of them.
// `undefined` in an expectation means that only the equality of all hosts is checked.

export interface Case {
  /** Method and target, `GET` left out: `POST /form`. */
  request: string
  /** What sets it apart from other requests with the same line. */
  note?: string
  headers?: Record<string, string> | [string, string][]
  body?: string | Uint8Array
  status?: number
  /** null: must not be there. A string: equal; `allow` and `vary` as sets. */
  fields?: Record<string, string | RegExp | null>
  /** Of the decoded body. */
  text?: string | RegExp
  json?: unknown
  bytes?: number[]
}

const string = { 'content-type': 'text/plain; charset=utf-8' }
const html = { 'content-type': 'text/html; charset=utf-8' }
/** What Hono's `c.text` says is spelt in more than one way; what conventions.md says is not. */
const plain = { 'content-type': /^text\/plain; ?charset=utf-8$/i }
const json = { 'content-type': /^application\/json(; ?charset=utf-8)?$/i }
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/
const strong = /^"[^"\s]+"$/

/** The head of every static response. */
const fixed = {
  date: httpDate,
  'last-modified': httpDate,
  etag: strong,
  'content-length': /^\d+$/,
  'transfer-encoding': null,
  'cache-control': 'public, max-age=0, must-revalidate',
}

const to = (location: string, status = 308): Pick<Case, 'status' | 'fields'> => ({
  status,
  fields: { location },
})

export const routing: Case[] = [
  {
    request: '/',
    status: 200,
    fields: { ...html, ...fixed },
    text: '<html lang="en"><body><h1>Home &amp; garden</h1><p title="&quot;quoted&quot;">&lt;escaped&gt;</p></body></html>',
  },
  { request: '/about', status: 200, fields: { ...plain, ...fixed }, text: 'about' },
  { request: '/about?q=1', note: 'a query', status: 200, text: 'about' },
  { request: '/about?', note: 'an empty query', status: 200, text: 'about' },
  { request: '/about?%zz', note: 'a query that is malformed', status: 200, text: 'about' },
  { request: '/%61bout', status: 200, text: 'about' },
  { request: '/%61%62%6F%75%74', status: 200, text: 'about' },
  { request: '/About', status: 404 },
  { request: '/abou', status: 404 },
  { request: '/aboutt', status: 404 },
  { request: '//about', note: 'empty segments are kept', status: 404 },
  { request: '//', status: 404 },
  {
    request: '/feed.xml',
    status: 200,
    fields: { 'content-type': 'application/atom+xml; charset=utf-8', etag: strong },
    text: '<feed/>',
  },
  { request: '/robots.txt', status: 200, fields: string, text: 'User-agent: *\nDisallow:\n' },
  { request: '/two%20words/na%C3%AFve', status: 200, text: /^a literal with a space/ },
  { request: '/two%20words/na%c3%afve', status: 200, text: /^a literal with a space/ },
  { request: '/two+words/na%C3%AFve', note: 'a plus is no space', status: 404 },

  // helpers are never routes
  { request: '/_helper', status: 404 },
  { request: '/%5Fhelper', status: 404 },
  { request: '/_folder/page', status: 404 },
  { request: '/_404', status: 404 },
  { request: '/_error', status: 404 },
  { request: '/area/_middleware', status: 404 },

  // [param]
  { request: '/blog/first', status: 200, fields: { ...json, ...fixed }, json: { slug: 'first' } },
  { request: '/blog/f%69rst', status: 200, fields: fixed, json: { slug: 'first' } },
  { request: '/blog/zweite%20seite', status: 200, fields: fixed, json: { slug: 'zweite seite' } },
  { request: '/blog/a%2Fb', status: 200, fields: fixed, json: { slug: 'a/b' } },
  { request: '/blog/a%2fb', status: 200, fields: fixed, json: { slug: 'a/b' } },
  { request: '/blog/other', status: 200, json: { slug: 'other' } },
  { request: '/blog/x%2Fy', status: 200, json: { slug: 'x/y' } },
  { request: '/blog/%E2%82%AC', status: 200, json: { slug: '€' } },
  { request: '/blog/%2525', note: 'decoded once', status: 200, json: { slug: '%25' } },
  { request: '/blog/a+b', status: 200, json: { slug: 'a+b' } },
  { request: "/blog/a,b;c=d:e@f!$&'()*", status: 200, json: { slug: "a,b;c=d:e@f!$&'()*" } },
  { request: '/blog/a%2Cb%3Bc', status: 200, json: { slug: 'a,b;c' } },
  { request: '/blog/%3Cscript%3E', status: 200, json: { slug: '<script>' } },
  { request: '/blog/constructor', status: 200, json: { slug: 'constructor' } },
  { request: '/blog/__proto__', status: 200, json: { slug: '__proto__' } },
  { request: '/blog', status: 404 },
  {
    request: '/blog/',
    note: 'a parameter is never empty',
    status: 404,
    fields: { location: null },
  },
  { request: '/blog/a/b', status: 404 },
  { request: '/blog//first', status: 404 },
  { request: '/blog/latest', status: 200, fields: fixed, json: { literal: 'latest' } },
  {
    request: '/blog/pinned',
    note: 'a file wins over a parameter',
    status: 200,
    text: 'a file wins over a parameter\n',
  },
  { request: '/blog/%70inned', status: 200, text: 'a file wins over a parameter\n' },

  // [...rest] and [[...rest]]
  { request: '/files/a', status: 200, json: { path: 'a' } },
  { request: '/files/a/b%20c/d.txt', status: 200, json: { path: 'a/b c/d.txt' } },
  { request: '/files/a%2Fb/c', status: 200, json: { path: 'a/b/c' } },
  { request: '/files/a//b', status: 200, json: { path: 'a//b' } },
  { request: '/files/%2525', status: 200, json: { path: '%25' } },
  { request: '/files', status: 404 },
  { request: '/docs', status: 200, json: { docs: '' } },
  { request: '/docs/a', status: 200, json: { docs: 'a' } },
  { request: '/docs/a/b/c', status: 200, json: { docs: 'a/b/c' } },

  // groups
  { request: '/pricing', status: 200, fields: { ...fixed, 'x-shop': 'open' }, text: 'pricing' },
  { request: '/(shop)/pricing', status: 404 },
  { request: '/%28shop%29/pricing', status: 404 },

  // trailing slash
  { request: '/about/', ...to('/about') },
  { request: '/about/?a=1&b=%20', note: 'the query is kept', ...to('/about?a=1&b=%20') },
  { request: '/blog/first/', ...to('/blog/first') },
  { request: '/blog/other/', ...to('/blog/other') },
  { request: '/docs/', ...to('/docs') },
  { request: '/docs/a/', ...to('/docs/a') },
  { request: '/files/a/', ...to('/files/a') },
  { request: '/pricing/', ...to('/pricing') },
  { request: '/nope/', status: 404, fields: { location: null } },
  { request: 'HEAD /about/', ...to('/about') },
  { request: 'POST /methods/', body: 'x', ...to('/methods') },

  // no redirect to elsewhere: `//host` in Location names another server
  { request: '//example.com/', status: 404, fields: { location: null } },
  { request: '//example.com/..', status: 404, fields: { location: null } },
  { request: '//example.com/%2e%2e', status: 404, fields: { location: null } },
  { request: '/\\example.com/', status: 404, fields: { location: null } },
  { request: '//files/example.com/', status: 404, fields: { location: null } },
  { request: '/files//example.com/', ...to('/files//example.com') },
  { request: '/docs/..//files/example.com/', status: 404, fields: { location: null } },
  { request: '/files/%2F%2Fexample.com/', ...to('/files/%2F%2Fexample.com') },
  { request: '/files/%5C%5Cexample.com/', ...to('/files/%5C%5Cexample.com') },
  { request: '/files/%0D%0Aset-cookie:a=b/', ...to('/files/%0D%0Aset-cookie:a=b') },
  { request: '/about/?//example.com', ...to('/about?//example.com') },

  // very long paths
  {
    request: `/files/${'x'.repeat(8_000)}`,
    note: '8,000 bytes',
    status: 200,
    json: { path: 'x'.repeat(8_000) },
  },
  { request: `/files/${'x'.repeat(9_000)}`, note: '9,000 bytes', status: 414 },
  { request: `/about?${'x'.repeat(9_000)}`, note: 'a long query', status: 200, text: 'about' },

  // dot segments
  { request: '/./about', status: 200, text: 'about' },
  { request: '/files/../about', status: 200, text: 'about' },
  { request: '/files/%2e%2E/about', status: 200, text: 'about' },
  { request: '/../../about', status: 200, text: 'about' },
  { request: '/files/a/./b/../c', status: 200, json: { path: 'a/c' } },
  { request: '/files/a/%2e/b', status: 200, json: { path: 'a/b' } },
  {
    request: '/files/..%2Fabout',
    note: '%2F never acts as a slash',
    status: 200,
    json: { path: '../about' },
  },
  { request: '/files/.../a', note: 'three dots are a name', status: 200, json: { path: '.../a' } },

  // malformed
  ...[
    '/%',
    '/a%2',
    '/%zz',
    '/%C3',
    '/%C3%28',
    '/%C0%80',
    '/%ED%A0%80',
    '/%F5%80%80%80',
    '/files/%FF',
    '/blog/%E2%82',
  ].map((request): Case => ({ request, status: 400 })),

  // precedence, segment by segment, with backtracking
  { request: '/order/lit/other', status: 200, text: 'lit then other' },
  { request: '/order/x/end', status: 200, text: 'param then end' },
  { request: '/order/lit/end', note: 'backtracks', status: 200, text: 'param then end' },
  { request: '/order/lit/zzz', status: 200, text: 'two lit zzz' },
  { request: '/order/lit', status: 200, text: 'rest lit' },
  { request: '/order/a/b/c', status: 200, text: 'rest a/b/c' },
  { request: '/order/lit/other/more', status: 200, text: 'rest lit/other/more' },
  { request: '/order', status: 404 },
  { request: 'POST /order/opt/a/b', body: '', status: 200, text: 'tail a/b' },
  { request: 'POST /order/opt', body: '', status: 200, text: 'tail ' },
  {
    request: '/order/opt/x',
    note: 'a 405 comes from the best match',
    status: 405,
    fields: { allow: 'POST, OPTIONS' },
  },

  // config.match
  { request: '/match/12', status: 200, text: 'number 12' },
  { request: '/match/%31%32', status: 200, text: 'number 12' },
  { request: '/match/ab', status: 200, text: 'number ab' },
  { request: '/match/abc', note: 'the whole value has to match', status: 200, text: 'else abc' },
  { request: '/match/1a', status: 200, text: 'else 1a' },
  { request: '/match/12%20', status: 200, text: 'else 12 ' },
  { request: '/match/12%0A', status: 200, text: 'else 12\n' },
  { request: '/match', status: 200, text: 'else ' },
  { request: '/match/1/2', status: 200, text: 'else 1/2' },
  { request: '/strict/7', status: 200, text: 'strict 7' },
  { request: '/strict/x', status: 404 },
  { request: 'POST /strict/x', body: '', note: 'not its URL, so no 405', status: 404 },
]

const reads = 'GET, HEAD, OPTIONS'

export const methods: Case[] = [
  {
    request: 'HEAD /about',
    status: 200,
    fields: { ...plain, ...fixed, 'content-length': '5' },
    text: '',
  },
  {
    request: 'HEAD /wire/long',
    headers: { 'accept-encoding': 'br' },
    status: 200,
    fields: { 'content-encoding': 'br' },
    text: '',
  },
  { request: 'HEAD /seen', status: 200, fields: json, text: '' },
  { request: 'HEAD /nope', status: 404, text: '' },
  { request: 'HEAD /stream/down', status: 200, text: '' },
  { request: 'HEAD /own-head', status: 200, fields: { 'x-head': 'its own' }, text: '' },
  { request: '/own-head', status: 200, fields: { 'x-head': null }, text: 'got GET' },
  { request: 'OPTIONS /about', status: 204, fields: { allow: reads }, text: '' },
  { request: 'OPTIONS /style.css', status: 204, fields: { allow: reads }, text: '' },
  { request: 'OPTIONS /blog/first', status: 204, fields: { allow: reads } },
  { request: 'OPTIONS /blog/other', status: 204, fields: { allow: reads } },
  { request: 'OPTIONS /only-post', status: 204, fields: { allow: 'POST, OPTIONS' } },
  {
    request: 'OPTIONS /methods',
    status: 204,
    fields: { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' },
  },
  {
    request: 'OPTIONS /own-options',
    status: 200,
    fields: { allow: 'GET, QUERY' },
    json: { options: 'mine' },
  },
  { request: 'OPTIONS /nope', status: 404 },
  { request: 'POST /about', body: 'x', status: 405, fields: { allow: reads } },
  { request: 'DELETE /about', status: 405, fields: { allow: reads } },
  { request: 'PURGE /about', status: 405, fields: { allow: reads } },
  { request: 'PROPFIND /seen', status: 405, fields: { allow: 'GET, HEAD, POST, DELETE, OPTIONS' } },
  { request: 'POST /style.css', body: 'x', status: 405, fields: { allow: reads } },
  { request: 'PUT /blog/pinned', body: 'x', status: 405, fields: { allow: reads } },
  { request: 'POST /nope', body: 'x', status: 404 },
  { request: '/only-post', status: 405, fields: { allow: 'POST, OPTIONS' } },
  { request: 'HEAD /only-post', status: 405, fields: { allow: 'POST, OPTIONS' }, text: '' },
  { request: 'POST /only-post', body: 'grüße', status: 201, text: 'grüße' },
  { request: '/methods?q=x', status: 200, text: 'GET x' },
  { request: 'POST /methods', body: 'one', status: 200, text: 'POST one' },
  { request: 'PUT /methods', body: 'two', status: 200, text: 'PUT two' },
  { request: 'PATCH /methods', body: 'three', status: 200, text: 'PATCH three' },
  { request: 'DELETE /methods', body: 'four', status: 200, text: 'DELETE four' },
  { request: 'DELETE /methods', note: 'without a body', status: 200, text: 'DELETE ' },
  { request: '/default', status: 200, fields: fixed, text: 'default is GET' },
  { request: 'POST /default', body: '', status: 405, fields: { allow: reads } },
  { request: '/static-and-post', status: 200, fields: fixed, text: 'a static page' },
  { request: 'POST /static-and-post', body: 'x', status: 200, text: 'posted x' },
  {
    request: 'PUT /static-and-post',
    body: 'x',
    status: 405,
    fields: { allow: 'GET, HEAD, POST, OPTIONS' },
  },
]

const br = { 'content-encoding': 'br', vary: 'Accept-Encoding' }
const gzip = { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }
const zstd = { 'content-encoding': 'zstd', vary: 'Accept-Encoding' }
const identity = { 'content-encoding': null, vary: 'Accept-Encoding' }
const negotiate = (accept: string, fields: Case['fields'], status = 200): Case => ({
  request: '/wire/long',
  note: `Accept-Encoding: ${accept}`,
  headers: { 'accept-encoding': accept },
  status,
  fields,
  ...(status === 200 && { text: /^<ul><li>A row .*: 199<\/li><\/ul>$/ }),
})

export const wire: Case[] = [
  {
    request: '/wire/long',
    note: 'no Accept-Encoding',
    status: 200,
    fields: { ...html, ...fixed, ...identity },
  },
  negotiate('br', { ...html, ...fixed, ...br }),
  negotiate('gzip', { ...html, ...fixed, ...gzip }),
  negotiate('zstd', { ...html, ...fixed, ...zstd }),
  negotiate('', identity),
  negotiate('identity', identity),
  negotiate('deflate, compress', identity),
  negotiate('BR', br),
  negotiate('gzip;q=0.8, br;q=0.9', br),
  negotiate('br;q=0.1, gzip', gzip),
  negotiate('gzip ; q=0.5 , zstd ; q=0.7', zstd),
  negotiate('br;q=0', identity),
  negotiate('br;q=0.000, gzip;q=0.001', { 'content-encoding': /^gzip$/ }),
  negotiate('identity;q=0.5, gzip;q=0.2', identity),
  negotiate('identity;q=0, br', br),
  negotiate('identity;q=0, *', { 'content-encoding': /^(br|gzip|zstd)$/ }),
  negotiate('*;q=0, gzip', gzip),
  negotiate('identity;q=0', { vary: 'Accept-Encoding' }, 406),
  negotiate('*;q=0', { vary: 'Accept-Encoding' }, 406),
  negotiate('identity;q=0, deflate', { vary: 'Accept-Encoding' }, 406),
  {
    request: '/wire/long',
    note: 'Accept-Encoding on two lines',
    headers: [
      ['Accept-Encoding', 'gzip;q=0.5'],
      ['Accept-Encoding', 'zstd'],
    ],
    status: 200,
    fields: zstd,
  },
  {
    request: '/wire/short',
    headers: { 'accept-encoding': 'br, gzip' },
    status: 200,
    fields: { ...fixed, 'content-encoding': null, vary: null },
    text: 'short',
  },
  { request: '/wire/short', headers: { 'accept-encoding': 'identity;q=0' }, status: 406 },
  {
    request: '/style.css',
    headers: { 'accept-encoding': 'br' },
    status: 200,
    fields: { ...fixed, ...br, 'content-type': /^text\/css(; ?charset=utf-8)?$/i },
  },
  { request: '/style.css', headers: { 'accept-encoding': 'identity;q=0' }, status: 406 },

  // statuses and the handler's own headers survive precomputation
  { request: '/wire/redirect', status: 302, fields: { location: '/about?from=redirect' } },
  {
    request: 'HEAD /wire/redirect',
    status: 302,
    fields: { location: '/about?from=redirect' },
    text: '',
  },
  {
    request: '/wire/gone',
    status: 410,
    fields: { etag: strong, date: httpDate },
    text: 'gone for good',
  },
  {
    request: '/wire/empty',
    status: 204,
    fields: { 'content-length': null, 'transfer-encoding': null },
    text: '',
  },
  { request: '/wire/reset', status: 205, fields: { 'transfer-encoding': null }, text: '' },
  {
    request: '/wire/unchanged',
    status: 304,
    fields: { 'content-length': null, 'transfer-encoding': null },
    text: '',
  },
  {
    request: '/wire/own-headers',
    status: 200,
    fields: {
      'content-type': 'application/vnd.example+json',
      'cache-control': 'public, max-age=60',
      'content-language': 'de',
      link: '</a>; rel=next',
      'x-latin': 'caf\xe9',
      'x-empty': '',
      etag: strong,
    },
    text: '{"v":1}',
  },
  {
    request: '/wire/configured',
    status: 200,
    fields: { 'x-configured': 'yes', 'cache-control': 'no-cache', etag: strong },
    text: 'configured',
  },
  {
    request: 'POST /wire/configured',
    body: '',
    status: 200,
    fields: { 'x-configured': 'yes', 'cache-control': 'no-cache' },
    text: 'configured too',
  },
  {
    request: '/wire/cookies',
    status: 200,
    fields: { 'set-cookie': 'a=1; Path=/, b=2; Path=/; HttpOnly' },
    text: 'cookies',
  },
  {
    request: '/wire/dynamic?name=you',
    status: 200,
    fields: { ...plain, etag: '"own"', 'x-dynamic': 'yes' },
    text: 'hello you',
  },
  {
    request: '/wire/dynamic',
    headers: { 'accept-encoding': 'br' },
    status: 200,
    text: 'hello nobody',
  },

  // control characters
  {
    request: '/wire/control/9',
    note: 'a tab is allowed',
    status: 200,
    fields: { 'x-bad': 'a\tb' },
  },
  ...[0, 1, 8, 10, 11, 13, 27, 31, 127].map(
    (code): Case => ({ request: `/wire/control/${code}`, status: 500, fields: { 'x-bad': null } }),
  ),

  // preconditions concern 2xx answers only
  { request: '/wire/gone', headers: { 'if-none-match': '*' }, status: 410, text: 'gone for good' },
  { request: '/wire/redirect', headers: { 'if-none-match': '*' }, status: 302 },
  { request: '/wire/gone', headers: { 'if-match': '"no"' }, status: 410 },
  { request: '/nope', headers: { 'if-none-match': '*' }, status: 404 },
  {
    request: '/about',
    headers: { 'if-none-match': '*' },
    status: 304,
    fields: { etag: strong },
    text: '',
  },
  { request: '/about', headers: { 'if-none-match': '"other"' }, status: 200, text: 'about' },
  { request: '/about', headers: { 'if-match': '*' }, status: 200, text: 'about' },
  { request: '/about', headers: { 'if-match': '"other"' }, status: 412 },
  {
    request: '/wire/long',
    headers: { 'if-match': '"other"' },
    status: 412,
    fields: { vary: 'Accept-Encoding' },
  },
  {
    request: '/about',
    headers: { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:10 GMT' },
    status: 412,
  },
  { request: '/about', headers: { 'if-unmodified-since': 'yesterday' }, status: 200 },
  {
    request: '/about',
    headers: { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:10 GMT' },
    status: 200,
  },
  {
    request: '/about',
    headers: { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
    status: 304,
    text: '',
  },
  { request: '/about', headers: { 'if-modified-since': 'soon' }, status: 200 },
  {
    request: '/about',
    note: 'If-Modified-Since is not looked at beside If-None-Match',
    headers: { 'if-none-match': '"other"', 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
    status: 200,
  },
  { request: 'HEAD /about', headers: { 'if-none-match': '*' }, status: 304, text: '' },
  { request: 'POST /about', body: '', headers: { 'if-none-match': '*' }, status: 405 },
]

const range = (value: string, rest: Partial<Case>): Case => ({
  request: '/digits.bin',
  note: `Range: ${value}`,
  headers: { range: value },
  ...rest,
})

export const files: Case[] = [
  {
    request: '/two%20words.txt',
    status: 200,
    fields: { ...fixed, ...plain },
    text: 'hello from a file\n',
  },
  { request: '/stra%C3%9Fe.txt', status: 200, fields: plain, text: 'straße\n' },
  { request: '/.well-known/security.txt', status: 200, fields: plain, text: /^Contact/ },
  {
    request: '/app-3f9a1c2b.js',
    status: 200,
    fields: {
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': /^text\/javascript/,
      etag: strong,
    },
  },
  { request: '/manual/page.html', status: 200, fields: html, text: /<title>Page/ },
  { request: '/manual/', status: 200, fields: { ...html, ...fixed }, text: /<title>Manual/ },
  { request: '/manual/index.html', status: 200, fields: html, text: /<title>Manual/ },
  { request: '/manual', ...to('/manual/') },
  { request: '/manual?a=1', ...to('/manual/?a=1') },
  { request: '/manual/page.html/', status: 404 },
  { request: '/manual/nope', status: 404 },
  { request: '/STYLE.css', status: 404 },
  { request: '/manual/..%2f..%2fprecast.config.ts', note: 'no way out of public/', status: 404 },
  {
    request: '/digits.bin',
    status: 200,
    fields: { ...fixed, 'content-length': '10' },
    text: '0123456789',
  },
  range('bytes=0-3', {
    status: 206,
    fields: { 'content-range': 'bytes 0-3/10', 'content-length': '4', etag: strong },
    text: '0123',
  }),
  range('bytes=5-', { status: 206, fields: { 'content-range': 'bytes 5-9/10' }, text: '56789' }),
  range('bytes=-3', { status: 206, fields: { 'content-range': 'bytes 7-9/10' }, text: '789' }),
  range('bytes=8-100', { status: 206, fields: { 'content-range': 'bytes 8-9/10' }, text: '89' }),
  range('bytes=-100', {
    status: 206,
    fields: { 'content-range': 'bytes 0-9/10' },
    text: '0123456789',
  }),
  range('bytes=0-0, 5-6', {
    status: 206,
    fields: { 'content-type': /^multipart\/byteranges; ?boundary=/ },
  }),
  range('bytes=10-', { status: 416, fields: { 'content-range': 'bytes */10' } }),
  range('bytes=-0', { status: 416, fields: { 'content-range': 'bytes */10' } }),
  range('bytes=5-2', { note: 'no range at all', status: 200, text: '0123456789' }),
  range('lines=1-2', { status: 200, text: '0123456789' }),
  range('bytes=a-b', { status: 200, text: '0123456789' }),
  {
    request: '/digits.bin',
    note: 'If-Range of another version',
    headers: { range: 'bytes=0-3', 'if-range': '"other"' },
    status: 200,
    text: '0123456789',
  },
  {
    request: 'HEAD /digits.bin',
    note: 'Range',
    headers: { range: 'bytes=0-3' },
    status: 200,
    fields: { 'content-length': '10', 'content-range': null },
    text: '',
  },
  {
    request: '/wire/short',
    note: 'Range on a route',
    headers: { range: 'bytes=0-1' },
    status: 200,
    fields: { 'accept-ranges': null, 'content-range': null },
    text: 'short',
  },
  {
    request: '/wire/large',
    note: 'a route with a large body',
    status: 200,
    fields: { ...fixed, 'accept-ranges': 'bytes', vary: 'Accept-Encoding' },
  },
  {
    request: '/wire/large',
    headers: { range: 'bytes=7-12', 'accept-encoding': 'br' },
    status: 206,
    fields: { 'content-range': 'bytes 7-12/98890', 'content-encoding': null },
    text: 'line 1',
  },
  {
    request: '/wire/large',
    headers: { range: 'bytes=98890-' },
    status: 416,
    fields: { 'content-range': 'bytes */98890', vary: 'Accept-Encoding' },
  },
  {
    request: '/wire/no-ranges',
    note: 'a handler that wants none',
    headers: { range: 'bytes=0-1' },
    status: 200,
    fields: { 'accept-ranges': 'none' },
  },
  range('bytes=0-2, 2-4', {
    note: 'ranges that overlap are one',
    status: 206,
    fields: { 'content-range': 'bytes 0-4/10' },
    text: '01234',
  }),
  range('bytes=5-, 0-4', {
    note: 'ranges that touch are one',
    status: 206,
    fields: { 'content-range': 'bytes 0-9/10' },
    text: '0123456789',
  }),
  range('bytes=0-,0-,0-,0-,0-', { status: 206, fields: { 'content-range': 'bytes 0-9/10' } }),
  range(`bytes=${Array(17).fill('0-0').join(',')}`, {
    note: 'more than 16 ranges',
    status: 200,
    text: '0123456789',
  }),
  {
    request: '/digits.bin',
    note: 'a condition comes before the range',
    headers: { range: 'bytes=0-3', 'if-none-match': '*' },
    status: 304,
    text: '',
  },
]

const order = (value: string): Case['fields'] => ({ 'x-order': value })

export const folders: Case[] = [
  {
    request: '/area/inner/page?q=1',
    status: 200,
    fields: order('inner, outer-2, outer-1'),
    text: 'page 1',
  },
  {
    request: '/area/inner/fixed',
    status: 200,
    fields: { ...fixed, ...order('inner, outer-2, outer-1') },
    text: 'fixed',
  },
  {
    request: 'OPTIONS /area/inner/fixed',
    status: 204,
    fields: { allow: reads, ...order('inner, outer-2, outer-1') },
  },
  {
    request: 'POST /area/inner/fixed',
    body: '',
    status: 405,
    fields: { allow: reads, ...order('inner, outer-2, outer-1') },
  },
  {
    request: '/area/nope',
    status: 404,
    fields: { ...json, ...order('outer-2, outer-1') },
    json: { area: 'nothing', url: '/area/nope' },
  },
  {
    request: '/area/inner/nope',
    status: 404,
    fields: order('inner, outer-2, outer-1'),
    json: { area: 'nothing', url: '/area/inner/nope' },
  },
  {
    request: 'POST /area/nope',
    body: 'x',
    status: 404,
    json: { area: 'nothing', url: '/area/nope' },
  },
  { request: '/area', status: 404, json: { area: 'nothing', url: '/area' } },
  { request: '/area/inner/fixed/', ...to('/area/inner/fixed') },
  { request: '/nope', status: 404, fields: { ...plain, 'x-order': null }, text: 'nothing here' },
  { request: '/nope/deep/er', status: 404, text: 'nothing here' },
  { request: '/area/throw/message', status: 500, fields: plain, text: 'area caught message' },
  { request: '/area/throw/later', status: 500, text: 'area caught later' },
  { request: '/area/throw/string', status: 500, text: 'area caught "a string"' },
  { request: '/area/throw/undefined', status: 500, text: 'area caught undefined' },
  { request: '/area/throw/object', status: 500, text: 'area caught {"code":7}' },
  { request: '/area/throw/http', status: 500, text: 'area caught forbidden' },
  { request: '/area/throw/teapot', status: 418, text: 'area caught teapot' },
  { request: '/area/not-found', status: 200, text: 'found' },
  {
    request: '/area/not-found?really=1',
    status: 404,
    json: { area: 'nothing', url: '/area/not-found' },
  },
  { request: '/broken', status: 500 },
  { request: '/app/boom', status: 500, text: 'root caught boom in the app' },

  { request: '/guard/secret', status: 401, text: 'no' },
  {
    request: '/guard/secret',
    headers: { authorization: 'Bearer key' },
    status: 200,
    text: 'the secret',
  },
  {
    request: '/guard/nope',
    note: 'middleware runs where nothing matches',
    status: 401,
    text: 'no',
  },
  {
    request: '/guard/nope',
    headers: { authorization: 'Bearer key' },
    status: 404,
    text: 'nothing here',
  },
  { request: 'OPTIONS /guard/secret', status: 401 },
  { request: 'POST /guard/secret', body: '', status: 401 },

  {
    request: 'OPTIONS /cors/data',
    note: 'a preflight',
    headers: { origin: 'https://example.com', 'access-control-request-method': 'PUT' },
    status: 204,
    fields: {
      'access-control-allow-origin': 'https://example.com',
      'access-control-allow-methods': /GET.*PUT/,
    },
  },
  {
    request: '/cors/data',
    headers: { origin: 'https://example.com' },
    status: 200,
    fields: { 'access-control-allow-origin': 'https://example.com' },
    json: { data: 1 },
  },
  {
    request: 'PUT /cors/data',
    headers: { origin: 'https://example.com' },
    body: '',
    status: 200,
    text: 'put',
  },

  { request: '/chain', status: 200, text: 'chain ab' },
  { request: 'POST /chain', body: 'x', status: 200, text: 'went on x' },
  { request: 'POST /chain', body: 'x', headers: { 'x-stop': '1' }, status: 409, text: 'stopped' },
]

export const mounts: Case[] = [
  { request: '/app', status: 200, fields: { 'x-folder': 'app' }, text: 'app root' },
  {
    request: '/app/',
    note: 'an app sees its paths as they came',
    status: 404,
    fields: { location: null },
  },
  { request: '/app?q=1', status: 200, text: 'app root' },
  {
    request: '/app/items/7',
    status: 200,
    fields: { ...json, 'x-folder': 'app' },
    json: { id: '7', who: 'folder' },
  },
  { request: '/app/items/7/', status: 404, fields: { location: null } },
  { request: '/app/items/a%2Fb', status: 200, json: { id: 'a/b', who: 'folder' } },
  { request: '/app/slash/', status: 200, text: 'with slash' },
  { request: '/app/slash', status: 404 },
  { request: 'POST /app/items', body: 'it', status: 201, text: 'made it' },
  { request: 'PURGE /app/cache', status: 200, text: 'purged' },
  { request: '/app/path/x/y', status: 200, text: '/app/path/x/y' },
  { request: 'HEAD /app/items/7', status: 200, fields: json, text: '' },
  { request: 'DELETE /app/items/7', status: 404 },
  { request: '/app/nope', status: 404, fields: { 'x-folder': 'app' }, text: 'nothing here' },
  { request: '/mounted', status: 200, text: 'mounted' },
  { request: '/mounted/deep/a%20b', status: 200, text: 'a b' },
  { request: '/mountedd', status: 404 },
]

const octets = { 'content-type': 'application/octet-stream' }

export const values: Case[] = [
  { request: '/values/string', status: 200, fields: { ...fixed, ...string }, text: 'grüße' },
  {
    request: '/values/object',
    status: 200,
    fields: { ...fixed, ...json },
    text: '{"a":[1,"two",null],"b":{"c":true}}',
  },
  { request: '/values/array', status: 200, fields: { ...fixed, ...json }, text: '[1,2,3]' },
  {
    request: '/values/bytes',
    status: 200,
    fields: { ...fixed, ...octets },
    bytes: [0, 1, 254, 255],
  },
  { request: '/values/null', status: 204, text: '' },
  { request: '/values/number', status: 200, fields: json, text: '42' },
  {
    request: '/values/jsx',
    status: 200,
    fields: { ...fixed, ...html },
    text: '<p>plain &lt;value&gt;</p>',
  },
  { request: '/values/html', status: 200, fields: { ...fixed, ...html }, text: '<p>&lt;b&gt;</p>' },
  { request: '/values/response', status: 203, fields: { 'x-kept': 'yes' }, text: 'kept' },
  { request: '/values/response', note: 'again', status: 203, text: 'kept' },

  { request: '/returns/string', status: 200, fields: string, text: 'grüße' },
  { request: '/returns/empty', status: 200, fields: string, text: '' },
  { request: '/returns/object', status: 200, fields: json, text: '{"a":1}' },
  { request: '/returns/array', status: 200, fields: json, text: '["x"]' },
  { request: '/returns/bytes', status: 200, fields: octets, bytes: [0, 255] },
  { request: '/returns/nothing', status: 204, fields: { 'content-type': null }, text: '' },
  { request: '/returns/null', status: 204, text: '' },
  { request: '/returns/number', status: 200, fields: json, text: '7' },
  { request: '/returns/false', status: 200, fields: json, text: 'false' },
  { request: '/returns/jsx', status: 200, fields: html, text: '<b>&lt;&amp;&gt;</b>' },
  { request: '/returns/component', status: 200, fields: html, text: '<p>hello you</p>' },
  { request: '/returns/html', status: 200, fields: html, text: '<i>&lt;</i>' },
  { request: '/returns/promise', status: 200, fields: string, text: 'later' },
  { request: '/returns/response', status: 202, fields: { 'x-a': 'b' }, text: 'as it is' },
  {
    request: '/returns/status',
    status: 418,
    fields: { ...string, 'x-set': 'by the context' },
    text: 'teapot',
  },
  { request: '/returns/json', status: 201, fields: json, text: '{"ok":true}' },
  { request: '/returns/text', status: 200, fields: { ...plain, 'x-a': 'b' }, text: 'text' },
  { request: '/returns/body', status: 200, text: 'raw' },
  { request: '/returns/redirect', ...to('/elsewhere?a=b', 307) },

  { request: '/prerender/one', status: 200, fields: fixed, text: 'page one' },
  { request: '/prerender/drei%2Fvier', status: 200, fields: fixed, text: 'page drei/vier' },
  { request: '/prerender/zwei', status: 200, text: 'page zwei' },
  { request: '/prerender/ZWEI', status: 404 },
  {
    request: '/prerender/clock',
    status: 200,
    fields: { ...fixed, ...json },
    text: /^\{"built":\d+,"random":0?\.\d+/,
  },
  {
    request: '/imports',
    status: 200,
    fields: fixed,
    json: { data: { from: 'json' }, note: 'from a text file\n' },
  },
  {
    request: '/imports/here',
    status: 200,
    fields: fixed,
    json: { text: 'from a text file\n', same: true },
  },
]

const seen = {
  method: 'GET',
  path: '/seen',
  search: '',
  host: true,
  single: null,
  several: null,
  cookie: null,
  queries: [],
  type: null,
  body: '',
}

export const requests: Case[] = [
  { request: '/seen', json: seen, status: 200 },
  {
    request: '/seen?q=1&q=%20two&r',
    status: 200,
    json: { ...seen, search: '?q=1&q=%20two&r', queries: ['1', ' two'] },
  },
  {
    request: '/seen',
    note: 'headers',
    headers: [
      ['X-Single', 'one'],
      ['X-Several', 'a'],
      ['X-Several', 'b'],
      ['Cookie', 'a=1; b=2'],
    ],
    status: 200,
    json: { ...seen, single: 'one', several: 'a, b', cookie: 'a=1; b=2' },
  },
  {
    request: '/seen',
    note: 'a long header',
    headers: { 'X-Single': 'x'.repeat(4000) },
    status: 200,
    json: { ...seen, single: 'x'.repeat(4000) },
  },
  {
    request: '/seen',
    note: 'another Host',
    headers: { Host: 'example.com:81' },
    status: 200,
    json: seen,
  },
  {
    request: 'POST /seen',
    headers: { 'content-type': 'text/plain' },
    body: 'grüße',
    status: 200,
    json: { ...seen, method: 'POST', type: 'text/plain', body: 'grüße' },
  },
  {
    request: 'POST /seen',
    note: 'no body',
    headers: { 'content-length': '0' },
    status: 200,
    json: { ...seen, method: 'POST' },
  },
  {
    request: 'POST /seen',
    note: 'a chunked body',
    headers: { 'transfer-encoding': 'chunked' },
    body: '3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n',
    status: 200,
    json: { ...seen, method: 'POST', body: 'abcdefg' },
  },
  { request: 'DELETE /seen', status: 200, json: { ...seen, method: 'DELETE' } },
  {
    request: 'POST /form',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'name=J%C3%BCrgen+M&x=1',
    status: 200,
    json: { name: 'Jürgen M', x: '1' },
  },
  {
    request: 'POST /form',
    note: 'multipart',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    body: '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue\r\n--b--\r\n',
    status: 200,
    json: { a: 'value' },
  },
  { request: '/stream/down?parts=1,2,3', status: 200, text: '1;2;3;' },
  {
    request: '/stream/events?data=x',
    status: 200,
    fields: { 'content-type': /^text\/event-stream/ },
    text: 'event: first\ndata: x\n\nevent: second\ndata: end\n\n',
  },
  {
    request: 'POST /stream/echo',
    body: new Uint8Array(300_000).map((_, index) => index * 7),
    status: 200,
  },
  {
    request: 'POST /stream/size',
    body: new Uint8Array(3_000_000),
    status: 200,
    json: { size: 3_000_000 },
  },
  { request: '/stream/bytes/2000000', status: 200, text: /^x{2000000}$/ },
]

export const groups = { routing, methods, wire, files, folders, mounts, values, requests }
