// `node:http` as one would write it by hand: a Map of pages, Accept-Encoding and If-None-Match looked
// at, /users/:id by a regular expression.

import { createServer } from 'node:http'
import { big, find, listening, user } from './pages.mjs'

const server = createServer((request, response) => {
  const { url, headers } = request
  if (url === '/hello') return send(response, 'text/plain;charset=utf-8', 'Hello, World!')
  if (url === '/big.bin') return send(response, 'application/octet-stream', big)
  const found = /^\/users\/([^/]+)$/.exec(url)
  if (found) return send(response, 'application/json', JSON.stringify(user(found[1])))
  const page = find(url, headers['accept-encoding'])
  if (!page) {
    response.writeHead(404).end('Not Found')
  } else if (headers['if-none-match'] === page.etag) {
    response.writeHead(304, { ETag: page.etag }).end()
  } else {
    response.writeHead(200, { ...page.headers, 'Content-Length': page.body.length })
    response.end(page.body)
  }
})
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => listening(server.address().port))

function send(response, type, body) {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}
