// Hono's serveStatic with files that were compressed beforehand, and its ETag, on Bun. Arguments:
// port, folder.

import { Hono } from 'hono'
import { serveStatic } from 'hono/bun'
import { etag } from 'hono/etag'

const [port, folder] = process.argv.slice(2)
process.chdir(folder)
const app = new Hono()
app.use(etag())
app.use(serveStatic({ root: './public', precompressed: true }))
Bun.serve({ port: Number(port), hostname: '127.0.0.1', fetch: app.fetch })
