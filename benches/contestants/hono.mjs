// Hono on `Bun.serve`, for what is dynamic.

import { Hono } from 'hono'

const app = new Hono().get('/users/:id', c =>
  c.json({ id: c.req.param('id'), name: 'Ada Lovelace' }),
)
const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: app.fetch })
console.log(`Listening on http://127.0.0.1:${server.port}`)
