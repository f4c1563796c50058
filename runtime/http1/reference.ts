// All bytes that a client sent -> the requests in them, read as plainly as RFC 9112 lets one: the
// whole text at once, a rule a line, nothing kept. Slow. What the fast reader is compared with.

import type { Limits } from './limits.ts'

export interface Message {
  method: string
  target: string
  minor: number
  /** Names in lower case. */
  fields: [name: string, value: string][]
  /** One character a byte. */
  body: string
  /** An empty line came before it. */
  isSpaced?: boolean
}

export interface Reading {
  messages: Message[]
  /**
   * How it ends: after a request that closes the connection, with one that is refused, or where more
   * bytes are needed (or none, between two requests).
   */
  end: 'closed' | 'refused' | 'open'
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const HOST = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?$/

const NO_TRAILER = /^(?:(?:proxy-)?connection|content-length|host|transfer-encoding|upgrade)$/

class Refused extends Error {}
class Incomplete extends Error {}

function must(condition: boolean): asserts condition {
  if (!condition) throw new Refused()
}

/** `text` has one character a byte. */
export function read(text: string, limits: Limits): Reading {
  const messages: Message[] = []
  let rest = text
  try {
    for (;;) {
      const isSpaced = rest.startsWith('\r\n')
      while (rest.startsWith('\r\n')) rest = rest.slice(2)
      if (rest === '' || rest === '\r') return { messages, end: 'open' }
      const [head, after] = upToEmptyLine(rest, limits)
      const { message, isChunked, length, keepAlive } = readHead(head, limits)
      const [body, next] = isChunked ? readChunks(after, limits) : readLength(after, length, limits)
      messages.push({ ...message, body, isSpaced })
      if (!keepAlive) return { messages, end: 'closed' }
      rest = next
    }
  } catch (error) {
    if (error instanceof Incomplete) return { messages, end: 'open' }
    if (error instanceof Refused) return { messages, end: 'refused' }
    throw error
  }
}

/** Every line with its CRLF, the empty one not; and what follows. */
function upToEmptyLine(text: string, limits: Limits): [string[], string] {
  const end = text.indexOf('\r\n\r\n')
  must(end === -1 ? text.length < limits.headSize : end + 4 <= limits.headSize)
  if (end === -1) {
    mustBeginLines(text)
    throw new Incomplete()
  }
  return [text.slice(0, end).split('\r\n'), text.slice(end + 4)]
}

/** What is not complete is refused at once where no continuation could make it right. */
function mustBeginLines(text: string): void {
  const lines = text.replace(/\r$/, '').split('\r\n')
  for (const line of lines) must(!/[\x00-\x08\x0a-\x1f\x7f]/.test(line))
}

function readHead(lines: string[], limits: Limits) {
  const [method, target, version, ...more] = lines[0]!.split(' ')
  must(more.length === 0 && method !== undefined && target !== undefined && version !== undefined)
  must(TOKEN.test(method))
  must(/^[\x21-\x7e]+$/.test(target) && !target.includes('#'))
  must(version === 'HTTP/1.1' || version === 'HTTP/1.0')
  const minor = version === 'HTTP/1.1' ? 1 : 0
  const fields = readFields(lines.slice(1), limits)
  const values = (name: string) => fields.filter(field => field[0] === name).map(field => field[1])

  const hosts = values('host')
  must(hosts.length === 1 || (hosts.length === 0 && minor === 0))
  for (const host of hosts) must(host === '' || isHost(host))
  must(method !== 'CONNECT')
  if (!target.startsWith('/') && !(target === '*' && method === 'OPTIONS')) {
    const authority = /^https?:\/\/([^/?]+)(?:[/?].*)?$/i.exec(target)?.[1]
    must(authority !== undefined && isHost(authority))
  }

  const lengths = values('content-length')
  const codings = values('transfer-encoding')
  must(lengths.length <= 1)
  must(lengths.length === 0 || /^[0-9]{1,15}$/.test(lengths[0]!))
  must(codings.length === 0 || (lengths.length === 0 && minor === 1))
  must(codings.length === 0 || codings.join(',').toLowerCase() === 'chunked')

  const expectations = values('expect')
  must(
    minor === 0 ||
      expectations.length === 0 ||
      expectations.at(-1)!.toLowerCase() === '100-continue',
  )
  const options = values('connection')
    .flatMap(value => value.split(','))
    .map(option => option.trim().toLowerCase())
  return {
    message: { method, target, minor, fields },
    isChunked: codings.length > 0,
    length: Number(lengths[0] ?? 0),
    keepAlive: !options.includes('close') && (minor === 1 || options.includes('keep-alive')),
  }
}

function readFields(lines: string[], limits: Limits): [string, string][] {
  must(lines.length <= limits.fields)
  return lines.map(line => {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon))
    const value = line.slice(colon + 1)
    must(TOKEN.test(name))
    must(/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    must(
      !/^(?:content-length|transfer-encoding)$/i.test(name) ||
        !/\t *$/.test(value.replace(/^[\t ]+/, '')),
    )
    return [name.toLowerCase(), value.replace(/^[\t ]+/, '').replace(/[\t ]+$/, '')]
  })
}

