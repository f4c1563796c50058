// `Deno.serve` as one would write it by hand: a Map of pages, Accept-Encoding and If-None-Match looked
// at, /users/:id by a regular expression.

import { answerPage, big, listening, pathOf, user } from './pages.mjs'

Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => listening(port) }, request => {
  const path = pathOf(request.url)
  if (path === '/hello') return new Response('Hello, World!')
  if (path === '/big.bin')
    return new Response(big, { headers: { 'Content-Type': 'application/octet-stream' } })
  const found = /^\/users\/([^/]+)$/.exec(path)
  return found ? Response.json(user(found[1])) : answerPage(request)
})
