// `Bun.serve` with static routes, which it answers without entering JavaScript. It has no choice
// between encodings there, and is not up in time with thousands of routes: no pages.

import { big, listening, user } from './pages.mjs'

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  routes: {
    '/hello': new Response('Hello, World!'),
    '/big.bin': new Response(big, { headers: { 'Content-Type': 'application/octet-stream' } }),
    '/users/:id': request => Response.json(user(request.params.id)),
  },
  fetch: () => new Response('Not Found', { status: 404 }),
})
listening(server.port)