function isHost(value: string): boolean {
  return HOST.test(value) && URL.canParse(`http://${value}/`)
}

function readLength(text: string, length: number, limits: Limits): [string, string] {
  must(length <= limits.bodySize)
  if (text.length < length) throw new Incomplete()
  return [text.slice(0, length), text.slice(length)]
}

function readChunks(text: string, limits: Limits): [string, string] {
  let body = ''
  let rest = text
  let extensions = 0
  for (;;) {
    const [line, after] = readLine(rest, limits)
    const [size, ...parameters] = splitExtensions(line)
    must(/^[0-9A-Fa-f]{1,13}$/.test(size!))
    extensions += line.length - size!.length
    must(extensions <= 4096)
    for (const parameter of parameters) {
      const [name, ...value] = parameter.split('=')
      must(TOKEN.test(name!))
      if (value.length > 0) must(TOKEN.test(value.join('=')) || isQuoted(value.join('=')))
    }
    const length = Number.parseInt(size!, 16)
    rest = after
    if (length === 0) break
    must(body.length + Math.min(length, rest.length) <= limits.bodySize)
    if (rest.length < length) throw new Incomplete()
    body += rest.slice(0, length)
    rest = rest.slice(length)
    if (rest === '' || rest === '\r') throw new Incomplete()
    must(rest.startsWith('\r\n'))
    rest = rest.slice(2)
  }
  const trailers: string[] = []
  let sum = 0
  for (;;) {
    if (rest.indexOf('\n') === -1) must(sum + rest.length <= limits.headSize)
    const [line, after] = readLine(rest, limits)
    sum += line.length + 2
    must(sum <= limits.headSize)
    rest = after
    if (line === '') break
    trailers.push(line)
  }
  for (const [name] of readFields(trailers, limits)) must(!NO_TRAILER.test(name))
  return [body, rest]
}

function readLine(text: string, limits: Limits): [string, string] {
  const end = text.indexOf('\n')
  must((end === -1 ? text.length : end + 1) <= limits.headSize)
  if (end === -1) {
    must(!/[\x00-\x08\x0a-\x1f\x7f]/.test(text.replace(/\r$/, '')))
    throw new Incomplete()
  }
  must(text[end - 1] === '\r')
  const line = text.slice(0, end - 1)
  must(!/[\x00-\x08\x0a-\x1f\x7f]/.test(line))
  return [line, text.slice(end + 1)]
}

/** At each `;` that is not in a quoted string. */
function splitExtensions(line: string): string[] {
  const parts = ['']
  let isInQuotes = false
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!
    if (isInQuotes && char === '\\') {
      parts[parts.length - 1] += char + (line[++i] ?? '')
      continue
    }
    if (char === '"') isInQuotes = !isInQuotes
    if (char === ';' && !isInQuotes) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts
}

function isQuoted(text: string): boolean {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return false
  for (let i = 1; i < text.length - 1; i++) {
    if (text[i] === '"') return false
    if (text[i] === '\\' && ++i === text.length - 1) return false
    if (!/[\t\x20-\x7e\x80-\xff]/.test(text[i]!)) return false
  }
  return true
}
