// `dist/fetch.js` behind Node's HTTP, with next to nothing in between: what an edge host does. The
// conformance suite compares every other host with this one.

import { createServer } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'

const { default: site } = await import(pathToFileURL(join(process.argv[2], 'fetch.js')).href)

const server = createServer(async (incoming, outgoing) => {
  const { method, url, headers, headersDistinct } = incoming
  // RFC 9112 section 3.2: an edge host's own server sees to these.
  const { host = [''] } = headersDistinct
  if (
    host.length > 1 ||
    !URL.canParse(`http://${host[0] || 'localhost'}/`) ||
    /[/?#@\\]/.test(host[0])
  ) {
    outgoing.writeHead(400).end()
    return
  }
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const target = url.startsWith('/') ? `http://${headers.host}${url}` : url
  const lines = Object.entries(headersDistinct).flatMap(([name, values]) =>
    values.map(value => [name, value]),
  )
  try {
    const request = new Request(target === '*' ? `http://${headers.host}/*` : target, {
      method,
      headers: lines,
      body: hasBody ? Readable.toWeb(incoming) : undefined,
      duplex: 'half',
    })
    const response = await site.fetch(request)
    const fields = [...response.headers].flat()
    const { status, body } = response
    const isFramed = status === 204 || status === 304 || response.headers.has('content-length')
    if (body === null && method !== 'HEAD' && !isFramed) fields.push('content-length', '0')
    outgoing.writeHead(response.status, fields)
    if (response.body === null || method === 'HEAD') outgoing.end()
    else {
      for await (const chunk of response.body) outgoing.write(chunk)
      outgoing.end()
    }
  } catch (error) {
    console.error(error)
    outgoing.destroy()
  }
})
server.listen(0, '127.0.0.1', () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}`)
})
process.on('SIGTERM', () => process.exit(0))
