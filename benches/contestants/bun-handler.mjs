// `Bun.serve` as one would write it by hand: a Map of pages, Accept-Encoding and If-None-Match looked
// at, a route for /users/:id.

import { answerPage, big, listening, pathOf, user } from './pages.mjs'

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  routes: { '/users/:id': request => Response.json(user(request.params.id)) },
  fetch(request) {
    const path = pathOf(request.url)
    if (path === '/hello') return new Response('Hello, World!')
    if (path === '/big.bin')
      return new Response(big, { headers: { 'Content-Type': 'application/octet-stream' } })
    return answerPage(request)
  },
})
listening(server.port)
