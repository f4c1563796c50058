// Requests as clients send them, and as attackers do: a seed in, bytes out.

type Random = () => number

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const often = (random: Random, share: number): boolean => random() < share

const METHODS = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PURGE']
const ODD_METHODS = [
  'get',
  'G@T',
  '',
  'CONNECT',
  'GE T',
  'GET\t',
  'PRI',
  'M-SEARCH',
  '"GET"',
  'TRACE',
]
const TARGETS = ['/', '/s', '/s/1', '/a?b=c', '/%7e', "/a|b{}'^", '//x', '/s?q', '/a;b=1']
const ODD_TARGETS = [
  '*',
  'http://a/b',
  'http://a',
  'HTTP://a:80?x',
  'https://a/',
  'ftp://a/',
  'http:///x',
  'http://a b/',
  '/a b',
  '/a#b',
  '/\x7f',
  '/\x80',
  '/\x00',
  'a',
  'a:80',
  '?x',
  '',
  'http://u@a/',
  '/\t',
]
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0']
const ODD_VERSIONS = [
  'HTTP/1.2',
  'HTTP/0.9',
  'HTTP/2.0',
  'http/1.1',
  'HTTP/1.1 ',
  'HTTP/1',
  '',
  'HTTP/11',
  'HTTP/1.01',
  'HTTPS/1.1',
  'HTTP/1.x',
]
const HOSTS = ['x', 'a.b:80', '', '[::1]:3', 'localhost']
const ODD_HOSTS = [
  'a b',
  'a/b',
  'u@a',
  'a:b',
  'a, b',
  '[::1',
  'a\x00',
  'a\x80',
  '%41',
  'a:99999',
  '[::g]',
]
const FIELDS = [
  'Accept: */*',
  'Accept-Encoding: gzip, br',
  'X:',
  'X: \t a \t ',
  'Cookie: a=1',
  'X-\x27!#$%&*+-.^_`|~1: a',
  'X: \x80\xff',
  'Connection: keep-alive',
  'Connection: close',
  'Connection: Keep-Alive, X',
  'Connection: x,CLOSE',
  'Expect: 100-continue',
]
const ODD_FIELDS = [
  ' X: folded',
  '\tX: folded',
  'X : space',
  'X\t: tab',
  ': none',
  'none',
  'X: a\x00b',
  'X: a\x0bb',
  'X: a\x7fb',
  'X: a\rb',
  'X: a\nb',
  'X: a\n b',
  'X\x80: a',
  'X(: a',
  'X: a\r\r',
  'Expect: more',
  'Host: second',
  'host: x',
  'Content-Length: 0',
  'Content-Length : 3',
  'Transfer-Encoding : chunked',
  'Upgrade: websocket',
  'Connection: upgrade',
  'Keep-Alive: timeout=5',
  'TE: trailers',
  'Trailer: X',
  'Proxy-Connection: close',
]
const ODD_LENGTHS = [
  '+3',
  '-1',
  '3, 3',
  '3,4',
  '0x3',
  '3 3',
  '',
  '3.0',
  '99999999999999999999',
  '3\x00',
  '03',
  '1e1',
  '٣',
]
const CODINGS = ['chunked', 'chunked', 'Chunked', 'CHUNKED']
const ODD_CODINGS = [
  'gzip, chunked',
  'chunked, chunked',
  'chunked, gzip',
  'identity',
  'gzip',
  'chunked ;x',
  'xchunked',
  'chunked\x0b',
  '',
  ' chunked',
  'chunked,',
  ',chunked',
  '"chunked"',
  'chunked\x00',
]
const BODIES = [
  '',
  'a',
  'abc',
  '\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  '0\r\n\r\n',
  'x'.repeat(40),
]
const EXTENSIONS = [';a', ';a=b', ';a="b;c"', ';a;b=c', ';a="\\""']
const ODD_EXTENSIONS = [
  ' ',
  ';',
  ';a=',
  '; a',
  ';a="b',
  ' ;a',
  ';a=b c',
  ';\x00',
  ';a="\n"',
  '\t',
  ';a\r',
  ';=b',
  ';a="b"c',
]
const ODD_SIZES = [
  'g',
  '',
  '-1',
  '+1',
  '0x1',
  '1 ',
  ' 1',
  'ffffffffffffffff',
  '10000000000000',
  '1\x00',
]

