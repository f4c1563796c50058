// A load client of a few lines, for machines without wrk. Takes a job as JSON, prints the number of
// answers. All answers have to be 2xx or 3xx and of one length, which the first one tells.

import { connect } from 'node:net'

const { url, paths, seconds, headers, connections, depth, method } = JSON.parse(process.argv[2])
const { host, hostname, port } = new URL(url)
const fields = Object.entries({ Host: host, ...headers })
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')
const requests = paths.map(path =>
  Buffer.from(`${method} ${path} HTTP/1.1\r\n${fields}\r\n`.repeat(depth)),
)

let next = 0
let answers = 0
let size = 0

for (let i = 0; i < connections; i++) {
  const socket = connect(Number(port), hostname).setNoDelay()
  let received = 0
  const send = () => socket.write(requests[next++ % requests.length])
  socket.on('connect', send)
  socket.on('error', fail)
  socket.on('data', chunk => {
    // `HTTP/1.1 2` or `HTTP/1.1 3`
    if (received === 0 && (chunk[9] < 50 || chunk[9] > 51)) fail(new Error(String(chunk)))
    if (size === 0) size = sizeOf(chunk)
    received += chunk.length
    if (received < size * depth) return
    received = 0
    answers += depth
    send()
  })
}

setTimeout(() => {
  console.log(answers)
  process.exit(0)
}, seconds * 1000)

function sizeOf(chunk) {
  const text = chunk.toString('latin1')
  const end = text.indexOf('\r\n\r\n') + 4
  const length = /\r\ncontent-length: (\d+)/i.exec(text)
  if (method === 'HEAD' || /^HTTP\/1\.1 304/.test(text)) return end
  if (end < 4 || !length) fail(new Error(`no whole head with a Content-Length: ${text}`))
  return end + Number(length[1])
}

function fail(error) {
  console.error(error.message)
  process.exit(1)
}
