// Requests as they go on the wire, and the statuses that have to come back: what RFC 9112 has a server
// take, what it has it refuse, and what two readers could take for two different requests.

import type { Host } from '../../cli/hosts.ts'

export interface Case {
  name: string
  /** One character a byte. */
  bytes: string
  /** Of all answers on the connection, in their order; the server ends it after the last. */
  status: number[]
  /** What the last answer ends with. */
  end?: string
}

const CLOSE = 'Connection: close\r\n'
const get = (fields = '', target = '/static') =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\n${fields}${CLOSE}\r\n`
const post = (fields: string, body: string) =>
  `POST /echo HTTP/1.1\r\nHost: x\r\n${fields}${CLOSE}\r\n${body}`
const chunked = (body: string, fields = 'Transfer-Encoding: chunked\r\n') => post(fields, body)
/** What an attacker wants to have answered as a request of somebody else's. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'

/** What has to be answered. */
export const taken: Case[] = [
  { name: 'a plain request', bytes: get(), status: [200], end: 'static' },
  {
    name: 'names in any case, tabs, and a value that is empty',
    bytes: 'GET /static HTTP/1.1\r\nhoSt:\tx\r\nempty:\r\nx: \r\ncOnnection:\tclose \r\n\r\n',
    status: [200],
    end: 'static',
  },
  {
    name: 'a body by its length',
    bytes: post('Content-Length: 5\r\n', 'hello').replace('/echo', '/count'),
    status: [200],
    end: '5',
  },
  {
    name: 'a body in chunks',
    bytes:
      'POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nc\r\nHellO world1\r\n0\r\n\r\n',
    status: [200],
    end: '12',
  },
  {
    name: 'chunked in capitals',
    bytes: chunked('1\r\na\r\n0\r\n\r\n', 'Transfer-Encoding: CHUNKED\r\n').replace(
      '/echo',
      '/count',
    ),
    status: [200],
    end: '1',
  },
  {
    name: 'an extension of a chunk, and trailers',
    bytes: chunked('1;a=b\r\na\r\n0\r\nX-Trailer: y\r\n\r\n'),
    status: [200],
  },
  {
    name: 'an expectation of a body that is not read',
    bytes: post('Content-Length: 5\r\nExpect: 100-continue\r\n', '').replace('/echo', '/ignore'),
    status: [200],
  },
  { name: 'an empty line before the request', bytes: `\r\n${get()}`, status: [200], end: 'static' },
  {
    name: 'a target in absolute form',
    bytes: get('', 'http://x/info'),
    status: [200],
  },
  {
    name: 'HTTP/1.0',
    bytes: 'GET /static HTTP/1.0\r\nHost: x\r\n\r\n',
    status: [200],
    end: 'static',
  },
  {
    name: 'HTTP/1.0 without Host',
    bytes: 'GET /static HTTP/1.0\r\n\r\n',
    status: [200],
    end: 'static',
  },
  {
    name: 'a pipeline with a slow answer among fast ones',
    bytes:
      'GET /static HTTP/1.1\r\nHost: x\r\n\r\nGET /slow?ms=50 HTTP/1.1\r\nHost: x\r\n\r\n' +
      `GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n${get()}`,
    status: [200, 200, 404, 200],
    end: 'static',
  },
  {
    name: 'a pipeline with bodies',
    bytes:
      'POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc' +
      'POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n' +
      `POST /count HTTP/1.1\r\nHost: x\r\n${CLOSE}Content-Length: 1\r\n\r\na`,
    status: [200, 200, 200],
    end: '1',
  },
]

const refused = (name: string, bytes: string, status = 400): Case => ({
  name,
  bytes,
  status: [status],
})
const field = (name: string, line: string, status = 400): Case =>
  refused(name, get(`${line}\r\n`), status)

/** What must not be answered as if it were a request. */
export const broken: Case[] = [
  refused('no version', 'GET / \r\n\r\n'),
  refused('HTTP/0.9', 'GET /\r\n\r\n'),
  refused('another version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 505),
  refused('HTTP/2 as if it were known', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505),
  refused('a version in small letters', 'GET / http/1.1\r\nHost: x\r\n\r\n'),
  refused('words before the method', 'Extra lineGET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  refused('a space in the target', 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n'),
  refused('a control character in the target', 'GET /a\x01 HTTP/1.1\r\nHost: x\r\n\r\n'),
  refused('a fragment in the target', 'GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n'),
  refused('a target that is no path', 'GET a HTTP/1.1\r\nHost: x\r\n\r\n'),
  refused('* for anything but OPTIONS', 'GET * HTTP/1.1\r\nHost: x\r\n\r\n'),
  refused('no Host', 'GET / HTTP/1.1\r\n\r\n'),
  field('two Hosts', 'Host: y'),
  field('a name with marks', 'X-Invalid[]: x'),
  field('no name', ': x'),
  field('no colon', 'nonsense'),
  field('a space before the colon', 'X : y'),
  field('a control character in a value', 'X: a\x07'),
  field('NUL in a value', 'X: a\0b'),
  field('DEL in a value', 'X: a\x7fb'),
  field('a lone CR in a value', 'X: a\rb'),
  field('a lone LF', 'X: a\nY: b'),
  field('a folded line', 'X: a\r\n b'),
  refused('a space before the first field', 'GET / HTTP/1.1\r\n Host: x\r\n\r\n'),
  refused('lines that end in LF', 'GET / HTTP/1.1\nHost: x\n\n'),
  refused('a CR before a name', 'GET / HTTP/1.1\r\nHost: x\r\n\rX: y\r\n\r\n'),
  field('another expectation', 'Expect: wonders', 417),
  refused('TLS where none is spoken', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
]

const smuggling = (name: string, fields: string, body: string, status = 400): Case =>
  refused(name, post(fields, body), status)

/** What one reader ends here and another there. */
export const ambiguous: Case[] = [
  smuggling(
    'a length and chunks',
    'Content-Length: 6\r\nTransfer-Encoding: chunked\r\n',
    `0\r\n\r\n${SMUGGLED}`,
  ),
  smuggling(
    'chunks and a length, in varying case',
    'TransFer-Encoding: chunked\r\ncontent-LengtH: 5\r\n',
    `0\r\n\r\n${SMUGGLED}`,
  ),
  smuggling('a tab behind a length', 'Content-Length: 5\t\r\n', 'hello'),
  smuggling('a tab behind a coding', 'Transfer-Encoding: chunked \t\r\n', `0\r\n\r\n${SMUGGLED}`),
  smuggling('two lengths', 'Content-Length: 0\r\nContent-Length: 5\r\n', SMUGGLED),
  smuggling('a length twice', 'Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'),
  smuggling('a list of lengths', 'Content-Length: 5, 5\r\n', 'hello'),
  ...[
    '-1',
    '-123456789123456789123456789',
    '+5',
    'abc',
    '5 5',
    '0x5',
    '5.0',
    '',
    '1e1',
    '99999999999999999999',
  ].map(value => smuggling(`a length of '${value}'`, `Content-Length: ${value}\r\n`, 'hello')),
  ...[
    'xchunked',
    'chunked, identity',
    'identity',
    'chunked, chunked',
    '"chunked"',
    '\x0bchunked',
    'chunked;a=b',
  ].map(value =>
    smuggling(
      `the coding ${JSON.stringify(value)}`,
      `Transfer-Encoding: ${value}\r\n`,
      `0\r\n\r\n${SMUGGLED}`,
    ),
  ),
  smuggling('a coding before chunked', 'Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n', 501),
  smuggling(
    'chunked twice',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n',
    `0\r\n\r\n${SMUGGLED}`,
  ),
  smuggling('a space before the colon', 'Transfer-Encoding : chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
  smuggling(
    'a field hidden behind a lone LF',
    'X: y\nTransfer-Encoding: chunked\r\n',
    `0\r\n\r\n${SMUGGLED}`,
  ),
  refused(
    'chunks in HTTP/1.0',
    `POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ),
  ...[
    ['a size that is none', 'x\r\n'],
    ['a size with a sign', '+1\r\na\r\n0\r\n\r\n'],
    ['a size with 0x', '0x1\r\na\r\n0\r\n\r\n'],
    ['a size beyond all', 'fffffffffffffffff1\r\na\r\n0\r\n\r\n'],
    ['a size behind a space', ' 1\r\na\r\n0\r\n\r\n'],
    ['a size that ends in LF', '1\na\r\n0\r\n\r\n'],
    ['an extension with a lone CR', '1;a\rb\r\na\r\n0\r\n\r\n'],
    ['an extension with a lone LF', '1;a\nb\r\na\r\n0\r\n\r\n'],
    ['more than its size', '1\r\nab\r\n0\r\n\r\n'],
    ['no line break behind it', '1\r\na0\r\n\r\n'],
    ['a trailer that is no field', `0\r\nnonsense\r\n\r\n${SMUGGLED}`],
    ['a trailer that some take for the next request', '0\r\naaGET: /s HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a length in the trailer', `0\r\nContent-Length: 5\r\n\r\n${SMUGGLED}`],
    ['a trailer that is folded', `0\r\nX: y\r\n z\r\n\r\n${SMUGGLED}`],
  ].map(([what, body]) => refused(`a chunk: ${what}`, chunked(body!).replace('/echo', '/count'))),
]

