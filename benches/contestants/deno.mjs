// `Deno.serve` as one would write it by hand: a Map of pages, Accept-Encoding and If-None-Match looked
// at, /users/:id by a regular expression. The page it serves comes from the file that is its argument.

import { readFileSync } from 'node:fs'
import process from 'node:process'

const { paths, variants } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const stored = Object.fromEntries(
  variants.map(({ coding, headers, body }) => [
    coding,
    { headers, body: Uint8Array.from(atob(body), char => char.charCodeAt(0)) },
  ]),
)
const pages = new Map(paths.map(path => [path, stored]))

Deno.serve(
  {
    port: 0,
    hostname: '127.0.0.1',
    onListen: ({ port }) => console.log(`Listening on http://127.0.0.1:${port}`),
  },
  request => {
    const { url } = request
    const path = url.slice(url.indexOf('/', 8))
    const page = pages.get(path)
    if (!page) {
      const user = /^\/users\/([^/]+)$/.exec(path)
      if (user) return Response.json({ id: user[1], name: 'Ada Lovelace' })
      return new Response('Not Found', { status: 404 })
    }
    const accepted = request.headers.get('accept-encoding') ?? ''
    const variant = (/\bbr\b/.test(accepted) && page.br) || page.identity
    if (request.headers.get('if-none-match') === variant.headers.ETag)
      return new Response(null, { status: 304, headers: { ETag: variant.headers.ETag } })
    return new Response(variant.body, { headers: variant.headers })
  },
)
