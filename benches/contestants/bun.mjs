// `Bun.serve` as one would write it by hand: a Map of pages, Accept-Encoding and If-None-Match looked
// at, a route for /users/:id. The page it serves comes from the file that is its argument.

import { readFileSync } from 'node:fs'

const { paths, variants } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const stored = Object.fromEntries(
  variants.map(({ coding, headers, body }) => [
    coding,
    { headers, body: Buffer.from(body, 'base64') },
  ]),
)
const pages = new Map(paths.map(path => [path, stored]))

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  routes: {
    '/users/:id': request => Response.json({ id: request.params.id, name: 'Ada Lovelace' }),
  },
  fetch(request) {
    const { url } = request
    const page = pages.get(url.slice(url.indexOf('/', 8)))
    if (!page) return new Response('Not Found', { status: 404 })
    const accepted = request.headers.get('accept-encoding') ?? ''
    const variant = (/\bbr\b/.test(accepted) && page.br) || page.identity
    if (request.headers.get('if-none-match') === variant.headers.ETag)
      return new Response(null, { status: 304, headers: { ETag: variant.headers.ETag } })
    return new Response(variant.body, { headers: variant.headers })
  },
})
console.log(`Listening on http://127.0.0.1:${server.port}`)