/**
 * What servers that are not ours answer in its place, by the name of the case: their limits, which
 * nothing above them can change.
 */
export const limits: Partial<Record<Host, Record<string, number[]>>> = {
  uws: {
    'an expectation of a body that is not read': [100, 200],
    'an empty line before the request': [],
    'a target in absolute form': [505],
    'HTTP/1.0': [505],
    'HTTP/1.0 without Host': [505],
    'a pipeline with a slow answer among fast ones': [],
    // It drops the connection where something follows chunks: see `Exchange.isLast`.
    'a pipeline with bodies': [],
    'no name': [200],
    'DEL in a value': [200],
    'another expectation': [200],
    "a length of ''": [200],
    'a chunk: a size that ends in LF': [200],
    'a chunk: more than its size': [200],
    'a chunk: no line break behind it': [200],
    'a chunk: a trailer that is no field': [200],
    'a tab behind a length': [200],
  },
  'bun-serve': {
    'an expectation of a body that is not read': [100, 200],
    'an extension of a chunk, and trailers': [200, 400],
    'an empty line before the request': [400],
    'HTTP/1.0 without Host': [404],
    'a pipeline with a slow answer among fast ones': [200],
    'two Hosts': [200],
    'DEL in a value': [200],
    'another expectation': [200],
    'a length twice': [200],
    'a chunk: a trailer that is no field': [200, 400],
    'a chunk: a trailer that is folded': [200, 400],
    'a chunk: a trailer that some take for the next request': [200, 400],
    'a chunk: a length in the trailer': [200, 400],
    'a tab behind a length': [200],
    'a tab behind a coding': [200],
  },
  'deno-serve': {
    'an expectation of a body that is not read': [100, 200],
    'a lone LF': [200],
    'another expectation': [200],
    'a length twice': [200],
    'a coding before chunked': [200],
    'a field hidden behind a lone LF': [200],
    'a chunk: a size behind a space': [200],
    'a chunk: a trailer that some take for the next request': [200],
    'a chunk: a length in the trailer': [200],
    'a tab behind a length': [200],
    'a tab behind a coding': [200],
  },
  'node-http': {
    'an expectation of a body that is not read': [100, 200],
    'a coding before chunked': [200],
    'chunks in HTTP/1.0': [200],
    'a chunk: a trailer that some take for the next request': [200],
  },
}
