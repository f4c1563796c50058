// What uWebSockets.js costs by itself: every request is answered with the bytes of the file that is the
// argument, and nothing of it is read. No handler of the library's can do with less.

import { readFileSync } from 'node:fs'
import uws from 'uWebSockets.js'

const answer = readFileSync(process.argv[2])
const end = answer.indexOf('\r\n\r\n')
// The library writes version, Date and Content-Length itself.
const lines = answer.toString('latin1', 0, end).replace('HTTP/1.1 ', '').split('\r\n')
const head = Buffer.from(
  lines.filter(line => !/^(?:date|content-length):/i.test(line)).join('\r\n'),
  'latin1',
)
const body = answer.subarray(end + 4)

const app = uws.App()
app.any('/*', response => {
  response.writeStatus(head)
  if (body.length > 0) response.end(body)
  else response.endWithoutBody()
})
app.listen('127.0.0.1', 0, socket =>
  console.log(`Listening on http://127.0.0.1:${uws.us_socket_local_port(socket)}`),
)
