// Asks a contestant on a raw socket for all that it will be measured with, and compares the answers
// with the reference, byte for byte: status, fields that matter, body. Throws where they differ.

import { connect } from 'node:net'
import { requestText } from './load.mjs'

const PATIENCE = 10_000

/**
 * @param server of `startCommand`
 * @param contestant its `isOurs` and `isLimit` say how much is compared
 * @param reference `answer(request)` of the project
 * @returns the work with what it takes of the contestant: its ETag in the request for a 304
 */
export async function verify(server, contestant, work, reference) {
  const method = work.method ?? 'GET'
  const wanted = work.status ?? 200
  let headers = work.headers
  if ('If-None-Match' in headers) {
    const { 'If-None-Match': _, ...without } = headers
    const [fresh] = await ask(server.url, [{ method, path: work.paths[0], headers: without }])
    headers = { ...headers, 'If-None-Match': fresh.headers.etag ?? '' }
  }
  // The limit does not read what is asked of it.
  const paths = contestant.isLimit ? work.paths.slice(0, 1) : work.paths
  const requests = paths.map(path => ({ method, path, headers }))
  const repeated = work.depth ? Array.from({ length: work.depth }, () => requests[0]) : requests
  const answers = await ask(server.url, repeated, work.depth)
  for (const [i, request] of repeated.entries()) {
    if (answers[i].status !== wanted)
      throw new Error(`${request.path} answers ${answers[i].status} in place of ${wanted}`)
    await compare(answers[i], request, { work, contestant, reference })
  }
  if (!contestant.isLimit)
    for (const probe of work.probes) {
      const [answer] = await ask(server.url, [probe])
      await compare(answer, probe, { work, contestant, reference })
    }
  return { ...work, headers }
}

async function compare(answer, request, { work, contestant, reference }) {
  const expected = await reference.answer(
    // Its own ETag means to it what that of the contestant means to the contestant.
    request.headers['If-None-Match'] === answer.headers.etag && answer.status === 304
      ? await withEtag(request, reference)
      : request,
  )
  const wrong = what => {
    throw new Error(`${request.method} ${request.path}: ${what}`)
  }
  if (answer.status !== expected.status) wrong(`${answer.status} in place of ${expected.status}`)
  // An error is told apart by its status; each server has words of its own for it.
  if (answer.status >= 400) return
  if (!answer.body.equals(expected.body))
    wrong(`another body: ${answer.body.toString('latin1', 0, 60)}`)
  for (const name of contestant.isOurs ? Object.keys(expected.headers) : work.same) {
    const [is, should] = [answer.headers, expected.headers].map(fields => plain(fields[name]))
    if (is !== should) wrong(`${name} is ${is} in place of ${should}`)
  }
  for (const name of work.present)
    if (answer.headers[name] === undefined && name in { date: 1, ...expected.headers })
      wrong(`no ${name}`)
  if (work.type && !plain(answer.headers['content-type'])?.startsWith(work.type))
    wrong(`content-type is ${answer.headers['content-type']}`)
}

async function withEtag({ headers, ...request }, reference) {
  const { 'If-None-Match': _, ...without } = headers
  const fresh = await reference.answer({ ...request, headers: without })
  return { ...request, headers: { ...headers, 'If-None-Match': fresh.headers.etag } }
}

/** Parameters of a media type may have a blank before them or none, and letters of either case. */
function plain(value) {
  return value?.toLowerCase().replace(/;\s*/g, ';')
}

/**
 * Sends the requests over one connection, `depth` in a write, and reads the answers by their lengths.
 * @returns `{ status, headers, body }` for each, names of fields in lower case
 */
export async function ask(url, requests, depth = 1) {
  const { host, port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1').setNoDelay()
  const timer = setTimeout(() => socket.destroy(new Error('no answer')), PATIENCE)
  const answers = []
  let bytes = Buffer.alloc(0)
  const send = () => {
    const batch = requests.slice(answers.length, answers.length + depth)
    socket.write(batch.map(request => requestText(host, request)).join(''))
  }
  send()
  try {
    for await (const chunk of socket) {
      bytes = Buffer.concat([bytes, chunk])
      for (;;) {
        const read = readAnswer(bytes, requests[answers.length]?.method)
        if (!read) break
        bytes = bytes.subarray(read.end)
        answers.push(read)
        if (answers.length === requests.length) return answers
        if (answers.length % depth === 0) send()
      }
    }
    throw new Error('the connection was closed')
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

/** The first answer in `bytes`, null where it is not whole. */
function readAnswer(bytes, method) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [line, ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = {}
  for (const text of lines) {
    const colon = text.indexOf(':')
    headers[text.slice(0, colon).toLowerCase()] = text.slice(colon + 1).trim()
  }
  const status = Number(line.split(' ')[1])
  let length = Number(headers['content-length'] ?? 0)
  if (method === 'HEAD' || status === 304 || status === 204) length = 0
  else if (headers['content-length'] === undefined) {
    // What is measured is read by its length; of an error only the status counts.
    if (status < 400) throw new Error('an answer without a Content-Length')
    const last = bytes.indexOf('0\r\n\r\n', end + 4)
    if (last < 0) return null
    length = last + 5 - end - 4
  }
  const from = end + 4
  if (bytes.length < from + length) return null
  return { status, headers, body: bytes.subarray(from, from + length), end: from + length }
}
