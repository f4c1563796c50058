// uWebSockets.js bare: one route for all pages and a Map, since its router walks siblings one by one;
// the fields of a page in one string, since each call into the library costs.

import uws from 'uWebSockets.js'
import { big, find, listening, user } from './pages.mjs'

const blocks = new WeakMap()

/** The library writes a name, `: `, a value and CRLF: a value may hold the other lines. */
function blockOf(page) {
  let block = blocks.get(page)
  if (!block) {
    const [[name, value], ...rest] = Object.entries(page.headers)
    block = [name, [value, ...rest.map(([key, text]) => `${key}: ${text}`)].join('\r\n')]
    blocks.set(page, block)
  }
  return block
}

const app = uws.App()
app.get('/hello', response =>
  response.writeHeader('Content-Type', 'text/plain;charset=utf-8').end('Hello, World!'),
)
app.get('/users/:id', (response, request) =>
  response
    .writeHeader('Content-Type', 'application/json')
    .end(JSON.stringify(user(request.getParameter(0)))),
)
app.get('/big.bin', response => {
  response.onAborted(() => {})
  response.writeHeader('Content-Type', 'application/octet-stream')
  const [ok] = response.tryEnd(big, big.length)
  if (!ok) response.onWritable(offset => response.tryEnd(big.subarray(offset), big.length)[0])
})
app.any('/*', (response, request) => {
  const page = find(request.getUrl(), request.getHeader('accept-encoding'))
  if (!page) {
    response.writeStatus('404 Not Found').end('Not Found')
  } else if (request.getHeader('if-none-match') === page.etag) {
    response.writeStatus('304 Not Modified').writeHeader('ETag', page.etag).endWithoutBody()
  } else {
    const [name, value] = blockOf(page)
    response.writeHeader(name, value)
    if (request.getMethod() === 'head') response.endWithoutBody(page.body.length)
    else response.end(page.body)
  }
})
app.listen('127.0.0.1', 0, socket => listening(uws.us_socket_local_port(socket)))
