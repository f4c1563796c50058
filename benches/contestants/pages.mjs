// What the servers written by hand share: the table of the bench (`table.json`, with the bytes in
// `table.bin`) as a Map from path to its codings, and the choice between them as one would write it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const folder = process.argv[2]
const bytes = readFileSync(join(folder, 'table.bin'))
const view = ({ headers, span: [from, length] }) => ({
  headers,
  etag: headers.ETag,
  body: bytes.subarray(from, from + length),
})

const pages = new Map(
  JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8')).pages.map(
    ({ path, identity, br }) => [path, { identity: view(identity), br: view(br) }],
  ),
)

/** A body of 1 MB. */
export const big = readFileSync(join(folder, 'www', 'big.bin'))

/** What a page is sent as: headers, etag, body; undefined where there is none. */
export function find(path, acceptEncoding) {
  const page = pages.get(path)
  return page && (/\bbr\b/.test(acceptEncoding ?? '') ? page.br : page.identity)
}

/** The path of a URL as `Request` has it. */
export function pathOf(url) {
  return url.slice(url.indexOf('/', 8))
}

/** The page of a `Request` as a `Response`. */
export function answerPage(request) {
  const page = find(pathOf(request.url), request.headers.get('accept-encoding'))
  if (!page) return new Response('Not Found', { status: 404 })
  if (request.headers.get('if-none-match') === page.etag)
    return new Response(null, { status: 304, headers: { ETag: page.etag } })
  return new Response(page.body, { headers: page.headers })
}

export const user = id => ({ id, name: 'Ada Lovelace' })

/** The bench waits for this line. */
export const listening = port => console.log(`Listening on http://127.0.0.1:${port}`)