/** One to four requests; every fourth text has something odd in it. */
export function generate(random: Random): string {
  // A share a text, so that most have none of it and the rest one or two.
  const odd = pick(random, [0, 0, 0.03, 0.15])
  const count = pick(random, [1, 1, 2, 3, 4])
  let text = often(random, 0.05) ? '\r\n' : ''
  const same = often(random, 0.4) ? request(random, odd) : null
  for (let i = 0; i < count; i++) text += same ?? request(random, odd)
  if (often(random, odd)) text = mutate(random, text)
  if (often(random, 0.1)) text = text.slice(0, Math.floor(random() * text.length))
  return text
}

function request(random: Random, odd: number): string {
  const or = <T>(usual: readonly T[], unusual: readonly T[]): T =>
    pick(random, often(random, odd) ? unusual : usual)
  const crlf = () =>
    often(random, odd / 4) ? pick(random, ['\n', '\r', '\r\r\n', '\n\r', ' \r\n']) : '\r\n'
  const method = or(METHODS, ODD_METHODS)
  const space = () => (often(random, odd / 4) ? pick(random, ['  ', '\t', '', '\x0b']) : ' ')
  let text =
    method + space() + or(TARGETS, ODD_TARGETS) + space() + or(VERSIONS, ODD_VERSIONS) + crlf()
  const lines: string[] = []
  if (!often(random, 0.03 + odd / 4)) lines.push(`Host: ${or(HOSTS, ODD_HOSTS)}`)
  const more = Math.floor(random() * 4)
  for (let i = 0; i < more; i++) lines.push(or(FIELDS, ODD_FIELDS))
  let body = ''
  const framing = random()
  if (method !== 'GET' || often(random, 0.1)) {
    if (framing < 0.35) {
      body = pick(random, BODIES)
      lines.push(
        `${pick(random, ['Content-Length', 'content-length'])}: ${often(random, odd) ? pick(random, ODD_LENGTHS) : body.length}`,
      )
      if (often(random, odd / 3)) lines.push(`Content-Length: ${pick(random, [body.length, 0, 5])}`)
      if (often(random, odd / 3)) lines.push('Transfer-Encoding: chunked')
    } else if (framing < 0.7) {
      body = chunks(random, odd)
      lines.push(`Transfer-Encoding: ${or(CODINGS, ODD_CODINGS)}`)
      if (often(random, odd / 3)) lines.push('Transfer-Encoding: chunked')
    }
  }
  for (let i = lines.length; i > 1; i--) {
    const j = Math.floor(random() * i)
    ;[lines[i - 1], lines[j]] = [lines[j]!, lines[i - 1]!]
  }
  for (const line of lines) text += line + crlf()
  return text + crlf() + body
}

function chunks(random: Random, odd: number): string {
  const crlf = () => (often(random, odd / 4) ? pick(random, ['\n', '\r', '', '\r\n\r\n']) : '\r\n')
  let text = ''
  const count = Math.floor(random() * 3)
  for (let i = 0; i < count; i++) {
    const data = pick(random, BODIES.slice(1))
    const size = often(random, odd / 2)
      ? pick(random, ODD_SIZES)
      : pick(random, [
          data.length.toString(16),
          data.length.toString(16).toUpperCase(),
          `00${data.length.toString(16)}`,
        ])
    const extension = often(random, odd / 2)
      ? pick(random, ODD_EXTENSIONS)
      : often(random, 0.1)
        ? pick(random, EXTENSIONS)
        : ''
    text += size + extension + crlf() + data + crlf()
  }
  text += `0${crlf()}`
  if (often(random, 0.2)) text += pick(random, often(random, odd) ? ODD_FIELDS : FIELDS) + crlf()
  return text + crlf()
}

const BYTES = [
  '\r',
  '\n',
  ' ',
  '\t',
  ':',
  '\x00',
  '\x7f',
  '\x80',
  ';',
  ',',
  '0',
  'a',
  '"',
  '\r\n',
  '\r\n\r\n',
  '\x0b',
  '\x0c',
]

function mutate(random: Random, text: string): string {
  let out = text
  const count = 1 + Math.floor(random() * 2)
  for (let i = 0; i < count; i++) {
    const at = Math.floor(random() * (out.length + 1))
    const action = random()
    if (action < 0.4) out = out.slice(0, at) + pick(random, BYTES) + out.slice(at)
    else if (action < 0.7) out = out.slice(0, at) + out.slice(at + 1)
    else if (action < 0.9) out = out.slice(0, at) + pick(random, BYTES) + out.slice(at + 1)
    else {
      const to = Math.min(out.length, at + Math.floor(random() * 20))
      out = out.slice(0, to) + out.slice(at, to) + out.slice(to)
    }
  }
  return out.replace(/[^\x00-\xff]/g, '?')
}
